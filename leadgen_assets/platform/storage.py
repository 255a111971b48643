"""Dagster's storage in Postgres through one pool of connections per process.

dagster_postgres gives each of its three storages an engine without a pool, so that a run of six assets opens about 155
connections and spends most of its time in opening them. Here the three share one pool, and so do all instances that a
process makes of the same database.
"""

import os
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Self

from dagster._config.config_schema import UserConfigSchema
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.config import pg_config
from dagster._serdes import ConfigurableClass, ConfigurableClassData
from dagster_postgres.event_log import PostgresEventLogStorage
from dagster_postgres.run_storage import PostgresRunStorage
from dagster_postgres.schedule_storage import PostgresScheduleStorage
from dagster_postgres.utils import pg_url_from_config, set_pg_statement_timeout
from sqlalchemy import Engine, create_engine, event, make_url, text

from leadgen_assets.platform.queries import LOCK_DAGSTER_TABLES

POOL_SIZE = 4
POOL_OVERFLOW = 8

_engines: dict[str, Engine] = {}
_with_tables: set[str] = set()
_schema: set[tuple[str, ...]] = set()


def psycopg2_url(url: str) -> str:
    """The URL with the driver Dagster works with; SQLAlchemy 2.1 takes `postgresql://` for psycopg 3."""
    return make_url(url).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


def process_engine(url: str) -> Engine:
    """This process's only engine for a database, made when it is first asked for."""
    if url not in _engines:
        engine = create_engine(
            url,
            isolation_level="AUTOCOMMIT",
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_pre_ping=True,
        )
        _engines.setdefault(url, engine)
    return _engines[url]


def close_pools() -> None:
    """Closes this process's idle connections; the next use opens new ones. Needed before a fork."""
    for engine in _engines.values():
        engine.dispose()


def _forget_parents_connections() -> None:
    for engine in _engines.values():
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_parents_connections)


def remember_yes(asks: Callable[..., bool]) -> Callable[..., bool]:
    """A question about the schema, put to the database until it says yes: what is there does not go away.

    Dagster reads the catalogue more than 50 times in a run of six assets, which is a third of the run.
    """

    @wraps(asks)
    def answer(storage: Any, *arguments: str) -> bool:
        fact = (storage.postgres_url, asks.__qualname__, *arguments)
        if fact not in _schema and asks(storage, *arguments):
            _schema.add(fact)
        return fact in _schema

    return answer


class PooledRunStorage(PostgresRunStorage):
    """Runs, over the process's pool."""

    def __init__(self, url: str) -> None:
        super().__init__(url, should_autocreate_tables=False)
        self._engine = process_engine(url)

    @property
    def libpq_url(self) -> str:
        """The URL without the driver, for a connection beside the pool."""
        return make_url(self.postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)

    def optimize_for_webserver(self, statement_timeout: int, *_: int, **__: int) -> None:
        """Gives the connections of the pool the web server's statement timeout, in milliseconds."""
        event.listen(self._engine, "connect", lambda new, _: set_pg_statement_timeout(new, statement_timeout))
        self._engine.dispose()

    has_run_stats_index_cols = remember_yes(PostgresRunStorage.has_run_stats_index_cols)
    has_backfill_id_column = remember_yes(PostgresRunStorage.has_backfill_id_column)


class PooledEventLogStorage(PostgresEventLogStorage):
    """Events, over the process's pool."""

    def __init__(self, url: str) -> None:
        super().__init__(url, should_autocreate_tables=False)
        self._engine = process_engine(url)

    def optimize_for_webserver(self, *_: int, **__: int) -> None:
        """Nothing: the run storage did it for the pool."""

    has_table = remember_yes(PostgresEventLogStorage.has_table)
    has_asset_key_col = remember_yes(PostgresEventLogStorage.has_asset_key_col)


class PooledScheduleStorage(PostgresScheduleStorage):
    """Ticks and the states of sensors and schedules, over the process's pool."""

    def __init__(self, url: str) -> None:
        super().__init__(url, should_autocreate_tables=False)
        self._engine = process_engine(url)

    def optimize_for_webserver(self, *_: int, **__: int) -> None:
        """Nothing: the run storage did it for the pool."""


def create_missing_tables(url: str) -> None:
    """Creates Dagster's tables where they are missing. Processes that start together do it one after the other."""
    engine = process_engine(url)
    with engine.connect().execution_options(isolation_level="READ COMMITTED") as lock, lock.begin():
        lock.execute(text(LOCK_DAGSTER_TABLES))
        for storage in (PostgresRunStorage, PostgresEventLogStorage, PostgresScheduleStorage):
            storage(url, should_autocreate_tables=True)


class PooledPostgresStorage(DagsterStorage[Any], ConfigurableClass):
    """Runs, events and schedules in one Postgres database. Takes the configuration of `storage: postgres`."""

    def __init__(
        self,
        postgres_url: str,
        should_autocreate_tables: bool = True,
        inst_data: ConfigurableClassData | None = None,
    ) -> None:
        self._inst_data = inst_data
        url = psycopg2_url(postgres_url)
        if should_autocreate_tables and url not in _with_tables:
            create_missing_tables(url)
            _with_tables.add(url)
        self._run_storage = PooledRunStorage(url)
        self._event_log_storage = PooledEventLogStorage(url)
        self._schedule_storage = PooledScheduleStorage(url)

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        """Where this object's configuration came from."""
        return self._inst_data

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """The same as that of `storage: postgres`."""
        return pg_config()

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """What Dagster calls with the configuration of `dagster.yaml`."""
        return cls(pg_url_from_config(config_value), config_value["should_autocreate_tables"], inst_data)

    @property
    def run_storage(self) -> PooledRunStorage:
        """Runs."""
        return self._run_storage

    @property
    def event_log_storage(self) -> PooledEventLogStorage:
        """Events."""
        return self._event_log_storage

    @property
    def schedule_storage(self) -> PooledScheduleStorage:
        """Ticks and the states of sensors and schedules."""
        return self._schedule_storage
