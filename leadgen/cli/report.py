"""What a campaign came to, as values: progress while it runs, the result at its end, and the result as JSON.

How it looks on a terminal stands in `screen.py`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from leadgen.domain.money import cents

STAGES = ("prospects", "website_profiles", "contacts", "research", "lead_scores", "email_drafts")
EMAILS_A_DRAFT = 3
WORDS_AN_EMAIL = 150  # an email stays under this
RECALL_WANTED = 0.99


@dataclass(frozen=True, slots=True)
class StageProgress:
    """How far a stage is. `seconds`: the time it was at work; `total` is None while discovery still runs."""

    stage: str
    done: int
    skipped: int
    failed: int
    total: int | None
    seconds: float
    spent_micros: int

    @property
    def handled(self) -> int:
        """Prospects the stage is through with, whatever came of it."""
        return self.done + self.skipped + self.failed

    @property
    def per_second(self) -> float | None:
        """Prospects a second; None before there is a span of time to speak of."""
        return self.handled / self.seconds if self.seconds >= 0.01 else None


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason of a score, with its points."""

    component: str
    factor: str
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One ranked lead. `components` are the score's four parts, 0-25 each; `cost_micros` its share of the spend."""

    company: str
    city: str | None
    website: str | None
    tier: str
    score: int
    components: dict[str, int]
    factors: tuple[Factor, ...]
    contact: str | None
    title: str | None
    email: str | None
    verdict: str | None
    emails: int
    longest_email_words: int
    cost_micros: int


@dataclass(frozen=True, slots=True)
class EmailText:
    """One email of a drafted sequence."""

    step: int
    delay_days: int
    subject: str
    body: str
    words: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted sequence and whom it is for."""

    company: str
    contact: str | None
    email: str | None
    emails: tuple[EmailText, ...]


@dataclass(frozen=True, slots=True)
class VendorCost:
    """One vendor's part: calls made, answers known already, what was paid and what was saved."""

    vendor: str
    calls: int
    known: int
    cost_micros: int
    saved_micros: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Discovery against the world's truth: the share of wanted businesses found, and prospects nobody asked for."""

    wanted: int
    found: int
    outside: int

    @property
    def recall(self) -> float:
        """Found of wanted, 0-1."""
        return self.found / self.wanted if self.wanted else 1.0


@dataclass(frozen=True, slots=True)
class DemoResult:
    """A whole demo. `timings` (seconds) add up to `seconds`; `parts` says when each part was ready after the start."""

    campaign_id: str
    campaign: str
    status: str
    detail: str | None
    prospects: int
    leads: tuple[LeadRow, ...]
    draft: Draft | None
    vendors: tuple[VendorCost, ...]
    coverage: Coverage
    seconds: float
    timings: dict[str, float]
    parts: dict[str, float]

    @property
    def tiers(self) -> dict[str, int]:
        """Leads by tier, A to D."""
        counted = Counter(lead.tier for lead in self.leads)
        return {tier: counted[tier] for tier in "ABCD"}

    @property
    def drafts(self) -> int:
        """Leads with a drafted sequence."""
        return sum(1 for lead in self.leads if lead.emails)

    @property
    def cost_micros(self) -> int:
        """What the campaign paid."""
        return sum(vendor.cost_micros for vendor in self.vendors)

    @property
    def saved_micros(self) -> int:
        """What it would have paid for what was known already."""
        return sum(vendor.saved_micros for vendor in self.vendors)

    def shortfalls(self) -> list[str]:
        """What a demo promises and this one did not do, in sentences. Empty: all of it happened."""
        found = []
        if self.status != "ready":
            found.append(f"The campaign is {self.status}: {self.detail or 'no reason given'}.")
        if not self.prospects:
            found.append("No prospect was found.")
        if len(self.leads) != self.prospects:
            found.append(f"{len(self.leads)} of {self.prospects} prospects have a score.")
        if self.coverage.recall < RECALL_WANTED:
            found.append(f"Discovery found {self.coverage.found} of {self.coverage.wanted} wanted businesses.")
        if self.coverage.outside:
            found.append(f"{self.coverage.outside} prospects are not among the wanted businesses.")
        return found + _draft_shortfalls(self.leads)


def _draft_shortfalls(leads: Sequence[LeadRow]) -> list[str]:
    found = []
    best = [lead for lead in leads if lead.tier in "AB" and lead.verdict == "valid"]
    undrafted = sum(1 for lead in best if lead.emails != EMAILS_A_DRAFT)
    if undrafted:
        found.append(f"{undrafted} leads of tier A or B with a valid contact lack a draft of {EMAILS_A_DRAFT} emails.")
    wasted = sum(1 for lead in leads if lead.tier in "CD" and lead.emails)
    if wasted:
        found.append(f"{wasted} leads of tier C or D have a draft.")
    too_long = sum(1 for lead in leads if lead.longest_email_words >= WORDS_AN_EMAIL)
    if too_long:
        found.append(f"{too_long} drafts hold an email of {WORDS_AN_EMAIL} words or more.")
    if not any(lead.emails for lead in leads):
        found.append("No email was drafted.")
    return found


def as_json(result: DemoResult) -> dict[str, Any]:
    """The document `leadgen demo --json` prints. Money in cents, times in seconds."""
    return {
        "campaign_id": result.campaign_id,
        "campaign": result.campaign,
        "status": result.status,
        "detail": result.detail,
        "prospects": result.prospects,
        "tiers": result.tiers,
        "drafts": result.drafts,
        "provider_calls": {vendor.vendor: vendor.calls for vendor in result.vendors},
        "known_answers": {vendor.vendor: vendor.known for vendor in result.vendors},
        "cost_cents": cents(result.cost_micros),
        "cost_cents_by_vendor": {vendor.vendor: cents(vendor.cost_micros) for vendor in result.vendors},
        "saved_cents": cents(result.saved_micros),
        "seconds": round(result.seconds, 3),
        "timings": {name: round(seconds, 3) for name, seconds in result.timings.items()},
        "parts": {name: round(seconds, 3) for name, seconds in result.parts.items()},
        "recall": round(result.coverage.recall, 4),
        "outside": result.coverage.outside,
        "leads": [_lead_as_json(lead) for lead in result.leads],
        "sequence": _draft_as_json(result.draft),
        "shortfalls": result.shortfalls(),
    }


def _lead_as_json(lead: LeadRow) -> dict[str, Any]:
    return {
        "company": lead.company,
        "city": lead.city,
        "website": lead.website,
        "tier": lead.tier,
        "score": lead.score,
        "components": lead.components,
        "factors": [
            {"component": f.component, "factor": f.factor, "points": f.points, "reason": f.reason} for f in lead.factors
        ],
        "contact": {"name": lead.contact, "title": lead.title, "email": lead.email, "verdict": lead.verdict},
        "emails": lead.emails,
        "longest_email_words": lead.longest_email_words,
        "cost_cents": cents(lead.cost_micros),
    }


def _draft_as_json(draft: Draft | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    return {
        "company": draft.company,
        "contact": draft.contact,
        "email": draft.email,
        "emails": [
            {"step": e.step, "delay_days": e.delay_days, "subject": e.subject, "body": e.body, "words": e.words}
            for e in draft.emails
        ],
    }
