"""How many businesses a campaign may expect to find, before anything is paid: from what earlier campaigns found, from a count
of ids, or from how many such businesses people need.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from leadgen.domain.discovery.estimate_density import people_within, per_100_000
from leadgen.domain.geo import Circle, Point, distance_meters

Basis = Literal["found before", "partly found before", "counted", "assumed"]

_SAMPLES = 600  # points at which the overlap of circles is looked at: good to two points in a hundred
_ENOUGH_COVERED = 0.95
_LITTLE_COVERED = 0.1
_ASSUMED_LOW, _ASSUMED_HIGH = 1 / 4, 3.0  # a city may be a quarter or thrice as large as is usual
_FURTHER_OUT = (0.3, 0.8, 1.5)  # how dense businesses lie beside what is known, relative to it


@dataclass(frozen=True, slots=True)
class Range:
    """A number that is not known yet: with what it hardly falls short of or exceeds."""

    low: float
    likely: float
    high: float

    def times(self, low: float, likely: float | None = None, high: float | None = None) -> "Range":
        """Scaled; each bound by its own factor, or all by the first."""
        return Range(
            self.low * low,
            self.likely * (low if likely is None else likely),
            self.high * (low if high is None else high),
        )

    def plus(self, other: "Range") -> "Range":
        """The sum, as if both were wrong in the same direction."""
        return Range(self.low + other.low, self.likely + other.likely, self.high + other.high)

    def at_most(self, cap: float) -> "Range":
        """No bound above `cap`."""
        return Range(min(self.low, cap), min(self.likely, cap), min(self.high, cap))


@dataclass(frozen=True, slots=True)
class Size:
    """How many businesses there are to be found, and on what that rests."""

    businesses: Range
    basis: Basis
    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier discoveries of the same kind of business know: the circles they covered, the businesses they found, and how
    much of what there is they claim to have found (None: they could not tell).
    """

    circles: tuple[Circle, ...] = ()
    businesses: tuple[Point, ...] = ()
    recall: float | None = None


def size_of(business_type: str, circle: Circle | None, radius_miles: float, known: Known) -> Size:
    """How many businesses lie in the circle; without one (the place is not on the map yet) as around any city."""
    assumed = _assumed(business_type, radius_miles)
    if circle is None:
        return assumed
    covered = covered_share(circle, known.circles)
    found = sum(map(circle.contains, known.businesses))
    if covered < _LITTLE_COVERED:
        return assumed
    missed = 1 / known.recall if known.recall else 1.05
    there = Range(found * 0.97, found * math.sqrt(missed), found * missed + 1)
    if covered >= _ENOUGH_COVERED:
        return Size(there, "found before", f"An earlier campaign found {found} of them here.")
    density = found / covered
    rest = Range(*(density * (1 - covered) * factor for factor in _FURTHER_OUT))
    reason = f"Earlier campaigns found {found} of them in {covered:.0%} of the circle; the rest is taken to be like it."
    return Size(there.plus(rest), "partly found before", reason)


def counted(results: Range, relevant_share: Range, unlisted_share: float) -> Size:
    """From a count of what one source returns: a share of it is of another kind, and other sources list some more."""
    businesses = Range(
        results.low * relevant_share.low,
        results.likely * relevant_share.likely / (1 - unlisted_share),
        results.high * relevant_share.high / (1 - unlisted_share),
    )
    return Size(
        businesses, "counted", f"Google lists about {results.likely:.0f} places that answer to it in the circle."
    )


def covered_share(circle: Circle, by: Sequence[Circle]) -> float:
    """The share 0-1 of a circle that lies in any of others."""
    if not by:
        return 0.0
    points = list(_spread_over(circle))
    return sum(any(other.contains(point) for other in by) for point in points) / len(points)


def _spread_over(circle: Circle) -> Iterable[Point]:
    """Points evenly over the circle, as the seeds of a sunflower lie (Vogel 1979)."""
    golden = math.pi * (3 - math.sqrt(5))
    latitude, longitude = circle.center.latitude, circle.center.longitude
    degree = distance_meters(Point(latitude, longitude), Point(latitude + 1, longitude))
    for number in range(_SAMPLES):
        away = circle.radius_meters * math.sqrt((number + 0.5) / _SAMPLES) / degree
        north, east = away * math.sin(number * golden), away * math.cos(number * golden)
        yield Point(latitude + north, longitude + east / math.cos(math.radians(latitude)))


def _assumed(business_type: str, radius_miles: float) -> Size:
    likely = per_100_000(business_type) * people_within(radius_miles) / 100_000
    return Size(
        Range(likely * _ASSUMED_LOW, likely, likely * _ASSUMED_HIGH),
        "assumed",
        f"Nothing is known of this area yet: about {per_100_000(business_type):.0f} of them serve 100,000 people, and"
        f" {people_within(radius_miles):,.0f} people live so near to a city as a rule.",
    )
