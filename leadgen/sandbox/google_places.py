"""Google Places API (New): text search and place details. VENDORS.md section 1; Google's discovery document."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from leadgen.domain.geo import Circle, Point, Rectangle
from leadgen.sandbox import google_errors
from leadgen.sandbox.google_errors import google_error, invalid
from leadgen.sandbox.google_fields import SYSTEM_PARAMETERS
from leadgen.sandbox.google_place import BadMask, field_mask, place_json
from leadgen.sandbox.lookup import Lookup
from leadgen.sandbox.search import Query, by_distance
from leadgen.sandbox.wire import Limit, Operation, Reply, Request, Vendor, json_reply, names
from leadgen.sandbox.world import VendorListing

PAGE_SIZE = 20
MOST_RESULTS = 60
LARGEST_RADIUS_METERS = 50_000

PRICES = {
    "text_search_ids": Decimal(0),
    "text_search_pro": Decimal(32_000),
    "text_search_enterprise": Decimal(35_000),
    "text_search_enterprise_atmosphere": Decimal(40_000),
    "details_ids": Decimal(0),
    "details_pro": Decimal(17_000),
    "details_enterprise": Decimal(20_000),
    "details_enterprise_atmosphere": Decimal(25_000),
}

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "textQuery": str,
    "languageCode": str,
    "regionCode": str,
    "rankPreference": str,
    "includedType": str,
    "openNow": bool,
    "minRating": (int, float),
    "maxResultCount": int,
    "pageSize": int,
    "pageToken": str,
    "priceLevels": list,
    "strictTypeFiltering": bool,
    "locationBias": dict,
    "locationRestriction": dict,
    "evOptions": dict,
    "routingParameters": dict,
    "searchAlongRouteParameters": dict,
    "includePureServiceAreaBusinesses": bool,
    "includeFutureOpeningBusinesses": bool,
}
_DETAILS_PARAMETERS = names("languageCode regionCode sessionToken") | SYSTEM_PARAMETERS
_PAGING = {"pageSize", "pageToken", "maxResultCount"}


def google_places(lookup: Lookup) -> Vendor:
    """The service, answering from the world's Google listings."""

    def search(request: Request) -> Reply:
        try:
            mask = field_mask(request.headers.get("x-goog-fieldmask"), "places")
            order = _Order(request.payload)
            found = order.find(lookup)
            offset = order.offset()
        except (BadMask, BadRequest) as error:
            return error.reply
        page = found[offset : offset + order.page_size]
        answer: dict[str, Any] = {}
        if page:
            answer["places"] = [mask.pick(place_json(listing)) for listing in page]
        following = offset + len(page)
        if mask.next_page_token and page and following < len(found):
            answer["nextPageToken"] = order.token(following)
        return json_reply(200, answer, billed=((f"text_search_{mask.sku}", Decimal(1)),))

    def details(request: Request) -> Reply:
        unknown = {name for name, _ in request.query} - _DETAILS_PARAMETERS
        if unknown:
            return invalid(f'Invalid JSON payload received. Unknown name "{min(unknown)}".', min(unknown))
        try:
            mask = field_mask(request.headers.get("x-goog-fieldmask"), None)
        except BadMask as error:
            return error.reply
        listing = lookup.google.by_id.get(request.values["id"])
        if listing is None:
            return google_error(404, "The Place ID is no longer valid. Please refresh cached Place IDs.")
        return json_reply(200, mask.pick(place_json(listing)), billed=((f"details_{mask.sku}", Decimal(1)),))

    return Vendor(
        name="google_places",
        operations=(
            Operation("text_search", "POST", "/v1/places:searchText", search),
            Operation("place_details", "GET", "/v1/places/{id}", details),
        ),
        limits=(Limit(600, 60, "text_search"), Limit(600, 60, "place_details")),
        prices=PRICES,
        key=google_errors.key_of,
        unauthorized=google_errors.unauthorized,
        unknown=google_errors.unknown,
        throttled=google_errors.throttled,
        quota_spent=google_errors.quota_spent,
        failure=google_errors.failure,
        key_names=frozenset({"key"}),
        telling_headers=("x-goog-fieldmask",),
    )


