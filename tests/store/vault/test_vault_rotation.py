"""Keys are renewed while credentials stay readable: before, during, after, and where the rotation is killed."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from databases import Connect, MakeTenant, Server, Tenant, insert_tenant
from sqlalchemy import make_url

from leadgen.errors import ConfigurationError
from leadgen.store.connections import Connections
from leadgen.store.database import Database
from leadgen.store.migrations import migrate
from leadgen.store.vault import CredentialsUnreadable, MasterKeys, Vault
from leadgen.store.vault.upkeep import check, rotate_master, rotate_organizations

SERVICES = ("apollo", "hunter", "yelp")
STATE = """
    select s.version, s.retired_at is not null, count(c.id)
      from organization_secrets s
      left join api_credentials c
        on c.organization_id = s.organization_id and get_byte(c.credentials_encrypted, 0) = s.version
     where s.organization_id = %s
     group by s.id order by s.created_at, s.version
"""


State = Callable[[Tenant], list[tuple[int, bool, int]]]


@pytest.fixture
async def tenants(vault: Vault, api: Database, make_tenant: MakeTenant) -> list[Tenant]:
    """Three tenants with three credentials each."""
    made = [make_tenant() for _ in range(3)]
    for tenant in made:
        async with api.tenant(tenant.organization_id, tenant.user_id) as transaction:
            for service in SERVICES:
                await vault.put(transaction, tenant.organization_id, service, {"api_key": f"{service}'s key"})
    return made


@pytest.fixture
def state(by_hand: psycopg.Connection) -> State:
    """An organization's secrets: version, whether it is retired, credentials sealed under it."""
    return lambda tenant: by_hand.execute(STATE, (tenant.organization_id,)).fetchall()


async def assert_readable(pipeline: Database, tenants: list[Tenant], master_keys: str) -> None:
    """A process that has just started opens everything."""
    vault = Vault(MasterKeys.parse(master_keys))
    for tenant in tenants:
        async with pipeline.tenant(tenant.organization_id) as transaction:
            for service in SERVICES:
                assert await vault.open(transaction, tenant.organization_id, service) == {"api_key": f"{service}'s key"}


def command(urls: Connections, home: Path, master_key: str, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "LEADGEN_DATABASE_URL": urls.owner,
        "LEADGEN_MASTER_KEY": master_key,
        "LEADGEN_HOME": str(home),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "leadgen.cli", "vault", *arguments],
        env=environment,
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# Organizations' secrets


async def test_a_rotation_seals_everything_anew_and_forgets_the_former_secret(
    vault: Vault,
    owner: Database,
    pipeline: Database,
    tenants: list[Tenant],
    by_hand: psycopg.Connection,
    state: State,
    k1: str,
) -> None:
    before = set(by_hand.execute("select salt, wrapped_secret from organization_secrets").fetchall())
    sealed_before = set(by_hand.execute("select credentials_encrypted from api_credentials").fetchall())
    report = await rotate_organizations(owner, vault)
    assert (report.handled, report.unreadable) == (9, ())
    for tenant in tenants:
        assert state(tenant) == [(2, False, 3)]
    assert not before & set(by_hand.execute("select salt, wrapped_secret from organization_secrets").fetchall())
    assert not sealed_before & set(by_hand.execute("select credentials_encrypted from api_credentials").fetchall())
    await assert_readable(pipeline, tenants, k1)


async def test_credentials_under_an_old_version_open_until_they_are_rewritten(
    vault: Vault,
    api: Database,
    owner: Database,
    pipeline: Database,
    tenants: list[Tenant],
    by_hand: psycopg.Connection,
    state: State,
) -> None:
    """What could not be read is left as it was, with its secret; when it is repaired it opens, and moves on."""
    tenant = tenants[0]
    whose = (tenant.organization_id,)
    damage = "update api_credentials set credentials_encrypted = set_byte(credentials_encrypted, 20, %s) where"
    damage += " organization_id = %s and service = 'hunter'"
    (good,) = by_hand.execute(
        "select get_byte(credentials_encrypted, 20) from api_credentials where organization_id = %s"
        " and service = 'hunter'",
        whose,
    ).fetchone()
    by_hand.execute(damage, (good ^ 1, *whose))

    async with owner.tenant(tenant.organization_id) as transaction:
        report = await vault.rotate_organization(transaction, tenant.organization_id)
    assert report.handled == 2
    assert "hunter" in report.unreadable[0]
    assert state(tenant) == [(1, True, 1), (2, False, 2)]

    by_hand.execute(damage, (good, *whose))
    async with pipeline.tenant(tenant.organization_id) as transaction:
        assert await vault.open(transaction, tenant.organization_id, "hunter") == {"api_key": "hunter's key"}
    async with api.tenant(tenant.organization_id, tenant.user_id) as transaction:
        await vault.put(transaction, tenant.organization_id, "yelp", {"api_key": "yelp's key"})
    assert state(tenant) == [(1, True, 1), (2, False, 2)]

    async with owner.tenant(tenant.organization_id) as transaction:
        assert (await vault.rotate_organization(transaction, tenant.organization_id)).unreadable == ()
    assert state(tenant) == [(3, False, 3)]


