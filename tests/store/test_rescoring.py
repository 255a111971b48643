"""A pass over a campaign scores what is due and nothing else; old scores stay, and what was set by hand wins."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
from databases import Connect, MakeTenant, Tenant
from psycopg.rows import dict_row

from leadgen.domain.scoring.facts import LeadFacts
from leadgen.domain.scoring.offer import Offer
from leadgen.domain.scoring.profile import DEFAULT_PROFILE, Profile
from leadgen.domain.scoring.rules import Condition, Rule
from leadgen.domain.scoring.score import score
from leadgen.store import scoring
from leadgen.store.connections import Connections
from leadgen.store.database import Database, Transaction
from leadgen.store.scoring import Pass, score_campaign, scoring_of

RULED: Profile = replace(
    DEFAULT_PROFILE,
    version="ruled",
    rules=(Rule("no booking", "engagement", Condition("has_booking", "no"), -10),),
)

BUSINESSES = """
with made as (
  insert into prospects (organization_id, campaign_id, company_name, phone, distance_meters, source, source_id, status)
  select %(organization)s, %(campaign)s, 'Business ' || n, '+1 512 555 0100', 5000 * n, 'manual', n::text, 'enriched'
    from generate_series(1, 7) n
  returning id
), sites as (
  insert into enrichment_data (organization_id, prospect_id, stage, code_version, website_status, mobile_score, has_booking,
                               google_rating, google_review_count, yelp_rating, yelp_review_count, has_facebook)
  select %(organization)s, id, 'website_profiles', 'test', 'weak', 40, false, 4.6, 50, 3.9, 70, true from made
), research as (
  insert into enrichment_data (organization_id, prospect_id, stage, code_version, employee_count_range, year_founded)
  select %(organization)s, id, 'research', 'test', '11-50', 2001 from made
), people as (
  insert into contacts (organization_id, prospect_id, email, email_verdict, is_decision_maker, is_primary, source)
  select %(organization)s, id, 'ana@example.com', 'valid', true, true, 'site' from made
)
insert into prospect_stages (organization_id, campaign_id, prospect_id, stage, state, version)
select %(organization)s, %(campaign)s, id, 'research', 'done', 'test' from made
"""


class World:
    """One campaign of seven businesses, and the pipeline's connection to it."""

    def __init__(self, tenant: Tenant, owner: psycopg.Connection, database: Database) -> None:
        self.tenant = tenant
        self.owner = owner
        self.tenancy: partial[AbstractAsyncContextManager[Transaction]] = partial(
            database.tenant, tenant.organization_id
        )

    async def score(self, profile: Profile | None = None, *, all_of_it: bool = False) -> Pass:
        async with self.tenancy() as transaction:
            how = await scoring_of(transaction, self.tenant.organization_id, self.tenant.campaign_id, profile)
        return await score_campaign(self.tenancy, how, all_of_it=all_of_it)

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        return self.owner.cursor(row_factory=dict_row).execute(sql, parameters).fetchall()

    def current(self) -> list[dict[str, Any]]:
        return self.rows("select * from current_lead_scores order by prospect_id")

    def one(self) -> UUID:
        return self.rows("select id from prospects order by id limit 1")[0]["id"]


@pytest.fixture
async def world(make_tenant: MakeTenant, connect: Connect, database_urls: Connections) -> AsyncIterator[World]:
    tenant = make_tenant()
    owner = connect(database_urls.owner)
    owner.execute('update campaigns set offer = \'{"kind": "website"}\'')
    owner.execute(BUSINESSES, {"organization": tenant.organization_id, "campaign": tenant.campaign_id})
    async with Database(database_urls.pipeline, connections=2) as database:
        yield World(tenant, owner, database)


async def test_the_facts_in_the_tables_are_those_the_pure_scorer_is_told(world: World) -> None:
    assert await world.score() == Pass(looked_at=7, changed=7)
    year = world.rows("select extract(year from now() at time zone 'UTC')::integer as year")[0]["year"]
    for row in world.rows(
        "select l.*, p.distance_meters from current_lead_scores l join prospects p on p.id = l.prospect_id"
    ):
        facts = LeadFacts(
            website_status="weak", mobile_score=40, has_booking=False, technologies=(), socials=frozenset(["facebook"]),
            rating=3.9, review_count=120, employee_count_range="11-50", year_founded=2001, as_of_year=year,
            has_deliverable_contact=True, has_decision_maker=True, has_phone=True, is_relevant=True,
            distance_meters=row["distance_meters"], radius_meters=25 * 1609.344,
        )  # fmt: skip
        expected = score(facts, Offer(kind="website"))
        assert (row["score"], row["tier"], row["scoring_notes"]) == (expected.score, expected.tier, expected.notes)
        assert [f["reason"] for f in row["scoring_factors"]] == [f.reason for f in expected.factors]


