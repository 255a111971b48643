"""Who works at a business, what happens to mail for them, and which source knows of them."""

import random
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Literal

from leadgen.sandbox.fiction import vocabulary
from leadgen.sandbox.fiction.chance import draw
from leadgen.sandbox.fiction.register import slug
from leadgen.sandbox.fiction.trades import Trade
from leadgen.sandbox.world import Mailbox, MailboxKind, Person, SiteKind

MailRegime = Literal["delivers", "catch_all", "bounces", "unknown", "disposable", "hidden"]

DISPOSABLE_DOMAIN = "tenminuteinbox.example"

# How mail fails at the domains from which no working mailbox can be learnt.
UNDELIVERABLE: dict[MailRegime, float] = {
    "catch_all": 0.38,
    "bounces": 0.25,
    "unknown": 0.15,
    "disposable": 0.07,
    "hidden": 0.15,  # the mailboxes work, but no source knows them
}
_KINDS: dict[MailRegime, dict[MailboxKind, float]] = {
    "delivers": {"valid": 0.86, "invalid": 0.10, "unknown": 0.04},
    "catch_all": {"catch_all": 1.0},
    "bounces": {"invalid": 1.0},
    "unknown": {"unknown": 1.0},
    "disposable": {"invalid": 0.7, "unknown": 0.3},
    "hidden": {"valid": 1.0},
}
_ADDRESS_SHAPES = {"{first}": 0.40, "{first}.{last}": 0.30, "{initial}{last}": 0.22, "dr{last}": 0.03, "{last}": 0.05}
_ROLES = {"info": 0.5, "office": 0.15, "hello": 0.15, "contact": 0.12, "frontdesk": 0.08}


@dataclass(frozen=True, slots=True)
class Staff:
    """The people of one business and its mailboxes, theirs and its own."""

    people: tuple[Person, ...]
    mailboxes: tuple[Mailbox, ...]


def make_staff(
    rng: random.Random,
    trade: Trade,
    *,
    employees: int,
    owner_last_name: str | None,
    domain: str | None,
    site_kind: SiteKind | None,
    regime: MailRegime,
    taken: set[str],
) -> Staff:
    """One to five people, the owner first.

    Under the regime "delivers" the site, Hunter or Apollo gives a valid mailbox; under the others none does.
    Without a domain nobody has an address. `taken` are the addresses of the domain already in use; new ones are added.
    """
    readable = site_kind in {"good", "weak"}
    shape = draw(rng, _ADDRESS_SHAPES)
    people: list[Person] = []
    mailboxes: list[Mailbox] = []
    for title, decides, last_name in _posts(rng, trade, employees, owner_last_name):
        named_on_site = readable and rng.random() < (0.75 if site_kind == "good" else 0.25)
        person = _person(rng, title, decides, last_name, named_on_site, known=regime != "hidden")
        if domain and rng.random() < 0.85:
            address = _address(person, shape, domain, taken)
            printed = person.on_site and regime != "hidden" and rng.random() < 0.4
            person = replace(person, email=address)
            mailboxes.append(Mailbox(address, draw(rng, _KINDS[regime]), is_role=False, on_site=printed))
        people.append(person)
    if domain and rng.random() < 0.85:
        mailboxes += _role_mailbox(rng, regime, domain, readable, taken)
    staff = Staff(tuple(people), tuple(mailboxes))
    if regime != "delivers" or domain is None or reachable_mailboxes(staff.people, staff.mailboxes):
        return staff
    return _made_reachable(rng, staff, shape, domain, taken)


def reachable_mailboxes(people: tuple[Person, ...], mailboxes: tuple[Mailbox, ...]) -> tuple[Mailbox, ...]:
    """The valid mailboxes that the site prints, or that Hunter or Apollo knows with their person."""
    sold = {person.email for person in people if person.in_hunter or person.in_apollo}
    return tuple(m for m in mailboxes if m.kind == "valid" and (m.on_site or m.address in sold))


def _posts(
    rng: random.Random, trade: Trade, employees: int, owner_last_name: str | None
) -> list[tuple[str, bool, str]]:
    """Title, whether it decides what is bought, and last name, for each person that any source could know."""
    posts = [(rng.choice(trade.owner_titles), True, owner_last_name or rng.choice(vocabulary.LAST_NAMES))]
    if employees >= 5 and rng.random() < 0.6:
        posts.append((rng.choice(trade.manager_titles), True, rng.choice(vocabulary.LAST_NAMES)))
    others = min(max(employees - len(posts), 0), rng.randint(0, 3))
    posts += [(title, False, rng.choice(vocabulary.LAST_NAMES)) for title in rng.sample(trade.staff_titles, others)]
    return posts


def _person(rng: random.Random, title: str, decides: bool, last_name: str, on_site: bool, known: bool) -> Person:
    first_name = rng.choice(vocabulary.FIRST_NAMES)
    in_apollo = known and rng.random() < 0.4
    linkedin = f"https://www.linkedin.com/in/{first_name}-{last_name}-{rng.getrandbits(32):08x}".lower()
    return Person(
        first_name=first_name,
        last_name=last_name,
        title=title,
        is_decision_maker=decides,
        email=None,
        on_site=on_site,
        in_hunter=known and rng.random() < 0.45,
        in_apollo=in_apollo,
        linkedin_url=linkedin if in_apollo and rng.random() < 0.6 else None,
    )


def _address(person: Person, shape: str, domain: str, taken: set[str]) -> str:
    first, last = slug(person.first_name), slug(person.last_name)
    wanted = shape.format(first=first, last=last, initial=first[0])
    local_parts = chain((wanted, f"{first}.{last}"), (f"{first}.{last}{n}" for n in count(2)))
    address = next(a for part in local_parts if (a := f"{part}@{domain}") not in taken)
    taken.add(address)
    return address


def _role_mailbox(
    rng: random.Random, regime: MailRegime, domain: str, readable: bool, taken: set[str]
) -> tuple[Mailbox, ...]:
    """The business's own mailbox; none when another branch has taken it."""
    printed = readable and regime != "hidden" and rng.random() < 0.75
    disposable = regime == "disposable"
    address = f"{slug(domain)}@{DISPOSABLE_DOMAIN}" if disposable else f"{draw(rng, _ROLES)}@{domain}"
    if address in taken:
        return ()
    taken.add(address)
    kind = "disposable" if disposable else draw(rng, _KINDS[regime])
    return (Mailbox(address, kind, is_role=True, on_site=printed),)


def _made_reachable(rng: random.Random, staff: Staff, shape: str, domain: str, taken: set[str]) -> Staff:
    """The same staff, with a working address of the owner that Hunter or Apollo knows."""
    owner, *others = staff.people
    address = owner.email or _address(owner, shape, domain, taken)
    found_by_hunter = rng.random() < 0.6
    owner = replace(
        owner,
        email=address,
        in_hunter=owner.in_hunter or found_by_hunter,
        in_apollo=owner.in_apollo or not found_by_hunter,
    )
    printed = any(m.on_site for m in staff.mailboxes if m.address == address)
    rest = tuple(m for m in staff.mailboxes if m.address != address)
    return Staff((owner, *others), (Mailbox(address, "valid", is_role=False, on_site=printed), *rest))
