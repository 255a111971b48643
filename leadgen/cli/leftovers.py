"""What an interrupted command left running, found by its record and ended."""

from leadgen.cli import record
from leadgen.cli.folders import Folders
from leadgen.cli.process_table import end_family
from leadgen.settings import Settings
from leadgen.store.connections import embedded_server, uses_embedded

GRACE_SECONDS = 5.0


def end(settings: Settings) -> list[str]:
    """Ends the recorded parts in reverse order, then the embedded database; returns the names of those that still ran.

    Call it with the checkout's lock held: then the supervisor that wrote the record is dead.
    """
    folders = Folders.of(settings)
    left = record.read(folders.record)
    parts = reversed(left.parts) if left else ()
    ended = [part.name for part in parts if part.process and end_family(part.process, GRACE_SECONDS)]
    if _stop_database(settings):
        ended.append("database")
    folders.record.unlink(missing_ok=True)
    return ended


def _stop_database(settings: Settings) -> bool:
    if not uses_embedded(settings):
        return False
    server = embedded_server(settings)
    if not server.is_running():
        return False
    server.stop()
    return True
