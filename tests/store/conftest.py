"""Connections in the place of the processes that race and die in these tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import UUID

import psycopg
import pytest
from databases import Connect

from leadgen.store.connections import Connections


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Opens connections that the end of the test closes; `organization_id` and `user_id` say whose they are."""
    with ExitStack() as stack:

        def open_connection(
            url: str, *, organization_id: UUID | str = "", user_id: UUID | str = "", autocommit: bool = True
        ) -> psycopg.Connection:
            connection = psycopg.connect(url, autocommit=True)
            stack.callback(connection.close)
            connection.execute(
                "select set_config('app.organization_id', %s, false), set_config('request.jwt.claim.sub', %s, false)",
                (str(organization_id), str(user_id)),
            )
            connection.autocommit = autocommit
            return connection

        yield open_connection


@pytest.fixture
def until_blocked(connect: Connect) -> Callable[[psycopg.Connection], None]:
    """Returns when a connection waits for a lock that another one holds."""

    def wait(blocked: psycopg.Connection) -> None:
        watcher = connect(blocked.info.dsn + f" password={blocked.info.password}")
        for _ in range(100_000):
            if watcher.execute("select cardinality(pg_blocking_pids(%s)) > 0", (blocked.info.backend_pid,)).fetchone()[
                0
            ]:
                return
        raise AssertionError("the connection never waited for a lock")

    return wait


@pytest.fixture
def kill(connect: Connect, database_urls: Connections) -> Callable[[psycopg.Connection], None]:
    """Ends a connection as its process's death would, and returns when the server has seen it."""
    owner = connect(database_urls.owner)

    def end(connection: psycopg.Connection) -> None:
        ended = owner.execute("select pg_terminate_backend(%s, 60000)", (connection.info.backend_pid,)).fetchone()
        assert ended == (True,)
        connection.close()

    return end
