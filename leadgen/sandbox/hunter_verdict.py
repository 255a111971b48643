"""What Hunter's verifier says of an address, from the truth about its mailbox."""

from typing import Any

from leadgen.sandbox.lookup import Lookup, domain_of_address
from leadgen.sandbox.world import MailboxKind

WEBMAIL = frozenset({"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "aol.com"})
_RESULTS = {"valid": "deliverable", "webmail": "deliverable", "invalid": "undeliverable"}
_STATUSES: dict[MailboxKind, str] = {
    "valid": "valid",
    "invalid": "invalid",
    "catch_all": "accept_all",
    "disposable": "disposable",
    "unknown": "unknown",
}
_SCORES: dict[str, int | None] = {
    "valid": 96,
    "webmail": 86,
    "accept_all": 62,
    "unknown": None,
    "disposable": 20,
    "invalid": 4,
}


def verdict(address: str, lookup: Lookup, *, accepts_all: bool) -> dict[str, Any]:
    """The verifier's data for an address; one that nobody has is invalid, unless its domain accepts all."""
    domain = domain_of_address(address)
    mailbox = lookup.world.mailboxes.get(address)
    webmail = domain in WEBMAIL
    has_mail = bool(mailbox or webmail or lookup.businesses_at(domain))
    unlisted = "accept_all" if accepts_all else "invalid"
    status = _STATUSES[mailbox.kind] if mailbox else unlisted
    if webmail and status == "valid":
        status = "webmail"
    known = status != "unknown"
    return {
        "status": status,
        "result": _RESULTS.get(status, "risky"),
        "score": _SCORES[status],
        "email": address,
        "regexp": True,
        "gibberish": False,
        "disposable": status == "disposable",
        "webmail": webmail,
        "mx_records": has_mail,
        "smtp_server": has_mail if known else None,
        "smtp_check": status in {"valid", "webmail", "accept_all", "disposable"} if known else None,
        "accept_all": status == "accept_all" if known else None,
        "block": False,
    }
