"""Apollo: choose for free, reveal one by one, pay for what was found."""

from decimal import Decimal

import pytest
from vendor_contracts import Contract, RecordingAsks, reply

from leadgen.errors import CredentialsRejected
from leadgen.providers.apollo import BULK_MATCH, MATCH, SEARCH_PEOPLE, VENDOR, Apollo, Candidate
from leadgen.providers.calls import Reply, Told, Usage, Verdict

DOMAIN = "lamarfamilydental.example"
CANDIDATES = reply(
    {
        "total_entries": 2,
        "people": [
            {
                "id": "66aa01",
                "first_name": "Ana",
                "last_name_obfuscated": "Ru***z",
                "title": "Owner",
                "last_refreshed_at": "2026-11-01T10:00:00.000+00:00",
                "has_email": True,
                "has_direct_phone": "Yes",
                "organization": {"name": "Lamar Family Dental", "has_employee_count": True},
            },
            {
                "id": "66aa02",
                "first_name": "Bo",
                "title": None,
                "has_email": False,
                "has_direct_phone": "Maybe: please request direct dial via people/bulk_match",
            },
        ],
    }
)
PERSON = reply(
    {
        "person": {
            "id": "66aa01",
            "first_name": "Ana",
            "last_name": "Ruiz",
            "name": "Ana Ruiz",
            "title": "Owner",
            "email": "ana@lamarfamilydental.example",
            "email_status": "verified",
            "linkedin_url": None,
            "organization_id": "55bb",
            "city": "Austin",
            "state": "Texas",
            "country": "United States",
        }
    }
)
ONE_CREDIT = (Usage("credit", Decimal(1)),)


@pytest.fixture
def contract() -> Contract:
    return Contract("apollo/apollo-rest.trimmed.json", prefix="/api/v1")


async def test_each_request_is_one_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(CANDIDATES, PERSON, reply({"matches": []}))
    apollo = Apollo(asks)
    await apollo.search_people(DOMAIN, ["owner", "practice manager"])
    await apollo.match("66aa01")
    await apollo.bulk_match(["66aa01", "66aa02"])
    for request in asks.requests:
        contract.check(request)
    titles = [value for name, value in asks.requests[0].query if name == "person_titles[]"]
    assert titles == ["owner", "practice manager"]


async def test_candidates_are_enough_to_choose() -> None:
    answer = await Apollo(RecordingAsks(CANDIDATES)).search_people(DOMAIN, ["owner"])
    assert answer.value is not None
    ana, bo = answer.value
    assert ana == Candidate(
        "66aa01", "Ana", "Ru***z", "Owner", "Lamar Family Dental", has_email=True, has_direct_phone=True
    )
    assert (bo.has_email, bo.has_direct_phone, bo.organization) == (False, False, None)
    assert SEARCH_PEOPLE.charge(CANDIDATES) == ()


async def test_a_person_is_revealed_for_a_credit() -> None:
    answer = await Apollo(RecordingAsks(PERSON)).match("66aa01")
    assert answer.value is not None
    assert (answer.value.last_name, answer.value.email_status) == ("Ruiz", "verified")
    assert MATCH.charge(PERSON) == ONE_CREDIT


async def test_the_contracts_examples_are_read(contract: Contract) -> None:
    asks = RecordingAsks(
        reply(contract.example("POST", "/mixed_people/api_search")),
        reply(contract.example("POST", "/people/match")),
    )
    apollo = Apollo(asks)
    people = (await apollo.search_people(DOMAIN, ["owner"])).value
    person = (await apollo.match("x")).value
    assert people
    assert person
    assert person.email


@pytest.mark.parametrize("nothing", [{"person": None}, {"person": {}}, {}])
async def test_nobody_found_is_a_miss_for_nothing(nothing: dict[str, object]) -> None:
    answer = await Apollo(RecordingAsks(reply(nothing))).match("66aa01")
    assert answer.value is None
    assert MATCH.charge(reply(nothing)) == ()


async def test_no_candidates_are_a_miss() -> None:
    apollo = Apollo(RecordingAsks(reply({"total_entries": 0, "people": []})))
    assert (await apollo.search_people(DOMAIN, ["owner"])).value is None


def test_nothing_that_is_asked_acts_on_the_world() -> None:
    assert not MATCH.acts_on_world
    assert not SEARCH_PEOPLE.acts_on_world


