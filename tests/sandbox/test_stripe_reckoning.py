"""How the sandbox's Stripe reckons: forms, periods, tiers, shares."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leadgen.sandbox.stripe_amounts import charges, share, total
from leadgen.sandbox.stripe_calendar import period_end
from leadgen.sandbox.stripe_form import decode


def test_nested_brackets_are_decoded() -> None:
    form = [("items[1][price]", "b"), ("items[0][price]", "a"), ("expand[]", "x"), ("expand[]", "y"), ("a[b][c]", "d")]

    assert decode(form) == {
        "items": [{"price": "a"}, {"price": "b"}],
        "expand": ["x", "y"],
        "a": {"b": {"c": "d"}},
    }


@pytest.mark.parametrize(
    ("anchor", "recurring", "start", "end"),
    [
        ("2026-01-31", ("month", 1), "2026-01-31", "2026-02-28"),
        ("2026-01-31", ("month", 1), "2026-02-28", "2026-03-31"),
        ("2026-01-31", ("month", 3), "2026-01-31", "2026-04-30"),
        ("2028-02-29", ("year", 1), "2028-02-29", "2029-02-28"),
        ("2028-02-29", ("year", 1), "2031-02-28", "2032-02-29"),
        ("2026-12-31", ("week", 2), "2026-12-31", "2027-01-14"),
        ("2026-12-31", ("day", 1), "2027-01-04", "2027-01-05"),
    ],
)
def test_a_period_ends_on_the_anchors_day_or_the_months_last(
    anchor: str, recurring: tuple[str, int], start: str, end: str
) -> None:
    def at(day: str) -> int:
        return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())

    rhythm = {"interval": recurring[0], "interval_count": recurring[1]}
    assert period_end(at(anchor), rhythm, at(start)) == at(end)


@pytest.mark.parametrize(
    ("mode", "quantity", "cents"),
    [
        ("graduated", 0, 0),
        ("graduated", 1_000, 0),
        ("graduated", 1_401, 1_003),
        ("volume", 1_000, 0),
        ("volume", 1_401, 3_503),
    ],
)
def test_tiers_are_charged_each_or_by_the_last(mode: str, quantity: int, cents: int) -> None:
    tiers: list[dict[str, Any]] = [
        {"up_to": 1_000, "unit_amount_decimal": "0", "flat_amount": None},
        {"up_to": None, "unit_amount_decimal": "2.5", "flat_amount": None},
    ]

    assert total(charges({"billing_scheme": "tiered", "tiers_mode": mode}, tiers, quantity)) == cents


def test_a_share_of_a_period_is_rounded_to_the_cent() -> None:
    assert [share(4_900, left, 30) for left in (30, 15, 1, 0)] == [4_900, 2_450, 163, 0]
