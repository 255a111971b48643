"""An email as it goes over the wire: one recipient, plain text and HTML, the headers that threads and unsubscribing need.

Sources: RFC 5322, RFC 2047; RFC 2369 and RFC 8058 for List-Unsubscribe. What is put into a header is refused where it holds
a line break or another control character, so nobody who writes a subject can write a header.
"""

import hashlib
import re
import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from leadgen.errors import InputError

LONGEST_HEADER = 900  # a line holds 998 characters
MOST_REFERENCES = 20  # of a long thread the first and the youngest
MOST_BYTES = 10_000_000
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
_NOT_IN_HEADERS = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, halves of characters, separators of lines
_UNBROKEN = frozenset({"message-id", "in-reply-to", "references", "list-unsubscribe", "list-unsubscribe-post"})


@dataclass(frozen=True, slots=True)
class OutgoingEmail:
    """One email to one person.

    `sender` and `to` are bare addresses, the names stand beside them. `in_reply_to` and `references` are message ids with
    their angle brackets, the oldest first. `unsubscribe_url` is where one click, a POST, unsubscribes; `unsubscribe_to` an
    address that does the same. Of `text` and `html` the text must be there.
    """

    sender: str = field(repr=False)
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    sender_name: str = field(default="", repr=False)
    to_name: str = field(default="", repr=False)
    reply_to: str | None = field(default=None, repr=False)
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    unsubscribe_url: str | None = field(default=None, repr=False)
    unsubscribe_to: str | None = field(default=None, repr=False)


def message_id_of(email: OutgoingEmail, purpose: str) -> str:
    """The Message-ID of an email: the same for the same purpose, so that one whose answer was lost can be looked up.

    Raises:
        InputError: the sender's address is none.
    """
    sender = ascii_address(email.sender)
    digest = hashlib.sha256(f"{purpose}\n{sender}".encode()).hexdigest()[:32]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def described(email: OutgoingEmail, message_id: str) -> dict[str, Any]:
    """The email as JSON values: envelope, headers and bodies, all but the date.

    Raises:
        InputError: an address, id or URL is none, the text is missing, or a header holds a control character.
    """
    for name in ("subject", "sender_name", "to_name"):
        _check_header(name, getattr(email, name))
    for name in ("unsubscribe_url", "unsubscribe_to"):
        if value := getattr(email, name):
            _check_header(name, value)
    for id_ in (*email.references, *([email.in_reply_to] if email.in_reply_to is not None else [])):
        if len(id_) > LONGEST_HEADER or not _MESSAGE_ID.fullmatch(id_):
            raise InputError("An email refers to another one by its message id, in angle brackets.")
    if email.unsubscribe_url is not None and not re.fullmatch(r"https?://[!-;=?-~]+", email.unsubscribe_url):
        raise InputError("The address to unsubscribe at is no URL.")
    if not email.text.strip():
        raise InputError("An email needs a text.")
    size = 0
    for body in (email.text, email.html or ""):
        if "\x00" in body or any("\ud800" <= sign <= "\udfff" for sign in body):
            raise InputError("The email's text holds what is no character.")
        size += len(body.encode())
    if size > MOST_BYTES:
        raise InputError(f"An email has at most {MOST_BYTES:,} bytes, not {size:,}.")
    addresses = {
        name: ascii_address(value)
        for name in ("sender", "to", "reply_to", "unsubscribe_to")
        if (value := getattr(email, name)) is not None
    }
    return {**asdict(email), **addresses, "references": _references(email), "message_id": message_id}


def written(description: dict[str, Any], date: datetime) -> bytes:
    """The text of an email that `described` has described, in RFC 5322's form: the same for the same date."""
    of = description
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(of["sender_name"], of["sender"])
    message["To"] = _address(of["to_name"], of["to"])
    message["Subject"] = of["subject"]
    message["Date"] = format_datetime(date)
    message["Message-ID"] = of["message_id"]
    if of.get("reply_to"):
        message["Reply-To"] = _address("", of["reply_to"])
    if of.get("in_reply_to"):
        message["In-Reply-To"] = of["in_reply_to"]
    if of["references"]:
        message["References"] = " ".join(of["references"])
    ways = [
        f"<{way}>"
        for way in (of.get("unsubscribe_url"), of.get("unsubscribe_to") and f"mailto:{of['unsubscribe_to']}")
        if way
    ]
    if ways:
        message["List-Unsubscribe"] = ", ".join(ways)
    if of.get("unsubscribe_url"):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(of["text"])
    if of.get("html"):
        message.add_alternative(of["html"], subtype="html")
        content = hashlib.sha256(f"{of['text']}\n{of['html']}".encode()).hexdigest()
        message.set_boundary(f"=_{content[:40]}")  # nobody can write a text that holds its own hash
    return message.as_bytes()


def ascii_address(address: str) -> str:
    """A bare address as every server takes it: the domain in ASCII (IDNA).

    Raises:
        InputError: it is none. Addresses with other letters before the @ need SMTPUTF8, which few servers have.
    """
    local, _, domain = address.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        domain = ""
    if len(local) > 64 or not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise InputError("An email's sender or recipient is not an address that mail servers take.")
    return f"{local}@{domain}"


class _Policy(EmailPolicy):
    """SMTP's form in seven bits. Ids and URLs are folded between one another and never encoded, as Python would."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """A header with its line breaks."""
        if name.lower() in _UNBROKEN:
            return f"{name}: {f'{self.linesep} '.join(str(value).split())}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n", cte_type="7bit", max_line_length=78)


def _address(name: str, address: str) -> Address:
    try:
        return Address(name, addr_spec=address)
    except (HeaderParseError, ValueError, IndexError):
        raise InputError("An email's sender or recipient is not an address that mail servers take.") from None


def _check_header(name: str, value: str) -> None:
    if len(value) > LONGEST_HEADER or any(unicodedata.category(sign) in _NOT_IN_HEADERS for sign in value):
        raise InputError(f"The email's {name} holds a line break or control character, or is too long.")


def _references(email: OutgoingEmail) -> list[str]:
    """What the email stands under; RFC 5322 section 3.6.4: what it replies to comes last."""
    ids = [id_ for id_ in dict.fromkeys(email.references) if id_ != email.in_reply_to]
    if email.in_reply_to:
        ids.append(email.in_reply_to)
    return ids if len(ids) <= MOST_REFERENCES else [ids[0], *ids[1 - MOST_REFERENCES :]]
