"""A web page, or why not: `Fetcher.fetch` never fails for what a website does.

Redirects are followed by hand: each hop is checked, resolved, connected and asked for its robots.txt anew. Requests go to the
transport without an httpx client between, whose cookies, redirects, proxies and netrc have no place here.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType

import httpx

from leadgen.domain.enrichment.markup import decode_html
from leadgen.providers.fetcher import body, robots
from leadgen.providers.fetcher.courtesy import Courtesy
from leadgen.providers.fetcher.refusal import Reason, Refused
from leadgen.providers.fetcher.robots import Robots, RobotsFile
from leadgen.providers.fetcher.transport import PublicTransport
from leadgen.providers.fetcher.urls import checked_url, host_of

USER_AGENT = f"Mozilla/5.0 (compatible; {robots.AGENT}/0.1)"  # as robots spell it
CONNECT_SECONDS = 8.0  # an address of a host gets so long before the next one is tried
TEXT_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
COOKIE_HEADERS = frozenset({"set-cookie", "set-cookie2"})
_HEADERS = {
    "user-agent": USER_AGENT,
    "accept": "text/html,application/xhtml+xml,text/plain;q=0.5",
    "accept-encoding": body.ACCEPTED,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may take. `seconds` are over all hops and their robots.txt; waiting for our turn is not counted."""

    most_bytes: int = 5_000_000
    seconds: float = 20.0
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of a URL.

    `final_url` is where redirects ended, or would have gone on. `status` and `headers` (names in lower case, no cookies)
    are the last answer's, None and empty where there was none. `refused` says why there is no page, for a person, and
    `reason` for a program; both are None where there is one: of any status, a 404 too. `size` is the length of its body in
    bytes, decompressed, 0 where it was refused; `text` is that body decoded. `seconds` is the time spent on the network.
    """

    url: str
    final_url: str
    status: int | None
    headers: Mapping[str, str]
    content: bytes
    text: str
    refused: str | None
    reason: Reason | None
    size: int
    seconds: float

    @property
    def content_type(self) -> str | None:
        """The media type, without parameters."""
        return _media_type(self.headers) or None


class _Clock:
    """The time that a fetch has left, running only while it is at work."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self.spent = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Raises TimeoutError when the time is up."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._left - self.spent):
                yield
        finally:
            self.spent += time.monotonic() - began


@dataclass(slots=True)
class _Visit:
    """One fetch under way: what it may take, and how far it has come."""

    limits: Limits
    clock: _Clock
    final_url: str
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


class Fetcher:
    """Reads public web pages. Use as `async with Fetcher() as fetcher:`; one for all pages: it knows what it owes each site.

    `sandbox_url` sends hosts under `.example` to the sandbox (see `transport.py`). `transport` and `courtesy` are for
    those who need other ones.
    """

    def __init__(
        self,
        *,
        sandbox_url: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        courtesy: Courtesy | None = None,
    ) -> None:
        self._transport = transport or PublicTransport(sandbox_url=sandbox_url)
        self._courtesy = courtesy or Courtesy()
        self._robots = Robots()

    async def __aenter__(self) -> "Fetcher":
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    async def fetch(self, url: str, *, limits: Limits = Limits()) -> Fetched:
        """The page at a URL."""
        visit = _Visit(limits, _Clock(limits.seconds), url)
        refusal: Refused | None = None
        try:
            await self._read(url, visit)
        except Refused as refused:
            refusal = refused
        except TimeoutError:
            refusal = Refused("time", f"the page was not complete after {limits.seconds:g} seconds")
        return Fetched(
            url=url,
            final_url=visit.final_url,
            status=visit.status,
            headers=visit.headers,
            content=visit.content,
            text=decode_html(visit.content, visit.headers.get("content-type")),
            refused=refusal.detail if refusal else None,
            reason=refusal.reason if refusal else None,
            size=len(visit.content),
            seconds=visit.clock.spent,
        )

    async def _read(self, url: str, visit: _Visit) -> None:
        """Follows redirects to the page and reads it."""
        target = checked_url(url)
        seen: set[httpx.URL] = set()
        for _ in range(visit.limits.redirects + 1):
            visit.final_url = str(target)
            if target in seen:
                raise Refused("redirects", "the page redirects in a circle")
            seen.add(target)
            await self._robots.require_allowed(target, partial(self._robots_file, visit))
            async with self._courtesy.visit(host_of(target)), self._answer(target, visit) as response:
                visit.status = response.status_code
                visit.headers = _kept(response.headers)
                following = _redirect(target, response)
                if following is None:
                    _require_text(visit.headers)
                    visit.content = await body.read_body(
                        response.aiter_raw(), visit.headers.get("content-encoding", ""), visit.limits.most_bytes
                    )
                    return
            visit.final_url = following
            target = checked_url(following)
        raise Refused("redirects", f"the page redirects more than {visit.limits.redirects} times")

    async def _robots_file(self, visit: _Visit, url: httpx.URL) -> RobotsFile:
        """Gets a robots.txt. Redirects may lead to other hosts (RFC 9309 section 2.3.1.2); too many mean that there is none."""
        for _ in range(visit.limits.redirects + 1):
            async with self._courtesy.visit(host_of(url), page=False), self._answer(url, visit) as response:
                following = _redirect(url, response)
                if following is None:
                    content = b""
                    if response.is_success:
                        encoding = response.headers.get("content-encoding", "")
                        content = await body.read_body(response.aiter_raw(), encoding, robots.MOST_BYTES, truncate=True)
                    return RobotsFile(response.status_code, content)
            url = checked_url(following)
        return RobotsFile(404, b"")

    @asynccontextmanager
    async def _answer(self, url: httpx.URL, visit: _Visit) -> AsyncIterator[httpx.Response]:
        """One answer, its body still to be read, while the visit's clock runs."""
        timeout = httpx.Timeout(visit.limits.seconds, connect=min(CONNECT_SECONDS, visit.limits.seconds))
        async with visit.clock.running():
            request = httpx.Request("GET", url, headers=_HEADERS, extensions={"timeout": timeout.as_dict()})
            response = await self._transport.handle_async_request(request)
            try:
                yield response
                if not response.is_stream_consumed:
                    await body.read_rest(response.aiter_raw())
            finally:
                await response.aclose()


def _redirect(url: httpx.URL, response: httpx.Response) -> str | None:
    """Where an answer sends us, made absolute; None where it is no redirect."""
    location = response.headers.get("location")
    if response.status_code not in REDIRECTS or not location:
        return None
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, ValueError):
        raise Refused("url", "the page redirects to something that is not a URL") from None


def _kept(headers: httpx.Headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in COOKIE_HEADERS}


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _require_text(headers: Mapping[str, str]) -> None:
    media_type = _media_type(headers)
    if media_type not in TEXT_TYPES:
        raise Refused("type", f"the page is no text but {media_type[:60] or 'of no stated type'}")
