"""A campaign of 500 prospects, and a second tenant's beside it, while a tenth of all calls fail and runs are killed.

What must hold: they complete, no prospect is lost, no call is paid twice but those declared, the ledger is the vendors' bill,
no vendor's limit is passed; and then a rerun and a third tenant pay nothing for what is known.
"""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from platform_process import Platform, eventually, run_processes, running_platform

PROSPECTS = 500
OF_THE_SECOND = 150
OF_THE_THIRD = 20
KILLS = 3
# Quick enough for a test, and kept all the same: the sandbox counts every call above them.
RATE = [{"requests": 150, "seconds": 1}, {"requests": 6_000, "seconds": 60}]
PLACES = 20
VENDORS = ("google_places", "google_geocoding", "pagespeed", "yelp", "apollo", "hunter", "firecrawl", "anthropic")
FAULTS = {"error_rate": 0.06, "reset_rate": 0.025, "timeout_rate": 0.015, "seed": 7}
OWN = "anthropic"  # what a tenant's drafts are written by: they are its own


def settings_of_the_test() -> dict[str, str]:
    """Variables for rates that the sandbox keeps too, and for time-outs that a test can wait for."""
    variables: dict[str, str] = {}
    for vendor in VENDORS:
        prefix = f"LEADGEN_{vendor.upper()}__"
        variables |= {
            f"{prefix}TIMEOUT_SECONDS": "1",
            f"{prefix}CONCURRENCY": str(PLACES),
            f"{prefix}LIMITS": '[{"requests": 150, "seconds": 1}, {"requests": 6000, "seconds": 60}]',
            f"{prefix}SCOPE_LIMITS": "{}",
        }
    return variables


@pytest.fixture(scope="module")
def platform(reachable_folder: Path) -> Iterator[Platform]:
    with running_platform(
        reachable_folder / "faults", prospects=PROSPECTS, variables=settings_of_the_test()
    ) as running:
        running.sandbox("PUT", "/limits", {"*": {"rates": RATE}})
        yield running


@dataclass(frozen=True)
class Story:
    """The two campaigns when both were done, and what the sandbox had counted."""

    campaigns: tuple[dict[str, Any], dict[str, Any]]
    calls: dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(platform: Platform) -> Story:
    chance = random.Random(20261127)
    platform.sandbox("PUT", "/faults", {"*": FAULTS})
    ids = [
        await platform.create_campaign("first-agency"),
        await platform.create_campaign("second-agency", lead_cap=OF_THE_SECOND),
    ]
    for _ in range(KILLS):
        await _kill_one(platform, ids, after_calls=chance.randrange(150, 500))
    campaigns = [await platform.at_rest(campaign_id) for campaign_id in ids]
    return Story((campaigns[0], campaigns[1]), platform.sandbox("GET", "/calls"))


async def _kill_one(platform: Platform, ids: list[UUID], after_calls: int) -> None:
    """Waits for so many calls more, then kills a campaign's run in the middle of what it does."""
    seen = platform.sandbox("GET", "/calls")["total"]["calls"]

    async def enough() -> bool:
        at_rest = all(
            row["status"] == "ready" for row in platform.rows("select status from campaigns where id = any(%s)", ids)
        )
        return at_rest or platform.sandbox("GET", "/calls")["total"]["calls"] >= seen + after_calls

    await eventually(enough, "more calls are made")
    for campaign_id in ids:
        for process in run_processes(platform, campaign_id):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
                return


async def test_both_campaigns_complete_with_every_prospect(platform: Platform, story: Story) -> None:
    for campaign, prospects in zip(story.campaigns, (PROSPECTS, OF_THE_SECOND), strict=True):
        assert campaign["status"] == "ready", campaign["status_detail"]
        assert campaign["total_prospects"] == prospects
        unfinished = platform.rows(
            "select count(*) as n from prospects p where p.campaign_id = %s and not exists"
            " (select from prospect_stages s where s.prospect_id = p.id and s.stage = 'email_drafts')",
            campaign["id"],
        )
        assert unfinished[0]["n"] == 0


