"""A tenant's credentials come back to that tenant, for that service, as they were given; and to nobody else."""

import asyncio
import logging
import traceback
from collections.abc import Mapping
from uuid import UUID

import psycopg
import pytest
from databases import MakeTenant, Tenant
from psycopg.errors import InsufficientPrivilege

from leadgen.errors import ConfigurationError
from leadgen.store.connections import Connections
from leadgen.store.database import Database
from leadgen.store.vault import Credentials, CredentialsUnreadable, MasterKeys, Vault
from leadgen.store.vault import vault as vault_module

CANARY = "canary-7f3a-b81c-secret"


@pytest.fixture
def derivations(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Grows with every run of PBKDF2."""
    salts: list[bytes] = []
    derive = vault_module.derive_key

    def counted(secret: bytes, salt: bytes) -> bytes:
        salts.append(salt)
        return derive(secret, salt)

    monkeypatch.setattr(vault_module, "derive_key", counted)
    return salts


async def put(vault: Vault, database: Database, tenant: Tenant, service: str, **credentials: str) -> None:
    async with database.tenant(tenant.organization_id, tenant.user_id) as transaction:
        await vault.put(transaction, tenant.organization_id, service, credentials)


async def opened(
    vault: Vault, database: Database, tenant: Tenant, service: str, organization_id: UUID | None = None
) -> Mapping[str, str] | None:
    async with database.tenant(tenant.organization_id, tenant.user_id) as transaction:
        return await vault.open(transaction, organization_id or tenant.organization_id, service)


# Keeping and opening


async def test_what_a_member_puts_in_a_run_opens(
    vault: Vault, api: Database, pipeline: Database, make_tenant: MakeTenant, k1: str
) -> None:
    tenant = make_tenant()
    await put(vault, api, tenant, "smtp", user="ana", password="pässword ✓", port="587")
    another_process = Vault(MasterKeys.parse(k1))
    assert await opened(another_process, pipeline, tenant, "smtp") == {
        "user": "ana",
        "password": "pässword ✓",
        "port": "587",
    }
    assert await opened(vault, pipeline, tenant, "hunter") is None


async def test_a_new_key_replaces_the_former_one_and_what_was_noted_of_it(
    vault: Vault, api: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection
) -> None:
    tenant = make_tenant()
    await put(vault, api, tenant, "hunter", api_key="first")
    by_hand.execute(
        "update api_credentials set is_active = false, last_error = 'x', last_error_at = now(), last_used_at = now()"
    )
    await put(vault, api, tenant, "hunter", api_key="second")
    assert await opened(vault, api, tenant, "hunter") == {"api_key": "second"}
    noted = by_hand.execute("select last_error, last_error_at, last_used_at from api_credentials").fetchall()
    assert noted == [(None, None, None)]


async def test_a_key_that_is_switched_off_is_not_used(
    vault: Vault, api: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection
) -> None:
    tenant = make_tenant()
    await put(vault, api, tenant, "hunter", api_key=CANARY)
    by_hand.execute("update api_credentials set is_active = false")
    assert await opened(vault, api, tenant, "hunter") is None


async def test_each_organization_has_a_secret_and_a_salt_of_its_own(
    vault: Vault, api: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection
) -> None:
    for tenant in (make_tenant(), make_tenant()):
        await put(vault, api, tenant, "hunter", api_key="the same")
        await put(vault, api, tenant, "apollo", api_key="the same")
    secrets = by_hand.execute("select version, salt, wrapped_secret from organization_secrets").fetchall()
    assert [version for version, _, _ in secrets] == [1, 1]
    assert len({salt for _, salt, _ in secrets}) == len({wrapped for _, _, wrapped in secrets}) == 2
    sealed = by_hand.execute("select credentials_encrypted from api_credentials").fetchall()
    assert len(set(sealed)) == 4


async def test_first_credentials_that_come_at_once_share_one_secret(
    api: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection, k1: str
) -> None:
    tenant = make_tenant()
    services = ("hunter", "apollo", "yelp", "slack")
    processes = [Vault(MasterKeys.parse(k1)) for _ in services]
    await asyncio.gather(
        *(put(each, api, tenant, service, api_key=service) for each, service in zip(processes, services, strict=True))
    )
    assert by_hand.execute("select count(*) from organization_secrets").fetchone() == (1,)
    for service in services:
        assert await opened(processes[0], api, tenant, service) == {"api_key": service}


async def test_without_the_master_key_nothing_is_kept_or_opened(
    vault: Vault, api: Database, make_tenant: MakeTenant, k2: str
) -> None:
    tenant, newcomer = make_tenant(), make_tenant()
    await put(vault, api, tenant, "hunter", api_key=CANARY)
    with pytest.raises(ConfigurationError, match="master key k1"):
        await opened(Vault(MasterKeys.parse(k2)), api, tenant, "hunter")
    without = Vault(MasterKeys.parse(""))
    for attempt in (put(without, api, newcomer, "hunter", api_key=CANARY), opened(without, api, tenant, "hunter")):
        with pytest.raises(ConfigurationError, match="No master key is set") as refused:
            await attempt
        assert refused.value.remedy
    assert await opened(without, api, newcomer, "hunter") is None


# Deriving once


async def test_a_key_is_derived_once_a_process_however_many_ask_at_once(
    vault: Vault, api: Database, pipeline: Database, make_tenant: MakeTenant, derivations: list[bytes], k1: str
) -> None:
    tenant = make_tenant()
    await put(vault, api, tenant, "hunter", api_key="one")
    await put(vault, api, tenant, "apollo", api_key="two")
    await opened(vault, pipeline, tenant, "hunter")
    assert len(derivations) == 1

    another_process = Vault(MasterKeys.parse(k1))
    await asyncio.gather(*(opened(another_process, pipeline, tenant, "apollo") for _ in range(12)))
    assert len(derivations) == 2


async def test_a_key_stays_known_across_event_loops(
    vault: Vault, database_urls: Connections, make_tenant: MakeTenant, derivations: list[bytes]
) -> None:
    """A run opens a loop for each of its assets."""
    tenant = make_tenant()

    async def use() -> None:
        async with Database(database_urls.api, connections=2) as database:
            await put(vault, database, tenant, "hunter", api_key="one")
            await asyncio.gather(*(opened(vault, database, tenant, "hunter") for _ in range(4)))

    for _ in range(2):
        await asyncio.to_thread(asyncio.run, use())
    assert len(derivations) == 1


async def test_the_keys_held_in_memory_have_a_bound(
    vault: Vault, api: Database, make_tenant: MakeTenant, derivations: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_module, "MOST_CACHED_KEYS", 1)
    one, two = make_tenant(), make_tenant()
    for tenant in (one, two, one):
        await put(vault, api, tenant, "hunter", api_key="one")
    assert len(derivations) == 3


# What was changed or moved


async def test_credentials_that_change_places_between_organizations_or_services_are_refused(
    vault: Vault, api: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection
) -> None:
    """PLATFORM.md section 4, crypto: swap two ciphertexts, even with the secrets they belong to."""
    ours, theirs = make_tenant(), make_tenant()
    for tenant in (ours, theirs):
        await put(vault, api, tenant, "hunter", api_key="hunter's")
        await put(vault, api, tenant, "apollo", api_key="apollo's")
    swaps = {
        "services": "update api_credentials a set credentials_encrypted = b.credentials_encrypted from api_credentials b"
        " where a.organization_id = b.organization_id and a.service <> b.service",
        "organizations": "update api_credentials a set credentials_encrypted = b.credentials_encrypted"
        " from api_credentials b where a.organization_id <> b.organization_id and a.service = b.service",
        "organizations, with their secrets": "update api_credentials a set credentials_encrypted ="
        " b.credentials_encrypted from api_credentials b"
        " where a.organization_id <> b.organization_id and a.service = b.service;"
        "update organization_secrets a set wrapped_secret = b.wrapped_secret, salt = b.salt"
        " from organization_secrets b where a.organization_id <> b.organization_id",
    }
    for swapped, statement in swaps.items():
        by_hand.execute(statement)
        for reader in (vault, Vault(vault._master_keys)):
            for service in ("hunter", "apollo"):
                with pytest.raises(CredentialsUnreadable):
                    await opened(reader, api, ours, service)
        by_hand.execute(statement)
        assert await opened(vault, api, ours, "hunter") == {"api_key": "hunter's"}, f"{swapped} are not back"


async def test_every_altered_byte_of_a_row_is_refused(
    vault: Vault, api: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection
) -> None:
    tenant = make_tenant()
    await put(vault, api, tenant, "hunter", api_key="k")
    (sealed,) = by_hand.execute("select credentials_encrypted from api_credentials").fetchone()
    for place in range(len(sealed)):
        by_hand.execute(
            "update api_credentials set credentials_encrypted = set_byte(%s, %s, %s)",
            (sealed, place, sealed[place] ^ 1),
        )
        with pytest.raises(CredentialsUnreadable, match="hunter"):
            await opened(vault, api, tenant, "hunter")
    by_hand.execute("update api_credentials set credentials_encrypted = ''")
    with pytest.raises(CredentialsUnreadable, match="hunter") as refused:
        await opened(vault, api, tenant, "hunter")
    assert refused.value.remedy


async def test_every_altered_byte_of_a_wrapped_secret_is_refused(
    vault: Vault, api: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection, k1: str
) -> None:
    tenant = make_tenant()
    await put(vault, api, tenant, "hunter", api_key="k")
    (wrapped,) = by_hand.execute("select wrapped_secret from organization_secrets").fetchone()
    for place in range(len(wrapped)):
        by_hand.execute(
            "update organization_secrets set wrapped_secret = set_byte(%s, %s, %s)",
            (wrapped, place, wrapped[place] ^ 1),
        )
        for attempt in (opened, put):
            with pytest.raises(CredentialsUnreadable, match="master key k1"):
                await attempt(Vault(MasterKeys.parse(k1)), api, tenant, "hunter")


async def test_an_altered_salt_is_refused(
    vault: Vault, api: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection, k1: str
) -> None:
    tenant = make_tenant()
    await put(vault, api, tenant, "hunter", api_key="k")
    by_hand.execute("update organization_secrets set salt = set_byte(salt, 0, 255 - get_byte(salt, 0))")
    with pytest.raises(CredentialsUnreadable):
        await opened(Vault(MasterKeys.parse(k1)), api, tenant, "hunter")


# What is noted


async def test_last_use_and_last_error_are_noted_by_a_run_without_the_key(
    vault: Vault, api: Database, pipeline: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection
) -> None:
    tenant, other = make_tenant(), make_tenant()
    await put(vault, api, tenant, "hunter", api_key=CANARY)
    await put(vault, api, tenant, "apollo", api_key="another")
    await put(vault, api, other, "hunter", api_key="another")
    async with pipeline.tenant(tenant.organization_id) as transaction:
        used = await vault.open(transaction, tenant.organization_id, "hunter")
        await vault.note_use(transaction, tenant.organization_id, "hunter")
        await vault.note_error(transaction, tenant.organization_id, "hunter", f"401: key {CANARY} is unknown", used)
    noted = "select service, last_used_at is not null, last_error, last_error_at is not null from api_credentials"
    assert by_hand.execute(f"{noted} where last_error is not null or last_used_at is not null").fetchall() == [
        ("hunter", True, "401: key *** is unknown", True)
    ]


async def test_a_busy_key_is_noted_once_a_minute_and_at_once_after_an_error(
    vault: Vault, api: Database, pipeline: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection
) -> None:
    tenant = make_tenant()
    await put(vault, api, tenant, "hunter", api_key=CANARY)

    async def use() -> tuple[object, ...]:
        async with pipeline.tenant(tenant.organization_id) as transaction:
            await vault.note_use(transaction, tenant.organization_id, "hunter")
        return by_hand.execute("select xmin, last_used_at from api_credentials").fetchone()

    first = await use()
    assert await use() == first
    async with pipeline.tenant(tenant.organization_id) as transaction:
        await vault.note_error(transaction, tenant.organization_id, "hunter", "429", Credentials({}))
    after_error = await use()
    assert after_error[1] > first[1]
    assert await use() == after_error
    by_hand.execute("update api_credentials set last_used_at = now() - interval '61 seconds', last_error_at = null")
    assert (await use())[1] > after_error[1]


# Who may


async def test_a_stranger_opens_nothing_and_changes_nothing(
    vault: Vault, api: Database, pipeline: Database, make_tenant: MakeTenant, by_hand: psycopg.Connection
) -> None:
    ours, theirs = make_tenant(), make_tenant()
    await put(vault, api, theirs, "hunter", api_key=CANARY)
    for database in (api, pipeline):
        assert await opened(vault, database, ours, "hunter", theirs.organization_id) is None
        async with database.tenant(ours.organization_id, ours.user_id) as transaction:
            await vault.note_error(transaction, theirs.organization_id, "hunter", "spoiled", Credentials({}))
    with pytest.raises(InsufficientPrivilege):
        async with api.tenant(ours.organization_id, ours.user_id) as transaction:
            await vault.put(transaction, theirs.organization_id, "hunter", {"api_key": "replaced"})
    assert by_hand.execute("select last_error from api_credentials").fetchall() == [(None,)]
    assert await opened(vault, api, theirs, "hunter") == {"api_key": CANARY}


@pytest.mark.parametrize("role", ["member", "reviewer", "viewer"])
async def test_only_owners_and_admins_handle_keys_and_runs_use_them(
    vault: Vault, api: Database, owner: Database, pipeline: Database, make_tenant: MakeTenant, role: str
) -> None:
    tenant = make_tenant(role=role)
    await put(vault, owner, tenant, "hunter", api_key=CANARY)
    assert await opened(vault, api, tenant, "hunter") is None
    with pytest.raises(InsufficientPrivilege):
        await put(vault, api, tenant, "hunter", api_key="replaced")
    assert await opened(vault, pipeline, tenant, "hunter") == {"api_key": CANARY}


async def test_a_run_keeps_no_credentials_and_neither_role_rotates(
    vault: Vault, api: Database, pipeline: Database, make_tenant: MakeTenant, k1: str, k2: str
) -> None:
    tenant = make_tenant()
    with pytest.raises(InsufficientPrivilege):
        await put(vault, pipeline, tenant, "hunter", api_key=CANARY)
    await put(vault, api, tenant, "hunter", api_key=CANARY)
    for database in (api, pipeline):
        with pytest.raises(InsufficientPrivilege):
            async with database.tenant(tenant.organization_id, tenant.user_id) as transaction:
                await vault.rotate_organization(transaction, tenant.organization_id)
        with pytest.raises(InsufficientPrivilege):
            async with database.tenant(tenant.organization_id, tenant.user_id) as transaction:
                await Vault(MasterKeys.parse(f"{k2},{k1}")).rotate_master(transaction)


# What is never shown


async def test_a_secret_is_in_no_print_no_log_no_error_and_no_row(
    vault: Vault,
    api: Database,
    make_tenant: MakeTenant,
    by_hand: psycopg.Connection,
    k1: str,
    k2: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    tenant = make_tenant()
    await put(vault, api, tenant, "hunter", api_key=CANARY)
    credentials = await opened(vault, api, tenant, "hunter")
    shown = [repr(credentials), str(credentials), f"{credentials}", repr(vault), repr(vars(vault)["_master_keys"])]
    assert shown[0] == "Credentials(api_key)"

    failures: list[Exception] = []
    by_hand.execute("update api_credentials set credentials_encrypted = credentials_encrypted || 'x'")
    for attempt in (
        opened(vault, api, tenant, "hunter"),
        opened(Vault(MasterKeys.parse(k2)), api, tenant, "hunter"),
        put(vault, api, tenant, "no such service", api_key=CANARY),
        put(Vault(MasterKeys.parse(k2)), api, tenant, "hunter", api_key=CANARY),
    ):
        with pytest.raises(Exception) as failure:  # noqa: PT011 - whatever it is, it shows nothing
            await attempt
        failures.append(failure.value)
    shown += ["".join(traceback.format_exception(failure)) for failure in failures]
    shown += [repr(failure) for failure in failures]

    columns = by_hand.execute(
        "select to_jsonb(c)::text || encode(credentials_encrypted, 'escape') from api_credentials c"
    )
    shown += [row[0] for row in columns.fetchall()]
    shown += [caplog.text, *capfd.readouterr()]
    key = k1.split(":")[1]
    for text in shown:
        assert CANARY not in text
        assert key not in text
