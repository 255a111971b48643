"""The estimate before launch: what it rests on, that it holds together, and that knowledge makes it narrower and cheaper."""

import math
import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.discovery.estimate import Estimate, Market, estimate
from leadgen.domain.discovery.estimate_cost import Pace, Plan, uses_of
from leadgen.domain.discovery.estimate_density import people_within, per_100_000
from leadgen.domain.discovery.estimate_size import Known, Range, Size, counted, covered_share, size_of
from leadgen.domain.geo import Circle, Point, distance_meters

AUSTIN = Circle.of_miles(Point(30.2672, -97.7431), 10)
PLAN = Plan(("google_maps", "yelp"), "haiku", "sonnet")
PRICES = {
    ("google_places", "text_search_enterprise"): Decimal(35_000),
    ("yelp", "search"): Decimal(8_000),
    ("hunter", "credit"): Decimal(14_900),
    ("apollo", "credit"): Decimal(20_000),
    ("anthropic", "haiku:input"): Decimal("0.10"),
    ("anthropic", "sonnet:input"): Decimal(2),
    ("anthropic", "sonnet:output"): Decimal(10),
}
PACES = {"google_places": Pace(10, 10), "pagespeed": Pace(4, 20), "hunter": Pace(8, 20), "anthropic": Pace(16, 5)}
MARKET = Market(PRICES, {}, PACES)

radii = st.floats(0.1, 100)
counts = st.integers(0, 5_000)


def size(low: float, likely: float, high: float) -> Size:
    return Size(Range(low, likely, high), "assumed", "for a test")


def points(count: int, circle: Circle = AUSTIN) -> tuple[Point, ...]:
    rng = random.Random(count)
    degree = circle.radius_meters / 111_195
    found: list[Point] = []
    while len(found) < count:
        north, east = rng.uniform(-degree, degree), rng.uniform(-degree, degree)
        point = Point(circle.center.latitude + north, circle.center.longitude + east)
        found += [point] if circle.contains(point) else []
    return tuple(found)


def total_of(shown: Estimate) -> float:
    return sum(line.micros.likely for line in shown.lines)


def test_an_area_that_was_covered_before_is_known_within_a_tenth() -> None:
    known = Known((AUSTIN,), points(400), recall=0.97)
    found = size_of("dentists", AUSTIN, 10, known)
    assert found.basis == "found before"
    assert found.businesses.low >= 0.9 * 400
    assert found.businesses.high <= 1.1 * 400


def test_an_area_that_was_covered_in_part_is_continued_from_there() -> None:
    wide = Circle(AUSTIN.center, AUSTIN.radius_meters * 1.5)
    found = size_of("dentists", wide, 15, Known((AUSTIN,), points(400)))
    assert found.basis == "partly found before"
    assert 400 < found.businesses.low < found.businesses.likely < found.businesses.high
    assert found.businesses.low <= 400 * 1.5**2 <= found.businesses.high


def test_what_was_found_elsewhere_tells_nothing() -> None:
    dallas = Circle.of_miles(Point(32.7767, -96.797), 10)
    found = size_of("dentists", dallas, 10, Known((AUSTIN,), points(400)))
    assert found.basis == "assumed"
    assert "Nothing is known" in found.reason


def test_a_place_that_is_not_on_the_map_yet_is_assumed_to_be_a_city() -> None:
    assert size_of("dentists", None, 10, Known((AUSTIN,), points(400))).basis == "assumed"


def test_dentists_of_a_city_are_assumed_at_its_real_order_of_magnitude() -> None:
    """Austin has about 1.3 million people within 15 miles, and about 700 dental practices."""
    found = size_of("dentists", AUSTIN, 15, Known())
    assert found.businesses.low < 700 < found.businesses.high


@given(radii, radii)
def test_more_people_live_in_a_wider_circle(one: float, other: float) -> None:
    near, far = sorted((one, other))
    assert people_within(near) <= people_within(far)


def test_several_trades_are_as_many_as_each_together() -> None:
    assert per_100_000("plumbers and electricians") == per_100_000("plumbers") + per_100_000("electricians")
    assert per_100_000("alchemists") > 0


