"""What the sandbox's SMTP and IMAP servers share: mailboxes, the way out, the certificate, and what goes wrong on request."""

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass, field
from typing import Literal, NoReturn

from leadgen.sandbox.gate import House
from leadgen.sandbox.mail_reactions import Post
from leadgen.sandbox.mail_store import MailStore

LONGEST_LINE = 64 * 1024
LONGEST_MESSAGE = 25 * 1024 * 1024

Stage = Literal["greeting", "login", "mail", "rcpt", "data", "folder", "append"]


class Gone(Exception):
    """The connection is to end, or has ended."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong once, at the next session that comes to this stage.

    answer   what is said, without IMAP's tag: `450 4.2.0 Greylisted`, `NO [UNAVAILABLE] later`; None: the connection breaks
    is_done  where it breaks after a message: whether that was taken all the same
    """

    stage: Stage
    answer: str | None = None
    is_done: bool = False


@dataclass(slots=True)
class Desk:
    """The state of the mail server. `troubles` are a test's, each befalls once; the admin door's faults come on top.

    files_sent    whether what is sent over SMTP is put into the folder of sent mail, as the big providers do
    tls           the certificate to show; None: everything in the clear
    """

    store: MailStore
    post: Post
    house: House
    tls: ssl.SSLContext | None = None
    files_sent: bool = True
    troubles: list[Trouble] = field(default_factory=list)

    def trouble(self, stage: Stage) -> Trouble | None:
        """What goes wrong at this stage now, if anything."""
        found = next((one for one in self.troubles if one.stage == stage), None)
        if found is not None:
            self.troubles.remove(found)
        return found


class Line:
    """A connection on which both sides speak in lines."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._is_broken = False
        self.is_encrypted = writer.get_extra_info("sslcontext") is not None

    async def read_line(self) -> bytes:
        """The next line without its end.

        Raises:
            Gone: the other side has hung up, or does not come to an end.
        """
        try:
            return (await self._reader.readuntil(b"\n")).rstrip(b"\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            raise Gone from None

    async def read_exactly(self, size: int) -> bytes:
        """So many bytes. Raises Gone as `read_line`."""
        try:
            return await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, OSError):
            raise Gone from None

    async def say(self, *lines: str | bytes) -> None:
        """Sends lines."""
        try:
            for line in lines:
                self._writer.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")
            await self._writer.drain()
        except OSError:
            raise Gone from None

    async def encrypt(self, tls: ssl.SSLContext) -> None:
        """Goes on over TLS."""
        self._is_broken = True  # until the handshake is done: one that fails never tells that its connection is closed
        try:
            await self._writer.start_tls(tls)
        except (OSError, EOFError):
            self.break_off()
        self._is_broken = False
        self.is_encrypted = True

    async def be_silent(self) -> None:
        """Says nothing more until the other side hangs up."""
        while await self._reader.read(LONGEST_LINE):
            pass
        raise Gone

    def break_off(self) -> NoReturn:
        """Breaks the connection as a crash does."""
        self._is_broken = True
        self._writer.transport.abort()
        raise Gone

    async def close(self) -> None:
        """Ends the connection."""
        if self._is_broken:
            self._writer.transport.abort()
            return
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            return
