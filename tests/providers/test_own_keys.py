"""A tenant's own key: used instead of the platform's, its answers the tenant's alone, and what the vendor says of it kept."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from databases import MakeTenant, Tenant
from loopback_vendor import VENDOR, LoopbackVendor, operation, question
from psycopg.rows import dict_row

from leadgen.errors import ConfigurationError, CredentialsRejected
from leadgen.providers.client import ProviderClient
from leadgen.providers.journal import Work
from leadgen.settings import Settings
from leadgen.store.connections import Connections
from leadgen.store.database import Database
from leadgen.store.vault import MasterKeys, Vault

MASTER_KEY = "bWFzdGVyIGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGU="
KEYED = replace(VENDOR, service="hunter")


def settings(vendor: LoopbackVendor, **changes: Any) -> Settings:
    return vendor.settings().model_copy(
        update={"master_key": Settings(_env_file=None, master_key=MASTER_KEY).master_key, **changes}
    )


async def bring_key(urls: Connections, tenant: Tenant, key: str) -> None:
    async with Database(urls.api) as database, database.tenant(tenant.organization_id, tenant.user_id) as transaction:
        await Vault(MasterKeys.parse(MASTER_KEY)).put(transaction, tenant.organization_id, "hunter", {"api_key": key})


async def ask(configured: Settings, urls: Connections, tenant: Tenant, text: str, **changes: Any) -> Any:
    work = Work(tenant.organization_id, tenant.campaign_id, "run")
    async with ProviderClient(configured, urls.pipeline, work) as client:
        answer = await client.ask(operation(vendor=KEYED, **changes), question(text), lambda body: body["answer"])
        return answer.value


def rows(urls: Connections, sql: str) -> list[dict[str, Any]]:
    with psycopg.connect(urls.owner, row_factory=dict_row) as connection:
        return connection.execute(sql).fetchall()


async def test_a_tenants_own_key_is_used_instead_of_the_platforms(
    vendor: LoopbackVendor, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    with_key, without = make_tenant("With"), make_tenant("Without")
    await bring_key(database_urls, with_key, "own-key-of-the-tenant")
    for tenant in (with_key, without):
        await ask(settings(vendor), database_urls, tenant, f"of {tenant.organization_id}")
    assert vendor.keys == ["own-key-of-the-tenant", "secret-key"]
    owners = rows(database_urls, "select key_owner from provider_calls order by id")
    assert [row["key_owner"] for row in owners] == ["organization", "platform"]


async def test_what_an_own_key_bought_stays_its_tenants(
    vendor: LoopbackVendor, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    buyer, other = make_tenant("Buyer"), make_tenant("Other")
    await bring_key(database_urls, buyer, "own-key-of-the-tenant")
    for tenant in (buyer, buyer, other):
        await ask(settings(vendor), database_urls, tenant, "a")
    assert vendor.asked == {"a": 2}
    (own, shared) = rows(database_urls, "select organization_id from provider_answers order by id")
    assert (own["organization_id"], shared["organization_id"]) == (buyer.organization_id, None)


async def test_a_private_answer_bought_with_the_platforms_key_is_not_shared(
    vendor: LoopbackVendor, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    for name in ("One", "Two"):
        await ask(settings(vendor), database_urls, make_tenant(name), "draft", is_private=True)
    assert vendor.asked == {"draft": 2}


async def test_what_the_vendor_says_of_a_key_is_kept_without_the_key(
    vendor: LoopbackVendor, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    await bring_key(database_urls, tenant, "own-key-of-the-tenant")
    await ask(settings(vendor), database_urls, tenant, "good")
    (noted,) = rows(database_urls, "select last_used_at, last_error from api_credentials")
    assert noted["last_used_at"] is not None
    assert noted["last_error"] is None

    vendor.script["bad"] = [401]
    with pytest.raises(CredentialsRejected):
        await ask(settings(vendor), database_urls, tenant, "bad")
    (noted,) = rows(database_urls, "select last_error from api_credentials")
    assert "401" in noted["last_error"]
    assert "own-key" not in noted["last_error"]


async def test_an_own_key_only_vendor_is_never_called_with_the_platforms_key(
    vendor: LoopbackVendor, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    configured = settings(vendor)
    own_only = configured.model_copy(update={"hunter": configured.hunter.model_copy(update={"own_key_only": True})})
    with pytest.raises(ConfigurationError, match="Connect the organization's own hunter account"):
        await ask(own_only, database_urls, make_tenant(), "a")
    assert not vendor.asked


async def test_no_key_is_printed_with_the_objects_that_hold_it(
    vendor: LoopbackVendor, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    await bring_key(database_urls, tenant, "own-key-of-the-tenant")
    work = Work(tenant.organization_id, tenant.campaign_id, "run")
    async with ProviderClient(settings(vendor), database_urls.pipeline, work) as client:
        reach = await client._keys.reach(KEYED)
    assert reach.key == "own-key-of-the-tenant"
    assert "own-key" not in repr(reach) + repr(vars(client._keys))
