"""Apollo in the sandbox: VENDORS.md section 5 on the wire."""

from typing import Any

import httpx
import pytest
from sandbox_server import Sandbox
from wire_contract import WireContract

from leadgen.sandbox.world import Business, Person

SEARCH = "/api/v1/mixed_people/api_search"
MATCH = "/api/v1/people/match"
BULK = "/api/v1/people/bulk_match"
ENRICH = "/api/v1/organizations/enrich"
COMPANIES = "/api/v1/mixed_companies/search"
USAGE = ("/api/v1/usage_stats/api_usage_stats", "/api/v1/usage_stats/credit_usage_stats")
Query = list[tuple[str, Any]]


@pytest.fixture(scope="module")
def contract() -> WireContract:
    return WireContract("apollo/apollo-rest.trimmed.json", prefix="/api/v1", nullable=True)


def ask(sandbox: Sandbox, method: str, path: str, query: Query | None = None, **options: Any) -> httpx.Response:
    headers = {"x-api-key": sandbox.key}
    return sandbox.http.request(method, f"/apollo{path}", params=query or [], headers=headers, **options)


def known(sandbox: Sandbox) -> tuple[Business, Person]:
    """Someone with an address whom Apollo knows."""
    return next(
        (business, person)
        for business in sandbox.world.businesses.values()
        for person in business.people
        if person.in_apollo and person.email and business.site
    )


def domain_of(business: Business) -> str:
    assert business.site
    return business.site.domain


def candidate(sandbox: Sandbox, business: Business, person: Person) -> dict[str, Any]:
    answer = ask(sandbox, "POST", SEARCH, [("q_organization_domains_list[]", domain_of(business))]).json()
    found: dict[str, Any] = next(hit for hit in answer["people"] if hit["first_name"] == person.first_name)
    return found


def test_a_search_is_free_and_shows_neither_addresses_nor_last_names(sandbox: Sandbox, contract: WireContract) -> None:
    business, person = known(sandbox)
    reply = ask(sandbox, "POST", SEARCH, [("q_organization_domains_list[]", domain_of(business))])
    answer = contract.check(reply, SEARCH)
    hit = candidate(sandbox, business, person)

    assert answer["total_entries"] == sum(colleague.in_apollo for colleague in business.people)
    assert hit["has_email"] is True
    assert person.last_name not in str(hit)
    assert "@" not in str(hit)
    assert hit["last_name_obfuscated"].startswith(person.last_name[:2] + "***")
    assert sandbox.counts("apollo")["bill"] == {"units": {}, "micros": 0}


def test_titles_and_seniorities_filter(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "POST", SEARCH, [("person_seniorities[]", "owner"), ("per_page", "100")]).json()
    titles = {hit["title"] for hit in answer["people"]}
    similar = ask(sandbox, "POST", SEARCH, [("person_titles[]", "owner"), ("per_page", "100")]).json()

    assert "Owner & Dentist" in titles
    assert "Dental Hygienist" not in titles
    assert {hit["title"] for hit in similar["people"]} >= {"Owner & Dentist"}


def test_pages_are_numbered_from_one(sandbox: Sandbox) -> None:
    pages = [ask(sandbox, "POST", SEARCH, [("page", str(page)), ("per_page", "5")]).json()["people"] for page in (1, 2)]

    assert len({hit["id"] for page in pages for hit in page}) == 10


def test_a_match_by_id_shows_the_address_for_a_credit(sandbox: Sandbox, contract: WireContract) -> None:
    business, person = known(sandbox)
    hit = candidate(sandbox, business, person)
    matched = contract.check(ask(sandbox, "POST", MATCH, [("id", hit["id"])]), MATCH)["person"]

    assert (matched["last_name"], matched["email"]) == (person.last_name, person.email)
    assert sandbox.counts("apollo")["bill"] == {"units": {"credit": 1}, "micros": 20_000}


def test_a_match_by_name_and_domain_finds_the_same_person(sandbox: Sandbox) -> None:
    business, person = known(sandbox)
    query = [("name", f"{person.first_name} {person.last_name}"), ("domain", domain_of(business))]

    assert ask(sandbox, "POST", MATCH, query).json()["person"]["email"] == person.email


def test_no_match_is_a_null_person_and_free(sandbox: Sandbox) -> None:
    assert ask(sandbox, "POST", MATCH, [("id", "0" * 24)]).json() == {"person": None}
    assert sandbox.counts("apollo")["bill"]["units"] == {}


def test_a_bulk_match_bills_each_person_found(sandbox: Sandbox, contract: WireContract) -> None:
    business, person = known(sandbox)
    details = [{"id": candidate(sandbox, business, person)["id"]}, {"id": "0" * 24}]
    answer = contract.check(ask(sandbox, "POST", BULK, json={"details": details}), BULK)

    assert (answer["missing_records"], answer["credits_consumed"], len(answer["matches"])) == (1, 1, 1)
    assert sandbox.counts("apollo")["bill"]["units"] == {"credit": 1}


