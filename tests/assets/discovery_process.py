"""A discovery in a process of its own, to be killed: `discovery_process.py CAMPAIGN_ID`, its settings in the environment."""

import sys

import dagster as dg

from leadgen_assets.discovery.assets import prospects
from leadgen_assets.session import CampaignSessions


def discover(campaign_id: str) -> None:
    """Materializes the campaign's prospects."""
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("campaigns", [campaign_id])
        dg.materialize(
            [prospects],
            instance=instance,
            partition_key=campaign_id,
            resources={"campaign_sessions": CampaignSessions()},
        )


if __name__ == "__main__":
    discover(sys.argv[1])
