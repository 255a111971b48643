"""Caps over the API: who sets them, what they leave, and that more money lets waiting campaigns go on."""

from typing import Any

import httpx
import psycopg
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant

from leadgen.errors import BudgetSpent

HUNTER_A_DAY = "/v1/caps/hunter/day"


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant()


@pytest.fixture
async def client(tenant: Tenant, sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in(tenant)


def spend(seeds: Seeds, tenant: Tenant, vendor: str, micros: int, *, days_ago: int = 0, reserved: int = 0) -> None:
    """What the ledger has counted."""
    with psycopg.connect(seeds.owner_url) as connection:
        connection.execute(
            "insert into organization_spend (organization_id, vendor, day, spent_micros, reserved_micros)"
            " values (%s, %s, (now() at time zone 'UTC')::date - %s::integer, %s, %s)",
            (tenant.organization_id, vendor, days_ago, micros, reserved),
        )


def park(seeds: Seeds, tenant: Tenant, cap: str) -> None:
    """Lets the campaign wait for a cap, as the failure sensor does."""
    seeds.status(tenant, "paused", str(BudgetSpent(cap, frees_in_seconds=3_600)), cause="budget")
    with psycopg.connect(seeds.owner_url) as connection:
        connection.execute("update campaigns set resume_at = now() + interval '1 hour'")


def status(seeds: Seeds, tenant: Tenant) -> Any:
    return seeds.value("select status from campaigns where id = %s", (tenant.campaign_id,))


async def test_a_cap_is_set_seen_changed_and_removed(client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds) -> None:
    spend(seeds, tenant, "hunter", 250_000, reserved=10_000)
    spend(seeds, tenant, "hunter", 990_000, days_ago=40)
    spend(seeds, tenant, "yelp", 500_000)
    assert (await client.put(HUNTER_A_DAY, json={"cap_cents": 100})).status_code == 200
    assert (await client.put("/v1/caps/all/month", json={"cap_cents": 100})).status_code == 200
    everything, hunter = (await client.get("/v1/caps")).json()["items"]
    assert (everything["vendor"], everything["period"], everything["spent_cents"]) == ("all", "month", 75)
    assert (hunter["spent_cents"], hunter["reserved_cents"], hunter["spent_percent"]) == (25, 1, 25)
    changed = (await client.put(HUNTER_A_DAY, json={"cap_cents": 50})).json()
    assert (changed["cap"]["cap_cents"], changed["cap"]["spent_percent"]) == (50, 50)
    assert (await client.delete(HUNTER_A_DAY)).json() == {"cap": None, "campaigns_resumed": 0}
    assert [cap["vendor"] for cap in (await client.get("/v1/caps")).json()["items"]] == ["all"]


async def test_a_higher_cap_lets_the_campaigns_go_on_that_wait_for_it(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    spend(seeds, tenant, "hunter", 990_000)
    park(seeds, tenant, "hunter/day")
    assert (await client.put(HUNTER_A_DAY, json={"cap_cents": 90})).json()["campaigns_resumed"] == 0
    assert status(seeds, tenant) == "paused", "it would be stopped again at once"
    assert (await client.put(HUNTER_A_DAY, json={"cap_cents": 200})).json()["campaigns_resumed"] == 1
    assert status(seeds, tenant) == "queued"
    assert seeds.value("select kind from outbox order by id desc limit 1") == "campaign.resumed"


async def test_without_its_cap_a_campaign_goes_on(client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds) -> None:
    await client.put("/v1/caps/all/month", json={"cap_cents": 0})
    park(seeds, tenant, "*/month")
    assert (await client.delete("/v1/caps/all/month")).json()["campaigns_resumed"] == 1
    assert status(seeds, tenant) == "queued"


@pytest.mark.parametrize("waits_for", ["yelp/day", "hunter/month", "*/day", "campaign"])
async def test_a_campaign_that_waits_for_something_else_keeps_waiting(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, waits_for: str
) -> None:
    park(seeds, tenant, waits_for)
    assert (await client.put(HUNTER_A_DAY, json={"cap_cents": 200})).json()["campaigns_resumed"] == 0
    assert status(seeds, tenant) == "paused"


@pytest.mark.parametrize("role", ["member", "viewer"])
async def test_caps_are_seen_by_all_and_set_by_owners_and_admins(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, role: str
) -> None:
    await client.put(HUNTER_A_DAY, json={"cap_cents": 100})
    seeds.role(tenant, role)
    seen = await client.get("/v1/caps")
    assert seen.status_code == 200, seen.text
    assert len(seen.json()["items"]) == 1
    assert (await client.put(HUNTER_A_DAY, json={"cap_cents": 900})).status_code == 403
    assert (await client.delete(HUNTER_A_DAY)).status_code == 403
    assert (await client.get("/v1/caps")).json()["items"][0]["cap_cents"] == 100


async def test_another_organizations_caps_are_neither_seen_nor_moved(
    client: httpx.AsyncClient, sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    other = make_tenant()
    theirs = await sign_in(other)
    await theirs.put(HUNTER_A_DAY, json={"cap_cents": 100})
    park(seeds, other, "hunter/day")
    assert (await client.get("/v1/caps")).json()["items"] == []
    assert (await client.delete(HUNTER_A_DAY)).status_code == 404
    assert (await client.put(HUNTER_A_DAY, json={"cap_cents": 900})).json()["campaigns_resumed"] == 0
    assert status(seeds, other) == "paused"
    assert (await theirs.get("/v1/caps")).json()["items"][0]["cap_cents"] == 100


@pytest.mark.parametrize(
    ("path", "cents", "answer"),
    [
        ("/v1/caps/moon/day", 5, 404),
        ("/v1/caps/*/day", 5, 404),
        ("/v1/caps/hunter/year", 5, 422),
        (HUNTER_A_DAY, -1, 422),
        (HUNTER_A_DAY, 10**12, 422),
        (HUNTER_A_DAY, None, 422),
    ],
)
async def test_what_is_no_cap_is_refused(client: httpx.AsyncClient, path: str, cents: int | None, answer: int) -> None:
    assert (await client.put(path, json={"cap_cents": cents})).status_code == answer