async def test_no_vendors_limit_was_passed(story: Story) -> None:
    for vendor, counted in story.calls["vendors"].items():
        assert counted["violations"] == 0, vendor
        assert counted["max_in_flight"] <= PLACES, vendor


async def test_nothing_is_paid_twice_but_what_is_declared(platform: Platform, story: Story) -> None:
    declared = {
        row["vendor"]: row["n"]
        for row in platform.rows(
            "select vendor, count(*) as n from provider_calls where status = 'abandoned' group by vendor"
        )
    }
    for vendor, counted in story.calls["vendors"].items():
        paid_again = sum(max(asked["paid"] - 1, 0) for asked in counted["fingerprints"].values())
        assert paid_again <= declared.get(vendor, 0), vendor


async def test_the_ledger_is_the_vendors_bill_but_for_what_is_declared(platform: Platform, story: Story) -> None:
    for vendor, counted in story.calls["vendors"].items():
        settled, declared = (
            platform.rows(
                "select coalesce(sum(cost_micros), 0)::bigint as n from provider_calls"
                " where vendor = %s and status = any(%s)",
                vendor,
                statuses,
            )[0]["n"]
            for statuses in (["settled", "failed"], ["abandoned"])
        )
        assert settled <= counted["bill"]["micros"] <= settled + declared, vendor


async def test_totals_agree_with_the_ledger_line_by_line(platform: Platform, story: Story) -> None:
    assert not platform.rows(
        "select s.campaign_id from campaign_spend s left join provider_calls c on c.campaign_id = s.campaign_id"
        " group by s.campaign_id, s.spent_micros, s.saved_micros, s.reserved_micros"
        " having s.reserved_micros <> 0 or s.spent_micros <> coalesce(sum(c.cost_micros), 0)"
        " or s.saved_micros <> coalesce(sum(c.saved_micros), 0)"
    )
    assert not platform.rows(
        "select s.vendor from organization_spend s left join provider_calls c"
        " on c.organization_id = s.organization_id and c.vendor = s.vendor and (c.opened_at at time zone 'UTC')::date = s.day"
        " group by s.organization_id, s.vendor, s.day, s.spent_micros, s.reserved_micros"
        " having s.reserved_micros <> 0 or s.spent_micros <> coalesce(sum(c.cost_micros), 0)"
    )


async def test_a_rerun_makes_no_call(platform: Platform, story: Story) -> None:
    platform.sandbox("PUT", "/faults", {})
    before = platform.sandbox("GET", "/calls")["total"]["calls"]
    first = story.campaigns[0]
    runs = len(run_processes(platform, first["id"], ended=True))
    platform.change(
        "insert into outbox (organization_id, campaign_id, kind) values (%s, %s, 'campaign.rerun')",
        first["organization_id"],
        first["id"],
    )
    await platform.finished_runs(first["id"], runs + 1)
    assert platform.sandbox("GET", "/calls")["total"]["calls"] == before


async def test_a_third_tenant_pays_nothing_for_public_facts_and_has_contacts_of_its_own(
    platform: Platform, story: Story
) -> None:
    before = platform.sandbox("GET", "/calls")["vendors"]
    campaign = await platform.at_rest(await platform.create_campaign("third-agency", lead_cap=OF_THE_THIRD))
    assert campaign["status"] == "ready", campaign["status_detail"]
    after = platform.sandbox("GET", "/calls")["vendors"]
    bought = {vendor for vendor, counted in after.items() if counted["calls"] > before[vendor]["calls"]}
    assert bought <= {OWN}
    contacts = platform.rows(
        "select count(*) as n from contacts where organization_id = %s", campaign["organization_id"]
    )
    assert contacts[0]["n"] > 0