async def test_the_version_byte_begins_again_after_255(
    vault: Vault, owner: Database, api: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection, state: State
) -> None:
    tenant = make_tenant()
    whose = tenant.organization_id
    async with owner.tenant(whose) as transaction:
        await vault._make_secret(transaction, whose, version=255)
        await vault.put(transaction, whose, "hunter", {"api_key": "k"})
        await vault.rotate_organization(transaction, whose)
        assert await vault.open(transaction, whose, "hunter") == {"api_key": "k"}
    assert state(tenant) == [(1, False, 1)]


async def test_an_organization_without_credentials_has_nothing_to_rotate(
    vault: Vault, owner: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection
) -> None:
    tenant = make_tenant()
    async with owner.tenant(tenant.organization_id) as transaction:
        assert (await vault.rotate_organization(transaction, tenant.organization_id)).handled == 0
    assert by_hand.execute("select count(*) from organization_secrets").fetchone() == (0,)


async def test_only_secrets_of_the_asked_age_are_renewed(
    vault: Vault, owner: Database, tenants: list[Tenant], by_hand: psycopg.Connection, state: State
) -> None:
    by_hand.execute(
        "update organization_secrets set created_at = now() - interval '91 days' where organization_id = %s",
        (tenants[1].organization_id,),
    )
    assert (await rotate_organizations(owner, vault, older_than_days=90)).handled == 3
    assert [state(tenant)[0][0] for tenant in tenants] == [1, 2, 1]


async def test_credentials_put_in_while_a_rotation_runs_are_sealed_under_the_new_secret(
    vault: Vault, owner: Database, api: Database, pipeline: Database, tenants: list[Tenant], state: State, k1: str
) -> None:
    tenant = tenants[0]
    whose = tenant.organization_id

    async def put() -> None:
        async with api.tenant(whose, tenant.user_id) as transaction:
            await Vault(MasterKeys.parse(k1)).put(transaction, whose, "hunter", {"api_key": "hunter's key"})

    async with owner.tenant(whose) as transaction:
        await vault.rotate_organization(transaction, whose)
        putting = asyncio.create_task(put())
        blocked = "select exists (select from pg_locks where locktype = 'advisory' and classid = 7433 and not granted)"
        while not await transaction.value(blocked):
            assert not putting.done()
    await putting
    assert state(tenant) == [(2, False, 3)]
    await assert_readable(pipeline, tenants, k1)


async def test_a_rotation_killed_in_its_middle_leaves_every_credential_readable(
    pipeline: Database,
    tenants: list[Tenant],
    state: State,
    connect: Connect,
    database_urls: Connections,
    by_hand: psycopg.Connection,
    reachable_folder: Path,
    k1: str,
) -> None:
    """Stopped at a row that somebody else holds: the second organization's last credential, the others rewritten."""
    order = [row[0] for row in by_hand.execute("select organization_id from organization_secrets order by created_at")]
    by_age = sorted(tenants, key=lambda tenant: order.index(tenant.organization_id))
    holder = connect(database_urls.owner, autocommit=False)
    holder.execute(
        "select from api_credentials where organization_id = %s and service = 'yelp' for update", (order[1],)
    )
    rotating = command(database_urls, reachable_folder, k1, "rotate-organizations")
    stuck = "select exists (select from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0)"
    while not by_hand.execute(stuck).fetchone()[0]:
        assert rotating.poll() is None, rotating.communicate()
    rotating.kill()
    rotating.communicate()
    holder.rollback()

    await assert_readable(pipeline, tenants, k1)
    assert [state(tenant) for tenant in by_age] == [[(2, False, 3)], [(1, False, 3)], [(1, False, 3)]]

    again = command(database_urls, reachable_folder, k1, "rotate-organizations")
    assert again.communicate() == ("Sealed 9 credentials under new secrets.\n", "")
    await assert_readable(pipeline, tenants, k1)


