"""A world of the listings in a CSV file: names, places, addresses and phones are the file's, all else is made up.

People and mailboxes are fictional, and sites stand under domains that resolve nowhere: a real business's website is
never part of a world.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import phonenumbers

from leadgen.domain.geo import EARTH_RADIUS_METERS, METERS_PER_MILE, Circle, Point, distance_meters
from leadgen.sandbox.errors import WorldError
from leadgen.sandbox.fiction.chance import chance, draw
from leadgen.sandbox.fiction.domains import fictional_domain
from leadgen.sandbox.fiction.furnish import SITE_KINDS, Plan, Web, furnish, with_mail_decided
from leadgen.sandbox.fiction.register import TOP_LEVEL_DOMAIN, slug
from leadgen.sandbox.fiction.spelling import google_id, reviews, yelp_listing
from leadgen.sandbox.fiction.trades import trade_of_type
from leadgen.sandbox.listings_file import FileRow, read_rows
from leadgen.sandbox.world import Business, Place, VendorListing, World

_ON_YELP = 0.7  # of the file's businesses; Google lists all of them


def load_world(
    path: Path,
    *,
    seed: int = 1,
    category: str | None = None,
    near: Point | None = None,
    radius_miles: float = 15,
    prospects: int | None = None,
) -> World:
    """The world of a file of listings; `listings_file` describes the columns.

    Without `category` it is about the file's commonest, without `near` around the place where most open ones of the
    category stand within the radius. `prospects` keeps that many of the wanted businesses, the nearest to the center.

    Raises:
        WorldError: the file cannot be used, or has no open business of the category within the circle.
    """
    if not 0 < radius_miles <= 100 or (prospects is not None and prospects < 1):
        raise WorldError(
            f"No world has {prospects} prospects within {radius_miles} miles.",
            remedy="Ask for at least 1 prospect within more than 0 and at most 100 miles.",
        )
    rows = read_rows(path)
    google_type = _sought_category(path, rows, category)
    sought = [row for row in rows if row.category == google_type and row.is_open]
    if not sought:
        raise WorldError(f"{path} has no open {google_type!r}.", remedy="Choose another category of the file.")
    center = near or densest_place([row.location for row in sought], radius_miles * METERS_PER_MILE)
    circle = Circle.of_miles(center, radius_miles)
    wanted = [row for row in sought if circle.contains(row.location)]
    if not wanted:
        raise WorldError(
            f"{path} has no open {google_type!r} within {radius_miles} miles of {center.latitude}, {center.longitude}.",
            remedy="Choose another place or a larger radius.",
        )
    wanted.sort(key=lambda row: distance_meters(center, row.location))
    dropped = {row.id for row in wanted[prospects:]} if prospects else set()
    rows = [row for row in rows if row.id not in dropped]
    rng = chance(seed, "loaded", google_type)
    plans = with_mail_decided(rng, _plans(rows, seed), {row.id for row in wanted} - dropped)
    businesses, sites, mailboxes = furnish(plans, seed)
    return World(
        seed=seed,
        category=trade_of_type(google_type).name,
        circle=circle,
        businesses=businesses,
        listings=tuple(entry for row in rows for entry in _listings(row, businesses[row.id], circle, seed)),
        places=_places(rows),
        sites=sites,
        mailboxes=mailboxes,
    )


def densest_place(points: Sequence[Point], radius_meters: float) -> Point:
    """The point with the most others within the radius, the first of equals.

    There must be a point. Of points closer together than a quarter of the radius only the first is tried, so that a
    million rows of one city do not take a million times a million steps.
    """
    step = math.degrees(radius_meters / EARTH_RADIUS_METERS)
    narrowest = max(math.cos(math.radians(max(abs(point.latitude) for point in points))), 0.01)

    def cell(point: Point, size: float) -> tuple[int, int]:
        return math.floor(point.latitude / size), math.floor(point.longitude * narrowest / size)

    by_cell: dict[tuple[int, int], list[Point]] = defaultdict(list)
    candidates: dict[tuple[int, int], Point] = {}
    for point in points:
        by_cell[cell(point, step)].append(point)
        candidates.setdefault(cell(point, step / 4), point)

    def within_radius(center: Point) -> int:
        circle, (row, column) = Circle(center, radius_meters), cell(center, step)
        cells = [(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        return sum(circle.contains(point) for near in cells for point in by_cell.get(near, ()))

    return max(candidates.values(), key=within_radius)


def _sought_category(path: Path, rows: Iterable[FileRow], asked: str | None) -> str:
    """The file's word for what was asked for, else its commonest."""
    counts = Counter(row.category for row in rows if row.category)
    if not counts:
        raise WorldError(f"{path} has no category in any row.", remedy="Fill the column category, as in 'hotel'.")
    if asked is None:
        return counts.most_common(1)[0][0]
    known = {category.casefold().replace("_", " "): category for category in reversed(counts)}
    word = asked.strip().casefold().replace("_", " ")
    for spelling in (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y"):
        if spelling in known:
            return known[spelling]
    commonest = ", ".join(category for category, _ in counts.most_common(12))
    raise WorldError(f"{path} has no category {asked!r}.", remedy=f"Choose one of the file's, such as {commonest}.")


def _plans(rows: Iterable[FileRow], seed: int) -> list[Plan]:
    rows = tuple(rows)
    domains = {row.id: fictional_domain(row.website) for row in rows if row.website}
    sharers = Counter(domains.values())
    plans = []
    for row in rows:
        web = None
        if row.website:
            domain = domains[row.id]
            if domain is None:  # a page on a social network or a directory
                web = Web(f"{slug(row.name)[:40]}-{slug(row.id)[-6:]}.{TOP_LEVEL_DOMAIN}".lstrip("-"), "social_only")
            elif sharers[domain] > 1:
                web = Web(domain, "good")
            else:
                web = Web(domain, draw(chance(seed, "site kind", domain), SITE_KINDS))
        plans.append(Plan(_business(row, web), trade_of_type(row.category or ""), web))
    return plans


def _business(row: FileRow, web: Web | None) -> Business:
    scheme = "https" if row.website and row.website.lower().startswith("https:") else "http"
    return Business(
        id=row.id,
        name=row.name,
        category=trade_of_type(row.category or "").name,
        location=row.location,
        street=row.address,
        city=row.city,
        state=row.state,
        zip_code=row.postal_code,
        country=row.country or "US",
        phone=_e164(row.phone, row.country or "US") if row.phone else None,
        website=f"{scheme}://{web.domain}" if web else None,
        employees=0,
        year_founded=None,
        is_open=row.is_open,
        site=None,
        people=(),
        mailboxes=(),
    )


def _listings(row: FileRow, business: Business, circle: Circle, seed: int) -> list[VendorListing]:
    """Google's as the file has it, and mostly one of Yelp's."""
    trade = trade_of_type(row.category or "")
    rng = chance(seed, "listings", row.id)
    rating, review_count = reviews(rng, row.id, "google_maps")
    google = VendorListing(
        source="google_maps",
        source_id=google_id(row.id),
        business_id=row.id,
        name=row.name,
        category=trade.google_type,
        category_title=trade.google_title,
        phone=row.phone,
        website=business.website,
        street=row.address,
        city=row.city,
        state=row.state,
        zip_code=row.postal_code,
        country=business.country,
        location=row.location,
        rating=rating,
        review_count=review_count,
        is_closed=not row.is_open,
    )
    return [google, yelp_listing(rng, business, trade, circle)] if rng.random() < _ON_YELP else [google]


def _places(rows: Iterable[FileRow]) -> tuple[Place, ...]:
    """Every "City, ST" of the file, in the middle of its rows."""
    points: dict[str, list[Point]] = defaultdict(list)
    names: dict[str, str] = {}
    for row in rows:
        if row.city:
            name = f"{row.city}, {row.state}" if row.state else row.city
            points[names.setdefault(name.casefold(), name)].append(row.location)
    return tuple(Place(name, _middle(located)) for name, located in points.items())


def _middle(points: Sequence[Point]) -> Point:
    return Point(
        round(sum(point.latitude for point in points) / len(points), 6),
        round(sum(point.longitude for point in points) / len(points), 6),
    )


def _e164(phone: str, country: str) -> str:
    """The number in E.164; as it is where it cannot be one."""
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return phone
    if not phonenumbers.is_valid_number(number):
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