class BadRequest(ValueError):
    """The request breaks a rule; carries Google's refusal."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.reply = invalid(message, field)


class _Order:
    """One text search, checked."""

    def __init__(self, payload: Any) -> None:
        if not isinstance(payload, dict):
            raise BadRequest("Invalid JSON payload received. Expected an object.")
        for name, value in payload.items():
            _check_type(name, value)
        self._payload: dict[str, Any] = payload
        self.text: str = payload.get("textQuery", "").strip()
        if not self.text:
            raise BadRequest("Empty text_query.", "text_query")
        size = int(payload.get("pageSize") or payload.get("maxResultCount") or 0)
        if size < 0:
            raise BadRequest("page_size must not be negative.", "page_size")
        self.page_size = min(size or PAGE_SIZE, PAGE_SIZE)
        if {"locationBias", "locationRestriction"} <= payload.keys():
            raise BadRequest("Cannot set both location_bias and location_restriction.", "location_bias")
        self._box = self._bias_box = None
        self._bias_center: Point | None = None
        if "locationRestriction" in payload:
            self._box = _restriction(payload["locationRestriction"])
        if "locationBias" in payload:
            self._bias_box, self._bias_center = _bias(payload["locationBias"])
        rank = payload.get("rankPreference", "RELEVANCE")
        if rank not in {"RELEVANCE", "DISTANCE", "RANK_PREFERENCE_UNSPECIFIED"}:
            raise BadRequest(f"Invalid value at 'rank_preference', \"{rank}\"", "rank_preference")
        self._nearest_first = rank == "DISTANCE"
        if not 0 <= payload.get("minRating", 0) <= 5:
            raise BadRequest("min_rating must be between 0 and 5.", "min_rating")

    def find(self, lookup: Lookup) -> list[VendorListing]:
        """The results of all pages, 60 at most, in order."""
        query = Query.of(self.text)
        box, center = self._box or self._bias_box, self._bias_center
        if box is None and query.place:
            known = lookup.place(query.place)
            if known:
                center = known[0].location
                box = Circle(center, LARGEST_RADIUS_METERS).bounding_box()
        matches = lookup.google.matching(query.sought)
        chosen = self._filter()
        if not chosen and not self._nearest_first:
            return matches.within(box, MOST_RESULTS) if box else list(matches.listings[:MOST_RESULTS])
        found = matches.within(box) if box else list(matches.listings)
        found = [listing for listing in found if all(keep(listing) for keep in chosen)]
        if self._nearest_first:
            found = by_distance(found, center or (box.center if box else found[0].location)) if found else []
        return found[:MOST_RESULTS]

    def _filter(self) -> Sequence[Callable[[VendorListing], bool]]:
        kept: list[Callable[[VendorListing], bool]] = []
        wanted_type, least = self._payload.get("includedType"), self._payload.get("minRating")
        if wanted_type and self._payload.get("strictTypeFiltering"):
            kept.append(lambda listing: listing.category == wanted_type)
        if least:
            kept.append(lambda listing: (listing.rating or 0) >= least)
        return kept

    def token(self, offset: int) -> str:
        """What the next page is asked for with."""
        return base64.urlsafe_b64encode(f"{self._digest()}{offset}".encode()).decode().rstrip("=")

    def offset(self) -> int:
        """Where this page begins. A token is only good with the search that it came from."""
        token = self._payload.get("pageToken")
        if not token:
            return 0
        try:
            text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
            digest, offset = text[:16], int(text[16:])
        except ValueError as error:
            raise BadRequest("Invalid page token.", "page_token") from error
        if digest != self._digest():
            raise BadRequest("Request parameters for paging requests must match the initial request.")
        return offset

    def _digest(self) -> str:
        lasting = {name: value for name, value in self._payload.items() if name not in _PAGING}
        return hashlib.sha256(orjson.dumps(lasting, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _check_type(name: str, value: Any) -> None:
    kind = _TYPES.get(name)
    if kind is None:
        raise BadRequest(f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.', name)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BadRequest(f"Invalid value at '{name}'", name)


def _closed(value: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = value.keys() - known
    if unknown:
        raise BadRequest(
            f"Invalid JSON payload received. Unknown name \"{min(unknown)}\" at '{where}': Cannot find field.",
            where,
        )


def _point(value: Any, where: str) -> Point:
    if not isinstance(value, dict):
        raise BadRequest(f"Invalid value at '{where}'", where)
    _closed(value, {"latitude", "longitude"}, where)
    latitude, longitude = value.get("latitude", 0.0), value.get("longitude", 0.0)
    numbers = all(isinstance(n, int | float) and not isinstance(n, bool) for n in (latitude, longitude))
    if not numbers or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise BadRequest(f"Invalid value at '{where}'", where)
    return Point(float(latitude), float(longitude))


def _rectangle(value: Any, where: str) -> Rectangle:
    if not isinstance(value, dict):
        raise BadRequest(f"Invalid value at '{where}'", where)
    _closed(value, {"low", "high"}, where)
    low, high = _point(value.get("low"), f"{where}.low"), _point(value.get("high"), f"{where}.high")
    if low.latitude > high.latitude:
        raise BadRequest("low.latitude must not be greater than high.latitude.", where)
    return Rectangle(low.latitude, low.longitude, high.latitude, high.longitude)


def _restriction(value: Mapping[str, Any]) -> Rectangle:
    _closed(value, {"rectangle"}, "location_restriction")
    if "rectangle" not in value:
        raise BadRequest("location_restriction.rectangle must be set.", "location_restriction")
    return _rectangle(value["rectangle"], "location_restriction.rectangle")


def _bias(value: Mapping[str, Any]) -> tuple[Rectangle, Point]:
    _closed(value, {"circle", "rectangle"}, "location_bias")
    if len(value) != 1:
        raise BadRequest("location_bias needs either circle or rectangle.", "location_bias")
    if "rectangle" in value:
        box = _rectangle(value["rectangle"], "location_bias.rectangle")
        return _widened(box), box.center
    circle = value["circle"]
    if not isinstance(circle, dict):
        raise BadRequest("Invalid value at 'location_bias.circle'", "location_bias.circle")
    _closed(circle, {"center", "radius"}, "location_bias.circle")
    center = _point(circle.get("center"), "location_bias.circle.center")
    radius = circle.get("radius", 0)
    if isinstance(radius, bool) or not isinstance(radius, int | float):
        raise BadRequest("Invalid value at 'location_bias.circle.radius'", "location_bias.circle.radius")
    if not 0 <= radius <= LARGEST_RADIUS_METERS:
        raise BadRequest(
            f"Invalid value {radius}: the radius must be within [0.0, 50000.0].",
            "location_bias.circle.radius",
        )
    return _widened(Circle(center, radius).bounding_box()), center


def _widened(box: Rectangle) -> Rectangle:
    """A bias is not a filter: results from half as far again beyond its edges come too."""
    height, width = (box.north - box.south) / 2, (box.east - box.west) / 2
    return Rectangle(box.south - height, box.west - width, box.north + height, box.east + width)
