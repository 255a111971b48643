"""The sandbox's mail server: SMTP to send and IMAP to read, on loopback ports of their own, over one set of mailboxes.

Whoever signs in with a password that starts with `sandbox` has a mailbox, made on first sight. Mail to the made-up world is
answered as `mail_reactions.py` says, by the sandbox's clock. `leadgen.sandbox.server` starts it with `--smtp-port` and
`--imap-port`; tests use it as `async with MailServer(world) as server:`.
"""

import asyncio
import ssl
from asyncio import Server, StreamReader, StreamWriter
from dataclasses import dataclass
from types import TracebackType

from leadgen.sandbox.calls import CallLog
from leadgen.sandbox.clock import Clock
from leadgen.sandbox.faults import Faults
from leadgen.sandbox.gate import House
from leadgen.sandbox.hold import Holds
from leadgen.sandbox.limits import RateLimits
from leadgen.sandbox.lookup import Lookup
from leadgen.sandbox.mail_desk import LONGEST_LINE, Desk, Line, Trouble
from leadgen.sandbox.mail_imap import ImapSession
from leadgen.sandbox.mail_reactions import Post
from leadgen.sandbox.mail_smtp import SmtpSession
from leadgen.sandbox.mail_store import Account, MailStore
from leadgen.sandbox.webhooks import Webhooks
from leadgen.sandbox.world import World

HOST = "127.0.0.1"
PARTS = frozenset({"smtp", "imap"})
"""The names under which the admin door knows the two servers."""


@dataclass(frozen=True, slots=True)
class MailPorts:
    """Where to listen: 0 is any free port, None nowhere."""

    smtp: int | None = 0
    imap: int | None = 0


class MailServer:
    """Both servers. Use as `async with MailServer(world) as server:`.

    `house` is shared with the vendors where there are any. With `tls` each connection offers STARTTLS and lets nobody in
    without it; with `is_encrypted` it is TLS from the first byte.
    """

    def __init__(
        self,
        world: World | Lookup,
        house: House | None = None,
        *,
        ports: MailPorts = MailPorts(),
        tls: ssl.SSLContext | None = None,
        is_encrypted: bool = False,
        files_sent: bool = True,
    ) -> None:
        lookup = world if isinstance(world, Lookup) else Lookup(world)
        self.house = house or House(CallLog({}), RateLimits(None), Faults(), Holds(), Clock(), Webhooks())
        store = MailStore(self.house.clock)
        self._desk = Desk(store, Post(store, lookup, self.house.webhooks), self.house, tls, files_sent)
        self._ports = ports
        self._tls = tls if is_encrypted else None
        self._servers: dict[str, Server] = {}
        self._sessions: set[asyncio.Task[None]] = set()

    @property
    def troubles(self) -> list[Trouble]:
        """What is to go wrong, each once."""
        return self._desk.troubles

    @property
    def smtp_port(self) -> int:
        """Where SMTP listens."""
        return self._port("smtp")

    @property
    def imap_port(self) -> int:
        """Where IMAP listens."""
        return self._port("imap")

    def ports(self) -> dict[str, int]:
        """Every port that is open, by protocol."""
        return {name: self._port(name) for name in self._servers}

    def account(self, username: str) -> Account:
        """The mailbox of a user who has signed in."""
        self._desk.store.tick()
        return self._desk.store.account(username)

    async def __aenter__(self) -> "MailServer":
        await self._listen("smtp", self._ports.smtp)
        await self._listen("imap", self._ports.imap)
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for server in self._servers.values():
            server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        self._servers.clear()

    def _port(self, name: str) -> int:
        port: int = self._servers[name].sockets[0].getsockname()[1]
        return port

    async def _listen(self, name: str, port: int | None) -> None:
        if port is None:
            return

        async def serve(reader: StreamReader, writer: StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                self._sessions.add(task)
                task.add_done_callback(self._sessions.discard)
            line = Line(reader, writer)
            session = SmtpSession(line, self._desk) if name == "smtp" else ImapSession(line, self._desk)
            try:
                await session.run()
            finally:
                await line.close()

        self._servers[name] = await asyncio.start_server(serve, HOST, port, limit=LONGEST_LINE, ssl=self._tls)
