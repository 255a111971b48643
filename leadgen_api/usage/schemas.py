"""What the API says of usage and cost. Money is in cents with up to four places, quantities are in plain units."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from leadgen.domain.money import cents
from leadgen.domain.usage.units import plain_quantity, plain_unit
from leadgen_api.paging import Position
from leadgen_api.problems import Problem
from leadgen_api.usage.queries import Grouping

LONGEST_DAYS = 400
LineStatus = Literal["open", "batched", "settled", "cached", "failed", "abandoned"]


class Span(BaseModel):
    """Days of UTC, the last one included."""

    model_config = ConfigDict(frozen=True)

    first_day: date
    last_day: date

    @classmethod
    def asked(cls, first_day: date | None, last_day: date | None) -> Self:
        """The days asked for; without them the month up to today.

        Raises:
            Problem: the first is after the last, or they are more than 400.
        """
        last = last_day or max(datetime.now(UTC).date(), first_day or date.min)
        first = first_day or last.replace(day=1)
        if not 0 <= (last - first).days < LONGEST_DAYS:
            detail = f"`from` must not be after `to`, nor {LONGEST_DAYS} days before it."
            raise Problem(422, "invalid-span", detail)
        return cls(first_day=first, last_day=last)

    def instants(self) -> dict[str, datetime]:
        """Where it begins, and where it has ended."""
        begin, end = (datetime.combine(day, time(), UTC) for day in (self.first_day, self.last_day))
        return {"since": begin, "until": end + timedelta(days=1)}


class Quantity(BaseModel):
    """How much of something was bought of a vendor."""

    vendor: str
    unit: str
    quantity: int | float

    @classmethod
    def of(cls, vendor: str, unit: str, quantity: Decimal) -> Self:
        """A sum of the ledger in plain units."""
        return cls(vendor=vendor, unit=plain_unit(unit), quantity=plain_quantity(quantity))


class UsageFigures(BaseModel):
    """Calls and money.

    `own_key_cents` is the part of `cost_cents` that was paid with the organization's own keys; `saved_cents` is what known
    answers would have cost; `reserved_cents` is held for calls that are on their way. `calls` were made at the vendor, `known`
    needed no call. `leads` got their first score in this time; without any there is no cost of one.
    """

    calls: int = 0
    known: int = 0
    cost_cents: float = 0
    own_key_cents: float = 0
    saved_cents: float = 0
    reserved_cents: float = 0
    leads: int | None = None
    cents_per_lead: float | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any], leads: int | None) -> Self:
        """The figures of a row of sums in micros."""
        cost = row["cost_micros"]
        return cls(
            calls=row["calls"],
            known=row["known"],
            cost_cents=cents(cost),
            own_key_cents=cents(row["own_key_micros"]),
            saved_cents=cents(row["saved_micros"]),
            reserved_cents=cents(row["reserved_micros"]),
            leads=leads,
            cents_per_lead=cents(round(cost / leads)) if leads else None,
        )


class UsageGroup(UsageFigures):
    """One vendor, campaign, stage or day. `key` is what it is called in filters, `name` what people call it.

    Calls outside any campaign have an empty key. A vendor's or a stage's cost of a lead is its part of each lead's cost.
    """

    key: str
    name: str
    quantities: list[Quantity] = []


class UsageReport(BaseModel):
    """What was used between two days, both included, in UTC: in all, and in groups."""

    first_day: date
    last_day: date
    by: Grouping
    total: UsageFigures
    groups: list[UsageGroup]


class LinePosition(Position):
    """Where a page of the ledger ended."""

    of: Literal["usage lines"] = "usage lines"
    opened_at: datetime = datetime(9999, 1, 1, tzinfo=UTC)
    id: int = 0


class UsageLine(BaseModel):
    """One call, or one use of a known answer.

    `settled`: answered and paid. `cached`: known already, nothing paid. `failed`: no answer. `abandoned`: cut off, counted as
    paid. `open` and `batched`: still on its way, `expected_cents` held for it.
    """

    id: int
    opened_at: datetime
    settled_at: datetime | None
    vendor: str
    operation: str
    stage: str
    campaign_id: UUID | None
    campaign: str | None
    run_id: str
    key_owner: Literal["platform", "organization"]
    status: LineStatus
    expected_cents: float
    cost_cents: float
    saved_cents: float
    quantities: list[Quantity]
    http_status: int | None
    attempts: int
    failure: str | None
    latency_ms: int | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A row of the ledger."""
        return cls(
            **{name: row[name] for name in cls.model_fields if name in row},
            expected_cents=cents(row["expected_micros"]),
            cost_cents=cents(row["cost_micros"]),
            saved_cents=cents(row["saved_micros"]),
            quantities=[Quantity.of(row["vendor"], u["unit"], Decimal(u["quantity"])) for u in row["usage"]],
        )


class UsageLinePage(BaseModel):
    """One page of the ledger, the newest first."""

    items: list[UsageLine]
    next_cursor: str | None
