"""How many businesses there are, judged from how far independent sources agree on them (capture-recapture).

What one source misses another may have; how often it does tells how much both missed. Assumes that being listed by one source
says nothing of being listed by another. Well known businesses stand in all of them, so that the estimate is rather too low and
the recall rather too high: both are stated with their interval, and as unknown where the sources overlap too little.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Method = Literal["chapman", "chao"]

# Below seven recaptures Chapman's estimator is biased (Robson and Regier 1964, Trans. Am. Fish. Soc. 93).
FEWEST_RECAPTURES = 7
_NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True)
class Recall:
    """The share 0-1 of all businesses that was found, with its 95 % interval, and how many there may be in all."""

    method: Method
    found: int
    businesses: float
    recall: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why no recall can be stated, in words."""

    reason: str


def recall_of(seen_by: Iterable[frozenset[str]]) -> Recall | Unknown:
    """The recall of a discovery, given for each business found the sources that list it.

    Two sources by Chapman's estimator, more by Chao's; the interval is Chao's of 1987, which never falls below what was found.
    """
    captures = Counter(sources for sources in seen_by if sources)
    sources = sorted(frozenset[str]().union(*captures))
    if len(sources) < 2:
        return Unknown("Only one source listed businesses: there is nothing to compare it with.")
    again = sum(count for listed_in, count in captures.items() if len(listed_in) > 1)
    if again < FEWEST_RECAPTURES:
        return _too_little(again)
    alone = [captures[frozenset((source,))] for source in sources]
    twice = sum(count for listed_in, count in captures.items() if len(listed_in) == 2)
    unseen, variance = _unseen(alone, twice)
    found = captures.total()
    spread = math.exp(_NORMAL_95 * math.sqrt(math.log1p(variance / unseen**2))) if unseen else 1.0
    return Recall(
        "chapman" if len(sources) == 2 else "chao",
        found,
        found + unseen,
        recall=found / (found + unseen),
        low=found / (found + unseen * spread),
        high=found / (found + unseen / spread),
    )


def _unseen(alone: Sequence[int], twice: int) -> tuple[float, float]:
    """How many businesses no source lists, with the variance: from those listed in each source alone, and in just two.

    Chao 1989 (Biometrics 45) for sources that differ in how much they list, corrected for bias; of two sources it is Chapman's
    (1951). The variance is of Poisson counts by the delta method; of two sources it is Seber's (1970, Biometrika 57).
    """
    pairs = (sum(alone) ** 2 - sum(count**2 for count in alone)) / 2
    unseen = pairs / (twice + 1)
    steepness = ((sum(alone) - count) / (twice + 1) for count in alone)
    variance = unseen + sum(count * step**2 for count, step in zip(alone, steepness, strict=True))
    return unseen, variance + twice * (unseen / (twice + 1)) ** 2


def _too_little(again: int) -> Unknown:
    return Unknown(
        f"The sources share too few businesses to tell: {again}, where {FEWEST_RECAPTURES} are needed for an estimate."
    )
