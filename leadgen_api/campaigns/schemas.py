"""Campaigns over the wire."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from leadgen.domain.money import MICROS_PER_CENT, cents
from leadgen.domain.scoring.offer import OfferKind
from leadgen.store.campaigns import CampaignSpec
from leadgen.store.imports.choices import KnownLeads
from leadgen_api.enrichment.schemas import ContactWishes
from leadgen_api.fields import Line, Text
from leadgen_api.paging import LAST_ID, Position

LONGEST_RADIUS_MILES = 100
SourceName = Literal["google_maps", "yelp", "apollo"]
DEFAULT_SOURCES: tuple[SourceName, ...] = ("google_maps", "yelp")
LARGEST_BUDGET_CENTS = 100_000_000


class CampaignPosition(Position):
    """Newest first."""

    of: Literal["campaigns"] = "campaigns"
    created_at: datetime = datetime.max.replace(tzinfo=UTC)
    id: UUID = LAST_ID


class NewSender(BaseModel):
    """Who signs the drafts. Commercial mail must name a postal address."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    title: Line | None = None
    company: Line | None = None
    email: Line | None = None
    address: Line | None = None


class NewOffer(BaseModel):
    """What the tenant sells: it decides which businesses are worth most, and what the drafts say.

    Without a `kind` it follows from the words of `sells`.
    """

    model_config = ConfigDict(extra="forbid")

    kind: OfferKind | None = None
    sells: Text
    proof: list[Text] = Field(default=[], max_length=10)
    voice: Annotated[Text, Field(max_length=500)] | None = None
    sender: NewSender | None = None


class NewCampaign(BaseModel):
    """What to look for, where, and for which offer. It spends no more than its budget; without one there is no cap.

    `is_urgent` false: research and drafts come within a day, at half price. `openai_model`: they are written by this model of
    OpenAI's, with the organization's own key. `known_leads`: whether leads of its other campaigns are
    found again (keep), left out (exclude), or corrected where they are (refresh). `sources`: where to look; Apollo costs a
    credit for each company that no map lists.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "Dentists in Austin",
                "business_type": "dentists",
                "target_location": "Austin, TX",
                "target_radius_miles": 15,
                "offer": {"kind": "website", "sells": "Websites with online booking"},
                "budget_cents": 2_500,
            }
        },
    )

    name: Annotated[Line, Field(max_length=100)]
    business_type: Annotated[Line, Field(max_length=200)]
    target_location: Line
    target_radius_miles: float = Field(default=25, ge=0.1, le=LONGEST_RADIUS_MILES)
    offer: NewOffer
    lead_cap: int | None = Field(default=None, ge=1, le=100_000)
    budget_cents: int | None = Field(default=None, ge=0, le=LARGEST_BUDGET_CENTS)
    is_urgent: bool = True
    openai_model: Annotated[Line, Field(max_length=100)] | None = None
    contacts: ContactWishes | None = None
    known_leads: KnownLeads = "keep"
    sources: Annotated[list[SourceName], Field(min_length=1, max_length=3)] = list(DEFAULT_SOURCES)

    def spec(self) -> CampaignSpec:
        """The campaign as the store takes it."""
        return CampaignSpec(
            name=self.name,
            business_type=self.business_type,
            target_location=self.target_location,
            radius_miles=self.target_radius_miles,
            criteria=self._criteria(),
            offer=self.offer.model_dump(exclude_none=True),
            lead_cap=self.lead_cap,
            budget_micros=None if self.budget_cents is None else self.budget_cents * MICROS_PER_CENT,
        )

    def _criteria(self) -> dict[str, Any]:
        criteria: dict[str, Any] = {} if self.is_urgent else {"is_urgent": False}
        if self.openai_model is not None:
            criteria["openai_model"] = self.openai_model
        if self.contacts is not None:
            criteria["contacts"] = self.contacts.model_dump(exclude_none=True)
        if self.known_leads != "keep":
            criteria["known_leads"] = self.known_leads
        if set(self.sources) != set(DEFAULT_SOURCES):
            criteria["sources"] = sorted(set(self.sources))
        return criteria


class NewBudget(BaseModel):
    """The most a campaign may spend in all; null: no cap."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"budget_cents": 5_000}})

    budget_cents: int | None = Field(ge=0, le=LARGEST_BUDGET_CENTS)

    @property
    def micros(self) -> int | None:
        """The same as the store takes it."""
        return None if self.budget_cents is None else self.budget_cents * MICROS_PER_CENT


class Campaign(BaseModel):
    """A campaign and where it stands. A campaign that stands still says why in `status_detail`, and in `resume_at` when it
    goes on by itself.
    """

    id: UUID
    name: str
    business_type: str
    target_location: str
    target_radius_miles: float
    status: str
    status_cause: str | None
    status_detail: str | None
    resume_at: datetime | None
    total_prospects: int
    spent_cents: float
    saved_cents: float
    budget_cents: float | None
    created_at: datetime

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Campaign":
        """From a row of `queries.CAMPAIGNS`."""
        budget = row["budget_micros"]
        return cls(
            **{name: row[name] for name in cls.model_fields if name in row},
            spent_cents=cents(row["spent_micros"]),
            saved_cents=cents(row["saved_micros"]),
            budget_cents=None if budget is None else cents(budget),
        )


class StageCounts(BaseModel):
    """How many prospects a stage has brought to each state."""

    stage: str
    done: int
    skipped: int
    failed: int


class Reason(BaseModel):
    """Why prospects went no further in a stage."""

    stage: str
    state: str
    reason: str
    prospects: int


class VendorSpend(BaseModel):
    """What a campaign bought from one vendor, and what it knew already."""

    vendor: str
    calls: int
    known: int
    cost_cents: float
    saved_cents: float

    @classmethod
    def of(cls, row: dict[str, Any]) -> "VendorSpend":
        """From a row of `queries.SPEND_BY_VENDOR`."""
        return cls(
            vendor=row["vendor"],
            calls=row["calls"],
            known=row["known"],
            cost_cents=cents(row["cost_micros"]),
            saved_cents=cents(row["saved_micros"]),
        )


class CampaignDetail(Campaign):
    """A campaign with its progress, its leads by tier, and its spend."""

    stages: list[StageCounts]
    reasons: list[Reason]
    tiers: dict[str, int]
    spend: list[VendorSpend]


class CampaignPage(BaseModel):
    """One page of campaigns, newest first."""

    items: list[Campaign]
    next_cursor: str | None
