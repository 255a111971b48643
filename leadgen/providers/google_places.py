"""Google Places API (New): the text search that discovers listings, and the details that renew one.

Facts (VENDORS.md section 1): the field mask is required and decides the price (website, phone and rating make it the
Enterprise SKU; a search for ids alone is free); a page holds 20 places and a search 60, so that an area that gives 60 is to
be split; only a rectangle restricts, a circle merely biases; all parameters but the token repeat on later pages. Content may
be kept for 30 days, the place id without limit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel

from leadgen.domain.discovery.listing import Listing
from leadgen.domain.geo import Point, Rectangle
from leadgen.errors import VendorRefused
from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Request, Usage, Vendor, Verdict
from leadgen.providers.judging import billed_when_answered, judge_google
from leadgen.providers.listings import FoundPage, ListingSearch, phone_number

PAGE_SIZE = 20
MOST_PAGES = 3
FIELD_MASK = ",".join(
    [
        *(
            f"places.{field}"
            for field in (
                "id",
                "displayName",
                "formattedAddress",
                "addressComponents",
                "location",
                "businessStatus",
                "types",
                "primaryType",
                "googleMapsUri",
                "websiteUri",
                "nationalPhoneNumber",
                "internationalPhoneNumber",
                "rating",
                "userRatingCount",
            )
        ),
        "nextPageToken",
    ]
)
# In the order of preference: what Google calls a city differs by country.
CITY_TYPES = ("locality", "postal_town", "sublocality_level_1", "administrative_area_level_3")

VENDOR = Vendor("google_places", lambda key: ({"X-Goog-Api-Key": key}, ()), service="google_maps")

_ONE_SEARCH = Usage("text_search_enterprise", Decimal(1))
SEARCH_TEXT = Operation(
    vendor=VENDOR,
    name="search_text",
    judge=judge_google,
    charge=billed_when_answered(_ONE_SEARCH),
    expected=(_ONE_SEARCH,),
    time_to_live=timedelta(days=30),
)

_ONE_SEARCH_OF_IDS = Usage("text_search_ids", Decimal(1))
SEARCH_IDS = Operation(
    vendor=VENDOR,
    name="search_ids",
    judge=judge_google,
    charge=billed_when_answered(_ONE_SEARCH_OF_IDS),
    expected=(_ONE_SEARCH_OF_IDS,),
    time_to_live=timedelta(0),
)
PROBE = replace(SEARCH_IDS, name="probe", time_to_live=timedelta(days=30))  # ids may be kept
IDS_MASK = "places.id,nextPageToken"

_ONE_DETAILS = Usage("details_enterprise", Decimal(1))
PLACE_DETAILS = Operation(
    vendor=VENDOR,
    name="details",
    judge=lambda reply: Judgement(Verdict.MISS) if reply.status == HTTPStatus.NOT_FOUND else judge_google(reply),
    charge=billed_when_answered(_ONE_DETAILS),
    expected=(_ONE_DETAILS,),
    time_to_live=timedelta(days=30),
    miss_time_to_live=timedelta(days=30),
)
DETAILS_MASK = ",".join(field.removeprefix("places.") for field in FIELD_MASK.split(",") if field.startswith("places."))


class _Text(BaseModel):
    text: str | None = None


class _Component(BaseModel):
    longText: str | None = None  # noqa: N815
    shortText: str | None = None  # noqa: N815
    types: list[str] = []


class _LatLng(BaseModel):
    latitude: float = 0.0  # a zero is left out of the JSON
    longitude: float = 0.0


class _Place(BaseModel):
    id: str
    displayName: _Text | None = None  # noqa: N815
    formattedAddress: str | None = None  # noqa: N815
    addressComponents: list[_Component] = []  # noqa: N815
    location: _LatLng | None = None
    businessStatus: str | None = None  # noqa: N815
    types: list[str] = []
    primaryType: str | None = None  # noqa: N815
    googleMapsUri: str | None = None  # noqa: N815
    websiteUri: str | None = None  # noqa: N815
    nationalPhoneNumber: str | None = None  # noqa: N815
    internationalPhoneNumber: str | None = None  # noqa: N815
    rating: float | None = None
    userRatingCount: int | None = None  # noqa: N815


class _SearchResponse(BaseModel):
    places: list[_Place] = []
    nextPageToken: str | None = None  # noqa: N815


@dataclass(frozen=True, slots=True)
class PlacesPage:
    """One page of a search. `full`: it holds as many places as a page can."""

    listings: tuple[Listing, ...] = ()
    next_page_token: str | None = None
    full: bool = False


@dataclass(frozen=True, slots=True)
class PlaceIds:
    """One page of a search for ids alone."""

    ids: tuple[str, ...] = ()
    next_page_token: str | None = None


class GooglePlaces:
    """Listings of Google Maps."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def search_text(
        self,
        text_query: str,
        rectangle: Rectangle,
        *,
        included_type: str | None = None,
        page_token: str | None = None,
    ) -> Answer[PlacesPage]:
        """One page of what `text_query` finds inside the rectangle; a page without listings where it finds
        nothing.

        `included_type` is a place type of Google's (as `dentist`). Closed businesses are among the listings,
        with `open` False.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = _search(FIELD_MASK, text_query, rectangle, included_type, page_token)
        return await self._asks.ask(SEARCH_TEXT, request, _read_page)

    async def search_ids(
        self,
        text_query: str,
        rectangle: Rectangle,
        *,
        included_type: str | None = None,
        page_token: str | None = None,
    ) -> Answer[PlaceIds]:
        """The same page with nothing but the places' ids: free, so that only what is new has to be paid for. Never stored.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = _search(IDS_MASK, text_query, rectangle, included_type, page_token)
        return await self._asks.ask(SEARCH_IDS, request, _read_ids)

    async def count(self, text_query: str, rectangle: Rectangle, *, included_type: str | None = None) -> int:
        """How many places a search of the rectangle finds, sixty at most: free, so that only areas that show all they hold have
        to be paid for.

        Raises:
            VendorError: as `Asks.ask`.
        """
        found = 0
        token: str | None = None
        for _ in range(MOST_PAGES):
            request = _search(IDS_MASK, text_query, rectangle, included_type, token)
            try:
                answer = await self._asks.ask(PROBE, request, _read_ids)
            except VendorRefused:
                if token:  # a stored page's token has gone stale: the paid search will tell
                    return found
                raise
            page = answer.value or PlaceIds()
            found += len(page.ids)
            token = page.next_page_token
            if not token:
                break
        return found

    async def details(self, place_id: str) -> Answer[Listing]:
        """One place by its id: how what Google says of it is renewed after thirty days. A miss where Google has it no more.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = Request("GET", f"/v1/places/{quote(place_id, safe='')}", headers={"X-Goog-FieldMask": DETAILS_MASK})
        return await self._asks.ask(PLACE_DETAILS, request, lambda body: _listing(_Place.model_validate(body)))

    async def search_all(
        self, text_query: str, rectangle: Rectangle, *, included_type: str | None = None
    ) -> ListingSearch:
        """All pages (three at most) of what `text_query` finds inside the rectangle.

        Raises:
            VendorError: as `Asks.ask`.
        """
        pages: list[FoundPage] = []
        token: str | None = None
        while True:
            try:
                answer = await self.search_text(text_query, rectangle, included_type=included_type, page_token=token)
            except VendorRefused:
                # A stored page's token may have gone stale; what it led to is found by splitting the area.
                if pages and pages[-1].receipt.cached:
                    return ListingSearch(tuple(pages), saturated=True)
                raise
            page = answer.value or PlacesPage()
            pages.append(FoundPage(page.listings, answer.receipt))
            token = page.next_page_token
            if len(pages) == MOST_PAGES:
                return ListingSearch(tuple(pages), saturated=page.full)
            if not token:
                return ListingSearch(tuple(pages), saturated=False)


def _search(
    mask: str, text_query: str, rectangle: Rectangle, included_type: str | None, page_token: str | None
) -> Request:
    body: dict[str, Any] = {
        "textQuery": text_query,
        "pageSize": PAGE_SIZE,
        "locationRestriction": {
            "rectangle": {
                "low": {"latitude": rectangle.south, "longitude": rectangle.west},
                "high": {"latitude": rectangle.north, "longitude": rectangle.east},
            }
        },
    }
    if included_type:
        body["includedType"] = included_type
    if page_token:
        body["pageToken"] = page_token
    return Request("POST", "/v1/places:searchText", body=body, headers={"X-Goog-FieldMask": mask})


def _read_ids(body: Any) -> PlaceIds:
    response = _SearchResponse.model_validate(body)
    return PlaceIds(tuple(place.id for place in response.places), response.nextPageToken or None)


def _read_page(body: Any) -> PlacesPage:
    response = _SearchResponse.model_validate(body)
    listings = (_listing(place) for place in response.places)
    return PlacesPage(
        tuple(listing for listing in listings if listing.name),
        response.nextPageToken or None,
        full=len(response.places) >= PAGE_SIZE,
    )


def _listing(place: _Place) -> Listing:
    country = _component(place, ["country"], short=True)
    city = _component(place, CITY_TYPES)
    return Listing(
        source="google_maps",
        source_id=place.id,
        name=((place.displayName and place.displayName.text) or "").strip(),
        category=place.primaryType,
        categories=tuple(place.types),
        website=place.websiteUri,
        phone=phone_number(place.internationalPhoneNumber, place.nationalPhoneNumber, country=country),
        address=_street(place, city),
        city=city,
        state=_component(place, ["administrative_area_level_1"], short=True),
        zip_code=_component(place, ["postal_code"]),
        country=country,
        location=Point(place.location.latitude, place.location.longitude) if place.location else None,
        rating=place.rating,
        review_count=place.userRatingCount,
        open=place.businessStatus in {None, "OPERATIONAL", "BUSINESS_STATUS_UNSPECIFIED"},
        source_url=place.googleMapsUri,
        extra={"formatted_address": place.formattedAddress, "business_status": place.businessStatus},
    )


def _component(place: _Place, types: Iterable[str], *, short: bool = False) -> str | None:
    for wanted in types:
        for component in place.addressComponents:
            if wanted in component.types:
                return component.shortText if short else component.longText
    return None


def _street(place: _Place, city: str | None) -> str | None:
    """Street and number, from the components; else the address up to its first comma, unless that is the
    city."""
    parts = [_component(place, [kind]) for kind in ("street_number", "route", "subpremise")]
    number, route, unit = parts
    if route:
        street = f"{number} {route}" if number else route
        return f"{street} #{unit}" if unit else street
    first = (place.formattedAddress or "").split(",")[0].strip()
    return first if first and first != city else None
