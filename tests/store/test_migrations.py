"""Each migration goes up from empty, back, and up again; what is not ours is refused with words."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import psycopg
import pytest
from databases import Connect
from hatchling.builders.wheel import WheelBuilder
from sqlalchemy import make_url

from leadgen.errors import ConfigurationError, DatabaseDown, InputError, SchemaOutdated
from leadgen.store import migrations
from leadgen.store.connections import Connections
from leadgen.store.migrations import downgrade, migrate, require_current, sql_folder, status

ON_BOTH_SERVERS = pytest.mark.parametrize("server", ["embedded", "system"], indirect=True)

# Everything the migrations make, by kind and name
SCHEMA = """
    select 'relation', n.nspname || '.' || c.relname, c.relkind::text || c.relrowsecurity || c.relforcerowsecurity
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'app', 'auth') and c.relname not like 'alembic_version%'
    union all
    select 'column', a.attrelid::regclass || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || a.attnotnull
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'app') and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'v')
       and c.relname <> 'alembic_version'
    union all
    select 'function', p.oid::regprocedure::text, md5(p.prosrc) || p.prosecdef from pg_proc p
     where p.pronamespace in (select oid from pg_namespace where nspname in ('public', 'app', 'auth'))
    union all
    select 'policy', polrelid::regclass || '.' || polname, pg_get_expr(polqual, polrelid) from pg_policy
    union all
    select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint
     where connamespace = 'public'::regnamespace and conrelid::regclass::text <> 'alembic_version'
    union all
    select 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all
    select 'privilege', defaclnamespace::text, defaclacl::text from pg_default_acl
