"""What is true of a business and how its site says it, in words."""

import random

from leadgen.sandbox.fiction import vocabulary
from leadgen.sandbox.fiction.trades import Trade
from leadgen.sandbox.world import Business

THIS_YEAR = 2026  # fixed: a world does not change with the calendar

Hours = tuple[tuple[str, str], ...]

_HOURS: tuple[Hours, ...] = (
    (("Mon-Fri", "08:00-17:00"),),
    (("Mon-Thu", "07:30-16:30"), ("Fri", "07:30-13:00")),
    (("Mon-Fri", "09:00-18:00"), ("Sat", "10:00-14:00")),
    (("Mon-Sat", "08:00-19:00"),),
    (("Tue-Fri", "10:00-19:00"), ("Sat", "09:00-17:00")),
    (("Mon-Sun", "07:00-21:00"),),
)

_INTROS = (
    "{name} is a {singular} in {city} that {customers} recommend to each other.",
    "Looking for a {singular} in {city}? {name} has looked after {customers} from every corner of town.",
    "Welcome to {name}, your neighborhood {singular} in {city}.",
    "At {name} we keep things simple: listen first, explain everything, then do the work right.",
    "{name} brings together people who love what they do, for {customers} across {city} and nearby.",
)
_HEADLINES = (
    "A {singular} {city} can count on",
    "Welcome to {name}",
    "{city}'s friendly {singular}",
    "Work done right, for {customers} who notice",
    "{name}: {service} and more",
)
_SINCE = (
    "Family owned since {year}.",
    "Serving {city} since {year}.",
    "Established in {year}.",
    "We opened our doors in {year}.",
)
_TEAM_SIZE = (
    "Our team of {employees} looks after you.",
    "We are {employees} people who know our {customers} by name.",
    "With {employees} employees we are big enough to help and small enough to care.",
)
_SOLO = "You always deal with the owner in person."


def choose_services(rng: random.Random, trade: Trade) -> tuple[str, ...]:
    """Three to seven things the business sells."""
    return tuple(rng.sample(trade.services, rng.randint(3, min(7, len(trade.services)))))


def choose_facts(
    rng: random.Random, trade: Trade, services: tuple[str, ...], city: str | None, founded: int | None
) -> tuple[str, ...]:
    """None to three recent things that only this business can say: a new location, an award, a hire, an offer."""
    town = city or "town"
    month, year = rng.choice(vocabulary.MONTHS), rng.randint(max(THIS_YEAR - 3, (founded or 0) + 1), THIS_YEAR - 1)
    street = f"{rng.choice(vocabulary.STREETS)} {rng.choice(vocabulary.STREET_KINDS)}"
    district = rng.choice(vocabulary.DISTRICTS)
    paper = f"{town} {rng.choice(vocabulary.NEWSPAPERS)}"
    possible = (
        f"In {month} {year} we opened a second location on {street}.",
        f"Voted best {trade.singular} of {year} by readers of the {paper}.",
        f"Winner of the {year} {district} Small Business Award.",
        f"New since {month} {year}: {rng.choice(services)}.",
        f"We are hiring a {rng.choice(trade.staff_titles).lower()} for our {district} team.",
        f"Proud sponsor of the {district} {rng.choice(vocabulary.CAUSES)}.",
        f"We moved into our renovated space on {street} in {year}.",
        f"More than {rng.randint(4, 90) * 100:,} {trade.customers} have chosen us so far.",
    )
    return tuple(rng.sample(possible, rng.choice((0, 1, 1, 2, 2, 3))))


def choose_hours(rng: random.Random) -> Hours:
    """Days and hours: (("Mon-Fri", "08:00-17:00"), ...)."""
    return rng.choice(_HOURS)


def introduction(rng: random.Random, business: Business, trade: Trade) -> str:
    """The first paragraph."""
    return _say(rng.choice(_INTROS), business, trade)


def headline(rng: random.Random, business: Business, trade: Trade) -> str:
    """The first heading."""
    return _say(rng.choice(_HEADLINES), business, trade)


def history(rng: random.Random, business: Business, trade: Trade) -> str:
    """When it began, if that is known, and how many work there."""
    since = _say(rng.choice(_SINCE), business, trade) if business.year_founded else ""
    team = _SOLO if business.employees < 2 else _say(rng.choice(_TEAM_SIZE), business, trade)
    return f"{since} {team}".strip()


def _say(template: str, business: Business, trade: Trade) -> str:
    return template.format(
        name=business.name,
        singular=trade.singular,
        customers=trade.customers,
        city=business.city or "town",
        year=business.year_founded,
        employees=business.employees,
        service=business.services[0].capitalize() if business.services else trade.singular,
    )
