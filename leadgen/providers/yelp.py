"""Yelp Places API (Fusion v3): the search that discovers listings, and one business by its id.

Facts (VENDORS.md section 4): a radius of 40,000 m at most and a suggestion only, so that hits outside are to
be dropped; 240 hits a search (limit + offset); `url` is the page on yelp.com, the own website comes only with
some plans, as `attributes.business_url`; two kinds of 429, a second's and a day's. Content may be kept for 24
hours.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from leadgen.domain.discovery.listing import Listing
from leadgen.domain.geo import Circle, Point
from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Told, Usage, Vendor, Verdict
from leadgen.providers.judging import billed_when_answered, judge_status, pause_asked, seconds_until
from leadgen.providers.listings import FoundPage, ListingSearch, phone_number

WIDEST_RADIUS_METERS = 40_000
MOST_HITS = 240
LARGEST_PAGE = 50
PAGE_SIZE = 48  # of a whole search: five equal pages make 240

DAY_SECONDS = 86_400.0


def _told(reply: Reply) -> Sequence[Told]:
    """The day's allowance, which starts anew at midnight UTC (RateLimit-ResetTime, ISO 8601)."""
    headers = reply.headers
    try:
        limit, remaining = int(headers["ratelimit-dailylimit"]), round(float(headers["ratelimit-remaining"]))
        resets = seconds_until(datetime.fromisoformat(headers["ratelimit-resettime"]))
    except (KeyError, ValueError):
        return ()
    return (Told(DAY_SECONDS, limit, remaining, resets),)


VENDOR = Vendor("yelp", lambda key: ({"Authorization": f"Bearer {key}"}, ()), service="yelp", told=_told)


class _Error(BaseModel):
    code: str = ""
    field: str | None = None


class _ErrorBody(BaseModel):
    error: _Error = _Error()


def _error(reply: Reply) -> _Error:
    try:
        return _ErrorBody.model_validate(reply.json()).error
    except ValidationError:
        return _Error()


def _is_gone(reply: Reply) -> bool:
    return reply.status == HTTPStatus.NOT_FOUND and _error(reply).code == "BUSINESS_NOT_FOUND"


def _judge(reply: Reply) -> Judgement:
    if reply.status < HTTPStatus.BAD_REQUEST:
        return judge_status(reply)
    error = _error(reply)
    if error.code == "ACCESS_LIMIT_REACHED":
        return Judgement(Verdict.QUOTA, error.code, _until_reset(reply) or pause_asked(reply))
    return judge_status(reply, f"{error.code} ({error.field})" if error.field else error.code)


def _until_reset(reply: Reply) -> float | None:
    try:
        return seconds_until(datetime.fromisoformat(reply.headers.get("ratelimit-resettime", "")))
    except ValueError:
        return None


_ONE_SEARCH = Usage("search", Decimal(1))
SEARCH = Operation(
    vendor=VENDOR,
    name="search",
    judge=_judge,
    charge=billed_when_answered(_ONE_SEARCH),
    expected=(_ONE_SEARCH,),
    time_to_live=timedelta(hours=24),
)
_ONE_BUSINESS = Usage("details", Decimal(1))
DETAILS = Operation(
    vendor=VENDOR,
    name="details",
    judge=lambda reply: Judgement(Verdict.MISS) if _is_gone(reply) else _judge(reply),
    charge=billed_when_answered(_ONE_BUSINESS),
    expected=(_ONE_BUSINESS,),
    time_to_live=timedelta(hours=24),
)


class _Category(BaseModel):
    alias: str | None = None


class _Coordinates(BaseModel):
    latitude: float | None = None
    longitude: float | None = None


class _Location(BaseModel):
    address1: str | None = None
    city: str | None = None
    zip_code: str | None = None
    state: str | None = None
    country: str | None = None


class _Attributes(BaseModel):
    business_url: str | None = None


class _Business(BaseModel):
    id: str
    alias: str | None = None
    name: str
    url: str | None = None
    phone: str | None = None
    display_phone: str | None = None
    review_count: int | None = None
    rating: float | None = None
    price: str | None = None
    is_closed: bool | None = None
    categories: list[_Category] | None = None
    coordinates: _Coordinates | None = None
    location: _Location | None = None
    attributes: _Attributes | None = None


class _SearchResponse(BaseModel):
    businesses: list[_Business]
    total: int = 0


@dataclass(frozen=True, slots=True)
class YelpPage:
    """One page of a search. `total` is how many Yelp holds, which may be far more than the 240 it gives."""

    listings: tuple[Listing, ...] = ()
    total: int = 0


class Yelp:
    """Listings of Yelp."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def search(
        self, term: str, circle: Circle, *, offset: int = 0, limit: int = LARGEST_PAGE
    ) -> Answer[YelpPage]:
        """One page of what `term` finds around the circle's center; a radius over 40,000 m is cut to that.

        `limit` may be 50 at most, `limit + offset` 240.

        Raises:
            VendorError: as `Asks.ask`.
        """
        query = {
            "term": term,
            "latitude": f"{circle.center.latitude:.6f}",
            "longitude": f"{circle.center.longitude:.6f}",
            "radius": str(min(math.ceil(circle.radius_meters), WIDEST_RADIUS_METERS)),
            "limit": str(limit),
            "offset": str(offset),
        }
        return await self._asks.ask(
            SEARCH, Request("GET", "/v3/businesses/search", query=tuple(query.items())), _read_page
        )

    async def details(self, business_id: str) -> Answer[Listing]:
        """One business by its id or alias; a miss where Yelp has it no more.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = Request("GET", f"/v3/businesses/{quote(business_id, safe='')}")
        return await self._asks.ask(DETAILS, request, lambda body: _listing(_Business.model_validate(body)))

    async def search_all(self, term: str, circle: Circle) -> ListingSearch:
        """All pages (240 hits at most) of what `term` finds around the circle's center.

        Raises:
            VendorError: as `Asks.ask`.
        """
        pages: list[FoundPage] = []
        total = 0
        for offset in range(0, MOST_HITS, PAGE_SIZE):
            answer = await self.search(term, circle, offset=offset, limit=PAGE_SIZE)
            page = answer.value or YelpPage()
            pages.append(FoundPage(page.listings, answer.receipt))
            total = page.total
            if not page.listings or offset + PAGE_SIZE >= total:
                break
        return ListingSearch(tuple(pages), saturated=total > MOST_HITS)


def _read_page(body: Any) -> YelpPage:
    response = _SearchResponse.model_validate(body)
    return YelpPage(tuple(_listing(business) for business in response.businesses), response.total)


def _listing(business: _Business) -> Listing:
    location = business.location or _Location()
    categories = tuple(c.alias for c in business.categories or [] if c.alias)
    return Listing(
        source="yelp",
        source_id=business.id,
        name=business.name,
        category=categories[0] if categories else None,
        categories=categories,
        website=(business.attributes and business.attributes.business_url) or None,
        phone=phone_number(business.phone, business.display_phone, country=location.country),
        address=location.address1 or None,
        city=location.city or None,
        state=location.state or None,
        zip_code=location.zip_code or None,
        country=location.country or None,
        location=_point(business.coordinates),
        rating=business.rating,
        review_count=business.review_count,
        price_level=business.price,
        open=not business.is_closed,
        source_url=business.url,
        extra={"alias": business.alias},
    )


def _point(coordinates: _Coordinates | None) -> Point | None:
    if coordinates is None or coordinates.latitude is None or coordinates.longitude is None:
        return None
    return Point(coordinates.latitude, coordinates.longitude)
