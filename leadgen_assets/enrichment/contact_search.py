"""The search for one business's contact: the waterfall's questions put to the sources, and what they answered.

Which source is next is a rule (`leadgen/domain/enrichment/waterfall.py`); here it is asked, paid and written down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leadgen.domain.enrichment.contacts import (
    Candidate,
    Judged,
    by_worth,
    merge_candidates,
    needs_more,
    pattern_candidates,
    site_candidates,
)
from leadgen.domain.enrichment.page import PageFindings
from leadgen.domain.enrichment.people import Person
from leadgen.domain.enrichment.verification import CATCH_ALL, Verdict, hunter_verdict, own_verdict
from leadgen.domain.enrichment.waterfall import VERIFICATIONS_PER_SOURCE, AskedSource, Policy, Source, next_source
from leadgen.providers.hunter import DomainSearch
from leadgen_assets.session import Session
from leadgen_assets.stages import Row

TITLES = ("owner", "founder", "ceo", "president", "partner", "practice manager", "general manager")
BOUNCED = Verdict("invalid", "mail bounced")


@dataclass(frozen=True, slots=True)
class Plan:
    """How a campaign's contacts are searched: the order in force for its segment, and what the tenant wants."""

    order: tuple[AskedSource, ...]
    policy: Policy
    sources: Mapping[AskedSource, Source]
    segment: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A verdict with the call that gave it; without one where we could tell ourselves."""

    verdict: Verdict
    call_id: int | None = None
    verified_at: datetime | None = None


@dataclass(slots=True)
class Attempt:
    """One question to one source: how many addresses it gave, whether they sufficed, and the calls it took."""

    source: AskedSource
    addresses: int = 0
    sufficed: bool = False
    call_ids: list[int] = field(default_factory=list)


class ContactSearch:
    """One business's candidates as the sources add them, and the verdicts on their addresses."""

    def __init__(self, session: Session, plan: Plan, row: Row) -> None:
        self._session = session
        self._plan = plan
        self._domain: str | None = row["domain"]
        self._pages = _pages(row["findings"])
        self._site_call: int | None = row["site_call"]
        self._checked = {email: Checked(BOUNCED) for email in row["bounced"]}
        self._catch_all: dict[str, Checked] = {}  # the call that told of a domain that it accepts every name
        self._pattern: str | None = None
        self._receipts: dict[str, int] = {}
        self.found: list[Candidate] = []  # each source's own words, before they are merged
        self._brought = tuple(Candidate(**one) for one in row["brought"])
        self.candidates: tuple[Candidate, ...] = ()
        self.attempts: list[Attempt] = []
        self.spent_micros = 0

    async def run(self) -> None:
        """Verifies what the tenant has brought, then asks one source after the other until something suffices."""
        self.found += self._brought
        self.candidates = merge_candidates(self._brought)
        await self._verify_best([])
        while source := self._next():
            attempt = Attempt(source)
            self.attempts.append(attempt)
            found = await self._ask(source, attempt)
            attempt.addresses = sum(candidate.email is not None for candidate in found)
            facts = self._plan.sources[source]
            self.spent_micros += facts.price_micros if found or facts.charges_misses else 0
            self.found += found
            self.candidates = merge_candidates(self.candidates, found)
            await self._verify_best(attempt.call_ids)
            attempt.sufficed = not self._needs_more()

    def judged(self) -> list[Judged]:
        """The candidates with what is known of their addresses."""
        return [Judged(c, one.verdict if (one := self.checked(c.email)) else None) for c in self.candidates]

    def checked(self, email: str | None) -> Checked | None:
        """The verdict on an address; None for what nobody was asked."""
        return self._checked.get(email or "")

    def receipt(self, source: str) -> int | None:
        """The call behind what a source said; a guess rests on the call that taught its pattern."""
        return self._receipts.get(source)

    def _needs_more(self) -> bool:
        return needs_more(self.judged(), accept_role_mailbox=self._plan.policy.accepts_role_mailbox)

    def _next(self) -> AskedSource | None:
        ready: set[AskedSource] = {"site"}
        if self._domain:
            ready |= {"hunter", "apollo"}
        if self._guesses():
            ready.add("pattern")
        asked = {attempt.source for attempt in self.attempts}
        plan = self._plan
        return next_source(plan.order, asked, ready, self.judged(), plan.policy, plan.sources, self.spent_micros)

    async def _ask(self, source: AskedSource, attempt: Attempt) -> tuple[Candidate, ...]:
        if source == "site":
            if self._site_call is not None:
                self._receipts["site"] = self._site_call
            return site_candidates(self._pages, self._domain)
        if source == "pattern":
            return await self._guess(attempt)
        ask = self._ask_hunter if source == "hunter" else self._ask_apollo
        return await ask(self._domain or "", attempt)

    async def _ask_hunter(self, domain: str, attempt: Attempt) -> tuple[Candidate, ...]:
        answer = await self._session.vendors.hunter.domain_search(domain)
        self._note("hunter", answer.receipt.call_id, attempt)
        found = answer.value
        if found is None:
            return ()
        self._pattern = found.pattern
        if found.accept_all:
            self._catch_all[domain] = Checked(CATCH_ALL, answer.receipt.call_id, answer.receipt.fetched_at)
        return _of_domain(found)

    async def _ask_apollo(self, domain: str, attempt: Attempt) -> tuple[Candidate, ...]:
        """The free search names people; one match reveals the most promising one's address."""
        search = await self._session.vendors.apollo.search_people(domain, TITLES)
        self._note("apollo", search.receipt.call_id, attempt)
        promising = next((person for person in search.value or () if person.has_email), None)
        if promising is None:
            return ()
        answer = await self._session.vendors.apollo.match(promising.person_id)
        self._note("apollo", answer.receipt.call_id, attempt)
        person = answer.value
        if person is None or not person.email:
            return ()
        name, email = _full_name(person.first_name, person.last_name), person.email
        return (Candidate(name, person.title, email, "apollo", linkedin_url=person.linkedin_url),)

    def _guesses(self) -> tuple[Candidate, ...]:
        """What the domain's pattern makes of the names without an address, the best first; nothing where the domain
        accepts every name, since no verification can tell a right guess from a wrong one there.
        """
        if not self._domain or self._domain in self._catch_all:
            return ()
        guesses = by_worth(pattern_candidates(self.candidates, self._domain, self._pattern))
        return tuple(guess for guess in guesses if guess.email not in self._checked)[:VERIFICATIONS_PER_SOURCE]

    async def _guess(self, attempt: Attempt) -> tuple[Candidate, ...]:
        """Guesses whose mailbox answered. The others are not kept: nobody has ever seen them."""
        taught_by = self._receipts.get("hunter") if self._pattern else self._receipts.get("site")
        taught_by = taught_by or self._receipts.get("apollo")
        if taught_by is not None:
            self._receipts["pattern"] = taught_by
        for guess in self._guesses():
            checked = await self._verify(guess.email or "", attempt.call_ids)
            if checked.verdict.status == "valid":
                if checked.call_id is not None:  # a pattern that a brought contact taught rests on this answer alone
                    self._receipts.setdefault("pattern", checked.call_id)
                return (guess,)
        return ()

    def _note(self, source: AskedSource, call_id: int, attempt: Attempt) -> None:
        self._receipts[source] = call_id
        attempt.call_ids.append(call_id)

    async def _verify_best(self, call_ids: list[int]) -> None:
        unverified = [c.email for c in by_worth(self.candidates) if c.email and c.email not in self._checked]
        for email in unverified[:VERIFICATIONS_PER_SOURCE]:
            if not self._needs_more():
                return
            await self._verify(email, call_ids)

    async def _verify(self, email: str, call_ids: list[int]) -> Checked:
        """Asks for a verdict, unless we can tell: malformed, disposable, or at a domain that is known to accept all."""
        own = own_verdict(email)
        domain = email.rpartition("@")[2]
        checked = Checked(own) if own else self._catch_all.get(domain)
        if checked is None:
            answer = await self._session.vendors.hunter.verify(email)
            call_ids.append(answer.receipt.call_id)
            self.spent_micros += self._plan.sources["hunter"].verification_micros
            said = answer.value
            verdict = hunter_verdict(said.status if said else "unknown", smtp_check=said.smtp_check if said else None)
            checked = Checked(verdict, answer.receipt.call_id, answer.receipt.fetched_at)
            if verdict == CATCH_ALL:
                self._catch_all[domain] = checked
        self._checked[email] = checked
        return checked


def _of_domain(found: DomainSearch) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            name=_full_name(email.first_name, email.last_name),
            title=email.position,
            email=email.address,
            source="hunter",
            phone=email.phone,
            linkedin_url=email.linkedin,
            is_role_mailbox=email.kind == "generic",
        )
        for email in found.emails
    )


def _full_name(first: str | None, last: str | None) -> str | None:
    return " ".join(part for part in (first, last) if part) or None


def _pages(findings: Mapping[str, Any] | None) -> Sequence[PageFindings]:
    """The stored findings of a site's pages: what concerns contacts."""
    return [
        PageFindings(
            url=page["url"],
            emails=tuple(page["emails"]),
            phones=tuple(page["phones"]),
            people=tuple(Person(**person) for person in page["people"]),
        )
        for page in (findings or {}).get("pages", [])
    ]
