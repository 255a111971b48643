"""How the fetcher connects: to public addresses only, and to exactly those that were checked.

A host is resolved once for a connection; every address it has must be public, else nobody is connected to; the connection
goes to one of these addresses and no name is looked up again. So a name server that tells another address later (DNS
rebinding) gains nothing. Each redirect hop is a request of its own and goes the same way. TLS still checks the certificate
against the host name.

**The sandbox.** Websites of made-up worlds end in `.example` and are served by the sandbox on loopback, by Host header.
With `sandbox_url` requests to such hosts, and to no others, are sent there in plain HTTP. That opens no door: `.example`
is reserved (RFC 2606, RFC 6761), so no real site loses its place; and whoever writes a page can choose the name but not
where it leads, which is the one loopback port that the operator has set, where the sandbox listens with its made-up data.
Any other way to that port (`http://127.0.0.1:8100`, a name that resolves to it) stays refused. In production the setting is
empty, and `.example` is resolved, in vain, like any name.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address

import httpcore
import httpx

from leadgen.errors import ConfigurationError
from leadgen.providers.fetcher.refusal import Refused
from leadgen.providers.fetcher.urls import PORTS, check_address, host_of, literal_address, port_of

SANDBOX_DOMAIN = ".example"
ADDRESSES_TRIED = 4  # of a host that has many
IDLE_CONNECTIONS = 20
IDLE_SECONDS = 5.0

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""From a host name to its addresses, of both families. Raises Refused where it has none."""


async def resolve_by_system(host: str) -> list[str]:
    """Asks the system's resolver, for this name alone: the final dot keeps the machine's search domains out."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(f"{host.rstrip('.')}.", None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:  # no name server answers: ours is down, or theirs
            raise Refused("offline", f"no name server answers for {host}") from None
        raise Refused("dns", f"{host} has no address") from None
    except UnicodeError:
        raise Refused("dns", f"{host} cannot have an address") from None
    return [str(address[0]) for *_, address in found]


class PublicBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to public addresses at the web's ports, and no others. `dial` opens those that are allowed."""

    def __init__(self, resolve: Resolve, dial: httpcore.AsyncNetworkBackend) -> None:
        self._resolve = resolve
        self._dial = dial

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connects to the first of the host's addresses that answers.

        Raises:
            Refused: the host may not be connected to, or has no address.
            httpcore.ConnectError, httpcore.ConnectTimeout: nobody answers.
        """
        if port not in PORTS.values():
            raise Refused("url", f"port {port} is not one of the web's")
        addresses = await self._checked(host)
        failure: Exception | None = None
        for address in addresses[:ADDRESSES_TRIED]:
            try:
                return await self._dial.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error  # the resolver puts those first that this machine has a route to
        raise failure or Refused("dns", f"{host} has no address")

    async def _checked(self, host: str) -> list[str]:
        literal = literal_address(host)
        addresses = [literal] if literal else [ip_address(found) for found in await self._resolve(host)]
        for address in addresses:
            check_address(address, host)
        return list(dict.fromkeys(map(str, addresses)))

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Refuses."""
        raise Refused("address", "a socket of this machine is not public")

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await self._dial.sleep(seconds)


class PublicTransport(httpx.AsyncBaseTransport):
    """Carries requests over `PublicBackend`; raises Refused for everything that keeps a site from answering.

    `sandbox_url` is explained above. `resolve`, `dial` and `tls` are the system's own unless given.

    Raises:
        ConfigurationError: `sandbox_url` is not plain HTTP at a port of a loopback address.
    """

    def __init__(
        self,
        *,
        sandbox_url: str | None = None,
        resolve: Resolve = resolve_by_system,
        dial: httpcore.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._dial = dial or httpcore.AnyIOBackend()
        self._web = httpcore.AsyncConnectionPool(
            ssl_context=tls or httpx.create_ssl_context(trust_env=False),
            network_backend=PublicBackend(resolve, self._dial),
            max_connections=None,
            max_keepalive_connections=IDLE_CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
        )
        self._sandbox_url = _loopback_url(sandbox_url) if sandbox_url else None
        self._sandbox = httpcore.AsyncConnectionPool(max_keepalive_connections=IDLE_CONNECTIONS)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request; the body is read from the response's stream."""
        asked = host_of(request.url)
        pool, place = self._web, request.url
        if self._sandbox_url and asked.removesuffix(".").endswith(SANDBOX_DOMAIN):
            pool, place = self._sandbox, self._sandbox_url
        url = httpcore.URL(scheme=place.scheme, host=host_of(place), port=port_of(place), target=request.url.raw_path)
        with _explained(asked):
            response = await pool.handle_async_request(
                httpcore.Request(
                    request.method,
                    url,
                    headers=request.headers.raw,  # the Host header among them names the host that was asked for
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response, asked))

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._web.aclose()
        await self._sandbox.aclose()


class _Body(httpx.AsyncByteStream):
    """A response's body as it comes in."""

    def __init__(self, response: httpcore.Response, host: str) -> None:
        self._response = response
        self._host = host

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _explained(self._host):
            async for part in self._response.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._response.aclose()


@contextmanager
def _explained(host: str) -> Iterator[None]:
    """Turns what can go wrong on the wire into a refusal."""
    try:
        yield
    except httpcore.TimeoutException:
        raise Refused("time", f"{host} does not answer in time") from None
    except (httpcore.NetworkError, OSError) as error:  # httpcore lets some errors of TLS through as they are
        causes = list(_causes(error))
        invalid = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
        if invalid is not None:
            raise Refused("tls", f"{host} offers no valid TLS: {invalid.reason or 'handshake failed'}") from None
        if any(isinstance(cause, OSError) and cause.errno == errno.ENETUNREACH for cause in causes):
            raise Refused("offline", f"there is no network to {host}") from None
        raise Refused("connection", f"{host} cannot be reached, or hangs up") from None
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
        raise Refused("protocol", f"{host} does not speak HTTP") from None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what it came from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _loopback_url(text: str) -> httpx.URL:
    url = httpx.URL(text)
    address = literal_address(host_of(url))
    if url.scheme != "http" or address is None or not address.is_loopback or url.raw_path != b"/":
        raise ConfigurationError(
            "The fetcher's sandbox is not on this machine.",
            remedy="Set LEADGEN_FETCHER_SANDBOX to http:// and a loopback address with the sandbox's port, or to nothing.",
        )
    return url
