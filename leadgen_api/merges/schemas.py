"""Pairs to look at, merges and companies over the wire."""

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from leadgen.store.merges import Decision
from leadgen_api.paging import LAST_ID, Position

State = Literal["open", "same", "different"]
ABOVE_ALL_SCORES = 1.1


class ReviewPosition(Position):
    """The likeliest first."""

    of: Literal["match-reviews"] = "match-reviews"
    score: float = Field(default=ABOVE_ALL_SCORES, ge=0, le=ABOVE_ALL_SCORES, allow_inf_nan=False)
    id: UUID = LAST_ID


class MergePosition(Position):
    """The latest first."""

    of: Literal["merges"] = "merges"
    position: int = Field(default=2**63 - 1, ge=0, lt=2**63)


class LocationPosition(Position):
    """In the order they were found."""

    of: Literal["locations"] = "locations"
    created_at: datetime = datetime.min.replace(tzinfo=UTC)
    id: UUID = UUID(int=0)


class Side(BaseModel):
    """One prospect of a pair."""

    id: UUID
    name: str
    address: str | None
    city: str | None
    phone: str | None
    website: str | None


class MatchReview(BaseModel):
    """Two prospects that may be one business; `score` 0-1, `reason` the evidence with its weights, the strongest first."""

    id: UUID
    score: float
    reason: str
    state: State
    decided_at: datetime | None
    left: Side
    right: Side

    @classmethod
    def of(cls, row: dict[str, Any]) -> "MatchReview":
        """From a row of `queries.REVIEWS`."""

        def side(name: str) -> Side:
            return Side(**{field: row[f"{name}_{field}"] for field in Side.model_fields})

        known = {name: row[name] for name in ("id", "score", "reason", "state", "decided_at")}
        return cls(**known, left=side("left"), right=side("right"))


class MatchReviewPage(BaseModel):
    """One page of pairs, the likeliest first."""

    items: list[MatchReview]
    next_cursor: str | None


class ReviewDecision(BaseModel):
    """`same` merges the two prospects; `different` keeps them apart for good."""

    model_config = ConfigDict(extra="forbid")

    decision: Decision


class MergeInto(BaseModel):
    """The prospect that is kept."""

    model_config = ConfigDict(extra="forbid")

    into: UUID


class Merge(BaseModel):
    """A merge as it stands. `undone_at` is null while it holds."""

    id: UUID
    kept_prospect_id: UUID
    merged_prospect_id: UUID
    score: float | None
    reason: str | None
    merged_at: datetime
    undone_at: datetime | None


class MergePage(BaseModel):
    """One page of merges, the latest first."""

    items: list[Merge]
    next_cursor: str | None


class DecidedReview(BaseModel):
    """The decision, and the merge that came of it."""

    id: UUID
    state: Decision
    merge: Merge | None


class Location(BaseModel):
    """A prospect that is one of a company's locations, and why."""

    id: UUID
    campaign_id: UUID
    company_name: str
    address: str | None
    city: str | None
    state: str | None
    phone: str | None
    status: str
    reason: str


class Company(BaseModel):
    """A company with several locations, one page of them in the order they were found."""

    id: UUID
    name: str
    domain: str | None
    locations: list[Location]
    next_cursor: str | None
