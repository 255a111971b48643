"""Reading a CSV file of listings: which rows can be used, and what is wrong with the file when none can.

Columns: id, source, name, address, city, state, postal_code, country, phone, website, latitude, longitude, category
and, if it is there, open (1 or 0). The first row names them. Any field may be empty, other columns are ignored.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from leadgen.domain.geo import Point
from leadgen.sandbox.errors import WorldError

_REQUIRED = ("name", "latitude", "longitude", "category")
_OPEN = {"1": True, "true": True, "": True, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One listing as the file has it; None where a field is empty. `id` is the line's where the file gives none."""

    id: str
    name: str
    location: Point
    category: str | None
    address: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    country: str | None
    phone: str | None
    website: str | None
    is_open: bool


def read_rows(path: Path) -> list[FileRow]:
    """The rows that have a name and coordinates, in the order of the file.

    Raises:
        WorldError: the file cannot be read or is not such a file; names the line where one is to blame.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(_usable(path, csv.DictReader(file)))
    except OSError as error:
        raise WorldError(
            f"{path} cannot be read: {error.strerror}.", remedy="Give the path of a CSV file of listings."
        ) from error
    except UnicodeDecodeError as error:
        raise WorldError(f"{path} is not text in UTF-8.", remedy="Save it as CSV in UTF-8.") from error
    if not rows:
        raise WorldError(
            f"{path} has no row with a name, a latitude and a longitude.",
            remedy="Add coordinates in degrees to the listings: worlds are searched by place.",
        )
    return rows


def _usable(path: Path, reader: "csv.DictReader[str]") -> Iterator[FileRow]:
    try:
        missing = [column for column in _REQUIRED if column not in (reader.fieldnames or ())]
        if missing:
            raise WorldError(
                f"{path} line 1: no column {', '.join(missing)}.",
                remedy=f"Name the columns in the first line; at least {', '.join(_REQUIRED)} must be there.",
            )
        ids: dict[str, int] = {}
        for record in reader:
            row = _row(path, reader.line_num, record)
            if row is None:
                continue
            if row.id in ids:
                raise WorldError(
                    f"{path} line {reader.line_num}: id {row.id!r} stands in line {ids[row.id]} already.",
                    remedy="Give every row an id of its own, or leave the column empty.",
                )
            ids[row.id] = reader.line_num
            yield row
    except csv.Error as error:
        raise WorldError(f"{path} line {reader.line_num}: {error}.", remedy="Save the file as plain CSV.") from error


def _row(path: Path, line: int, record: Mapping[str | None, str | list[str] | None]) -> FileRow | None:
    if None in record:
        raise WorldError(
            f"{path} line {line}: more fields than columns.", remedy='Put fields that hold a comma between "quotes".'
        )
    fields = {column: value.strip() for column, value in record.items() if column and isinstance(value, str)}
    name, latitude, longitude = fields.get("name"), fields.get("latitude"), fields.get("longitude")
    if not (name and latitude and longitude):
        return None
    is_open = _OPEN.get(fields.get("open", "").lower())
    if is_open is None:
        raise WorldError(
            f"{path} line {line}: open is {fields['open']!r}.",
            remedy="Write 1 for open businesses and 0 for closed ones.",
        )
    return FileRow(
        id=fields.get("id") or f"line-{line}",
        name=name,
        location=Point(
            _degrees(path, line, "latitude", latitude, 90), _degrees(path, line, "longitude", longitude, 180)
        ),
        category=fields.get("category") or None,
        address=fields.get("address") or None,
        city=fields.get("city") or None,
        state=fields.get("state") or None,
        postal_code=fields.get("postal_code") or None,
        country=fields.get("country") or None,
        phone=fields.get("phone") or None,
        website=fields.get("website") or None,
        is_open=is_open,
    )


def _degrees(path: Path, line: int, column: str, text: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        raise WorldError(
            f"{path} line {line}: {column} is {text!r}.",
            remedy=f"Write a number of degrees between -{most} and {most}, or leave it empty to skip the row.",
        )
    return value
