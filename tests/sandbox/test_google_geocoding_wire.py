"""Google Geocoding in the sandbox: HTTP 200 always, `status` tells (VENDORS.md section 2)."""

from typing import Any

import pytest
from sandbox_server import Sandbox


def geocode(sandbox: Sandbox, key: str | None = None, **query: str) -> dict[str, Any]:
    reply = sandbox.http.get("/google_geocoding/maps/api/geocode/json", params={"key": key or sandbox.key, **query})
    assert reply.status_code == 200
    answer: dict[str, Any] = reply.json()
    return answer


@pytest.mark.parametrize("address", ["Austin, TX", "austin tx", "Austin, TX, USA"])
def test_a_known_place_has_a_location_and_a_viewport(sandbox: Sandbox, address: str) -> None:
    answer = geocode(sandbox, address=address)
    geometry = answer["results"][0]["geometry"]

    assert answer["status"] == "OK"
    assert geometry["location"] == {"lat": 30.2672, "lng": -97.7431}
    assert geometry["viewport"]["southwest"]["lat"] < 30.2672 < geometry["viewport"]["northeast"]["lat"]
    assert "partial_match" not in answer["results"][0]


def test_a_street_in_a_known_place_matches_in_part(sandbox: Sandbox) -> None:
    assert geocode(sandbox, address="12 Nowhere Street, Austin, TX")["results"][0]["partial_match"] is True


def test_coordinates_are_a_place(sandbox: Sandbox) -> None:
    answer = geocode(sandbox, address="30.5, -97.5")

    assert answer["results"][0]["geometry"]["location"] == {"lat": 30.5, "lng": -97.5}


def test_an_unknown_place_has_no_results_and_is_billed(sandbox: Sandbox) -> None:
    assert geocode(sandbox, address="Atlantis") == {"results": [], "status": "ZERO_RESULTS"}
    assert sandbox.counts("google_geocoding")["bill"] == {"units": {"geocode": 1}, "micros": 5_000}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, "INVALID_REQUEST"),
        ({"address": "Austin, TX", "place": "x"}, "INVALID_REQUEST"),
        ({"address": "Austin, TX", "key": "AIza-not-ours"}, "REQUEST_DENIED"),
    ],
)
def test_a_refusal_is_a_status(sandbox: Sandbox, query: dict[str, str], status: str) -> None:
    answer = geocode(sandbox, **query)

    assert answer["status"] == status
    assert answer["error_message"]


def test_a_rate_limit_and_a_fault_are_statuses_too(sandbox: Sandbox) -> None:
    sandbox.admin("PUT", "/limits", json={"google_geocoding": {"rates": [{"requests": 1, "seconds": 60}]}})
    assert geocode(sandbox, address="Austin, TX")["status"] == "OK"
    assert geocode(sandbox, address="Austin, TX")["status"] == "OVER_QUERY_LIMIT"

    sandbox.admin("PUT", "/limits", json={})
    sandbox.admin("PUT", "/faults", json={"google_geocoding": {"outage": True}})
    assert geocode(sandbox, address="Austin, TX")["status"] == "UNKNOWN_ERROR"
