"""A spending cap as the API takes and gives it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from leadgen.domain.money import MICROS_PER_CENT, cents
from leadgen.domain.usage.alerts import ALL_VENDORS, share_percent
from leadgen.settings import VENDORS
from leadgen_api.campaigns.schemas import LARGEST_BUDGET_CENTS
from leadgen_api.problems import NotFound

ALL = "all"
Period = Literal["day", "month"]
Vendor = Annotated[str, Path(max_length=50, description="A vendor, as `hunter`, or `all` for all together.")]


def stored_vendor(vendor: str) -> str:
    """The vendor as it is stored.

    Raises:
        NotFound: there is no such vendor.
    """
    if vendor == ALL:
        return ALL_VENDORS
    if vendor not in VENDORS:
        raise NotFound("vendor")
    return vendor


class NewCap(BaseModel):
    """The most that may be spent in the period; 0 stops what costs money."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"cap_cents": 5_000}})

    cap_cents: int = Field(ge=0, le=LARGEST_BUDGET_CENTS)

    @property
    def micros(self) -> int:
        """The cap in micros."""
        return self.cap_cents * MICROS_PER_CENT


class Cap(BaseModel):
    """A cap and how far it is used in the period that runs now; `frees_at` is when the next begins.

    `reserved_cents` is held for calls on their way. A call that would pass the cap is not made: its campaign waits.
    """

    vendor: str
    period: Period
    cap_cents: float
    spent_cents: float
    reserved_cents: float
    spent_percent: int
    frees_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A row of caps."""
        return cls(
            vendor=ALL if row["vendor"] == ALL_VENDORS else row["vendor"],
            period=row["period"],
            cap_cents=cents(row["cap_micros"]),
            spent_cents=cents(row["spent_micros"]),
            reserved_cents=cents(row["reserved_micros"]),
            spent_percent=share_percent(row["spent_micros"], row["cap_micros"]),
            frees_at=row["frees_at"],
        )


class CapList(BaseModel):
    """Every cap of the organization. A campaign's own budget stands with the campaign."""

    items: list[Cap]


class CapChange(BaseModel):
    """What holds now (null: no such cap), and how many campaigns that waited for the cap go on."""

    cap: Cap | None
    campaigns_resumed: int
