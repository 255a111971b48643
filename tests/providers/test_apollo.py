"""Apollo: choose for free, reveal one by one, pay for what was found."""

from decimal import Decimal

import pytest
from vendor_contracts import Contract, RecordingAsks, reply

from leadgen.errors import CredentialsRejected
from leadgen.providers.apollo import ENRICH_ORGANIZATION, MATCH, SEARCH_PEOPLE, VENDOR, Apollo, Candidate
from leadgen.providers.calls import Reply, Usage, Verdict

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
COMPANY = reply(
    {
        "organization": {
            "id": "55bb",
            "name": "Lamar Family Dental",
            "primary_domain": DOMAIN,
            "estimated_num_employees": 12,
            "annual_revenue": 1_250_000.0,
            "industry": "medical practice",
            "founded_year": 2004,
            "phone": None,
            "raw_address": "1200 S Lamar Blvd, Austin, Texas, US",
            "technology_names": ["WordPress.org"],
        }
    }
)
ONE_CREDIT = (Usage("credit", Decimal(1)),)


@pytest.fixture
def contract() -> Contract:
    return Contract("apollo/apollo-rest.trimmed.json", prefix="/api/v1")


async def test_each_request_is_one_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(CANDIDATES, PERSON, COMPANY, reply({"matches": []}), reply({}))
    apollo = Apollo(asks)
    await apollo.search_people(DOMAIN, ["owner", "practice manager"])
    await apollo.match("66aa01")
    await apollo.enrich_organization(DOMAIN)
    await apollo.bulk_match(["66aa01", "66aa02"])
    await apollo.credits()
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


async def test_a_company_is_described_for_a_credit() -> None:
    answer = await Apollo(RecordingAsks(COMPANY)).enrich_organization(DOMAIN)
    assert answer.value is not None
    assert (answer.value.employees, answer.value.annual_revenue_dollars) == (12, 1_250_000)
    assert answer.value.technologies == ("WordPress.org",)
    assert ENRICH_ORGANIZATION.charge(COMPANY) == ONE_CREDIT


async def test_the_contracts_examples_are_read(contract: Contract) -> None:
    asks = RecordingAsks(
        reply(contract.example("POST", "/mixed_people/api_search")),
        reply(contract.example("POST", "/people/match")),
        reply(contract.example("GET", "/organizations/enrich")),
    )
    apollo = Apollo(asks)
    people = (await apollo.search_people(DOMAIN, ["owner"])).value
    person = (await apollo.match("x")).value
    company = (await apollo.enrich_organization(DOMAIN)).value
    assert people
    assert person
    assert person.email
    assert company
    assert company.employees == 1600


@pytest.mark.parametrize("nothing", [{"person": None}, {"person": {}}, {}])
async def test_nobody_found_is_a_miss_for_nothing(nothing: dict[str, object]) -> None:
    answer = await Apollo(RecordingAsks(reply(nothing))).match("66aa01")
    assert answer.value is None
    assert MATCH.charge(reply(nothing)) == ()


async def test_no_candidates_and_no_company_are_misses() -> None:
    apollo = Apollo(RecordingAsks(reply({"total_entries": 0, "people": []}), reply({"organization": None})))
    assert (await apollo.search_people(DOMAIN, ["owner"])).value is None
    assert (await apollo.enrich_organization(DOMAIN)).value is None


def test_nothing_that_is_asked_acts_on_the_world() -> None:
    assert not MATCH.acts_on_world
    assert not SEARCH_PEOPLE.acts_on_world


SPENT = {"message": "The maximum number of api calls allowed for api/v1/people/match is 600 times per hour."}


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (Reply(401, "Invalid API key. See the documentation."), Verdict.CREDENTIALS),
        (reply({"error": "not authorized", "error_code": "API_INACCESSIBLE"}, 403), Verdict.CREDENTIALS),
        (reply({"error": "Invalid parameters"}, 422), Verdict.REFUSED),
        (reply(SPENT, 429, retry_after="1800"), Verdict.RETRY),
        (Reply(500, "oops"), Verdict.RETRY),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Reply) else value.name,
)
def test_each_documented_error_has_its_verdict(given: Reply, verdict: Verdict) -> None:
    for operation in (SEARCH_PEOPLE, MATCH, ENRICH_ORGANIZATION):
        assert operation.judge(given).verdict is verdict
        assert operation.charge(given) == ()


def test_a_spent_hour_says_how_long_it_lasts() -> None:
    judgement = MATCH.judge(reply(SPENT, 429, retry_after="1800"))
    assert judgement.retry_after_seconds == 1800
    assert "600 times per hour" in judgement.message


async def test_a_key_without_the_scope_says_what_to_do() -> None:
    refused = reply({"error": "not authorized", "error_code": "API_INACCESSIBLE"}, 403)
    with pytest.raises(CredentialsRejected, match="scope"):
        await Apollo(RecordingAsks(refused)).search_people(DOMAIN, ["owner"])


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


async def test_the_credits_left_are_read(contract: Contract) -> None:
    credits_left = (
        await Apollo(RecordingAsks(reply(contract.example("POST", "/usage_stats/credit_usage_stats")))).credits()
    ).value
    assert credits_left is not None
    assert credits_left["lead_credit"].left_over == 7_500
