"""What kind of mail came in (bounce, complaint, automatic answer, a person's reply) and what a bounce says of whom."""

import re
from dataclasses import dataclass
from enum import StrEnum

from leadgen.domain.replies.automatic import is_automatic
from leadgen.domain.replies.bounce_marks import looks_bounced
from leadgen.domain.replies.bounce_reasons import (
    HARD_REASONS,
    UNDEFINED,
    internal_status,
    particular_reason,
    reason_of_code,
    reason_of_command,
    reason_of_words,
)
from leadgen.domain.replies.bounce_text import NamedRecipient, named_recipients, server_part, written_to
from leadgen.domain.replies.delivery_status import ADDRESS, StatusBlock, first_address, status_blocks
from leadgen.domain.replies.message import Message
from leadgen.domain.replies.notification import Notification, read_notification
from leadgen.domain.replies.strip import strip_reply

_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_WARNING = re.compile(
    r"warning (message )?only|will (be )?(retr|continue|keep (on )?try)|do not need to (re)?send"
    r"|not yet (been )?deliver|still (be )?(being )?"
    r"(retried|tr)|(has been|been|is) delayed|delay(ed)? (notif|mail)|could not be delivered for [\d.]+ (hour|min"
    r"|day)|"
    r"has not yet been|awaiting delivery|temporar(y|ily) (fail|problem|unable)|attempts will be made"
    r"|will be attempted",
    re.IGNORECASE,
)
_GAVE_UP = re.compile(
    r"giv(ing|en) up|gave up|permanent(ly)? (fail|error|fatal)|returned to sender|no further attempts", re.IGNORECASE
)
_DELIVERED = frozenset({"delivered", "relayed", "expanded", "deliverable"})


_REPORT_IN_TEXT = re.compile(r"^\s*final-recipient\s*:", re.IGNORECASE | re.MULTILINE)
_REPORT_BEGINS = re.compile(
    r"^\s*(?:reporting-mta|original-recipient|final-recipient)\s*:", re.IGNORECASE | re.MULTILINE
)
_FEEDBACK_IN_TEXT = re.compile(
    r"^feedback-type:\s*\w+[\s\S]{0,400}^(user-agent|version):", re.IGNORECASE | re.MULTILINE
)
_COMPLAINT = re.compile(
    r"complaint about message|abuse report|spam report|feedback report|email feedback", re.IGNORECASE
)
_COMMANDS = (
    ("CONNECT", re.compile(r"after initial connection|in reply to connect", re.IGNORECASE)),
    (
        "MAIL",
        re.compile(
            r"(in reply to|after|following) (the )?mail from\b|>>> MAIL From:\S*( \S+=\S+)* ?<<< ?[45]", re.IGNORECASE
        ),
    ),
    (
        "RCPT",
        re.compile(
            r"(in reply to|after|following|error .{0,20}) (the )?rcpt( to)?\b"
            r"|>>> RCPT To:\S* ?<<< ?[45]",
            re.IGNORECASE,
        ),
    ),
    (
        "DATA",
        re.compile(
            r"(in reply to|after|following) (the )?(end of )?(data|message)\b|>>> DATA ?<<< [45]", re.IGNORECASE
        ),
    ),
)


class Kind(StrEnum):
    """What came in."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto-reply"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """One address that a mail did not reach.

    `is_hard`: writing again is useless. `status` is an enhanced status code (RFC 3463): the server's, or `5.0.9NN` where it
    gave none. `diagnostic` are the server's words.
    """

    address: str
    is_hard: bool
    status: str
    reason: str
    diagnostic: str


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What a mail is; `recipients` are filled for bounces, and for complaints with who complained."""

    kind: Kind
    recipients: tuple[BouncedRecipient, ...] = ()


def parse_bounce(message: Message) -> BounceReport:
    """Tells bounces and complaints from answers, and reads them. Never raises; a mail of no known kind is a reply."""
    if message.feedback or _is_hidden_complaint(message) or _FEEDBACK_IN_TEXT.search(message.text):
        return _complaint(message)
    notified = read_notification(message.text)
    if notified is not None:
        return _of_notification(notified)
    blocks = status_blocks(message.report) or (
        status_blocks(message.text) if _REPORT_IN_TEXT.search(message.text) else ()
    )
    if blocks and all(block.action in _DELIVERED for block in blocks):
        return BounceReport(
            Kind.AUTO_REPLY,
            tuple(
                BouncedRecipient(block.address, False, block.status, "delivered", block.diagnostic) for block in blocks
            ),
        )
    if blocks or looks_bounced(message):
        return BounceReport(Kind.BOUNCE, _recipients(message, blocks))
    reply = strip_reply(message.text).reply
    return BounceReport(Kind.AUTO_REPLY if is_automatic(message, reply) else Kind.REPLY)


