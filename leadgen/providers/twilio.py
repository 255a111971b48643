"""Twilio: text messages and calls from a tenant's own account, to people whose consent is on record.

Facts (VENDORS.md section 11): requests are forms, answers JSON only where the path ends in `.json`. There is no
idempotency: a message whose answer was lost is looked for among those sent to the number; a call is left to a person. Every
message and call takes the recorded consent of the one it goes to (TCPA). Messages are billed by segment, calls by the minute
begun; a call's length is known only afterwards, so the most it may take is booked. Error sentences quote numbers: only the
code is passed on. Webhooks stand in `twilio_webhooks.py`.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from pydantic import BaseModel, ValidationError

from leadgen.errors import InputError, VendorRefused
from leadgen.providers.calls import (
    Answer,
    Asks,
    Judgement,
    Lookup,
    Operation,
    Reply,
    Request,
    Usage,
    Vendor,
    Verdict,
)
from leadgen.providers.judging import judge_status, pause_asked
from leadgen.providers.twilio_orders import (
    Consent,
    OutgoingCall,
    TextMessage,
    call_form,
    check_consent,
    message_form,
    most_segments,
)

PER_PAGE = 1_000
MOST_PAGES = 100
CLOCK_SKEW = timedelta(minutes=1)  # between Twilio's clock and ours
KEPT_FOR = timedelta(days=3650)  # what was sent is not sent again
ACCOUNT = "{account}"  # in a path: the account's SID, which stands in the key
SUPPRESS = "Suppress this number: its owner has opted out."
REGISTER = "Register the sender for A2P 10DLC at Twilio, or use a verified toll-free number."


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message at Twilio.

    `status` is accepted, queued, sending, sent, delivered, undelivered, failed or canceled; `segments` 0 where a messaging
    service has not counted them yet; `error_code` why it did not arrive, as 30034 (unregistered sender).
    """

    sid: str
    status: str
    segments: int
    error_code: int | None
    created_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A call at Twilio; `status` is queued at first."""

    sid: str
    status: str


class _Error(BaseModel):
    code: int | None = None


class _Message(BaseModel):
    sid: str
    status: str
    direction: str = ""
    body: str | None = None
    num_segments: int = 0
    error_code: int | None = None
    date_created: str | None = None
    date_sent: str | None = None


class _Call(BaseModel):
    sid: str
    status: str


class _Page(BaseModel):
    messages: list[dict[str, Any]] = []
    next_page_uri: str | None = None


def _account_and_token(key: str) -> tuple[str, str]:
    account, _, token = key.partition(":")
    return account, token or account


def _authorize(key: str) -> tuple[Mapping[str, str], Sequence[tuple[str, str]]]:
    encoded = base64.b64encode(":".join(_account_and_token(key)).encode()).decode()
    return {"Authorization": f"Basic {encoded}"}, ()


def _key_of(credentials: Mapping[str, str]) -> str:
    return f"{credentials['account_sid'].strip()}:{credentials['auth_token'].strip()}"


def _locate(key: str, path: str) -> str:
    return path.replace(ACCOUNT, _account_and_token(key)[0], 1)


VENDOR = Vendor("twilio", _authorize, service="twilio", key_of=_key_of, locate=_locate)


def _is_refused(meaning: str, remedy: str | None = None) -> tuple[Verdict, str, str | None]:
    return Verdict.REFUSED, meaning, remedy


# What a code means, where it says more than its status. https://www.twilio.com/docs/api/errors
_CODES: Mapping[int, tuple[Verdict, str, str | None]] = {
    20003: (Verdict.CREDENTIALS, "the account's SID or token is wrong", None),
    20005: (Verdict.QUOTA, "the account is not active", "Top up or reactivate the account at Twilio."),
    20429: (Verdict.RETRY, "too many requests", None),
    21211: _is_refused("the recipient's number is not valid"),
    21408: _is_refused("the account may not send to this country", "Allow the country at Twilio."),
    21606: _is_refused("the sender's number cannot send text messages", "Use a number of the account that can."),
    21610: _is_refused("the recipient has opted out", SUPPRESS),
    21614: _is_refused("the recipient's number is not a mobile one"),
    30034: _is_refused("the sender is not registered for A2P 10DLC", REGISTER),
}


def is_opted_out(refused: VendorRefused) -> bool:
    """Whether a refusal means that the recipient has opted out: suppress the number."""
    return refused.vendor == VENDOR.name and refused.remedy == SUPPRESS


def _judge(reply: Reply) -> Judgement:
    if reply.status < HTTPStatus.BAD_REQUEST:
        return judge_status(reply)
    try:
        code = _Error.model_validate(reply.json()).code
    except ValidationError:
        code = None
    known = _CODES.get(code or 0)
    if known is None:
        return judge_status(reply, f"code {code} (HTTP {reply.status})" if code else "")
    verdict, meaning, remedy = known
    pause = pause_asked(reply) if verdict is Verdict.RETRY else None
    return Judgement(verdict, f"{meaning} ({code})", pause, remedy)


def _judge_lookup(reply: Reply) -> Judgement:
    return Judgement(Verdict.MISS) if reply.status == HTTPStatus.NOT_FOUND else _judge(reply)


def _segments(count: int) -> tuple[Usage, ...]:
    return (Usage("segment", Decimal(count)),)


def _charge_message(reply: Reply) -> tuple[Usage, ...]:
    """The segments that Twilio counted; where a messaging service counts them later, those of the text."""
    if reply.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
        return ()
    try:
        message = _Message.model_validate(reply.json())
    except ValidationError:
        return ()
    return _segments(message.num_segments or most_segments(message.body or ""))


SEND_MESSAGE = Operation(
    vendor=VENDOR,
    name="send_message",
    judge=_judge,
    charge=_charge_message,
    expected=_segments(1),
    time_to_live=KEPT_FOR,
    acts_on_world=True,
    is_private=True,
)
CALL = Operation(
    vendor=VENDOR,
    name="call",
    judge=_judge,
    charge=lambda _reply: (),
    expected=(Usage("minute", Decimal(1)),),
    time_to_live=KEPT_FOR,
    acts_on_world=True,
    is_private=True,
)
MESSAGE = Operation(
    vendor=VENDOR,
    name="message",
    judge=_judge_lookup,
    charge=lambda _reply: (),
    expected=(),
    time_to_live=timedelta(0),
    is_private=True,
)
MESSAGES = replace(MESSAGE, name="messages", judge=_judge)
_MESSAGES_PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


class Twilio:
    """Text messages and calls of a tenant's own account."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def send_message(
        self, message: TextMessage, consent: Consent, *, purpose: str, decided_at: datetime
    ) -> Answer[SentMessage]:
        """Sends a text message to someone who has consented to it.

        `purpose` is our id of the message: under the same one it is sent once. `decided_at` is when it was decided on, the
        same in every rerun: the same words sent to that number since then are this message, should its answer be lost.

        Raises:
            InputError: the consent is for another channel or younger than the decision; a number, the text or the sender
                is not one.
            VendorRefused: `is_opted_out` says whether the number is to be suppressed.
            VendorError: as `Asks.ask`.
        """
        check_consent(consent, "sms", decided_at)
        form = message_form(message)
        operation = replace(SEND_MESSAGE, expected=_segments(most_segments(message.body)))
        request = Request("POST", _MESSAGES_PATH, form=form).for_purpose(purpose)
        return await self._asks.ask(operation, request, _read_message, find=self._finding(message, decided_at))

    async def call(
        self, call: OutgoingCall, consent: Consent, *, purpose: str, decided_at: datetime
    ) -> Answer[PlacedCall]:
        """Rings someone who has consented to it. `purpose` and `decided_at` as in `send_message`.

        Raises:
            InputError: as `send_message`.
            OutcomeUnclear: an answer was lost; nobody is rung twice unless a person says so.
            VendorError: as `Asks.ask`.
        """
        check_consent(consent, "voice", decided_at)
        minutes = (Usage("minute", Decimal(call.most_minutes)),)
        operation = replace(
            CALL, expected=minutes, charge=lambda reply: minutes if reply.status == HTTPStatus.CREATED else ()
        )
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
        request = Request("POST", path, form=call_form(call)).for_purpose(purpose)
        return await self._asks.ask(operation, request, _read_call)

    async def message(self, sid: str) -> Answer[SentMessage]:
        """What became of a message; a miss where the account has none of that SID. Free and never stored.

        Raises:
            InputError: no SID of a message.
            VendorError: as `Asks.ask`.
        """
        if not re.fullmatch(r"[SM]M[0-9a-zA-Z]+", sid):
            raise InputError("This is not the SID of a Twilio message.")
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json"
        return await self._asks.ask(MESSAGE, Request("GET", path), _read_message)

    async def messages_to(
        self, to: str, *, sender: str | None = None, sent_since: date | None = None
    ) -> tuple[SentMessage, ...]:
        """The messages to a number, the youngest first. `sent_since` (UTC) leaves out those still waiting to be sent.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return tuple(_read_message(entry) for entry in await self._list(to, sender, sent_since))

    async def _list(self, to: str, sender: str | None, sent_since: date | None) -> list[dict[str, Any]]:
        query = [("To", to), ("PageSize", str(PER_PAGE))]
        if sender:
            query.append(("From", sender))
        if sent_since:
            query.append(("DateSent>", sent_since.isoformat()))
        request = Request("GET", _MESSAGES_PATH, query=tuple(query))
        found: list[dict[str, Any]] = []
        for _ in range(MOST_PAGES):
            page = (await self._asks.ask(MESSAGES, request, _Page.model_validate)).value
            if page is None:
                break
            found.extend(page.messages)
            if not page.next_page_uri:
                break
            following = urlsplit(page.next_page_uri)
            request = Request("GET", following.path, query=tuple(parse_qsl(following.query)))
        return found

    def _finding(self, message: TextMessage, decided_at: datetime) -> Lookup:
        """Looks for a message whose answer was lost. Those still queued have no date of sending: all are looked at."""

        async def find() -> Reply | None:
            for entry in await self._list(message.to, message.sender, None):
                sent = _Message.model_validate(entry)
                created_at = _moment(sent.date_created)
                if (
                    sent.direction.startswith("outbound")
                    and created_at is not None
                    and created_at >= decided_at - CLOCK_SKEW
                    and _letters(sent.body or "").endswith(_letters(message.body))
                ):
                    return Reply(HTTPStatus.CREATED, orjson.dumps(entry).decode())
            return None

        return find


def _letters(text: str) -> str:
    """What is left of a text however Twilio rewrote it: it replaces typographic signs, and trial accounts add a preface."""
    return "".join(letter for letter in text if letter.isascii() and letter.isalnum())


def _read_message(body: Any) -> SentMessage:
    message = _Message.model_validate(body)
    return SentMessage(
        sid=message.sid,
        status=message.status,
        segments=message.num_segments,
        error_code=message.error_code,
        created_at=_moment(message.date_created),
        sent_at=_moment(message.date_sent),
    )


def _read_call(body: Any) -> PlacedCall:
    call = _Call.model_validate(body)
    return PlacedCall(call.sid, call.status)


def _moment(text: str | None) -> datetime | None:
    return parsedate_to_datetime(text) if text else None
