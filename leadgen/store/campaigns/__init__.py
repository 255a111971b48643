"""Campaigns and the tenants that own them: created, moved through their states, stopped and resumed.

What belongs here: the business transaction around a campaign, with the outbox event that promises its run. What does
not: what the stages write about prospects, and starting the run itself (the dispatcher's).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from leadgen.domain.geo import Point
from leadgen.errors import InputError
from leadgen.store.campaigns import queries
from leadgen.store.database import Transaction

Status = Literal[
    "draft",
    "queued",
    "discovering",
    "enriching",
    "scoring",
    "generating",
    "ready",
    "active",
    "paused",
    "failed",
    "completed",
    "archived",
]
Cause = Literal[
    "user",
    "budget",
    "quality_gate",
    "deliverability",
    "no_mailbox",
    "credentials",
    "vendor",
    "unclear",
    "batch",
    "crash",
    "input",
]


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organization and the user who owns it."""

    organization_id: UUID
    owner_id: UUID


@dataclass(frozen=True, slots=True)
class CampaignSpec:
    """What a campaign looks for, where, for which offer and for how much.

    `center` saves the geocoding of `target_location` where the place is known already; `lead_cap` is the most
    prospects it keeps, `budget_micros` the most it may spend (None: no cap).
    """

    name: str
    business_type: str
    target_location: str
    radius_miles: float
    center: Point | None = None
    criteria: Mapping[str, Any] = field(default_factory=dict)
    offer: Mapping[str, Any] = field(default_factory=dict)
    lead_cap: int | None = None
    budget_micros: int | None = None


async def create_tenant(
    transaction: Transaction, *, slug: str, name: str, owner_email: str, owner_name: str | None = None
) -> Tenant:
    """The organization of this slug with its owner; made if it is missing, else left as it is.

    Needs the owner's connection: no application role may make tenants.
    """
    existing = await transaction.one(queries.ORGANIZATION_BY_SLUG, {"slug": slug})
    if existing and existing["owner_id"]:
        return Tenant(existing["id"], existing["owner_id"])
    email = owner_email.lower()
    await transaction.execute(queries.INSERT_USER, {"email": email, "full_name": owner_name})
    user_id = await transaction.value(queries.USER_BY_EMAIL, {"email": email})
    await transaction.execute(queries.INSERT_ORGANIZATION, {"slug": slug, "name": name, "owner_id": user_id})
    organization_id = await transaction.value(queries.ORGANIZATION_BY_SLUG, {"slug": slug})
    await transaction.execute(queries.INSERT_OWNER, {"organization_id": organization_id, "user_id": user_id})
    return Tenant(organization_id, user_id)


async def create_campaign(
    transaction: Transaction, organization_id: UUID, spec: CampaignSpec, created_by: UUID | None = None
) -> UUID:
    """A queued campaign and, in the same transaction, the event that starts its run. Returns its id."""
    campaign_id: UUID = await transaction.value(
        queries.INSERT_CAMPAIGN,
        {
            "organization_id": organization_id,
            "created_by": created_by,
            "name": spec.name,
            "business_type": spec.business_type,
            "target_location": spec.target_location,
            "radius_miles": spec.radius_miles,
            "criteria": Jsonb(dict(spec.criteria)),
            "latitude": spec.center.latitude if spec.center else None,
            "longitude": spec.center.longitude if spec.center else None,
            "lead_cap": spec.lead_cap,
            "offer": Jsonb(dict(spec.offer)),
            "budget_micros": spec.budget_micros,
        },
    )
    await _announce(transaction, campaign_id, "campaign.created")
    return campaign_id


async def set_status(
    transaction: Transaction,
    campaign_id: UUID | str,
    status: Status,
    cause: Cause | None = None,
    detail: str | None = None,
) -> bool:
    """Moves a campaign; False where its user has paused it, which only `resume` ends.

    `detail` is a sentence for the user, required for `paused` and `failed`. Raises InputError for an unknown
    campaign.
    """
    moved = await transaction.execute(
        queries.SET_STATUS, {"campaign_id": campaign_id, "status": status, "cause": cause, "detail": detail}
    )
    if not moved:
        await _current_status(transaction, campaign_id)
    return bool(moved)


async def pause(transaction: Transaction, campaign_id: UUID | str, cause: Cause, detail: str) -> None:
    """Stops a campaign that still moves. Raises InputError for one that is unknown, failed or finished."""
    paused = await transaction.execute(queries.PAUSE, {"campaign_id": campaign_id, "cause": cause, "detail": detail})
    if not paused:
        status = await _current_status(transaction, campaign_id)
        raise InputError(f"A campaign that is {status} cannot be paused.")


async def set_budget(transaction: Transaction, campaign_id: UUID | str, budget_micros: int | None) -> None:
    """Sets the most that a campaign may spend in all (None: no cap); one that stood still for want of it goes on.

    Raises InputError for an unknown campaign.
    """
    if not await transaction.execute(queries.SET_BUDGET, {"campaign_id": campaign_id, "budget": budget_micros}):
        await _current_status(transaction, campaign_id)
    if await transaction.value(queries.WAITS_FOR_BUDGET, {"campaign_id": campaign_id}):
        await resume(transaction, campaign_id)


async def resume(transaction: Transaction, campaign_id: UUID | str) -> None:
    """Queues a paused or failed campaign again, with its event. Raises InputError for any other."""
    if not await transaction.execute(queries.RESUME, {"campaign_id": campaign_id}):
        status = await _current_status(transaction, campaign_id)
        raise InputError(f"A campaign that is {status} cannot be resumed.")
    await _announce(transaction, campaign_id, "campaign.resumed")


async def _announce(transaction: Transaction, campaign_id: UUID | str, kind: str) -> None:
    await transaction.execute(queries.INSERT_EVENT, {"campaign_id": campaign_id, "kind": kind})


async def _current_status(transaction: Transaction, campaign_id: UUID | str) -> str:
    status: str | None = await transaction.value(queries.STATUS, {"campaign_id": campaign_id})
    if status is None:
        raise InputError(f"There is no campaign {campaign_id}.", remedy="Check its id.")
    return status
