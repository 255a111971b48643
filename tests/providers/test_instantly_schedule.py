"""Instantly counts its waits to the next email and knows few time zones: ours are put into its terms without loss."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vendor_contracts import Contract

from leadgen.errors import InputError
from leadgen.providers.instantly_schedule import ZONES, SendingHours, schedule_json, waits_between, zone_for

WINTER, SUMMER = date(2026, 12, 7), date(2026, 7, 6)


@pytest.mark.parametrize(("offsets", "waits"), [((0,), (0,)), ((0, 3, 7), (3, 4, 0)), ((0, 1, 2, 30), (1, 1, 28, 0))])
def test_days_from_the_first_email_become_waits_for_the_next(offsets: tuple[int, ...], waits: tuple[int, ...]) -> None:
    assert waits_between(offsets) == waits


@given(st.lists(st.integers(1, 60), max_size=9))
def test_the_waits_lead_to_the_days(gaps: list[int]) -> None:
    offsets = tuple(sum(gaps[:count]) for count in range(len(gaps) + 1))
    waits = waits_between(offsets)
    assert waits[-1] == 0
    assert tuple(sum(waits[:count]) for count in range(len(offsets))) == offsets


@pytest.mark.parametrize("offsets", [(), (1, 3), (0, 3, 3), (0, 7, 3)])
def test_a_sequence_begins_at_once_and_goes_forward(offsets: tuple[int, ...]) -> None:
    with pytest.raises(InputError):
        waits_between(offsets)


def test_each_zone_that_we_name_is_one_of_instantlys() -> None:
    contract = Contract("instantly/instantly-v2.trimmed.json")
    campaign = contract._operation("POST", "/api/v2/campaigns")["requestBody"]["content"]["application/json"]["schema"]
    schedule = campaign["properties"]["campaign_schedule"]["properties"]["schedules"]["items"]["properties"]
    assert set(ZONES) <= set(schedule["timezone"]["enum"])


@pytest.mark.parametrize("day", [WINTER, SUMMER])
@pytest.mark.parametrize(
    ("wanted", "zone"),
    [
        ("America/Chicago", "America/Chicago"),
        ("America/New_York", "America/Detroit"),
        ("America/Denver", "America/Boise"),
        ("America/Phoenix", "America/Creston"),
        ("America/Halifax", "America/Glace_Bay"),
        ("Pacific/Honolulu", "Etc/GMT+10"),
        ("Europe/London", "Europe/Isle_of_Man"),
        ("Europe/Berlin", "Europe/Belgrade"),
        ("Asia/Singapore", "Asia/Hong_Kong"),
        ("Australia/Sydney", "Australia/Melbourne"),
    ],
)
def test_a_zone_of_the_same_time_stands_in(wanted: str, zone: str, day: date) -> None:
    assert zone_for(wanted, day) == (zone, timedelta(0))


@pytest.mark.parametrize("day", [WINTER, SUMMER])
def test_where_no_zone_keeps_the_time_the_hours_are_moved(day: date) -> None:
    """Los Angeles in winter: nothing that Instantly knows is eight hours behind."""
    [schedule] = schedule_json(SendingHours("America/Los_Angeles"), day)["schedules"]
    zone = ZoneInfo(schedule["timezone"])
    for edge, ours in (("from", time(9)), ("to", time(17))):
        theirs = time.fromisoformat(schedule["timing"][edge])
        moment = day_at(day, theirs, zone)
        assert moment == day_at(day, ours, ZoneInfo("America/Los_Angeles"))


def day_at(day: date, at: time, zone: ZoneInfo) -> float:
    from datetime import datetime

    return datetime.combine(day, at, zone).timestamp()


def test_the_days_count_from_sunday_and_bounds_are_kept() -> None:
    hours = SendingHours("America/Chicago", starts_on=WINTER, ends_on=date(2026, 12, 24))
    schedule = schedule_json(hours, SUMMER)
    assert schedule["schedules"][0]["days"] == {str(day): 1 <= day <= 5 for day in range(7)}
    assert (schedule["start_date"], schedule["end_date"]) == ("2026-12-07", "2026-12-24")


@pytest.mark.parametrize(
    "hours",
    [
        SendingHours("America/Atlantis"),
        SendingHours("../etc/passwd"),
        SendingHours("America/Chicago", days=frozenset()),
        SendingHours("America/Chicago", days=frozenset({7})),
        SendingHours("America/Chicago", time(17), time(9)),
        SendingHours("America/Los_Angeles", time(9), time(23, 30)),
    ],
)
def test_hours_that_cannot_be_kept_are_refused(hours: SendingHours) -> None:
    with pytest.raises(InputError):
        schedule_json(hours, WINTER)
