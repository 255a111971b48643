"""Sessions under tenancy: every transaction of a tenant says whose it is, and row security does the rest.

What belongs here: how a connection and a transaction are opened and read. What does not: any query; those stand in the
`queries` modules.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, LiteralString
from uuid import UUID

from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from leadgen.store import queries
from leadgen.store.connections import connection_errors

CONNECT_SECONDS = 10

Parameters = Mapping[str, Any] | Sequence[Any] | None


class Transaction:
    """One transaction. Rows are dictionaries by column name."""

    def __init__(self, connection: AsyncConnection[DictRow]) -> None:
        self.connection = connection

    async def execute(self, sql: LiteralString, parameters: Parameters = None) -> int:
        """Runs a statement; returns the number of rows it touched."""
        cursor = await self.connection.execute(sql, parameters)
        return cursor.rowcount

    async def execute_many(self, sql: LiteralString, rows: Sequence[Mapping[str, Any] | Sequence[Any]]) -> None:
        """Runs a statement for each row, in one pipelined round trip."""
        async with self.connection.cursor() as cursor:
            await cursor.executemany(sql, rows)

    async def all(
        self, sql: LiteralString, parameters: Parameters = None, *, is_prepared: bool | None = None
    ) -> list[DictRow]:
        """Every row. `is_prepared` false: planned for these parameters, however often it is asked."""
        cursor = await self.connection.execute(sql, parameters, prepare=is_prepared)
        return await cursor.fetchall()

    async def one(
        self, sql: LiteralString, parameters: Parameters = None, *, is_prepared: bool | None = None
    ) -> DictRow | None:
        """The first row, or None; `is_prepared` as in `all`."""
        cursor = await self.connection.execute(sql, parameters, prepare=is_prepared)
        return await cursor.fetchone()

    async def value(self, sql: LiteralString, parameters: Parameters = None, *, is_prepared: bool | None = None) -> Any:
        """The first column of the first row, or None; `is_prepared` as in `all`."""
        row = await self.one(sql, parameters, is_prepared=is_prepared)
        return next(iter(row.values())) if row else None

    def cursor(self, name: str | None = None) -> AsyncCursor[DictRow]:
        """A cursor for COPY, or a named one for results too large to hold."""
        return self.connection.cursor(name) if name else self.connection.cursor()


class Database:
    """A pool of connections of one role.

    Use as `async with Database(url) as database:`, then `async with database.tenant(organization_id) as transaction:`.
    """

    def __init__(
        self, url: str, *, connections: int = 4, application: str = "leadgen", patience_seconds: float = 15
    ) -> None:
        """`patience_seconds`: how long a caller waits for a connection, and how long a lost server is looked for at once."""
        self.url = url
        self._pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=connections,
            open=False,
            timeout=patience_seconds,
            reconnect_timeout=patience_seconds,
            kwargs={"row_factory": dict_row, "application_name": application},
        )

    async def __aenter__(self) -> "Database":
        """Opens the pool.

        Raises:
            DatabaseDown, ConfigurationError: as `connections.connection_errors` says; at once, not after the pool's patience.
        """
        with connection_errors():
            await (await AsyncConnection.connect(self.url, connect_timeout=CONNECT_SECONDS)).close()
        await self._pool.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def tenant(
        self, organization_id: UUID | str, user_id: UUID | str | None = None
    ) -> AsyncIterator[Transaction]:
        """A transaction that sees one organization only; commits at the end, rolls back on an error.

        The pipeline's role needs the organization; the API's role also the user, who must be a member.

        Raises:
            DatabaseDown: no connection is to be had.
        """
        async with self._transaction(str(organization_id), str(user_id or "")) as transaction:
            yield transaction

    @asynccontextmanager
    async def nobody(self) -> AsyncIterator[Transaction]:
        """A transaction before a tenant is known: sees no tenant's rows, may call the narrow definer functions.

        Raises:
            DatabaseDown: no connection is to be had.
        """
        async with self._transaction("", "") as transaction:
            yield transaction

    @asynccontextmanager
    async def _transaction(self, organization_id: str, user_id: str) -> AsyncIterator[Transaction]:
        async with AsyncExitStack() as stack:
            with connection_errors():
                connection = await stack.enter_async_context(self._pool.connection())
            await stack.enter_async_context(connection.transaction())
            await connection.execute(queries.ENTER_TENANT, (organization_id, user_id))
            yield Transaction(connection)
