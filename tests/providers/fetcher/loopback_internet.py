"""An internet on loopback: names with public addresses, sites that answer there, and a forbidden listener everywhere else.

The fetcher's own checks run unchanged. Only below them, where a checked address is dialled, a public address of this internet
is a loopback port; whatever else is dialled reaches the forbidden listener, which must not see a single connection.
"""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpcore
from aiohttp import web

from leadgen.providers.fetcher.courtesy import Courtesy
from leadgen.providers.fetcher.fetcher import Fetcher
from leadgen.providers.fetcher.refusal import Refused
from leadgen.providers.fetcher.transport import PublicTransport

PUBLIC = "93.184.216.34"
PUBLIC_TOO = "93.184.216.35"
PRIVATE = "10.0.0.7"
TRUST = ssl.create_default_context()  # nobody's certificate here is among those

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def html(body: str, **options: Any) -> web.Response:
    return web.Response(text=f"<!doctype html><html><body>{body}</body></html>", content_type="text/html", **options)


def redirect(to: str, status: int = 302, **headers: str) -> web.Response:
    return web.Response(status=status, headers={"Location": to, **headers})


@dataclass
class Internet(httpcore.AsyncNetworkBackend):
    """`names` are the DNS answers of a name, one after the other, the last one for ever; `pages` by `host/path`."""

    names: dict[str, list[list[str]]] = field(default_factory=dict)
    pages: dict[str, Answer | web.Response] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)  # of the sites, by `host/path`
    requests: list[web.Request] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)
    forbidden_connections: int = 0
    forbidden_port: int = 0
    silent: set[str] = field(default_factory=set)  # names for which no name server answers
    ports: dict[tuple[str, int], int] = field(default_factory=dict)  # loopback ports by public address and port

    def name(self, host: str, *answers: Sequence[str]) -> None:
        self.names[host] = [list(answer) for answer in answers or [[PUBLIC]]]

    def page(self, place: str, answer: Answer | web.Response) -> None:
        """Puts a page at `host/path`; the host gets a public address unless it has one."""
        host = place.partition("/")[0]
        self.names.setdefault(host, [[PUBLIC]])
        self.pages[place] = answer

    async def resolve(self, host: str) -> list[str]:
        self.resolved.append(host)
        if host in self.silent:
            raise Refused("offline", f"no name server answers for {host}")
        answers = self.names.get(host)
        if not answers:
            raise Refused("dns", f"{host} has no address")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        place = f"{request.host}{request.path}"
        self.asked[place] += 1
        self.requests.append(request)
        page = self.pages.get(place)
        if page is None:
            return web.Response(status=404, content_type="text/html", text="not here")
        if isinstance(page, web.Response):  # each request gets one of its own
            return web.Response(status=page.status, headers=page.headers, body=page.body)
        return await page(request)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append((host, port))
        there = self.ports.get((host, port), self.forbidden_port)
        return await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", there, timeout)

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing is repeated here")

    def fetcher(self, *, courtesy: Courtesy | None = None, tls: ssl.SSLContext = TRUST) -> Fetcher:
        return Fetcher(
            transport=PublicTransport(resolve=self.resolve, dial=self, tls=tls),
            courtesy=courtesy or Courtesy(page_every_seconds=0),
        )


@asynccontextmanager
async def loopback_internet(tls: ssl.SSLContext | None = None) -> AsyncIterator[Internet]:
    """`tls` serves the sites at port 443 too."""
    internet = Internet()
    async with AsyncExitStack() as stack:
        internet.forbidden_port = await stack.enter_async_context(_forbidden(internet))
        runner = web.ServerRunner(web.Server(internet.answer), shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        for port, context in ((80, None), (443, tls)):
            if port == 443 and context is None:
                continue
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
            for address in (PUBLIC, PUBLIC_TOO, "2606:2800:220:1::1"):
                internet.ports[address, port] = runner.addresses[-1][1]
        yield internet


@asynccontextmanager
async def _forbidden(internet: Internet) -> AsyncIterator[int]:
    async def count(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        internet.forbidden_connections += 1
        writer.close()

    server = await asyncio.start_server(count, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[int]:
    """A port that says these bytes to whoever speaks, and hangs up."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
