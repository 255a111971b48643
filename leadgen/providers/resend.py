"""Resend: the platform's own mail (sign-in links, notices), sent one by one or in batches, and what became of it.

Facts (VENDORS.md section 10): never for outreach, which its rules forbid; so there are no own keys of tenants either. An
email is recognised by its `Idempotency-Key` for 24 hours: a repetition after a lost answer gives the first one's id. Errors
carry a `name`: 429 is the rate (again later) or the plan's quota (stop), 403 a wrong key or an unverified domain, 409 a key
used for another email or one still at work. Each recipient counts as an email. Webhooks stand in `resend_webhooks.py`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from leadgen.errors import InputError
from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Told, Usage, Vendor, Verdict
from leadgen.providers.judging import billed_when_answered, judge_status, pause_asked

MOST_RECIPIENTS = 50
MOST_IN_BATCH = 100
PER_PAGE = 100
MOST_PAGES = 1_000
RATE_SECONDS = 1.0  # the window that the ratelimit-* headers speak of
KEPT_FOR = timedelta(days=3650)  # what was sent is not sent again

T = TypeVar("T")


def _told(reply: Reply) -> Sequence[Told]:
    """The count of the team's requests in this second: whoever else uses the key is in it."""
    found = [re.match(r"\d+", reply.headers.get(f"ratelimit-{name}", "")) for name in ("limit", "remaining", "reset")]
    limit, remaining, reset = (int(match.group()) if match else None for match in found)
    if limit is None or remaining is None:
        return ()
    return (Told(RATE_SECONDS, limit, remaining, RATE_SECONDS if reset is None else float(reset)),)


VENDOR = Vendor("resend", lambda key: ({"Authorization": f"Bearer {key}"}, ()), told=_told)

_RETRY = frozenset({"rate_limit_exceeded", "concurrent_idempotent_requests", "application_error"})
_QUOTA = frozenset({"daily_quota_exceeded", "monthly_quota_exceeded"})
_CREDENTIALS = frozenset({"missing_api_key", "restricted_api_key", "invalid_api_key"})
_UNVERIFIED = "Verify the sender's domain at Resend; until then it sends to the account's owner only."


class _Error(BaseModel):
    name: str = ""


class _Identified(BaseModel):
    id: str


class _Batch(BaseModel):
    data: list[_Identified]


class _Email(BaseModel):
    id: str
    last_event: str | None = None
    created_at: datetime | None = None
    scheduled_at: datetime | None = None


class _Domain(BaseModel):
    id: str
    name: str
    status: str


class _Suppression(BaseModel):
    id: str
    email: str
    origin: str | None = None
    created_at: datetime | None = None


