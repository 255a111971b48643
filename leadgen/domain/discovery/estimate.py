"""The estimate before launch: how many leads, for how much, in what time, and the budget to give."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from leadgen.domain.discovery.estimate_cost import Duration, Line, Pace, Plan, Unit, costs, duration, total
from leadgen.domain.discovery.estimate_size import Range, Size
from leadgen.domain.money import MICROS_PER_CENT

_CENTS_A_DOLLAR = 100
_ROOM = 1.1  # a budget leaves a tenth, so that a campaign does not stop before its end


@dataclass(frozen=True, slots=True)
class Market:
    """What is known of prices and speed: micros a unit, measured micros a lead by stage and vendor, and each vendor's pace."""

    prices: Mapping[Unit, Decimal]
    measured: Mapping[tuple[str, str], float]
    paces: Mapping[str, Pace]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What to expect of a campaign. Money in micros; `budget_micros` holds what it costs at most, in whole dollars."""

    leads: Range
    size: Size
    lines: tuple[Line, ...]
    cost: Range
    time: Duration
    budget_micros: int


def estimate(size: Size, plan: Plan, market: Market, *, lead_cap: int | None = None, known: float = 0.0) -> Estimate:
    """What a campaign over an area of this size will find, cost and take.

    `known` is the share 0-1 of the area whose answers are stored and fresh.
    """
    leads = size.businesses.at_most(lead_cap) if lead_cap else size.businesses
    lines = costs(leads, plan, market.prices, market.measured, known)
    cost = total(lines)
    dollars = max(1, math.ceil(cost.high * _ROOM / MICROS_PER_CENT / _CENTS_A_DOLLAR))
    return Estimate(
        leads,
        size,
        tuple(sorted(lines, key=lambda line: (-line.micros.likely, line.stage, line.vendor))),
        cost,
        duration(leads, plan, market.paces),
        dollars * _CENTS_A_DOLLAR * MICROS_PER_CENT,
    )
