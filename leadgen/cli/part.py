"""One part of the platform that is a process: how it is started, known to be ready, and stopped."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from leadgen.cli.process_table import Identity, end_family, identify
from leadgen.cli.readiness import ReadyCheck
from leadgen.errors import PermanentError

LOOK_EVERY_SECONDS = 0.05
LOG_LINES_SHOWN = 15


class PartFailed(PermanentError):
    """A part did not start, or ended by itself."""


class Part(Protocol):
    """What the supervisor needs to know of a part.

    `after` names the parts that must be ready before this one starts.
    """

    name: str
    after: tuple[str, ...]

    async def start(self, spawned: Callable[[Identity], None]) -> None:
        """Returns when the part is ready; tells its process as soon as there is one. Raises PartFailed."""

    async def ended(self) -> str:
        """Returns, with a sentence, when the part has ended by itself."""

    async def stop(self) -> None:
        """Returns when nothing of the part runs any more."""


class ProcessPart:
    """A part that is a process in a process group of its own. `log` holds what it says; what it said before is in `.1`.

    `environment` is read when the part starts, since addresses of other parts may be known only then. It is added to
    `inherited`, the variables of this command that the part may see.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        ready: ReadyCheck,
        environment: Callable[[], Mapping[str, str]] = dict,
        inherited: Mapping[str, str] | None = None,
        folder: Path | None = None,
        after: tuple[str, ...] = (),
        ready_within_seconds: float = 60,
        grace_seconds: float = 10,
    ) -> None:
        self.name = name
        self.after = after
        self._command = list(command)
        self._environment = environment
        self._inherited = dict(os.environ) if inherited is None else dict(inherited)
        self._folder = folder
        self._log = log
        self._ready = ready
        self._ready_within_seconds = ready_within_seconds
        self._grace_seconds = grace_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._identity: Identity | None = None

    async def start(self, spawned: Callable[[Identity], None]) -> None:
        """Starts the process and waits until it is ready. Raises PartFailed with its last log lines."""
        process = self._spawn()
        self._identity = identify(process.pid)
        if self._identity:
            spawned(self._identity)
        try:
            async with asyncio.timeout(self._ready_within_seconds):
                while not await self._ready():
                    if process.poll() is not None:
                        raise self._failure(f"{self.name} did not start: {_ending(process.returncode)}.")
                    await asyncio.sleep(LOOK_EVERY_SECONDS)
        except TimeoutError:
            waited = f"{self._ready_within_seconds:g} seconds"
            raise self._failure(f"{self.name} runs, but was not ready within {waited}.") from None

    async def ended(self) -> str:
        """Returns when the process has ended by itself."""
        if self._process is None:
            return f"{self.name} was never started"
        await _exit_of(self._process)
        return self._failure(f"{self.name}: {_ending(self._process.returncode)}.").message

    async def stop(self) -> None:
        """SIGTERM to the process and its group; after the grace SIGKILL to whatever is left of all it started."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._identity:
            reaping = asyncio.create_task(_exit_of(process))
            await asyncio.to_thread(end_family, self._identity, self._grace_seconds)
            await reaping
        process.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        if self._log.exists():
            self._log.replace(self._log.with_suffix(".log.1"))
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the commands are our own
                self._command,
                cwd=self._folder,
                env={**self._inherited, **self._environment()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C in the terminal is ours to handle, in order
            )
        return self._process

    def _failure(self, what: str) -> PartFailed:
        lines = self._log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        said = "\n".join(["Its last words:", *(f"  {line}" for line in lines)]) if lines else "It said nothing."
        return PartFailed(f"{what} {said}", remedy=f"The whole log: {self._log}")


async def _exit_of(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:  # noqa: ASYNC110 - the system has no portable event for it
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def _ending(code: int) -> str:
    return f"it ended with code {code}" if code >= 0 else f"it was ended by {signal.Signals(-code).name}"
