"""How a delimited text is written: its encoding and its delimiter, recognised from what stands in it."""

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass, field

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 50

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NUL_SHARE = 0.3  # of every second byte: text of Latin letters in UTF-16 has nearly all
_EXCEL_DELIMITER_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


@dataclass(slots=True)
class EncodingDetector:
    """Reads a whole text by pieces and says at the end how it is encoded.

    A text without a mark is UTF-8 where all of it is, else Windows-1252, which is what older spreadsheets write.
    """

    _head: bytes = b""
    _utf8: bool = True
    _decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"))

    def feed(self, piece: bytes) -> None:
        """The next piece of the text."""
        if len(self._head) < 4096:
            self._head += piece[: 4096 - len(self._head)]
        if self._utf8:
            try:
                self._decoder.decode(piece)
            except UnicodeDecodeError:
                self._utf8 = False

    def encoding(self) -> str:
        """The name of a Python codec. Called once all of the text was read."""
        for mark, name in _BOMS:
            if self._head.startswith(mark):
                return name
        zeros = Counter(place % 2 for place, byte in enumerate(self._head) if byte == 0)
        half = len(self._head) / 2
        if half and zeros[1] > _NUL_SHARE * half and not zeros[0]:
            return "utf-16-le"
        if half and zeros[0] > _NUL_SHARE * half and not zeros[1]:
            return "utf-16-be"
        if self._utf8:
            try:
                self._decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                return "cp1252"
            return "utf-8"
        return "cp1252"


def delimiter_line(first_line: str) -> str | None:
    """The delimiter that Excel's own first line `sep=;` names; None for any other line."""
    named = _EXCEL_DELIMITER_LINE.fullmatch(first_line)
    return named[1] if named else None


def delimiter_of(sample: str) -> str:
    """The delimiter that cuts the first rows most evenly into most cells; a comma where none does.

    `sample` ends at the end of a line. Quotes are obeyed, so that commas in addresses do not count.
    """
    best, best_rank = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        try:
            rows = [row for row in csv.reader(sample.splitlines(keepends=True), delimiter=delimiter) if row]
        except csv.Error:
            continue
        widths = [len(row) for row in rows[:SAMPLE_ROWS]]
        if not widths or widths[0] < 2:
            continue
        rank = (sum(1 for width in widths if width == widths[0]) / len(widths), widths[0])
        if rank > best_rank:
            best, best_rank = delimiter, rank
    return best
