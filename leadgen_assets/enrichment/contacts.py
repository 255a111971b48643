"""`contacts`: who to write to at each business, and whether the mail will arrive.

The waterfall: what the site prints, then Hunter, then Apollo; each next source only while none before it sufficed. The
order is that of price: the first is paid for already, the last costs a credit a person.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import dagster as dg

from leadgen.domain.enrichment.contacts import (
    Candidate,
    Judged,
    best_contact,
    by_worth,
    is_decision_maker,
    merge_candidates,
    needs_more,
    site_candidates,
    split_name,
)
from leadgen.domain.enrichment.page import PageFindings
from leadgen.domain.enrichment.people import Person
from leadgen.domain.enrichment.verification import Verdict, hunter_verdict, own_verdict
from leadgen.store.database import Transaction
from leadgen_assets import checks
from leadgen_assets.enrichment import queries
from leadgen_assets.rows import as_json
from leadgen_assets.session import CampaignSessions, Session
from leadgen_assets.stages import Outcome, Row, Stage, StageConfig, materialization, run_stage, stage_asset

STAGE = Stage("contacts", "1", "enriching", queries.DUE_CONTACTS, upstream="website_profiles")
TITLES = ("owner", "founder", "ceo", "president", "partner", "practice manager", "general manager")
VERIFICATIONS_PER_SOURCE = 2  # half a credit each: the best two candidates of a source are worth it

CHECKS = (
    checks.Rule("primary_verified", STAGE.name, queries.CHECK_VERDICTS, 0.0, "Primary contacts without a verdict."),
)


@stage_asset(STAGE, CHECKS, group="enrichment", after="website_profiles", pool="enrichment")
def contacts(
    context: dg.AssetExecutionContext, config: StageConfig, campaign_sessions: CampaignSessions
) -> dg.MaterializeResult:
    """People and mailboxes of each business, each address with a verdict, its reason and its age."""

    async def body(session: Session) -> dg.MaterializeResult:
        handled = await run_stage(session, STAGE, config, lambda row: _find(session, row), _save)
        contactable = (await session.read(queries.CONTACTABLE))[0]["contactable"]
        return await materialization(session, STAGE, CHECKS, handled, contactable=contactable)

    return campaign_sessions.work(context, body)


class _Waterfall:
    """One business's candidates as the sources add them, and the verdicts on their addresses, each with its instant."""

    def __init__(self, session: Session, outcome: Outcome) -> None:
        self._session = session
        self._outcome = outcome
        self._verdicts: dict[str, tuple[Verdict, datetime | None]] = {}
        self.candidates: tuple[Candidate, ...] = ()

    async def add(self, found: tuple[Candidate, ...]) -> bool:
        """Takes a source's candidates and verifies the best; True when another source is needed."""
        self.candidates = merge_candidates(self.candidates, found)
        unverified = [c.email for c in by_worth(self.candidates) if c.email and c.email not in self._verdicts]
        for email in unverified[:VERIFICATIONS_PER_SOURCE]:
            await self._verify(email)
            if not needs_more(self.judged()):
                return False
        return needs_more(self.judged())

    def judged(self) -> list[Judged]:
        """The candidates with what is known of their addresses."""
        return [Judged(c, self.verdict(c.email)[0]) for c in self.candidates]

    def verdict(self, email: str | None) -> tuple[Verdict | None, datetime | None]:
        """The verdict on an address and when the vendor gave it; None for what nobody was asked."""
        return self._verdicts.get(email or "", (None, None))

    async def _verify(self, email: str) -> None:
        if verdict := own_verdict(email):
            self._verdicts[email] = verdict, None
            return
        answer = await self._session.vendors.hunter.verify(email)
        status = answer.value.status if answer.value else "unknown"
        self._verdicts[email] = hunter_verdict(status), answer.receipt.fetched_at
        receipt = {"field": "email_verdict", "provider": "hunter", "provider_call_id": answer.receipt.call_id}
        self._outcome.add("provenance", receipt)


async def _find(session: Session, row: Row) -> Outcome:
    outcome = Outcome(row["id"])
    waterfall = _Waterfall(session, outcome)
    domain: str | None = row["domain"]
    more = await waterfall.add(site_candidates(_pages(row["findings"]), domain))
    if more and domain:
        more = await waterfall.add(await _ask_hunter(session, outcome, domain))
    if more and domain:
        await waterfall.add(await _ask_apollo(session, outcome, domain))
    best = best_contact(waterfall.judged())
    for candidate in waterfall.candidates:
        outcome.add("contacts", _row(candidate, *waterfall.verdict(candidate.email)))
    if best is not None:
        outcome.add("primary", {"email": best.email, "full_name": best.name})
    elif not waterfall.candidates:
        outcome.state, outcome.reason = "skipped", "no contact found" if domain else "no website to find a contact on"
    return outcome


def _pages(findings: dict[str, Any] | None) -> list[PageFindings]:
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


async def _ask_hunter(session: Session, outcome: Outcome, domain: str) -> tuple[Candidate, ...]:
    answer = await session.vendors.hunter.domain_search(domain)
    _receipt(outcome, "hunter", answer.receipt.call_id)
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
        for email in (answer.value.emails if answer.value else ())
    )


async def _ask_apollo(session: Session, outcome: Outcome, domain: str) -> tuple[Candidate, ...]:
    """The free search names people; one match reveals the most promising one's address."""
    people = (await session.vendors.apollo.search_people(domain, TITLES)).value or ()
    promising = next((person for person in people if person.has_email), None)
    if promising is None:
        return ()
    answer = await session.vendors.apollo.match(promising.person_id)
    _receipt(outcome, "apollo", answer.receipt.call_id)
    person = answer.value
    if person is None or not person.email:
        return ()
    return (
        Candidate(
            name=_full_name(person.first_name, person.last_name),
            title=person.title,
            email=person.email,
            source="apollo",
            linkedin_url=person.linkedin_url,
        ),
    )


def _full_name(first: str | None, last: str | None) -> str | None:
    return " ".join(part for part in (first, last) if part) or None


def _receipt(outcome: Outcome, provider: str, call_id: int) -> None:
    outcome.add("provenance", {"field": "contacts", "provider": provider, "provider_call_id": call_id})


def _row(candidate: Candidate, verdict: Verdict | None, verified_at: datetime | None) -> dict[str, Any]:
    first, last = split_name(candidate.name) if candidate.name else (None, None)
    return {
        "first_name": first,
        "last_name": last or None,
        "full_name": candidate.name,
        "title": candidate.title,
        "email": candidate.email,
        "phone": candidate.phone,
        "linkedin_url": candidate.linkedin_url,
        "email_verdict": verdict.status if verdict else None,
        "email_verdict_reason": verdict.reason if verdict else None,
        "email_verification_source": "hunter" if verified_at else None,
        "email_verification_date": verified_at,
        "is_role_mailbox": candidate.is_role_mailbox,
        "is_decision_maker": is_decision_maker(candidate.title),
        "source": candidate.source,
    }


async def _save(transaction: Transaction, _session: Session, rows: dict[str, list[Row]], prospects: list[UUID]) -> None:
    if rows.get("contacts"):
        await transaction.execute(queries.SAVE_CONTACTS, {"json": as_json(rows["contacts"])})
    await transaction.execute(queries.NO_PRIMARY_CONTACT, {"ids": prospects})
    if rows.get("primary"):
        await transaction.execute(queries.SET_PRIMARY_CONTACT, {"json": as_json(rows["primary"])})
