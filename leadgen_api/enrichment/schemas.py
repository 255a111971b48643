"""Contact sources, what they say against one another, and how contacts are to be searched, over the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from leadgen.domain.enrichment.waterfall import AskedSource
from leadgen.domain.money import cents


class ContactWishes(BaseModel):
    """How a campaign's contacts are searched. `order`: which sources are asked, one after the other until one suffices;
    without it, the order that was measured to be cheapest. `most_cents`: the most that one business's search may cost.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"order": ["site", "apollo", "hunter"]}})

    order: list[AskedSource] | None = Field(default=None, min_length=1)
    accept_role_mailbox: bool = True
    most_cents: float | None = Field(default=None, ge=0, le=10_000, allow_inf_nan=False)

    @field_validator("order")
    @classmethod
    def _each_once(cls, order: list[AskedSource] | None) -> list[AskedSource] | None:
        if order and len(set(order)) != len(order):
            raise ValueError("names a source twice")
        return order


class OtherClaim(BaseModel):
    """What a source says that was not believed."""

    provider: str
    value: str
    provider_call_id: int | None


class Conflict(BaseModel):
    """A value that sources contradict: the one that holds, the rule that chose it, who agrees and who does not."""

    field: str
    value: str
    provider: str
    provider_call_id: int | None
    chosen_by: str
    agreeing: list[str]
    others: list[OtherClaim]
    recorded_at: datetime


class SourceAsked(BaseModel):
    """A source that was asked for the lead's contact, in its place: what it gave, and what that costs at list price."""

    source: str
    place: int
    addresses: int
    sufficed: bool
    cost_cents: float

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "SourceAsked":
        """From a row of `queries.ATTEMPTS`."""
        return cls(**{**row, "cost_cents": cents(row["cost_micros"])})


class SourceFigures(BaseModel):
    """What a source was asked and gave in a segment. `cents_per_usable`: the price of a contact that sufficed."""

    source: str
    asked: int
    hits: int
    valid: int
    bounced: int
    cost_cents: float
    cents_per_usable: float | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "SourceFigures":
        """From a row of `queries.STATS`."""
        usable = row["valid"] - row["bounced"]
        cost = cents(row["cost_micros"])
        return cls(**row, cost_cents=cost, cents_per_usable=cost / usable if usable > 0 else None)


class OrderChange(BaseModel):
    """A change of the order in which a segment's sources are asked, with its reasons."""

    order_before: list[str]
    order_after: list[str]
    explanation: str
    changed_at: datetime


class Segment(BaseModel):
    """One kind of business: the order in force, what each source measured up to, and the changes, newest first."""

    segment: str
    order: list[str]
    sources: list[SourceFigures]
    changes: list[OrderChange]


class Segments(BaseModel):
    """All kinds of business that were searched."""

    items: list[Segment]
