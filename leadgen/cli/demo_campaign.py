"""The demo's tenant, its campaign for the sandbox's world, and the watch over it."""

import asyncio
import time
from typing import Any
from uuid import UUID

from leadgen.cli import campaign_report, queries
from leadgen.cli.screen import ProgressView
from leadgen.cli.truth import Truth
from leadgen.domain.geo import METERS_PER_MILE
from leadgen.errors import TransientError
from leadgen.store.campaigns import CampaignSpec, Tenant
from leadgen.store.database import Database

LOOK_EVERY_SECONDS = 0.25
STANDSTILL_SECONDS = 300.0  # without any prospect moving: something is stuck
AT_REST = frozenset({"ready", "active", "paused", "failed", "completed"})

DEMO_TENANT = {
    "slug": "demo-agency",
    "name": "Demo Agency",
    "owner_email": "demo@leadgen.example",
    "owner_name": "Dana Demo",
}

DEMO_OFFER: dict[str, Any] = {
    "kind": "website",
    "sells": "websites with online booking for local businesses",
    "proof": [
        "A new site is live within two weeks, at a fixed price.",
        "Patients and customers book online, day and night.",
    ],
    "sender": {
        "name": "Dana Demo",
        "title": "Founder",
        "company": "Demo Agency",
        "email": "demo@leadgen.example",
        "address": "100 Example Street, Austin, TX 78701",
    },
}


def campaign_for(truth: Truth) -> CampaignSpec:
    """The campaign that looks for exactly what the world calls wanted."""
    miles = round(truth.radius_meters / METERS_PER_MILE, 2)
    return CampaignSpec(
        name=f"{truth.category} within {miles:g} miles of {truth.place}"[:100],
        business_type=truth.category,
        target_location=truth.place,
        radius_miles=miles,
        offer=DEMO_OFFER,
    )


async def watch(database: Database, tenant: Tenant, campaign_id: UUID, progress: ProgressView) -> None:
    """Shows the campaign's progress until it is at rest.

    Raises TransientError where nothing moves for five minutes.
    """
    seen: object = None
    moved_at = time.monotonic()
    while True:
        async with database.tenant(tenant.organization_id) as transaction:
            campaign = await transaction.one(queries.CAMPAIGN, {"campaign": campaign_id})
            stages = await campaign_report.read_stages(transaction, campaign_id)
        progress.show(stages)
        if campaign is None or campaign["status"] in AT_REST:
            return
        if stages != seen:
            seen, moved_at = stages, time.monotonic()
        if time.monotonic() - moved_at > STANDSTILL_SECONDS:
            raise TransientError(
                f"The campaign is {campaign['status']} and nothing has moved for {STANDSTILL_SECONDS:g} seconds.",
                remedy="The logs say why: dagster.log first.",
            )
        await asyncio.sleep(LOOK_EVERY_SECONDS)
