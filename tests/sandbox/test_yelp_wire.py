"""Yelp in the sandbox: VENDORS.md section 4 on the wire."""

from datetime import datetime
from typing import Any

import httpx
import pytest
from sandbox_server import Sandbox
from wire_contract import WireContract

from leadgen.domain.geo import distance_meters

SEARCH = "/v3/businesses/search"
DETAILS = "/v3/businesses/{business_id_or_alias}"


@pytest.fixture(scope="module")
def contract() -> WireContract:
    return WireContract("yelp/yelp-places-v3.authored.json")


def search(sandbox: Sandbox, **query: Any) -> httpx.Response:
    center = sandbox.world.circle.center
    around: dict[str, Any] = {"latitude": center.latitude, "longitude": center.longitude, "term": "dentists"}
    headers = {"Authorization": f"Bearer {sandbox.key}"}
    return sandbox.http.get(f"/yelp{SEARCH}", params={**around, **query}, headers=headers)


def test_an_answer_is_as_the_contract_says_and_names_no_website(sandbox: Sandbox, contract: WireContract) -> None:
    answer = contract.check(search(sandbox, limit=50), SEARCH)

    assert len(answer["businesses"]) == 50 < answer["total"]
    assert all(business["url"].startswith("https://www.yelp.com/biz/") for business in answer["businesses"])
    assert not any("website" in business or "attributes" in business for business in answer["businesses"])


def test_pages_follow_each_other_without_overlap(sandbox: Sandbox) -> None:
    answers = [search(sandbox, limit=48, offset=offset, radius=40_000).json() for offset in (0, 48, 96)]
    ids = [business["id"] for answer in answers for business in answer["businesses"]]

    assert len(ids) == len(set(ids)) == min(144, answers[0]["total"])


def test_the_radius_is_a_suggestion_that_is_nearly_kept(sandbox: Sandbox) -> None:
    answer = search(sandbox, radius=10_000, limit=50, sort_by="distance").json()
    distances = [business["distance"] for business in answer["businesses"]]

    assert distances == sorted(distances)
    assert distances[-1] <= 11_000


def test_phones_are_e164_whatever_the_listing_says(sandbox: Sandbox) -> None:
    phones = [business["phone"] for business in search(sandbox, limit=50).json()["businesses"]]

    assert all(phone == "" or (phone.startswith("+1") and phone[1:].isdecimal()) for phone in phones)


def test_a_location_by_name_is_searched_around(sandbox: Sandbox) -> None:
    reply = sandbox.http.get(
        f"/yelp{SEARCH}",
        params={"location": "Austin, TX", "term": "dentists"},
        headers={"Authorization": f"Bearer {sandbox.key}"},
    )

    assert reply.json()["region"]["center"] == {"latitude": 30.2672, "longitude": -97.7431}


def test_details_are_found_by_id_and_by_alias(sandbox: Sandbox, contract: WireContract) -> None:
    business = search(sandbox, limit=1).json()["businesses"][0]
    headers = {"Authorization": f"Bearer {sandbox.key}"}
    for name in (business["id"], business["alias"]):
        reply = sandbox.http.get(f"/yelp/v3/businesses/{name}", headers=headers)
        assert contract.check(reply, DETAILS)["id"] == business["id"]

    missing = sandbox.http.get("/yelp/v3/businesses/nothing", headers=headers)
    assert contract.check(missing, DETAILS)["error"]["code"] == "BUSINESS_NOT_FOUND"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"radius": 40_001}, "VALIDATION_ERROR"),
        ({"limit": 51}, "VALIDATION_ERROR"),
        ({"limit": 50, "offset": 191}, "VALIDATION_ERROR"),
        ({"sort_by": "nearest"}, "VALIDATION_ERROR"),
        ({"latitude": "north"}, "VALIDATION_ERROR"),
        ({"near": "me"}, "VALIDATION_ERROR"),
        ({"latitude": None, "longitude": None}, "VALIDATION_ERROR"),
        ({"latitude": None, "longitude": None, "location": "Atlantis"}, "LOCATION_NOT_FOUND"),
    ],
)
def test_a_wrong_request_is_refused(sandbox: Sandbox, contract: WireContract, query: dict[str, Any], code: str) -> None:
    center = sandbox.world.circle.center
    around = {"latitude": center.latitude, "longitude": center.longitude, "term": "dentists", **query}
    reply = sandbox.http.get(
        f"/yelp{SEARCH}",
        params={name: value for name, value in around.items() if value is not None},
        headers={"Authorization": f"Bearer {sandbox.key}"},
    )

    assert reply.status_code == 400
    assert contract.check(reply, SEARCH)["error"]["code"] == code


def test_a_wrong_key_is_refused(sandbox: Sandbox, contract: WireContract) -> None:
    wrong = sandbox.http.get(f"/yelp{SEARCH}", headers={"Authorization": "Bearer not-ours"})
    missing = sandbox.http.get(f"/yelp{SEARCH}")

    assert [reply.status_code for reply in (wrong, missing)] == [401, 401]
    assert contract.check(wrong, SEARCH)["error"]["code"] == "TOKEN_INVALID"


def test_a_full_second_passes_and_a_full_day_does_not(sandbox: Sandbox, contract: WireContract) -> None:
    codes = []
    for seconds in (1, 86_400):
        sandbox.admin("PUT", "/limits", json={"yelp": {"rates": [{"requests": 1, "seconds": seconds}]}})
        search(sandbox)
        reply = search(sandbox)
        assert reply.status_code == 429
        codes.append(contract.check(reply, SEARCH)["error"]["code"])

    assert codes == ["TOO_MANY_REQUESTS_PER_SECOND", "ACCESS_LIMIT_REACHED"]


def test_every_answer_tells_what_is_left_of_the_day(sandbox: Sandbox) -> None:
    left = [int(search(sandbox).headers["ratelimit-remaining"]) for _ in range(2)]
    reset = datetime.fromisoformat(search(sandbox).headers["ratelimit-resettime"])

    assert left[0] - left[1] == 1
    assert (reset.hour, reset.minute, reset.tzinfo is not None) == (0, 0, True)


def test_distances_are_measured_from_the_center(sandbox: Sandbox) -> None:
    business = search(sandbox, limit=1).json()["businesses"][0]
    listing = next(entry for entry in sandbox.world.listings if entry.source_id == business["id"])

    assert business["distance"] == pytest.approx(
        distance_meters(sandbox.world.circle.center, listing.location), abs=0.01
    )
