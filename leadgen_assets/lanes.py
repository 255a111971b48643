"""Many prospects at once, without losing what a lane has already paid for.

More lanes than call slots keep the slots busy while other lanes read, decide and save (BENCHMARKS.md section 1: the journal
with 60 lanes on 20 slots is the fastest durable form). When something fails, no new item starts, but every item under way
is finished and saved before the error goes on: its answers were paid.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

SAVE_EVERY_SECONDS = 0.5


async def in_lanes(
    items: Iterable[Item],
    handle: Callable[[Item], Awaitable[Result]],
    save: Callable[[Sequence[Result]], Awaitable[None]],
    *,
    lanes: int,
    batch: int = 25,
) -> int:
    """Handles every item, at most `lanes` at once, and saves results in small batches as they come.

    Returns how many were handled. The first error of `handle` or `save` ends the work as described above and is raised.
    """
    work = _Work(iter(items), handle, save, batch)
    saving = asyncio.ensure_future(work.save_as_they_come())
    await asyncio.gather(*(work.lane() for _ in range(lanes)))
    work.all_handled()
    await saving
    if work.errors:
        raise work.errors[0]
    return work.handled


class _Work(Generic[Item, Result]):
    """What the lanes share."""

    def __init__(
        self,
        waiting: Iterator[Item],
        handle: Callable[[Item], Awaitable[Result]],
        save: Callable[[Sequence[Result]], Awaitable[None]],
        batch: int,
    ) -> None:
        self._waiting = waiting
        self._handle = handle
        self._save = save
        self._batch = batch
        self._finished: list[Result] = []
        self._wake = asyncio.Event()
        self._is_done = False
        self.errors: list[Exception] = []
        self.handled = 0

    async def lane(self) -> None:
        """Takes one item after the other, until there is none or something failed."""
        for item in self._waiting:
            if self.errors:
                return
            try:
                result = await self._handle(item)
            except Exception as error:  # noqa: BLE001  # raised by in_lanes, after what was paid is saved
                self.errors.append(error)
                return
            self._finished.append(result)
            self.handled += 1
            if len(self._finished) >= self._batch:
                self._wake.set()

    async def save_as_they_come(self) -> None:
        """Saves a batch when it is full, or after a moment, or at the end."""
        while not self._is_done or self._finished:
            if not self._is_done:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), SAVE_EVERY_SECONDS)
                self._wake.clear()
            ready, self._finished = self._finished, []
            if ready:
                try:
                    await self._save(ready)
                except Exception as error:  # noqa: BLE001  # raised by in_lanes
                    self.errors.append(error)

    def all_handled(self) -> None:
        """No more results will come."""
        self._is_done = True
        self._wake.set()
