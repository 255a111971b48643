"""Reading a tenant's own mailbox over IMAP, and filing there what was sent.

Facts (RFC 3501, 5530): a folder's messages have numbers that only grow; where its UIDVALIDITY changes all are numbered anew
and the cursor begins again, so who reads it knows messages by their Message-ID. Nothing is marked as read. An answer's
response code says why something failed; its words may quote addresses, so they are not passed on.
"""

import asyncio
import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from leadgen.errors import InputError
from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Vendor, Verdict
from leadgen.providers.mailbox.address import RECONNECT, Unusable, key_of, server_of
from leadgen.providers.mailbox.dial import Dial
from leadgen.providers.mailbox.imap_session import Found, ImapSession, Refusal, Security
from leadgen.settings import VendorSettings

MOST_AT_ONCE = 100
KEPT_FOR = timedelta(days=3650)  # what was filed is not filed again
_LATER = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"})


class _Trouble(BaseModel):
    """Why there is no answer, as the sender below tells it. `stage`: setup, greeting, login, folder, search, ..."""

    stage: str = ""
    code: str = ""
    reason: str = ""


class _Message(BaseModel):
    uid: int
    flags: list[str] = []
    internal_date: datetime | None = None
    is_cut: bool = False
    raw: str


class _Batch(BaseModel):
    uid_validity: int
    last_uid: int
    has_more: bool
    is_renumbered: bool
    messages: list[_Message]


class _Found(BaseModel):
    uid: int | None = None
    date: str = ""


class _State(BaseModel):
    folders: list[str]
    sent_folder: str | None


