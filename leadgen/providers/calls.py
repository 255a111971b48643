"""The vocabulary of an outside call: what is asked, what comes back, what it means and what it costs.

A vendor's file describes its operations with these values; `client.py` carries them out. No input or output
here.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any, Generic, Literal, Protocol, TypeVar

import orjson

from leadgen.settings import VendorSettings

T = TypeVar("T")
KeyOwner = Literal["platform", "organization"]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request without its key. `query` keeps repeated names; `body` is JSON, `form` a form instead of it.

    `purpose` tells apart what rightly is asked twice in the same words (the id of the email that is sent); it is part of
    the fingerprint and does not leave this machine.
    """

    method: Literal["GET", "POST", "PUT", "DELETE", "PATCH"]
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    form: tuple[tuple[str, str], ...] | None = None
    purpose: str = ""

    def with_header(self, name: str, value: str) -> "Request":
        """The same request with one header more."""
        return replace(self, headers={**self.headers, name: value})

    def for_purpose(self, purpose: str) -> "Request":
        """The same request, told apart from others like it."""
        return replace(self, purpose=purpose)


@dataclass(frozen=True)
class Reply:
    """What came back over the wire. Header names are lower case."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The body as JSON, or None where it is not JSON (an empty body, a proxy's HTML page)."""
        return self._json

    @cached_property
    def _json(self) -> Any:  # judge, charge and read each look at it; it is parsed once
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


class NoAnswer(Exception):
    """The wire gave no reply. `sent` says whether the request may have arrived (and may be billed)."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class Verdict(Enum):
    """What a reply means for the call."""

    ANSWER = "answer"
    MISS = "miss"  # the vendor knows nothing: an answer too, stored like one
    RETRY = "retry"  # a passing fault: again, after a pause
    REFUSED = "refused"  # this request will never pass
    CREDENTIALS = "credentials"  # no request with this key will pass
    QUOTA = "quota"  # no request will pass until the vendor's period turns


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the vendor's reason (no personal data) and, where it gave one, the pause it asks for in
    seconds.

    `remedy` says what a person can do where this vendor's own rule knows it better than the verdict alone.
    """

    verdict: Verdict
    message: str = ""
    retry_after_seconds: float | None = None
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """A quantity in the vendor's unit; the unit's price stands in the vendor's settings."""

    unit: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Told:
    """What a reply says of one window of the vendor's limits: of `limit` requests in `window_seconds`, `remaining` are left.

    `resets_in_seconds`: until the window is empty again.
    """

    window_seconds: float
    limit: int
    remaining: int
    resets_in_seconds: float


def _api_key(credentials: Mapping[str, str]) -> str:
    return credentials["api_key"]


def _tells_nothing(_reply: Reply) -> Sequence[Told]:
    return ()


@dataclass(frozen=True, slots=True)
class Vendor:
    """One outside service: its name in settings and ledger, and how a key is presented.

    authorize  gives (headers, query pairs) for a key; a key goes into the query only where the vendor takes no header
    service    its name in `api_credentials`, where tenants keep keys of their own; None: there are no own keys
    key_of     the key, as one string, out of a tenant's credentials
    locate     completes the path with what is in the key (an account's id): (key, path) -> path
    told       what a reply's headers say of the limits: they correct our own count
    is_one_service  False where every call goes to somebody else (websites): one failing says nothing of the next
    """

    name: str
    authorize: Callable[[str], tuple[Mapping[str, str], Sequence[tuple[str, str]]]]
    service: str | None = None
    key_of: Callable[[Mapping[str, str]], str] = _api_key
    locate: Callable[[str, str], str] | None = None
    told: Callable[[Reply], Sequence[Told]] = _tells_nothing
    is_one_service: bool = True


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of call to one vendor, with its rules.

    judge         what a reply means
    charge        what a reply was billed for, in the vendor's units (nothing for what the vendor gives free)
    expected      the most one call can cost: reserved before it is made
    time_to_live  how long the answer may be used again; zero stores nothing
    miss_time_to_live  the same for a miss
    version       part of the fingerprint: change it when the same request would give another answer or price
    limit_scope   calls of the same scope share the vendor's limits (default: the whole vendor)
    acts_on_world True for calls that do something (send, activate): never repeated after an unclear end
    idempotency_header  where the vendor recognises a repetition by itself: the header that carries the fingerprint; such a
                  call is repeated after an unclear end, whatever it does, within `idempotent_for`
    is_private    True where question or answer are a tenant's own: never shared, whoever's key has bought it
    """

    vendor: Vendor
    name: str
    judge: Callable[[Reply], Judgement]
    charge: Callable[[Reply], Sequence[Usage]]
    expected: Sequence[Usage]
    time_to_live: timedelta
    miss_time_to_live: timedelta | None = None
    version: str = "1"
    limit_scope: str | None = None
    acts_on_world: bool = False
    idempotency_header: str | None = None
    idempotent_for: timedelta = timedelta(hours=20)  # vendors remember a key for a day; a margin for clocks and retries
    is_private: bool = False

    def repeatable_for(self, expected_micros: int, dear_micros: int) -> timedelta | None:
        """How long a call whose end is not known may be made again: None for ever, zero never.

        What only reads may be repeated while it is cheap, and is counted each time; what acts on the world only while its
        vendor recognises the repetition. The rest waits for a lookup, or for a person.
        """
        if self.idempotency_header:
            return self.idempotent_for
        return timedelta(0) if self.acts_on_world or expected_micros >= dear_micros else None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a value comes from: enough to find the stored answer and its price."""

    vendor: str
    operation: str
    call_id: int
    fetched_at: datetime
    cached: bool


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A vendor's answer, read. `value` is None where the vendor knows nothing."""

    value: T | None
    receipt: Receipt


# Puts a request on the wire with a key and returns whatever came back, the vendor's errors included; else
# raises NoAnswer.
Sender = Callable[[Request, VendorSettings, str], Awaitable[Reply]]

# Looks up whether a call whose answer was lost was carried out: the reply as it would have come, None where it was not.
Lookup = Callable[[], Awaitable[Reply | None]]


class Asks(Protocol):
    """What a vendor's file needs of the client: one call made, paid, stored and judged."""

    async def ask(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        *,
        send: Sender | None = None,
        find: Lookup | None = None,
    ) -> Answer[T]:
        """Carries out one call.

        `read` turns the JSON of an ANSWER into our value; on a MISS it is not called and the value is None.
        `send` is how the request goes over the wire where plain HTTP will not do. `find` looks up what became of a
        call of an earlier attempt or run whose answer was lost; without it the operation's rule decides.

        Raises:
            OutcomeUnclear: an earlier call may have been carried out, nobody can look it up, and it may not be repeated.
        """
        ...


def fingerprint(operation: Operation, request: Request, whose: str) -> bytes:
    """sha256 over vendor, operation, version, whose answer it is, and the request in one canonical spelling.

    `whose` is "platform" for what every tenant may share, else the organization's id.
    """
    canonical = orjson.dumps(
        [
            operation.vendor.name,
            operation.name,
            operation.version,
            whose,
            request.method,
            request.path,
            sorted(request.query),
            request.body,
            sorted((name.lower(), value) for name, value in request.headers.items()),
            *([sorted(request.form)] if request.form is not None else []),
            *([request.purpose] if request.purpose else []),
        ],
        option=orjson.OPT_SORT_KEYS,
    )
    return hashlib.sha256(canonical).digest()