def _recipients(message: Message, blocks: tuple[StatusBlock, ...]) -> tuple[BouncedRecipient, ...]:
    human = _REPORT_BEGINS.split(server_part(message.text), maxsplit=1)[0]
    ours = (*message.addresses("to"), *message.addresses("from"), *message.addresses("delivered-to"))
    rest = f"{message.returned}\n{message.text[len(human) :]}"
    named = named_recipients(human, rest, ours=ours)
    failed = [block for block in blocks if block.action not in _DELIVERED]
    found: dict[str, BouncedRecipient] = {}
    for block in failed:
        address = block.address or (named[0].address if named else "")
        about = next((each.words for each in named if each.address.lower() == address.lower()), "")
        one = _recipient(address, block, about, human)
        found.setdefault(address.lower(), one)
    if found and any(found):
        return tuple(one for key, one in found.items() if key) or tuple(found.values())
    for each in _without_report(message, named, rest, ours):
        found[each.address.lower()] = _recipient(each.address, StatusBlock("", "", "", ""), each.words, human)
    found.pop("", None)
    if found:
        return tuple(found.values())
    return (_recipient("", failed[0] if failed else StatusBlock("", "", "", ""), "", human),)


def _without_report(
    message: Message, named: tuple[NamedRecipient, ...], rest: str, ours: tuple[str, ...]
) -> tuple[NamedRecipient, ...]:
    failed = [match[0] for match in ADDRESS.finditer(message.header("x-failed-recipients"))]
    if failed:
        words = {each.address.lower(): each.words for each in named}
        return tuple(NamedRecipient(address, words.get(address.lower(), "")) for address in failed)
    if named:
        return named
    in_subject = first_address(message.subject)
    if in_subject and in_subject.lower() not in ours:
        return (NamedRecipient(in_subject, ""),)
    return tuple(NamedRecipient(address, "") for address in written_to(rest, ours=ours))


def _recipient(address: str, block: StatusBlock, about: str, human: str) -> BouncedRecipient:
    """`about` are the words on this recipient, empty where none are; `human` is all that the server wrote."""
    said = _status(block.diagnostic) or _status(block.status) or _status(about) or _status(human)
    if said.endswith(".0.0") and not _status(block.diagnostic):
        about_code = _status(about)
        said = about_code if about_code and not about_code.endswith(".0.0") else said
    reason = (
        reason_of_words(block.diagnostic)
        or reason_of_words(_status_words(block.status))
        or reason_of_words(about)
        or (reason_of_code(said) if said else None)
        or reason_of_words(human)
    )
    reason = particular_reason(reason, said)
    reason = reason_of_command(reason, _command(f"{block.diagnostic}\n{about or human}"), said) or UNDEFINED
    is_delay = block.action == "delayed" or (
        not block.action and bool(_WARNING.search(human)) and not _GAVE_UP.search(human)
    )
    status = said or internal_status(reason, is_temporary=is_delay)
    diagnostic = " ".join((block.diagnostic.partition(";")[2] or block.diagnostic or about or human).split())[:500]
    return BouncedRecipient(address, reason in HARD_REASONS and not is_delay, status, reason, diagnostic)


def _of_notification(notified: Notification) -> BounceReport:
    if notified.is_complaint:
        complainers = (BouncedRecipient(one.address, False, "", "feedback", "abuse") for one in notified.recipients)
        return BounceReport(Kind.COMPLAINT, tuple(complainers))
    return BounceReport(
        Kind.BOUNCE, tuple(_recipient(one.address, one, one.diagnostic, "") for one in notified.recipients)
    )


def _command(words: str) -> str:
    """The SMTP command whose answer was the refusal, where the words say it."""
    flat = " ".join(words.split())
    for command, pattern in _COMMANDS:
        if pattern.search(flat):
            return command
    return ""


def _status(words: str) -> str:
    """The most telling enhanced status code in a server's words: the last that names a detail."""
    codes = [code for code in _CODE.findall(words) if code[0] != "2"]
    telling = [code for code in codes if not code.endswith(".0.0")]
    return str((telling or codes or [""])[-1])


def _status_words(status: str) -> str:
    return status.partition("(")[2] or re.sub(r"[\d.]+", "", status)


def _is_hidden_complaint(message: Message) -> bool:
    """Hotmail's way: a mail that only holds the complained message, named in the subject."""
    return bool(message.returned) and not message.report and bool(_COMPLAINT.search(message.subject))


_COMPLAINER = re.compile(
    rf"^(?:original-rcpt-to|removal-recipient):.*?({ADDRESS.pattern})", re.IGNORECASE | re.MULTILINE
)
_COMPLAINED_TO = re.compile(
    rf"^(?:x-hmxmroriginalrecipient|x-original-to|to):.*?({ADDRESS.pattern})", re.IGNORECASE | re.MULTILINE
)


def _complaint(message: Message) -> BounceReport:
    addresses = _COMPLAINER.findall(message.feedback or message.text)
    if not addresses:
        addresses = _COMPLAINED_TO.findall(message.returned)
    unique = tuple(dict.fromkeys(addresses)) or ("",)
    words = re.search(r"^feedback-type:\s*(\S+)", message.feedback, re.IGNORECASE | re.MULTILINE)
    return BounceReport(
        Kind.COMPLAINT,
        tuple(BouncedRecipient(one, False, "", "feedback", words[1] if words else "abuse") for one in unique),
    )
