"""Measuring against what is true in a world: what was found, what was told apart, who can be written to."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from leadgen.sandbox.fiction.staff import reachable_mailboxes
from leadgen.sandbox.world import Business, Mailbox, World

SourceId = tuple[str, str]  # ("google_maps", "ChIJ...")


class Recall(NamedTuple):
    """`recall`: the share 0-1 of wanted businesses found. `outside`: listings found of businesses not in the circle."""

    recall: float
    outside: int


class Duplicates(NamedTuple):
    """`split` counts surplus groups of one business, `merged` surplus businesses in one group. Both are 0 at best."""

    split: int
    merged: int


def wanted_count(world: World) -> int:
    """How many businesses a perfect discovery finds."""
    return len(world.wanted())


def business_ids(world: World) -> dict[SourceId, str]:
    """The business that each listing is of."""
    return {(listing.source, listing.source_id): listing.business_id for listing in world.listings}


def recall(world: World, found: Collection[SourceId]) -> Recall:
    """How much of the wanted was found, by any of its listings. Ids that no listing has count as outside."""
    owners = business_ids(world)
    businesses = [world.businesses[owners[id_]] if id_ in owners else None for id_ in found]
    wanted = {business.id for business in world.wanted()}
    hits = {business.id for business in businesses if business} & wanted
    outside = sum(business is None or not world.circle.contains(business.location) for business in businesses)
    return Recall(len(hits) / len(wanted) if wanted else 1.0, outside)


def duplicates(world: World, groups: Iterable[Collection[SourceId]]) -> Duplicates:
    """How well listings were grouped into businesses. Ids that no listing has are ignored."""
    owners = business_ids(world)
    grouped = [{owners[id_] for id_ in group if id_ in owners} for group in groups]
    seen = [business for group in grouped for business in group]
    return Duplicates(split=len(seen) - len(set(seen)), merged=sum(len(group) - 1 for group in grouped if group))


def deliverable_mailboxes(business: Business) -> tuple[Mailbox, ...]:
    """The working mailboxes of a business that its site, Hunter or Apollo gives away."""
    return reachable_mailboxes(business.people, business.mailboxes)


def deliverable_businesses(world: World) -> set[str]:
    """The ids of the wanted businesses that can be written to."""
    return {business.id for business in world.wanted() if deliverable_mailboxes(business)}


def place_name(world: World) -> str:
    """What to tell the geocoder to get the center: the name of a place exactly there, else "latitude,longitude"."""
    center = world.circle.center
    exact = (place.name for place in world.places if place.location == center)
    return next(exact, f"{center.latitude},{center.longitude}")


def describe(world: World) -> dict[str, Any]:
    """The truth that a measuring program needs, ready for JSON."""
    ids: dict[str, list[list[str]]] = {business.id: [] for business in world.wanted()}
    for listing in world.listings:
        if listing.business_id in ids:
            ids[listing.business_id].append([listing.source, listing.source_id])
    center = world.circle.center
    return {
        "seed": world.seed,
        "category": world.category,
        "place": place_name(world),
        "center": {"latitude": center.latitude, "longitude": center.longitude},
        "radius_meters": world.circle.radius_meters,
        "wanted": ids,
        "deliverable": sorted(deliverable_businesses(world)),
    }
