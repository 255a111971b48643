"""A world made up by seed around a known city: nothing in it exists."""

import random
from dataclasses import replace
from typing import Literal

from leadgen.domain.geo import Circle, Point
from leadgen.sandbox.errors import WorldError
from leadgen.sandbox.fiction import vocabulary
from leadgen.sandbox.fiction.chance import chance, deck, draw
from leadgen.sandbox.fiction.cities import CITIES, City, city_named
from leadgen.sandbox.fiction.furnish import SITE_KINDS, Plan, Web, furnish, with_mail_decided
from leadgen.sandbox.fiction.register import Register, slug, street_address
from leadgen.sandbox.fiction.scatter import Town
from leadgen.sandbox.fiction.spelling import google_listing, yelp_listing
from leadgen.sandbox.fiction.trades import TRADES, Trade, trade_named
from leadgen.sandbox.world import Business, Place, SiteKind, VendorListing, World

Presence = SiteKind | Literal["none", "social_page"]

_NO_OWN_SITE: dict[Presence, float] = {"none": 0.12, "social_page": 0.04}
_PRESENCES: dict[Presence, float] = {**_NO_OWN_SITE, **{kind: 0.84 * share for kind, share in SITE_KINDS.items()}}
_HTTPS_LIKELIHOOD: dict[SiteKind, float] = {"good": 0.97, "weak": 0.6}
_SOURCES: dict[tuple[str, ...], float] = {
    ("google_maps", "yelp"): 0.72,
    ("google_maps",): 0.18,
    ("yelp",): 0.10,
}


def make_world(
    *,
    seed: int = 1,
    prospects: int = 60,
    category: str = "dentists",
    place: str = "Austin, TX",
    radius_miles: float = 15,
) -> World:
    """A world whose `wanted()` are exactly `prospects` businesses; the same arguments give the same world.

    Around them stand businesses of other trades inside the circle, of the same trade outside it, and closed ones.

    Raises:
        WorldError: unknown category or place, or sizes that make no sense.
    """
    if prospects < 1 or not 0 < radius_miles <= 100:
        raise WorldError(
            f"No world has {prospects} prospects within {radius_miles} miles.",
            remedy="Ask for at least 1 prospect within more than 0 and at most 100 miles.",
        )
    trade, city = trade_named(category), city_named(place)
    circle = Circle.of_miles(city.location, radius_miles)
    rng = chance(seed, "made", trade.name, city.full_name)
    drafter = _Drafter(rng, trade, city, circle)
    wanted = drafter.wanted(prospects)
    ids = {plan.business.id for plan in wanted}
    plans = with_mail_decided(rng, [*wanted, *drafter.others(prospects)], ids)
    rng.shuffle(plans)
    businesses, sites, mailboxes = furnish(plans, seed)
    return World(
        seed=seed,
        category=trade.name,
        circle=circle,
        businesses=businesses,
        listings=_listings(rng, plans, businesses, circle, seed),
        places=tuple(Place(known.full_name, known.location) for known in CITIES),
        sites=sites,
        mailboxes=mailboxes,
    )


def _listings(
    rng: random.Random, plans: list[Plan], businesses: dict[str, Business], circle: Circle, seed: int
) -> tuple[VendorListing, ...]:
    listings = []
    for plan, sources in zip(plans, deck(rng, _SOURCES, len(plans)), strict=True):
        business = businesses[plan.business.id]
        spelling = chance(seed, "listings", business.id)
        if "google_maps" in sources:
            listings.append(google_listing(spelling, business, plan.trade, circle))
        if "yelp" in sources:
            listings.append(yelp_listing(spelling, business, plan.trade, circle))
    return tuple(listings)


