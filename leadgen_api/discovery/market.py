"""What the settings know of prices and speed, as the estimate takes them."""

from decimal import Decimal

from leadgen.domain.discovery.estimate_cost import Pace, Plan, Unit, uses_of
from leadgen.settings import Settings


def prices_of(configured: Settings, plan: Plan) -> dict[Unit, Decimal]:
    """Micros a unit, of every vendor that such a campaign asks."""
    vendors = {use.vendor for use in uses_of(plan)}
    return {(vendor, unit): price for vendor in vendors for unit, price in configured.vendor(vendor).prices.items()}


def paces_of(configured: Settings, plan: Plan) -> dict[str, Pace]:
    """How fast each of these vendors may be asked."""
    paces = {}
    for vendor in {use.vendor for use in uses_of(plan)}:
        known = configured.vendor(vendor)
        slowest = min((limit.requests / limit.seconds for limit in known.limits), default=float(known.concurrency))
        paces[vendor] = Pace(slowest, known.concurrency)
    return paces
