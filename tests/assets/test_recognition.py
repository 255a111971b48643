"""Businesses that turn out to be one are merged so that it can be undone, and stay two where a person said so."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import dagster as dg
import pytest
from in_process import Pipeline

from leadgen.domain.geo import Circle, Point
from leadgen.domain.identity.clusters import Pair
from leadgen.domain.identity.matching import Match
from leadgen.domain.identity.records import Record
from leadgen.store.database import Database
from leadgen.store.merges import undo_merge
from leadgen_assets.discovery.assets import prospects
from leadgen_assets.discovery.catalogue import Catalogue, listing_of
from leadgen_assets.discovery.recognition import pairs_to_review
from leadgen_assets.session import CampaignSessions


def discover(pipeline: Pipeline) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("campaigns", [str(pipeline.campaign_id)])
        dg.materialize(
            [prospects],
            instance=instance,
            partition_key=str(pipeline.campaign_id),
            resources={"campaign_sessions": CampaignSessions()},
        )


def split(pipeline: Pipeline) -> tuple[UUID, UUID]:
    """A prospect of two sources made two, the second with a contact: as if it had been found twice and written to."""
    (row,) = pipeline.rows(
        "select prospect_id from listings where campaign_id = %s group by 1 having count(*) > 1 limit 1",
        pipeline.campaign_id,
    )
    other = uuid4()
    pipeline.change(
        "insert into prospects (id, organization_id, campaign_id, company_name, source, source_id, distance_meters,"
        " latitude, longitude)"
        " select %s, organization_id, campaign_id, company_name, 'yelp', 'its other half', distance_meters,"
        "        latitude, longitude"
        "   from prospects where id = %s",
        other,
        row["prospect_id"],
    )
    pipeline.change(
        "insert into contacts (organization_id, prospect_id, email, source)"
        " select organization_id, id, 'ana@oak.example', 'site' from prospects where id = %s",
        other,
    )
    pipeline.change(
        "update listings set prospect_id = %s where prospect_id = %s and source = 'yelp'", other, row["prospect_id"]
    )
    return row["prospect_id"], other


def state(pipeline: Pipeline, one: UUID, other: UUID) -> str:
    """What was decided on a pair."""
    pair = sorted((one, other))
    sql = "select state from match_reviews where left_prospect_id = %s and right_prospect_id = %s"
    return str(pipeline.rows(sql, *pair)[0]["state"])


def undo(pipeline: Pipeline, merge: UUID) -> None:
    async def run() -> None:
        organization = pipeline.campaign()["organization_id"]
        async with Database(pipeline.urls.pipeline, connections=1) as database, database.tenant(organization) as tx:
            await undo_merge(tx, merge)

    asyncio.run(run())


def test_doubles_are_merged_with_what_they_have_and_stay_apart_once_unmerged(pipeline: Pipeline) -> None:
    discover(pipeline)
    one, other = split(pipeline)
    holder = "select prospect_id from contacts where email = 'ana@oak.example'"

    discover(pipeline)
    (merge,) = pipeline.rows("select * from merges")
    assert {merge["kept_prospect_id"], merge["merged_prospect_id"]} == {one, other}
    assert pipeline.rows(holder) == [{"prospect_id": merge["kept_prospect_id"]}]
    assert state(pipeline, one, other) == "same"

    undo(pipeline, merge["id"])
    discover(pipeline)
    assert pipeline.rows("select id from merges where undone_at is null") == []
    assert pipeline.rows(holder) == [{"prospect_id": other}]
    assert {row["prospect_id"] for row in pipeline.rows("select prospect_id from listings")} >= {one, other}


def test_doubles_that_are_both_written_to_are_for_a_person(pipeline: Pipeline) -> None:
    discover(pipeline)
    halves = split(pipeline)
    for prospect in halves:
        pipeline.change(
            "insert into outreach_sequences (organization_id, campaign_id, prospect_id, sequence_type, status,"
            " content_hash, approved_hash, code_version)"
            " select organization_id, campaign_id, id, 'email', 'active', repeat('0', 64), repeat('0', 64), '1'"
            "   from prospects where id = %s",
            prospect,
        )
    discover(pipeline)
    assert pipeline.rows("select id from merges") == []
    assert state(pipeline, *halves) == "open"
    assert {row["prospect_id"] for row in pipeline.rows("select prospect_id from listings")} >= set(halves)


def test_branches_are_placed_under_one_company_again_and_again(pipeline: Pipeline) -> None:
    discover(pipeline)
    pipeline.change(
        "update prospects set company_name = 'Zilkerine Dental', website = 'https://zilkerine.example'"
        " where id in (select id from prospects order by id limit 3)"
    )
    found: list[list[dict[str, Any]]] = []
    for _ in range(2):
        discover(pipeline)
        found.append(
            pipeline.rows(
                "select c.id, c.key, count(*) as locations from companies c join prospect_companies o"
                " on o.company_id = c.id where c.domain = 'zilkerine.example' group by 1"
            )
        )
    assert found[0] == found[1]
    assert [(row["key"], row["locations"]) for row in found[0]] == [("domain:zilkerine.example", 3)]


def test_doubtful_pairs_of_two_prospects_are_noted_and_branches_are_not() -> None:
    doubtful, branches = Match(0.4, ()), Match(0.4, (), elsewhere=True)
    owners = {"a": UUID(int=1), "b": UUID(int=2), "c": UUID(int=1)}
    pairs = [Pair("a", "b", doubtful), Pair("a", "c", doubtful), Pair("b", "c", branches), Pair("a", "x", doubtful)]
    (review,) = pairs_to_review(pairs, owners)
    assert (review.left, review.right, review.score) == (UUID(int=1), UUID(int=2), 0.4)


@pytest.mark.parametrize("apart", [False, True])
def test_a_cluster_is_kept_in_two_where_a_person_said_so(apart: bool) -> None:
    catalogue = Catalogue(Circle(Point(30.27, -97.74), 5000.0), "dentist", None)
    fields = {"name": "Barton Oak Dental", "address": "12 Main St", "phone": "+15124780143", "city": "Austin"}
    for number, source in enumerate(("google_maps", "yelp")):
        listing = listing_of(
            {"source": source, "source_id": "1", **fields, "location": {"latitude": 30.27, "longitude": -97.74}}
        )
        assert Record.of(listing).name == fields["name"]
        catalogue.remember(listing, UUID(int=number + 1))
    if apart:
        catalogue.keep_apart([frozenset({UUID(int=1), UUID(int=2)})])
    batch = catalogue.add_recognised([])
    assert [(double.keep, double.gone) for double in batch.doubles] == ([] if apart else [(UUID(int=1), UUID(int=2))])
    assert batch.moved == []
