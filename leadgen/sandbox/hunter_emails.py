"""The addresses that Hunter knows at a domain, and what it knows of each before anybody pays for a verification."""

from collections.abc import Iterable
from typing import Any

from leadgen.sandbox.faults import share
from leadgen.sandbox.lookup import Lookup, domain_of_address
from leadgen.sandbox.people import department, hunter_seniority
from leadgen.sandbox.world import Business, Person

_ROLE_SHARE = 0.6  # of the role mailboxes that a site prints have come to Hunter's notice


def emails_at(domain: str, businesses: Iterable[Business], lookup: Lookup) -> list[dict[str, Any]]:
    """The people whom Hunter knows and role mailboxes that the site prints, the surest first."""
    seed = lookup.world.seed
    entries: dict[str, dict[str, Any]] = {}
    for business in businesses:
        for person in business.people:
            if person.in_hunter and person.email:
                entries[person.email] = _entry(person.email, person, domain, lookup)
        for mailbox in business.mailboxes:
            at_home = mailbox.is_role and mailbox.on_site and domain_of_address(mailbox.address) == domain
            if at_home and share(seed, "role", mailbox.address) < _ROLE_SHARE:
                entries[mailbox.address] = _entry(mailbox.address, None, domain, lookup)
    return sorted(entries.values(), key=lambda entry: -int(entry["confidence"]))


def _entry(address: str, person: Person | None, domain: str, lookup: Lookup) -> dict[str, Any]:
    return {
        "value": address,
        "type": "personal" if person else "generic",
        "confidence": confidence(address, lookup),
        "sources": sources(person, domain) if person else [],
        "first_name": person.first_name if person else None,
        "last_name": person.last_name if person else None,
        "position": person.title if person else None,
        "position_raw": person.title if person else None,
        "seniority": hunter_seniority(person.title) if person else None,
        "department": department(person.title) if person else None,
        "linkedin": person.linkedin_url if person else None,
        "twitter": None,
        "phone_number": None,
        "verification": known_state(address, lookup),
    }


def confidence(address: str, lookup: Lookup) -> int:
    """0-100: high for good mailboxes, yet high for some bad ones too, for a confidence is no verification."""
    mailbox = lookup.world.mailboxes.get(address)
    base = 88 if mailbox and mailbox.kind == "valid" else 70
    return base + int(share(lookup.world.seed, "confidence", address) * 11)


def known_state(address: str, lookup: Lookup) -> dict[str, str | None]:
    """What Hunter knows already: for half of the good addresses that they are, else nothing."""
    mailbox = lookup.world.mailboxes.get(address)
    if mailbox and mailbox.kind == "valid" and share(lookup.world.seed, "verified", address) < 0.5:
        return {"date": "2026-11-02", "status": "valid"}
    return {"date": None, "status": None}


def accepts_all(domain: str, lookup: Lookup) -> bool:
    """Whether the domain takes mail for any name."""
    return any(
        mailbox.kind == "catch_all" and domain_of_address(mailbox.address) == domain
        for business in lookup.businesses_at(domain)
        for mailbox in business.mailboxes
    )


def sources(person: Person, domain: str) -> list[dict[str, Any]]:
    """Where Hunter saw the address: on the site, for those whom the site names."""
    if not person.on_site:
        return []
    return [
        {
            "domain": domain,
            "uri": f"https://{domain}/",
            "extracted_on": "2026-06-14",
            "last_seen_on": "2026-11-02",
            "still_on_page": True,
        }
    ]
