"""What the contact sources proved to be worth, and the order that follows, each change with its explanation.

Sources are asked one after the other until one suffices. Where they succeed independently of one another, the cheapest
order asks by cost per success, lowest first (Simon and Kadane, "Optimal problem-solving search: all-or-none solutions",
Artificial Intelligence 6, 1975).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from leadgen.domain.enrichment.waterfall import AskedSource, Source
from leadgen.domain.money import MICROS_PER_CENT

PRIOR_WEIGHT = 10
"""How many measured businesses outweigh what was expected of a source."""

SAMPLE_FLOOR = 30
"""Businesses of which a source must have been asked before it changes its place."""

LEAST_GAIN = 0.05
"""By how much a source must be cheaper per success to pass another: less is noise, and an order that flutters."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of a source's questions in one segment: businesses `asked` about, those with an address (`hits`),
    those whose address sufficed (`valid`), how many of its addresses `bounced` later, and the price of it all.
    """

    asked: int = 0
    hits: int = 0
    valid: int = 0
    bounced: int = 0
    cost_micros: int = 0


@dataclass(frozen=True, slots=True)
class Worth:
    """What one question to a source may be expected to cost and to give (0-1)."""

    micros: float
    success: float

    @property
    def micros_per_success(self) -> float:
        """The price of one contact that suffices; infinite for a source that never gives one."""
        return self.micros / self.success if self.success > 0 else inf


@dataclass(frozen=True, slots=True)
class Change:
    """A new order, and a sentence for each source that has passed another."""

    before: tuple[AskedSource, ...]
    after: tuple[AskedSource, ...]
    reasons: tuple[str, ...]

    @property
    def explanation(self) -> str:
        """The reasons as one text."""
        return " ".join(self.reasons)


def worth_of(source: Source, measured: Measured | None) -> Worth:
    """The measured averages, drawn towards what was expected as long as little is measured. Mail that bounced was no
    success, whatever its verdict.
    """
    seen = measured or Measured()
    weight = PRIOR_WEIGHT + seen.asked
    proved = max(seen.valid - seen.bounced, 0)
    return Worth(
        micros=(PRIOR_WEIGHT * source.expected_micros + seen.cost_micros) / weight,
        success=min((PRIOR_WEIGHT * source.expected_success + proved) / weight, 1.0),
    )


def expected_micros(order: Sequence[AskedSource], worths: Mapping[AskedSource, Worth]) -> float:
    """What the search for one contact costs on average: each source is paid only where all before it failed."""
    total, still_searching = 0.0, 1.0
    for source in order:
        total += still_searching * worths[source].micros
        still_searching *= 1 - worths[source].success
    return total


def tuned(
    order: Sequence[AskedSource],
    sources: Sequence[Source],
    measured: Mapping[AskedSource, Measured],
    segment: str,
) -> Change | None:
    """The order that the measurements speak for; None where they leave it as it is.

    A source passes its neighbour when both were asked about `SAMPLE_FLOOR` businesses and it is cheaper per success by
    `LEAST_GAIN`. The same measurements always give the same order.
    """
    worths = {source.name: worth_of(source, measured.get(source.name)) for source in sources}
    after = list(order)
    reasons: list[str] = []
    at = 0
    while at + 1 < len(after):
        first, second = after[at], after[at + 1]
        if _passes(second, first, worths, measured):
            after[at], after[at + 1] = second, first
            reasons.append(_reason(second, first, worths, measured, segment))
            at = max(at - 1, 0)
        else:
            at += 1
    return Change(tuple(order), tuple(after), tuple(reasons)) if reasons else None


def _passes(
    one: AskedSource,
    other: AskedSource,
    worths: Mapping[AskedSource, Worth],
    measured: Mapping[AskedSource, Measured],
) -> bool:
    sure = all(source in measured and measured[source].asked >= SAMPLE_FLOOR for source in (one, other))
    return sure and worths[one].micros_per_success < (1 - LEAST_GAIN) * worths[other].micros_per_success


def _reason(
    one: AskedSource,
    other: AskedSource,
    worths: Mapping[AskedSource, Worth],
    measured: Mapping[AskedSource, Measured],
    segment: str,
) -> str:
    def told(source: AskedSource) -> str:
        seen, worth = measured[source], worths[source]
        price = f"{worth.micros_per_success / MICROS_PER_CENT:.2f} cents" if worth.success else "no price"
        bounced = f", {seen.bounced} bounced" if seen.bounced else ""
        return f"{price} a usable contact ({seen.valid} of {seen.asked} businesses{bounced})"

    return f"For {segment}, {one} is asked before {other}: {told(one)} against {told(other)}."
