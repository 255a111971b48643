"""Two prospects become one and two again: nothing is lost, nothing doubled, and undone is as before."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from databases import Connect, MakeTenant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from merging_world import MergingWorld

from leadgen.store.connections import Connections
from leadgen.store.database import Database
from leadgen.store.merges import DecisionRefused, UnknownProspects, merge_prospects, undo_merge


@pytest.fixture
def world(connect: Connect, database_urls: Connections, make_tenant: MakeTenant) -> MergingWorld:
    return MergingWorld(connect(database_urls.owner), make_tenant())


@pytest.fixture
async def database(database_urls: Connections) -> AsyncIterator[Database]:
    async with Database(database_urls.pipeline) as database:
        yield database


async def merge(database: Database, world: MergingWorld, keep: UUID, gone: UUID) -> UUID:
    async with database.tenant(world.tenant.organization_id) as transaction:
        return await merge_prospects(transaction, keep=keep, merge=gone, score=0.4, reason="by hand")


async def undo(database: Database, world: MergingWorld, merged: UUID) -> None:
    async with database.tenant(world.tenant.organization_id) as transaction:
        await undo_merge(transaction, merged)


async def seen(database: Database, world: MergingWorld) -> set[UUID]:
    async with database.tenant(world.tenant.organization_id) as transaction:
        return {row["id"] for row in await transaction.all("select id from prospects")}


async def test_the_kept_prospect_gets_what_it_lacks_and_the_other_is_seen_no_more(
    database: Database, world: MergingWorld
) -> None:
    kept = world.prospect(phone="+15124780143")
    gone = world.prospect("Oak Dental LLC", phone="+15124789999", website="https://oak.example", domain="oak.example")
    world.contact(kept, "info@oak.example", primary=True)
    twice, new = world.contact(gone, "info@oak.example"), world.contact(gone, "ana@oak.example", primary=True)
    world.enriched(kept)
    world.enriched(gone)
    world.enriched(gone, "research")
    world.scored(gone)
    world.insert("lead_outcomes", prospect_id=gone, kind="meeting")

    await merge(database, world, kept, gone)

    assert await seen(database, world) == {kept}
    assert world.rows("select phone, website from prospects where id = %s", kept) == [
        ("+15124780143", "https://oak.example")
    ]
    assert world.rows("select prospect_id, count(*) from listings group by 1") == [(kept, 2)]
    holders = dict(world.rows("select id, prospect_id from contacts"))
    assert (holders[twice], holders[new]) == (gone, kept)
    assert world.rows("select email from contacts where prospect_id = %s and is_primary", kept) == [
        ("info@oak.example",)
    ]
    assert world.rows("select stage from current_enrichment where prospect_id = %s order by stage", kept) == [
        ("research",),
        ("website_profiles",),
    ]
    assert world.rows("select prospect_id from current_lead_scores") == [(kept,)]
    assert world.rows("select prospect_id from lead_outcomes") == [(kept,)]
    assert world.rows("select count(*) from evidence where prospect_id = %s", kept) == [(3,)]
    assert world.rows("select total_prospects from campaigns where id = %s", world.tenant.campaign_id) == [(1,)]


async def test_the_stages_of_the_kept_prospect_are_due_again(database: Database, world: MergingWorld) -> None:
    kept, gone = world.prospect(), world.prospect()
    world.enriched(kept)

    merged = await merge(database, world, kept, gone)
    assert world.rows("select version from prospect_stages where prospect_id = %s", kept) == [("merged",)]

    world.rows("update prospect_stages set version = '1' where prospect_id = %s", kept)  # it was derived again
    await undo(database, world, merged)
    assert world.rows("select version from prospect_stages where prospect_id = %s", kept) == [("unmerged",)]


async def test_the_progress_of_the_merged_prospect_counts_no_more(database: Database, world: MergingWorld) -> None:
    kept, gone = world.prospect(), world.prospect()
    world.enriched(gone)
    before = world.everything()
    merged = await merge(database, world, kept, gone)
    assert world.rows("select count(*) from prospect_stages") == [(0,)]
    await undo(database, world, merged)
    assert world.everything() == before


async def test_a_sequence_under_way_takes_the_place_of_a_draft_and_goes_back(
    database: Database, world: MergingWorld
) -> None:
    kept, gone = world.prospect(), world.prospect()
    draft, active = world.sequence(kept), world.sequence(gone, "active", world.contact(gone, "ana@oak.example"))
    before = world.everything()

    merged = await merge(database, world, kept, gone)
    current = "select id, prospect_id from outreach_sequences where superseded_at is null"
    assert world.rows(current) == [(active, kept)]

    await undo(database, world, merged)
    assert world.everything() == before
    assert dict(world.rows(current)) == {draft: kept, active: gone}


async def test_an_unapproved_draft_of_the_merged_prospect_is_in_no_queue(
    database: Database, world: MergingWorld
) -> None:
    kept, gone = world.prospect(), world.prospect()
    own, _ = world.sequence(kept), world.sequence(gone)
    await merge(database, world, kept, gone)
    assert world.rows("select id from outreach_sequences where superseded_at is null") == [(own,)]


async def test_two_prospects_that_are_both_written_to_are_not_merged(database: Database, world: MergingWorld) -> None:
    kept, gone = world.prospect(), world.prospect()
    world.sequence(kept, "approved")
    sent = world.sequence(gone, "rejected")
    world.rows("update outreach_emails set status = 'sent' where sequence_id = %s", sent)
    before = world.everything()
    with pytest.raises(DecisionRefused, match="approved, active or sent"):
        await merge(database, world, kept, gone)
    assert world.everything() == before


async def test_a_later_merge_is_undone_first(database: Database, world: MergingWorld) -> None:
    first, second, third = world.prospect(), world.prospect(), world.prospect()
    before = world.everything()
    inner = await merge(database, world, first, second)
    outer = await merge(database, world, third, first)

    with pytest.raises(DecisionRefused, match=str(outer)):
        await undo(database, world, inner)
    await undo(database, world, outer)
    await undo(database, world, inner)
    assert world.everything() == before
    with pytest.raises(UnknownProspects):
        await undo(database, world, inner)


async def test_a_merge_stays_within_a_campaign_and_an_organization(
    database: Database, world: MergingWorld, make_tenant: MakeTenant
) -> None:
    mine, theirs = world.prospect(), MergingWorld(world.owner, make_tenant()).prospect()
    for keep, gone in ((mine, theirs), (theirs, mine), (mine, mine)):
        with pytest.raises(UnknownProspects):
            await merge(database, world, keep, gone)
    async with database.tenant(world.tenant.organization_id) as transaction:
        by_itself = "select app.merge_prospects(%s, %s, '{\"demoted\": []}', null, null, null)"
        assert await transaction.value(by_itself, (mine, theirs)) is None


async def test_a_deleted_campaign_takes_its_merges_with_it(database: Database, world: MergingWorld) -> None:
    await merge(database, world, world.prospect(), world.prospect())
    world.rows("delete from campaigns where id = %s", world.tenant.campaign_id)
    assert world.rows("select count(*) from merges") == [(0,)]


def populate(world: MergingWorld, rng: random.Random) -> list[UUID]:
    """Prospects with whatever a run may have left of each."""
    prospects = []
    for number in range(rng.randint(2, 5)):
        prospect = world.prospect(**{f: f"{f} {number}" for f in ("phone", "city", "website") if rng.random() < 0.5})
        prospects.append(prospect)
        if rng.random() < 0.5:
            world.listing(prospect, "yelp", f"biz {number}")
        for n, name in enumerate(rng.sample(("Ana", "Ben", "Cem", None), rng.randint(0, 3))):
            world.contact(
                prospect, f"{name or 'info'}@oak.example".lower(), name, primary=n == 0 and rng.random() < 0.8
            )
        for stage in ("website_profiles", "research"):
            if rng.random() < 0.6:
                world.enriched(prospect, stage)
        if rng.random() < 0.6:
            world.scored(prospect)
        for kind in rng.sample(("contacted", "meeting", "won"), rng.randint(0, 2)):
            world.insert("lead_outcomes", prospect_id=prospect, kind=kind)
        if rng.random() < 0.7:
            world.sequence(prospect, rng.choice(("draft", "pending_approval", "approved", "active")))
    return prospects


async def merge_at_random(urls: Connections, world: MergingWorld, prospects: list[UUID], rng: random.Random) -> None:
    before = world.everything()
    engaged = "select count(*) from outreach_sequences where status in ('approved', 'active') and superseded_at is null"
    async with Database(urls.pipeline, connections=1) as database:
        standing: list[UUID] = []
        for _ in range(rng.randint(1, 5)):
            if standing and rng.random() < 0.3:
                await undo_some(database, world, standing, rng)
                continue
            left = sorted(await seen(database, world), key=prospects.index)
            if len(left) < 2:
                break
            under_way = world.rows(engaged)
            try:
                standing.append(await merge(database, world, *rng.sample(left, 2)))
            except DecisionRefused:
                continue
            assert world.rows(engaged) == under_way
        while standing:
            await undo_some(database, world, standing, rng)
    assert world.everything() == before


async def undo_some(database: Database, world: MergingWorld, standing: list[Any], rng: random.Random) -> None:
    """Undoes one merge of those that may be undone now."""
    for merged in rng.sample(standing, len(standing)):
        try:
            await undo(database, world, merged)
        except DecisionRefused:
            continue
        standing.remove(merged)
        return
    raise AssertionError("no merge may be undone")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_merges_undone_in_any_allowed_order_leave_the_rows_as_they_were(
    seed: int, world: MergingWorld, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    rng = random.Random(seed)
    world = MergingWorld(world.owner, make_tenant())
    asyncio.run(merge_at_random(database_urls, world, populate(world, rng), rng))
