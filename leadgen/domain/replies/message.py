"""A mail as the rules read it: headers decoded, one text, the parts a machine wrote. Nothing that is broken raises."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as Parsed
from email.utils import getaddresses

from leadgen.domain.replies.html_text import html_to_text

_HEADER_LINE = re.compile(r"(?:From |>?[A-Za-z][A-Za-z0-9-]{1,60}:)")
_PROOF = frozenset(
    {"received", "message-id", "mime-version", "return-path", "content-type", "delivered-to", "auto-submitted"}
    | {"x-failed-recipients"}
)
_ENVELOPE = frozenset({"from", "to", "subject", "date"})
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
_LONGEST = 200_000  # characters of one part: more is an attachment, not an answer
_WASTE = re.compile(r"\S{20000,}|[^\S\n]{200,}")  # data or filling: it says nothing and costs much to search
_DEEPEST = 8  # parts within parts: a returned mail may itself be a bounce of a bounce


@dataclass(frozen=True, slots=True)
class Message:
    """A mail that came in. Header names are lower case; `text` is the plain part, else the HTML as text.

    `report` holds the blocks of a delivery status notification (RFC 3464), `feedback` those of an abuse report (RFC 5965),
    `returned` the headers and text of the mail that was sent back. `is_mail` is False for bare text without headers.
    """

    headers: tuple[tuple[str, str], ...]
    text: str
    report: str = ""
    feedback: str = ""
    returned: str = ""
    is_mail: bool = True

    def header(self, name: str) -> str:
        """The first header of this name, in lower case; empty where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def addresses(self, name: str) -> tuple[str, ...]:
        """The addresses of all headers of this name, in lower case."""
        values = [value for key, value in self.headers if key == name]
        return tuple(address.lower() for _, address in getaddresses(values) if "@" in address)

    @property
    def subject(self) -> str:
        return self.header("subject")


def read_message(raw: bytes) -> Message:
    """The mail in `raw`: a message as it travels, or the bare text of one. Never raises: what is broken is read as text."""
    if not _is_mail(raw):
        text = _decoded(raw, None)[:_LONGEST]
        lowered = text[:500].lower()
        return Message((), html_to_text(text) if "<html" in lowered or "<!doctype" in lowered else text, is_mail=False)
    try:
        parsed = email.message_from_bytes(raw)
        headers = tuple((name.lower(), _header(value)) for name, value in parsed.raw_items())
    except (MessageError, ValueError, LookupError, RecursionError):
        return Message((), _decoded(raw, None))
    gathered = _Gathered()
    _gather(parsed, gathered, depth=0)
    if (
        gathered.nested.report
        and not gathered.report
        and not any("@" in part for part in (*gathered.plain, *gathered.html))
    ):
        gathered = gathered.nested
    text = "\n\n".join(part for part in gathered.plain if part.strip())
    if not text.strip():
        text = "\n\n".join(html_to_text(part) for part in gathered.html)
    return Message(
        headers, text, "\n\n".join(gathered.report), "\n\n".join(gathered.feedback), "\n\n".join(gathered.returned)
    )


class _Gathered:
    """`nested` is what a report within a returned mail says: some gateways send a bounce on as an attachment."""

    def __init__(self, *, is_outer: bool = True) -> None:
        self.nested = _Gathered(is_outer=False) if is_outer else self
        self.plain: list[str] = []
        self.html: list[str] = []
        self.report: list[str] = []
        self.feedback: list[str] = []
        self.returned: list[str] = []


def _gather(part: Parsed, into: _Gathered, depth: int) -> None:
    kind = part.get_content_type()
    if depth > _DEEPEST:
        return
    if kind in _REPORTS:
        into.report.append(_blocks(part))
    elif kind == "message/feedback-report":
        into.feedback.append(_blocks(part))
    elif depth and kind in _RETURNED:
        into.returned.append(_flat(part))
        for child in _children(part):
            if child.get_content_type() == "multipart/report":
                _gather(child, into.nested, depth + 1)
    elif part.is_multipart():
        for child in _children(part):
            _gather(child, into, depth + 1)
    elif _is_attachment(part):
        return
    elif kind == "text/html":
        into.html.append(_text(part))
    elif kind.startswith(("text/", "multipart/")):
        into.plain.append(_text(part))


def _is_attachment(part: Parsed) -> bool:
    disposition = str(part.get("content-disposition") or "").strip().lower()
    return disposition.startswith("attachment") and part.get_content_type() != "text/plain"


def _children(part: Parsed) -> Iterator[Parsed]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (child for child in payload if isinstance(child, Parsed))


def _blocks(part: Parsed) -> str:
    """The header blocks of a report, an empty line between them. Some senders encode them, against the standard."""
    blocks = [
        "\n".join(f"{name}: {_unfolded(value)}" for name, value in child.raw_items()) for child in _children(part)
    ]
    bodies = [child.get_payload() for child in _children(part)]
    if not any(blocks) and len(bodies) == 1 and isinstance(bodies[0], str):
        encoded = Parsed()
        encoded["content-transfer-encoding"] = str(part.get("content-transfer-encoding") or "base64")
        encoded.set_payload(bodies[0])
        return _text(encoded)
    if not blocks:
        return _text(part)
    blocks += [body for body in bodies if isinstance(body, str) and body.strip()]
    return "\n\n".join(block for block in blocks if block)


def _flat(part: Parsed) -> str:
    """The headers and text of a mail that was sent back."""
    if not part.is_multipart():
        return _text(part)
    pieces: list[str] = []
    for child in _children(part):
        pieces.append("\n".join(f"{name}: {_header(value)}" for name, value in child.raw_items()))
        pieces.extend(_text(leaf) for leaf in child.walk() if leaf.get_content_type() == "text/plain")
    return "\n\n".join(pieces)


def _text(part: Parsed) -> str:
    try:
        payload = part.get_payload(decode=True)
        charset = part.get_content_charset()
    except (MessageError, ValueError, LookupError):
        payload, charset = None, None
    if isinstance(payload, bytes):
        return _decoded(payload, charset)[:_LONGEST]
    whole = part.get_payload()
    return whole[:_LONGEST] if isinstance(whole, str) else ""


def _decoded(raw: bytes, charset: str | None) -> str:
    text = None
    for name in (charset, "utf-8"):
        if name and text is None:
            try:
                text = raw.decode(name)
            except (UnicodeDecodeError, LookupError):
                continue
    if text is None:
        text = raw.decode("cp1252", errors="replace")
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return _WASTE.sub(" ", text)


def _header(value: object) -> str:
    folded = str(value)
    try:
        text = str(make_header(decode_header(folded)))
    except (MessageError, ValueError, LookupError, AssertionError):
        text = folded
    return _unfolded(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _unfolded(value: object) -> str:
    return " ".join(str(value).split())


def _is_mail(raw: bytes) -> bool:
    """Whether `raw` begins with a header block. Text that begins with a quoted `From:` and `Sent:` is none."""
    head = _decoded(raw[:100_000].lstrip(b"\xef\xbb\xbf\r\n \t"), "latin-1").split("\n\n", 1)[0].split("\n")
    names = [line.partition(":")[0].lower() for line in head if _HEADER_LINE.match(line)]
    strange = [line for line in head if line and not line[0].isspace() and not _HEADER_LINE.match(line)]
    if not names or not _HEADER_LINE.match(head[0]) or len(strange) > len(names) // 4:
        return False
    return bool(_PROOF & set(names)) or len(_ENVELOPE & set(names)) == len(_ENVELOPE)
