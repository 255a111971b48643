"""What people fill in."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from leadgen.domain.scoring.offer import OfferKind
from leadgen.store.merges import Decision
from leadgen_api.access.sessions import Member
from leadgen_api.campaigns.schemas import (
    LARGEST_BUDGET_CENTS,
    LONGEST_RADIUS_MILES,
    NewBudget,
    NewCampaign,
    NewOffer,
    NewSender,
)
from leadgen_api.fields import Line, Text

# Empty: it follows from the sentence.
OFFER_KINDS: dict[OfferKind | Literal[""], str] = {
    "": "as the sentence says",
    "website": "websites",
    "seo": "search ranking",
    "booking": "online booking",
    "marketing": "marketing",
    "software": "software",
    "services": "services",
    "other": "something else",
}
CENTS_PER_DOLLAR = 100
LONGEST_NAME = 100


class BudgetForm(BaseModel):
    """A campaign's cap as the page asks for it; empty: none."""

    model_config = ConfigDict(extra="forbid")

    budget_dollars: int | None = Field(default=None, ge=0, le=LARGEST_BUDGET_CENTS // CENTS_PER_DOLLAR)

    def budget(self) -> NewBudget:
        """The budget it describes."""
        return NewBudget(budget_cents=None if self.budget_dollars is None else self.budget_dollars * CENTS_PER_DOLLAR)


class ReviewForm(BaseModel):
    """What a person says of a pair of prospects."""

    model_config = ConfigDict(extra="forbid")

    decision: Decision


class CampaignForm(BaseModel):
    """A new campaign as the page asks for it."""

    model_config = ConfigDict(extra="forbid")

    business_type: Annotated[Line, Field(max_length=200)]
    target_location: Line
    target_radius_miles: float = Field(ge=0.1, le=LONGEST_RADIUS_MILES)
    kind: OfferKind | None = None
    sells: Text
    signed_by: Line
    postal_address: Line | None = None
    budget_dollars: int | None = Field(default=None, ge=0, le=LARGEST_BUDGET_CENTS // CENTS_PER_DOLLAR)
    is_urgent: bool = True

    def campaign(self, member: Member) -> NewCampaign:
        """The campaign it describes. The member's organization is the sender's company."""
        sender = NewSender(
            name=self.signed_by, company=member.organization_name, email=member.email, address=self.postal_address
        )
        return NewCampaign(
            name=f"{self.business_type.capitalize()} around {self.target_location}"[:LONGEST_NAME].strip(),
            business_type=self.business_type,
            target_location=self.target_location,
            target_radius_miles=self.target_radius_miles,
            offer=NewOffer(kind=self.kind, sells=self.sells, sender=sender),
            budget_cents=None if self.budget_dollars is None else self.budget_dollars * CENTS_PER_DOLLAR,
            is_urgent=self.is_urgent,
        )
