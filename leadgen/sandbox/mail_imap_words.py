"""IMAP's words: how a command is taken apart, and how values are spelled in an answer (RFC 3501 section 9)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")
_DATE_TIME = re.compile(r"\s*(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_DATE = re.compile(r"(\d{1,2})-(\w{3})-(\d{4})")
_RANGE = re.compile(r"(\d+|\*)(?::(\d+|\*))?")


class BadCommand(ValueError):
    """The command is not IMAP; the message says how."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string as it was given: quoted, or as a literal. An atom is a plain `str`, a list in parentheses a `list`."""

    value: bytes


Word = str | Text | list["Word"]


def words_of(pieces: list[bytes]) -> list[Word]:
    """The words of a command. Pieces are lines without their `{n}`, and between them the literals."""
    found: list[Word] = []
    stack = [found]
    for index, piece in enumerate(pieces):
        if index % 2:
            stack[-1].append(Text(piece))
        else:
            _take_words(piece, stack)
    if len(stack) != 1:
        raise BadCommand("a parenthesis is open")
    return found


def _take_words(line: bytes, stack: list[list[Word]]) -> None:
    at = 0
    while at < len(line):
        sign = line[at : at + 1]
        if sign == b" ":
            at += 1
        elif sign == b"(":
            inner: list[Word] = []
            stack[-1].append(inner)
            stack.append(inner)
            at += 1
        elif sign == b")":
            if len(stack) == 1:
                raise BadCommand("a parenthesis is closed that was not open")
            stack.pop()
            at += 1
        elif sign == b'"':
            at = _take_quoted(line, at + 1, stack[-1])
        else:
            at = _take_atom(line, at, stack[-1])


def _take_quoted(line: bytes, at: int, words: list[Word]) -> int:
    value = bytearray()
    while at < len(line) and line[at : at + 1] != b'"':
        if line[at : at + 1] == b"\\":
            at += 1
        value += line[at : at + 1]
        at += 1
    if at >= len(line):
        raise BadCommand("a quotation mark is open")
    words.append(Text(bytes(value)))
    return at + 1


def _take_atom(line: bytes, at: int, words: list[Word]) -> int:
    """An atom; what stands in brackets belongs to it, spaces and parentheses included: BODY[HEADER.FIELDS (TO)]."""
    start, depth = at, 0
    while at < len(line):
        sign = line[at : at + 1]
        depth += (sign == b"[") - (sign == b"]")
        if depth <= 0 and sign in {b" ", b"(", b")"}:
            break
        at += 1
    words.append(line[start:at].decode("utf-8", "replace"))
    return at


def string(word: Word) -> str:
    """A word that may be an atom or a string."""
    if isinstance(word, list):
        raise BadCommand("a string is needed, not a list")
    return word if isinstance(word, str) else word.value.decode("utf-8", "replace")


def numbers(text: str, last: int) -> list[range]:
    """A set of numbers, `1:3,7,9:*`, where `*` is the last."""
    found = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise BadCommand("this is no set of numbers")
        ends = [last if end == "*" else int(end) for end in match.groups() if end is not None]
        found.append(range(min(ends), max(ends) + 1))
    return found


def quoted(text: str) -> str:
    """A string in quotation marks."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def date_time(moment: datetime) -> str:
    """A moment as INTERNALDATE spells it."""
    return f'"{moment.day:2d}-{MONTHS[moment.month - 1]}-{moment.year} {moment:%H:%M:%S} +0000"'


def read_date_time(text: str) -> datetime:
    """The moment that a quoted date-time names, in UTC."""
    match = _DATE_TIME.fullmatch(text)
    if match is None or match[2].title() not in MONTHS:
        raise BadCommand("this is no date-time")
    away = timedelta(hours=int(match[8]), minutes=int(match[9])) * (1 if match[7] == "+" else -1)
    month = MONTHS.index(match[2].title()) + 1
    parts = (int(match[3]), month, int(match[1]), int(match[4]), int(match[5]), int(match[6]))
    try:
        return datetime(*parts, tzinfo=timezone(away)).astimezone(UTC)
    except ValueError:
        raise BadCommand("this is no date-time") from None


def read_date(text: str) -> date:
    """The day that a search names."""
    match = _DATE.fullmatch(text)
    if match is None or match[2].title() not in MONTHS:
        raise BadCommand("this is no date")
    try:
        return date(int(match[3]), MONTHS.index(match[2].title()) + 1, int(match[1]))
    except ValueError:
        raise BadCommand("this is no date") from None
