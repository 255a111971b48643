"""What IMAP tells of messages: FETCH's items and SEARCH's keys, as far as readers use them (RFC 3501, 6.4.4 and 6.4.5)."""

import re
from collections.abc import Callable
from email.header import decode_header, make_header

from leadgen.sandbox.mail_imap_words import BadCommand, Word, date_time, numbers, read_date, string
from leadgen.sandbox.mail_store import Folder, StoredMessage

_BODY = re.compile(
    r"BODY(?P<peek>\.PEEK)?\[(?P<section>HEADER\.FIELDS(?:\.NOT)? \([^)]*\)|HEADER|TEXT|)\](?:<(?P<from>\d+)\.(?P<most>\d+)>)?",
    re.IGNORECASE,
)
_SHORT = {"RFC822": "BODY[]", "RFC822.HEADER": "BODY.PEEK[HEADER]", "RFC822.TEXT": "BODY[TEXT]"}
_FAST = ("FLAGS", "INTERNALDATE", "RFC822.SIZE")
_FLAGS = {
    "SEEN": "\\Seen",
    "ANSWERED": "\\Answered",
    "FLAGGED": "\\Flagged",
    "DELETED": "\\Deleted",
    "DRAFT": "\\Draft",
}

Numbered = tuple[int, StoredMessage]  # the sequence number, from 1
Test = Callable[[Numbered], bool]


def items_of(word: Word) -> list[str]:
    """The items that a FETCH asks for, in capitals."""
    asked = [word] if isinstance(word, str) else word
    if not isinstance(asked, list) or not asked:
        raise BadCommand("FETCH needs items")
    names = [string(item).upper() for item in asked]
    return list(_FAST) if names == ["FAST"] else names


def fetched(message: StoredMessage, number: int, items: list[str], *, may_mark: bool) -> bytes:
    """The FETCH answer for one message. Reading a body marks it as read, unless it is only peeked at."""
    parts: list[bytes] = []
    for item in items:
        if item == "UID":
            parts.append(f"UID {message.uid}".encode())
        elif item == "FLAGS":
            parts.append(f"FLAGS ({' '.join(sorted(message.flags))})".encode())
        elif item == "INTERNALDATE":
            parts.append(f"INTERNALDATE {date_time(message.internal_date)}".encode())
        elif item == "RFC822.SIZE":
            parts.append(f"RFC822.SIZE {len(message.raw)}".encode())
        else:
            parts.append(_body(message, item, may_mark=may_mark))
    return f"* {number} FETCH (".encode() + b" ".join(parts) + b")"


def _body(message: StoredMessage, item: str, *, may_mark: bool) -> bytes:
    match = _BODY.fullmatch(_SHORT.get(item, item))
    if match is None:
        raise BadCommand(f"unknown item {item}")
    content = _section(message, match["section"].upper())
    name = item if item in _SHORT else f"BODY[{match['section']}]"
    if match["from"] is not None:
        start = int(match["from"])
        content, name = content[start : start + int(match["most"])], f"{name}<{start}>"
    if may_mark and not match["peek"] and item != "RFC822.HEADER":
        message.flags.add("\\Seen")
    return f"{name} {{{len(content)}}}\r\n".encode() + content


def _section(message: StoredMessage, section: str) -> bytes:
    head, _, text = message.raw.partition(b"\r\n\r\n")
    if section == "":
        return message.raw
    if section == "TEXT":
        return text
    if section == "HEADER":
        return head + b"\r\n\r\n"
    wanted = set(section.partition("(")[2].rstrip(")").lower().split())
    excluded = section.startswith("HEADER.FIELDS.NOT")
    lines = re.findall(rb"[^\r\n:]+:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", head + b"\r\n")
    kept = [
        line for line in lines if (line.partition(b":")[0].decode("ascii", "replace").lower() in wanted) != excluded
    ]
    return b"".join(kept) + b"\r\n"


def searched(folder: Folder, words: list[Word]) -> list[Numbered]:
    """The messages that a SEARCH finds."""
    rest = list(words)
    if rest and isinstance(rest[0], str) and rest[0].upper() == "CHARSET":
        if len(rest) < 2 or string(rest[1]).upper() not in {"UTF-8", "US-ASCII"}:
            raise BadCommand("unknown charset")
        rest = rest[2:]
    if not rest:
        raise BadCommand("SEARCH needs keys")
    tests: list[Test] = []
    while rest:
        tests.append(_key(rest, folder))
    return [one for one in enumerate(folder.messages, start=1) if all(test(one) for test in tests)]


def _key(rest: list[Word], folder: Folder) -> Test:
    """Takes one key off the front and gives what it asks."""
    if not rest:
        raise BadCommand("a search key is missing")
    word = rest.pop(0)
    if isinstance(word, list):
        inner, tests = list(word), []
        while inner:
            tests.append(_key(inner, folder))
        return lambda one: all(test(one) for test in tests)
    name = string(word).upper()
    if name == "ALL":
        return lambda _one: True
    if name == "NOT":
        test = _key(rest, folder)
        return lambda one: not test(one)
    if name.removeprefix("UN") in _FLAGS:
        flag, is_set = _FLAGS[name.removeprefix("UN")], not name.startswith("UN")
        return lambda one: (flag in one[1].flags) == is_set
    return _key_with_value(name, rest, folder)


def _key_with_value(name: str, rest: list[Word], folder: Folder) -> Test:
    if name[0] in "0123456789*":
        ranges = numbers(name, len(folder.messages))
        return lambda one: any(one[0] in within for within in ranges)
    value = _value(name, rest)
    if name == "UID":
        last = max((message.uid for message in folder.messages), default=0)
        ranges = numbers(value, last)
        return lambda one: any(one[1].uid in within for within in ranges)
    if name in {"SINCE", "BEFORE", "ON"}:
        day = read_date(value)
        signs = {"SINCE": (0, 1), "BEFORE": (-1,), "ON": (0,)}[name]
        return lambda one: _compared(one[1].internal_date.date().toordinal(), day.toordinal()) in signs
    if name == "HEADER":
        wanted = _value(name, rest)
        return lambda one: _has(one[1], value, wanted)
    if name in {"FROM", "TO", "CC", "BCC", "SUBJECT"}:
        return lambda one: _has(one[1], name, value)
    raise BadCommand(f"unknown search key {name}")


def _value(name: str, rest: list[Word]) -> str:
    if not rest:
        raise BadCommand(f"{name} needs a value")
    return string(rest.pop(0))


def _compared(one: int, other: int) -> int:
    return (one > other) - (one < other)


def _has(message: StoredMessage, header: str, wanted: str) -> bool:
    values = message.headers.get_all(header) or []
    texts = [str(make_header(decode_header(str(value)))) for value in values]
    return any(wanted.lower() in text.lower() for text in texts)
