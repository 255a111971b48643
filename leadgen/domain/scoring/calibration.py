"""Whether the tiers keep what they promise: how many of the leads written to replied and met, with what is due to chance."""

import math
from dataclasses import dataclass

_Z95 = 1.959963984540054  # the normal distribution's quantile of 97.5 %


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of 0..1 and the interval in which it lies with 95 % confidence. None of nothing."""

    share: float | None
    low: float
    high: float


def rate(happened: int, of: int) -> Rate:
    """How often something happened, with Wilson's score interval (E. B. Wilson 1927, JASA 22, 209-212).

    The interval stays within 0..1 and is honest of a few cases, where the normal one is not.
    """
    if of <= 0:
        return Rate(None, 0.0, 1.0)
    share = happened / of
    spread = _Z95**2 / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z95 / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return Rate(share, 0.0 if happened == 0 else low, 1.0 if happened == of else high)
