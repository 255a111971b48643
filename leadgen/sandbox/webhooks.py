"""What vendors tell their customers by webhook: delivered over real HTTP, to this machine only.

Like the real ones they may come twice, late, in any order, or not at all; `Unreliability` says how much. A delivery that is
not answered with a 2xx is repeated. What was sent can be read back and sent again.
"""

import asyncio
import ipaddress
import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

MOST_ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.1
MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Unreliability:
    """How badly webhooks travel: `copies` of each, in random order, a share 0-1 of them lost; `held` ones wait."""

    copies: int = 1
    shuffled: bool = False
    lost: float = 0.0
    held: bool = False
    seed: int = 0


@dataclass(slots=True)
class Delivery:
    """One webhook. `statuses` are the answers so far; 0 where none came."""

    number: int
    vendor: str
    url: str
    body: bytes
    headers: Mapping[str, str]
    statuses: list[int] = field(default_factory=list)

    @property
    def is_delivered(self) -> bool:
        """Whether it was taken."""
        return any(200 <= status < 300 for status in self.statuses)


class Webhooks:
    """The outgoing post of all vendors. It needs a running event loop when something is posted."""

    def __init__(self) -> None:
        self.sent: list[Delivery] = []
        self._unreliability = Unreliability()
        self._random = random.Random(0)  # noqa: S311  repeatable on purpose
        self._waiting: list[Delivery] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: httpx.AsyncClient | None = None

    def set(self, unreliability: Unreliability) -> None:
        """How webhooks travel from now on; what was held leaves when it is held no longer."""
        self._unreliability = unreliability
        self._random = random.Random(unreliability.seed)  # noqa: S311
        self._leave()

    def post(self, vendor: str, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Sends a webhook, soon. Addresses outside this machine are refused quietly: the sandbox talks to nobody else."""
        if not _is_loopback(url):
            return
        delivery = Delivery(len(self.sent) + 1, vendor, url, body, dict(headers))
        if len(self.sent) < MOST_KEPT:
            self.sent.append(delivery)
        if self._random.random() >= self._unreliability.lost:
            self._waiting.extend([delivery] * self._unreliability.copies)
        self._leave()

    def replay(self, number: int) -> bool:
        """Sends an earlier webhook again; False where there is none of that number."""
        if not 0 < number <= len(self.sent):
            return False
        self._waiting.append(self.sent[number - 1])
        self._leave()
        return True

    async def settled(self) -> None:
        """Returns when nothing that is not held is under way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _leave(self) -> None:
        if self._unreliability.held or not self._waiting:
            return
        leaving, self._waiting = self._waiting, []
        if self._unreliability.shuffled:
            self._random.shuffle(leaving)
        for delivery in leaving:
            task = asyncio.get_running_loop().create_task(self._deliver(delivery))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery) -> None:
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False, timeout=10)
        pause = FIRST_PAUSE_SECONDS
        for _ in range(MOST_ATTEMPTS):
            status = 0
            with suppress(httpx.HTTPError):
                reply = await self._client.post(delivery.url, content=delivery.body, headers=dict(delivery.headers))
                status = reply.status_code
            delivery.statuses.append(status)
            if 200 <= status < 300:
                return
            await asyncio.sleep(pause)
            pause *= 2


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
