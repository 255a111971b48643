"""A discovery that is killed in the middle goes on where it was, and pays for one tile again at most."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from databases import MakeTenant
from in_process import Environment, Pipeline, campaign_over

from leadgen.sandbox.made import make_world
from leadgen.store.connections import Connections
from leadgen_assets.discovery.assets import prospects
from leadgen_assets.session import CampaignSessions

PROSPECTS = 130
PROCESS = Path(__file__).with_name("discovery_process.py")
MICROS_OF_A_TILE = {"google_places": 3 * 35_000, "yelp": 5 * 8_000}


@pytest.fixture
def pipeline(database_urls: Connections, make_tenant: MakeTenant, environment: Environment) -> Iterator[Pipeline]:
    """A campaign whose circle takes several tiles of Google's."""
    with campaign_over(make_world(seed=5, prospects=PROSPECTS), database_urls, make_tenant) as running:
        environment(
            LEADGEN_PIPELINE_DATABASE_URL=database_urls.pipeline,
            LEADGEN_SANDBOX_URL=running.sandbox_url,
            LEADGEN_FETCHER_SANDBOX=running.sandbox_url,
        )
        yield running


def discover(pipeline: Pipeline) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("campaigns", [str(pipeline.campaign_id)])
        dg.materialize(
            [prospects],
            instance=instance,
            partition_key=str(pipeline.campaign_id),
            resources={"campaign_sessions": CampaignSessions()},
        )


def kill_while_held(pipeline: Pipeline, vendor: str, after: int) -> None:
    """Starts a discovery and kills it when the vendor's call number `after` + 1 is in flight."""
    pipeline.sandbox("POST", "/hold", {"vendor": vendor, "after": after})
    process = subprocess.Popen(
        [sys.executable, str(PROCESS), str(pipeline.campaign_id)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert pipeline.sandbox("GET", f"/wait?vendor={vendor}&parked=1&seconds=30")["reached"]
    process.kill()
    process.wait()
    pipeline.sandbox("POST", "/release", {"vendor": vendor})


@pytest.mark.parametrize(("vendor", "after"), [("google_places", 12), ("yelp", 2)])
def test_a_killed_discovery_pays_for_one_tile_again_at_most(pipeline: Pipeline, vendor: str, after: int) -> None:
    kill_while_held(pipeline, vendor, after)
    assert pipeline.rows("select from discovery_tiles where source = 'google_maps'")
    discover(pipeline)
    assert pipeline.campaign()["total_prospects"] == PROSPECTS
    counted = pipeline.sandbox("GET", "/calls")["vendors"][vendor]
    again = sum(
        asked["micros"] * (asked["paid"] - 1) // asked["paid"]
        for asked in counted["fingerprints"].values()
        if asked["paid"] > 1
    )
    assert again <= MICROS_OF_A_TILE[vendor]
    ours = pipeline.rows("select sum(cost_micros)::bigint as n from provider_calls where vendor = %s", vendor)[0]["n"]
    assert counted["bill"]["micros"] <= ours <= counted["bill"]["micros"] + MICROS_OF_A_TILE[vendor]
