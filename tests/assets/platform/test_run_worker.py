"""The run worker's processes: what it does with those that do not end as they should."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from orchestra import until

from leadgen_assets.platform.run_worker import PARTS, PartFailed, RunWorker, part
from leadgen_assets.platform.worker_socket import Answer, NoWorker, Request, ask

PART_FAILED = 3
Work = Callable[[str], None]


class Worker:
    """A run worker in a process of its own, whose runs and parts write down what they see."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "worker.sock"
        self.pid = 0

    def start(self, execute: Work, parts: Mapping[str, Callable[[], None]] | None = None, **limits: float) -> None:
        """Forks the worker and waits until it listens."""
        self.pid = os.fork()
        if self.pid == 0:
            status = 0
            try:
                RunWorker(self.path, execute, self.note_death, parts, **limits).serve()
            except PartFailed:
                status = PART_FAILED
            finally:
                os._exit(status)
        until(self.listens, "the worker listens")

    def note_death(self, run_id: str, how: str) -> None:
        self.write(f"{run_id}.death", how)

    def write(self, name: str, text: str) -> None:
        """Writes a file at once."""
        (self.folder / f"{name}.new").write_text(text)
        (self.folder / f"{name}.new").rename(self.folder / name)

    def read(self, name: str) -> str:
        """Waits for a file, and reads it."""
        until((self.folder / name).exists, f"{name} is written")
        return (self.folder / name).read_text()

    def listens(self) -> bool:
        try:
            return bool(ask(self.path, Request.CHECK, "none"))
        except NoWorker:
            return False

    def state(self, run_id: str) -> Answer:
        return ask(self.path, Request.CHECK, run_id)[0]

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends the worker and returns its exit code."""
        os.kill(self.pid, how)
        return self.exit_code()

    def exit_code(self) -> int:
        pid, self.pid = self.pid, 0
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.fixture
def worker() -> Iterator[Worker]:
    with TemporaryDirectory() as folder:
        worker = Worker(Path(folder))
        yield worker
        if worker.pid:
            worker.end(signal.SIGKILL)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_run_that_ends_is_finished_and_a_crash_is_reported(worker: Worker) -> None:
    worker.start(lambda run_id: os._exit(7) if run_id == "crashes" else None)
    for run_id in ("ends", "crashes"):
        ask(worker.path, Request.LAUNCH, run_id)
    assert worker.read("crashes.death") == "it ended with code 7"
    until(lambda: worker.state("ends") is Answer.FINISHED, "the run is finished")
    assert worker.state("crashes") is Answer.DIED
    assert worker.state("another") is Answer.UNKNOWN
    assert worker.end() == 0
    assert not (worker.folder / "ends.death").exists()


def test_a_run_is_started_once_however_often_it_is_launched(worker: Worker) -> None:
    def execute(run_id: str) -> None:
        worker.write(f"{run_id}.{os.getpid()}", "")
        signal.pause()

    worker.start(execute)
    for _ in range(3):
        answer, process = ask(worker.path, Request.LAUNCH, "a-run")
        assert (answer, process) == ask(worker.path, Request.CHECK, "a-run")
    worker.read(f"a-run.{process.removeprefix('process ')}")
    assert len(list(worker.folder.glob("a-run.*"))) == 1


def test_a_run_that_ignores_the_interrupt_is_killed_after_its_grace(worker: Worker) -> None:
    def execute(run_id: str) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        worker.write(f"{run_id}.deaf", "")
        signal.pause()

    worker.start(execute, grace_seconds=0.1)
    ask(worker.path, Request.LAUNCH, "a-run")
    worker.read("a-run.deaf")
    assert ask(worker.path, Request.TERMINATE, "a-run")[0] is Answer.RUNNING
    assert worker.read("a-run.death") == "it was ended by signal 9 (Killed)"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_worker(worker: Worker, how: signal.Signals) -> None:
    def stay(name: str) -> None:
        worker.write(name, str(os.getpid()))
        signal.pause()

    worker.start(stay, {"a-part": lambda: stay("a-part")}, grace_seconds=5)
    ask(worker.path, Request.LAUNCH, "a-run")
    processes = [int(worker.read(name)) for name in ("a-part", "a-run")]
    worker.end(how)
    for pid in processes:
        until(lambda pid=pid: not is_alive(pid), "the process is gone")


def test_a_part_that_dies_is_forked_again(worker: Worker) -> None:
    def part() -> None:
        worker.write(f"part.{os.getpid()}", str(os.getpid()))
        signal.pause()

    worker.start(lambda _: None, {"a-part": part}, too_young_seconds=0)
    (first,) = until(lambda: list(worker.folder.glob("part.*[0-9]")), "the part runs")
    os.kill(int(first.read_text()), signal.SIGKILL)
    until(lambda: len(list(worker.folder.glob("part.*[0-9]"))) == 2, "it runs again")
    assert worker.end() == 0


def test_a_part_that_does_not_stay_up_ends_the_worker(worker: Worker) -> None:
    def execute(_run_id: str) -> None:
        signal.pause()

    def part() -> None:
        worker.read("a-run.launched")

    worker.start(execute, {"a-part": part}, grace_seconds=5)
    ask(worker.path, Request.LAUNCH, "a-run")
    worker.write("a-run.launched", "")
    assert worker.exit_code() == PART_FAILED
    assert not worker.path.exists()


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_a_command_that_can_be_forked(name: str) -> None:
    with pytest.raises(SystemExit) as end:
        part(f"{name} --help")()
    assert end.value.code == 0
