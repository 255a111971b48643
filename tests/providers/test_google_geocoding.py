"""Geocoding: the body's status decides, never HTTP's."""

from typing import Any

import pytest
from vendor_contracts import RecordingAsks, reply

from leadgen.domain.geo import Point, Rectangle
from leadgen.providers.calls import Reply, Verdict
from leadgen.providers.google_geocoding import GEOCODE, VENDOR, Geocoder

AUSTIN: dict[str, Any] = {
    "status": "OK",
    "results": [
        {
            "formatted_address": "Austin, TX, USA",
            "geometry": {
                "location": {"lat": 30.267153, "lng": -97.743061},
                "location_type": "APPROXIMATE",
                "viewport": {
                    "southwest": {"lat": 30.0987, "lng": -97.9369},
                    "northeast": {"lat": 30.5168, "lng": -97.5614},
                },
            },
            "place_id": "ChIJLwPMoJm1RIYRetVp1EtGm10",
            "types": ["locality", "political"],
        }
    ],
}


async def test_a_place_is_located_with_its_viewport() -> None:
    asks = RecordingAsks(reply(AUSTIN))
    answer = await Geocoder(asks).locate("Austin, TX")
    found = answer.value
    assert found is not None
    assert found.point == Point(30.267153, -97.743061)
    assert found.viewport == Rectangle(30.0987, -97.9369, 30.5168, -97.5614)
    assert found.formatted_address == "Austin, TX, USA"
    assert not found.partial_match
    [request] = asks.requests
    assert (request.method, request.path) == ("GET", "/maps/api/geocode/json")
    assert request.query == (("address", "Austin, TX"),)


async def test_a_place_that_google_does_not_know_is_a_miss_that_is_billed() -> None:
    nothing = reply({"status": "ZERO_RESULTS", "results": []})
    answer = await Geocoder(RecordingAsks(nothing)).locate("Nowhere at all")
    assert answer.value is None
    assert GEOCODE.charge(nothing) == GEOCODE.expected


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("OVER_DAILY_LIMIT", Verdict.QUOTA),
        ("OVER_QUERY_LIMIT", Verdict.RETRY),
        ("REQUEST_DENIED", Verdict.CREDENTIALS),
        ("INVALID_REQUEST", Verdict.REFUSED),
        ("UNKNOWN_ERROR", Verdict.RETRY),
    ],
)
def test_each_documented_error_has_its_verdict_though_http_says_200(status: str, verdict: Verdict) -> None:
    error = reply({"status": status, "results": [], "error_message": "..."})
    judgement = GEOCODE.judge(error)
    assert judgement.verdict is verdict
    assert status in judgement.message
    assert GEOCODE.charge(error) == ()


def test_a_broken_gateway_is_asked_again() -> None:
    assert GEOCODE.judge(Reply(502, "<html>")).verdict is Verdict.RETRY


def test_the_key_goes_into_the_query_which_is_the_only_way() -> None:
    assert VENDOR.authorize("k") == ({}, [("key", "k")])
