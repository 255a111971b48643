"""Hunter in the sandbox: VENDORS.md section 6 on the wire."""

from typing import Any

import httpx
import pytest
from sandbox_server import Sandbox
from wire_contract import WireContract

from leadgen.sandbox.lookup import domain_of_address
from leadgen.sandbox.world import Business, MailboxKind, Person

SEARCH, FINDER, VERIFIER, ACCOUNT = "/domain-search", "/email-finder", "/email-verifier", "/account"


@pytest.fixture(scope="module")
def contract() -> WireContract:
    return WireContract("hunter/hunter-v2.authored.json")


def ask(sandbox: Sandbox, path: str, **query: Any) -> httpx.Response:
    return sandbox.http.get(f"/hunter/v2{path}", params=query, headers={"X-API-KEY": sandbox.key})


def verified(sandbox: Sandbox, address: str) -> httpx.Response:
    """The verdict, asked for again where the first answer was not one."""
    first = ask(sandbox, VERIFIER, email=address)
    return first if first.status_code == 200 else ask(sandbox, VERIFIER, email=address)


def known(sandbox: Sandbox) -> tuple[Business, Person]:
    """Someone with an address whom Hunter knows."""
    return next(
        (business, person)
        for business in sandbox.world.businesses.values()
        for person in business.people
        if person.in_hunter and person.email and business.site
    )


def domain_of(business: Business) -> str:
    assert business.site
    return business.site.domain


def test_a_domain_search_gives_the_people_that_hunter_knows(sandbox: Sandbox, contract: WireContract) -> None:
    business, person = known(sandbox)
    data = contract.check(ask(sandbox, SEARCH, domain=domain_of(business)), SEARCH)["data"]
    personal = {entry["value"] for entry in data["emails"] if entry["type"] == "personal"}

    assert personal == {p.email for p in business.people if p.in_hunter and p.email}
    assert next(e for e in data["emails"] if e["value"] == person.email)["last_name"] == person.last_name


def test_hunter_sells_no_address_that_the_world_calls_unknown_to_it(sandbox: Sandbox) -> None:
    sandbox.admin("PUT", "/limits", json={"hunter": {"rates": []}})
    for business in sandbox.world.businesses.values():
        if business.site:
            data = ask(sandbox, SEARCH, domain=business.site.domain, limit=100).json()["data"]
            printed = {box.address for box in business.mailboxes if box.on_site}
            sold = {person.email for person in business.people if person.in_hunter}
            if "/locations/" not in str(business.site.pages):
                assert {entry["value"] for entry in data["emails"]} <= sold | printed


def test_a_search_costs_a_credit_per_ten_addresses_and_nothing_for_none(sandbox: Sandbox) -> None:
    business, _ = known(sandbox)
    ask(sandbox, SEARCH, domain=domain_of(business))
    ask(sandbox, SEARCH, domain="nowhere.example")

    assert sandbox.counts("hunter")["bill"] == {"units": {"credit": 1}, "micros": 14_900}


def test_a_search_pages_and_filters(sandbox: Sandbox) -> None:
    business, _ = known(sandbox)
    everyone = ask(sandbox, SEARCH, domain=domain_of(business)).json()
    page = ask(sandbox, SEARCH, domain=domain_of(business), limit=1, offset=0).json()
    generic = ask(sandbox, SEARCH, domain=domain_of(business), type="generic").json()

    assert page["data"]["emails"] == everyone["data"]["emails"][:1]
    assert page["meta"]["results"] == len(everyone["data"]["emails"])
    assert all(entry["type"] == "generic" for entry in generic["data"]["emails"])


def test_the_finder_finds_a_person_by_name_and_bills_only_then(sandbox: Sandbox, contract: WireContract) -> None:
    business, person = known(sandbox)
    name = {"first_name": person.first_name, "last_name": person.last_name}
    found = contract.check(ask(sandbox, FINDER, domain=domain_of(business), **name), FINDER)
    missing = contract.check(ask(sandbox, FINDER, domain=domain_of(business), full_name="No Body"), FINDER)

    assert (found["data"]["email"], missing["data"]["email"]) == (person.email, None)
    assert sandbox.counts("hunter")["bill"]["units"] == {"credit": 1}


@pytest.mark.parametrize(
    ("kind", "status", "result"),
    [
        ("valid", "valid", "deliverable"),
        ("invalid", "invalid", "undeliverable"),
        ("catch_all", "accept_all", "risky"),
        ("unknown", "unknown", "risky"),
    ],
)
def test_a_verification_tells_the_truth_about_the_mailbox(
    sandbox: Sandbox, contract: WireContract, kind: MailboxKind, status: str, result: str
) -> None:
    address = next(box.address for box in sandbox.world.mailboxes.values() if box.kind == kind)
    data = contract.check(verified(sandbox, address), VERIFIER)["data"]

    assert (data["status"], data["result"], data["email"]) == (status, result, address)


