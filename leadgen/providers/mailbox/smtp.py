"""Sending from a tenant's own mailbox over SMTP.

An email is sent once: its Message-ID follows from its purpose, so one whose answer was lost is looked for in the folder of
sent mail, where the server files there what it sends. Where it does not, nobody can look it up: a person decides, and a copy
is filed by us after each email. Facts (RFC 5321, 3207, 3463, 4954): a reply's first digit says whether trying again helps; the
enhanced code after it says why. Replies quote addresses, so only their codes are passed on. No password goes over a
connection without TLS, but to the sandbox.
"""

import asyncio
import json
import re
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import aiosmtplib
import structlog
from pydantic import BaseModel, ValidationError

from leadgen.errors import VendorError
from leadgen.providers.calls import (
    Answer,
    Asks,
    Judgement,
    Lookup,
    NoAnswer,
    Operation,
    Reply,
    Request,
    Vendor,
    Verdict,
)
from leadgen.providers.mailbox.address import RECONNECT, MailServer, Unusable, key_of, server_of
from leadgen.providers.mailbox.dial import Dial
from leadgen.providers.mailbox.imap import Imap
from leadgen.providers.mailbox.message import OutgoingEmail, described, message_id_of, written
from leadgen.settings import VendorSettings

KEPT_FOR = timedelta(days=3650)  # what was sent is not sent again
DATA_PATIENCE = 5  # times the usual timeout: RFC 5321 section 4.5.3.2 gives a server ten minutes after the final dot
LOOKUP_PAUSES_SECONDS = (0.0, 5.0, 15.0, 30.0)  # a server files what it has taken a while after it has taken it
COMPLETED = 250
_LOGIN_CODES = frozenset({432, 530, 534, 535, 538})
_QUOTA_CODES = frozenset({"5.4.5", "5.1.90", "5.2.254"})  # a day's limit at Gmail, Outlook, Exchange
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")

log = structlog.get_logger(__name__)


class _Trouble(BaseModel):
    """What kept an email from leaving, as the sender below tells it. `stage`: setup, login, mail, rcpt, data."""

    stage: str = ""
    code: int = 0
    enhanced: str = ""
    reason: str = ""


class _Sent(BaseModel):
    message_id: str
    response: str = ""
    date: str


@dataclass(frozen=True, slots=True)
class SentEmail:
    """An email that the server has taken. `response` is what it said; servers put their own id of it there."""

    message_id: str
    sent_at: datetime
    response: str


@dataclass(frozen=True, slots=True)
class SmtpState:
    """A server that has let us in. `most_bytes`: the largest email that it takes, None where it does not say."""

    host: str
    is_encrypted: bool
    most_bytes: int | None


def _judge(reply: Reply) -> Judgement:
    if reply.status in {HTTPStatus.OK, COMPLETED}:
        return Judgement(Verdict.ANSWER)
    try:
        trouble = _Trouble.model_validate(reply.json())
    except ValidationError:
        trouble = _Trouble()
    if trouble.stage == "setup":
        return Judgement(Verdict.CREDENTIALS, trouble.reason, remedy=RECONNECT)
    code = trouble.code
    reason = " ".join(part for part in (f"SMTP {code}", trouble.enhanced, f"at {trouble.stage}") if part)
    if code in _LOGIN_CODES or (trouble.stage == "login" and code >= 500):
        return Judgement(Verdict.CREDENTIALS, reason, remedy=RECONNECT)
    if trouble.enhanced in _QUOTA_CODES:
        return Judgement(Verdict.QUOTA, reason, remedy="The mailbox has sent what it may today; it goes on tomorrow.")
    if 400 <= code < 500:
        return Judgement(Verdict.RETRY, reason)
    return Judgement(Verdict.REFUSED, reason)


def _no_charge(_reply: Reply) -> Sequence[Any]:
    return ()


VENDOR = Vendor(
    "smtp",
    lambda _key: ({}, ()),
    service="smtp",
    key_of=lambda credentials: key_of("smtp", credentials),
    is_one_service=False,  # each tenant has a server of its own
)
SEND = Operation(
    vendor=VENDOR,
    name="send",
    judge=_judge,
    charge=_no_charge,
    expected=(),
    time_to_live=KEPT_FOR,
    acts_on_world=True,
    is_private=True,
)
TEST = replace(SEND, name="test", time_to_live=timedelta(0), acts_on_world=False)


