"""Google Geocoding v3: the HTTP status is always 200, `status` in the answer tells. VENDORS.md section 2."""

import hashlib
import re
from decimal import Decimal
from typing import Any

from leadgen.domain.geo import Circle, Point
from leadgen.sandbox.addresses import US_STATES, state_name
from leadgen.sandbox.lookup import Lookup
from leadgen.sandbox.wire import Limit, Operation, Reply, Request, Vendor, json_reply
from leadgen.sandbox.world import Place

PRICES = {"geocode": Decimal(5_000)}
_PARAMETERS = {"address", "components", "bounds", "region", "language", "key"}
_TOWN_RADIUS_METERS = 20_000
_COORDINATES = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*")


def google_geocoding(lookup: Lookup) -> Vendor:
    """The service, knowing the world's places."""

    def geocode(request: Request) -> Reply:
        unknown = {name for name, _ in request.query} - _PARAMETERS
        address = (request.one("address") or "").strip()
        if unknown:
            return _status("INVALID_REQUEST", f"Invalid request. Unknown parameter '{min(unknown)}'.")
        if not address and not request.one("components"):
            return _status(
                "INVALID_REQUEST",
                "Invalid request. Missing the 'address', 'components', 'latlng' or 'place_id' parameter.",
            )
        found = _coordinates(address) or lookup.place(address)
        if found is None:
            return json_reply(200, {"results": [], "status": "ZERO_RESULTS"}, billed=(("geocode", Decimal(1)),))
        place, partial = found
        return json_reply(
            200, {"results": [_result(place, partial=partial)], "status": "OK"}, billed=(("geocode", Decimal(1)),)
        )

    return Vendor(
        name="google_geocoding",
        operations=(Operation("geocode", "GET", "/maps/api/geocode/json", geocode),),
        limits=(Limit(3_000, 60),),
        prices=PRICES,
        key=lambda request: request.one("key"),
        unauthorized=lambda key: _status(
            "REQUEST_DENIED",
            "The provided API key is invalid. " if key else "You must use an API key to authenticate each request.",
        ),
        unknown=lambda _request: Reply(404, b"<!DOCTYPE html><title>Error 404 (Not Found)</title>", (), "text/html"),
        throttled=lambda _operation, _window: _status(
            "OVER_QUERY_LIMIT", "You have exceeded your rate-limit for this API."
        ),
        quota_spent=lambda _operation: _status(
            "OVER_DAILY_LIMIT", "You have exceeded your daily request quota for this API."
        ),
        failure=lambda status: _status("UNKNOWN_ERROR", None, status or 200),
        key_names=frozenset({"key"}),
    )


def _status(status: str, message: str | None, http_status: int = 200) -> Reply:
    answer: dict[str, Any] = {"results": [], "status": status}
    if message:
        answer["error_message"] = message
    return json_reply(http_status, answer)


def _coordinates(address: str) -> tuple[Place, bool] | None:
    match = _COORDINATES.fullmatch(address)
    if not match:
        return None
    latitude, longitude = float(match[1]), float(match[2])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Place(f"{latitude}, {longitude}", Point(latitude, longitude)), False


def _result(place: Place, *, partial: bool) -> dict[str, Any]:
    box = Circle(place.location, _TOWN_RADIUS_METERS).bounding_box()
    viewport = {
        "northeast": {"lat": box.north, "lng": box.east},
        "southwest": {"lat": box.south, "lng": box.west},
    }
    result: dict[str, Any] = {
        "address_components": _components(place.name),
        "formatted_address": f"{place.name}, USA",
        "geometry": {
            "bounds": viewport,
            "location": {"lat": place.location.latitude, "lng": place.location.longitude},
            "location_type": "APPROXIMATE",
            "viewport": viewport,
        },
        "place_id": "ChIJ" + hashlib.sha256(place.name.encode()).hexdigest()[:23],
        "types": ["locality", "political"],
    }
    if partial:
        result["partial_match"] = True
    return result


def _components(name: str) -> list[dict[str, Any]]:
    town, _, region = (part.strip() for part in name.partition(","))
    components: list[dict[str, Any]] = [{"long_name": town, "short_name": town, "types": ["locality", "political"]}]
    code = region.split()[0] if region else ""
    if code in US_STATES:
        components.append(
            {
                "long_name": state_name(code),
                "short_name": code,
                "types": ["administrative_area_level_1", "political"],
            }
        )
    components.append({"long_name": "United States", "short_name": "US", "types": ["country", "political"]})
    return components
