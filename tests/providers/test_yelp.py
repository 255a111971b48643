"""Yelp: 240 hits around a point, two kinds of 429, and a page on yelp.com that is not the business's website."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from vendor_contracts import Contract, RecordingAsks, reply

from leadgen.domain.geo import Circle, Point
from leadgen.providers.calls import Reply, Told, Usage, Verdict
from leadgen.providers.yelp import DETAILS, SEARCH, VENDOR, Yelp

AUSTIN = Circle.of_miles(Point(30.26, -97.74), 15)


def business(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"yelp-{number}",
        "alias": f"dentist-{number}",
        "name": f"Dentist {number}",
        "url": f"https://www.yelp.com/biz/dentist-{number}",
        "coordinates": {"latitude": 30.2, "longitude": -97.7},
        "location": {"address1": "1 Main St", "city": "Austin", "state": "TX", "zip_code": "78704", "country": "US"},
        **fields,
    }


def page(hits: int, total: int) -> Reply:
    return reply({"businesses": [business(n) for n in range(hits)], "total": total, "region": {}})


@pytest.fixture
def contract() -> Contract:
    return Contract("yelp/yelp-places-v3.authored.json")


async def test_a_search_is_one_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(
        page(48, 1_000), page(48, 1_000), page(48, 1_000), page(48, 1_000), page(48, 1_000), page(1, 1)
    )
    yelp = Yelp(asks)
    await yelp.search_all("dentist", AUSTIN)
    await yelp.search("dentist", Circle.of_miles(AUSTIN.center, 25))
    for request in asks.requests:
        contract.check(request)
        query = dict(request.query)
        assert int(query["limit"]) + int(query["offset"]) <= 240


async def test_a_radius_over_the_cap_is_cut_to_it() -> None:
    asks = RecordingAsks(page(1, 1))
    await Yelp(asks).search("dentist", Circle.of_miles(AUSTIN.center, 25))
    assert ("radius", "40000") in asks.requests[0].query


async def test_the_contracts_example_becomes_a_listing(contract: Contract) -> None:
    asks = RecordingAsks(reply(contract.example("GET", "/v3/businesses/search")))
    answer = await Yelp(asks).search("dentist", AUSTIN)
    assert answer.value is not None
    [listing] = answer.value.listings
    assert (listing.source_id, listing.phone, listing.address) == ("yelpTest0001", "+15125550143", "1200 S Lamar Blvd")
    assert listing.website is None
    assert listing.source_url is not None
    assert listing.source_url.startswith("https://www.yelp.com/")
    assert (listing.category, listing.open) == ("generaldentistry", True)


async def test_a_listing_with_nothing_but_its_name_is_a_listing() -> None:
    bare = business(1, coordinates={"latitude": None, "longitude": None}, phone="", location={}, is_closed=True)
    answer = await Yelp(RecordingAsks(reply({"businesses": [bare], "total": 1}))).search("dentist", AUSTIN)
    assert answer.value is not None
    [listing] = answer.value.listings
    assert (listing.location, listing.phone, listing.address, listing.open) == (None, None, None, False)


async def test_the_own_website_is_taken_where_the_plan_gives_it() -> None:
    rich = business(1, attributes={"business_url": "https://dentist.example/", "parking": None})
    answer = await Yelp(RecordingAsks(reply({"businesses": [rich], "total": 1}))).search("dentist", AUSTIN)
    assert answer.value is not None
    assert answer.value.listings[0].website == "https://dentist.example/"


async def test_a_search_ends_with_what_yelp_holds() -> None:
    asks = RecordingAsks(page(48, 60), page(12, 60))
    search = await Yelp(asks).search_all("dentist", AUSTIN)
    assert len(search.listings) == 60
    assert not search.saturated
    assert len(search.receipts) == 2


async def test_more_than_240_say_that_the_area_is_to_be_split() -> None:
    asks = RecordingAsks(*[page(48, 241)] * 5)
    search = await Yelp(asks).search_all("dentist", AUSTIN)
    assert len(search.listings) == 240
    assert search.saturated


@pytest.mark.parametrize(
    ("status", "code", "verdict"),
    [
        (400, "VALIDATION_ERROR", Verdict.REFUSED),
        (400, "AREA_TOO_LARGE", Verdict.REFUSED),
        (401, "TOKEN_INVALID", Verdict.CREDENTIALS),
        (401, "UNAUTHORIZED_ACCESS_TOKEN", Verdict.CREDENTIALS),
        (403, "AUTHORIZATION_ERROR", Verdict.CREDENTIALS),
        (404, "NOT_FOUND", Verdict.REFUSED),
        (429, "TOO_MANY_REQUESTS_PER_SECOND", Verdict.RETRY),
        (429, "ACCESS_LIMIT_REACHED", Verdict.QUOTA),
        (500, "INTERNAL_ERROR", Verdict.RETRY),
        (503, "SERVICE_UNAVAILABLE", Verdict.RETRY),
    ],
)
def test_each_documented_error_has_its_verdict(status: int, code: str, verdict: Verdict) -> None:
    for operation in (SEARCH, DETAILS):
        judgement = operation.judge(reply({"error": {"code": code, "description": "..."}}, status))
        assert judgement.verdict is verdict
        assert judgement.message == code


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_the_contracts_errors_are_understood(contract: Contract, status: int) -> None:
    assert SEARCH.judge(reply(contract.example("GET", "/v3/businesses/search", status), status)).message


def test_a_spent_day_says_when_it_turns() -> None:
    turns = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    spent = reply({"error": {"code": "ACCESS_LIMIT_REACHED"}}, 429, ratelimit_resettime=turns)
    pause = SEARCH.judge(spent).retry_after_seconds
    assert pause is not None
    assert 10_000 < pause <= 10_800


def test_the_key_goes_into_a_header() -> None:
    assert VENDOR.authorize("k") == ({"Authorization": "Bearer k"}, ())


async def test_a_business_is_asked_for_by_its_id(contract: Contract) -> None:
    template = "/v3/businesses/{business_id_or_alias}"
    asks = RecordingAsks(reply(contract.example("GET", template)))
    answer = await Yelp(asks).details("caf\u00e9-lamar/austin")
    assert asks.requests[0].path == "/v3/businesses/caf%C3%A9-lamar%2Faustin"
    contract.check(replace(asks.requests[0], path=template))
    assert answer.value is not None
    assert (answer.value.source_id, answer.value.review_count) == ("yelpTest0001", 87)
    assert asks.operation.charge(reply({})) == (Usage("details", Decimal(1)),)


async def test_a_business_that_is_gone_is_a_miss_for_nothing(contract: Contract) -> None:
    gone = reply(contract.example("GET", "/v3/businesses/{business_id_or_alias}", 404), 404)
    assert (await Yelp(RecordingAsks(gone)).details("yelpTest0001")).value is None
    assert DETAILS.charge(gone) == ()


def test_the_days_allowance_is_told() -> None:
    turns = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    headers = {"ratelimit_dailylimit": "300", "ratelimit_remaining": "12.0", "ratelimit_resettime": turns}
    (told,) = VENDOR.told(reply({}, 200, **headers))
    assert (told.window_seconds, told.limit, told.remaining) == (86_400, 300, 12)
    assert 10_000 < told.resets_in_seconds <= 10_800
    nothing: tuple[Told, ...] = ()
    assert VENDOR.told(reply({}, 200, **{**headers, "ratelimit_resettime": "tomorrow"})) == nothing
    assert VENDOR.told(reply({})) == nothing
