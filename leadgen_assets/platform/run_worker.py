"""The warm run worker: a process that has loaded the definitions once and forks itself for every run.

    python -m leadgen_assets.platform.run_worker --socket PATH -m leadgen_assets.definitions [--also "PART ..."]...

A forked run starts in a tenth of the time of a new interpreter. What else needs the same modules can be forked as well
(`--also`, see `PARTS`), which takes a third of the CPU time and half of the memory of separate commands. The worker
itself holds no thread and no connection, since neither survives a fork; whatever needs one happens in a child.
`launcher.py` is the other end of the socket.
"""

import argparse
import os
import pkgutil
import shlex
import signal
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

import structlog

from leadgen_assets.platform.run_process import execute_run, preload, report_death
from leadgen_assets.platform.worker_socket import Answer, Request, listen, receive_line, send_line

# What can be forked beside the runs: functions that take the arguments of the command of that kind.
PARTS = {
    "code-server": "dagster._cli.api:grpc_command.main",
    "web-server": "dagster_webserver.cli:dagster_webserver.main",
    "daemon": "leadgen_assets.platform.daemon:main",
    "dispatcher": "leadgen_assets.platform.dispatcher:main",
}

GRACE_SECONDS = 20.0  # from the request to stop to the kill
TOO_YOUNG_SECONDS = 10.0  # a part that ends by itself before this age would only end again
REMEMBERED_RUNS = 1000
SIGNALS = frozenset({signal.SIGCHLD, signal.SIGTERM, signal.SIGINT})

log = structlog.get_logger(__name__)


class Kind(Enum):
    """What a child is."""

    RUN = auto()
    REPORT = auto()  # the short-lived report of a run that died
    PART = auto()


@dataclass
class Child:
    """A forked process. `name` is the run's id, or the part's command line."""

    kind: Kind
    name: str
    work: Callable[[], None]
    born: float = field(default_factory=time.monotonic)
    kill_at: float | None = None  # monotonic seconds; set when it was asked to stop


class PartFailed(Exception):
    """A part ended by itself as soon as it was started."""


