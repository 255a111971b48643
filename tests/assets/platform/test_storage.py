"""Dagster's storage: one pool a process, which survives forks and restarts of the database."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import psycopg
import pytest
from orchestra import PROJECT
from sample_definitions import defs
from sqlalchemy import Pool, QueuePool, event, text

from leadgen_assets.platform.storage import (
    POOL_SIZE,
    PooledPostgresStorage,
    close_pools,
    process_engine,
    psycopg2_url,
)

BACKEND = text("select pg_backend_pid()")


@pytest.fixture
def instance(dagster_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """An instance as `dagster.yaml` configures it, over an empty database."""
    monkeypatch.setenv("DAGSTER_HOME", str(PROJECT))
    monkeypatch.setenv("DAGSTER_PG_URL", dagster_url)
    monkeypatch.setenv("LEADGEN_RUN_WORKER_SOCKET", str(tmp_path / "worker.sock"))
    monkeypatch.setenv("SAMPLE_FOLDER", str(tmp_path))
    with dg.DagsterInstance.get() as instance:
        yield instance
    close_pools()


@pytest.fixture
def connections_made() -> Iterator[list[object]]:
    """Every connection that SQLAlchemy makes in this process during the test."""
    made: list[object] = []

    def note(connection: object, _record: object) -> None:
        made.append(connection)

    event.listen(Pool, "connect", note)
    yield made
    event.remove(Pool, "connect", note)


def test_a_run_of_six_assets_opens_at_most_five_connections(
    instance: dg.DagsterInstance, connections_made: list[object]
) -> None:
    """The stock storage opens 155 connections for this run."""
    close_pools()
    instance.add_dynamic_partitions("campaigns", ["campaign"])
    job = defs.resolve_job_def("campaign_pipeline")
    assert job.execute_in_process(instance=instance, partition_key="campaign").success
    assert 1 <= len(connections_made) <= 5


def test_all_instances_of_a_process_share_one_pool(
    instance: dg.DagsterInstance, dagster_url: str, connections_made: list[object]
) -> None:
    with dg.DagsterInstance.from_ref(instance.get_ref()) as another:
        another.get_runs_count()
        instance.get_runs_count()
        another.all_instigator_state()
        another.get_asset_keys()
    assert len(connections_made) <= 1
    assert isinstance(process_engine(psycopg2_url(dagster_url)).pool, QueuePool)


def test_a_forked_process_leaves_its_parents_connections_alone(instance: dg.DagsterInstance, dagster_url: str) -> None:
    engine = process_engine(psycopg2_url(dagster_url))
    with engine.connect() as connection:
        ours = connection.execute(BACKEND).scalar_one()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with engine.connect() as connection:
            os.write(writing, str(connection.execute(BACKEND).scalar_one()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = int(os.read(reading, 100))
    os.close(reading)
    os.close(writing)
    with engine.connect() as connection:
        assert connection.execute(BACKEND).scalar_one() == ours
    assert theirs != ours


def test_connections_that_the_server_dropped_are_replaced_unnoticed(
    instance: dg.DagsterInstance, dagster_url: str
) -> None:
    instance.get_runs_count()
    with psycopg.connect(dagster_url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    assert instance.get_runs_count() == 0


def test_the_web_server_keeps_the_pool_and_limits_its_statements(
    instance: dg.DagsterInstance, dagster_url: str
) -> None:
    instance.optimize_for_webserver(statement_timeout=15_000, pool_recycle=3600, max_overflow=20)
    engine = process_engine(psycopg2_url(dagster_url))
    assert engine.pool.size() == POOL_SIZE
    with engine.connect() as connection:
        assert connection.execute(text("show statement_timeout")).scalar_one() == "15s"


def test_processes_that_start_together_make_the_tables_once(dagster_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        storages = list(pool.map(PooledPostgresStorage, [dagster_url] * 4))
    assert storages[0].run_storage.get_runs_count() == 0
    close_pools()


@pytest.mark.parametrize("driver", ["postgresql", "postgres", "postgresql+psycopg"])
def test_any_url_of_postgres_is_read_with_the_driver_dagster_works_with(driver: str) -> None:
    assert psycopg2_url(f"{driver}://u:p%40@/d?host=/s").startswith("postgresql+psycopg2://u:p%40@/d?host=")
