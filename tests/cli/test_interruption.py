"""However a command ends, nothing of it stays: no process, no lock, no record."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from leadgen.cli import checkout_lock, record
from leadgen.cli.down import bring_down
from leadgen.cli.folders import Folders
from leadgen.cli.process_table import Identity, end_family, family_of, is_alive
from leadgen.cli.session import exclusive
from leadgen.errors import ConfigurationError
from leadgen.settings import Settings

PROGRAM = Path(__file__).with_name("supervised_program.py")


@pytest.fixture
def settings(folders: Folders) -> Settings:
    return Settings(_env_file=None, home=folders.home)


@contextmanager
def running(folders: Folders) -> Iterator[tuple[subprocess.Popen[str], set[Identity]]]:
    """The program once all its parts are ready, and every process that runs for it."""
    program = subprocess.Popen([sys.executable, PROGRAM, folders.home], stdout=subprocess.PIPE, text=True)
    try:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        recorded = record.read(folders.record)
        assert recorded is not None
        families = [family_of(part.process) for part in recorded.parts if part.process]
        assert [len(family) for family in families] == [1, 2, 1]
        yield program, set().union(*families)
    finally:
        program.kill()
        program.communicate()
        left = record.read(folders.record)
        for part in left.parts if left else ():
            if part.process:
                end_family(part.process, 1)


def nothing_is_left(folders: Folders, processes: set[Identity]) -> bool:
    with checkout_lock.held(folders.lock, "test"):
        return not folders.record.exists() and not any(is_alive(process) for process in processes)


@pytest.mark.parametrize("interrupt", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_leaves_nothing(folders: Folders, interrupt: signal.Signals) -> None:
    with running(folders) as (program, processes):
        program.send_signal(interrupt)

        assert program.wait(60) == 130
        assert nothing_is_left(folders, processes)


def test_a_second_interrupt_does_not_stop_the_cleaning_up(folders: Folders) -> None:
    with running(folders) as (program, processes):
        program.send_signal(signal.SIGINT)
        program.send_signal(signal.SIGINT)

        assert program.wait(60) == 130
        assert nothing_is_left(folders, processes)


def test_down_stops_what_another_terminal_runs(folders: Folders, settings: Settings) -> None:
    with running(folders) as (_program, processes):
        assert bring_down(settings) == ["database", "worker", "web"]
        assert nothing_is_left(folders, processes)


def test_down_ends_what_a_killed_command_has_left(folders: Folders, settings: Settings) -> None:
    with running(folders) as (program, processes):
        program.kill()
        program.wait()
        assert all(is_alive(process) for process in processes)

        assert bring_down(settings) == ["web", "worker", "database"]
        assert nothing_is_left(folders, processes)


def test_the_next_start_ends_what_a_killed_command_has_left(folders: Folders, settings: Settings) -> None:
    said: list[str] = []
    with running(folders) as (program, processes):
        program.kill()
        program.wait()

        with exclusive(settings, "up", said.append):
            assert not any(is_alive(process) for process in processes)

    assert said == ["Ended what an interrupted run had left: web, worker, database."]


def test_down_leaves_a_process_alone_that_only_has_the_number_of_a_dead_part(
    folders: Folders, settings: Settings
) -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        dead = Identity(pid=stranger.pid, started="long ago")
        written = record.Record(
            command="up",
            supervisor=Identity(pid=1, started="long ago"),
            parts=[record.PartRecord(name="web", state="ready", process=dead)],
        )
        record.write(written, folders.record)

        assert bring_down(settings) == []
        assert stranger.poll() is None
        stranger.kill()


def test_down_has_nothing_to_do_where_nothing_runs(folders: Folders, settings: Settings) -> None:
    assert bring_down(settings) == []


def test_a_second_command_says_who_runs_and_what_to_do(folders: Folders, settings: Settings) -> None:
    with running(folders) as (program, _processes):
        with pytest.raises(ConfigurationError) as refusal, exclusive(settings, "demo", print):
            pytest.fail("two commands run the parts of one checkout")

        assert f"`leadgen up` (process {program.pid}) already runs" in refusal.value.message
        assert "`leadgen down`" in str(refusal.value.remedy)
