"""The free estimate: from what the organization's campaigns have found and paid, and from the price list."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from leadgen.domain.discovery.estimate import Market, estimate
from leadgen.domain.discovery.estimate_cost import FEWEST_MEASURED, Plan, uses_of
from leadgen.domain.discovery.estimate_size import Known, covered_share, size_of
from leadgen.domain.discovery.relevance import is_same_kind
from leadgen.domain.geo import METERS_PER_MILE, Circle, Point, distance_meters
from leadgen.settings import Settings, settings
from leadgen.store.database import Transaction
from leadgen_api.access.sessions import Member
from leadgen_api.discovery import queries
from leadgen_api.discovery.estimate_schemas import Estimate, EstimateAsked
from leadgen_api.discovery.market import paces_of, prices_of
from leadgen_api.discovery.probing import Probed, probe
from leadgen_api.problems import NotFound

SAMPLES = 10

_COORDINATES = re.compile(r"^\s*(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*$")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the organization knows of an area: what was found in it, its rows for samples, and what stages cost a lead."""

    circle: Circle | None
    known: Known
    fresh_share: float
    rows: Sequence[dict[str, Any]]
    measured: dict[tuple[str, str], float]


async def estimate_new(member: Member, asked: EstimateAsked) -> Estimate:
    """What a campaign like this would find, cost and take. Pays nothing, unless a probe is asked for.

    Raises:
        Problem: the probe cannot be made.
    """
    probed = None
    if asked.probe:
        async with member.tenant() as transaction:
            center = await _center(transaction, {"organization": member.organization_id}, asked.target_location)
        probed = await probe(member, asked, center, settings())
    async with member.tenant() as transaction:
        return await _estimate(transaction, member, asked, probed)


async def estimate_campaign(member: Member, campaign_id: UUID) -> Estimate:
    """The same for a campaign that exists.

    Raises:
        NotFound: there is no such campaign in the member's organization.
    """
    async with member.tenant() as transaction:
        row = await transaction.one(queries.PLANNED, {"organization": member.organization_id, "campaign": campaign_id})
        if row is None:
            raise NotFound("campaign")
        return await _estimate(transaction, member, _as_asked(row))


def _as_asked(row: dict[str, Any]) -> EstimateAsked:
    criteria = row["target_criteria"]
    told = {name: criteria[name] for name in ("sources", "is_urgent") if criteria.get(name) is not None}
    return EstimateAsked(
        business_type=row["business_type"],
        target_location=row["target_location"],
        target_radius_miles=float(row["target_radius_miles"]),
        lead_cap=row["lead_cap"],
        **told,
    )


async def _estimate(
    transaction: Transaction, member: Member, asked: EstimateAsked, probed: Probed | None = None
) -> Estimate:
    configured = settings()
    plan = Plan(tuple(asked.sources), configured.research_model, configured.writing_model, asked.is_urgent)
    evidence = await _evidence(transaction, member, asked, plan)
    market = Market(prices_of(configured, plan), evidence.measured, paces_of(configured, plan))
    size = size_of(asked.business_type, evidence.circle, asked.target_radius_miles, evidence.known)
    samples = _samples(evidence)
    if probed and size.basis != "found before":
        size, samples = probed.size, samples or _sampled(probed)
    told = estimate(size, plan, market, lead_cap=asked.lead_cap, known=evidence.fresh_share)
    return Estimate.of(told, samples, probe_micros(configured, evidence.circle))


def probe_micros(configured: Settings, circle: Circle | None) -> int:
    """What a probe costs: a page of samples, and the place where it is not on the map yet; Google's ids are free."""
    page = configured.google_places.prices.get("text_search_enterprise", 0)
    place = 0 if circle else configured.google_geocoding.prices.get("geocode", 0)
    return int(page) + int(place)


async def _evidence(transaction: Transaction, member: Member, asked: EstimateAsked, plan: Plan) -> Evidence:
    organization = {"organization": member.organization_id}
    center = await _center(transaction, organization, asked.target_location)
    circle = Circle.of_miles(center, asked.target_radius_miles) if center else None
    covered = [
        row
        for row in await transaction.all(queries.COVERED, organization)
        if is_same_kind(row["business_type"], asked.business_type)
    ]
    rows: list[dict[str, Any]] = []
    if circle and covered:
        box = circle.bounding_box()
        sides = {"south": box.south, "west": box.west, "north": box.north, "east": box.east}
        campaigns = [row["campaign_id"] for row in covered]
        found = await transaction.all(queries.FOUND_BEFORE, {**organization, **sides, "campaigns": campaigns})
        rows = [row for row in found if circle.contains(Point(row["latitude"], row["longitude"]))]
    recalls = [row["recall"] for row in covered if row["recall"] is not None]
    known = Known(
        tuple(_circle(row) for row in covered),
        tuple(Point(row["latitude"], row["longitude"]) for row in rows),
        min(recalls) if recalls else None,
    )
    fresh = [_circle(row) for row in covered if row["is_fresh"]]
    stages = {"stages": sorted({use.stage for use in uses_of(plan)})}
    measured = await transaction.all(queries.MEASURED, {**organization, **stages})
    return Evidence(
        circle,
        known,
        covered_share(circle, fresh) if circle else 0.0,
        rows,
        {(row["stage"], row["vendor"]): row["micros_a_lead"] for row in measured if row["leads"] >= FEWEST_MEASURED},
    )


async def _center(transaction: Transaction, organization: dict[str, UUID], location: str) -> Point | None:
    """Where a place is, as far as it is known without asking anybody."""
    if written := _COORDINATES.match(location):
        return Point(float(written[1]), float(written[2]))
    row = await transaction.one(queries.PLACE, {**organization, "location": location.strip()})
    return Point(row["center_latitude"], row["center_longitude"]) if row else None


def _circle(row: dict[str, Any]) -> Circle:
    return Circle.of_miles(Point(row["center_latitude"], row["center_longitude"]), float(row["target_radius_miles"]))


def _samples(evidence: Evidence) -> list[dict[str, Any]]:
    """Ten of the known businesses, from the center outwards at even steps."""
    if evidence.circle is None:
        return []
    center = evidence.circle.center
    away = [(distance_meters(center, Point(row["latitude"], row["longitude"])), row) for row in evidence.rows]
    ranked = sorted(away, key=lambda one: (one[0], one[1]["company_name"]))
    step = max(1, len(ranked) // SAMPLES)
    shown = ("company_name", "category", "city", "state", "has_website", "has_phone")
    return [
        {**{name: row[name] for name in shown}, "distance_miles": round(meters / METERS_PER_MILE, 1)}
        for meters, row in ranked[::step][:SAMPLES]
    ]


def _sampled(probed: Probed) -> list[dict[str, Any]]:
    """Ten of what the probe saw, in Google's order."""
    center = probed.circle.center
    return [
        {
            "company_name": listing.name,
            "category": listing.category,
            "city": listing.city,
            "state": listing.state,
            "has_website": listing.website is not None,
            "has_phone": listing.phone is not None,
            "distance_miles": round(distance_meters(center, listing.location or center) / METERS_PER_MILE, 1),
        }
        for listing in probed.samples[:SAMPLES]
    ]