# The master key


async def test_secrets_are_wrapped_anew_and_the_former_master_key_may_go(
    vault: Vault,
    owner: Database,
    pipeline: Database,
    tenants: list[Tenant],
    by_hand: psycopg.Connection,
    k1: str,
    k2: str,
) -> None:
    sealed = by_hand.execute("select credentials_encrypted from api_credentials order by id").fetchall()
    both = Vault(MasterKeys.parse(f"{k2},{k1}"))
    await assert_readable(pipeline, tenants, f"{k2},{k1}")
    report = await rotate_master(owner, both)
    assert (report.handled, report.unreadable) == (3, ())
    assert by_hand.execute("select distinct master_key_id from organization_secrets").fetchall() == [("k2",)]
    assert by_hand.execute("select credentials_encrypted from api_credentials order by id").fetchall() == sealed
    await assert_readable(pipeline, tenants, k2)
    with pytest.raises(ConfigurationError, match="master key k2"):
        await assert_readable(pipeline, tenants, k1)
    assert (await rotate_master(owner, both)).handled == 0


async def test_retired_secrets_follow_the_master_key_too(
    vault: Vault,
    owner: Database,
    pipeline: Database,
    tenants: list[Tenant],
    by_hand: psycopg.Connection,
    k1: str,
    k2: str,
) -> None:
    """Else what waits for its repair under an old secret would be lost with the old master key."""
    whose = tenants[0].organization_id
    flip = "update api_credentials set credentials_encrypted = set_byte(credentials_encrypted, 20,"
    flip += " get_byte(credentials_encrypted, 20) # 1) where organization_id = %s and service = 'hunter'"
    by_hand.execute(flip, (whose,))
    await rotate_organizations(owner, vault)
    assert (await rotate_master(owner, Vault(MasterKeys.parse(f"{k2},{k1}")))).handled == 4
    by_hand.execute(flip, (whose,))
    await assert_readable(pipeline, tenants, k2)


async def test_a_secret_that_does_not_open_stops_no_other(
    owner: Database, tenants: list[Tenant], by_hand: psycopg.Connection, k1: str, k2: str
) -> None:
    broken, unknown = tenants[0].organization_id, tenants[1].organization_id
    by_hand.execute(
        "update organization_secrets set wrapped_secret = wrapped_secret || 'x' where organization_id = %s", (broken,)
    )
    by_hand.execute("update organization_secrets set master_key_id = 'k0' where organization_id = %s", (unknown,))
    report = await rotate_master(owner, Vault(MasterKeys.parse(f"{k2},{k1}")))
    assert report.handled == 1
    assert any(str(broken) in failure for failure in report.unreadable)
    assert any("k0" in failure for failure in report.unreadable)
    ids = by_hand.execute("select distinct master_key_id from organization_secrets order by 1").fetchall()
    assert ids == [("k0",), ("k1",), ("k2",)]


async def test_after_a_lost_master_key_an_organization_begins_again(
    owner: Database, api: Database, tenants: list[Tenant], k2: str
) -> None:
    tenant = tenants[0]
    vault = Vault(MasterKeys.parse(k2))
    report = await rotate_organizations(owner, vault)
    assert (report.handled, len(report.unreadable)) == (0, 9)
    async with api.tenant(tenant.organization_id, tenant.user_id) as transaction:
        await vault.put(transaction, tenant.organization_id, "hunter", {"api_key": "entered again"})
        assert await vault.open(transaction, tenant.organization_id, "hunter") == {"api_key": "entered again"}


def test_a_master_rotation_killed_in_its_middle_leaves_every_credential_readable(
    tenants: list[Tenant],
    connect: Connect,
    database_urls: Connections,
    by_hand: psycopg.Connection,
    reachable_folder: Path,
    k1: str,
    k2: str,
) -> None:
    """Stopped at the last organization's secret, which somebody else holds, the others rewritten."""
    holder = connect(database_urls.owner, autocommit=False)
    holder.execute(
        "select from organization_secrets where organization_id = (select max(organization_id::text)::uuid"
        " from organization_secrets) for update"
    )
    rotating = command(database_urls, reachable_folder, f"{k2},{k1}", "rotate-master")
    stuck = "select exists (select from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0)"
    while not by_hand.execute(stuck).fetchone()[0]:
        assert rotating.poll() is None, rotating.communicate()
    rotating.kill()
    rotating.communicate()
    holder.rollback()
    check_ = command(database_urls, reachable_folder, f"{k2},{k1}", "check")
    assert check_.communicate()[0] == "The master key k1 wraps 3 secrets.\n9 credentials open.\n"


