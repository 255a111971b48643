"""One listing as identity sees it, and its traits: the comparable form of its fields, computed once."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from leadgen.domain.discovery.listing import Listing
from leadgen.domain.geo import Point
from leadgen.domain.identity.addresses import Address, normal_address
from leadgen.domain.identity.domains import page_key, site_domain
from leadgen.domain.identity.names import GENERAL, Name, Vocabulary, fold, name_words, normal_name, words_of
from leadgen.domain.identity.phones import comparable
from leadgen.domain.identity.states import STATE_CODES, STATES


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says of one business, as spelt there; None where it is silent.

    `id` is unique among the records compared. `latitude` and `longitude` in degrees. `country` is ISO 3166 alpha-2 and
    only helps to read a phone number without country code.
    """

    id: str
    source: str
    name: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    phone: str | None = None
    website: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    category: str | None = None
    country: str | None = None

    @classmethod
    def of(cls, listing: Listing) -> "Record":
        """The record of a listing; its id is `source:source_id`."""
        return cls(
            id=f"{listing.source}:{listing.source_id}",
            source=listing.source,
            name=listing.name,
            address=listing.address,
            city=listing.city,
            state=listing.state,
            postal_code=listing.zip_code,
            phone=listing.phone,
            website=listing.website,
            latitude=listing.location.latitude if listing.location else None,
            longitude=listing.location.longitude if listing.location else None,
            category=listing.category,
            country=listing.country,
        )


@dataclass(frozen=True, slots=True)
class Traits:
    """A record's fields in comparable form. `page` names its page on a shared host (facebook.com/joes)."""

    id: str
    source: str
    name: Name
    address: Address
    places: frozenset[str]  # words of its city
    state: str | None  # two letters
    postal_code: str | None
    phone: str | None
    domain: str | None
    page: str | None
    point: Point | None
    category: frozenset[str]


def traits_of(record: Record, vocabulary: Vocabulary = GENERAL) -> Traits:
    """The comparable form of a record."""
    places = _words(record.city or "")
    return Traits(
        id=record.id,
        source=record.source,
        name=normal_name(record.name, places, vocabulary),
        address=normal_address(record.address, record.city, record.postal_code),
        places=places,
        state=_state(record.state),
        postal_code=_postal_code(record.postal_code, record.country),
        phone=comparable(record.phone, record.country),
        domain=site_domain(record.website),
        page=page_key(record.website),
        point=_point(record.latitude, record.longitude),
        category=_words(record.category or ""),
    )


def traits_of_all(records: Iterable[Record]) -> list[Traits]:
    """The comparable form of records that are compared with each other: words common among them tell less."""
    known = list(records)
    vocabulary = Vocabulary(name_words(record.name) for record in known)
    return [traits_of(record, vocabulary) for record in known]


@lru_cache(maxsize=65_536)
def _words(text: str) -> frozenset[str]:
    """The words of a city or category: few, in very many records."""
    return frozenset(words_of(fold(text)))


def _point(latitude: float | None, longitude: float | None) -> Point | None:
    """The place, or None where the numbers name none. Swapped numbers are put right where only that makes them one.

    Zero and zero is what a source writes that does not know; nobody has a business in the Gulf of Guinea.
    """
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None
    if abs(latitude) <= 90 and abs(longitude) <= 180:
        return Point(latitude, longitude)
    if abs(longitude) <= 90 and abs(latitude) <= 180:
        return Point(longitude, latitude)
    return None


def _state(raw: str | None) -> str | None:
    """The two letters of a state of the US or a province of Canada; None for others, which sources spell freely."""
    text = fold(raw or "").strip().rstrip(".")
    code = STATES.get(text, text)
    return code if code in STATE_CODES else None


def _postal_code(raw: str | None, country: str | None) -> str | None:
    """Without spaces, without a US ZIP+4 extension, and with the zeros and without the decimals of a spreadsheet."""
    code = fold(raw or "").replace(" ", "").removesuffix(".0")
    if not code:
        return None
    if country in {None, "US"}:
        five = code.replace("-", "")
        if five.isdigit() and len(five) in {3, 4, 8, 9}:
            return five[:-4].zfill(5) if len(five) > 5 else five.zfill(5)
    return code