def test_nobodys_address_is_invalid_unless_the_domain_accepts_all(sandbox: Sandbox) -> None:
    accepting = next(box.address for box in sandbox.world.mailboxes.values() if box.kind == "catch_all")
    statuses = [
        verified(sandbox, f"nobody.at.all@{domain}").json()["data"]["status"]
        for domain in (domain_of_address(accepting), "nowhere.example")
    ]

    assert statuses == ["accept_all", "invalid"]


def test_some_verifications_are_still_running_or_meet_a_bad_server_and_are_billed_once(
    sandbox: Sandbox, contract: WireContract
) -> None:
    sandbox.admin("PUT", "/limits", json={"hunter": {"rates": []}})
    first: dict[int, str] = {}
    for number in range(300):
        address = f"{sandbox.key}.{number}@nowhere.example"
        first.setdefault(ask(sandbox, VERIFIER, email=address).status_code, address)
    sandbox.admin("POST", "/calls/reset")
    again = [ask(sandbox, VERIFIER, email=first[status]) for status in (202, 222)]

    assert first.keys() == {200, 202, 222}
    assert [reply.status_code for reply in again] == [200, 200]
    assert all(contract.check(reply, VERIFIER) for reply in again)
    assert sandbox.counts("hunter")["bill"] == {"units": {"credit": 1}, "micros": 14_900}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (SEARCH, {}),
        (SEARCH, {"domain": "not a domain"}),
        (SEARCH, {"domain": "x.example", "limit": 101}),
        (SEARCH, {"domain": "x.example", "type": "role"}),
        (SEARCH, {"domain": "x.example", "page": 2}),
        (FINDER, {"domain": "x.example"}),
        (VERIFIER, {}),
        (VERIFIER, {"email": "no-address"}),
    ],
)
def test_a_wrong_request_has_wrong_params(
    sandbox: Sandbox, contract: WireContract, path: str, query: dict[str, Any]
) -> None:
    reply = ask(sandbox, path, **query)

    assert reply.status_code == 400
    assert contract.check(reply, path)["errors"][0]["id"] == "wrong_params"


@pytest.mark.parametrize(
    "place", [{"headers": {"Authorization": "Bearer {}"}}, {"params": {"api_key": "{}"}}], ids=["bearer", "query"]
)
def test_the_key_may_come_in_other_places_too(sandbox: Sandbox, place: dict[str, dict[str, str]]) -> None:
    options = {
        where: {name: value.format(sandbox.key) for name, value in pairs.items()} for where, pairs in place.items()
    }

    assert sandbox.http.get("/hunter/v2/account", **options).status_code == 200  # type: ignore[arg-type]


def test_a_wrong_key_is_refused(sandbox: Sandbox, contract: WireContract) -> None:
    reply = sandbox.http.get("/hunter/v2/account", headers={"X-API-KEY": "not-ours"})

    assert reply.status_code == 401
    assert contract.check(reply, ACCOUNT)["errors"][0]["id"] == "authentication_failed"


def test_over_the_rate_it_says_403_and_over_the_plan_429(sandbox: Sandbox, contract: WireContract) -> None:
    business, _ = known(sandbox)
    domain = domain_of(business)
    sandbox.admin("PUT", "/limits", json={"hunter": {"rates": [{"requests": 1, "seconds": 60}]}})
    ask(sandbox, SEARCH, domain=domain)
    throttled = ask(sandbox, SEARCH, domain=domain)
    sandbox.admin("PUT", "/limits", json={"hunter": {"rates": [], "quota": 0}})
    spent = ask(sandbox, SEARCH, domain=domain)

    assert (throttled.status_code, spent.status_code) == (403, 429)
    assert not {"retry-after", "ratelimit-remaining"} & set(throttled.headers)
    for reply in (throttled, spent):
        assert contract.check(reply, SEARCH)["errors"][0]["code"] == reply.status_code
    assert ask(sandbox, ACCOUNT).status_code == 200


def test_the_account_tells_what_is_used(sandbox: Sandbox, contract: WireContract) -> None:
    before = contract.check(ask(sandbox, ACCOUNT), ACCOUNT)["data"]["requests"]["credits"]["used"]
    business, _ = known(sandbox)
    ask(sandbox, SEARCH, domain=domain_of(business))

    assert ask(sandbox, ACCOUNT).json()["data"]["requests"]["credits"]["used"] == before + 1