# An owner who is no superuser, as managed services give one


@pytest.fixture
def managed_urls(server: Server) -> Iterator[Connections]:
    """A database that is migrated by an owner whom row security binds."""
    with server.superuser() as superuser:
        superuser.execute("create role customer login password 'given'")
        with server.database(owner="customer") as name:
            urls = server.connections(name)
            owner = make_url(urls.owner).set(username="customer", password="given")
            managed = Connections(owner.render_as_string(hide_password=False), urls.api, urls.pipeline, None)
            for role in ("leadgen_api", "leadgen_pipeline"):
                superuser.execute(f"grant connect on database {name} to {role}".encode())
            migrate(managed.owner)
            yield managed
        superuser.execute("drop role customer")


async def test_an_owner_whom_row_security_binds_rotates_every_organization(
    vault: Vault, managed_urls: Connections, server: Server, k1: str, k2: str
) -> None:
    superuser = make_url(server.postgres.url()).set(database=make_url(managed_urls.owner).database)
    tenants = [insert_tenant(superuser.render_as_string(hide_password=False)) for _ in range(2)]
    both = Vault(MasterKeys.parse(f"{k2},{k1}"))
    async with Database(managed_urls.api) as api, Database(managed_urls.owner) as owner:
        for tenant in tenants:
            async with api.tenant(tenant.organization_id, tenant.user_id) as transaction:
                await vault.put(transaction, tenant.organization_id, "hunter", {"api_key": "k"})
        assert (await rotate_organizations(owner, both)).handled == 2
        found = await check(owner, both)
        assert (found.credentials.handled, found.master_keys) == (2, {"k2": 2})
        assert (await rotate_master(owner, vault)).unreadable
        assert (await rotate_master(owner, Vault(MasterKeys.parse(f"{k1},{k2}")))).handled == 2


# The command


def test_the_commands_say_what_they_did_and_what_is_left(
    tenants: list[Tenant],
    database_urls: Connections,
    by_hand: psycopg.Connection,
    reachable_folder: Path,
    k1: str,
    k2: str,
) -> None:
    def run(master_key: str, *arguments: str) -> tuple[int, str, str]:
        process = command(database_urls, reachable_folder, master_key, *arguments)
        out, err = process.communicate()
        assert k1.split(":")[1] not in out + err
        return process.returncode, out, err

    assert run(k1, "check") == (0, "The master key k1, the current one, wraps 3 secrets.\n9 credentials open.\n", "")
    assert run(f"{k2},{k1}", "rotate-master") == (
        0,
        "Wrapped 3 secrets with the master key k2.\n`leadgen vault check` says which master keys are still in use.\n",
        "",
    )
    by_hand.execute("update api_credentials set credentials_encrypted = '' where service = 'hunter'")
    code, out, err = run(k2, "check")
    assert code == 1
    assert out == "The master key k2, the current one, wraps 3 secrets.\n"
    assert err.count("hunter") == 3
    assert "give up no master key" in err
    for malformed, said in (("", "No master key is set"), ("k1:nonsense", "cannot be read")):
        code, _, err = run(malformed, "check")
        assert code == 1
        assert said in err
        assert "LEADGEN_MASTER_KEY" in err


async def test_the_check_finds_what_does_not_open(
    vault: Vault, owner: Database, tenants: list[Tenant], by_hand: psycopg.Connection
) -> None:
    by_hand.execute(
        "update api_credentials set credentials_encrypted = '' where service = 'yelp' and organization_id = %s",
        (tenants[0].organization_id,),
    )
    found = await check(owner, vault)
    assert found.credentials.handled == 8
    assert len(found.credentials.unreadable) == 1
    assert found.master_keys == {"k1": 3}
    async with owner.tenant(tenants[0].organization_id) as transaction:
        with pytest.raises(CredentialsUnreadable):
            await vault.open(transaction, tenants[0].organization_id, "yelp")
