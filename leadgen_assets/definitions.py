"""Assembles the pipeline. Every part can be replaced by a test."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from leadgen_assets.discovery.assets import prospects
from leadgen_assets.enrichment.contacts import contacts
from leadgen_assets.enrichment.research import research
from leadgen_assets.enrichment.website_profiles import website_profiles
from leadgen_assets.outreach.assets import email_drafts
from leadgen_assets.platform.failures import no_run_retry_after_permanent_failure
from leadgen_assets.scoring.assets import lead_scores
from leadgen_assets.session import CampaignSessions
from leadgen_assets.upkeep.retention import every_night, retention
from leadgen_assets.upkeep.sensors import failed_campaigns, outbox_sweep, parked_campaigns
from leadgen_assets.upkeep.spend_alerts import spend_alerts

ASSETS = (prospects, website_profiles, contacts, research, lead_scores, email_drafts)

campaign_pipeline = dg.define_asset_job(
    "campaign_pipeline",
    selection=dg.AssetSelection.assets(*ASSETS),
    executor_def=dg.in_process_executor,
    hooks={no_run_retry_after_permanent_failure},
    description="A campaign from its circle on the map to drafts that wait for approval.",
)

SENSORS = (outbox_sweep(campaign_pipeline), failed_campaigns, parked_campaigns, spend_alerts)


def build_definitions(
    *,
    assets: Sequence[dg.AssetsDefinition] = ASSETS,
    sensors: Sequence[dg.SensorDefinition] = SENSORS,
    resources: Mapping[str, Any] | None = None,
) -> dg.Definitions:
    """The code location, with any part replaced."""
    return dg.Definitions(
        assets=assets,
        jobs=[campaign_pipeline, retention],
        schedules=[every_night],
        sensors=sensors,
        resources={"campaign_sessions": CampaignSessions(), **(resources or {})},
        executor=dg.in_process_executor,
    )


defs = build_definitions()
