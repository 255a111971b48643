"""What the run of an event looks like: its tags and its configuration.

Pure functions, the same for the dispatcher and for the sensor that sweeps after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

JOB = "campaign_pipeline"
PARTITIONS = "campaigns"

EVENT_TAG = "leadgen/event_id"
ORGANIZATION_TAG = "leadgen/organization"
CAMPAIGN_TAG = "leadgen/campaign"

# A campaign that is scored again, beside its work and without its other stages.
RESCORED = "campaign.rescored"
RESCORED_ASSETS = ("lead_scores",)
# A campaign with prospects left for another slice.
CONTINUED = "campaign.continued"

# The assets that derive their results again when a campaign is rerun (`stages.StageConfig`).
DERIVED = ("website_profiles", "contacts", "research", "lead_scores", "email_drafts")


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the outbox that waits to be launched."""

    id: int
    organization_id: UUID
    campaign_id: UUID
    kind: str
    launch_attempts: int
    created_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The event of a row of `app.outbox_waiting`."""
        return cls(
            id=row["event_id"],
            organization_id=row["organization_id"],
            campaign_id=row["campaign_id"],
            kind=row["kind"],
            launch_attempts=row["launch_attempts"],
            created_at=row["created_at"],
        )


def run_tags(event: Event) -> dict[str, str]:
    """The tags by which the run queue is fair and a launched event is found again."""
    return {
        ORGANIZATION_TAG: str(event.organization_id),
        CAMPAIGN_TAG: str(event.campaign_id),
        EVENT_TAG: str(event.id),
    }


def run_config(event: Event) -> dict[str, Any]:
    """The run's configuration: a rerun derives again what is older than the wish for it; all else does what is due."""
    if event.kind == RESCORED:
        return {"ops": {asset: {"config": {"rescoring": True}} for asset in RESCORED_ASSETS}}
    if event.kind != "campaign.rerun":
        return {}
    refresh = {"config": {"refresh_before": event.created_at.isoformat()}}
    return {"ops": dict.fromkeys(DERIVED, refresh)}


def asset_selection(event: Event) -> tuple[str, ...] | None:
    """The assets that the run materializes; None: all of the job. The next slice of a campaign needs no discovery."""
    return {RESCORED: RESCORED_ASSETS, CONTINUED: DERIVED}.get(event.kind)
