"""The probe that a member may ask of an estimate: how many there are, counted by Google's free search for ids, and ten samples.

It pays for one page of samples and for the place where it is not on the map yet. Its ledger lines name no campaign.
"""

from dataclasses import dataclass

from leadgen.domain.discovery.estimate_size import Range, Size, counted
from leadgen.domain.discovery.listing import Listing
from leadgen.domain.discovery.relevance import google_type, is_relevant
from leadgen.domain.discovery.tiling import GOOGLE_CAP, Tile, first_tiles
from leadgen.domain.geo import Circle, Point
from leadgen.errors import InputError, LeadGenError
from leadgen.providers.client import ProviderClient
from leadgen.providers.google_geocoding import Geocoder
from leadgen.providers.google_places import GooglePlaces
from leadgen.providers.journal import Work
from leadgen.settings import Settings
from leadgen.store.connections import resolve
from leadgen_api.access.sessions import Member
from leadgen_api.discovery.counting import count_places
from leadgen_api.discovery.estimate_schemas import EstimateAsked
from leadgen_api.problems import Forbidden, Problem

FLOOR_METERS = 300.0
STAGE = "estimate"

# How many of Google's results are of the kind sought: with one of its own types to filter by, and by words alone
_OF_ITS_TYPE, _BY_WORDS = Range(0.75, 0.92, 1.0), Range(0.45, 0.7, 0.95)
_YELP_ALONE = 0.1  # businesses that Yelp lists and Google does not


@dataclass(frozen=True, slots=True)
class Probed:
    """What the probe found: where the place is, how many there are, and some of them."""

    circle: Circle
    size: Size
    samples: tuple[Listing, ...]


async def probe(member: Member, asked: EstimateAsked, center: Point | None, configured: Settings) -> Probed:
    """Counts and samples. Takes seconds where few are, and a minute and more for thousands: Google takes ten calls a second.

    Raises:
        Forbidden: the member's role may not spend money.
        Problem: a vendor cannot be asked or does not answer.
    """
    if not member.may_edit:
        raise Forbidden(member.role)
    work = Work(member.organization_id, None, STAGE)
    try:
        async with ProviderClient(configured, resolve(configured).pipeline, work) as client:
            client.stage = STAGE
            center = center or await _locate(client, asked.target_location)
            return await _count(client, asked, Circle.of_miles(center, asked.target_radius_miles))
    except InputError as error:
        raise Problem(422, "location", str(error)) from error
    except LeadGenError as error:
        raise Problem(503, "probe", f"The probe could not be made: {error}") from error


async def _locate(client: ProviderClient, location: str) -> Point:
    place = (await Geocoder(client).locate(location)).value
    if place is None:
        raise InputError(f"{location!r} is not on the map.", remedy="Name a city and state, or coordinates.")
    return place.point


async def _count(client: ProviderClient, asked: EstimateAsked, circle: Circle) -> Probed:
    places, kind = GooglePlaces(client), google_type(asked.business_type)

    async def count(tile: Tile) -> int:
        return await places.count(asked.business_type, tile.box, included_type=kind)

    results = await count_places(circle, count, GOOGLE_CAP, FLOOR_METERS)
    page = await places.search_text(asked.business_type, first_tiles(circle)[0].box, included_type=kind)
    found = page.value.listings if page.value else ()
    samples = tuple(
        listing
        for listing in found
        if listing.open
        and listing.location
        and circle.contains(listing.location)
        and is_relevant(listing, asked.business_type).relevant
    )
    size = counted(results, _OF_ITS_TYPE if kind else _BY_WORDS, _YELP_ALONE if "yelp" in asked.sources else 0.0)
    return Probed(circle, size, samples)
