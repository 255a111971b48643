"""One listing as identity sees it, and its traits: the comparable form of its fields, computed once."""

from collections.abc import Iterable
from dataclasses import dataclass

from leadgen.domain.discovery.listing import Listing
from leadgen.domain.geo import Point
from leadgen.domain.identity.addresses import Address, normal_address
from leadgen.domain.identity.domains import page_key, site_domain
from leadgen.domain.identity.names import GENERAL, Name, Vocabulary, fold, name_words, normal_name, words_of
from leadgen.domain.identity.phones import comparable


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
    postal_code: str | None
    phone: str | None
    domain: str | None
    page: str | None
    point: Point | None
    category: frozenset[str]


def traits_of(record: Record, vocabulary: Vocabulary = GENERAL) -> Traits:
    """The comparable form of a record."""
    places = frozenset(words_of(fold(record.city or "")))
    located = record.latitude is not None and record.longitude is not None
    return Traits(
        id=record.id,
        source=record.source,
        name=normal_name(record.name, places, vocabulary),
        address=normal_address(record.address, record.city, record.postal_code),
        places=places,
        postal_code=_postal_code(record.postal_code),
        phone=comparable(record.phone, record.country),
        domain=site_domain(record.website),
        page=page_key(record.website),
        point=Point(record.latitude, record.longitude) if located else None,  # type: ignore[arg-type]
        category=frozenset(words_of(fold(record.category or ""))),
    )


def traits_of_all(records: Iterable[Record]) -> list[Traits]:
    """The comparable form of records that are compared with each other: words common among them tell less."""
    known = list(records)
    vocabulary = Vocabulary(name_words(record.name) for record in known)
    return [traits_of(record, vocabulary) for record in known]


def _postal_code(raw: str | None) -> str | None:
    """Without spaces and without a US ZIP+4 extension."""
    if not raw:
        return None
    code = fold(raw).replace(" ", "")
    return code[:5] if len(code) == 10 and code[5] == "-" and code[:5].isdigit() else code
