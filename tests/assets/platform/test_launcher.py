"""The run launcher without a worker, and with one that is stopping: what the run queue and run monitoring are told."""

import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg
import pytest
from dagster._core.launcher import LaunchRunContext, WorkerStatus

from leadgen.errors import ConfigurationError
from leadgen_assets.platform.launcher import ForkRunLauncher, RunWorkerUnreachable
from leadgen_assets.platform.worker_socket import Answer, Request, ask, listen, receive_line, send_line

RUN = dg.DagsterRun(job_name="campaign_pipeline", run_id="a-run")


@pytest.fixture
def path() -> Iterator[Path]:
    """A socket's path, short enough for the kernel."""
    with TemporaryDirectory() as folder:
        yield Path(folder) / "worker.sock"


def answer_once(path: Path, answer: Answer) -> threading.Thread:
    """A worker that gives one answer."""
    listener = listen(path)

    def serve() -> None:
        with listener, listener.accept()[0] as connection:
            receive_line(connection)
            send_line(connection, {"answer": answer, "detail": "in words"})

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


def test_without_a_worker_a_launch_says_how_to_start_one(path: Path) -> None:
    with pytest.raises(RunWorkerUnreachable, match=r"leadgen up.*run_worker --socket"):
        ForkRunLauncher(str(path)).launch_run(LaunchRunContext(RUN, None))


def test_a_worker_that_is_stopping_takes_no_run(path: Path) -> None:
    worker = answer_once(path, Answer.STOPPING)
    with pytest.raises(RunWorkerUnreachable, match="in words"):
        ForkRunLauncher(str(path)).launch_run(LaunchRunContext(RUN, None))
    worker.join()


def test_a_run_whose_worker_is_gone_is_not_found(path: Path) -> None:
    assert ForkRunLauncher(str(path)).check_run_worker_health(RUN).status is WorkerStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer.RUNNING, WorkerStatus.RUNNING),
        (Answer.FINISHED, WorkerStatus.SUCCESS),
        (Answer.DIED, WorkerStatus.FAILED),
        (Answer.UNKNOWN, WorkerStatus.NOT_FOUND),
    ],
)
def test_run_monitoring_learns_how_the_runs_process_is(path: Path, answer: Answer, status: WorkerStatus) -> None:
    worker = answer_once(path, answer)
    health = ForkRunLauncher(str(path)).check_run_worker_health(RUN)
    worker.join()
    assert (health.status, health.msg) == (status, "in words")


def test_only_the_user_may_open_the_socket(path: Path) -> None:
    with listen(path):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_dead_workers_socket_is_taken_over(path: Path) -> None:
    listen(path).close()
    with listen(path):
        assert path.exists()


def test_a_living_workers_socket_is_not_taken_over(path: Path) -> None:
    worker = answer_once(path, Answer.UNKNOWN)
    with pytest.raises(ConfigurationError, match="another run worker"):
        listen(path)
    worker.join()


def test_a_path_too_long_for_a_socket_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="LEADGEN_RUN_WORKER_SOCKET"):
        listen(tmp_path / ("x" * 120))


def test_a_worker_that_does_not_answer_in_time_is_an_error_not_a_dead_run(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadgen_assets.platform.worker_socket.TIMEOUT_SECONDS", 0.01)
    with listen(path), pytest.raises(TimeoutError):
        ask(path, Request.CHECK, "a-run")
