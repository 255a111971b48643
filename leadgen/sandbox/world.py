"""What is true in the sandbox: businesses, the listings that name them, their sites, people and mailboxes.

Only values stand here. `made.py` makes a world by seed, `loaded.py` loads one from CSV; the vendors' files answer
from it.
"""

from dataclasses import dataclass, field
from typing import Literal

from leadgen.domain.geo import Circle, Point

MailboxKind = Literal["valid", "invalid", "catch_all", "disposable", "unknown"]
SiteKind = Literal["good", "weak", "parked", "social_only", "unreachable"]


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who works at a business. `email` may be None: reachable only through the business's own mailbox."""

    first_name: str
    last_name: str
    title: str
    is_decision_maker: bool
    email: str | None
    on_site: bool  # named on the business's own site
    in_hunter: bool
    in_apollo: bool
    linkedin_url: str | None = None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What happens to mail for one address."""

    address: str
    kind: MailboxKind
    is_role: bool
    on_site: bool = False  # printed on the business's own site


@dataclass(frozen=True, slots=True)
class Site:
    """A website as it is. `pages` maps a path ("/", "/contact") to its HTML; every page is served over HTTP too."""

    domain: str
    kind: SiteKind
    https: bool
    pages: dict[str, str]
    mobile_score: int | None  # 0-100, what PageSpeed will say
    seo_score: int | None
    load_ms: int
    technologies: tuple[str, ...]
    injected: bool = False  # hides a prompt injection


@dataclass(frozen=True, slots=True)
class VendorListing:
    """How one source lists a business: spelling, phone format and coordinates may differ from source to source."""

    source: Literal["google_maps", "yelp"]
    source_id: str
    business_id: str
    name: str
    category: str  # Google type, as "dentist"; Yelp alias, as "dentists"
    category_title: str
    phone: str | None
    website: str | None
    street: str | None
    city: str | None
    state: str | None
    zip_code: str | None
    country: str
    location: Point
    rating: float | None
    review_count: int
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Business:
    """The truth about one business."""

    id: str
    name: str
    category: str
    location: Point
    street: str | None
    city: str | None
    state: str | None
    zip_code: str | None
    country: str
    phone: str | None  # E.164
    website: str | None
    employees: int
    year_founded: int | None
    is_open: bool
    site: Site | None
    people: tuple[Person, ...]
    mailboxes: tuple[Mailbox, ...]
    services: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()  # sentences that are true of this business alone, as its site says them


@dataclass(frozen=True, slots=True)
class Place:
    """A name that the geocoder knows."""

    name: str
    location: Point


@dataclass(frozen=True, slots=True)
class World:
    """Everything. `businesses` by id; `sites` by domain; the demo's campaign is for `category` within `circle`."""

    seed: int
    category: str  # what the demo's campaign looks for, as a person types it: "dentists"
    circle: Circle
    businesses: dict[str, Business]
    listings: tuple[VendorListing, ...]
    places: tuple[Place, ...]
    sites: dict[str, Site] = field(default_factory=dict)
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)

    def wanted(self) -> tuple[Business, ...]:
        """The open businesses of the sought category inside the circle: what a perfect discovery finds."""
        return tuple(
            b
            for b in self.businesses.values()
            if b.category == self.category and b.is_open and self.circle.contains(b.location)
        )
