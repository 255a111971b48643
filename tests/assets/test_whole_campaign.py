"""A campaign from creation to drafts, through the real daemon, on a real Postgres, over real HTTP to the sandbox.

One platform serves the module; its tests follow one story: a first campaign whose run is killed while it enriches, then a
second campaign, a rerun, and another tenant over the same place.
"""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio
from platform_process import Platform, eventually, held, run_processes, running_platform

PROSPECTS = 40
PLACES = 20  # of the held vendor: what can be in flight at once
AHEAD = 16  # intents committed before their place is free


@pytest.fixture(scope="module")
def platform(reachable_folder: Path) -> Iterator[Platform]:
    with running_platform(reachable_folder / "platform", prospects=PROSPECTS) as running:
        yield running


@dataclass(frozen=True)
class Story:
    """The first campaign, and what the sandbox had counted when it was done."""

    campaign_id: UUID
    campaign: dict[str, Any]
    in_flight_at_the_kill: int
    calls: dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(platform: Platform) -> Story:
    async with held(platform, "pagespeed"):
        campaign_id = await platform.create_campaign()

        async def in_flight() -> int:
            return int(platform.sandbox("GET", "/calls")["vendors"].get("pagespeed", {}).get("in_flight", 0))

        async def many_in_flight() -> bool:
            return await in_flight() >= PLACES

        await eventually(many_in_flight, "the held calls have arrived")
        held_calls = await in_flight()
        os.kill(await run_process(platform, campaign_id), signal.SIGKILL)
    campaign = await platform.at_rest(campaign_id)
    return Story(campaign_id, campaign, held_calls, platform.sandbox("GET", "/calls"))


async def run_process(platform: Platform, campaign_id: UUID) -> int:
    """The process in which the campaign's run works, by Dagster's own event."""

    async def look() -> int | None:
        return next(iter(run_processes(platform, campaign_id)), None)

    return int(await eventually(look, "the run has a process"))


def calls_without_bill(counted: dict[str, Any]) -> dict[str, int]:
    return {vendor: found["calls"] for vendor, found in counted["vendors"].items()}


async def test_a_killed_run_is_taken_up_again_and_ends_well(story: Story) -> None:
    assert story.campaign["status"] == "ready", story.campaign["status_detail"]
    assert story.campaign["total_prospects"] == PROSPECTS


async def test_no_prospect_is_lost_and_none_is_foreign(platform: Platform, story: Story) -> None:
    truth = platform.sandbox("GET", "/truth")
    wanted = {business: {tuple(listing) for listing in listings} for business, listings in truth["wanted"].items()}
    found = {
        (row["source"], row["source_id"])
        for row in platform.rows("select source, source_id from listings where campaign_id = %s", story.campaign_id)
    }
    assert all(listings & found for listings in wanted.values())
    assert found <= set().union(*wanted.values())


async def test_what_was_in_flight_at_the_kill_is_declared_and_nothing_else_is_paid_twice(
    platform: Platform, story: Story
) -> None:
    declared = platform.rows("select count(*) as n from provider_calls where status = 'abandoned'")[0]["n"]
    repeated = sum(
        max(asked["paid"] - 1, 0)
        for vendor in story.calls["vendors"].values()
        for asked in vendor["fingerprints"].values()
    )
    assert repeated <= story.in_flight_at_the_kill
    assert repeated <= declared <= PLACES + AHEAD


async def test_the_ledger_is_the_vendors_bill_but_for_what_is_declared(platform: Platform, story: Story) -> None:
    ours = platform.rows("select sum(cost_micros)::bigint as n from provider_calls where status = 'settled'")[0]["n"]
    declared = platform.rows(
        "select coalesce(sum(cost_micros), 0)::bigint as n from provider_calls where status = 'abandoned'"
    )[0]["n"]
    assert ours <= story.calls["total"]["micros"] <= ours + declared


