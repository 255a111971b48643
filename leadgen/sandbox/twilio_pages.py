"""Twilio's lists: filters by number and by day, pages that name the next one. VENDORS.md section 11."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from leadgen.sandbox.twilio_answers import Refused, Resource
from leadgen.sandbox.wire import Request

_MOST_PER_PAGE, _PER_PAGE = 1_000, 50
_COMPARISONS: Mapping[str, Callable[[date, date], bool]] = {
    "": lambda day, given: day == given,
    ">": lambda day, given: day >= given,
    "<": lambda day, given: day <= given,
}
_DATE_NAMES = {"messages": ("DateSent", "date_sent"), "calls": ("StartTime", "start_time")}


def page(request: Request, name: str, entries: list[dict[str, Any]]) -> Resource:
    """One page of the entries that pass the query's filters.

    Raises:
        Refused: a page, a size or a day is not one.
    """
    found = [entry for entry in entries if _passes(entry, name, request)]
    size, number = _integer(request, "PageSize", _PER_PAGE), _integer(request, "Page", 0)
    size = min(max(1, size), _MOST_PER_PAGE)
    shown = found[number * size : (number + 1) * size]
    last = max(0, (len(found) - 1) // size)
    fields = {
        name: shown,
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(0, len(shown) - 1),
        "uri": _uri(request, size, number),
        "first_page_uri": _uri(request, size, 0),
        "previous_page_uri": _uri(request, size, number - 1) if number else None,
        "next_page_uri": _uri(request, size, number + 1) if number < last else None,
    }
    return Resource(200, name.title(), fields, entry=name.title().removesuffix("s"))


def _uri(request: Request, size: int, number: int) -> str:
    kept = [pair for pair in request.query if pair[0] not in {"PageSize", "Page", "PageToken"}]
    token = [("PageToken", f"PA{number}")] if number else []
    return f"{request.path}?{urlencode([*kept, ('PageSize', str(size)), ('Page', str(number)), *token])}"


def _integer(request: Request, name: str, default: int) -> int:
    text = request.one(name)
    if text is None:
        return default
    if not text.isdigit():
        raise Refused(20001, f"Invalid {name}")
    return int(text)


def _passes(entry: Mapping[str, Any], name: str, request: Request) -> bool:
    for parameter, field in (("To", "to"), ("From", "from")):
        wanted = request.one(parameter)
        if wanted is not None and entry[field] != wanted:
            return False
    parameter, field = _DATE_NAMES[name]
    for sign, holds in _COMPARISONS.items():
        given = request.one(parameter + sign)
        if given is not None and not (entry[field] and holds(_day(entry[field]), _date(given))):
            return False
    return True


def _day(text: str) -> date:
    return parsedate_to_datetime(text).astimezone(UTC).date()


def _date(text: str) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise Refused(20001, "Invalid date") from None
