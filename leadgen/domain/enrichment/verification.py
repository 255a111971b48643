"""Whether mail to an address will arrive: a verdict with its reason. Its age is kept beside it, where it is stored."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from leadgen.domain.enrichment.disposable import is_disposable
from leadgen.domain.identity.words import word_set

VerdictStatus = Literal["valid", "risky", "invalid", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`valid`: the mailbox answered. `risky`: it may exist (catch-all domains, webmail that tells nothing).
    `invalid`: mail bounces or must not be sent. `unknown`: nobody could say; ask again later.
    """

    status: VerdictStatus
    reason: str


WEBMAIL_DOMAINS = word_set(
    """gmail.com googlemail.com yahoo.com ymail.com rocketmail.com yahoo.co.uk yahoo.ca yahoo.de yahoo.fr
    hotmail.com hotmail.co.uk outlook.com live.com msn.com aol.com aim.com icloud.com me.com mac.com
    protonmail.com proton.me pm.me gmx.com gmx.de gmx.net gmx.at web.de t-online.de freenet.de mail.com zoho.com
    comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net optonline.net
    windstream.net frontier.com centurylink.net suddenlink.net roadrunner.com rr.com juno.com netzero.net
    embarqmail.com btinternet.com orange.fr wanadoo.fr free.fr laposte.net libero.it qq.com 163.com yandex.ru
    mail.ru fastmail.com hey.com"""
)
_RESERVED_TOP_LEVELS = frozenset({"invalid", "localhost", "local", "internal", "lan", "test", "onion", "arpa"})
_ATOM = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+)*"
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_TOP_LEVEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{2,59}", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd]")


def _domain_error(domain: str) -> str | None:
    """Why a domain, as the name system spells it, is none that receives mail."""
    labels = domain.split(".")
    well_formed = len(labels) > 1 and all(
        _LABEL.fullmatch(label) and (label[2:4] != "--" or label.lower().startswith("xn--")) for label in labels
    )
    if not well_formed:
        return "the domain is malformed"
    if not _TOP_LEVEL.fullmatch(labels[-1]) or labels[-1].lower() in _RESERVED_TOP_LEVELS:
        return "the domain cannot receive mail"
    return None


def _syntax_error(email: str) -> str | None:
    """Why no mail can be sent to this spelling. Quoted local parts, comments and IP literals are legal by RFC 5322 and
    never those of a business.
    """
    local, _, domain = unicodedata.normalize("NFKC", email).rpartition("@")
    if _UNPRINTABLE.search(email):
        return "has blanks or control characters"
    if not _ATOM.fullmatch(local):
        return "the part before the @ is missing or malformed"
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return "the domain is malformed"
    if len(local.encode()) > 64 or len(f"{local}@{domain}".encode()) > 254:  # RFC 5321, 4.5.3.1
        return "too long"
    return _domain_error(domain)


def own_verdict(email: str) -> Verdict | None:
    """What can be told without asking anyone: `invalid` for malformed and disposable addresses, else None."""
    error = _syntax_error(email)
    if error:
        return Verdict("invalid", error)
    if is_disposable(email.rpartition("@")[2]):
        return Verdict("invalid", "disposable address")
    return None


CATCH_ALL = Verdict("risky", "the domain accepts mail for every name")
"""Tells of the domain, not of the mailbox: it holds for every address there."""

_HUNTER: dict[str, Verdict] = {
    "valid": Verdict("valid", "the mailbox answers"),
    "invalid": Verdict("invalid", "the mailbox does not exist"),
    "accept_all": CATCH_ALL,
    "webmail": Verdict("risky", "a webmail provider, which does not tell"),
    "disposable": Verdict("invalid", "disposable address"),
    "unknown": Verdict("unknown", "the mail server did not tell"),
    "blocked": Verdict("unknown", "the mail server blocks verification"),
}


def hunter_verdict(status: str | None, *, smtp_check: bool | None = None) -> Verdict:
    """Hunter's `status` as a verdict. For webmail its `smtp_check` decides where it is known."""
    if status == "webmail" and smtp_check is not None:
        return _HUNTER["valid"] if smtp_check else _HUNTER["invalid"]
    return _HUNTER.get(status or "", Verdict("unknown", "not verified"))


_APOLLO: dict[str, Verdict] = {
    "verified": Verdict("valid", "verified by Apollo"),
    "extrapolated": Verdict("unknown", "guessed by Apollo"),
    "guessed": Verdict("unknown", "guessed by Apollo"),
    "unverified": Verdict("unknown", "not verified by Apollo"),
    "unavailable": Verdict("unknown", "Apollo has no address"),
    "bounced": Verdict("invalid", "bounced, says Apollo"),
    "pending_manual_fulfillment": Verdict("unknown", "Apollo is still looking"),
}


def apollo_verdict(email_status: str | None) -> Verdict:
    """Apollo's `email_status` as a verdict. Of its "verified" 8 % bounced in one test: verify before sending."""
    return _APOLLO.get(email_status or "", Verdict("unknown", "not verified"))


def is_deliverable(status: str | None) -> bool:
    """Whether a draft may be addressed there: the mailbox answered. Of risky addresses too many bounce."""
    return status == "valid"


def may_arrive(verdict: Verdict | None) -> bool:
    """Whether mail may arrive: the best such contact is shown as a lead's first, even where no draft is written to it."""
    return verdict is not None and verdict.status in {"valid", "risky"}


def is_due_again(verified_at: datetime | None, now: datetime, days: int) -> bool:
    """Whether a verdict is too old to rely on, or was never given by a mail server. Mailboxes vanish: about two in a
    hundred a month. The instants are in UTC, the age is in days.
    """
    return verified_at is None or now - verified_at > timedelta(days=days)