async def test_every_a_and_b_lead_with_a_deliverable_contact_has_three_short_emails(
    platform: Platform, story: Story
) -> None:
    leads = platform.rows(
        """
        select l.tier, c.email_verdict, s.id as sequence_id, s.status,
               (select count(*) from outreach_emails e where e.sequence_id = s.id) as emails,
               (select max(e.word_count) from outreach_emails e where e.sequence_id = s.id) as longest
          from prospects p
          join current_lead_scores l on l.prospect_id = p.id
          left join contacts c on c.prospect_id = p.id and c.is_primary
          left join outreach_sequences s on s.prospect_id = p.id and s.superseded_at is null
         where p.campaign_id = %s
        """,
        story.campaign_id,
    )
    assert len(leads) == PROSPECTS
    for lead in leads:
        written_to = lead["tier"] in {"A", "B"} and lead["email_verdict"] == "valid"
        assert (lead["sequence_id"] is not None) == written_to, lead
        if written_to:
            assert lead["emails"] == 3
            assert lead["longest"] < 150
            assert lead["status"] == "pending_approval"


async def test_dagster_holds_no_personal_data(platform: Platform, story: Story) -> None:
    with psycopg.connect(platform.urls.dagster) as connection:
        events = json.dumps(connection.execute("select event from event_logs").fetchall())
    contacts = platform.rows("select email, full_name from contacts")
    assert contacts
    for contact in contacts:
        assert not contact["email"] or contact["email"] not in events
        assert not contact["full_name"] or contact["full_name"] not in events


async def test_every_enriched_value_has_a_receipt(platform: Platform, story: Story) -> None:
    unproven = platform.rows(
        """
        select count(*) as n from field_provenance v
         where not exists (select 1 from provider_calls c
                            where c.id = v.provider_call_id and c.organization_id = v.organization_id
                              and c.status in ('settled', 'cached'))
        """
    )
    assert unproven[0]["n"] == 0


async def test_a_second_campaign_over_the_same_place_pays_nothing(platform: Platform, story: Story) -> None:
    campaign = await platform.at_rest(await platform.create_campaign())
    assert campaign["status"] == "ready"
    assert campaign["total_prospects"] == PROSPECTS
    assert calls_without_bill(platform.sandbox("GET", "/calls")) == calls_without_bill(story.calls)
    spent = platform.rows("select * from campaign_spend where campaign_id = %s", campaign["id"])[0]
    assert spent["spent_micros"] == 0
    assert spent["saved_micros"] > 0


async def test_a_rerun_derives_everything_again_and_pays_nothing(platform: Platform, story: Story) -> None:
    before = platform.rows("select count(*) as n from enrichment_data")[0]["n"]
    campaign = platform.rows("select organization_id from campaigns where id = %s", story.campaign_id)[0]
    with psycopg.connect(platform.urls.owner) as connection:
        connection.execute(
            "insert into outbox (organization_id, campaign_id, kind) values (%s, %s, 'campaign.rerun')",
            (campaign["organization_id"], story.campaign_id),
        )
    await platform.finished_runs(story.campaign_id, 3)  # the killed one, its repetition, the rerun
    assert platform.rows("select count(*) as n from enrichment_data")[0]["n"] > before
    assert calls_without_bill(platform.sandbox("GET", "/calls")) == calls_without_bill(story.calls)
    drafts = platform.rows(
        "select count(*) as n from outreach_sequences where campaign_id = %s and superseded_at is not null",
        story.campaign_id,
    )
    assert drafts[0]["n"] == 0  # the same evidence gives the same drafts: none is replaced


async def test_another_tenant_over_the_same_place_pays_nothing_but_its_own_drafts(
    platform: Platform, story: Story
) -> None:
    campaign = await platform.at_rest(await platform.create_campaign("second-agency"))
    assert campaign["status"] == "ready"
    paid = platform.rows(
        "select distinct stage from provider_calls where campaign_id = %s and status <> 'cached'", campaign["id"]
    )
    assert [row["stage"] for row in paid] == ["email_drafts"]
    counted, before = (calls_without_bill(calls) for calls in (platform.sandbox("GET", "/calls"), story.calls))
    assert {vendor for vendor in counted if counted[vendor] != before[vendor]} == {"anthropic"}
    shared_drafts = platform.rows(
        "select count(*) as n from provider_answers a join provider_calls c on c.answer_id = a.id"
        " where c.stage = 'email_drafts' and a.organization_id is null"
    )
    assert shared_drafts[0]["n"] == 0, "a draft belongs to its tenant, and goes with it"
    mine = platform.rows("select count(*) as n from contacts where organization_id = %s", campaign["organization_id"])
    assert mine[0]["n"] > 0
