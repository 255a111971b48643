"""Google Places in the sandbox: VENDORS.md section 1 on the wire."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sandbox_server import Sandbox
from wire_contract import WireContract

from leadgen.domain.geo import Rectangle

SEARCH = "/v1/places:searchText"
MASK = (
    "places.id,places.displayName,places.formattedAddress,places.addressComponents,places.location,"
    "places.businessStatus,places.types,places.primaryType,places.googleMapsUri,places.websiteUri,"
    "places.nationalPhoneNumber,places.internationalPhoneNumber,places.rating,places.userRatingCount,nextPageToken"
)


@pytest.fixture(scope="module")
def contract() -> WireContract:
    return WireContract("google-places/places-v1.openapi.json")


def box_of(rectangle: Rectangle) -> dict[str, Any]:
    return {
        "rectangle": {
            "low": {"latitude": rectangle.south, "longitude": rectangle.west},
            "high": {"latitude": rectangle.north, "longitude": rectangle.east},
        }
    }


def search(sandbox: Sandbox, *, mask: str | None = MASK, key: str | None = None, **body: Any) -> httpx.Response:
    headers = {"X-Goog-Api-Key": key or sandbox.key}
    if mask is not None:
        headers["X-Goog-FieldMask"] = mask
    return sandbox.http.post(f"/google_places{SEARCH}", json=body, headers=headers)


def pages(sandbox: Sandbox, **body: Any) -> Iterator[list[dict[str, Any]]]:
    token: dict[str, str] = {}
    while True:
        answer = search(sandbox, **body, **token).json()
        yield answer.get("places", [])
        if "nextPageToken" not in answer:
            return
        token = {"pageToken": answer["nextPageToken"]}


def dentists_around(sandbox: Sandbox) -> dict[str, Any]:
    return {"textQuery": "dentists", "locationRestriction": box_of(sandbox.world.circle.bounding_box())}


def test_an_answer_is_as_the_contract_says(sandbox: Sandbox, contract: WireContract) -> None:
    answer = contract.check(search(sandbox, **dentists_around(sandbox)), SEARCH)

    assert len(answer["places"]) == 20
    assert answer["places"][0].keys() <= {field.removeprefix("places.") for field in MASK.split(",")}


def test_a_search_gives_twenty_a_page_and_sixty_at_most(sandbox: Sandbox) -> None:
    found = list(pages(sandbox, **dentists_around(sandbox)))

    assert [len(page) for page in found] == [20, 20, 20]
    assert len({place["id"] for page in found for place in page}) == 60


def test_quartered_rectangles_bring_up_every_wanted_business_that_google_lists(sandbox: Sandbox) -> None:
    found: dict[str, str] = {}
    waiting = [sandbox.world.circle.bounding_box()]
    while waiting:
        box = waiting.pop()
        places = [
            place for page in pages(sandbox, textQuery="dentists", locationRestriction=box_of(box)) for place in page
        ]
        found |= {place["id"]: place["primaryType"] for place in places}
        waiting += box.quarters() if len(places) == 60 else ()
    listed = {entry.business_id: entry.source_id for entry in sandbox.world.listings if entry.source == "google_maps"}
    wanted = {listed[business.id] for business in sandbox.world.wanted() if business.id in listed}

    assert wanted <= found.keys()


def test_a_search_brings_up_a_few_of_other_trades_and_closed_ones_too(sandbox: Sandbox) -> None:
    boxes = [quarter for half in sandbox.world.circle.bounding_box().quarters() for quarter in half.quarters()]
    found = [
        place
        for box in boxes
        for page in pages(sandbox, textQuery="dentists", locationRestriction=box_of(box))
        for place in page
    ]
    other = [place for place in found if place["primaryType"] != "dentist"]

    assert 0 < len(other) < len(found) / 10
    assert {place["businessStatus"] for place in found} == {"OPERATIONAL", "CLOSED_PERMANENTLY"}


def test_without_the_token_in_the_mask_there_is_no_next_page(sandbox: Sandbox) -> None:
    assert "nextPageToken" not in search(sandbox, mask="places.id", **dentists_around(sandbox)).json()


def test_nothing_found_is_an_empty_object(sandbox: Sandbox) -> None:
    nowhere = box_of(Rectangle(0.0, 0.0, 0.1, 0.1))

    assert search(sandbox, textQuery="dentists", locationRestriction=nowhere).json() == {}


def test_a_place_is_given_by_its_id(sandbox: Sandbox, contract: WireContract) -> None:
    listing = next(entry for entry in sandbox.world.listings if entry.source == "google_maps" and entry.phone)
    headers = {"X-Goog-Api-Key": sandbox.key, "X-Goog-FieldMask": "id,displayName.text,internationalPhoneNumber"}
    reply = sandbox.http.get(f"/google_places/v1/places/{listing.source_id}", headers=headers)
    place = contract.check(reply, "/v1/places/{place_id}")

    assert place["displayName"] == {"text": listing.name}
    assert place["internationalPhoneNumber"].startswith("+1 ")


def test_an_unknown_place_is_not_found(sandbox: Sandbox, contract: WireContract) -> None:
    headers = {"X-Goog-Api-Key": sandbox.key, "X-Goog-FieldMask": "id"}
    reply = sandbox.http.get("/google_places/v1/places/ChIJnothing", headers=headers)

    assert reply.status_code == 404
    assert contract.check(reply, "/v1/places/{place_id}")["error"]["status"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"textQuery": ""}, "text_query"),
        ({"radius": 5}, "radius"),
        ({"pageSize": -1}, "page_size"),
        ({"pageSize": "20"}, "pageSize"),
        ({"locationRestriction": {"circle": {}}}, "location_restriction"),
        ({"locationBias": {"circle": {"center": {"latitude": 30, "longitude": -97}, "radius": 50_001}}}, None),
        ({"locationBias": {"circle": {"center": {"lat": 30, "lng": -97}, "radius": 500}}}, None),
        ({"rankPreference": "NEAREST"}, "rank_preference"),
        ({"pageToken": "nonsense"}, "page_token"),
    ],
)
def test_a_wrong_request_is_an_invalid_argument(
    sandbox: Sandbox, contract: WireContract, change: dict[str, Any], field: str | None
) -> None:
    body = {"textQuery": "dentists"} if "locationBias" in change else dentists_around(sandbox)
    reply = search(sandbox, **{**body, **change})
    error = contract.check(reply, SEARCH)["error"]

    assert (reply.status_code, error["status"]) == (400, "INVALID_ARGUMENT")
    violation = error["details"][0]["fieldViolations"][0]["field"]
    assert violation.startswith("location_bias.circle") if field is None else violation == field


def test_bias_and_restriction_exclude_each_other(sandbox: Sandbox) -> None:
    bias = {"circle": {"center": {"latitude": 30.0, "longitude": -97.0}, "radius": 500.0}}

    assert search(sandbox, **dentists_around(sandbox), locationBias=bias).status_code == 400


def test_a_page_token_is_good_for_its_own_search_only(sandbox: Sandbox) -> None:
    body = dentists_around(sandbox)
    token = search(sandbox, **body).json()["nextPageToken"]

    assert search(sandbox, **body, pageToken=token).status_code == 200
    assert search(sandbox, **{**body, "textQuery": "plumbers"}, pageToken=token).status_code == 400


@pytest.mark.parametrize("mask", [None, "", "places.id, places.location", "places.phone", "displayName"])
def test_a_missing_or_wrong_field_mask_is_refused(sandbox: Sandbox, contract: WireContract, mask: str | None) -> None:
    reply = search(sandbox, mask=mask, **dentists_around(sandbox))

    assert reply.status_code == 400
    assert contract.check(reply, SEARCH)["error"]["status"] == "INVALID_ARGUMENT"


def test_a_wrong_key_is_refused_as_google_does(sandbox: Sandbox, contract: WireContract) -> None:
    wrong = search(sandbox, key="AIza-not-ours", **dentists_around(sandbox))
    missing = sandbox.http.post(f"/google_places{SEARCH}", json={}, headers={"X-Goog-FieldMask": MASK})

    assert contract.check(wrong, SEARCH)["error"]["details"][0]["reason"] == "API_KEY_INVALID"
    assert contract.check(missing, SEARCH)["error"]["status"] == "PERMISSION_DENIED"


@pytest.mark.parametrize(
    ("mask", "unit"),
    [
        ("places.id,nextPageToken", "text_search_ids"),
        ("places.displayName", "text_search_pro"),
        (MASK, "text_search_enterprise"),
        ("*", "text_search_enterprise_atmosphere"),
    ],
)
def test_a_search_is_billed_at_the_highest_tier_its_mask_touches(sandbox: Sandbox, mask: str, unit: str) -> None:
    search(sandbox, mask=mask, **dentists_around(sandbox))

    assert sandbox.counts("google_places")["bill"]["units"] == {unit: 1}
