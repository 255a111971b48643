"""How Instantly checks what it is given: bodies against rules, queries, pages; and its refusals in its own words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from leadgen.sandbox.wire import Reply, Request, json_reply

_ERRORS = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
MOST_PER_PAGE = 100
PER_PAGE = 10


class Refusal(ValueError):
    """The request breaks a rule; carries Instantly's refusal."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.reply = error(status, message)


def error(status: int, message: str) -> Reply:
    """An error the way Instantly says it."""
    return json_reply(status, {"statusCode": status, "error": _ERRORS.get(status, "Error"), "message": message})


@dataclass(frozen=True, slots=True)
class Text:
    """A text. `pattern` must match all of it; it may be null where `nullable`."""

    pattern: str | None = None
    nullable: bool = False
    choices: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number; a whole one where `whole`."""

    least: float | None = None
    most: float | None = None
    whole: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    """A truth value."""

    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Several:
    """A list of `least` to `most` entries."""

    of: "Rule"
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """An object. `closed` ones have no other fields; others take what fits `rest`."""

    known: Mapping[str, "Rule"]
    required: tuple[str, ...] = ()
    closed: bool = False
    rest: "Rule | None" = None
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Plain:
    """A text, number, truth value or null: what a variable may be."""


Rule = Text | Number | Truth | Several | Fields | Plain


def fault(value: Any, rule: Rule, at: str = "body") -> str | None:
    """Why a value does not fit, in the words of Instantly's validator; None if it fits."""
    if value is None and getattr(rule, "nullable", False):
        return None
    found: str | None = None
    match rule:
        case Text():
            found = _fault_of_text(value, rule, at)
        case Number():
            found = _fault_of_number(value, rule, at)
        case Truth() if not isinstance(value, bool):
            found = f"{at} must be boolean"
        case Plain() if isinstance(value, (dict, list)):
            found = f"{at} must be string,number,boolean,null"
        case Several():
            found = _fault_of_list(value, rule, at)
        case Fields():
            found = _fault_of_object(value, rule, at)
    return found


def _fault_of_text(value: Any, rule: Text, at: str) -> str | None:
    if not isinstance(value, str):
        return f"{at} must be string"
    if rule.choices is not None and value not in rule.choices:
        return f"{at} must be equal to one of the allowed values"
    if rule.pattern is not None and not re.fullmatch(rule.pattern, value):
        return f'{at} must match pattern "{rule.pattern}"'
    return None


def _fault_of_number(value: Any, rule: Number, at: str) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int if rule.whole else (int, float)):
        return f"{at} must be {'integer' if rule.whole else 'number'}"
    if rule.least is not None and value < rule.least:
        return f"{at} must be >= {rule.least:g}"
    if rule.most is not None and value > rule.most:
        return f"{at} must be <= {rule.most:g}"
    return None


def _fault_of_list(value: Any, rule: Several, at: str) -> str | None:
    if not isinstance(value, list):
        return f"{at} must be array"
    if len(value) < rule.least:
        return f"{at} must NOT have fewer than {rule.least} items"
    if rule.most is not None and len(value) > rule.most:
        return f"{at} must NOT have more than {rule.most} items"
    return next((found for n, one in enumerate(value) if (found := fault(one, rule.of, f"{at}/{n}"))), None)


def _fault_of_object(value: Any, rule: Fields, at: str) -> str | None:
    if not isinstance(value, dict):
        return f"{at} must be object"
    missing = next((name for name in rule.required if name not in value), None)
    if missing:
        return f"{at} must have required property '{missing}'"
    if rule.closed and not value.keys() <= rule.known.keys():
        return f"{at} must NOT have additional properties"
    for name, one in value.items():
        own = rule.known.get(name, rule.rest)
        found = fault(one, own, f"{at}/{name}") if own else None
        if found:
            return found
    return None


def checked(request: Request, rule: Fields) -> dict[str, Any]:
    """The request's body.

    Raises:
        Refusal: it does not fit.
    """
    found = fault(request.payload, rule)
    if found:
        raise Refusal(400, found)
    body: dict[str, Any] = request.payload
    return body


def changes(request: Request, rule: Fields) -> dict[str, Any]:
    """The body of a PATCH, which changes something.

    Raises:
        Refusal: it does not fit.
    """
    body = checked(request, rule)
    if not body:
        raise Refusal(400, "body must NOT have fewer than 1 properties")
    return body


def query_id(request: Request, name: str) -> str | None:
    """An id in the query.

    Raises:
        Refusal: it is not one.
    """
    value = request.one(name)
    try:
        return value and str(UUID(value))
    except ValueError:
        raise Refusal(400, f'querystring/{name} must match format "uuid"') from None


def flag(request: Request, name: str) -> bool | None:
    """A truth value in the query.

    Raises:
        Refusal: it is not one.
    """
    value = request.one(name)
    if value not in {None, "true", "false"}:
        raise Refusal(400, f"querystring/{name} must be boolean")
    return None if value is None else value == "true"


def page_of(entries: Sequence[dict[str, Any]], limit: Any, after: str | None, key: str = "id") -> Reply:
    """A page behind the entry that the cursor names. A full page has a cursor, though it may be the last.

    Raises:
        Refusal: limit or cursor are none.
    """
    size = PER_PAGE if limit is None else int(limit) if str(limit).isdecimal() else 0
    if not 1 <= size <= MOST_PER_PAGE:
        raise Refusal(400, f"querystring/limit must be <= {MOST_PER_PAGE}")
    start = 0
    if after:
        start = next((n for n, entry in enumerate(entries, start=1) if entry[key] == after), -1)
        if start < 0:
            raise Refusal(400, "Invalid starting_after")
    page = list(entries[start : start + size])
    cursor = {"next_starting_after": page[-1][key]} if len(page) == size else {}
    return json_reply(200, {"items": page, **cursor})
