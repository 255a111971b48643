"""Many prospects at once, without losing what a lane has already paid for.

More lanes than call slots keep the slots busy while other lanes read, decide and save (BENCHMARKS.md section 1: the journal
with 60 lanes on 20 slots is the fastest durable form). When something fails, no new item starts, but every item under way
is finished and saved before the error goes on: its answers were paid.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

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
    waiting = iter(items)
    finished: list[Result] = []
    errors: list[BaseException] = []
    more = asyncio.Event()
    handled = 0

    async def lane() -> None:
        nonlocal handled
        for item in waiting:
            if errors:
                return
            try:
                finished.append(await handle(item))
            except Exception as error:  # noqa: BLE001  # raised again below, after what was paid is saved
                errors.append(error)
                return
            handled += 1
            if len(finished) >= batch:
                more.set()

    async def save_as_they_come(running: asyncio.Task[None]) -> None:
        while not running.done() or finished:
            if not running.done():
                woken = asyncio.ensure_future(more.wait())
                await asyncio.wait({woken, running}, timeout=SAVE_EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                woken.cancel()
                more.clear()
            ready, finished[:] = finished[:], []
            if ready:
                await save(ready)

    async def run() -> None:
        await asyncio.gather(*(lane() for _ in range(lanes)))

    running = asyncio.ensure_future(run())
    try:
        await save_as_they_come(running)
    except Exception as error:  # noqa: BLE001
        errors.append(error)
        await running
    if errors:
        raise errors[0]
    return handled
