"""When a campaign of Instantly's sends: the waits between its emails, and the hours of the day in a zone that it knows.

Facts (VENDORS.md section 9): a step's `delay` is the wait before the NEXT email, ours counts from the first. The days of the
week are numbered from Sunday, 0. Instantly knows about a hundred time zones, New York and Los Angeles not among them: another
of the same time stands in, and where none has the same time the hours are moved by the difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leadgen.errors import InputError

# Of the zones that Instantly takes, one for each time that is kept where we may have tenants; the commoner ones first.
ZONES = tuple(
    """America/Detroit America/Chicago America/Boise America/Creston America/Dawson America/Anchorage Etc/GMT+10
    America/Glace_Bay America/St_Johns America/Regina America/Bogota America/Anguilla America/Sao_Paulo America/Bahia
    Europe/Isle_of_Man Europe/Belgrade Europe/Helsinki Europe/Istanbul Africa/Abidjan Africa/Algiers Africa/Windhoek
    Asia/Jerusalem Asia/Dubai Asia/Karachi Asia/Kolkata Asia/Dhaka Asia/Hong_Kong Australia/Perth Australia/Adelaide
    Australia/Darwin Australia/Brisbane Australia/Melbourne Pacific/Auckland""".split()  # noqa: SIM905  one a line is unreadable
)
WEEKDAYS = frozenset({1, 2, 3, 4, 5})
_LOOK_AHEAD = timedelta(days=28)  # a campaign's usual length: zones that part within it are not the same
_HALF_A_YEAR = timedelta(days=182)


@dataclass(frozen=True, slots=True)
class SendingHours:
    """When emails may leave: between `opens` and `closes`, on these days of the week (0 is Sunday), in an IANA time zone.

    `starts_on` and `ends_on` bound the campaign, in the same zone.
    """

    timezone: str
    opens: time = time(9)
    closes: time = time(17)
    days: frozenset[int] = WEEKDAYS
    starts_on: date | None = None
    ends_on: date | None = None


def waits_between(day_offsets: Sequence[int]) -> tuple[int, ...]:
    """The days to wait after each email: 3, 4, 0 where the emails leave on days 0, 3 and 7.

    Raises:
        InputError: there is no email, the first is not on day 0, or one does not come after the one before it.
    """
    if not day_offsets or day_offsets[0] != 0:
        raise InputError("A sequence begins on day 0: Instantly sends the first email as soon as its hours allow.")
    waits = tuple(later - earlier for earlier, later in pairwise(day_offsets))
    if any(wait < 1 for wait in waits):
        raise InputError("Each email of a sequence leaves a day after the one before it, or later.")
    return (*waits, 0)


def zone_for(timezone: str, day: date) -> tuple[str, timedelta]:
    """The zone of Instantly's that keeps the time of an IANA zone, and by how much its clocks are ahead of it on that day.

    Raises:
        InputError: there is no such zone.
    """
    try:
        wanted = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise InputError("This time zone does not exist.", remedy="Name it as America/Chicago.") from None
    if timezone in ZONES:
        return timezone, timedelta(0)
    now = datetime.combine(day, time(12), UTC)

    def ahead(name: str, at: datetime) -> timedelta:
        theirs, ours = at.astimezone(ZoneInfo(name)).utcoffset(), at.astimezone(wanted).utcoffset()
        return (theirs or timedelta(0)) - (ours or timedelta(0))

    def distance(name: str) -> tuple[timedelta, timedelta, int]:
        soon = abs(ahead(name, now)) + abs(ahead(name, now + _LOOK_AHEAD))
        return soon, abs(ahead(name, now + _HALF_A_YEAR)), ZONES.index(name)

    nearest = min(ZONES, key=distance)
    return nearest, ahead(nearest, now)


def schedule_json(hours: SendingHours, today: date) -> dict[str, Any]:
    """The hours as Instantly takes them.

    Raises:
        InputError: there is no such zone, no day, or no time between opening and closing.
    """
    if not hours.days or not hours.days <= set(range(7)):
        raise InputError("Emails need a day of the week to leave on, 0 (Sunday) to 6.")
    zone, ahead = zone_for(hours.timezone, max(today, hours.starts_on or today))
    opens, closes = _moved(hours.opens, ahead), _moved(hours.closes, ahead)
    if hours.opens >= hours.closes or opens >= closes:
        raise InputError(
            "The hours in which emails may leave do not fit into a day.",
            remedy="Let them end on the day they begin, some hours before or after midnight.",
        )
    schedule: dict[str, Any] = {
        "schedules": [
            {
                "name": "Hours",
                "timing": {"from": f"{opens:%H:%M}", "to": f"{closes:%H:%M}"},
                "days": {str(day): day in hours.days for day in range(7)},
                "timezone": zone,
            }
        ]
    }
    bounds = {"start_date": hours.starts_on, "end_date": hours.ends_on}
    return schedule | {name: day.isoformat() for name, day in bounds.items() if day}


def _moved(at: time, by: timedelta) -> time:
    moved = datetime.combine(date.min + timedelta(days=1), at) + by
    return moved.time()
