"""Discovery as the pipeline runs it: its certificate, its third source, and the checks that stop what would cost money."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest
from in_process import PROSPECTS, Pipeline
from psycopg.types.json import Jsonb

from leadgen_assets.discovery.assets import prospects
from leadgen_assets.partitions import campaigns
from leadgen_assets.session import CampaignSessions
from leadgen_assets.upkeep.sensors import failed_campaigns


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def discover(pipeline: Pipeline, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    """Runs the first asset, and what would cost money behind it."""

    @dg.asset(partitions_def=campaigns, deps=[prospects])
    def costs_money() -> None:
        """Stands for all that follows."""

    instance.add_dynamic_partitions("campaigns", [str(pipeline.campaign_id)])
    return dg.materialize(
        [prospects, costs_money],
        instance=instance,
        partition_key=str(pipeline.campaign_id),
        resources={"campaign_sessions": CampaignSessions()},
        raise_on_error=False,
    )


def tell_sensor(pipeline: Pipeline, instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> None:
    context = dg.build_run_status_sensor_context(
        sensor_name="failed_campaigns",
        dagster_event=result.get_run_failure_event(),
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        partition_key=str(pipeline.campaign_id),
    )
    list(failed_campaigns(context.for_run_failure()) or [])


def certificate(pipeline: Pipeline) -> dict[str, Any]:
    return pipeline.rows("select * from coverage_certificates order by computed_at desc limit 1")[0]


def kept_by(pipeline: Pipeline, source: str) -> int:
    return int(pipeline.rows("select count(*) as n from listings where source = %s", source)[0]["n"])


def test_a_discovery_leaves_a_certificate_that_agrees_with_its_tables(
    pipeline: Pipeline, instance: dg.DagsterInstance
) -> None:
    result = discover(pipeline, instance)
    shown = certificate(pipeline)
    assert (shown["prospects"], shown["saturated_tiles"], shown["run_id"]) == (PROSPECTS, 0, result.run_id)
    listings = pipeline.rows("select count(*) as n from listings")[0]["n"]
    assert shown["duplicates"] == listings - PROSPECTS
    assert {source["source"]: source["kept"] for source in shown["document"]["sources"]} == {
        "google_maps": kept_by(pipeline, "google_maps"),
        "yelp": kept_by(pipeline, "yelp"),
    }
    tiles = pipeline.rows("select count(*) as n from discovery_tiles where state <> 'split'")[0]["n"]
    assert shown["tiles"] == tiles
    metadata = result.asset_materializations_for_node("prospects")[0].metadata
    assert metadata["duplicates"].value == shown["duplicates"]
    assert metadata["coverage"].value == shown["document"]["verdict"]
    assert len(metadata["sources"].records) == 2
    if shown["recall"] is not None:
        assert shown["recall"] == pytest.approx(1.0, abs=0.05)
    again = discover(pipeline, instance)
    assert again.success
    assert pipeline.rows("select count(*) as n from coverage_certificates")[0]["n"] == 2
    assert certificate(pipeline)["document"]["tiles"] == shown["document"]["tiles"]


def test_a_campaign_that_asks_for_apollo_learns_of_businesses_that_no_map_lists(
    pipeline: Pipeline, instance: dg.DagsterInstance
) -> None:
    criteria = {"sources": ["yelp", "apollo"]}
    pipeline.change("update campaigns set target_criteria = %s", Jsonb(criteria))
    discover(pipeline, instance)
    apollo = pipeline.rows("select source_id, prospect_id, fields from listings where source = 'apollo'")
    shared = pipeline.rows(
        "select count(*) as n from listings a join listings y using (prospect_id)"
        " where a.source = 'apollo' and y.source = 'yelp'"
    )[0]["n"]
    assert apollo
    assert shared
    assert kept_by(pipeline, "google_maps") == 0
    on_maps = {listing.business_id for listing in pipeline.world.listings if listing.source == "yelp"}
    domains = Counter(b.site.domain for b in pipeline.world.businesses.values() if b.site)
    missing = [b for b in pipeline.world.wanted() if b.id not in on_maps and b.site and domains[b.site.domain] == 1]
    found = {row["fields"]["name"] for row in apollo}
    assert missing
    assert {business.name for business in missing} <= found
    assert {source["source"] for source in certificate(pipeline)["document"]["sources"]} == {"yelp", "apollo"}
    outside = pipeline.rows("select count(*) as n from prospects where distance_meters > 15 * 1609.344")
    assert outside[0]["n"] == 0


def test_a_failed_check_stops_the_campaign_with_the_check_and_the_remedy_in_words_until_it_is_accepted(
    pipeline: Pipeline, instance: dg.DagsterInstance
) -> None:
    assert discover(pipeline, instance).success
    pipeline.change("update campaigns set business_type = 'plumbers', target_criteria = %s", Jsonb({"sources": []}))
    result = discover(pipeline, instance)
    assert not result.success
    assert not result.asset_materializations_for_node("costs_money")
    tell_sensor(pipeline, instance, result)
    campaign = pipeline.campaign()
    assert (campaign["status"], campaign["status_cause"]) == ("paused", "quality_gate")
    assert "relevance" in campaign["status_detail"]
    assert f"{PROSPECTS} of {PROSPECTS}" in campaign["status_detail"]
    assert "Name the kind of business" in campaign["status_detail"]
    accepted = {"sources": [], "accepted_checks": ["relevance"]}
    pipeline.change("update campaigns set status = 'queued', target_criteria = %s", Jsonb(accepted))
    assert discover(pipeline, instance).success


def test_a_prospect_without_its_place_fails_the_schema(pipeline: Pipeline, instance: dg.DagsterInstance) -> None:
    discover(pipeline, instance)
    pipeline.change("update prospects set latitude = null where id = (select id from prospects limit 1)")
    result = discover(pipeline, instance)
    failed = [check.check_name for check in result.get_asset_check_evaluations() if not check.passed]
    assert failed == ["schema"]
