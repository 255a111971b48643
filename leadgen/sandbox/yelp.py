"""Yelp Places API (Fusion v3): search and details. VENDORS.md section 4."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from leadgen.domain.geo import Circle, Point, distance_meters
from leadgen.sandbox.addresses import phone_formats, town_line
from leadgen.sandbox.lookup import Lookup
from leadgen.sandbox.search import stems
from leadgen.sandbox.wire import Header, Limit, Operation, Reply, Request, Vendor, Window, json_reply, names
from leadgen.sandbox.world import VendorListing

PRICES = {"search": Decimal(8_000), "details": Decimal(8_000)}
LARGEST_RADIUS_METERS = 40_000
MOST_RESULTS = 240
_DAY_SECONDS = 86_400
_DAILY_CALLS = 5_000
_RADIUS_SLACK = 1.1  # the radius is a suggestion: a tenth beyond it comes too
_SORTS = {"best_match", "rating", "review_count", "distance"}
_PARAMETERS = names(
    "location latitude longitude term radius categories locale price open_now attributes sort_by limit offset"
)
_FAILURES = {
    500: ("INTERNAL_ERROR", "Something went wrong internally, please try again later."),
    503: ("SERVICE_UNAVAILABLE", "Service temporarily unavailable"),
}


class BadRequest(ValueError):
    """The request breaks a rule; carries Yelp's refusal."""

    def __init__(self, description: str, field: str | None = None, code: str = "VALIDATION_ERROR") -> None:
        super().__init__(description)
        self.reply = _error(400, code, description, field)


def yelp(lookup: Lookup) -> Vendor:
    """The service, answering from the world's Yelp listings."""

    def search(request: Request) -> Reply:
        try:
            order = _order(request, lookup)
        except BadRequest as error:
            return error.reply
        found = order.find(lookup)
        page = found[order.offset : order.offset + order.limit]
        center = order.circle.center
        answer = {
            "businesses": [_business(listing, center) for listing in page],
            "total": len(found),
            "region": {"center": {"latitude": center.latitude, "longitude": center.longitude}},
        }
        return json_reply(200, answer, billed=(("search", Decimal(1)),))

    def details(request: Request) -> Reply:
        wanted = request.values["id"]
        listing = lookup.yelp.by_id.get(wanted) or by_alias().get(wanted)
        if listing is None:
            return _error(404, "BUSINESS_NOT_FOUND", "The requested business could not be found.")
        return json_reply(200, _business(listing, None), billed=(("details", Decimal(1)),))

    aliases: dict[str, VendorListing] = {}

    def by_alias() -> dict[str, VendorListing]:
        if not aliases:
            aliases.update({_alias(listing): listing for listing in lookup.yelp.by_id.values()})
        return aliases

    return Vendor(
        name="yelp",
        operations=(
            Operation("search", "GET", "/v3/businesses/search", search),
            Operation("details", "GET", "/v3/businesses/{id}", details),
        ),
        limits=(Limit(5, 1), Limit(_DAILY_CALLS, _DAY_SECONDS)),
        prices=PRICES,
        key=Request.bearer,
        unauthorized=lambda key: _error(
            401,
            "TOKEN_INVALID" if key else "UNAUTHORIZED_ACCESS_TOKEN",
            "Invalid access token or authorization header."
            if key
            else "The access token provided is not currently able to query this endpoint.",
        ),
        unknown=lambda _request: _error(404, "NOT_FOUND", "Resource could not be found."),
        throttled=_throttled,
        quota_spent=lambda _operation: _day_over(),
        failure=lambda status: _error(
            status or 503, *_FAILURES.get(status or 503, ("INTERNAL_ERROR", "Something went wrong internally."))
        ),
        rate_headers=_rate_headers,
    )


def _error(status: int, code: str, description: str, field: str | None = None) -> Reply:
    error = {"code": code, "description": description}
    if field:
        error["field"] = field
    return json_reply(status, {"error": error})


def _day_over() -> Reply:
    return _error(
        429,
        "ACCESS_LIMIT_REACHED",
        "You've reached the access limit for this client. Please email api@yelp.com for assistance.",
    )


def _throttled(_operation: Operation, window: Window) -> Reply:
    if window.limit.seconds >= _DAY_SECONDS:
        return _day_over()
    return _error(
        429,
        "TOO_MANY_REQUESTS_PER_SECOND",
        "You have exceeded the queries-per-second limit for this endpoint. "
        "Try reducing the rate at which you make queries.",
    )