class RunWorker:
    """Listens, forks, reaps.

    `execute(run_id)` is what a child does for a run; `report_death(run_id, how)` is what another does when that child
    ended before its run did; `parts` are what other children do for as long as the worker lives.
    """

    def __init__(
        self,
        path: Path,
        execute: Callable[[str], None],
        report_death: Callable[[str, str], None],
        parts: Mapping[str, Callable[[], None]] | None = None,
        *,
        grace_seconds: float = GRACE_SECONDS,
        too_young_seconds: float = TOO_YOUNG_SECONDS,
    ) -> None:
        self._path = path
        self._execute = execute
        self._report_death = report_death
        self._parts = dict(parts or {})
        self._grace_seconds = grace_seconds
        self._too_young_seconds = too_young_seconds
        self._children: dict[int, Child] = {}
        self._endings: OrderedDict[str, str] = OrderedDict()  # how each run's process ended; empty: as it should
        self._stopping = False
        self._failure: PartFailed | None = None

    def serve(self) -> None:
        """Serves until SIGTERM or SIGINT; then stops the children, waits for them and returns.

        Raises:
            PartFailed: as soon as a part cannot be kept up; the children are stopped before.
        """
        self._listener = listen(self._path)
        # Open in this process only: when it is gone, for whatever reason, the children read the end of the pipe.
        self._lifeline, self._alive = os.pipe()
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, lambda *_: self._stop_all())
        for name, work in self._parts.items():
            self._fork(Child(Kind.PART, name, work))

        with DefaultSelector() as selector:
            selector.register(self._listener, EVENT_READ, self._answer_next)
            selector.register(self._woken, EVENT_READ, self._drain_wakeups)
            while self._children or not self._stopping:
                for key, _ in selector.select(self._seconds_to_next_kill()):
                    key.data()
                self._reap()
                self._kill_overdue()
        self._listener.close()
        self._path.unlink(missing_ok=True)
        if self._failure:
            raise self._failure

    def _drain_wakeups(self) -> None:
        os.read(self._woken, 4096)

    def _answer_next(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.settimeout(1)
            try:
                message = receive_line(connection)
                answer, detail = self._answer(Request(message["request"]), message["run_id"])
                send_line(connection, {"answer": answer, "detail": detail})
            except (OSError, ValueError, KeyError) as error:
                log.warning("a request that cannot be answered", error=repr(error))

    def _answer(self, request: Request, run_id: str) -> tuple[Answer, str]:
        running = self._running(run_id)
        if request is Request.LAUNCH and not running:
            if self._stopping:
                return Answer.STOPPING, "the worker is being stopped"
            self._fork(Child(Kind.RUN, run_id, partial(self._execute, run_id)))
        elif request is Request.TERMINATE and running:
            self._stop(*running)
        return self._state(run_id)

    def _running(self, run_id: str) -> tuple[int, Child] | None:
        return next(((pid, c) for pid, c in self._children.items() if c.kind is Kind.RUN and c.name == run_id), None)

    def _state(self, run_id: str) -> tuple[Answer, str]:
        running = self._running(run_id)
        if running:
            return Answer.RUNNING, f"process {running[0]}"
        if run_id not in self._endings:
            return Answer.UNKNOWN, "this worker has no such run"
        how = self._endings[run_id]
        return (Answer.DIED, how) if how else (Answer.FINISHED, "its process ended")

    def _stop_all(self) -> None:
        self._stopping = True
        for pid, child in self._children.items():
            self._stop(pid, child)

    def _stop(self, pid: int, child: Child) -> None:
        if child.kind is not Kind.REPORT and child.kill_at is None:
            child.kill_at = time.monotonic() + self._grace_seconds
            os.kill(pid, signal.SIGINT if child.kind is Kind.RUN else signal.SIGTERM)

    def _seconds_to_next_kill(self) -> float | None:
        deadlines = [child.kill_at for child in self._children.values() if child.kill_at is not None]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def _kill_overdue(self) -> None:
        for pid, child in self._children.items():
            if child.kill_at is not None and child.kill_at <= time.monotonic():
                child.kill_at = None
                os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._bury(pid, self._children.pop(pid), ending(os.waitstatus_to_exitcode(status)))

    def _bury(self, pid: int, child: Child, how: str) -> None:
        if how and not self._stopping:
            log.error("a process died", kind=child.kind.name.lower(), name=child.name, pid=pid, how=how)
        if child.kind is Kind.RUN:
            self._endings[child.name] = how
            if len(self._endings) > REMEMBERED_RUNS:
                self._endings.popitem(last=False)
            if how:
                self._fork(Child(Kind.REPORT, child.name, partial(self._report_death, child.name, how)))
        elif child.kind is Kind.PART and not self._stopping:
            if time.monotonic() - child.born < self._too_young_seconds:
                self._failure = PartFailed(f"{child.name!r} did not stay up: {how or 'it ended'}")
                self._stop_all()
            else:
                self._fork(Child(Kind.PART, child.name, child.work))

    def _fork(self, child: Child) -> None:
        # A signal that comes before the child has handlers of its own must wait, not be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            pid = os.fork()
            if pid == 0:
                self._be(child)
            self._children[pid] = child
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def _be(self, child: Child) -> None:
        """Does the child's work in the forked process and ends it; never returns."""
        status = 1
        try:
            os.setsid()  # a Ctrl-C in the worker's terminal is the worker's to pass on
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for unneeded in (self._alive, self._woken, self._wake, self._listener.detach()):
                os.close(unneeded)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            threading.Thread(target=self._end_with_worker, args=(child,), name="lifeline", daemon=True).start()
            if child.kind is Kind.PART:
                forget_keys()
            child.work()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        except KeyboardInterrupt:
            log.warning("interrupted", name=child.name)
        except Exception:
            log.exception("failed", name=child.name)
        finally:
            with suppress(Exception):  # nothing may keep the fork from ending here
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _end_with_worker(self, child: Child) -> None:
        """Waits for the end of the worker; then ends this process as the worker would have."""
        os.read(self._lifeline, 1)
        self._stop(os.getpid(), child)
        time.sleep(self._grace_seconds)
        os.kill(os.getpid(), signal.SIGKILL)


def forget_keys() -> None:
    """Takes what only runs need, vendors' keys and the vault's, out of this process's environment."""
    for name in list(os.environ):
        if name.endswith("__KEY") or name == "LEADGEN_MASTER_KEY":
            del os.environ[name]


def ending(exit_code: int) -> str:
    """How a process ended, in words; empty where it ended as it should."""
    if exit_code < 0:
        return f"it was ended by signal {-exit_code} ({signal.strsignal(-exit_code)})"
    return f"it ended with code {exit_code}" if exit_code else ""


def part(command: str) -> Callable[[], None]:
    """The work of a part by its command line, as `web-server -p 3000`; imports what it needs."""
    name, *arguments = shlex.split(command)
    return partial(pkgutil.resolve_name(PARTS[name]), arguments)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Runs Dagster runs in forks of one warm process.")
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("-m", "--module", required=True, help="the module with `defs`")
    parser.add_argument("--import", action="append", default=[], dest="imports", help="a module that runs import late")
    parser.add_argument("--also", action="append", default=[], help=f"a part to fork too: {', '.join(PARTS)}")
    options = parser.parse_args()

    parts = {command: part(command) for command in options.also}
    instance_ref = preload(options.module, options.imports)
    RunWorker(options.socket, partial(execute_run, instance_ref), partial(report_death, instance_ref), parts).serve()


if __name__ == "__main__":
    main()