class Smtp:
    """A tenant's mailbox as a sender.

    `imap` is the same mailbox as a reader, where the tenant has connected it. `server_files_sent` says that the server puts
    what it sends into the folder of sent mail by itself (`address.files_sent_mail` knows some that do). It must not be said
    of one that does not: what is not found there is taken as not sent.
    """

    def __init__(
        self,
        asks: Asks,
        *,
        imap: Imap | None = None,
        server_files_sent: bool = False,
        dial: Dial | None = None,
        lookup_pauses_seconds: Sequence[float] = LOOKUP_PAUSES_SECONDS,
    ) -> None:
        self._asks = asks
        self._imap = imap
        self._server_files_sent = server_files_sent
        self._dial = dial or Dial()
        self._lookup_pauses = lookup_pauses_seconds

    async def send(self, email: OutgoingEmail, *, purpose: str) -> Answer[SentEmail]:
        """Sends one email. `purpose` is our id of it: under the same one it is sent once.

        Raises:
            InputError: an address is none, there is no text, or a header holds a line break.
            VendorRefused: the server takes no email from this sender or to this recipient; `http_status` is SMTP's code.
            OutcomeUnclear: an answer was lost and the email cannot be looked up.
            VendorError: as `Asks.ask`.
        """
        message_id = message_id_of(email, purpose)
        description = described(email, message_id)
        request = Request("POST", "/send", body=description).for_purpose(purpose)

        async def send(_request: Request, settings: VendorSettings, key: str) -> Reply:
            return await self._session(settings, key, description["sender"], _deliver(description))

        answer = await self._asks.ask(SEND, request, _read_sent, send=send, find=self._finding(message_id))
        if self._imap is not None and not self._server_files_sent and answer.value is not None:
            await _file(self._imap, written(description, answer.value.sent_at), message_id)
        return answer

    async def test_connection(self) -> Answer[SmtpState]:
        """Signs in and leaves again: whether the credentials are right. Nothing is sent.

        Raises:
            CredentialsRejected: they are not, or the server may not be connected to.
            VendorError: as `Asks.ask`.
        """

        async def send(_request: Request, settings: VendorSettings, key: str) -> Reply:
            return await self._session(settings, key, "", _look_around)

        return await self._asks.ask(TEST, Request("GET", "/test"), _read_state, send=send)

    def _finding(self, message_id: str) -> Lookup | None:
        """Looks for an email whose answer was lost, where its absence says that it was not sent."""
        imap = self._imap
        if imap is None or not self._server_files_sent:
            return None

        async def find() -> Reply | None:
            for pause in self._lookup_pauses:
                await asyncio.sleep(pause)
                found = (await imap.find_sent(message_id)).value
                if found is not None:
                    sent = _Sent(message_id=message_id, response="found in the folder of sent mail", date=found.date)
                    return Reply(COMPLETED, sent.model_dump_json())
            return None

        return find

    async def _session(self, settings: VendorSettings, key: str, sender: str, work: "_Work") -> Reply:
        """Connects, signs in and does the work; what goes wrong before something could be sent is told as a reply."""
        try:
            server = server_of(key, "smtp", settings.base_url)
            connection = await self._dial.connect(server, settings.base_url, settings.timeout_seconds)
        except Unusable as unusable:
            return _troubled("setup", reason=str(unusable))
        over_tls = settings.base_url.startswith("smtps:") if connection.is_sandbox else server.is_encrypted
        client = aiosmtplib.SMTP(
            hostname=server.host,
            sock=connection.socket,
            use_tls=over_tls,
            start_tls=False if over_tls else None if connection.is_sandbox else True,
            tls_context=self._dial.tls,
            local_hostname=sender.rpartition("@")[2] or "localhost",
            timeout=settings.timeout_seconds,
        )
        progress = _Progress("setup")
        try:
            return await _at_work(client, server, work, progress)
        except aiosmtplib.SMTPResponseException as refusal:
            if not 400 <= refusal.code < 600:  # nothing that SMTP knows: a break in the middle of a line
                raise NoAnswer(f"no reply of SMTP at {progress.stage}", sent=progress.stage == "data") from None
            return _troubled("greeting" if progress.stage == "setup" else progress.stage, refusal.code, refusal.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            if reason := _hopeless(error, progress.stage):
                return _troubled("setup", reason=reason)
            raise NoAnswer(f"{type(error).__name__} at {progress.stage}", sent=progress.stage == "data") from None
        finally:
            client.close()  # and with it the socket


@dataclass(slots=True)
class _Progress:
    """How far a session has come."""

    stage: str


_Work = Callable[[aiosmtplib.SMTP, MailServer, _Progress], Awaitable[Reply]]


async def _at_work(client: aiosmtplib.SMTP, server: MailServer, work: _Work, progress: _Progress) -> Reply:
    await client.connect()
    progress.stage = "login"
    await client.login(server.username, server.password)
    reply = await work(client, server, progress)
    progress.stage = "quit"
    try:
        await client.quit()
    except (aiosmtplib.SMTPException, OSError):
        log.info("a mail server hung up before it was left")  # all is done: how it is left does not matter
    return reply


def _deliver(description: dict[str, Any]) -> _Work:
    async def deliver(client: aiosmtplib.SMTP, _server: MailServer, progress: _Progress) -> Reply:
        date = datetime.now(UTC).replace(microsecond=0)
        text = written(description, date)
        progress.stage = "mail"
        size = (f"SIZE={len(text)}",) if client.supports_extension("size") else ()
        await client.mail(description["sender"], options=size)
        progress.stage = "rcpt"
        await client.rcpt(description["to"])
        progress.stage = "data"
        response = await client.data(text, timeout=(client.timeout or 60) * DATA_PATIENCE)
        sent = _Sent(message_id=description["message_id"], response=response.message[:200], date=format_datetime(date))
        return Reply(COMPLETED, sent.model_dump_json())

    return deliver


async def _look_around(client: aiosmtplib.SMTP, server: MailServer, _progress: _Progress) -> Reply:
    size = client.esmtp_extensions.get("size", "").strip()
    state = {
        "host": server.host,
        "is_encrypted": client.get_transport_info("sslcontext") is not None,
        "most_bytes": int(size) if size.isdigit() and int(size) else None,
    }
    return Reply(HTTPStatus.OK, json.dumps(state))


def _hopeless(error: Exception, stage: str) -> str | None:
    """Why no call with these credentials will pass, if so: TLS that cannot be trusted, or none; no way to sign in."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "the server's certificate is not valid for its name"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, aiosmtplib.SMTPServerDisconnected | aiosmtplib.SMTPConnectError | aiosmtplib.SMTPTimeoutError):
        return None
    if isinstance(error, aiosmtplib.SMTPException):
        return "the server offers no TLS" if stage == "setup" else "the server offers no way to sign in"
    return None


def _troubled(stage: str, code: int = 0, message: str = "", *, reason: str = "") -> Reply:
    """A refusal as a reply. Of the server's own words only the enhanced code is kept."""
    enhanced = _ENHANCED.match(message.strip())
    trouble = _Trouble(stage=stage, code=code, enhanced=enhanced.group() if enhanced else "", reason=reason)
    return Reply(code or HTTPStatus.BAD_REQUEST, trouble.model_dump_json())


async def _file(imap: Imap, text: bytes, message_id: str) -> None:
    """Puts a copy into the folder of sent mail; the email is sent whether or not that succeeds."""
    try:
        await imap.file_sent(text, message_id)
    except VendorError as error:
        log.warning("a sent email was not filed", reason=error.message)


def _read_sent(body: Any) -> SentEmail:
    sent = _Sent.model_validate(body)
    return SentEmail(sent.message_id, parsedate_to_datetime(sent.date), sent.response)


class _State(BaseModel):
    host: str
    is_encrypted: bool
    most_bytes: int | None


def _read_state(body: Any) -> SmtpState:
    state = _State.model_validate(body)
    return SmtpState(state.host, state.is_encrypted, state.most_bytes)
