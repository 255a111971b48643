"""The names of IMAP's folders: how they are spelled on the wire, and which one holds what was sent.

Sources: RFC 3501 section 5.1.3 (modified UTF-7), RFC 6154 (special uses).
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

_LINE = re.compile(rb'\((?P<flags>[^)]*)\)\s+(?:"(?:\\.|[^"])*"|NIL)\s+(?P<name>.*)', re.IGNORECASE | re.DOTALL)
_ENCODED = re.compile(r"&([^-]*)-")
_OTHER = re.compile(r"[^\x20-\x7e]+|&")
_SENT_NAMES = ("sent", "sent items", "sent mail", "sent messages", "inbox.sent", "inbox/sent", "[gmail]/sent mail")


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder. `flags` are lower case, as `\\sent`."""

    name: str
    flags: frozenset[str]


def encoded(name: str) -> str:
    """A folder's name as it goes over the wire: `Entwürfe` is `Entw&APw-rfe`."""

    def shifted(match: re.Match[str]) -> str:
        if match.group() == "&":
            return "&-"
        text = base64.b64encode(match.group().encode("utf-16-be", "surrogatepass")).decode().rstrip("=")
        return f"&{text.replace('/', ',')}-"

    return _OTHER.sub(shifted, name)


def decoded(name: str) -> str:
    """The name that was spelled so; as it is where the spelling is broken."""

    def shifted(match: re.Match[str]) -> str:
        text = match.group(1).replace(",", "/")
        if not text:
            return "&"
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-16-be")

    try:
        return _ENCODED.sub(shifted, name)
    except (ValueError, UnicodeDecodeError):
        return name


def quoted(text: str) -> str:
    """A string as IMAP quotes it. It holds no line break."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def folders_of(lines: Sequence[bytes | tuple[bytes, bytes] | None]) -> tuple[Folder, ...]:
    """What LIST has answered, as imaplib hands it on; a name may come as a literal. What cannot be read is left out."""
    found = []
    for line in lines:
        text, literal = line if isinstance(line, tuple) else (line or b"", None)
        if match := _LINE.match(text):
            name = literal if literal is not None else match["name"].strip()
            if literal is None and name.startswith(b'"'):
                name = re.sub(rb"\\(.)", rb"\1", name[1:-1])
            flags = match["flags"].decode("ascii", "replace").lower().split()
            found.append(Folder(decoded(name.decode("utf-8", "replace")), frozenset(flags)))
    return tuple(found)


def sent_folder(folders: Sequence[Folder]) -> str | None:
    """The folder of sent mail: the one that says so, else the one that is called so."""
    chosen = next((folder for folder in folders if "\\sent" in folder.flags), None)
    if chosen is None:
        known = {folder.name.lower(): folder for folder in folders if "\\noselect" not in folder.flags}
        chosen = next((known[name] for name in _SENT_NAMES if name in known), None)
    return chosen.name if chosen else None
