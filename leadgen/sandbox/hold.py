"""Parks requests until they are released, so that a test can act while calls are in flight."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

LONGEST_SECONDS = 120.0


@dataclass(slots=True)
class _Gate:
    passing: int  # requests still let through
    opened: asyncio.Event = field(default_factory=asyncio.Event)


class Holds:
    """Which vendors are held, and how many requests are parked."""

    def __init__(self) -> None:
        self._gates: dict[str, _Gate] = {}
        self._parked: Counter[str] = Counter()
        self._changed = asyncio.Condition()

    def hold(self, vendor: str, after: int = 0) -> None:
        """Parks every request of the vendor (`*`: of any vendor) from now on, but the first `after`."""
        self.release(vendor)
        self._gates[vendor] = _Gate(after)

    def release(self, vendor: str) -> None:
        """Lets the vendor's parked and coming requests through; `*` lets all."""
        for name in list(self._gates) if vendor == "*" else [vendor]:
            gate = self._gates.pop(name, None)
            if gate:
                gate.opened.set()

    def parked(self, vendor: str = "*") -> int:
        """How many requests wait, of one vendor or of all."""
        return self._parked.total() if vendor == "*" else self._parked[vendor]

    async def through(self, vendor: str) -> None:
        """Waits while the vendor is held, two minutes at most."""
        gate = self._gates.get(vendor) or self._gates.get("*")
        if gate is None:
            return
        if gate.passing > 0:
            gate.passing -= 1
            return
        self._parked[vendor] += 1
        await self._tell()
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await gate.opened.wait()
        except TimeoutError:
            return
        finally:
            self._parked[vendor] -= 1

    async def wait_for(self, vendor: str, parked: int, seconds: float) -> bool:
        """Waits until so many requests are parked; False if they are not within the time."""
        try:
            async with asyncio.timeout(min(seconds, LONGEST_SECONDS)), self._changed:
                await self._changed.wait_for(lambda: self.parked(vendor) >= parked)
        except TimeoutError:
            return False
        return True

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
