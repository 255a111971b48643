"""What a quantity costs at a price: per unit or by tiers, in whole cents."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from leadgen.sandbox.stripe_answers import Thing


@dataclass(frozen=True, slots=True)
class Charge:
    """One line's worth: so many units at so much, in cents."""

    quantity: int
    unit_amount: Decimal
    amount: int


def charges(price: Thing, tiers: list[Thing], quantity: int) -> list[Charge]:
    """What a quantity costs: one charge, or one for each tier that it reaches into. `tiers` are those of the price."""
    if price["billing_scheme"] == "per_unit":
        return [_charge(quantity, Decimal(price["unit_amount_decimal"]))]
    if price["tiers_mode"] == "volume":
        tier = next(tier for tier in tiers if tier["up_to"] is None or quantity <= tier["up_to"])
        return [_charge(quantity, _unit(tier), tier["flat_amount"] or 0)]
    return [_charge(units, _unit(tier), tier["flat_amount"] or 0) for tier, units in _graduated(tiers, quantity)]


def total(found: list[Charge]) -> int:
    """All together, in cents."""
    return sum(charge.amount for charge in found)


def share(amount: int, left: int, whole: int) -> int:
    """The part of an amount that falls on the seconds that are left of a period, rounded half up."""
    return _cents(Decimal(amount) * left / whole)


def _graduated(tiers: list[Thing], quantity: int) -> Iterator[tuple[dict[str, Any], int]]:
    below = 0
    for tier in tiers:
        top = quantity if tier["up_to"] is None else min(quantity, tier["up_to"])
        if top > below or below == 0:  # the first stands on the invoice even for nothing
            yield tier, top - below
        below = max(below, top)
        if below >= quantity:
            return


def _unit(tier: Thing) -> Decimal:
    return Decimal(tier["unit_amount_decimal"] or 0)


def _charge(quantity: int, unit: Decimal, flat: int = 0) -> Charge:
    return Charge(quantity, unit, _cents(unit * quantity) + flat)


def _cents(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
