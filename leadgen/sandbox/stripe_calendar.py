"""Billing periods: when the next one begins, as Stripe counts days, weeks, months and years. Times are Unix seconds, UTC."""

import calendar
from datetime import UTC, datetime
from itertools import count
from typing import Any

DAY_SECONDS = 86_400
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


def period_end(anchor: int, recurring: dict[str, Any], start: int) -> int:
    """The first end of a period after `start`, counted from the anchor: its day of the month, or the month's last day."""
    step: int = recurring["interval_count"]
    if recurring["interval"] in _DAYS:
        seconds = _DAYS[recurring["interval"]] * step * DAY_SECONDS
        return anchor + ((start - anchor) // seconds + 1) * seconds
    months = _MONTHS[recurring["interval"]] * step
    begun = _months_between(anchor, start) // months
    return next(end for n in count(begun - 1) if (end := _months_later(anchor, n * months)) > start)


def _months_between(first: int, second: int) -> int:
    one, two = datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(second, UTC)
    return (two.year - one.year) * 12 + two.month - one.month


def _months_later(moment: int, months: int) -> int:
    at = datetime.fromtimestamp(moment, UTC)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return int(at.replace(year=year, month=month + 1, day=day).timestamp())