def _rate_headers(windows: Sequence[Window]) -> Sequence[Header]:
    """What is left of the day, which turns at midnight UTC."""
    daily = next((window for window in windows if window.limit.seconds >= _DAY_SECONDS), None)
    allowed = daily.limit.requests if daily else _DAILY_CALLS
    left = max(0, allowed - (daily.used if daily else 0))
    midnight = (datetime.now(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (
        ("RateLimit-DailyLimit", str(allowed)),
        ("RateLimit-Remaining", str(left)),
        ("RateLimit-ResetTime", midnight.isoformat()),
        ("RateLimit-ResourceDailyLimit", str(allowed)),
    )


@dataclass(frozen=True, slots=True)
class _Order:
    """One search, checked."""

    circle: Circle
    term: str
    categories: frozenset[str]
    sort_by: str
    limit: int
    offset: int

    def find(self, lookup: Lookup) -> list[VendorListing]:
        """All results in order, also those past the 240 that can be fetched."""
        wide = Circle(self.circle.center, self.circle.radius_meters * _RADIUS_SLACK)
        found = lookup.yelp.matching(stems(self.term)).around(wide)
        if self.categories:
            found = [listing for listing in found if listing.category in self.categories]
        orders: dict[str, Callable[[VendorListing], float]] = {
            "distance": lambda listing: distance_meters(self.circle.center, listing.location),
            "rating": lambda listing: -(listing.rating or 0),
            "review_count": lambda listing: -listing.review_count,
        }
        return sorted(found, key=orders[self.sort_by]) if self.sort_by in orders else found


def _order(request: Request, lookup: Lookup) -> _Order:
    unknown = {name for name, _ in request.query} - _PARAMETERS
    if unknown:
        raise BadRequest(f"Additional properties are not allowed ('{min(unknown)}' was unexpected)", min(unknown))
    limit, offset = _integer(request, "limit", 20, 0, 50), _integer(request, "offset", 0, 0, 1_000)
    if limit + offset > MOST_RESULTS:
        raise BadRequest(f"Too many results requested, limit+offset must be <= {MOST_RESULTS}.")
    radius = _integer(request, "radius", LARGEST_RADIUS_METERS, 0, LARGEST_RADIUS_METERS)
    sort_by = request.one("sort_by") or "best_match"
    if sort_by not in _SORTS:
        raise BadRequest(f"'{sort_by}' is not one of {sorted(_SORTS)}", "sort_by")
    return _Order(
        circle=Circle(_center(request, lookup), radius),
        term=request.one("term") or "",
        categories=frozenset(filter(None, (request.one("categories") or "").split(","))),
        sort_by=sort_by,
        limit=limit,
        offset=offset,
    )


def _center(request: Request, lookup: Lookup) -> Point:
    location, latitude, longitude = (request.one(name) for name in ("location", "latitude", "longitude"))
    if latitude is not None and longitude is not None:
        return Point(_degrees(latitude, "latitude", 90), _degrees(longitude, "longitude", 180))
    if not location:
        raise BadRequest("Please specify a location or a latitude and longitude")
    place = lookup.place(location)
    if place is None:
        raise BadRequest("Could not execute search, try specifying a more exact location.", code="LOCATION_NOT_FOUND")
    return place[0].location


def _degrees(text: str, name: str, most: int) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise BadRequest(f"'{text}' is not of type 'number'", name) from error
    if not -most <= value <= most:
        raise BadRequest(f"{text} is not between -{most} and {most}", name)
    return value


def _integer(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.one(name)
    if text is None:
        return default
    if not re.fullmatch(r"-?\d+", text):
        raise BadRequest(f"'{text}' is not of type 'integer'", name)
    value = int(text)
    if value > most:
        raise BadRequest(f"{value} is greater than the maximum of {most}", name)
    if value < least:
        raise BadRequest(f"{value} is less than the minimum of {least}", name)
    return value


def _alias(listing: VendorListing) -> str:
    """The readable id: name and town."""
    words = re.findall(r"[a-z0-9]+", f"{listing.name} {listing.city or ''}".lower())
    return "-".join([*words, listing.source_id[-4:].lower()])


def _business(listing: VendorListing, center: Point | None) -> dict[str, Any]:
    """As Yelp shows it: `url` is Yelp's own page; the business's website is not part of it."""
    e164, national = "", ""
    if listing.phone:
        e164, national, _ = phone_formats(listing.phone, listing.country)
    town = town_line(listing.city, listing.state, listing.zip_code)
    business: dict[str, Any] = {
        "id": listing.source_id,
        "alias": _alias(listing),
        "name": listing.name,
        "image_url": None,
        "is_closed": listing.is_closed,
        "url": f"https://www.yelp.com/biz/{_alias(listing)}",
        "review_count": listing.review_count,
        "categories": [{"alias": listing.category, "title": listing.category_title}],
        "rating": listing.rating or 0.0,
        "coordinates": {
            "latitude": listing.location.latitude,
            "longitude": listing.location.longitude,
        },
        "transactions": [],
        "location": {
            "address1": listing.street,
            "address2": None,
            "address3": None,
            "city": listing.city,
            "zip_code": listing.zip_code,
            "state": listing.state,
            "country": listing.country,
            "display_address": [part for part in (listing.street, town) if part],
        },
        "phone": e164,
        "display_phone": national,
    }
    if center:
        business["distance"] = round(distance_meters(center, listing.location), 2)
    return business
