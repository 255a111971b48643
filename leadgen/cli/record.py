"""What runs now, on file: `status` shows it, and whoever comes after a crash can end it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from leadgen.cli.process_table import Identity, is_alive

PartState = Literal["waiting", "starting", "ready", "restarting", "stopping", "stopped", "failed"]


class PartRecord(BaseModel):
    """One part as the supervisor sees it. `process` is None where the part is not a process of ours."""

    name: str
    state: PartState = "waiting"
    process: Identity | None = None
    restarts: int = 0


class Record(BaseModel):
    """One supervisor and its parts, in the order they start."""

    command: str
    supervisor: Identity
    started_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    addresses: dict[str, str] = {}
    parts: list[PartRecord] = []

    @property
    def is_supervised(self) -> bool:
        """Whether the supervisor that wrote this still runs; else what it started are leftovers."""
        return is_alive(self.supervisor)


def write(record: Record, path: Path) -> None:
    """Replaces the file in one step, so that a reader never meets half of it."""
    draft = path.with_suffix(".new")
    draft.write_text(record.model_dump_json(indent=1))
    draft.replace(path)


def read(path: Path) -> Record | None:
    """The record, or None where nothing is recorded."""
    try:
        return Record.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        path.unlink(missing_ok=True)  # of another version: nothing in it can be trusted
        return None
