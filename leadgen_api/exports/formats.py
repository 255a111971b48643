"""How a list is written down: CSV, which no spreadsheet takes for formulas, or JSON. A row at a time, in constant memory."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from leadgen.domain.spreadsheet import harmless

Format = Literal["csv", "json"]
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else


@dataclass(frozen=True, slots=True)
class Writing:
    """One format: its media type, what stands before, between and after the rows, and how a row is written."""

    media_type: str
    start: str
    row: Callable[[Mapping[str, Any], bool], str]
    end: str


def writing(format_: Format, columns: Sequence[str]) -> Writing:
    """How these columns are written; `row` is told whether the row is the first."""
    if format_ == "json":
        return Writing("application/json", "[", _json_row, "\n]\n")
    return Writing("text/csv; charset=utf-8", BYTE_ORDER_MARK + _csv_line(columns), _csv_row, "")


def pieces(rows: Sequence[Mapping[str, Any]], how: Writing, *, are_first: bool) -> Iterator[str]:
    """A batch of rows as written."""
    for number, row in enumerate(rows):
        yield how.row(row, are_first and number == 0)


def _csv_row(row: Mapping[str, Any], _is_first: bool) -> str:
    return _csv_line([_cell(value) for value in row.values()])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else str(value)


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _json_row(row: Mapping[str, Any], is_first: bool) -> str:
    return ("\n" if is_first else ",\n") + orjson.dumps(dict(row), default=str).decode()
