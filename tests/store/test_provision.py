"""Roles, passwords and databases: made once, kept, and never more powerful than they must be."""

import json
import stat
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from databases import Connect, Server, insert_tenant
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import make_url
from workers import Worker

from leadgen.errors import ConfigurationError, DatabaseDown
from leadgen.settings import Settings
from leadgen.store.connections import embedded_server, libpq_url
from leadgen.store.migrations import migrate, sql_folder
from leadgen.store.provision import provision, resolve

home_numbers = count()


def settings_of(home: Path, **given: str | None) -> Settings:
    return Settings(_env_file=None, home=home, **{"database_url": None, **given})


@pytest.fixture
def home(reachable_folder: Path) -> Path:
    folder = reachable_folder / f"home {next(home_numbers)}"
    folder.mkdir()
    return folder


def user_of(connection: psycopg.Connection) -> str:
    return connection.execute("select current_user || '@' || current_database()").fetchone()[0]


def test_each_role_reaches_its_own_database_and_no_other(server: Server, connect: Connect) -> None:
    made = resolve(server.settings)
    assert user_of(connect(made.owner)) == "postgres@leadgen"
    assert user_of(connect(made.api)) == "leadgen_api@leadgen"
    assert user_of(connect(made.pipeline)) == "leadgen_pipeline@leadgen"
    assert user_of(connect(made.dagster)) == "leadgen_dagster@leadgen_dagster"
    for url, foreign in ((made.api, "leadgen_dagster"), (made.dagster, "leadgen")):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(make_url(url).set(database=foreign).render_as_string(hide_password=False))
    connect(made.dagster).execute("create table runs (id int); drop table runs")
    with pytest.raises(InsufficientPrivilege):
        connect(made.pipeline).execute("create table mine (id int)")


def test_provisioning_again_changes_nothing(server: Server) -> None:
    credentials = server.settings.home / "credentials.json"
    before = credentials.read_text()
    stored = "select rolname, rolpassword from pg_authid where rolname like 'leadgen%' order by 1"
    with server.superuser() as connection:
        verifiers = connection.execute(stored).fetchall()
        provision(server.settings)
        assert connection.execute(stored).fetchall() == verifiers
    assert credentials.read_text() == before
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600


def test_lost_passwords_of_the_embedded_server_are_made_anew(server: Server, connect: Connect) -> None:
    credentials = server.settings.home / "credentials.json"
    kept = credentials.read_text()
    credentials.unlink()
    assert user_of(connect(provision(server.settings).api)) == "leadgen_api@leadgen"
    credentials.write_text(kept)
    provision(server.settings)
    assert user_of(connect(server.connections("leadgen").api)) == "leadgen_api@leadgen"


def test_a_database_of_ones_own_uses_the_roles_of_its_server(server: Server, home: Path, connect: Connect) -> None:
    with server.database() as name:
        settings = settings_of(home, database_url=server.postgres.url(name))
        with pytest.raises(ConfigurationError, match=r"exists .* its password is not known .* credentials\.json"):
            provision(settings)
        (home / "credentials.json").write_text((server.settings.home / "credentials.json").read_text())
        made = provision(settings)
        assert user_of(connect(made.pipeline)) == f"leadgen_pipeline@{name}"
        assert user_of(connect(made.dagster)) == f"leadgen_dagster@{name}_dagster"
        with server.superuser() as connection:
            connection.execute(f"drop database {name}_dagster with (force)")


def test_urls_of_the_operators_own_are_taken_as_they_are(home: Path) -> None:
    given = "postgresql+psycopg://leadgen_api:secret@db.example:6543/product?sslmode=require"
    made = resolve(settings_of(home, api_database_url=given))
    assert made.api == "postgresql://leadgen_api:secret@db.example:6543/product?sslmode=require"
    with pytest.raises(ConfigurationError, match="LEADGEN_DATABASE_URL"):
        _ = made.owner
    with pytest.raises(ConfigurationError, match="LEADGEN_PIPELINE_DATABASE_URL"):
        _ = made.pipeline
    assert "secret" not in repr(made)


def test_what_is_no_postgres_url_is_refused_without_being_quoted(home: Path) -> None:
    for wrong in ("mysql://root:secret@localhost/x", "secret"):
        with pytest.raises(ConfigurationError, match="postgresql://") as refused:
            resolve(settings_of(home, database_url=wrong))
        assert "secret" not in str(refused.value)
    assert libpq_url(None) is None


