"""What a site's robots.txt lets us read (RFC 9309, Robots Exclusion Protocol). Parsing and matching are Protego's.

Ours is what the RFC says about getting the file (section 2.3.1): a 4xx means that there are no rules, a 5xx that nothing
may be read; so does a site that cannot be reached, which keeps the page from being read anyway. Rules are kept for a day
(2.4), of a file only its first 500 KiB are read (2.5).
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from weakref import WeakValueDictionary

import httpx
from protego import Protego

from leadgen.providers.fetcher.refusal import Refused
from leadgen.providers.fetcher.urls import host_of

AGENT = "LeadGen"  # the product token that robots.txt files name us by
MOST_BYTES = 500 * 1024
RULES_SECONDS = 24 * 3600.0
BROKEN_SECONDS = 300.0  # until a site that answered 5xx is asked again
SITES_REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What a site answered for its robots.txt. `status` is that of the last answer after redirects."""

    status: int
    content: bytes


GetFile = Callable[[httpx.URL], Awaitable[RobotsFile]]
"""Gets a robots.txt, redirects followed. Raises Refused where nobody answers."""


@dataclass(frozen=True, slots=True)
class _Rules:
    kept_until: float
    parsed: Protego | None = None  # None: everything is allowed
    broken_status: int | None = None


class Robots:
    """The rules of the sites that were visited, each asked for once."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._rules: OrderedDict[str, _Rules] = OrderedDict()
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def require_allowed(self, url: httpx.URL, get: GetFile) -> None:
        """Returns where the page may be read.

        Raises:
            Refused: it may not; or its site's robots.txt cannot be read, for the reason that `get` gives.
        """
        site = str(url.copy_with(path="/", query=None, fragment=None))
        lock = self._asking.setdefault(site, asyncio.Lock())
        async with lock:
            rules = self._rules.get(site)
            if rules is None or rules.kept_until <= self._now():
                rules = self._read(await get(url.copy_with(raw_path=b"/robots.txt", fragment=None)))
                self._remember(site, rules)
        if rules.broken_status is not None:
            raise Refused("unavailable", f"{host_of(url)} answers {rules.broken_status} for robots.txt")
        if rules.parsed is not None and not rules.parsed.can_fetch(str(url), AGENT):
            raise Refused("robots", f"the robots.txt of {host_of(url)} disallows it")

    def _read(self, file: RobotsFile) -> _Rules:
        now = self._now()
        if file.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return _Rules(now + BROKEN_SECONDS, broken_status=file.status)
        if not HTTPStatus.OK <= file.status < HTTPStatus.MULTIPLE_CHOICES:
            return _Rules(now + RULES_SECONDS)
        return _Rules(now + RULES_SECONDS, parsed=Protego.parse(_text(file.content)))

    def _remember(self, site: str, rules: _Rules) -> None:
        self._rules[site] = rules
        self._rules.move_to_end(site)
        if len(self._rules) > SITES_REMEMBERED:
            self._rules.popitem(last=False)


def _text(content: bytes) -> str:
    """The whole lines of it: half a path would forbid more than was meant."""
    if len(content) >= MOST_BYTES:
        content = content[: content.rfind(b"\n") + 1]
    return content.decode("utf-8-sig", "replace")
