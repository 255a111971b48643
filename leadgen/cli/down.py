"""`leadgen down`: ends what runs in this checkout, whoever started it and however that one died."""

import os
import signal
import time

from leadgen.cli import checkout_lock, leftovers, record
from leadgen.cli.folders import Folders
from leadgen.cli.process_table import is_alive
from leadgen.cli.record import Record
from leadgen.settings import Settings

SUPERVISOR_GRACE_SECONDS = 90.0  # the longest a part takes to stop, and those that wait for it
LOOK_EVERY_SECONDS = 0.1


def bring_down(settings: Settings) -> list[str]:
    """Asks the running supervisor to stop its parts, or ends those of a dead one. Returns the names of what ran."""
    folders = Folders.of(settings)
    if not folders.home.exists():
        return []
    running = record.read(folders.record)
    stopped = []
    if running and running.is_supervised:
        stopped = [part.name for part in running.parts]
        _end_supervisor(running)
    with checkout_lock.held(folders.lock, "down"):
        ended = leftovers.end(settings)
    return stopped or ended


def _end_supervisor(running: Record) -> None:
    os.kill(running.supervisor.pid, signal.SIGTERM)
    deadline = time.monotonic() + SUPERVISOR_GRACE_SECONDS
    while is_alive(running.supervisor):
        if time.monotonic() > deadline:
            os.kill(running.supervisor.pid, signal.SIGKILL)
        time.sleep(LOOK_EVERY_SECONDS)
