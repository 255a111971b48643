"""How a mail server is connected to: at a public address that was checked, else at the sandbox that the operator has set.

The rule is the fetcher's (`fetcher/transport.py`): every address of the name must be public, and the connection goes to one
of those that were looked at, so a name that leads elsewhere a moment later gains nothing. TLS checks the certificate against
the name. The sandbox's mail server stands at the vendor's `base_url` (`smtp://127.0.0.1:8125`), which is empty in production;
hosts under `.example`, which is reserved, and that very address lead there and nothing else leads to this machine.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from urllib.parse import urlsplit

from leadgen.providers.calls import NoAnswer
from leadgen.providers.fetcher.refusal import Refused
from leadgen.providers.fetcher.transport import ADDRESSES_TRIED, Resolve, resolve_by_system
from leadgen.providers.fetcher.urls import check_address, literal_address
from leadgen.providers.mailbox.address import SANDBOX_DOMAIN, MailServer, Unusable, check_server

Open = Callable[[str, int], Awaitable[socket.socket]]
"""Connects to an address at a port. Raises OSError."""


async def open_by_system(address: str, port: int) -> socket.socket:
    """A connected socket that does not block."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    connecting = socket.socket(family, socket.SOCK_STREAM)
    connecting.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(connecting, (address, port))
    except BaseException:
        connecting.close()
        raise
    return connecting


@dataclass(frozen=True, slots=True)
class Connection:
    """A connected socket. `is_sandbox`: it does not leave this machine, and need not be encrypted."""

    socket: socket.socket
    is_sandbox: bool


class Dial:
    """Opens connections to mail servers. `resolve`, `connect_to` and `tls` are the system's own unless given."""

    def __init__(
        self,
        *,
        resolve: Resolve = resolve_by_system,
        connect_to: Open = open_by_system,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._resolve = resolve
        self._open = connect_to
        self._tls = tls

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """How certificates are checked."""
        return self._tls or ssl.create_default_context()

    async def connect(self, server: MailServer, base_url: str, timeout_seconds: float) -> Connection:
        """A connection to the server, or to the sandbox's where that is meant.

        Raises:
            Unusable: the server may not be connected to, or there is none of that name.
            NoAnswer: nobody answers there.
        """
        try:
            async with asyncio.timeout(timeout_seconds):
                if place := _sandbox(server, base_url):
                    return Connection(await self._open(*place), is_sandbox=True)
                check_server(server)
                return Connection(await self._first(await self._addresses(server.host), server.port), is_sandbox=False)
        except (TimeoutError, OSError) as error:
            raise NoAnswer(f"{server.protocol}: {type(error).__name__}", sent=False) from None

    async def _addresses(self, host: str) -> list[str]:
        literal = literal_address(host)
        try:
            addresses = [literal] if literal else [ip_address(found) for found in await self._resolve(host)]
            for address in addresses:
                check_address(address, host)
        except Refused as refused:
            if refused.reason == "offline":
                raise NoAnswer(refused.detail, sent=False) from None
            raise Unusable(refused.detail) from None
        return list(dict.fromkeys(map(str, addresses)))

    async def _first(self, addresses: list[str], port: int) -> socket.socket:
        """The first of them that answers."""
        failure: OSError | None = None
        for address in addresses[:ADDRESSES_TRIED]:
            try:
                return await self._open(address, port)
            except OSError as error:
                failure = failure or error
        raise failure or Unusable("the host has no address")


def _sandbox(server: MailServer, base_url: str) -> tuple[str, int] | None:
    """Where the sandbox's server of this protocol listens, if that is what is meant."""
    place = urlsplit(base_url)
    if place.scheme not in {server.protocol, f"{server.protocol}s"} or not place.hostname or not place.port:
        return None
    address = literal_address(place.hostname)
    if address is None or not address.is_loopback:
        raise Unusable(f"the sandbox's {server.protocol} server must be at a loopback address")
    here = (place.hostname, place.port)
    meant = server.host.removesuffix(".").endswith(SANDBOX_DOMAIN) or (server.host, server.port) == here
    return here if meant else None
