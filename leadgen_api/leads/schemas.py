"""Prospects and leads over the wire."""

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from leadgen.domain.money import cents
from leadgen_api.enrichment.schemas import Conflict, SourceAsked
from leadgen_api.paging import LAST_ID, Position

Tier = Literal["A", "B", "C", "D"]
ABOVE_ALL_SCORES = 101


class ProspectPosition(Position):
    """In the order they were found."""

    of: Literal["prospects"] = "prospects"
    created_at: datetime = datetime.min.replace(tzinfo=UTC)
    id: UUID = UUID(int=0)


class LeadPosition(Position):
    """Best first."""

    of: Literal["leads"] = "leads"
    score: int = Field(default=ABOVE_ALL_SCORES, ge=0, le=ABOVE_ALL_SCORES)
    id: UUID = LAST_ID


class Prospect(BaseModel):
    """A business a campaign found."""

    id: UUID
    company_name: str
    category: str | None
    city: str | None
    state: str | None
    website: str | None
    phone: str | None
    status: str
    distance_meters: float | None


class ProspectPage(BaseModel):
    """One page of prospects, in the order they were found."""

    items: list[Prospect]
    next_cursor: str | None


class Lead(Prospect):
    """A prospect with its score and primary contact."""

    website_status: str | None
    score: int
    tier: str
    confidence: float
    contact_name: str | None
    contact_title: str | None
    contact_email: str | None
    email_verdict: str | None


class LeadPage(BaseModel):
    """One page of leads, best first."""

    items: list[Lead]
    next_cursor: str | None


class Contact(BaseModel):
    """A person or mailbox of the business, with the verdict on the address."""

    id: UUID
    full_name: str | None
    title: str | None
    email: str | None
    phone: str | None
    linkedin_url: str | None
    email_verdict: str | None
    email_verdict_reason: str | None
    email_verification_date: datetime | None
    is_role_mailbox: bool
    is_primary: bool
    is_decision_maker: bool
    source: str


class Evidence(BaseModel):
    """A statement and the words it rests on."""

    id: UUID
    kind: str
    statement: str
    quote: str
    source_url: str | None
    confidence: float
    provider_call_id: int | None


class Email(BaseModel):
    """One step of a sequence. Each claim names the evidence it rests on."""

    sequence_id: UUID
    status: str
    step_number: int
    delay_days: int
    subject: str
    body_text: str
    word_count: int
    claims: list[dict[str, Any]]


class Receipt(BaseModel):
    """Where a shown value comes from, and what the call behind it cost; one call may be behind several values."""

    field: str
    provider: str
    provider_call_id: int | None
    operation: str | None
    quote: str | None
    confidence: float | None
    cost_cents: float | None
    saved_cents: float | None
    recorded_at: datetime

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Receipt":
        """From a row of `queries.RECEIPTS`."""
        cost, saved = row["cost_micros"], row["saved_micros"]
        return cls(
            **{name: row[name] for name in cls.model_fields if name in row},
            cost_cents=None if cost is None else cents(cost),
            saved_cents=None if saved is None else cents(saved),
        )


class LeadDetail(BaseModel):
    """Everything known of a lead, with its receipts."""

    id: UUID
    campaign_id: UUID
    campaign_name: str
    company_name: str
    category: str | None
    website: str | None
    phone: str | None
    address: str | None
    city: str | None
    state: str | None
    zip_code: str | None
    status: str
    status_reason: str | None
    distance_meters: float | None
    score: int | None
    tier: str | None
    confidence: float | None
    scoring_factors: list[dict[str, Any]] | None
    scoring_notes: str | None
    website_status: str | None
    website_score: int | None
    mobile_score: int | None
    has_ssl: bool | None
    page_speed_ms: int | None
    has_booking: bool | None
    tech_stack: list[Any] | None
    google_rating: float | None
    google_review_count: int | None
    yelp_rating: float | None
    yelp_review_count: int | None
    company_summary: str | None
    employee_count_range: str | None
    year_founded: int | None
    contacts: list[Contact]
    evidence: list[Evidence]
    emails: list[Email]
    receipts: list[Receipt]
    conflicts: list[Conflict]
    sources_asked: list[SourceAsked]
