"""When an Instantly campaign may send: its schedules, in the time zones that Instantly knows. VENDORS.md section 9."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leadgen.sandbox.wire import names

ZONES = names(
    """
    Etc/GMT+12 Etc/GMT+11 Etc/GMT+10 America/Anchorage America/Dawson America/Creston America/Chihuahua
    America/Boise America/Belize America/Chicago America/Bahia_Banderas America/Regina America/Bogota
    America/Detroit America/Indiana/Marengo America/Caracas America/Asuncion America/Glace_Bay
    America/Campo_Grande America/Anguilla America/Santiago America/St_Johns America/Sao_Paulo
    America/Argentina/La_Rioja America/Araguaina America/Godthab America/Montevideo America/Bahia
    America/Noronha America/Scoresbysund Atlantic/Cape_Verde Africa/Casablanca America/Danmarkshavn
    Europe/Isle_of_Man Atlantic/Canary Africa/Abidjan Arctic/Longyearbyen Europe/Belgrade Africa/Ceuta
    Europe/Sarajevo Africa/Algiers Africa/Windhoek Asia/Nicosia Asia/Beirut Africa/Cairo Asia/Damascus
    Europe/Bucharest Africa/Blantyre Europe/Helsinki Europe/Istanbul Asia/Jerusalem Africa/Tripoli Asia/Amman
    Asia/Baghdad Europe/Kaliningrad Asia/Aden Africa/Addis_Ababa Europe/Kirov Europe/Astrakhan Asia/Tehran
    Asia/Dubai Asia/Baku Indian/Mahe Asia/Tbilisi Asia/Yerevan Asia/Kabul Antarctica/Mawson Asia/Yekaterinburg
    Asia/Karachi Asia/Kolkata Asia/Colombo Asia/Kathmandu Antarctica/Vostok Asia/Dhaka Asia/Rangoon
    Antarctica/Davis Asia/Novokuznetsk Asia/Hong_Kong Asia/Krasnoyarsk Asia/Brunei Australia/Perth Asia/Taipei
    Asia/Choibalsan Asia/Irkutsk Asia/Dili Asia/Pyongyang Australia/Adelaide Australia/Darwin Australia/Brisbane
    Australia/Melbourne Antarctica/DumontDUrville Australia/Currie Asia/Chita Antarctica/Macquarie Asia/Sakhalin
    Pacific/Auckland Etc/GMT-12 Pacific/Fiji Asia/Anadyr Asia/Kamchatka Etc/GMT-13 Pacific/Apia
    """
)
_WEEK = 7


@cache
def zone_of(name: str) -> ZoneInfo:
    """A time zone; UTC where this machine does not know an old name."""
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class _Window:
    """One schedule: the days of the week (0 is Sunday) and the hours."""

    zone: ZoneInfo
    opens: time
    closes: time
    days: frozenset[int]


class Hours:
    """The schedules of one campaign."""

    def __init__(self, schedule: Mapping[str, Any]) -> None:
        self._first, self._last = (_day(schedule.get(name)) for name in ("start_date", "end_date"))
        self._windows = tuple(
            _Window(
                zone_of(one["timezone"]),
                time.fromisoformat(one["timing"]["from"]),
                time.fromisoformat(one["timing"]["to"]),
                frozenset(int(day) for day, is_on in one["days"].items() if is_on),
            )
            for one in schedule["schedules"]
        )

    def next_open(self, after: datetime) -> datetime | None:
        """The first moment from `after` on at which mail may leave, in UTC; None where there is none any more."""
        moments = [moment for window in self._windows if (moment := self._next_in(window, after))]
        return min(moments, default=None)

    def day_of(self, moment: datetime) -> date:
        """The campaign's day: daily limits go by it."""
        return moment.astimezone(self._windows[0].zone).date()

    def day_after(self, moment: datetime) -> datetime:
        """When the campaign's next day begins."""
        return datetime.combine(self.day_of(moment) + timedelta(days=1), time(), self._windows[0].zone)

    def _next_in(self, window: _Window, after: datetime) -> datetime | None:
        today = after.astimezone(window.zone).date()
        start = max(today, self._first or today)
        for ahead in range(_WEEK + 1):
            day = start + timedelta(days=ahead)
            if self._last and day > self._last:
                return None
            opens, closes = (datetime.combine(day, at, window.zone) for at in (window.opens, window.closes))
            if day.isoweekday() % _WEEK in window.days and after < closes:
                return max(after, opens).astimezone(UTC)
        return None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
