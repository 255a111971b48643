"""A file of rows as it lies on the disk: which format it has, how its text is written, and its rows one after another.

Delimited text is streamed: a file of any length takes the memory of a line. An XLSX file is read once and its rows are held.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from leadgen.domain.discovery.importing_columns import distinct_headers
from leadgen.domain.discovery.importing_text import SAMPLE_ROWS, EncodingDetector, delimiter_line, delimiter_of
from leadgen.errors import InputError
from leadgen.store.imports import spreadsheets

Format = Literal["csv", "tsv", "xlsx"]
NumberedRow = tuple[int, Sequence[str]]

PIECE_BYTES = 1 << 20
LONGEST_CELL = 131_072  # characters: an unclosed quote ends here instead of swallowing the file
MOST_COLUMNS = 500
MOST_ROWS = 200_000
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx under a password
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class ImportFile:
    """An opened file: what it is called, what it is, and how to read it. `rows` may be asked for again and again."""

    path: Path
    name: str
    sha256: bytes
    format: Format
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    headers: tuple[str, ...]
    header_line: int
    held: tuple[NumberedRow, ...] = field(default=(), repr=False, compare=False)  # the rows of an XLSX file

    def rows(self, after_line: int = 0) -> Iterator[NumberedRow]:
        """Every row that is not blank behind the header and behind `after_line`, with the line it begins on.

        Raises:
            InputError: the file has more rows than an import takes, or ends in the middle.
        """
        first = max(self.header_line, after_line)
        taken = 0
        for line, cells in self._all_rows():
            if line > first and any(cell and not cell.isspace() for cell in cells):
                taken += 1
                if taken > MOST_ROWS:
                    raise InputError(
                        f"The file has more than {MOST_ROWS:,} rows.", remedy="Split it and import the parts."
                    )
                yield line, cells

    def sample(self, rows: int = SAMPLE_ROWS) -> list[Sequence[str]]:
        """The first rows behind the header."""
        return [cells for _, cells in islice(self.rows(), rows)]

    def _all_rows(self) -> Iterator[NumberedRow]:
        if self.format == "xlsx":
            width = len(self.headers)
            return ((line, (*cells, *[""] * (width - len(cells)))) for line, cells in self.held)
        return _text_rows(self.path, self.encoding or "utf-8", self.delimiter or ",")


def open_file(path: Path, name: str | None = None, sheet: str | None = None) -> ImportFile:
    """The file with its format, encoding, delimiter and header recognised. `sheet` names one of an XLSX file.

    Raises:
        InputError: it cannot be read, is empty, or is of no format we read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4)
            file.seek(0)
            detector, digest = EncodingDetector(), hashlib.sha256()
            while piece := file.read(PIECE_BYTES):
                digest.update(piece)
                if head != _ZIP:
                    detector.feed(piece)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", remedy="Give the path of a file.") from error
    if head.startswith(_OLD_EXCEL):
        raise InputError(
            "The file is an old Excel file or has a password.", remedy="Save it as .xlsx without password."
        )
    shown = (name or path.name)[-300:]
    if head == _ZIP:
        sheet, held = spreadsheets.table(path, sheet, MOST_ROWS + 2)
        line, headers = _header(iter(held))
        return ImportFile(path, shown, digest.digest(), "xlsx", None, None, sheet, headers, line, tuple(held))
    encoding = detector.encoding()
    delimiter = _delimiter(path, encoding)
    line, headers = _header(_text_rows(path, encoding, delimiter))
    form: Format = "tsv" if delimiter == "\t" else "csv"
    return ImportFile(path, shown, digest.digest(), form, encoding, delimiter, None, headers, line)


def _header(rows: Iterator[NumberedRow]) -> tuple[int, tuple[str, ...]]:
    """The first row that is not blank."""
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            filled = max(place for place, cell in enumerate(cells, start=1) if cell.strip())
            if filled > MOST_COLUMNS:
                raise InputError(f"The file has {filled} columns.", remedy=f"Leave at most {MOST_COLUMNS}.")
            return line, distinct_headers(cells if len(cells) <= MOST_COLUMNS else cells[:filled])
    raise InputError("The file has no rows.", remedy="Give a file whose first row names its columns.")


def _delimiter(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        first = text.readline(LONGEST_CELL)
        named = delimiter_line(first)
        return named or delimiter_of(first + "".join(text.readline(LONGEST_CELL) for _ in range(SAMPLE_ROWS)))


def _text_rows(path: Path, encoding: str, delimiter: str) -> Iterator[NumberedRow]:
    """The rows of a delimited text. A row that csv itself cannot read comes as one cell, too few for any header."""
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        named = delimiter_line(text.readline(LONGEST_CELL))
        skipped = 1 if named else 0
        if not named:
            text.seek(0)
        reader = csv.reader(_bounded(text), delimiter=delimiter)
        while True:
            line = reader.line_num + skipped + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, [f"({error})"]
                continue
            yield line, cells


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines, cut where one is longer than any row can be: a file without line breaks is not held in memory whole."""
    while line := text.readline(LONGEST_CELL * 4):
        yield line
