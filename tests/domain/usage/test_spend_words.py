"""Shares are never overstated, and every warning names its figures and what to do."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.usage.alerts import share_percent, words_of
from leadgen.domain.usage.units import plain_quantity, plain_unit
from leadgen.settings import VENDORS, Settings

MONEY = st.integers(1, 10**12)


@given(spent=st.integers(0, 10**12), cap=MONEY)
def test_a_hundred_percent_is_said_only_of_what_is_spent(spent: int, cap: int) -> None:
    assert (share_percent(spent, cap) >= 100) == (spent >= cap)


def test_of_nothing_everything_is_spent() -> None:
    assert share_percent(0, 0) == 100


@given(spent=MONEY, cap=MONEY)
def test_a_spent_budget_says_what_to_do(spent: int, cap: int) -> None:
    facts = {"campaign": "Dentists", "spent_micros": spent, "cap_micros": cap}
    assert "raised" in (words_of("budget.spent", facts) or "")
    assert "%" in (words_of("budget.nearly_spent", facts) or "")


def test_a_caps_period_is_named() -> None:
    facts = {"vendor": "*", "period": "month", "first_day": "2026-11-01", "spent_micros": 9, "cap_micros": 10}
    assert "all vendors for November 2026" in (words_of("cap.nearly_spent", facts) or "")
    assert "hunter for 1 November 2026" in (words_of("cap.spent", {**facts, "vendor": "hunter", "period": "day"}) or "")


def test_other_kinds_have_no_words_here() -> None:
    assert words_of("reply.received", {}) is None


def test_every_unit_that_has_a_price_has_plain_words() -> None:
    settings = Settings(_env_file=None)
    for vendor in VENDORS:
        for unit in settings.vendor(vendor).prices:
            assert "_" not in plain_unit(unit), unit


@given(st.decimals(min_value=0, max_value=10**9, allow_nan=False, places=4))
def test_a_quantity_is_what_it_was_to_two_places(quantity: Decimal) -> None:
    assert abs(Decimal(str(plain_quantity(quantity))) - quantity) <= Decimal("0.005")
