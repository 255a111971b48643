"""Plain values as JSON rows, the form in which batches travel to `json_populate_recordset`."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import orjson


def as_json(rows: Iterable[Mapping[str, Any]]) -> str:
    """One JSON array. Dataclasses inside become objects; NUL, which Postgres text cannot hold, is dropped."""
    return orjson.dumps(list(rows), default=_plain).decode().replace("\\u0000", "")


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)
