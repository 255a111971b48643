"""Warnings at 80 and 100 percent: told once for each, in words, and marked as read by each member for themselves."""

from typing import Any

import httpx
import psycopg
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant

from leadgen.errors import BudgetSpent
from leadgen.store.connections import Connections


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant(budget_micros=1_000_000)


@pytest.fixture
async def client(tenant: Tenant, sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in(tenant)


@pytest.fixture
def change(database_urls: Connections) -> Any:
    """Changes the database as its owner."""

    def run(sql: str, *parameters: Any) -> None:
        with psycopg.connect(database_urls.owner) as connection:
            connection.execute(sql, parameters)

    return run


@pytest.fixture
def look(database_urls: Connections) -> Any:
    """Looks for what is to be told, as the sensor does; returns how many warnings there were."""

    def run() -> Any:
        with psycopg.connect(database_urls.pipeline) as connection:
            return connection.execute("select app.raise_spend_alerts()").fetchone()[0]

    return run


async def told(client: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get("/v1/notifications", params=asked)).json()["items"]
    return items


async def test_a_budget_is_told_at_80_and_at_100_percent_once_each(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, look: Any
) -> None:
    raised = []
    for micros in (799_999, 800_000, 900_000, 1_000_000, 1_000_000):
        seeds.spent(tenant, micros)
        raised.append(look())
    assert raised == [0, 1, 0, 1, 0]
    spent, nearly = await told(client)
    assert (nearly["kind"], nearly["campaign_id"]) == ("budget.nearly_spent", str(tenant.campaign_id))
    assert nearly["words"] == "80 % of the budget of Dentists in Austin is spent: $0.80 of $1.00."
    assert spent["words"].startswith("The budget of Dentists in Austin is spent: $1.00 of $1.00. The campaign stands")


async def test_what_is_spent_is_not_told_to_be_nearly_spent_afterwards(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, look: Any
) -> None:
    for micros in (1_000_000, 990_000):
        seeds.spent(tenant, micros)
        look()
    assert [item["kind"] for item in await told(client)] == ["budget.spent"]


async def test_a_raised_budget_is_told_anew(client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, look: Any) -> None:
    seeds.spent(tenant, 1_000_000)
    look()
    await client.put(f"/v1/campaigns/{tenant.campaign_id}/budget", json={"budget_cents": 120})
    assert look() == 1
    assert [item["kind"] for item in await told(client)] == ["budget.nearly_spent", "budget.spent"]


async def test_a_campaign_stopped_before_its_last_cent_has_spent_its_budget(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, look: Any
) -> None:
    seeds.spent(tenant, 700_000)
    seeds.status(tenant, "paused", str(BudgetSpent("campaign")), cause="budget")
    look()
    assert [item["kind"] for item in await told(client)] == ["budget.spent"]


async def test_a_cap_is_told_in_each_period(client: httpx.AsyncClient, tenant: Tenant, change: Any, look: Any) -> None:
    await client.put("/v1/caps/hunter/day", json={"cap_cents": 100})
    await client.put("/v1/caps/all/day", json={"cap_cents": 200})
    await client.put("/v1/caps/yelp/day", json={"cap_cents": 0})
    change(
        "insert into organization_spend (organization_id, vendor, day, spent_micros)"
        " values (%s, 'hunter', (now() at time zone 'UTC')::date, 850000)",
        tenant.organization_id,
    )
    assert (look(), look()) == (1, 0)
    (warning,) = await told(client)
    assert warning["words"].startswith("85 % of the cap on hunter for ")
    change(
        "update notifications set topic = replace(topic, to_char(now() at time zone 'UTC', 'YYYY-MM-DD'), '2026-01-01')"
    )
    assert look() == 1, "yesterday's warning says nothing of today"


async def test_a_cap_that_stops_a_campaign_is_spent(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, change: Any, look: Any
) -> None:
    await client.put("/v1/caps/all/month", json={"cap_cents": 100})
    seeds.status(tenant, "paused", str(BudgetSpent("*/month", frees_in_seconds=60)), cause="budget")
    change("update campaigns set resume_at = now() + interval '1 hour'")
    look()
    (warning,) = await told(client)
    assert warning["kind"] == "cap.spent"
    assert warning["words"].startswith("The cap on all vendors for ")


async def test_each_member_reads_for_themselves_and_only_what_was_there(
    client: httpx.AsyncClient,
    tenant: Tenant,
    seeds: Seeds,
    sign_in: SignIn,
    make_tenant: MakeTenant,
    look: Any,
    change: Any,
) -> None:
    colleague = make_tenant()
    change(
        "update organization_members set organization_id = %s where user_id = %s",
        tenant.organization_id,
        colleague.user_id,
    )
    theirs = await sign_in(Tenant(tenant.organization_id, colleague.user_id, tenant.campaign_id))
    for micros in (800_000, 1_000_000):
        seeds.spent(tenant, micros)
        look()
    newest, oldest = await told(client)
    assert (await client.post(f"/v1/notifications/{oldest['id']}/read")).json() == {"unread": 1}
    assert (await client.post(f"/v1/notifications/{oldest['id']}/read")).json() == {"unread": 1}
    assert [item["id"] for item in await told(client, unread=True)] == [newest["id"]]
    assert len(await told(theirs, unread=True)) == 2
    assert (await theirs.post("/v1/notifications/read", json={"id": newest["id"]})).json() == {"unread": 0}
    assert len(await told(client, unread=True)) == 1


async def test_notifications_are_paged_and_another_organizations_are_unknown(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, sign_in: SignIn, make_tenant: MakeTenant, look: Any
) -> None:
    for micros in (800_000, 1_000_000):
        seeds.spent(tenant, micros)
        look()
    page = (await client.get("/v1/notifications", params={"limit": 1})).json()
    rest = await told(client, cursor=page["next_cursor"])
    assert [item["kind"] for item in (*page["items"], *rest)] == ["budget.spent", "budget.nearly_spent"]
    stranger = await sign_in(make_tenant())
    assert await told(stranger) == []
    assert (await stranger.post(f"/v1/notifications/{rest[0]['id']}/read")).status_code == 404
    await stranger.post("/v1/notifications/read", json={"id": page["items"][0]["id"]})
    assert len(await told(client, unread=True)) == 2