async def test_what_is_scored_moves_on_and_is_not_scored_again(world: World) -> None:
    await world.score()
    assert world.rows("select distinct status from prospects") == [{"status": "scored"}]
    assert world.rows("select count(*) as n from prospect_stages where stage = 'lead_scores'") == [{"n": 7}]
    assert await world.score() == Pass()
    assert await world.score(all_of_it=True) == Pass(looked_at=7)


@pytest.mark.parametrize(
    "change",
    [
        "update contacts set email_verdict = 'invalid' where prospect_id = %s",
        "delete from contacts where prospect_id = %s",
        "update prospects set distance_meters = 39000 where id = %s",
        "update enrichment_data set mobile_score = 99 where stage = 'website_profiles' and prospect_id = %s",
        "update prospect_stages set finished_at = now() where stage = 'research' and prospect_id = %s",
    ],
)
async def test_only_the_prospect_whose_facts_changed_is_due(world: World, change: str) -> None:
    await world.score()
    world.owner.execute(change.encode(), (world.one(),))
    assert (await world.score()).looked_at == 1
    assert (await world.score()).looked_at == 0


async def test_a_change_of_what_no_score_looks_at_makes_nothing_due(world: World) -> None:
    await world.score()
    world.owner.execute("update prospects set status = 'outreach_sent', company_name = 'Another name'")
    assert (await world.score()).looked_at == 0


async def test_another_profile_scores_all_again_and_the_old_scores_stay(world: World) -> None:
    await world.score()
    before = world.current()
    assert await world.score(RULED) == Pass(looked_at=7, changed=7)
    after = world.current()
    assert [row["score"] for row in after] == [row["score"] - 10 for row in before]
    kept = world.rows("select * from lead_scores where superseded_at is not null order by prospect_id")
    assert [(row["id"], row["score"]) for row in kept] == [(row["id"], row["score"]) for row in before]


async def test_another_offer_makes_a_campaign_due(world: World) -> None:
    await world.score()
    world.owner.execute('update campaigns set offer = \'{"kind": "software"}\'')
    assert (await world.score()).changed == 7


async def test_a_score_set_by_hand_is_left_as_it_is(world: World) -> None:
    await world.score()
    by_hand = world.one()
    world.owner.execute("update lead_scores set scored_by = 'manual' where prospect_id = %s", (by_hand,))
    assert (await world.score(RULED)).changed == 6
    assert [row["scored_by"] for row in world.current() if row["prospect_id"] == by_hand] == ["manual"]


async def test_a_tier_that_moved_makes_the_stage_behind_it_due_and_no_other(world: World) -> None:
    await world.score()
    world.owner.execute("update prospect_stages set finished_at = 'epoch' where stage = 'lead_scores'")
    before = {row["prospect_id"]: row["tier"] for row in world.current()}
    near = Rule("near", "fit", Condition("distance_meters", "at_most", number=20_000.0), -15)
    await world.score(replace(RULED, rules=(near,)))
    moved = {row["prospect_id"] for row in world.current() if row["tier"] != before[row["prospect_id"]]}
    done = world.rows("select prospect_id from prospect_stages where stage = 'lead_scores' and finished_at > 'epoch'")
    assert {row["prospect_id"] for row in done} == moved
    assert 0 < len(moved) < 7


async def test_the_disqualified_and_the_unfinished_are_not_scored(world: World) -> None:
    world.owner.execute("update prospects set status = 'disqualified' where id = %s", (world.one(),))
    world.owner.execute(
        "delete from prospect_stages where prospect_id = (select id from prospects order by id desc limit 1)"
    )
    assert await world.score() == Pass(looked_at=5, changed=5)


async def test_a_campaign_larger_than_a_set_is_scored_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "SET_SIZE", 2)
    assert (await world.score()).changed == 7
    assert await world.score(RULED) == Pass(looked_at=7, changed=7)


async def test_a_fact_that_changes_while_its_prospect_is_scored_is_due_again(world: World, connect: Connect) -> None:
    await world.score()
    changing = connect(world.owner.info.dsn + f" password={world.owner.info.password}", autocommit=False)
    changing.execute("update contacts set email_verdict = 'invalid' where prospect_id = %s", (world.one(),))
    assert (await world.score(all_of_it=True)).changed == 0
    changing.commit()
    assert await world.score() == Pass(looked_at=1, changed=1)
