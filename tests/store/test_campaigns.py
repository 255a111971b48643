"""A campaign and its event stand or fall together; what its user stopped stays stopped."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from databases import MakeTenant, Tenant

from leadgen.domain.geo import Point
from leadgen.errors import InputError
from leadgen.store.campaigns import CampaignSpec, create_campaign, create_tenant, pause, resume, set_status
from leadgen.store.connections import Connections
from leadgen.store.database import Database, Transaction

SPEC = CampaignSpec(
    name="Dentists in Austin",
    business_type="dentists",
    target_location="Austin, TX",
    radius_miles=15,
    center=Point(30.2672, -97.7431),
    criteria={"open": True},
    offer={"kind": "website"},
    lead_cap=500,
    budget_micros=5_000_000,
)
UNKNOWN = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant()


@pytest.fixture
async def database(database_urls: Connections) -> AsyncIterator[Database]:
    async with Database(database_urls.pipeline) as database:
        yield database


async def events(transaction: Transaction, campaign_id: Any) -> list[str]:
    rows = await transaction.all("select kind from outbox where campaign_id = %s order by id", (campaign_id,))
    return [row["kind"] for row in rows]


async def status(transaction: Transaction, campaign_id: Any) -> tuple[str, str | None, str | None]:
    row = await transaction.one(
        "select status, status_cause, status_detail from campaigns where id = %s", (campaign_id,)
    )
    assert row is not None
    return row["status"], row["status_cause"], row["status_detail"]


async def test_a_new_campaign_is_queued_with_the_event_that_starts_it(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant.organization_id) as transaction:
        campaign_id = await create_campaign(transaction, tenant.organization_id, SPEC, tenant.user_id)
        stored = await transaction.one("select * from campaigns where id = %s", (campaign_id,))

        assert stored is not None
        assert (stored["status"], stored["target_criteria"], stored["offer"]) == (
            "queued",
            {"open": True},
            {"kind": "website"},
        )
        assert (stored["center_latitude"], stored["lead_cap"], stored["budget_micros"]) == (30.2672, 500, 5_000_000)
        assert await events(transaction, campaign_id) == ["campaign.created"]


async def test_a_rolled_back_campaign_leaves_no_event(database: Database, tenant: Tenant) -> None:
    async def create_and_fail() -> None:
        async with database.tenant(tenant.organization_id) as transaction:
            await create_campaign(transaction, tenant.organization_id, SPEC)
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await create_and_fail()

    async with database.tenant(tenant.organization_id) as transaction:
        assert await transaction.value("select count(*) from outbox") == 0


async def test_progress_does_not_wake_what_the_user_has_paused(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant.organization_id) as transaction:
        await pause(transaction, tenant.campaign_id, "user", "Paused by its owner.")

        assert not await set_status(transaction, tenant.campaign_id, "enriching")
        assert await status(transaction, tenant.campaign_id) == ("paused", "user", "Paused by its owner.")


async def test_what_stood_still_for_another_reason_moves_on_with_its_run(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant.organization_id) as transaction:
        await set_status(transaction, tenant.campaign_id, "failed", "vendor", "Yelp did not answer.")

        assert await set_status(transaction, tenant.campaign_id, "enriching")
        assert await status(transaction, tenant.campaign_id) == ("enriching", None, None)


async def test_resuming_queues_a_campaign_again_with_its_event(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant.organization_id) as transaction:
        await pause(transaction, tenant.campaign_id, "user", "Paused by its owner.")
        await resume(transaction, tenant.campaign_id)

        assert await status(transaction, tenant.campaign_id) == ("queued", None, None)
        assert await events(transaction, tenant.campaign_id) == ["campaign.resumed"]


@pytest.mark.parametrize("ended", ["failed", "completed", "archived"])
async def test_what_has_ended_cannot_be_paused(database: Database, make_tenant: MakeTenant, ended: str) -> None:
    tenant = make_tenant()
    async with database.tenant(tenant.organization_id) as transaction:
        await set_status(transaction, tenant.campaign_id, ended, None, "It has ended.")  # type: ignore[arg-type]

        with pytest.raises(InputError, match=f"A campaign that is {ended} cannot be paused"):
            await pause(transaction, tenant.campaign_id, "user", "Too late.")


async def test_what_runs_cannot_be_resumed(database: Database, tenant: Tenant) -> None:
    async with database.tenant(tenant.organization_id) as transaction:
        await set_status(transaction, tenant.campaign_id, "enriching")

        with pytest.raises(InputError, match="A campaign that is enriching cannot be resumed"):
            await resume(transaction, tenant.campaign_id)
        assert await events(transaction, tenant.campaign_id) == []


async def test_another_tenants_campaign_does_not_exist(database: Database, make_tenant: MakeTenant) -> None:
    mine, theirs = make_tenant(), make_tenant()
    async with database.tenant(mine.organization_id) as transaction:
        for change in (
            set_status(transaction, theirs.campaign_id, "ready"),
            pause(transaction, theirs.campaign_id, "user", "Not mine."),
            resume(transaction, theirs.campaign_id),
            set_status(transaction, UNKNOWN, "ready"),
        ):
            with pytest.raises(InputError, match="There is no campaign"):
                await change


async def test_a_tenant_is_made_once_with_its_owner(database_urls: Connections) -> None:
    async with Database(database_urls.owner) as owner, owner.nobody() as transaction:
        first = await create_tenant(transaction, slug="agency", name="Agency", owner_email="Owner@agency.example")
        again = await create_tenant(transaction, slug="agency", name="Renamed", owner_email="other@agency.example")
        members = await transaction.all("select user_id, role from organization_members")
        names = await transaction.all("select name from organizations")

    assert first == again
    assert [(member["user_id"], member["role"]) for member in members] == [(first.owner_id, "owner")]
    assert [row["name"] for row in names] == ["Agency"]