def test_half_a_circle_is_half_covered() -> None:
    far = Circle(Point(30.2672, -97.7431 + 10), 10)
    west = Point(30.2672, -107.7431)
    huge = Circle(west, distance_meters(west, AUSTIN.center))
    assert covered_share(AUSTIN, [far]) == 0
    assert covered_share(AUSTIN, [AUSTIN]) == 1
    assert covered_share(AUSTIN, [huge]) == pytest.approx(0.5, abs=0.05)


def test_a_count_of_ids_leaves_out_other_kinds_and_adds_what_only_others_list() -> None:
    found = counted(Range(900, 1_000, 1_100), Range(0.6, 0.75, 0.9), 0.1)
    assert found.businesses == Range(540, 1_000 * 0.75 / 0.9, 1_100 * 0.9 / 0.9)


@given(counts, st.floats(0, 1), st.booleans(), st.integers(1, 300) | st.none())
def test_every_range_is_in_order_and_the_budget_is_enough(
    likely: int, known: float, is_urgent: bool, cap: int | None
) -> None:
    plan = Plan(("google_maps", "yelp", "apollo"), "haiku", "sonnet", is_urgent)
    shown = estimate(size(likely / 2, likely, likely * 2), plan, MARKET, lead_cap=cap, known=known)
    for one in (shown.leads, shown.cost, *(line.micros for line in shown.lines)):
        assert 0 <= one.low <= one.likely <= one.high
    assert shown.time.low <= shown.time.high
    assert shown.budget_micros >= max(1_000_000, shown.cost.high)
    assert shown.budget_micros % 1_000_000 == 0
    assert cap is None or shown.leads.high <= cap
    assert total_of(shown) == pytest.approx(shown.cost.likely)


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_more_is_known_the_less_it_costs(one: float, other: float) -> None:
    less, more = sorted((one, other))
    sizes = size(100, 200, 300)
    cheaper, dearer = estimate(sizes, PLAN, MARKET, known=more), estimate(sizes, PLAN, MARKET, known=less)
    assert cheaper.cost.likely <= dearer.cost.likely


def test_what_was_measured_takes_the_place_of_the_price_list() -> None:
    market = Market(PRICES, {("contacts", "hunter"): 9_000.0}, PACES)
    shown = estimate(size(100, 100, 100), PLAN, market)
    line = next(line for line in shown.lines if (line.stage, line.vendor) == ("contacts", "hunter"))
    assert line.measured
    assert line.micros.likely == 900_000
    assert line.micros.high < 1.5 * line.micros.low * 1.3
    assert not any(other.measured for other in shown.lines if other is not line)


def test_a_campaign_that_can_wait_pays_half_for_its_questions_and_waits_a_day() -> None:
    at_once = estimate(size(100, 100, 100), PLAN, MARKET)
    waiting = estimate(size(100, 100, 100), Plan(PLAN.sources, "haiku", "sonnet", is_urgent=False), MARKET)

    def claude(shown: Estimate) -> float:
        return sum(line.micros.likely for line in shown.lines if line.vendor == "anthropic")

    assert claude(waiting) == pytest.approx(claude(at_once) / 2)
    assert waiting.time.high >= 86_400
    assert "batches" in waiting.time.reason


def test_a_source_that_is_not_asked_costs_nothing() -> None:
    vendors = {use.vendor for use in uses_of(Plan(("yelp",), "haiku", "sonnet")) if use.stage == "prospects"}
    assert vendors == {"yelp"}
    with_apollo = estimate(size(100, 100, 100), Plan(("yelp", "apollo"), "haiku", "sonnet"), MARKET)
    assert ("prospects", "apollo") in {(line.stage, line.vendor) for line in with_apollo.lines}


def test_the_time_names_what_is_waited_for() -> None:
    shown = estimate(size(1_000, 1_000, 1_000), PLAN, MARKET)
    assert "anthropic in the stage email_drafts" in shown.time.reason
    assert shown.time.low == pytest.approx(0.7 * 1_000 * (0.25 / 10 + 0.8 * 1.0 + 1.2 / 8 + 0.75 * 0.8 + 0.5 * 2))


def test_nothing_to_find_costs_nothing() -> None:
    shown = estimate(size(0, 0, 0), PLAN, MARKET)
    assert shown.cost.high == 0
    assert math.isclose(shown.time.high, 60)
