"""Apollo's companies and account: a credit for what is found, a credit a page for a search, nothing for the balance."""

from decimal import Decimal

import pytest
from vendor_contracts import Contract, RecordingAsks, reply

from leadgen.errors import CredentialsRejected
from leadgen.providers.apollo_account import CALLS, CREDITS, Allowance, ApolloAccount
from leadgen.providers.apollo_companies import (
    ENRICH_ORGANIZATION,
    SEARCH_COMPANIES,
    ApolloCompanies,
    CompanyFilter,
)
from leadgen.providers.calls import Reply, Usage, Verdict
from leadgen.settings import Settings

DOMAIN = "lamarfamilydental.example"
DENTISTS = CompanyFilter(locations=("austin, texas",), keywords=("dentist",), employees=((1, 10), (11, 50)))
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
    asks = RecordingAsks(COMPANY, reply({}), reply({}), reply({}), reply({}))
    companies, account = ApolloCompanies(asks), ApolloAccount(asks)
    await companies.enrich(DOMAIN)
    await companies.search(DENTISTS, page=2, per_page=25)
    await companies.search(CompanyFilter(domains=(DOMAIN,), name="Lamar"))
    await account.credits()
    await account.calls()
    for request in asks.requests:
        contract.check(request)
    ranges = [value for name, value in asks.requests[1].query if name == "organization_num_employees_ranges[]"]
    assert ranges == ["1,10", "11,50"]


async def test_a_company_is_described_for_a_credit() -> None:
    answer = await ApolloCompanies(RecordingAsks(COMPANY)).enrich(DOMAIN)
    assert answer.value is not None
    assert (answer.value.employees, answer.value.annual_revenue_dollars) == (12, 1_250_000)
    assert answer.value.technologies == ("WordPress.org",)
    assert ENRICH_ORGANIZATION.charge(COMPANY) == ONE_CREDIT


async def test_a_company_that_is_unknown_is_a_miss_for_nothing() -> None:
    nothing = reply({"organization": None})
    assert (await ApolloCompanies(RecordingAsks(nothing)).enrich(DOMAIN)).value is None
    assert ENRICH_ORGANIZATION.charge(nothing) == ()


async def test_the_contracts_examples_are_read(contract: Contract) -> None:
    asks = RecordingAsks(
        reply(contract.example("GET", "/organizations/enrich")),
        reply(contract.example("POST", "/mixed_companies/search")),
    )
    companies = ApolloCompanies(asks)
    company = (await companies.enrich(DOMAIN)).value
    found = (await companies.search(DENTISTS)).value
    assert company
    assert company.employees == 1600
    assert found
    assert [organization.domain for organization in found.organizations] == ["nikkei.com", "mitsui.com"]
    assert found.pages == 12


async def test_a_page_costs_a_credit_whatever_is_on_it() -> None:
    nothing = reply({"organizations": [], "pagination": {"total_entries": 0}})
    assert (await ApolloCompanies(RecordingAsks(nothing)).search(DENTISTS)).value is None
    assert SEARCH_COMPANIES.charge(nothing) == ONE_CREDIT


@pytest.mark.parametrize(("page", "per_page"), [(0, 10), (501, 10), (1, 0), (1, 101)])
async def test_a_page_that_apollo_does_not_have_is_not_asked_for(page: int, per_page: int) -> None:
    with pytest.raises(ValueError, match="not page"):
        await ApolloCompanies(RecordingAsks()).search(DENTISTS, page=page, per_page=per_page)


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (Reply(401, "Invalid API key. See the documentation."), Verdict.CREDENTIALS),
        (reply({"error": "not authorized", "error_code": "API_INACCESSIBLE"}, 403), Verdict.CREDENTIALS),
        (reply({"error": "Required parameter 'domain' missing"}, 422), Verdict.REFUSED),
        (reply({"message": "The maximum number of api calls ..."}, 429, retry_after="30"), Verdict.RETRY),
        (Reply(503, "oops"), Verdict.RETRY),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Reply) else value.name,
)
def test_each_documented_error_has_its_verdict_and_costs_nothing(given: Reply, verdict: Verdict) -> None:
    for operation in (ENRICH_ORGANIZATION, SEARCH_COMPANIES, CREDITS, CALLS):
        assert operation.judge(given).verdict is verdict
        assert operation.charge(given) == ()


async def test_a_team_without_a_paid_plan_is_told_so(contract: Contract) -> None:
    unpaid = reply(contract.example("POST", "/mixed_companies/search", 403), 403)
    with pytest.raises(CredentialsRejected, match="Upgrade the Apollo plan"):
        await ApolloCompanies(RecordingAsks(unpaid)).search(DENTISTS)


async def test_a_key_that_may_not_see_the_usage_says_which_scope_it_needs(contract: Contract) -> None:
    refused = reply(contract.example("POST", "/usage_stats/credit_usage_stats", 403), 403)
    with pytest.raises(CredentialsRejected, match="scope api/v1/usage_stats/credit_usage_stats"):
        await ApolloAccount(RecordingAsks(refused)).credits()


async def test_what_is_left_is_read_and_never_kept(contract: Contract) -> None:
    asks = RecordingAsks(
        reply(contract.example("POST", "/usage_stats/credit_usage_stats")),
        reply({'["api/v1/organizations", "show"]': {"hour": {"limit": 600, "consumed": 3, "left_over": 597}}}),
    )
    account = ApolloAccount(asks)
    credits_left, calls = (await account.credits()).value, (await account.calls()).value
    assert credits_left is not None
    assert credits_left["lead_credit"] == Allowance(10_000, 2_500, 7_500)
    assert calls is not None
    assert calls["api/v1/organizations/show"]["hour"] == Allowance(600, 3, 597)
    assert all(not operation.time_to_live and operation.is_private for operation, _ in asks.calls)


def test_each_endpoint_that_apollo_counts_by_itself_has_its_own_limits() -> None:
    apollo = Settings(_env_file=None).apollo
    searches = [(limit.requests, limit.seconds) for limit in apollo.scope_limits["search_people"]]
    assert searches == [(200, 60), (6_000, 3_600), (50_000, 86_400)]
    for operation in (SEARCH_COMPANIES, ENRICH_ORGANIZATION):
        assert operation.limit_scope in apollo.scope_limits
