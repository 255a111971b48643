"""Parts start in order and side by side, come back after a crash, and leave nothing behind."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from scripted_parts import SERVES, ScriptedParts

from leadgen.cli import record
from leadgen.cli.folders import Folders
from leadgen.cli.part import Part, PartFailed
from leadgen.cli.process_table import identify, is_alive
from leadgen.cli.supervisor import Supervisor, supervised


def supervisor_of(folders: Folders, *parts: Part, restarts: bool = False) -> Supervisor:
    return Supervisor(parts, command="test", record_file=folders.record, restarts=restarts, tell=lambda _line: None)


async def recorded(folders: Folders, wanted: Callable[[record.Record], bool]) -> record.Record:
    """The record, once it says what is wanted."""
    while True:
        found = record.read(folders.record)
        if found and wanted(found):
            return found
        await asyncio.sleep(0.01)


async def test_parts_that_do_not_need_each_other_start_side_by_side(folders: Folders, make_part: ScriptedParts) -> None:
    left = make_part("left", "mark('left-began'); wait_for('right-began'); mark('left'); serve()")
    right = make_part("right", "mark('right-began'); wait_for('left-began'); mark('right'); serve()")

    async with supervised(supervisor_of(folders, left, right)) as supervisor:
        assert supervisor.ready_after_seconds.keys() == {"left", "right"}


async def test_a_part_starts_only_when_what_it_needs_is_ready(folders: Folders, make_part: ScriptedParts) -> None:
    needed = make_part("database", "mark('database'); serve()")
    needing = make_part("worker", "note(str(os.path.exists('database'))); mark('worker'); serve()", after=("database",))

    async with supervised(supervisor_of(folders, needing, needed)):
        assert (folders.home / "happened").read_text() == "True\n"


async def test_a_crashed_part_comes_back(folders: Folders, make_part: ScriptedParts) -> None:
    crashing = "mark('web')\nif not os.path.exists('crashed'):\n    mark('crashed'); sys.exit(3)\nserve()"
    supervisor = supervisor_of(folders, make_part("web", crashing), restarts=True)

    async with supervised(supervisor):
        found = await supervisor.while_running(
            recorded(folders, lambda r: r.parts[0].restarts == 1 and r.parts[0].state == "ready")
        )

    assert found.parts[0].process is not None


async def test_where_nothing_restarts_a_crash_ends_the_work_and_says_why(
    folders: Folders, make_part: ScriptedParts
) -> None:
    dying = make_part("daemon", "mark('daemon'); print('the disk is gone', flush=True); wait_for('work'); sys.exit(7)")
    supervisor = supervisor_of(folders, dying)

    async def work() -> None:
        (folders.home / "work").touch()
        await asyncio.Event().wait()

    with pytest.raises(PartFailed, match=r"(?s)daemon: it ended with code 7.*the disk is gone"):
        async with supervised(supervisor):
            await supervisor.while_running(work())


async def test_a_part_that_fails_to_start_stops_the_others(folders: Folders, make_part: ScriptedParts) -> None:
    healthy = make_part("healthy", "note(str(os.getpid())); mark('healthy'); serve()")
    failing = make_part("failing", "wait_for('healthy'); print('no such table', flush=True); sys.exit(1)")

    with pytest.raises(PartFailed, match=r"(?s)failing did not start: it ended with code 1.*no such table"):
        async with supervised(supervisor_of(folders, healthy, failing)):
            pytest.fail("a part failed, so the work must not begin")

    assert identify(int((folders.home / "happened").read_text())) is None
    assert not folders.record.exists()


async def test_a_part_that_is_never_ready_is_named_with_its_last_words(
    folders: Folders, make_part: ScriptedParts
) -> None:
    stuck = make_part("stuck", "print('waiting for godot', flush=True); serve()", ready_within_seconds=0.5)

    with pytest.raises(PartFailed, match=r"(?s)stuck runs, but was not ready within 0.5 seconds.*waiting for godot"):
        async with supervised(supervisor_of(folders, stuck)):
            pytest.fail("the part is not ready, so the work must not begin")


async def test_parts_stop_in_reverse_order(folders: Folders, make_part: ScriptedParts) -> None:
    script = """
def leave(*_): note(NAME); sys.exit(0)
signal.signal(signal.SIGTERM, leave)
mark(NAME); serve()
"""

    def part(name: str, after: tuple[str, ...]) -> Part:
        return make_part(name, f"NAME = {name!r}" + script, after=after)

    async with supervised(
        supervisor_of(folders, part("database", ()), part("server", ("database",)), part("web", ("server",)))
    ):
        pass

    assert (folders.home / "happened").read_text().split() == ["web", "server", "database"]


async def test_a_part_that_ignores_the_signal_is_killed_with_all_it_started(
    folders: Folders, make_part: ScriptedParts
) -> None:
    script = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child == 0: serve()
note(f"{os.getpid()} {child}"); mark('stubborn'); serve()
"""
    async with supervised(supervisor_of(folders, make_part("stubborn", script, grace_seconds=0.2))):
        running = [identify(int(pid)) for pid in (folders.home / "happened").read_text().split()]
        assert all(running)

    assert not any(is_alive(identity) for identity in running if identity)


async def test_the_record_names_what_runs_and_goes_with_it(folders: Folders, make_part: ScriptedParts) -> None:
    async with supervised(supervisor_of(folders, make_part("web", SERVES.format(name="web")))):
        found = record.read(folders.record)
        assert found is not None
        assert found.is_supervised
        part: Any = found.parts[0]
        assert (part.name, part.state, is_alive(part.process)) == ("web", "ready", True)

    assert record.read(folders.record) is None
