"""Scoring profiles, previews, scores and calibration over the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from leadgen.domain.scoring.calibration import rate
from leadgen.domain.scoring.moves import Move, Moves
from leadgen.domain.scoring.offer import OfferKind
from leadgen.domain.scoring.profile import FactorName
from leadgen.domain.scoring.rules import Component, Operator
from leadgen_api.fields import Line
from leadgen_api.leads.schemas import Tier

Weight = Annotated[int, Field(ge=0, le=25)]
Name = Annotated[Line, Field(max_length=80)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConditionDocument(_Strict):
    """A question to one fact. `number` goes with at_least and at_most, `texts` with one_of; capitals do not count."""

    field: Annotated[str, Field(max_length=40)]
    operator: Operator
    number: Annotated[float | None, Field(allow_inf_nan=False)] = None
    texts: list[Line] = Field(default=[], max_length=50)


class RuleDocument(_Strict):
    """Points, negative ones too, that a component gets where the condition holds."""

    name: Name
    component: Component
    when: ConditionDocument
    points: Annotated[int, Field(ge=-100, le=100)]


class CapDocument(_Strict):
    """The most that a component may have where the condition holds."""

    name: Name
    component: Component
    when: ConditionDocument
    most: Annotated[int, Field(ge=0, le=24)]


class ProfileDocument(_Strict):
    """What each factor weighs, 25 points a component, and rules and caps beside. What is left out is as built in."""

    website_quality: dict[OfferKind, dict[FactorName, Weight]] = {}
    business_size: dict[FactorName, Weight] | None = None
    engagement: dict[FactorName, Weight] | None = None
    fit: dict[FactorName, Weight] | None = None
    rules: list[RuleDocument] = Field(default=[], max_length=50)
    caps: list[CapDocument] = Field(default=[], max_length=50)


class NewProfile(_Strict):
    """A profile to keep. It holds when it is applied, not before."""

    name: Annotated[Line, Field(max_length=100)]
    document: ProfileDocument


class ScoringProfile(BaseModel):
    """One version; version 0 is built in. `applied` is true of the one that holds."""

    version: int
    name: str
    document: dict[str, Any]
    created_by: UUID | None
    created_at: datetime | None
    applied_at: datetime | None
    applied: bool


class ProfileList(BaseModel):
    """Every version, the newest first."""

    items: list[ScoringProfile]


class TierMove(BaseModel):
    """So many leads go from one tier to another; `before` is null for those that have no score yet."""

    before: Tier | None
    after: Tier
    leads: int


class Example(BaseModel):
    """A lead that moves far."""

    lead_id: UUID
    company_name: str
    before: Tier | None
    score_before: int | None
    after: Tier
    score_after: int

    @classmethod
    def of(cls, move: Move) -> Self:
        """From the domain's value."""
        return cls(
            lead_id=move.prospect_id,
            company_name=move.company_name,
            before=move.before,
            score_before=move.score_before,
            after=move.after,
            score_after=move.score_after,
        )


class CampaignMoves(BaseModel):
    """What the profile would do to one campaign. Scores set by hand stay; `set_by_hand` counts them."""

    campaign_id: UUID
    campaign_name: str
    leads: int
    moved: int
    set_by_hand: int
    moves: list[TierMove]
    examples: list[Example]

    @classmethod
    def of(cls, campaign_id: UUID, campaign_name: str, moves: Moves) -> Self:
        """From the domain's value."""
        counted = sorted(moves.between.items(), key=lambda item: (item[0][0] or "", item[0][1]))
        return cls(
            campaign_id=campaign_id,
            campaign_name=campaign_name,
            leads=moves.between.total(),
            moved=moves.moved,
            set_by_hand=moves.by_hand,
            moves=[TierMove(before=before, after=after, leads=leads) for (before, after), leads in counted],
            examples=[Example.of(move) for move in moves.examples],
        )


class Preview(BaseModel):
    """The move between tiers in every campaign that has scores. Nothing is changed, no vendor is asked."""

    version: int
    moved: int
    campaigns: list[CampaignMoves]


class Applied(BaseModel):
    """The version that holds now, and how many campaigns are being scored again."""

    version: int
    campaigns: int


class ScoreByHand(_Strict):
    """A score that stands over the computed one until it is taken back."""

    score: Annotated[int, Field(ge=0, le=100)]
    reason: Line


class ScoreVersion(BaseModel):
    """One version of a lead's score; the one that holds has no end."""

    score: int
    tier: Tier
    confidence: float
    scoring_factors: list[dict[str, Any]]
    scoring_notes: str | None
    profile_version: str
    scored_by: str
    scored_at: datetime
    superseded_at: datetime | None


class ScoreHistory(BaseModel):
    """Every score the lead has had, the newest first."""

    items: list[ScoreVersion]


class NewOutcome(_Strict):
    """What became of a lead, where no message of ours tells it."""

    kind: Literal["contacted", "reply", "meeting", "won", "lost"]
    occurred_at: AwareDatetime | None = None


class Outcome(BaseModel):
    """What became of a lead, as it is kept."""

    kind: str
    occurred_at: datetime


class Share(BaseModel):
    """How often, and where the true share lies with 95 % confidence (Wilson)."""

    leads: int
    share: float | None
    low: float
    high: float

    @classmethod
    def of(cls, happened: int, of: int) -> Self:
        """Of so many cases."""
        found = rate(happened, of)
        return cls(leads=happened, share=found.share, low=found.low, high=found.high)


class TierCalibration(BaseModel):
    """What became of the leads of one tier: the tier each had when it was first written to."""

    tier: Tier
    written_to: int
    replies: Share
    meetings: Share


class Calibration(BaseModel):
    """Whether better tiers do better."""

    tiers: list[TierCalibration]
