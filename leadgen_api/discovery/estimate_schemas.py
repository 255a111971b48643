"""The estimate over the wire."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from leadgen.domain.discovery import estimate as rules
from leadgen.domain.discovery.estimate_cost import Line as CostLine
from leadgen.domain.discovery.estimate_size import Basis, Range
from leadgen.domain.money import cents
from leadgen_api.campaigns.schemas import DEFAULT_SOURCES, LONGEST_RADIUS_MILES, SourceName
from leadgen_api.fields import Line


class EstimateAsked(BaseModel):
    """What a campaign would look for, and where. Nothing is created and nothing is paid.

    `probe` asks Google how many there are: its search for ids is free, and one page of samples and the place on the map cost
    what an estimate without a probe tells as `probe_cents`.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"business_type": "dentists", "target_location": "Austin, TX", "target_radius_miles": 15}
        },
    )

    business_type: Annotated[Line, Field(max_length=200)]
    target_location: Line
    target_radius_miles: float = Field(default=25, ge=0.1, le=LONGEST_RADIUS_MILES)
    lead_cap: int | None = Field(default=None, ge=1, le=100_000)
    sources: Annotated[list[SourceName], Field(min_length=1, max_length=3)] = list(DEFAULT_SOURCES)
    is_urgent: bool = True
    probe: bool = False


class Counts(BaseModel):
    """Leads: hardly fewer than `low`, hardly more than `high`."""

    low: int
    likely: int
    high: int

    @classmethod
    def of(cls, numbers: Range) -> "Counts":
        """Rounded."""
        return cls(low=round(numbers.low), likely=round(numbers.likely), high=round(numbers.high))


class Cents(BaseModel):
    """Money in cents."""

    low: float
    likely: float
    high: float

    @classmethod
    def of(cls, micros: Range) -> "Cents":
        """From micros."""
        return cls(low=cents(round(micros.low)), likely=cents(round(micros.likely)), high=cents(round(micros.high)))


class VendorCost(BaseModel):
    """What one vendor may cost in one stage. `measured`: as in the organization's own campaigns, else by the price list."""

    stage: str
    vendor: str
    cents: Cents
    measured: bool

    @classmethod
    def of(cls, line: CostLine) -> "VendorCost":
        """From the rules' line."""
        return cls(stage=line.stage, vendor=line.vendor, cents=Cents.of(line.micros), measured=line.measured)


class Sample(BaseModel):
    """A business that the campaign would find."""

    company_name: str
    category: str | None
    city: str | None
    state: str | None
    distance_miles: float
    has_website: bool
    has_phone: bool


class Estimate(BaseModel):
    """What to expect before anything is paid. `reason` says what the number of leads rests on.

    `budget_cents` is what to allow so that the campaign comes to its end.
    """

    leads: Counts
    basis: Basis
    reason: str
    cost_cents: Cents
    costs: list[VendorCost]
    minutes_low: float
    minutes_high: float
    time_reason: str
    budget_cents: float
    samples: list[Sample]
    probe_cents: float

    @classmethod
    def of(cls, told: rules.Estimate, samples: list[dict[str, Any]], probe_micros: int) -> "Estimate":
        """From the rules' estimate."""
        return cls(
            leads=Counts.of(told.leads),
            basis=told.size.basis,
            reason=told.size.reason,
            cost_cents=Cents.of(told.cost),
            costs=[VendorCost.of(line) for line in told.lines],
            minutes_low=round(told.time.low / 60, 1),
            minutes_high=round(told.time.high / 60, 1),
            time_reason=told.time.reason,
            budget_cents=cents(told.budget_micros),
            samples=[Sample(**sample) for sample in samples],
            probe_cents=cents(probe_micros),
        )
