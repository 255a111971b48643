"""What a simulated vendor is made of: requests, replies, operations, limits. `gate.py` carries them out."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import orjson

Header = tuple[str, str]
Billed = tuple[tuple[str, Decimal], ...]  # (unit, quantity)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request to a vendor.

    `path` is the vendor's own; `values` holds what `{name}` in the operation's path matched. Header names are lower
    case. `payload` is the body as JSON, or None where there is no body or it is not JSON; `body` is as it came.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: Any = None
    values: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def form(self) -> tuple[tuple[str, str], ...]:
        """The body as a form's fields, in their order."""
        return tuple(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))

    def one(self, name: str) -> str | None:
        """The last value of a query parameter, or None."""
        return next((value for key, value in reversed(self.query) if key == name), None)

    def many(self, name: str) -> tuple[str, ...]:
        """All values of a query parameter."""
        return tuple(value for key, value in self.query if key == name)

    def bearer(self) -> str | None:
        """The token of `Authorization: Bearer`, or None."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token else None


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer and what the vendor bills for it."""

    status: int
    body: bytes
    headers: Sequence[Header] = ()
    media_type: str = "application/json"
    billed: Billed = ()


def json_reply(status: int, value: object, *, headers: Sequence[Header] = (), billed: Billed = ()) -> Reply:
    """An answer in JSON."""
    return Reply(status, orjson.dumps(value), headers, "application/json", billed)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `requests` in any `seconds`, for one key: of one operation, or (None) of all together."""

    requests: int
    seconds: float
    operation: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """How much of a limit a key has used, and in how many seconds the oldest use falls out of it."""

    limit: Limit
    used: int
    resets_in_seconds: float


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint. `metered` operations stop when the plan's quota is spent; account and usage questions never do."""

    name: str
    method: str
    path: str
    answer: Callable[[Request], Reply]
    metered: bool = True


def _no_headers(_windows: Sequence[Window]) -> Sequence[Header]:
    return ()


@dataclass(frozen=True, slots=True)
class Vendor:
    """One simulated service.

    key           finds the key where this vendor looks for it
    unauthorized  the refusal of a key (None: there was none)
    unknown       the answer for a path or method that the vendor has not
    throttled     the refusal of a call over a rate limit
    quota_spent   the refusal of a call when the plan is used up
    failure       an injected fault, with a given HTTP status or (None) the vendor's usual one
    rate_headers  what each answer tells about the limits
    key_names     query parameters that carry the key: no part of a request's fingerprint
    telling_headers  request headers that change the answer: part of the fingerprint
    """

    name: str
    operations: tuple[Operation, ...]
    limits: tuple[Limit, ...]
    prices: Mapping[str, Decimal]
    key: Callable[[Request], str | None]
    unauthorized: Callable[[str | None], Reply]
    unknown: Callable[[Request], Reply]
    throttled: Callable[[Operation, Window], Reply]
    quota_spent: Callable[[Operation], Reply]
    failure: Callable[[int | None], Reply]
    rate_headers: Callable[[Sequence[Window]], Sequence[Header]] = _no_headers
    key_names: frozenset[str] = frozenset()
    telling_headers: tuple[str, ...] = ()


def names(text: str) -> frozenset[str]:
    """The words of a text as a set: `names("page per_page")`."""
    return frozenset(text.split())


def path_pattern(path: str) -> re.Pattern[str]:
    """A pattern for a path in which `{name}` stands for one segment."""
    parts = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
    )
