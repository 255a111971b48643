"""How much of us one site has to bear: few requests at once, and pages no faster than a visitor would read them.

The state is one process's. Processes share what they have read through the store, so they seldom meet at a site.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

AT_ONCE = 2
PAGE_EVERY_SECONDS = 1.0
PAGES_AT_FIRST = 2  # a page and where it redirects to
HOSTS_REMEMBERED = 1_000


@dataclass(slots=True)
class _Host:
    places: asyncio.Semaphore
    visitors: int = 0
    next_page_at: float = field(default=float("-inf"))  # when a page is due that comes at the steady pace


class Courtesy:
    """At most `at_once` requests to a host, and a page every `page_every_seconds` after the first two."""

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        page_every_seconds: float = PAGE_EVERY_SECONDS,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._at_once = at_once
        self._every = page_every_seconds
        self._now = now
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def visit(self, host: str, *, page: bool = True) -> AsyncIterator[None]:
        """Waits for a place at the host and, for a page, until it is due. Files like robots.txt are not counted."""
        known = self._host(host)
        known.visitors += 1
        try:
            async with known.places:
                if page:
                    await self._wait(known)
                yield
        finally:
            known.visitors -= 1

    async def _wait(self, host: _Host) -> None:
        """A generic cell rate: who comes later than due finds the next page due a full interval later."""
        now = self._now()
        due = max(host.next_page_at, now - (PAGES_AT_FIRST - 1) * self._every)
        host.next_page_at = due + self._every
        if due > now:
            await self._sleep(due - now)

    def _host(self, name: str) -> _Host:
        if name not in self._hosts:
            if len(self._hosts) >= HOSTS_REMEMBERED:
                now = self._now()
                self._hosts = {n: h for n, h in self._hosts.items() if h.visitors or h.next_page_at > now - self._every}
            self._hosts[name] = _Host(asyncio.Semaphore(self._at_once))
        return self._hosts[name]
