"""The search for one contact, over vendors that answer by a script: guesses, domains that accept every name, the cap."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

from leadgen.domain.enrichment.contacts import best_contact
from leadgen.domain.enrichment.waterfall import DEFAULT_ORDER, Policy, known_sources
from leadgen.providers.calls import Answer, Receipt
from leadgen.providers.hunter import DomainSearch, HunterEmail, Verification
from leadgen_assets.enrichment.contact_search import ContactSearch, Plan
from leadgen_assets.session import Session

SOURCES = {source.name: source for source in known_sources(14_900, 20_000)}
OWNER = {"name": "Ana Ruiz", "title": "Owner", "email": None, "linkedin_url": None}


@dataclass
class Vendors:
    """Hunter and Apollo by script: what a domain search gives, and the status of each mailbox."""

    found: DomainSearch | None = None
    mailboxes: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hunter = self.apollo = self
        self._calls = count(1)

    def _answer(self, what: str, value: Any) -> Answer[Any]:
        self.asked.append(what)
        return Answer(value, Receipt("scripted", what, next(self._calls), datetime(2026, 11, 1, tzinfo=UTC), False))

    async def domain_search(self, domain: str) -> Answer[Any]:
        return self._answer(f"search {domain}", self.found)

    async def verify(self, email: str) -> Answer[Any]:
        status = self.mailboxes.get(email, "invalid")
        return self._answer(f"verify {email}", Verification(status, *[None] * 9))

    async def search_people(self, domain: str, _titles: object) -> Answer[Any]:
        return self._answer(f"people of {domain}", ())


def searched(
    vendors: Vendors, people: list[dict[str, Any]], emails: list[str], policy: Policy, brought: tuple[Any, ...] = ()
) -> ContactSearch:
    page = {"url": "https://lamar.example/", "emails": emails, "phones": [], "people": people}
    row: dict[str, Any] = {
        "domain": "lamar.example",
        "findings": {"pages": [page]},
        "site_call": 99,
        "bounced": ["old@lamar.example"],
    }
    row["brought"] = list(brought)
    session = cast("Session", SimpleNamespace(vendors=vendors))
    search = ContactSearch(session, Plan(DEFAULT_ORDER, policy, SOURCES, "dentist"), row)
    asyncio.run(search.run())
    return search


def domain(pattern: str | None, *, accept_all: bool = False, emails: tuple[HunterEmail, ...] = ()) -> DomainSearch:
    return DomainSearch(pattern, None, accept_all, None, None, emails)


def test_a_guess_by_the_domains_pattern_is_verified_and_names_the_call_that_taught_the_pattern() -> None:
    vendors = Vendors(domain("{f}{last}"), {"aruiz@lamar.example": "valid"})
    search = searched(vendors, [OWNER], [], Policy())
    best = best_contact(search.judged())
    assert best is not None
    assert (best.email, best.source) == ("aruiz@lamar.example", "pattern")
    assert search.receipt("pattern") == 1
    assert [(a.source, a.sufficed) for a in search.attempts] == [("site", False), ("hunter", False), ("pattern", True)]


def test_a_guess_whose_mailbox_does_not_answer_is_forgotten() -> None:
    for status in ("invalid", "unknown", "accept_all"):
        search = searched(Vendors(domain("{f}{last}"), {"aruiz@lamar.example": status}), [OWNER], [], Policy())
        assert [(c.name, c.email) for c in search.candidates] == [("Ana Ruiz", None)]


def test_nothing_is_guessed_where_the_domain_accepts_every_name() -> None:
    vendors = Vendors(domain("{f}{last}", accept_all=True))
    search = searched(vendors, [OWNER], [], Policy())
    assert not [asked for asked in vendors.asked if asked.startswith("verify")]
    assert "pattern" not in [attempt.source for attempt in search.attempts]


def test_one_address_tells_of_the_whole_domain_that_it_accepts_every_name() -> None:
    every = ["office@lamar.example", "info@lamar.example", "ana@lamar.example"]
    vendors = Vendors(None, dict.fromkeys(every, "accept_all"))
    search = searched(vendors, [], every, Policy())
    assert len([asked for asked in vendors.asked if asked.startswith("verify")]) == 1
    verdicts = {one.verdict.status for one in search.judged() if one.verdict}
    assert verdicts == {"risky"}


def test_an_address_that_bounced_is_not_asked_about() -> None:
    vendors = Vendors(None, {"old@lamar.example": "valid"})
    search = searched(vendors, [], ["old@lamar.example"], Policy())
    assert "verify old@lamar.example" not in vendors.asked
    assert best_contact(search.judged()) is None


def test_without_money_for_a_question_it_is_not_asked() -> None:
    vendors = Vendors(domain("{f}{last}"), {"aruiz@lamar.example": "valid"})
    search = searched(vendors, [OWNER], [], Policy(most_micros=SOURCES["hunter"].most_micros - 1))
    assert "search lamar.example" not in vendors.asked
    assert search.spent_micros == 0


def test_a_contact_that_the_tenant_brought_is_verified_first_and_spares_every_question() -> None:
    brought = {"name": "Ana Ruiz", "title": "Owner", "email": "ana@lamar.example", "source": "import"}
    vendors = Vendors(None, {"ana@lamar.example": "valid"})
    search = searched(vendors, [], ["office@lamar.example"], Policy(), (brought,))
    assert vendors.asked == ["verify ana@lamar.example"]
    assert search.attempts == []
    best = best_contact(search.judged())
    assert best is not None
    assert (best.email, best.source) == ("ana@lamar.example", "import")
