"""Starts parts in the order they need each other, side by side where they do not; keeps them up; stops them in reverse.

What belongs here: order, restarts, and the record of what runs. What does not: what a part is (`part.py`, `parts.py`).
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from leadgen.cli import record
from leadgen.cli.part import Part, PartFailed
from leadgen.cli.process_table import Identity, identify
from leadgen.cli.record import PartRecord, PartState, Record
from leadgen.errors import LeadGenError

T = TypeVar("T")

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0  # a part that ran this long starts its pauses from the first again


class Supervisor:
    """The parts of one checkout while a command runs them.

    `restarts`: whether a part that ends by itself is started again (`up`) or fails the command (`demo`).
    `ready_after_seconds` says, by part, how long after the start it was ready.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        command: str,
        record_file: Path,
        restarts: bool,
        addresses: Mapping[str, str] | None = None,
        tell: Callable[[str], None] = print,
    ) -> None:
        self._parts = {part.name: part for part in parts}
        self._restarts = restarts
        self._tell = tell
        self._record_file = record_file
        self._rows = {part.name: PartRecord(name=part.name) for part in parts}
        self._record = Record(
            command=command,
            supervisor=_myself(),
            addresses=dict(addresses or {}),
            parts=list(self._rows.values()),
        )
        self.ready_after_seconds: dict[str, float] = {}

    async def start(self) -> None:
        """Returns when every part is ready. Raises the error of the first that is not."""
        begun = time.monotonic()
        ready = {name: asyncio.Event() for name in self._parts}

        async def bring_up(part: Part) -> None:
            for needed in part.after:
                await ready[needed].wait()
            await self._start_part(part)
            self.ready_after_seconds[part.name] = time.monotonic() - begun
            ready[part.name].set()

        await _all_or_first_error([bring_up(part) for part in self._parts.values()])

    async def while_running(self, work: Coroutine[Any, Any, T]) -> T:
        """Does the work while the parts are watched. Raises PartFailed where one ends and is not restarted."""
        task = asyncio.create_task(work)
        watches = [asyncio.create_task(self._watch(part)) for part in self._parts.values()]
        try:
            await asyncio.wait([task, *watches], return_when=asyncio.FIRST_COMPLETED)
            failed = next((watch for watch in watches if watch.done()), None)
            if failed is not None and not task.done():
                failed.result()
            return await task
        finally:
            await _cancel([task, *watches])

    async def stop(self) -> None:
        """Returns when nothing runs any more: each part stops once those that need it have stopped."""
        stopped = {name: asyncio.Event() for name in self._parts}
        dependents = {
            name: [other.name for other in self._parts.values() if name in other.after] for name in self._parts
        }

        async def bring_down(part: Part) -> None:
            for dependent in dependents[part.name]:
                await stopped[dependent].wait()
            try:
                if self._rows[part.name].state != "waiting":
                    self._note(part.name, "stopping")
                    await part.stop()
                    self._note(part.name, "stopped")
            finally:
                stopped[part.name].set()

        outcomes = await asyncio.gather(*(bring_down(part) for part in self._parts.values()), return_exceptions=True)
        self._record_file.unlink(missing_ok=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _watch(self, part: Part) -> None:
        """Waits for a part to end by itself, and starts it again after a growing pause, or raises PartFailed."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            since = time.monotonic()
            reason = await part.ended()
            if not self._restarts:
                self._note(part.name, "failed")
                raise PartFailed(reason)
            if time.monotonic() - since > STEADY_AFTER_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            self._note(part.name, "restarting")
            self._tell(f"{reason}\nStarting {part.name} again in {pause:g} s.")
            await part.stop()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            self._rows[part.name].restarts += 1
            try:
                await self._start_part(part)
            except LeadGenError as failure:
                self._tell(str(failure))

    async def _start_part(self, part: Part) -> None:
        def spawned(process: Identity) -> None:
            self._rows[part.name].process = process
            self._note(part.name, "starting")

        self._note(part.name, "starting")
        try:
            await part.start(spawned)
        except LeadGenError:
            self._note(part.name, "failed")
            raise
        self._note(part.name, "ready")

    def _note(self, name: str, state: PartState) -> None:
        self._rows[name].state = state
        record.write(self._record, self._record_file)


@asynccontextmanager
async def supervised(supervisor: Supervisor) -> AsyncIterator[Supervisor]:
    """All parts ready inside, none running after, whatever happens."""
    try:
        await supervisor.start()
        yield supervisor
    finally:
        await supervisor.stop()


def _myself() -> Identity:
    identity = identify(os.getpid())
    if identity is None:
        raise RuntimeError("the process table does not hold this process")
    return identity


async def _all_or_first_error(work: Sequence[Coroutine[Any, Any, None]]) -> None:
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        await _cancel(tasks)


async def _cancel(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
