"""One visit to an IMAP server. Blocking: it runs in a thread of its own.

It stands on the standard library's imaplib: the one asyncio client that is kept up (aioimaplib) is under the GPL, and a visit
is short. imaplib would resolve the host again by itself; here it is given the socket that was checked.
"""

import base64
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Literal

from leadgen.providers.calls import NoAnswer
from leadgen.providers.mailbox.address import MailServer, Unusable
from leadgen.providers.mailbox.folders import encoded, folders_of, quoted, sent_folder

MOST_BYTES = 1_000_000  # of one message: attachments are cut off
_CODE = re.compile(rb"\[([A-Z-]+)")
_ATOM = re.compile(r"[\w@.+-]+", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Security = Literal["tls", "starttls", "none"]


class Refusal(Exception):
    """The server has answered NO or BAD. `code` is its response code (RFC 5530), as AUTHENTICATIONFAILED; empty: none."""

    def __init__(self, stage: str, code: str) -> None:
        super().__init__(stage)
        self.stage = stage
        self.code = code


@dataclass(frozen=True, slots=True)
class Found:
    """Where a search ended: `uid` None, nothing was found."""

    uid: int | None
    internal_date: datetime | None = None


class _GivenSocket(imaplib.IMAP4):
    """imaplib over a socket that is connected already."""

    def __init__(self, connected: socket.socket, host: str, tls: ssl.SSLContext | None, timeout_seconds: float) -> None:
        self._connected = connected
        self._tls = tls
        super().__init__(host, timeout=timeout_seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        self._connected.settimeout(timeout)
        if self._tls is None:
            return self._connected
        return self._tls.wrap_socket(self._connected, server_hostname=self.host)


class ImapSession:
    """A visit, signed in. Use as `with ImapSession(...) as session:`.

    Raises:
        Unusable: no TLS that can be trusted, or no way to sign in.
        Refusal: the server says no; `login` is the stage where it does not let us in.
        NoAnswer: the connection broke. `sent` is true only where a message was being filed.
    """

    def __init__(
        self,
        connected: socket.socket,
        server: MailServer,
        security: Security,
        tls: ssl.SSLContext,
        timeout_seconds: float,
    ) -> None:
        self._socket = connected
        self._server = server
        self._security = security
        self._tls = tls
        self._timeout = timeout_seconds
        self._imap: imaplib.IMAP4 | None = None

    def __enter__(self) -> "ImapSession":
        try:
            with _told("greeting"):
                over_tls = self._tls if self._security == "tls" else None
                self._imap = _GivenSocket(self._socket, self._server.host, over_tls, self._timeout)
                if self._security == "starttls":
                    self._encrypt(self._imap)
            self._sign_in(self._imap)
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._leave()

    def folders(self) -> dict[str, Any]:
        """All folders, and the one of sent mail."""
        found = folders_of(self._list())
        return {"folders": [folder.name for folder in found], "sent_folder": sent_folder(found)}

    def fetch_since(
        self, folder: str, uid_validity: int | None, last_uid: int, limit: int, since: date | None
    ) -> dict[str, Any]:
        """The messages above `last_uid`, the lowest first; all that the folder has where it was numbered anew."""
        valid = self._examine(folder)
        is_renumbered = uid_validity is not None and uid_validity != valid
        start = 0 if uid_validity != valid else last_uid
        criteria = f"UID {start + 1}:*"
        if since is not None and start == 0:
            criteria += f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        # n:* names the last message even where its number is below n
        uids = sorted(uid for uid in self._search(criteria) if uid > start)
        chosen = uids[:limit]
        messages = self._messages(chosen)
        return {
            "uid_validity": valid,
            "last_uid": chosen[-1] if chosen else start,
            "has_more": len(uids) > len(chosen),
            "is_renumbered": is_renumbered,
            "messages": messages,
        }

    def find_sent(self, message_id: str) -> Found:
        """The message of an id in the folder of sent mail.

        Raises:
            Refusal: there is no such folder: nothing is known.
        """
        self._examine(self._sent_folder())
        uids = self._search(f"HEADER Message-ID {quoted(message_id)}")
        if not uids:
            return Found(None)
        [message] = self._messages(uids[-1:], only_header=True) or [{"internal_date": None}]
        moment = message["internal_date"]
        return Found(uids[-1], datetime.fromisoformat(moment) if moment else None)

    def file_sent(self, text: bytes) -> str:
        """Puts a message into the folder of sent mail, as read, and names the folder."""
        folder = self._sent_folder()
        with _told("append", acts=True):
            kind, data = self._open.append(quoted(encoded(folder)), "(\\Seen)", "", text)
        _require_ok(kind, data, "append")
        return folder

    @property
    def _open(self) -> imaplib.IMAP4:
        if self._imap is None:
            raise RuntimeError("the session is not open")
        return self._imap

    def _encrypt(self, imap: imaplib.IMAP4) -> None:
        if "STARTTLS" not in imap.capabilities:
            raise Unusable("the server offers no TLS")
        imap.starttls(self._tls)

    def _sign_in(self, imap: imaplib.IMAP4) -> None:
        name, password = self._server.username, self._server.password
        with _told("login"):
            if "AUTH=PLAIN" in imap.capabilities:
                imap.authenticate("PLAIN", lambda _challenge: f"\0{name}\0{password}".encode())
            elif "LOGINDISABLED" in imap.capabilities or not (name + password).isascii():
                raise Unusable("the server offers no way to sign in")
            else:
                imap.login(name if _ATOM.fullmatch(name) else quoted(name), password)  # it quotes the password itself

    def _leave(self) -> None:
        try:
            if self._imap is not None:
                self._imap.logout()
        except (imaplib.IMAP4.error, OSError):
            self._hang_up()  # all is done, or broken: how it is left does not matter
        finally:
            self._socket.close()

    def _hang_up(self) -> None:
        """Frees what a farewell would have freed."""
        if self._imap is not None:
            with suppress(OSError):
                self._imap.shutdown()

    def _list(self) -> list[Any]:
        with _told("list"):
            kind, data = self._open.list('""', '"*"')
        _require_ok(kind, data, "list")
        return data

    def _sent_folder(self) -> str:
        name = sent_folder(folders_of(self._list()))
        if name is None:
            raise Refusal("folder", "NONEXISTENT")
        return name

    def _examine(self, folder: str) -> int:
        """Opens a folder for reading and gives its UIDVALIDITY."""
        with _told("folder"):
            kind, data = self._open.select(quoted(encoded(folder)), readonly=True)
            _require_ok(kind, data, "folder")
            _, valid = self._open.response("UIDVALIDITY")
        if not valid or valid[0] is None:
            raise Refusal("folder", "NOUIDVALIDITY")
        return int(valid[0])

    def _search(self, criteria: str) -> list[int]:
        with _told("search"):
            kind, data = self._open.uid("SEARCH", criteria)
        _require_ok(kind, data, "search")
        return [int(uid) for line in data if line for uid in line.split()]

    def _messages(self, uids: list[int], *, only_header: bool = False) -> list[dict[str, Any]]:
        if not uids:
            return []
        body = "BODY.PEEK[HEADER]" if only_header else f"BODY.PEEK[]<0.{MOST_BYTES}>"
        with _told("fetch"):
            numbers = ",".join(map(str, uids))
            kind, data = self._open.uid("FETCH", numbers, f"(UID FLAGS INTERNALDATE RFC822.SIZE {body})")
        _require_ok(kind, data, "fetch")
        found = {message["uid"]: message for message in _fetched(data)}
        return [found[uid] for uid in uids if uid in found]  # a message may have been deleted meanwhile


def _fetched(data: list[Any]) -> Iterator[dict[str, Any]]:
    """The messages of a FETCH as imaplib hands them on: what stands before a literal, the literal, what comes after."""
    for index, part in enumerate(data):
        if not isinstance(part, tuple):
            continue
        following = data[index + 1] if index + 1 < len(data) else b""
        about = part[0] + b" " + (following if isinstance(following, bytes) else b"")
        uid, size = (re.search(pattern, about) for pattern in (rb"\bUID (\d+)", rb"\bRFC822\.SIZE (\d+)"))
        if uid is None or b"BODY[" not in about:
            continue
        flags = re.search(rb"\bFLAGS \(([^)]*)\)", about)
        raw: bytes = part[1]
        yield {
            "uid": int(uid[1]),
            "flags": flags[1].decode("ascii", "replace").split() if flags else [],
            "internal_date": _internal_date(about),
            "is_cut": size is not None and int(size[1]) > len(raw) and b"BODY[]" in about,
            "raw": base64.b64encode(raw).decode(),
        }


def _internal_date(about: bytes) -> str | None:
    match = re.search(rb'INTERNALDATE "\s*(\d+)-(\w{3})-(\d{4}) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)"', about)
    if match is None:
        return None
    day, month, year, time, hours, minutes = (part.decode() for part in match.groups())
    moment = f"{year}-{_MONTHS.index(month.title()) + 1:02d}-{int(day):02d}T{time}{hours}:{minutes}"
    return datetime.fromisoformat(moment).astimezone(UTC).isoformat()


def _require_ok(kind: str, data: list[Any], stage: str) -> None:
    if kind != "OK":
        last = data[-1] if data else b""
        raise Refusal(stage, _code(last if isinstance(last, bytes) else b""))


def _code(text: bytes) -> str:
    match = _CODE.search(text)
    return match[1].decode() if match else ""


@contextmanager
def _told(stage: str, *, acts: bool = False) -> Iterator[None]:
    """Turns what can go wrong into the errors that `ImapSession` names. The server's own words may quote a person's data."""
    try:
        yield
    except imaplib.IMAP4.abort as error:
        raise NoAnswer(f"the connection broke at {stage}", sent=acts) from error
    except imaplib.IMAP4.error as error:
        said = error.args[0] if error.args else b""
        raise Refusal(stage, _code(said if isinstance(said, bytes) else str(said).encode())) from None
    except ssl.SSLCertVerificationError:
        raise Unusable("the server's certificate is not valid for its name") from None
    except OSError as error:
        raise NoAnswer(f"{type(error).__name__} at {stage}", sent=acts) from None
