"""Why a mail came back: the reason its server's words and codes give, whether it is for good, and which code says so.

The reasons are the vocabulary of the labelled bounce sets (Sisimai's). The words are tried in order, the more particular first;
the enhanced status codes (RFC 3463, RFC 5248) speak where no words do.
"""

import re

from leadgen.domain.replies.bounce_words import REASON_WORDS
from leadgen.domain.replies.delivery_status import ADDRESS

UNDEFINED = "undefined"
HARD_REASONS = frozenset({"userunknown", "hostunknown", "hasmoved", "notaccept"})
"""The address will not work next week either. A full or disabled mailbox, a block or a policy may pass."""


_CODES: dict[str, str] = {
    "1.0": "userunknown",
    "1.1": "userunknown",
    "1.2": "hostunknown",
    "1.3": "userunknown",
    "1.4": "userunknown",
    "1.6": "hasmoved",
    "1.7": "rejected",
    "1.8": "rejected",
    "1.10": "notaccept",
    "2.0": "filtered",
    "2.1": "suspend",
    "2.2": "mailboxfull",
    "2.3": "mesgtoobig",
    "2.4": "filtered",
    "3.1": "systemfull",
    "3.2": "notaccept",
    "3.4": "mesgtoobig",
    "3.5": "systemerror",
    "4.1": "expired",
    "4.2": "expired",
    "4.3": "systemerror",
    "4.4": "hostunknown",
    "4.5": "expired",
    "4.6": "networkerror",
    "4.7": "expired",
    "4.14": "networkerror",
    "7.13": "suspend",
    "7.20": "authfailure",
    "7.23": "authfailure",
    "7.25": "requireptr",
    "7.26": "authfailure",
    "7.27": "notaccept",
}
_SUBJECTS = {"1": "userunknown", "2": "filtered", "3": "systemerror", "4": "networkerror", "5": "syntaxerror"}
_SUBJECTS |= {"6": "contenterror", "7": "policyviolation"}

_INTERNAL: dict[str, int] = {
    "onhold": 901,
    "syntaxerror": 902,
    "norelaying": 909,
    "filtered": 910,
    "userunknown": 911,
    "hostunknown": 912,
    "hasmoved": 916,
    "rejected": 918,
    "suspend": 921,
    "mailboxfull": 922,
    "exceedlimit": 923,
    "systemerror": 930,
    "systemfull": 931,
    "notaccept": 932,
    "mesgtoobig": 934,
    "mailererror": 939,
    "networkerror": 944,
    "toomanyconn": 945,
    "speeding": 945,
    "expired": 947,
    "contenterror": 960,
    "blocked": 971,
    "policyviolation": 972,
    "requireptr": 973,
    "badreputation": 975,
    "notcompliantrfc": 976,
    "authfailure": 977,
    "spamdetected": 980,
    "virusdetected": 981,
}
_REPEATED_CODE = re.compile(r"(?<=\S)\s+[245]\d\d[- ][245]\.\d{1,3}\.\d{1,3}\s")  # a reply of several lines, joined
_DOT_IN_NAME = re.compile(r"(?<=[a-z0-9-])\.(?=[a-z]{2})", re.IGNORECASE)
_ASIDE = re.compile(  # what servers write into every bounce
    r"i'm not going to try again; this message has been in the queue too long\.?|delivery report unavailable"
    r"|this is the (mail system|postfix program) at host.{0,600}?\sthe (mail system|postfix program)\b"
    r"|this message was created automatically by (the )?mail (delivery|system)[^.]{0,20}\.",
    re.IGNORECASE,
)


def reason_of_words(words: str) -> str | None:
    """The reason that a server's words give; None where they say nothing known."""
    flat = _REPEATED_CODE.sub(" ", _ASIDE.sub("", " ".join(words.split())))
    flat = _DOT_IN_NAME.sub("_", ADDRESS.sub("@", flat))  # what follows a full stop is another sentence
    for reason, pattern in REASON_WORDS:
        if pattern.search(flat):
            return reason
    return "expired" if flat != words and _ASIDE.search(" ".join(words.split())) else None


def reason_of_command(reason: str | None, command: str, status: str) -> str | None:
    """The reason, corrected by the SMTP command that was refused (`CONNECT`, `MAIL`, `RCPT`, `DATA`, or empty).

    Who is refused at MAIL is the sender, at the greeting the host. An address that is refused only after the whole message
    was taken was refused by a filter: the server had accepted it.
    """
    if command == "MAIL" and reason in {"userunknown", "hostunknown", "filtered"}:
        return "rejected"
    if command == "CONNECT" and reason in {"filtered", None}:
        return "blocked"
    if command == "RCPT" and reason == "filtered":
        return "userunknown"
    if reason == "userunknown" and command == "DATA" and not status.startswith(("5.1.", "4.1.")):
        return "filtered"
    if reason == "userunknown" and command != "RCPT" and status.startswith(("5.2.", "5.7.")):
        return "filtered"  # by the code the mailbox exists
    return "hasmoved" if reason == "userunknown" and status.endswith(".1.6") else reason


def reason_of_code(status: str) -> str | None:
    """The reason of an enhanced status code such as `5.1.1` (RFC 3463); None for one that says nothing (`5.0.0`)."""
    _, _, detail = status.partition(".")
    return _CODES.get(detail) or _SUBJECTS.get(detail.partition(".")[0])


def particular_reason(reason: str | None, status: str) -> str | None:
    """The reason, or the code's where the words only say that a mail was turned away and the code says what for."""
    detail = status.partition(".")[2]
    return (
        _CODES.get(detail) or ("contenterror" if detail.startswith("6.") else reason)
        if reason == "filtered"
        else reason
    )


def internal_status(reason: str, *, is_temporary: bool) -> str:
    """The code that stands for a reason where the server gave none: `5.0.9NN`, which no server sends."""
    return f"{4 if is_temporary else 5}.0.{_INTERNAL.get(reason, 900)}"
