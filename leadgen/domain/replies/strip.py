"""A person's answer without the mail it answers, without signature and without what the mail program adds.

Each line gets a kind; the order of the kinds tells top posting, bottom posting and answers within the quote apart. Answers
within a quote keep the quote: without it they mean nothing.
"""

import re
from dataclasses import dataclass

from leadgen.domain.replies.quote_lines import (
    announcement_length,
    header_of,
    is_code_rule,
    is_delimiter,
    is_marker,
    is_quote,
    is_sender_header,
    is_trailer,
)

# Kinds of lines, one letter each, so that the order of a mail can be matched as text.
_EMPTY, _TEXT, _QUOTE, _DELIMITER, _TRAILER, _ANNOUNCED, _HEADERS = "etqdsbh"
_TAIL = 7  # lines of text after a quote: fewer are a signature under a top-posted answer, more are an answer
_LEAST_HEADERS = 3


@dataclass(frozen=True, slots=True)
class Stripped:
    """`reply` is what was written now, `quoted` all that was taken away, in the order it stood."""

    reply: str
    quoted: str


def strip_reply(text: str) -> Stripped:
    """Divides a mail's text into the answer and the rest. Every line but empty ones at the ends is in one of the two."""
    lines = text.replace("\r\n", "\n").replace("\u200b", "").replace("\xa0", " ").split("\n")
    kinds = _kinds(lines)
    if not set(kinds) - {_EMPTY, _QUOTE}:
        return Stripped(text.strip("\n"), "")
    kept = _kept(kinds)
    reply = _joined(lines, kept)
    quoted = _joined(lines, [place for place in range(len(lines)) if place not in set(kept)])
    return Stripped(reply, quoted)


def unquoted_lines(text: str) -> str:
    """All lines without a quote mark before an older mail's headers: more than the reply, where it stands below."""
    lines = text.split("\n")
    kinds = _kinds(lines)
    end = kinds.find(_HEADERS)
    places = range(len(lines) if end < 0 else end)
    return "\n".join(lines[place] for place in places if kinds[place] in {_TEXT, _EMPTY})


def _kinds(lines: list[str]) -> str:
    kinds = [_TEXT] * len(lines)
    is_code = False
    place = 0
    while place < len(lines):
        line = lines[place]
        if is_code_rule(line):
            is_code = not is_code and any(is_code_rule(later) for later in lines[place + 1 :])
            place += 1
            continue
        length = 1
        if not is_code:
            kinds[place], length = _kind(lines, place)
            for wrapped in range(place + 1, min(place + length, len(lines))):
                kinds[wrapped] = kinds[place]
        place += length
    return "".join(kinds)


def _kind(lines: list[str], place: int) -> tuple[str, int]:
    """The kind of a line, and over how many lines it reaches."""
    line = lines[place]
    announced = announcement_length(lines[place : place + 6])
    headers = _header_block(lines, place)
    if headers or is_marker(line):
        return _HEADERS, headers or 1
    if announced and not is_quote(line):
        return _ANNOUNCED, announced
    return _kind_of_one(line), 1


def _kind_of_one(line: str) -> str:
    if not line.strip():
        return _EMPTY
    if is_quote(line):
        return _QUOTE
    if is_delimiter(line):
        return _DELIMITER
    return _TRAILER if is_trailer(line) else _TEXT


def _header_block(lines: list[str], place: int) -> int:
    """How many lines the headers of an older mail take from here; 0 where none stand. Unmarked lines only."""
    if is_quote(lines[place]) or not header_of(lines[place]):
        return 0
    names: list[str] = []
    length = 0
    blank = 0
    for line in lines[place : place + 14]:
        name = header_of(line)
        if name:
            names.append(name)
            blank = 0
        elif not line.strip():
            blank += 1
            if blank > 1:
                break
        elif not line[:1].isspace() and not re.match(r"^[<\"\w].*[@;>]", line):
            break
        length += 1
    has_sender = any(is_sender_header(name) for name in names)
    enough = len(set(names)) >= _LEAST_HEADERS or (len(set(names)) == 2 and has_sender and is_sender_header(names[0]))
    return length if has_sender and enough and len(set(names)) >= 2 else 0


def _kept(kinds: str) -> list[int]:
    """The places of the lines that are the answer."""
    end = len(kinds)
    cut = _first_cut(kinds)
    if cut is not None:
        end = cut
    rest = [place for place in range(end) if kinds[place] not in {_TRAILER, _DELIMITER, _HEADERS}]
    rest = _without_announced(kinds, rest)
    order = "".join(kinds[place] for place in rest)
    trailing = re.search(r"(?<=t)[qe]+$", order)
    if trailing:
        rest = rest[: trailing.start()]
    return rest


def _first_cut(kinds: str) -> int | None:
    """Where an older mail or a signature begins: the first delimiter or header block with text before it."""
    for place, kind in enumerate(kinds):
        before = kinds[:place]
        if kind == _DELIMITER and _TEXT in before:
            return place
        if kind == _HEADERS and (
            _TEXT in before or _QUOTE not in kinds[place:] or _TEXT not in kinds[place:].lstrip("hebq")
        ):
            return place
    return None


def _without_announced(kinds: str, places: list[int]) -> list[int]:
    order = "".join(kinds[place] for place in places)
    first = order.find(_ANNOUNCED)
    if first < 0:
        return places
    before, after = order[:first], order[first:]
    if _TEXT in before and not after.strip("be").lstrip("q"):
        return places[:first]
    if _QUOTE not in after:
        return places[:first]
    simple = re.fullmatch(r"[beq]*?((?<=[qe])[te]*)", after)
    if simple:
        tail = simple[1]
        if _TEXT in before and tail.count(_TEXT) < _TAIL:
            return places[:first]
        start = first + len(after) - len(tail)
        return places[:first] + places[start:]
    return [place for place in places if kinds[place] != _ANNOUNCED]


def _joined(lines: list[str], places: list[int]) -> str:
    text = "\n".join(lines[place].rstrip() for place in places)
    return re.sub(r"^(?:[ \t]*\n)+", "", text).rstrip()