SPENT = {"message": "The maximum number of api calls allowed for api/v1/people/match is 600 times per hour."}


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (Reply(401, "Invalid API key. See the documentation."), Verdict.CREDENTIALS),
        (reply({"error": "not authorized", "error_code": "API_INACCESSIBLE"}, 403), Verdict.CREDENTIALS),
        (
            reply({"message": "This endpoint is only available to Apollo users on paid plans."}, 403),
            Verdict.CREDENTIALS,
        ),
        (
            reply({"status": "failed", "error_code": "INVALID_REQUEST", "error_message": "invalid"}, 400),
            Verdict.REFUSED,
        ),
        (reply({"error": "Invalid parameters"}, 422), Verdict.REFUSED),
        (reply({"error": "You have insufficient credits. Please upgrade your plan."}, 422), Verdict.QUOTA),
        (reply(SPENT, 429, retry_after="1800"), Verdict.RETRY),
        (Reply(500, "oops"), Verdict.RETRY),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Reply) else value.name,
)
def test_each_documented_error_has_its_verdict(given: Reply, verdict: Verdict) -> None:
    for operation in (SEARCH_PEOPLE, MATCH, BULK_MATCH):
        assert operation.judge(given).verdict is verdict
        assert operation.charge(given) == ()


def test_a_spent_hour_says_how_long_it_lasts() -> None:
    judgement = MATCH.judge(reply(SPENT, 429, retry_after="1800"))
    assert judgement.retry_after_seconds == 1800
    assert "600 times per hour" in judgement.message


async def test_a_key_without_the_scope_says_which_it_needs() -> None:
    refused = reply({"error": "not authorized", "error_code": "API_INACCESSIBLE"}, 403)
    apollo = Apollo(RecordingAsks(refused, refused, refused))
    with pytest.raises(CredentialsRejected, match="scope api/v1/mixed_people/api_search"):
        await apollo.search_people(DOMAIN, ["owner"])
    with pytest.raises(CredentialsRejected, match="scope api/v1/people/match"):
        await apollo.match("66aa01")
    with pytest.raises(CredentialsRejected, match="scope api/v1/people/bulk_match"):
        await apollo.bulk_match(["66aa01"])


def test_the_windows_are_read_and_a_spent_one_lasts_as_long_as_the_refusal_says() -> None:
    headers = {
        "x_rate_limit_minute": "200",
        "x_minute_requests_left": "199",
        "x_rate_limit_hourly": "6000",
        "x_hourly_requests_left": "0",
        "x_rate_limit_24_hour": "50000",
        "x_24_hour_requests_left": "44000",
    }
    minute, hour, day = VENDOR.told(reply({}, 200, **headers))
    assert (minute, day) == (Told(60, 200, 199, 60), Told(86_400, 50_000, 44_000, 60))
    assert hour.remaining == 0
    assert VENDOR.told(reply(SPENT, 429, retry_after="1800", **headers))[1] == Told(3_600, 6_000, 0, 1_800)
    assert VENDOR.told(reply({}, 200, x_rate_limit_minute="unlimited", x_minute_requests_left="")) == []


def test_the_key_goes_into_a_header() -> None:
    assert VENDOR.authorize("k") == ({"x-api-key": "k"}, ())


@pytest.mark.parametrize("count", [0, 11])
async def test_no_more_than_ten_people_are_asked_for_at_once(count: int) -> None:
    with pytest.raises(ValueError, match="people at once"):
        await Apollo(RecordingAsks()).bulk_match(["x"] * count)


async def test_the_same_people_in_another_order_are_the_same_question() -> None:
    asks = RecordingAsks(reply({"matches": []}), reply({"matches": []}))
    await Apollo(asks).bulk_match(["b", "a"])
    await Apollo(asks).bulk_match(["a", "b"])
    first, second = asks.requests
    assert first == second


async def test_people_in_bulk_cost_what_apollo_says_it_took(contract: Contract) -> None:
    given = reply(contract.example("POST", "/people/bulk_match"))
    asks = RecordingAsks(given)
    people = (await Apollo(asks).bulk_match(["a", "b", "c"])).value
    assert people
    assert people[0].email == "marcus.ellery@apollo.io"
    assert asks.operation.charge(given) == (Usage("credit", Decimal("3.0")),)
    assert asks.operation.expected == (Usage("credit", Decimal(3)),)