@pytest.mark.parametrize(
    ("payload", "code"),
    [({}, "INVALID_REQUEST"), ({"details": [{"id": "x"}] * 11}, "RECORD_LIMIT_EXCEEDED")],
)
def test_a_wrong_bulk_is_refused(sandbox: Sandbox, contract: WireContract, payload: Any, code: str) -> None:
    reply = ask(sandbox, "POST", BULK, json=payload)

    assert reply.status_code == 400
    assert contract.check(reply, BULK)["error_code"] == code


def test_an_organization_is_known_by_its_domain(sandbox: Sandbox, contract: WireContract) -> None:
    business, _ = known(sandbox)
    reply = ask(sandbox, "GET", ENRICH, [("domain", f"www.{domain_of(business)}")])
    organization = contract.check(reply, ENRICH)["organization"]

    assert organization["estimated_num_employees"] == business.employees
    assert ask(sandbox, "GET", ENRICH, [("domain", "nowhere.example")]).json() == {"organization": None}
    assert sandbox.counts("apollo")["bill"]["units"] == {"credit": 1}


def test_companies_are_found_by_their_filters_for_a_credit_a_page(sandbox: Sandbox, contract: WireContract) -> None:
    business, _ = known(sandbox)
    query = [("q_organization_domains_list[]", domain_of(business)), ("per_page", "1")]
    answer = contract.check(ask(sandbox, "POST", COMPANIES, query), COMPANIES)
    elsewhere = ask(sandbox, "POST", COMPANIES, [*query, ("organization_not_locations[]", business.city or "")]).json()

    assert answer["organizations"][0]["name"] == business.name
    assert answer["pagination"]["per_page"] == 1
    assert "estimated_num_employees" not in answer["organizations"][0]
    assert elsewhere["organizations"] == []
    assert sandbox.counts("apollo")["bill"]["units"] == {"credit": 2}


@pytest.mark.parametrize("path", [SEARCH, MATCH, BULK, COMPANIES, ENRICH])
def test_a_limited_key_has_no_scope_but_for_the_usage(sandbox: Sandbox, contract: WireContract, path: str) -> None:
    method = "GET" if path == ENRICH else "POST"
    key = {"x-api-key": f"{sandbox.key}-limited"}
    reply = sandbox.http.request(method, f"/apollo{path}", headers=key)
    if path in {SEARCH, ENRICH}:  # those whose contract describes it
        contract.check(reply, path)

    assert (reply.status_code, reply.json()["error_code"]) == (403, "API_INACCESSIBLE")
    assert path.lstrip("/") in reply.json()["error"]
    assert all(sandbox.http.post(f"/apollo{usage}", headers=key).status_code == 200 for usage in USAGE)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (SEARCH, [("per_page", "101")]),
        (SEARCH, [("page", "501")]),
        (SEARCH, [("q_organization_domains", "x.example")]),
        (COMPANIES, [("q_organization_keywords", "x")]),
        (MATCH, []),
        (MATCH, [("person_id", "1")]),
    ],
)
def test_a_wrong_request_cannot_be_processed(sandbox: Sandbox, path: str, query: Query) -> None:
    reply = ask(sandbox, "POST", path, query)

    assert reply.status_code == 422
    assert reply.json()["error"]


def test_filters_in_the_body_are_not_the_published_way(sandbox: Sandbox) -> None:
    assert ask(sandbox, "POST", SEARCH, json={"person_titles": ["owner"]}).status_code == 422


def test_phones_come_by_webhook_only(sandbox: Sandbox) -> None:
    assert ask(sandbox, "POST", MATCH, [("id", "1"), ("reveal_phone_number", "true")]).status_code == 400


def test_a_wrong_key_is_refused_in_plain_text(sandbox: Sandbox, contract: WireContract) -> None:
    reply = sandbox.http.post(f"/apollo{SEARCH}", headers={"x-api-key": "not-ours"})

    assert reply.status_code == 401
    assert contract.check(reply, SEARCH).startswith("Invalid API key")


def test_limits_hold_per_endpoint_and_say_when_to_come_again(sandbox: Sandbox, contract: WireContract) -> None:
    rates = [{"requests": 1, "seconds": 3_600, "operation": "people_search"}]
    sandbox.admin("PUT", "/limits", json={"apollo": {"rates": rates}})
    first, second = ask(sandbox, "POST", SEARCH), ask(sandbox, "POST", SEARCH)
    other = ask(sandbox, "POST", MATCH, [("id", "1")])

    assert (first.headers["x-rate-limit-hourly"], first.headers["x-hourly-requests-left"]) == ("1", "0")
    assert (second.status_code, other.status_code) == (429, 200)
    assert 3_500 < int(second.headers["retry-after"]) <= 3_600
    assert "1 times per hour" in contract.check(second, SEARCH)["message"]


def test_usage_is_told(sandbox: Sandbox, contract: WireContract) -> None:
    calls = "/api/v1/usage_stats/api_usage_stats"
    credit = "/api/v1/usage_stats/credit_usage_stats"
    stats = contract.check(ask(sandbox, "POST", credit), credit)["credit_usage_stats"]["lead_credit"]

    assert stats["limit"] == stats["consumed"] + stats["left_over"]
    assert '["api/v1/people", "match"]' in contract.check(ask(sandbox, "POST", calls), calls)
