"""`leadgen status`: what runs in this checkout, and where."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadgen.cli import record
from leadgen.cli.folders import Folders
from leadgen.cli.process_table import is_alive
from leadgen.cli.record import Record
from leadgen.settings import Settings


def current(settings: Settings) -> Record | None:
    """What is recorded to run, or None."""
    return record.read(Folders.of(settings).record)


def as_json(running: Record | None) -> dict[str, Any]:
    """The document `leadgen status --json` prints."""
    if running is None:
        return {"running": False, "parts": []}
    return {
        "running": running.is_supervised,
        "command": running.command,
        "process": running.supervisor.pid,
        "since": running.started_at.isoformat(),
        "addresses": running.addresses,
        "parts": [
            {
                "name": part.name,
                "state": part.state,
                "process": part.process.pid if part.process else None,
                "alive": is_alive(part.process) if part.process else None,
                "restarts": part.restarts,
            }
            for part in running.parts
        ],
    }


def screen(running: Record | None) -> RenderableType:
    """The same for a person."""
    if running is None:
        return Text("Nothing runs in this checkout. `leadgen up` starts everything.")
    if not running.is_supervised:
        left = [part.name for part in running.parts if part.process and is_alive(part.process)]
        return Text(
            f"`leadgen {running.command}` was killed and has left: {', '.join(left) or 'its record'}. "
            "`leadgen down` ends it."
        )
    table = Table("part", "state", box=None, header_style="dim", pad_edge=False)
    table.add_column("process", justify="right")
    table.add_column("restarts", justify="right")
    for part in running.parts:
        table.add_row(part.name, part.state, str(part.process.pid) if part.process else "–", str(part.restarts))
    since = f"{running.started_at.astimezone():%Y-%m-%d %H:%M:%S}"
    heading = Text(f"`leadgen {running.command}` (process {running.supervisor.pid}) since {since}")
    addresses = (Text(f"{name:<14} {url}") for name, url in running.addresses.items())
    return Group(heading, "", table, "", *addresses)