class _Drafter:
    """Names, places and sizes of businesses: all that is decided before they are furnished."""

    def __init__(self, rng: random.Random, trade: Trade, city: City, circle: Circle) -> None:
        self._rng = rng
        self._trade = trade
        self._city = city
        self._town = Town(rng, circle)
        self._register = Register(rng, city)

    def wanted(self, count: int) -> list[Plan]:
        """`count` open businesses of the trade inside the circle, some of them hard to tell from each other."""
        in_chains = count // 16 if count >= 32 else 2 * (count >= 6)
        look_alikes = max(1, count // 30) if count >= 6 else 0
        plans = self._chains(in_chains)
        plain = count - len(plans) - 2 * look_alikes
        presences = deck(self._rng, _PRESENCES, plain + 2 * look_alikes)
        singles = [self._single(self._trade, self._town.inside(), presences.pop()) for _ in range(plain)]
        neighbors = [self._neighbor(self._rng.choice(singles), presences.pop()) for _ in range(look_alikes)]
        namesakes = [self._namesake(self._rng.choice(singles), presences.pop()) for _ in range(look_alikes)]
        return plans + singles + neighbors + namesakes

    def others(self, wanted: int) -> list[Plan]:
        """Other trades inside, the same trade outside, and businesses that have closed."""
        other_trades = [trade for trade in TRADES if trade is not self._trade]
        inside = [self._rng.choice(other_trades) for _ in range(max(8, wanted // 5))]
        plans = [self._single(trade, self._town.inside(), self._presence()) for trade in inside]
        plans += [self._single(self._trade, self._town.around(), self._presence()) for _ in range(max(10, wanted // 5))]
        closed = [self._single(self._trade, self._town.inside(), self._presence()) for _ in range(max(3, wanted // 20))]
        return plans + [replace(plan, business=replace(plan.business, is_open=False)) for plan in closed]

    def _presence(self) -> Presence:
        return draw(self._rng, _PRESENCES)

    def _chains(self, members: int) -> list[Plan]:
        plans: list[Plan] = []
        while members - len(plans) >= 2:
            brand = self._register.brand(self._trade)
            web = Web(self._register.domain(brand), "good")
            size = min(members - len(plans), self._rng.randint(2, 4))
            for district in self._rng.sample(vocabulary.DISTRICTS, size):
                business = self._business(self._trade, f"{brand} - {district}", self._town.inside())
                plans.append(Plan(replace(business, website=f"https://{web.domain}"), self._trade, web))
        return plans

    def _single(self, trade: Trade, location: Point, presence: Presence) -> Plan:
        name, owner_last_name = self._register.name(trade)
        return self._plan(self._business(trade, name, location), trade, presence, owner_last_name)

    def _neighbor(self, other: Plan, presence: Presence) -> Plan:
        """Another business of the trade in the same building."""
        plan = self._single(self._trade, other.business.location, presence)
        building = (other.business.street or "").split(" Suite ")[0]
        suite = f"{building} Suite {self._rng.randint(100, 499)}"
        return replace(plan, business=replace(plan.business, street=suite, zip_code=other.business.zip_code))

    def _namesake(self, other: Plan, presence: Presence) -> Plan:
        """Another business elsewhere that is called almost the same."""
        endings = ("Associates", "Partners", "Center", "Group", "of " + self._city.name)
        names = [f"{other.business.name} {ending}" for ending in self._rng.sample(endings, len(endings))]
        name = next((name for name in names if self._register.claim(name)), names[0])
        return self._plan(self._business(self._trade, name, self._town.inside()), self._trade, presence, None)

    def _plan(self, business: Business, trade: Trade, presence: Presence, owner_last_name: str | None) -> Plan:
        if presence == "none":
            return Plan(business, trade, None, owner_last_name)
        if presence == "social_page":
            page = f"https://www.facebook.com/{slug(business.name)}"
            return Plan(replace(business, website=page), trade, None, owner_last_name)
        web = Web(self._register.domain(business.name), presence)
        scheme = "https" if self._rng.random() < _HTTPS_LIKELIHOOD.get(presence, 0.7) else "http"
        return Plan(replace(business, website=f"{scheme}://{web.domain}"), trade, web, owner_last_name)

    def _business(self, trade: Trade, name: str, location: Point) -> Business:
        rng = self._rng
        suite = f" Suite {rng.randint(100, 499)}" if rng.random() < 0.3 else ""
        return Business(
            id=f"b{rng.getrandbits(48):012x}",
            name=name,
            category=trade.name,
            location=location,
            street=street_address(rng) + suite,
            city=self._city.name,
            state=self._city.state,
            zip_code=f"{self._city.zip_prefix}{rng.randint(1, 59):02}",
            country="US",
            phone=self._register.phone(),
            website=None,
            employees=0,
            year_founded=None,
            is_open=True,
            site=None,
            people=(),
            mailboxes=(),
        )
