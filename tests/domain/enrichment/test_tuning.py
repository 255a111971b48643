"""The order tunes itself to what was measured: towards the cheapest one, with reasons, and never on noise."""

import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.enrichment.tuning import SAMPLE_FLOOR, Measured, Worth, expected_micros, tuned, worth_of
from leadgen.domain.enrichment.waterfall import DEFAULT_ORDER, AskedSource, known_sources

FACTS = known_sources(14_900, 20_000)
BY_NAME = {source.name: source for source in FACTS}

worths = st.builds(Worth, st.floats(min_value=1, max_value=1e6), st.floats(min_value=0.001, max_value=1))
measurements = st.integers(min_value=0, max_value=500).flatmap(
    lambda asked: st.builds(
        Measured, st.just(asked), st.just(asked), st.integers(min_value=0, max_value=asked),
        st.integers(min_value=0, max_value=20), st.integers(min_value=0, max_value=50_000 * (asked + 1)),
    )
)  # fmt: skip


def measured(asked: int, valid: int, micros_each: int, bounced: int = 0) -> Measured:
    return Measured(asked, valid, valid, bounced, asked * micros_each)


@given(st.fixed_dictionaries(dict.fromkeys(DEFAULT_ORDER, worths)))
def test_asking_by_price_per_success_is_the_cheapest_of_all_orders(worth: dict[AskedSource, Worth]) -> None:
    ours = sorted(worth, key=lambda source: worth[source].micros_per_success)
    cheapest = min(expected_micros(order, worth) for order in permutations(worth))
    assert expected_micros(ours, worth) <= cheapest * (1 + 1e-9)


@given(st.permutations(DEFAULT_ORDER), st.dictionaries(st.sampled_from(DEFAULT_ORDER), measurements))
def test_a_change_keeps_every_source_has_reasons_costs_no_more_and_is_settled_at_once(
    order: list[AskedSource], seen: dict[AskedSource, Measured]
) -> None:
    change = tuned(order, FACTS, seen, "dentist")
    assert change == tuned(order, FACTS, dict(reversed(seen.items())), "dentist")
    if change is None:
        return
    assert sorted(change.after) == sorted(order)
    assert change.reasons
    assert change.after != change.before
    worth = {source.name: worth_of(source, seen.get(source.name)) for source in FACTS}
    assert expected_micros(change.after, worth) <= expected_micros(order, worth) * (1 + 1e-9)
    assert tuned(change.after, FACTS, seen, "dentist") is None


def test_a_source_that_proves_cheaper_passes_the_other_and_says_why() -> None:
    seen = {"hunter": measured(100, 20, 9_000), "apollo": measured(80, 60, 20_000), "pattern": measured(60, 1, 7_450)}
    change = tuned(DEFAULT_ORDER, FACTS, seen, "dentist")  # type: ignore[arg-type]
    assert change is not None
    assert change.after == ("site", "apollo", "hunter", "pattern")
    assert "For dentist, apollo is asked before hunter" in change.explanation
    assert "20 of 100 businesses" in change.explanation


def test_few_measurements_change_nothing() -> None:
    few = SAMPLE_FLOOR - 1
    seen = {"hunter": measured(few, 0, 30_000), "pattern": measured(few, 0, 7_450), "apollo": measured(few, few, 1_000)}
    assert tuned(DEFAULT_ORDER, FACTS, seen, "dentist") is None  # type: ignore[arg-type]


def test_mail_that_bounces_makes_a_source_dearer() -> None:
    honest, bouncing = measured(200, 120, 9_000), measured(200, 120, 9_000, bounced=60)
    source = BY_NAME["hunter"]
    assert worth_of(source, bouncing).micros_per_success > worth_of(source, honest).micros_per_success


def test_nothing_measured_is_what_was_expected() -> None:
    for source in FACTS:
        worth = worth_of(source, None)
        assert worth.micros == pytest.approx(source.expected_micros)
        assert worth.success == pytest.approx(source.expected_success)


@pytest.mark.parametrize("seed", range(5))
def test_after_500_businesses_the_order_is_within_five_percent_of_the_cheapest(seed: int) -> None:
    """A segment whose sources behave quite unlike what was expected, and one campaign of fifty after the other."""
    drawn = random.Random(seed)
    truth = {
        source.name: Worth(source.expected_micros * drawn.uniform(0.5, 2), drawn.uniform(0.1, 0.7)) for source in FACTS
    }
    order: tuple[AskedSource, ...] = DEFAULT_ORDER
    asked, valid = dict.fromkeys(DEFAULT_ORDER, 0), dict.fromkeys(DEFAULT_ORDER, 0)
    for _campaign in range(10):
        for _business in range(50):
            for source in order:
                asked[source] += 1
                if drawn.random() < truth[source].success:
                    valid[source] += 1
                    break
        seen = {s: measured(asked[s], valid[s], round(truth[s].micros)) for s in DEFAULT_ORDER if asked[s]}
        if change := tuned(order, FACTS, seen, "dentist"):
            order = change.after
    cheapest = min(expected_micros(each, truth) for each in permutations(DEFAULT_ORDER))
    assert expected_micros(order, truth) <= cheapest / 0.95
