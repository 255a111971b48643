"""Hunter: 403 is a pause and 429 the end of the plan; nothing found is not billed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from vendor_contracts import Contract, RecordingAsks, reply

from leadgen.errors import VendorRefused
from leadgen.providers.calls import Reply, Usage, Verdict
from leadgen.providers.hunter import DOMAIN_SEARCH, FIND, VENDOR, VERIFY, Hunter
from leadgen.providers.hunter_account import HunterAccount

DOMAIN = "lamarfamilydental.example"


def email(address: str, **fields: Any) -> dict[str, Any]:
    return {
        "value": address,
        "type": "personal",
        "confidence": 90,
        "verification": {"date": None, "status": None},
        **fields,
    }


def domain(emails: int = 0, **fields: Any) -> Reply:
    found = [email(f"p{n}@{DOMAIN}") for n in range(emails)]
    return reply({"data": {"domain": DOMAIN, "pattern": None, "emails": found, **fields}, "meta": {}})


def errors(status: int, name: str) -> Reply:
    return reply({"errors": [{"id": name, "code": status, "details": f"about somebody@{DOMAIN}"}]}, status)


@pytest.fixture
def contract() -> Contract:
    return Contract("hunter/hunter-v2.authored.json", prefix="/v2")


async def test_each_request_is_one_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(domain(1), domain(1), reply({"data": {"status": "valid"}, "meta": {}}), reply({"data": {}}))
    hunter = Hunter(asks)
    await hunter.domain_search(DOMAIN)
    await hunter.domain_search(DOMAIN, limit=100)
    await hunter.verify(f"ana+office@{DOMAIN}")
    await HunterAccount(asks).account()
    for request in asks.requests:
        contract.check(request)
    assert asks.requests[2].query == (("email", f"ana+office@{DOMAIN}"),)


async def test_the_contracts_domain_search_is_read(contract: Contract) -> None:
    asks = RecordingAsks(reply(contract.example("GET", "/domain-search")))
    answer = await Hunter(asks).domain_search(DOMAIN)
    found = answer.value
    assert found is not None
    assert (found.pattern, found.organization, found.accept_all) == ("{first}", "Lamar Family Dental", False)
    ana, info = found.emails
    assert (ana.address, ana.first_name, ana.position, ana.confidence) == (f"ana@{DOMAIN}", "Ana", "Owner", 92)
    assert (ana.verification_status, ana.verified_on) == ("valid", date(2026, 11, 2))
    assert (info.kind, info.first_name, info.verification_status, info.verified_on) == ("generic", None, None, None)


async def test_the_contracts_verification_is_read(contract: Contract) -> None:
    asks = RecordingAsks(reply(contract.example("GET", "/email-verifier")))
    answer = await Hunter(asks).verify(f"ana@{DOMAIN}")
    assert answer.value is not None
    assert (answer.value.status, answer.value.score, answer.value.accept_all) == ("valid", 96, False)


async def test_flags_of_a_verification_may_be_null() -> None:
    body = {"data": {"status": "unknown", "score": None, "email": f"x@{DOMAIN}", "smtp_check": None, "block": None}}
    answer = await Hunter(RecordingAsks(reply(body))).verify(f"x@{DOMAIN}")
    assert answer.value is not None
    assert (answer.value.status, answer.value.score, answer.value.smtp_check) == ("unknown", None, None)


async def test_the_account_tells_its_balances() -> None:
    body = {
        "data": {
            "plan_name": "Starter",
            "reset_date": "2026-12-01",
            "requests": {
                "searches": {"used": 40, "available": 2000},
                "verifications": {"used": 12.5, "available": 4000},
            },
        }
    }
    asks = RecordingAsks(reply(body))
    account = (await HunterAccount(asks).account()).value
    assert account is not None
    assert (account.plan, account.resets_on) == ("Starter", date(2026, 12, 1))
    assert account.balances["verifications"].used == Decimal("12.5")
    assert account.balances["searches"].left == 1960
    assert asks.operation.is_private
    assert asks.operation.time_to_live.total_seconds() == 0


async def test_a_domain_of_which_nothing_is_known_is_a_miss_for_nothing() -> None:
    answer = await Hunter(RecordingAsks(domain())).domain_search(DOMAIN)
    assert answer.value is None
    assert DOMAIN_SEARCH.charge(domain()) == ()


async def test_a_pattern_without_addresses_is_an_answer_for_nothing() -> None:
    answer = await Hunter(RecordingAsks(domain(pattern="{first}.{last}"))).domain_search(DOMAIN)
    assert answer.value is not None
    assert answer.value.pattern == "{first}.{last}"
    assert DOMAIN_SEARCH.charge(domain(pattern="{first}.{last}")) == ()


@pytest.mark.parametrize(("addresses", "credits"), [(1, 1), (10, 1), (11, 2), (100, 10)])
def test_a_search_costs_a_credit_for_each_ten_addresses(addresses: int, credits: int) -> None:  # noqa: A002
    [usage] = DOMAIN_SEARCH.charge(domain(addresses))
    assert (usage.unit, usage.quantity) == ("credit", credits)


async def test_what_is_reserved_grows_with_the_limit() -> None:
    asks = RecordingAsks(domain(1), domain(1))
    hunter = Hunter(asks)
    await hunter.domain_search(DOMAIN)
    await hunter.domain_search(DOMAIN, limit=45)
    assert [operation.expected[0].quantity for operation, _ in asks.calls] == [1, 5]


def test_a_verification_costs_half_a_credit_once_it_is_done() -> None:
    assert VERIFY.charge(reply({"data": {"status": "valid"}}))[0].quantity == Decimal("0.5")
    assert VERIFY.charge(reply({}, 202)) == ()


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (reply({}, 202), Verdict.RETRY),
        (errors(222, "verification_failed"), Verdict.RETRY),
        (errors(400, "wrong_params"), Verdict.REFUSED),
        (errors(401, "authentication_failed"), Verdict.CREDENTIALS),
        (errors(403, "too_many_requests"), Verdict.RETRY),
        (errors(404, "not_found"), Verdict.REFUSED),
        (errors(422, "validation_failed"), Verdict.REFUSED),
        (errors(429, "too_many_requests"), Verdict.QUOTA),
        (errors(451, "claimed_email"), Verdict.REFUSED),
        (errors(500, "server_error"), Verdict.RETRY),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Reply) else value.name,
)
def test_each_documented_error_has_its_verdict_and_names_nobody(given: Reply, verdict: Verdict) -> None:
    for operation in (DOMAIN_SEARCH, FIND, VERIFY):
        judgement = operation.judge(given)
        assert judgement.verdict is verdict
        assert "@" not in judgement.message


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 451, 500])
def test_the_contracts_errors_are_understood(contract: Contract, status: int) -> None:
    given = reply(contract.example("GET", "/email-verifier", status), status)
    assert not VERIFY.judge(given).message.startswith("HTTP")


async def test_a_person_who_asked_to_be_forgotten_can_be_told_apart() -> None:
    with pytest.raises(VendorRefused, match="Suppress this person") as refused:
        await Hunter(RecordingAsks(errors(451, "claimed_email"))).verify(f"ana@{DOMAIN}")
    assert refused.value.http_status == 451


def test_the_key_goes_into_a_header() -> None:
    assert VENDOR.authorize("k") == ({"X-API-KEY": "k"}, ())


async def test_a_named_persons_address_is_asked_for_as_the_contract_allows(contract: Contract) -> None:
    found = reply({"data": {"email": f"ana@{DOMAIN}", "score": 97, "verification": {"date": None, "status": "valid"}}})
    asks = RecordingAsks(found)
    answer = await Hunter(asks).find(DOMAIN, "Ana", "Ruiz")
    contract.check(asks.requests[0])
    assert answer.value is not None
    assert (answer.value.address, answer.value.score, answer.value.verification_status) == (
        f"ana@{DOMAIN}",
        97,
        "valid",
    )
    assert asks.operation.charge(found) == (Usage("credit", Decimal(1)),)


async def test_an_address_that_is_not_found_is_a_miss_for_nothing() -> None:
    nothing = reply({"data": {"email": None}})
    asks = RecordingAsks(nothing)
    assert (await Hunter(asks).find(DOMAIN, "No", "Body")).value is None
    assert asks.operation.charge(nothing) == ()


async def test_a_domain_is_read_page_by_page_and_by_kind(contract: Contract) -> None:
    asks = RecordingAsks(
        reply({"data": {"emails": [email(f"p@{DOMAIN}")]}, "meta": {"results": 31}}), domain(1), domain(1)
    )
    hunter = Hunter(asks)
    first = (await hunter.domain_search(DOMAIN, kind="personal")).value
    await hunter.domain_search(DOMAIN, offset=10, kind="generic")
    await hunter.domain_search(DOMAIN)
    for request in asks.requests:
        contract.check(request)
    assert first is not None
    assert first.results == 31
    assert asks.requests[0].query[2:] == (("type", "personal"),)
    assert asks.requests[1].query[2:] == (("offset", "10"), ("type", "generic"))
    assert asks.requests[2].query == (("domain", DOMAIN), ("limit", "10"))