def test_before_anything_was_made_it_says_how_to_make_it(home: Path) -> None:
    with pytest.raises(ConfigurationError, match="leadgen up"):
        resolve(settings_of(home))


def test_unreadable_credentials_are_named(home: Path) -> None:
    (home / "credentials.json").write_text("{")
    with pytest.raises(ConfigurationError, match=r"credentials\.json cannot be read"):
        resolve(settings_of(home, database_url="postgresql://owner@localhost/product"))


def test_a_server_that_is_down_is_named(home: Path) -> None:
    with pytest.raises(DatabaseDown, match="LEADGEN_DATABASE_URL"):
        provision(settings_of(home, database_url="postgresql://owner:secret@127.0.0.1:1/product"))


def test_a_role_that_would_see_every_tenant_is_refused(server: Server) -> None:
    with server.superuser() as connection:
        connection.execute("alter role leadgen_api bypassrls")
        try:
            with pytest.raises(ConfigurationError, match="bypasses row security"):
                provision(server.settings)
        finally:
            connection.execute("alter role leadgen_api nobypassrls")


# An owner who is no superuser, as managed services give one


@pytest.fixture
def managed(server: Server, home: Path) -> Iterator[Settings]:
    """A fresh server on which we are given a database and a role that may make roles and databases, and no more."""
    settings = settings_of(home, pg_bin=server.settings.pg_bin and str(server.settings.pg_bin))
    postgres = embedded_server(settings)
    with psycopg.connect(postgres.start(), autocommit=True) as connection:
        connection.execute("create role customer login createrole createdb password 'given'")
        connection.execute("create database product owner customer")
    url = make_url(postgres.url("product")).set(username="customer", password="given")
    yield settings_of(home, database_url=url.render_as_string(hide_password=False))
    postgres.remove()


@pytest.mark.parametrize("server", ["embedded", "system"], indirect=True)
def test_everything_works_for_an_owner_that_is_no_superuser(managed: Settings, connect: Connect) -> None:
    made = provision(managed)
    assert provision(managed).api == made.api
    migrate(made.owner)
    assert json.loads((managed.home / "credentials.json").read_text()).keys() == {
        "leadgen_api",
        "leadgen_pipeline",
        "leadgen_dagster",
    }
    assert user_of(connect(made.dagster)) == "leadgen_dagster@product_dagster"
    owner = connect(made.owner)
    for lint in (sql_folder() / "lints").glob("*.sql"):
        assert owner.execute(lint.read_bytes()).fetchall() == [], lint.stem

    superuser = embedded_server(managed).url("product")
    ours, theirs = insert_tenant(superuser), insert_tenant(superuser)
    member = connect(made.api, organization_id=ours.organization_id, user_id=ours.user_id)
    assert member.execute("select id from campaigns").fetchall() == [(ours.campaign_id,)]
    member.execute(
        "insert into outbox (organization_id, campaign_id, kind) values (%s, %s, 'campaign.created')",
        (ours.organization_id, ours.campaign_id),
    )

    run = connect(made.pipeline, organization_id=ours.organization_id)
    run.execute(
        "insert into prospects (organization_id, campaign_id, company_name, source) values (%s, %s, 'X', 'yelp')",
        (ours.organization_id, ours.campaign_id),
    )
    ((event, organization),) = run.execute(
        "select event_id, organization_id from app.outbox_waiting('0', 9)"
    ).fetchall()
    assert organization == ours.organization_id
    run.execute("select app.outbox_launched(%s, 'run')", (event,))
    assert run.execute("select app.outbox_waiting('0', 9)").fetchall() == []
    asked = run.execute("select app.campaign_organization(%s)", (theirs.campaign_id,)).fetchone()
    assert asked == (theirs.organization_id,)

    dead = Worker(connect(made.pipeline, organization_id=theirs.organization_id), theirs.campaign_id)
    dead.open("a")
    connect(superuser).execute("select pg_terminate_backend(%s, 60000)", (dead.connection.info.backend_pid,))
    worker = Worker(run, ours.campaign_id)
    assert worker.abandon_dead_calls() == 1
    worker.pay("a", cost=4)
    assert worker.spend() == (0, 4, 0)
    assert run.execute("select app.take_permits('s', 5, 60, 1) as waits").fetchone() == {"waits": [0.0]}
    assert run.execute("select app.lease_slots(%s, 's', 3, 5, 0) as n", (worker.number,)).fetchone() == {"n": 3}
