"""XLSX files: their sheets, and rows as the texts a person sees. Nothing is unpacked that would not fit."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook

from leadgen.errors import InputError

MOST_UNPACKED_BYTES = 300_000_000  # of all parts together, as the archive declares and zipfile enforces
MOST_PARTS = 2_000
MOST_COLUMNS = 500

_BROKEN = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, ParseError, EOFError, OSError)
_DIGITS_FORMAT = re.compile(r"0{2,15}")  # `00000`: a postal code kept as a number


def table(path: Path, sheet: str | None, most_rows: int) -> tuple[str, list[tuple[int, Sequence[str]]]]:
    """The name of a sheet (`sheet`, or the first that is visible) and its rows with their numbers, without blank ones.

    Read once and held: a workbook's texts are in memory as long as it is open anyway, and to open it takes longest. At most
    `most_rows` rows are read.

    Raises:
        InputError: the file is not XLSX, is damaged, would unpack to too much, has no such sheet, or too many columns.
    """
    with _opened(path) as book:
        visible = [one.title for one in book.worksheets if one.sheet_state == "visible"]
        if sheet is not None and sheet not in visible:
            raise InputError(f"The file has no sheet {sheet!r}.", remedy=f"Its sheets are {', '.join(visible)}.")
        if not visible:
            raise InputError("The file has no sheet.", remedy="Give a workbook with a table in its first sheet.")
        name = sheet or visible[0]
        return name, list(islice(_rows(book[name]), most_rows))


def _rows(sheet: Any) -> Iterator[tuple[int, Sequence[str]]]:
    sheet.reset_dimensions()  # what a file says of its own size is often wrong
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        texts = [_shown(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MOST_COLUMNS:
            raise InputError(f"Row {number} has too many columns.", remedy=f"Leave at most {MOST_COLUMNS}.")
        if texts:
            yield number, tuple(texts)


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    """The workbook, closed at the end. What breaks in it, here or while its rows are read, is an InputError."""
    book: Workbook | None = None
    try:
        _require_bearable(path)
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        yield book
    except _BROKEN as error:
        raise InputError(
            "The file is no XLSX workbook, or is damaged.", remedy="Save it again as .xlsx or .csv."
        ) from error
    finally:
        if book is not None:
            book.close()


def _require_bearable(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if unpacked > MOST_UNPACKED_BYTES or len(parts) > MOST_PARTS:
            raise InputError(
                f"The file would unpack to {unpacked / 1e6:,.0f} MB in {len(parts)} parts.",
                remedy=f"Save the table alone, as .csv or below {MOST_UNPACKED_BYTES / 1e6:,.0f} MB.",
            )


def _shown(cell: Any) -> str:
    """A cell as a person reads it: whole numbers without decimals, codes with their zeros, dates as ISO."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        text = str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
        form = cell.number_format
        return text.zfill(len(form)) if isinstance(form, str) and _DIGITS_FORMAT.fullmatch(form) else text
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)