class _Filed(BaseModel):
    folder: str


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """One message as it came. `raw` is RFC 5322's text; `is_cut`: it was larger than a million bytes and ends early.

    `internal_date` is when the server got it; None where it does not say.
    """

    uid: int
    raw: bytes = field(repr=False)
    internal_date: datetime | None
    flags: tuple[str, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class MessageBatch:
    """Messages of a folder, the oldest first, and the cursor to go on from: `uid_validity` with `last_uid`.

    `has_more`: there are more already. `is_renumbered`: the given cursor meant nothing any more, and reading began again.
    """

    messages: tuple[ReceivedMessage, ...]
    uid_validity: int
    last_uid: int
    has_more: bool
    is_renumbered: bool


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message in the folder of sent mail. `date` is when it was filed there, in RFC 5322's form."""

    uid: int
    date: str


@dataclass(frozen=True, slots=True)
class MailboxState:
    """A mailbox that has let us in. `sent_folder`: None where none is known as such."""

    folders: tuple[str, ...]
    sent_folder: str | None


def _judge(reply: Reply) -> Judgement:
    if reply.status == HTTPStatus.OK:
        return Judgement(Verdict.ANSWER)
    try:
        trouble = _Trouble.model_validate(reply.json())
    except ValidationError:
        trouble = _Trouble()
    if trouble.stage == "setup":
        return Judgement(Verdict.CREDENTIALS, trouble.reason, remedy=RECONNECT)
    reason = f"IMAP {trouble.code or 'NO'} at {trouble.stage or 'an unknown stage'}"
    if trouble.code in _LATER or trouble.stage == "greeting":
        return Judgement(Verdict.RETRY, reason)
    if trouble.stage == "login":
        return Judgement(Verdict.CREDENTIALS, reason, remedy=RECONNECT)
    if trouble.code == "OVERQUOTA":
        return Judgement(Verdict.REFUSED, reason, remedy="The mailbox is full.")
    return Judgement(Verdict.REFUSED, reason)


def _judge_search(reply: Reply) -> Judgement:
    judgement = _judge(reply)
    if judgement.verdict is Verdict.ANSWER and _Found.model_validate(reply.json()).uid is None:
        return Judgement(Verdict.MISS)
    return judgement


VENDOR = Vendor(
    "imap",
    lambda _key: ({}, ()),
    service="imap",
    key_of=lambda credentials: key_of("imap", credentials),
    is_one_service=False,  # each tenant has a server of its own
)
FETCH = Operation(
    vendor=VENDOR,
    name="fetch",
    judge=_judge,
    charge=lambda _reply: (),
    expected=(),
    time_to_live=timedelta(0),
    is_private=True,
)
TEST = replace(FETCH, name="test")
FIND = replace(FETCH, name="find", judge=_judge_search)
FILE = replace(FETCH, name="file", time_to_live=KEPT_FOR, acts_on_world=True)


class Imap:
    """A tenant's mailbox as a reader."""

    def __init__(self, asks: Asks, *, dial: Dial | None = None) -> None:
        self._asks = asks
        self._dial = dial or Dial()

    async def fetch_since(
        self,
        folder: str = "INBOX",
        uid_validity: int | None = None,
        last_uid: int = 0,
        limit: int = 50,
        *,
        since: date | None = None,
    ) -> Answer[MessageBatch]:
        """The messages that came after a cursor, at most `limit` of them. None is marked as read.

        Without a cursor (`uid_validity` None), or where the folder was numbered anew, it begins with the first message, or
        with those of the day `since`. The cursor of the answer is the next question's.

        Raises:
            InputError: `limit` is not 1 to 100, or the folder's name holds a control character.
            VendorRefused: there is no such folder.
            VendorError: as `Asks.ask`.
        """
        if not 1 <= limit <= MOST_AT_ONCE:
            raise InputError(f"A batch holds 1 to {MOST_AT_ONCE} messages, not {limit}.")
        if not folder or not folder.isprintable():
            raise InputError("This is not the name of a folder.")
        asked = {
            "folder": folder,
            "uid_validity": uid_validity,
            "last_uid": last_uid,
            "limit": limit,
            "since": since.isoformat() if since else None,
        }
        send = self._sender(lambda session: session.fetch_since(folder, uid_validity, last_uid, limit, since))
        return await self._asks.ask(FETCH, Request("POST", "/fetch", body=asked), _read_batch, send=send)

    async def find_sent(self, message_id: str) -> Answer[FoundMessage]:
        """The message of an id in the folder of sent mail; a miss where it is not there.

        Raises:
            InputError: it is no message id.
            VendorRefused: there is no folder of sent mail, so nothing is known.
            VendorError: as `Asks.ask`.
        """
        _check_id(message_id)
        request = Request("POST", "/find", body={"message_id": message_id})
        return await self._asks.ask(
            FIND, request, _read_found, send=self._sender(lambda session: _found(session.find_sent(message_id)))
        )

    async def file_sent(self, text: bytes, message_id: str) -> Answer[str]:
        """Puts a message into the folder of sent mail once, and names the folder. A lost answer is looked up.

        Raises:
            InputError: it is no message id.
            VendorRefused: there is no folder of sent mail, or the mailbox is full.
            VendorError: as `Asks.ask`.
        """
        _check_id(message_id)
        described = {"message_id": message_id, "sha256": hashlib.sha256(text).hexdigest()}
        request = Request("POST", "/file", body=described).for_purpose(message_id)

        async def find() -> Reply | None:
            found = (await self.find_sent(message_id)).value
            return None if found is None else Reply(HTTPStatus.OK, _Filed(folder="").model_dump_json())

        send = self._sender(lambda session: {"folder": session.file_sent(text)})
        return await self._asks.ask(FILE, request, _read_filed, send=send, find=find)

    async def test_connection(self) -> Answer[MailboxState]:
        """Signs in and lists the folders: whether the credentials are right.

        Raises:
            CredentialsRejected: they are not, or the server may not be connected to.
            VendorError: as `Asks.ask`.
        """
        send = self._sender(ImapSession.folders)
        return await self._asks.ask(TEST, Request("GET", "/test"), _read_mailbox, send=send)

    def _sender(self, work: Callable[[ImapSession], Any]) -> Callable[..., Any]:
        """Visits the server for one piece of work."""

        async def send(_request: Request, settings: VendorSettings, key: str) -> Reply:
            try:
                server = server_of(key, "imap", settings.base_url)
                connection = await self._dial.connect(server, settings.base_url, settings.timeout_seconds)
                security: Security = "tls" if server.is_encrypted else "starttls"
                if connection.is_sandbox:
                    security = "tls" if settings.base_url.startswith("imaps:") else "none"
                session = ImapSession(connection.socket, server, security, self._dial.tls, settings.timeout_seconds)
                return Reply(HTTPStatus.OK, orjson.dumps(await asyncio.to_thread(_visit, session, work)).decode())
            except Unusable as unusable:
                trouble = _Trouble(stage="setup", reason=str(unusable))
            except Refusal as refusal:
                trouble = _Trouble(stage=refusal.stage, code=refusal.code)
            return Reply(HTTPStatus.BAD_REQUEST, trouble.model_dump_json())

        return send


def _visit(session: ImapSession, work: Callable[[ImapSession], Any]) -> Any:
    with session:
        return work(session)


def _found(found: Found) -> dict[str, Any]:
    return {"uid": found.uid, "date": format_datetime(found.internal_date or datetime.now(UTC))}


def _check_id(message_id: str) -> None:
    if not message_id.isascii() or not message_id.isprintable() or "@" not in message_id:
        raise InputError("This is not a message id.")


def _read_batch(body: Any) -> MessageBatch:
    batch = _Batch.model_validate(body)
    return MessageBatch(
        _messages(batch.messages), batch.uid_validity, batch.last_uid, batch.has_more, batch.is_renumbered
    )


def _messages(found: Sequence[_Message]) -> tuple[ReceivedMessage, ...]:
    return tuple(
        ReceivedMessage(one.uid, base64.b64decode(one.raw), one.internal_date, tuple(one.flags), one.is_cut)
        for one in found
    )


def _read_found(body: Any) -> FoundMessage:
    found = _Found.model_validate(body)
    return FoundMessage(found.uid or 0, found.date)


def _read_filed(body: Any) -> str:
    return _Filed.model_validate(body).folder


def _read_mailbox(body: Any) -> MailboxState:
    state = _State.model_validate(body)
    return MailboxState(tuple(state.folders), state.sent_folder)
