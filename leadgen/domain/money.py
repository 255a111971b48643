"""Money in micros: millionths of a US dollar, as integers. 1 cent = 10,000 micros. Floats never hold money."""

import math
from decimal import Decimal

MICROS_PER_CENT = 10_000


def micros(quantity: Decimal | int, unit_price_micros: Decimal) -> int:
    """What `quantity` units cost, rounded up to a whole micro (so that a sum never understates a bill)."""
    return math.ceil(quantity * unit_price_micros)


def cents(amount_micros: int) -> float:
    """An amount for people and JSON, in cents with up to four places."""
    return round(amount_micros / MICROS_PER_CENT, 4)


def dollars(amount_micros: int) -> str:
    """An amount as a person reads it: `$1.24`, and `$0.0004` where cents would show nothing."""
    value = Decimal(amount_micros) / 1_000_000
    return f"${value:,.2f}" if value == 0 or value >= Decimal("0.01") else f"${value:.4f}"