class _Page(BaseModel):
    data: list[dict[str, Any]] = []
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class SystemEmail:
    """One email of the platform's own.

    `sender` is an address of a verified domain, as `LeadGen <no-reply@leadgen.example>`. Of `text` and `html` one at least
    is given. `tags` are letters, digits, `_` and `-`; the webhooks bring them back.
    """

    sender: str
    to: tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str | None = field(default=None, repr=False)
    html: str | None = field(default=None, repr=False)
    reply_to: tuple[str, ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EmailState:
    """What became of an email. `last_event` is sent, delivered, bounced, complained, ...; None where Resend tells none."""

    email_id: str
    last_event: str | None
    created_at: datetime | None
    scheduled_at: datetime | None


@dataclass(frozen=True, slots=True)
class SenderDomain:
    """A domain to send from. `status` is verified, pending, not_started, failed or temporary_failure."""

    domain_id: str
    name: str
    status: str

    @property
    def is_verified(self) -> bool:
        """Whether mail may be sent from it."""
        return self.status == "verified"


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that Resend sends to no longer. `origin` is bounce, complaint or manual."""

    address: str = field(repr=False)
    origin: str | None
    since: datetime | None


def _judge(reply: Reply) -> Judgement:
    status = reply.status
    if status < HTTPStatus.BAD_REQUEST:
        return judge_status(reply)
    try:
        name = _Error.model_validate(reply.json()).name
    except ValidationError:
        name = ""
    reason = f"{name or 'no reason given'} (HTTP {status})"  # Resend's own sentences may quote addresses
    if name in _QUOTA:
        return Judgement(Verdict.QUOTA, reason, pause_asked(reply))
    if name in _RETRY:
        return Judgement(Verdict.RETRY, reason, pause_asked(reply))
    if name in _CREDENTIALS:
        return Judgement(Verdict.CREDENTIALS, reason)
    if status == HTTPStatus.FORBIDDEN:
        return Judgement(Verdict.REFUSED, reason, remedy=_UNVERIFIED if name == "validation_error" else None)
    return judge_status(reply, reason)


def _judge_lookup(reply: Reply) -> Judgement:
    return Judgement(Verdict.MISS) if reply.status == HTTPStatus.NOT_FOUND else _judge(reply)


def _emails(recipients: int) -> Usage:
    return Usage("email", Decimal(recipients))


SEND = Operation(
    vendor=VENDOR,
    name="send",
    judge=_judge,
    charge=billed_when_answered(_emails(1)),
    expected=(_emails(1),),
    time_to_live=KEPT_FOR,
    acts_on_world=True,
    idempotency_header="Idempotency-Key",
    is_private=True,
)
SEND_BATCH = replace(SEND, name="send_batch")
EMAIL = Operation(
    vendor=VENDOR,
    name="email",
    judge=_judge_lookup,
    charge=lambda _reply: (),
    expected=(),
    time_to_live=timedelta(0),
    is_private=True,
)
DOMAINS = replace(EMAIL, name="domains", judge=_judge)
SUPPRESSIONS = replace(EMAIL, name="suppressions", judge=_judge)


class Resend:
    """The platform's own mail."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def send(self, email: SystemEmail, *, purpose: str) -> Answer[str]:
        """Sends one email and gives its id at Resend. `purpose` is our id of it: under the same one it is sent once.

        Raises:
            InputError: no recipient, more than 50, or nothing to read.
            VendorError: as `Asks.ask`.
        """
        request = Request("POST", "/emails", body=_body(email)).for_purpose(purpose)
        return await self._asks.ask(_costing(SEND, len(email.to)), request, _read_id)

    async def send_batch(self, emails: Sequence[SystemEmail], *, purpose: str) -> Answer[tuple[str, ...]]:
        """Sends up to 100 emails, all or none, and gives their ids in the same order. `purpose` as in `send`.

        Raises:
            InputError: as `send`, or none or more than 100 of them.
            VendorError: as `Asks.ask`.
        """
        if not 1 <= len(emails) <= MOST_IN_BATCH:
            raise InputError(f"A batch holds 1 to {MOST_IN_BATCH} emails, not {len(emails)}.")
        request = Request("POST", "/emails/batch", body=[_body(email) for email in emails]).for_purpose(purpose)
        operation = _costing(SEND_BATCH, sum(len(email.to) for email in emails))
        return await self._asks.ask(operation, request, _read_batch)

    async def email(self, email_id: str) -> Answer[EmailState]:
        """What became of an email; a miss where Resend has none of that id. Free and never stored.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(EMAIL, Request("GET", f"/emails/{quote(email_id, safe='')}"), _read_email)

    async def domains(self) -> tuple[SenderDomain, ...]:
        """The domains of the account, verified or not.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._all(DOMAINS, "/domains", _read_domain)

    async def suppressions(self) -> tuple[Suppression, ...]:
        """The addresses that Resend sends to no longer.

        Raises:
            VendorRefused: the account has not been given this part of the API.
            VendorError: as `Asks.ask`.
        """
        return await self._all(SUPPRESSIONS, "/suppressions", _read_suppression)

    async def _all(self, operation: Operation, path: str, read: Callable[[Any], T]) -> tuple[T, ...]:
        """A list to its end, page by page."""
        found: list[T] = []
        after: tuple[tuple[str, str], ...] = ()
        for _ in range(MOST_PAGES):
            request = Request("GET", path, query=(("limit", str(PER_PAGE)), *after))
            answer = await self._asks.ask(operation, request, lambda body: _read_page(body, read))
            page = answer.value
            if page is None:
                break
            found.extend(page.entries)
            if page.next_after is None:
                break
            after = (("after", page.next_after),)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Entries(Generic[T]):
    entries: tuple[T, ...]
    next_after: str | None


def _costing(operation: Operation, recipients: int) -> Operation:
    usage = _emails(recipients)
    return replace(operation, expected=(usage,), charge=billed_when_answered(usage))


def _body(email: SystemEmail) -> dict[str, Any]:
    if not 1 <= len(email.to) <= MOST_RECIPIENTS:
        raise InputError(f"An email has 1 to {MOST_RECIPIENTS} recipients, not {len(email.to)}.")
    if not (email.text or email.html):
        raise InputError("An email needs a text or an HTML body.")
    optional = {
        "text": email.text,
        "html": email.html,
        "reply_to": list(email.reply_to),
        "headers": dict(email.headers),
        "tags": [{"name": name, "value": value} for name, value in email.tags.items()],
    }
    body = {"from": email.sender, "to": list(email.to), "subject": email.subject}
    return {**body, **{name: value for name, value in optional.items() if value}}


def _read_id(body: Any) -> str:
    return _Identified.model_validate(body).id


def _read_batch(body: Any) -> tuple[str, ...]:
    return tuple(entry.id for entry in _Batch.model_validate(body).data)


def _read_email(body: Any) -> EmailState:
    email = _Email.model_validate(body)
    return EmailState(email.id, email.last_event, email.created_at, email.scheduled_at)


def _read_domain(entry: Any) -> SenderDomain:
    domain = _Domain.model_validate(entry)
    return SenderDomain(domain.id, domain.name, domain.status)


def _read_suppression(entry: Any) -> Suppression:
    suppression = _Suppression.model_validate(entry)
    return Suppression(suppression.email, suppression.origin, suppression.created_at)


def _read_page(body: Any, read: Callable[[Any], T]) -> _Entries[T]:
    page = _Page.model_validate(body)
    last = _Identified.model_validate(page.data[-1]).id if page.has_more and page.data else None
    return _Entries(tuple(read(entry) for entry in page.data), last)
