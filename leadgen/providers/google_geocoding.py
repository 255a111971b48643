"""Google Geocoding v3: where a campaign's target location lies.

Facts (VENDORS.md section 2): the HTTP status is always 200 and the body's `status` decides; the key goes into
the query, there is no header for it; what is found may be kept for 30 days. Nothing found is billed like
anything found.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from leadgen.domain.geo import Point, Rectangle
from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Usage, Vendor, Verdict
from leadgen.providers.judging import MESSAGE_LENGTH, judge_status

VENDOR = Vendor("google_geocoding", lambda key: ({}, [("key", key)]), service="google_maps")

_ONE_GEOCODE = Usage("geocode", Decimal(1))
_VERDICTS = {
    "OK": Verdict.ANSWER,
    "ZERO_RESULTS": Verdict.MISS,
    "OVER_DAILY_LIMIT": Verdict.QUOTA,
    "OVER_QUERY_LIMIT": Verdict.RETRY,
    "UNKNOWN_ERROR": Verdict.RETRY,
    "REQUEST_DENIED": Verdict.CREDENTIALS,
    "INVALID_REQUEST": Verdict.REFUSED,
}


class _Status(BaseModel):
    status: str = ""
    error_message: str | None = None


class _LatLng(BaseModel):
    lat: float
    lng: float

    def point(self) -> Point:
        return Point(self.lat, self.lng)


class _Viewport(BaseModel):
    southwest: _LatLng
    northeast: _LatLng

    def rectangle(self) -> Rectangle:
        return Rectangle(self.southwest.lat, self.southwest.lng, self.northeast.lat, self.northeast.lng)


class _Geometry(BaseModel):
    location: _LatLng
    viewport: _Viewport


class _Result(BaseModel):
    geometry: _Geometry
    place_id: str
    formatted_address: str | None = None
    partial_match: bool = False


class _GeocodeResponse(BaseModel):
    results: list[_Result]


def _status(reply: Reply) -> _Status:
    body = reply.json()
    return _Status.model_validate(body) if isinstance(body, dict) else _Status()


def _judge(reply: Reply) -> Judgement:
    said = _status(reply)
    verdict = _VERDICTS.get(said.status)
    if reply.status != HTTPStatus.OK or verdict is None:
        return judge_status(reply, said.error_message or "")
    if verdict in {Verdict.ANSWER, Verdict.MISS}:
        return Judgement(verdict)
    return Judgement(verdict, f"{said.status}: {said.error_message or ''}".strip(": ")[:MESSAGE_LENGTH])


def _charge(reply: Reply) -> tuple[Usage, ...]:
    return (_ONE_GEOCODE,) if _status(reply).status in {"OK", "ZERO_RESULTS"} else ()


GEOCODE = Operation(
    vendor=VENDOR,
    name="geocode",
    judge=_judge,
    charge=_charge,
    expected=(_ONE_GEOCODE,),
    time_to_live=timedelta(days=30),
)


@dataclass(frozen=True, slots=True)
class GeocodedPlace:
    """A place by name. `viewport` is the box a map would show; `partial_match`: only part of the name was
    understood."""

    point: Point
    viewport: Rectangle
    place_id: str
    formatted_address: str | None
    partial_match: bool


class Geocoder:
    """From names of places to places."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def locate(self, address: str) -> Answer[GeocodedPlace]:
        """The best match for an address or a place's name; a miss where Google knows none.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = Request("GET", "/maps/api/geocode/json", query=(("address", address),))
        return await self._asks.ask(GEOCODE, request, _read_best)


def _read_best(body: Any) -> GeocodedPlace:
    best = _GeocodeResponse.model_validate(body).results[0]
    return GeocodedPlace(
        best.geometry.location.point(),
        best.geometry.viewport.rectangle(),
        best.place_id,
        best.formatted_address,
        best.partial_match,
    )
