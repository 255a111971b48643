"""Absence notes say until when; the step waits for the business day after."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.replies.return_date import next_business_day, return_date

TODAY = date(2026, 7, 1)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am out of the office until July 14th.", "2026-07-14"),
        ("back on Monday, 13 July", "2026-07-13"),
        ("I will return on 7/20/2026", "2026-07-20"),
        ("out of office 3-7 July, back July 8", "2026-07-08"),
        ("On leave till 15-Jul-2026", "2026-07-15"),
        ("out until Jan 2nd", "2027-01-02"),
        ("I'll return in two weeks", "2026-07-15"),
        ("out today, back tomorrow", "2026-07-02"),
        ("Ich bin bis zum 17.07.2026 nicht im Büro", "2026-07-17"),
        ("Ich bin vom 3.7. bis 14.7. im Urlaub. Ab dem 15.7. bin ich wieder da", "2026-07-15"),
        ("Ich bin ab Montag wieder erreichbar", "2026-07-06"),
        ("Je suis absent jusqu'au 20 juillet inclus", "2026-07-20"),
        ("de retour le 21/07/2026", "2026-07-21"),
        ("Estaré fuera hasta el 15 de agosto", "2026-08-15"),
        ("Estarei de férias até 10 de agosto", "2026-08-10"),
        ("Sono in ferie fino al 31 luglio", "2026-07-31"),
        ("Ik ben afwezig tot en met 24 juli", "2026-07-24"),
        ("Jag är på semester till 3 augusti", "2026-08-03"),
        ("7月3日から7月10日まで休暇をいただきます", "2026-07-10"),
        ("我将于7月15日返回", "2026-07-15"),
        ("I am out of the office.", None),
        ("I was away until June 2 last month.", None),
        ("Open 9-5, version 2.5", None),
    ],
)
def test_the_return_is_read_in_the_languages_people_write(text: str, expected: str | None) -> None:
    found = return_date(text, TODAY)
    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("day", "country", "expected"),
    [
        (date(2026, 7, 10), "US", date(2026, 7, 13)),
        (date(2026, 7, 13), "US", date(2026, 7, 14)),
        (date(2026, 12, 24), "DE", date(2026, 12, 28)),
        (date(2026, 7, 13), "FR", date(2026, 7, 15)),
        (date(2026, 7, 9), "SA", date(2026, 7, 12)),
    ],
)
def test_the_step_goes_on_at_the_next_business_day(day: date, country: str, expected: date) -> None:
    assert next_business_day(day, country) == expected


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(["US", "DE", "SA", "XX"]))
def test_a_business_day_is_after_and_near(day: date, country: str) -> None:
    assert timedelta(0) < next_business_day(day, country) - day <= timedelta(days=7)


@given(st.text(max_size=200), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_return_is_never_in_the_past(text: str, today: date) -> None:
    found = return_date(text, today)
    assert found is None or found >= today
