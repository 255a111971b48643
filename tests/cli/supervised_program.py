"""A program that supervises three parts as `leadgen up` does, in the home folder it is given, until it is ended."""

import asyncio
import sys
from pathlib import Path

from scripted_parts import SERVES, ScriptedParts

from leadgen.cli.interrupts import run_until_interrupted
from leadgen.cli.session import exclusive
from leadgen.cli.supervisor import Supervisor, supervised
from leadgen.settings import Settings

# Outside its own group, as a run of the run worker is: it ends by itself when its parent is gone.
FORKS = """
reading, writing = os.pipe()
child = os.fork()
if child == 0:
    os.setsid(); os.close(writing); os.read(reading, 1); os._exit(0)
os.close(reading); mark({name!r}); serve()
"""


async def run(settings: Settings) -> None:
    with exclusive(settings, "up", print) as folders:
        make_part = ScriptedParts(folders)
        parts = [
            make_part("database", SERVES.format(name="database")),
            make_part("worker", FORKS.format(name="worker"), after=("database",)),
            make_part("web", SERVES.format(name="web"), after=("database",)),
        ]
        supervisor = Supervisor(parts, command="up", record_file=folders.record, restarts=True)
        async with supervised(supervisor):
            print("ready", flush=True)  # noqa: T201 - the test waits for it
            await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        run_until_interrupted(run(Settings(_env_file=None, home=Path(sys.argv[1]))))
    except KeyboardInterrupt:
        sys.exit(130)