"""


def everything(connection: psycopg.Connection) -> set[tuple[str, str, str]]:
    return set(connection.execute(SCHEMA).fetchall())


@pytest.fixture
def two_migrations(tmp_path: Path) -> Path:
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "0001_first.sql").write_text("create schema app; create table first (share text default '100 %')")
    (versions / "0001_first.down.sql").write_text("drop table first; drop schema app")
    (versions / "0002_second.sql").write_text("create table second (id int);")
    return tmp_path


@ON_BOTH_SERVERS
def test_each_migration_goes_up_from_the_previous_one_and_back_to_it(
    empty_database: Connections, connect: Connect, tmp_path: Path
) -> None:
    owner = connect(empty_database.owner)
    (tmp_path / "versions").mkdir()
    steps = [(migrations.BASE, everything(owner))]
    for revision in status(empty_database.owner).pending:
        for file in (sql_folder() / "versions").glob(f"{revision}_*.sql"):
            shutil.copy(file, tmp_path / "versions")
        assert migrate(empty_database.owner, folder=tmp_path).current == revision
        steps.append((revision, everything(owner)))

    for (before, schema), (revision, _) in reversed(list(pairwise(steps))):
        downgrade(empty_database.owner, before, folder=tmp_path)
        assert everything(owner) == schema, f"{revision} does not go back to what was before it"

    assert migrate(empty_database.owner).pending == ()
    assert everything(owner) == steps[-1][1]


@ON_BOTH_SERVERS
def test_a_migrated_database_is_current_and_migrating_it_again_changes_nothing(
    database_urls: Connections, connect: Connect
) -> None:
    before = everything(connect(database_urls.owner))
    assert migrate(database_urls.owner) == status(database_urls.owner)
    require_current(database_urls.owner)
    assert everything(connect(database_urls.owner)) == before


def test_going_back_may_stop_on_the_way(empty_database: Connections) -> None:
    migrate(empty_database.owner)
    found = downgrade(empty_database.owner, "0002")
    assert found.current == "0002"
    assert found.pending[0] == "0003"
    with pytest.raises(SchemaOutdated, match="leadgen migrate"):
        require_current(empty_database.owner)


def test_a_file_is_sent_as_it_stands_percent_signs_and_several_statements_included(
    empty_database: Connections, two_migrations: Path, connect: Connect
) -> None:
    assert migrate(empty_database.owner, folder=two_migrations).current == "0002"
    owner = connect(empty_database.owner)
    assert owner.execute("insert into first default values returning share").fetchone() == ("100 %",)


def test_a_migration_without_a_way_down_is_one_way_and_says_so(
    empty_database: Connections, two_migrations: Path
) -> None:
    migrate(empty_database.owner, folder=two_migrations)
    with pytest.raises(InputError, match="0002 is one-way"):
        downgrade(empty_database.owner, migrations.BASE, folder=two_migrations)
    assert status(empty_database.owner, folder=two_migrations).current == "0002"


def test_there_is_no_way_to_a_revision_that_does_not_exist(database_urls: Connections) -> None:
    with pytest.raises(InputError, match="0999"):
        downgrade(database_urls.owner, "0999")


def test_a_migration_that_fails_leaves_no_trace_and_is_run_again_when_its_obstacle_is_gone(
    empty_database: Connections, two_migrations: Path, connect: Connect
) -> None:
    owner = connect(empty_database.owner)
    file = two_migrations / "versions" / "0002_second.sql"
    file.write_text("create table second (id int); create table in_the_way (id int);")
    owner.execute("create table in_the_way (id int)")
    with pytest.raises(SchemaOutdated, match=r"0002_second\.sql failed .* already exists"):
        migrate(empty_database.owner, folder=two_migrations)
    found = status(empty_database.owner, folder=two_migrations)
    assert (found.current, found.pending, found.half_finished) == ("0001", ("0002",), None)
    assert owner.execute("select to_regclass('second')").fetchone() == (None,)

    owner.execute("drop table in_the_way")
    assert migrate(empty_database.owner, folder=two_migrations).current == "0002"


def test_a_database_of_newer_code_is_refused(database_urls: Connections, connect: Connect) -> None:
    connect(database_urls.owner).execute("update alembic_version set version_num = '0999'")
    for attempt in (migrate, require_current, lambda url: downgrade(url, "0001")):
        with pytest.raises(SchemaOutdated, match="0999, which this code does not know") as refused:
            attempt(database_urls.owner)
        assert refused.value.remedy


def test_tables_without_a_migration_number_are_refused(database_urls: Connections, connect: Connect) -> None:
    connect(database_urls.owner).execute("delete from alembic_version")
    with pytest.raises(SchemaOutdated, match="no migration's number"):
        migrate(database_urls.owner)


def test_a_database_at_two_migrations_at_once_is_refused(database_urls: Connections, connect: Connect) -> None:
    connect(database_urls.owner).execute("insert into alembic_version values ('0001')")
    with pytest.raises(SchemaOutdated, match="several migrations at once"):
        migrate(database_urls.owner)


def test_two_files_of_one_number_are_refused(empty_database: Connections, two_migrations: Path) -> None:
    (two_migrations / "versions" / "0002_another.sql").write_text("select 1")
    with pytest.raises(SchemaOutdated, match="two migrations have the number 0002"):
        migrate(empty_database.owner, folder=two_migrations)


def test_processes_that_migrate_at_once_take_turns(empty_database: Connections) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(migrate, [empty_database.owner] * 4))
    assert {each.current for each in found} == {found[0].head}


def test_a_process_killed_in_a_migration_leaves_the_database_as_it_was(
    empty_database: Connections, two_migrations: Path, connect: Connect
) -> None:
    migrate(empty_database.owner, folder=two_migrations)
    holder = connect(empty_database.owner, autocommit=False)
    holder.execute("lock table second")
    (two_migrations / "versions" / "0003_third.sql").write_text(
        "create table third (id int); alter table second add column name text;"
    )
    watcher = connect(empty_database.owner)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(migrate, empty_database.owner, folder=two_migrations)
        stuck = "select pid from pg_locks where relation = 'second'::regclass and not granted"
        while (found := watcher.execute(stuck).fetchone()) is None:
            assert not running.done()
        watcher.execute("select pg_terminate_backend(%s)", found)
        with pytest.raises(DatabaseDown):
            running.result()
    holder.rollback()
    assert status(empty_database.owner, folder=two_migrations).current == "0002"
    assert migrate(empty_database.owner, folder=two_migrations).current == "0003"


def test_a_server_that_is_down_and_a_wrong_password_are_told_apart(database_urls: Connections) -> None:
    with pytest.raises(DatabaseDown, match="leadgen up"):
        status("postgresql://someone@127.0.0.1:1/nothing")
    with pytest.raises(ConfigurationError, match="password authentication failed"):
        status(make_url(database_urls.owner).set(password="wrong").render_as_string(hide_password=False))


def test_the_wheel_carries_the_sql(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(sql_folder().parent)).build(directory=str(tmp_path), versions=["standard"])
    names = ZipFile(wheel).namelist()
    for file in sql_folder().rglob("*.sql"):
        assert f"leadgen/sql/{file.relative_to(sql_folder())}" in names
