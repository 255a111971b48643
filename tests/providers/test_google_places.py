"""Google Places: requests as the contract has them, listings as ours, sixty results say that there are more."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from vendor_contracts import Contract, RecordingAsks, reply

from leadgen.domain.geo import Point, Rectangle
from leadgen.errors import VendorRefused
from leadgen.providers.calls import Reply, Usage, Verdict
from leadgen.providers.google_places import PLACE_DETAILS, SEARCH_IDS, SEARCH_TEXT, VENDOR, GooglePlaces
from leadgen.settings import Settings

AUSTIN = Rectangle(30.1, -97.9, 30.4, -97.6)


def place(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"place-{number}", "displayName": {"text": f"Dentist {number}"}, **fields}


def page(places: int, token: str | None = None) -> Reply:
    body: dict[str, Any] = {"places": [place(n) for n in range(places)]}
    return reply({**body, "nextPageToken": token} if token else body)


def component(kind: str, long: str, short: str | None = None) -> dict[str, Any]:
    return {"longText": long, "shortText": short or long, "types": [kind, "political"]}


@pytest.fixture
def contract() -> Contract:
    return Contract("google-places/places-v1.openapi.json")


async def test_a_search_is_one_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(page(1), page(1))
    places = GooglePlaces(asks)
    await places.search_text("dentist", AUSTIN)
    await places.search_text("dentist", AUSTIN, included_type="dentist", page_token="AeCr")
    for request in asks.requests:
        contract.check(request)
    body = asks.requests[1].body
    assert body["locationRestriction"]["rectangle"]["low"] == {"latitude": 30.1, "longitude": -97.9}
    assert body["pageToken"] == "AeCr"
    assert " " not in asks.requests[0].headers["X-Goog-FieldMask"]


async def test_every_field_of_the_mask_is_one_the_contract_knows(contract: Contract) -> None:
    asks = RecordingAsks(page(1))
    await GooglePlaces(asks).search_text("dentist", AUSTIN)
    mask = asks.requests[0].headers["X-Goog-FieldMask"].split(",")
    fields = {field.removeprefix("places.") for field in mask if field.startswith("places.")}
    assert fields <= contract.property_names("GoogleMapsPlacesV1Place")
    assert "nextPageToken" in mask


async def test_the_contracts_example_becomes_a_listing(contract: Contract) -> None:
    asks = RecordingAsks(reply(contract.example("POST", "/v1/places:searchText")))
    answer = await GooglePlaces(asks).search_text("dentist", AUSTIN)
    assert answer.value is not None
    [listing] = answer.value.listings
    assert (listing.name, listing.phone, listing.city, listing.state, listing.zip_code, listing.address) == (
        "Lamar Family Dental",
        "+15125550143",
        "Austin",
        "TX",
        "78704",
        "1200 S Lamar Blvd",
    )
    assert listing.location == Point(30.2521, -97.7636)
    assert listing.open
    assert answer.value.next_page_token == "AeCrKXsTESTTOKEN"


async def test_an_address_is_put_together_from_its_components() -> None:
    components = [
        component("street_number", "1200"),
        component("route", "South Lamar Boulevard"),
        component("subpremise", "210"),
        component("locality", "Austin"),
        component("administrative_area_level_1", "Texas", "TX"),
        component("postal_code", "78704"),
        component("country", "United States", "US"),
    ]
    asks = RecordingAsks(reply({"places": [place(1, addressComponents=components)]}))
    answer = await GooglePlaces(asks).search_text("dentist", AUSTIN)
    assert answer.value is not None
    [listing] = answer.value.listings
    assert listing.address == "1200 South Lamar Boulevard #210"
    assert (listing.city, listing.state, listing.zip_code, listing.country) == ("Austin", "TX", "78704", "US")


async def test_a_place_without_a_street_has_no_address() -> None:
    somewhere = place(1, formattedAddress="Austin, TX 78704, USA", addressComponents=[component("locality", "Austin")])
    asks = RecordingAsks(reply({"places": [somewhere]}))
    answer = await GooglePlaces(asks).search_text("plumber", AUSTIN)
    assert answer.value is not None
    assert answer.value.listings[0].address is None


@pytest.mark.parametrize(
    ("status", "is_open"), [("OPERATIONAL", True), ("CLOSED_TEMPORARILY", False), ("CLOSED_PERMANENTLY", False)]
)
async def test_a_closed_business_is_said_to_be_closed(status: str, is_open: bool) -> None:
    asks = RecordingAsks(reply({"places": [place(1, businessStatus=status)]}))
    answer = await GooglePlaces(asks).search_text("dentist", AUSTIN)
    assert answer.value is not None
    assert answer.value.listings[0].open is is_open


async def test_nothing_found_is_an_empty_page_that_is_billed() -> None:
    asks = RecordingAsks(reply({}))
    answer = await GooglePlaces(asks).search_text("dentist", AUSTIN)
    assert answer.value is not None
    assert answer.value.listings == ()
    assert SEARCH_TEXT.charge(reply({})) == (Usage("text_search_enterprise", SEARCH_TEXT.expected[0].quantity),)


async def test_sixty_results_say_that_there_may_be_more() -> None:
    asks = RecordingAsks(page(20, "b"), page(20, "c"), page(20))
    search = await GooglePlaces(asks).search_all("dentist", AUSTIN)
    assert search.saturated
    assert len(search.listings) == 60
    assert [receipt.call_id for receipt in search.receipts] == [1, 2, 3]


@pytest.mark.parametrize(
    "pages", [[page(0)], [page(20)], [page(20, "b"), page(20)], [page(20, "b"), page(20, "c"), page(19)]], ids=len
)
async def test_fewer_than_sixty_results_are_all_there_is(pages: list[Reply]) -> None:
    search = await GooglePlaces(RecordingAsks(*pages)).search_all("dentist", AUSTIN)
    assert not search.saturated
    assert len(search.pages) == len(pages)


async def test_later_pages_repeat_all_parameters_but_the_token() -> None:
    asks = RecordingAsks(page(20, "b"), page(3))
    await GooglePlaces(asks).search_all("dentist", AUSTIN, included_type="dentist")
    first, second = (request.body for request in asks.requests)
    assert second == {**first, "pageToken": "b"}


STALE_TOKEN = reply({"error": {"code": 400, "message": "Invalid page token.", "status": "INVALID_ARGUMENT"}}, 400)


async def test_a_stored_pages_stale_token_leaves_the_area_to_be_split() -> None:
    asks = RecordingAsks(page(20, "stale"), STALE_TOKEN, cached=True)
    search = await GooglePlaces(asks).search_all("dentist", AUSTIN)
    assert search.saturated
    assert len(search.listings) == 20


async def test_a_fresh_pages_refused_token_is_an_error() -> None:
    asks = RecordingAsks(page(20, "wrong"), STALE_TOKEN)
    with pytest.raises(VendorRefused, match="Invalid page token"):
        await GooglePlaces(asks).search_all("dentist", AUSTIN)


@pytest.mark.parametrize(
    ("status", "name", "verdict"),
    [
        (400, "INVALID_ARGUMENT", Verdict.REFUSED),
        (403, "PERMISSION_DENIED", Verdict.CREDENTIALS),
        (429, "RESOURCE_EXHAUSTED", Verdict.RETRY),
        (500, "INTERNAL", Verdict.RETRY),
        (503, "UNAVAILABLE", Verdict.RETRY),
    ],
)
def test_each_documented_error_has_its_verdict(status: int, name: str, verdict: Verdict) -> None:
    error = reply({"error": {"code": status, "message": "...", "status": name}}, status)
    for operation in (SEARCH_TEXT, SEARCH_IDS, PLACE_DETAILS):
        assert operation.judge(error).verdict is verdict
        assert operation.charge(error) == ()


def test_the_key_goes_into_a_header() -> None:
    assert VENDOR.authorize("k") == ({"X-Goog-Api-Key": "k"}, ())


async def test_ids_alone_are_asked_for_with_a_mask_that_costs_nothing(contract: Contract) -> None:
    asks = RecordingAsks(page(2, "AeCr"), reply({}))
    places = GooglePlaces(asks)
    first = (await places.search_ids("dentist", AUSTIN, included_type="dentist")).value
    last = (await places.search_ids("dentist", AUSTIN, page_token="AeCr")).value
    for request in asks.requests:
        contract.check(request)
        assert request.headers["X-Goog-FieldMask"] == "places.id,nextPageToken"
    assert first is not None
    assert (first.ids, first.next_page_token) == (("place-0", "place-1"), "AeCr")
    assert last is not None
    assert (last.ids, last.next_page_token) == ((), None)
    [usage] = SEARCH_IDS.charge(page(1))
    assert Settings(_env_file=None).google_places.prices[usage.unit] == 0
    assert not SEARCH_IDS.time_to_live


async def test_a_place_is_renewed_by_its_id(contract: Contract) -> None:
    asks = RecordingAsks(reply(contract.example("GET", "/v1/places/{place_id}")))
    answer = await GooglePlaces(asks).details("ChIJ/odd id")
    [request] = asks.requests
    assert request.path == "/v1/places/ChIJ%2Fodd%20id"
    contract.check(replace(request, path="/v1/places/{place_id}"))
    mask = set(request.headers["X-Goog-FieldMask"].split(","))
    assert mask <= contract.property_names("GoogleMapsPlacesV1Place")
    assert answer.value is not None
    assert (answer.value.source_id, answer.value.review_count) == ("ChIJtest0000000000000000001", 212)
    assert PLACE_DETAILS.charge(reply({})) == (Usage("details_enterprise", Decimal(1)),)


async def test_a_place_that_is_gone_is_a_miss_for_nothing() -> None:
    gone = reply({"error": {"code": 404, "message": "The Place ID is no longer valid.", "status": "NOT_FOUND"}}, 404)
    assert (await GooglePlaces(RecordingAsks(gone)).details("ChIJgone")).value is None
    assert PLACE_DETAILS.charge(gone) == ()
