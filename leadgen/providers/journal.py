"""The ledger's writer in one process: intents before the calls, settlements after them, many in one transaction.

Group commit: whatever calls are waiting when the last transaction ends go into the next one together. Each keeps the
durability of a transaction of its own at a fraction of the price (BENCHMARKS.md section 1: 35 times at no latency).
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Literal
from uuid import UUID

import orjson
from psycopg import AsyncConnection, OperationalError
from psycopg.rows import DictRow, dict_row

from leadgen.errors import DatabaseDown
from leadgen.providers import queries
from leadgen.providers.calls import KeyOwner

Outcome = Literal["cached", "opened", "busy", "batched", "refused", "parked", "unclear", "dropped", "unknown"]
Health = Literal["up", "down"]

MOST_IN_ONE_TRANSACTION = 64


@dataclass(frozen=True, slots=True)
class Work:
    """Whose calls these are: one run of one campaign. `campaign_id` is None for calls outside any campaign."""

    organization_id: UUID
    campaign_id: UUID | None
    run_id: str


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be asked, and the most it can cost in micros.

    `is_private`: the answer is the tenant's own. `repeatable_seconds`: for how long it may be asked again when its end is
    not known; 0 never, None for ever.
    """

    stage: str
    vendor: str
    operation: str
    key_owner: KeyOwner
    fingerprint: bytes
    expected_micros: int
    is_private: bool = False
    repeatable_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of an intent, as app.open_provider_calls explains.

    `body` and `fetched_at` are there when it is cached; `call_id` when cached or opened, and the earlier call's when unclear;
    `cap` when refused, with `wait_seconds` until it frees by itself; `wait_seconds` when parked.
    """

    outcome: Outcome
    call_id: int | None
    http_status: int | None
    is_miss: bool | None
    body: str | None
    fetched_at: datetime | None
    cap: str | None = None
    wait_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a call ended. Stored for `time_to_live_seconds` when it was settled and that is positive.

    `health` is what it says of the vendor; None: nothing.
    """

    call_id: int
    status: Literal["settled", "failed", "abandoned"]
    http_status: int | None
    is_miss: bool
    body: str
    usage: Sequence[dict[str, Any]]
    cost_micros: int
    attempts: int
    failure: str | None
    latency_ms: int
    time_to_live_seconds: float
    health: Health | None = None


@dataclass(slots=True)
class _Waiting:
    item: Intent | Settlement | None  # None: declare the calls of dead workers
    only_known: bool
    done: "asyncio.Future[Any]"


class Journal:
    """Use as `async with Journal(url, work) as journal:`; one per process and run.

    Intents and settlements have a connection each, so that a call's end does not wait for another's beginning. The first is
    the worker: the advisory lock it holds tells every other process that this one lives.
    """

    def __init__(self, url: str, work: Work) -> None:
        self.work = work
        self.worker_id = 0
        self._url = url
        self._stack = AsyncExitStack()
        self._writers: tuple[_Writer, ...] = ()

    async def __aenter__(self) -> "Journal":
        async with AsyncExitStack() as stack:
            intents, settlements = [await self._connect(stack) for _ in range(2)]
            row = await (await intents.execute(queries.ENTER_WORKER)).fetchone()
            self.worker_id = next(iter(row.values())) if row else 0
            await intents.execute(queries.ABANDON_DEAD_CALLS)
            self._writers = (_Writer(intents, self), _Writer(settlements, self))
            for writer in self._writers:
                stack.push_async_callback(writer.close)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    async def _connect(self, stack: AsyncExitStack) -> AsyncConnection[DictRow]:
        try:
            connection = await AsyncConnection.connect(
                self._url, autocommit=True, row_factory=dict_row, application_name="leadgen journal"
            )
        except OperationalError as error:
            raise DatabaseDown("Postgres does not answer.", remedy="See `leadgen doctor`.") from error
        stack.push_async_callback(connection.close)
        await connection.execute(queries.ENTER_TENANT, (str(self.work.organization_id),))
        return connection

    async def look(self, intent: Intent) -> Opened:
        """Answers from the store: `cached` or `unknown`. Writes the use into the ledger."""
        opened: Opened = await self._writers[0].submit(intent, only_known=True)
        return opened

    async def open(self, intent: Intent) -> Opened:
        """Writes the intent and reserves its money: any outcome but `unknown`."""
        opened: Opened = await self._writers[0].submit(intent)
        return opened

    async def settle(self, settlement: Settlement) -> None:
        """Returns when the answer and its cost are committed."""
        await self._writers[1].submit(settlement)

    async def declare_dead_calls(self) -> None:
        """Frees the flights of workers that died since we began."""
        await self._writers[0].submit(None)

    def lose(self, error: Exception, batch: Sequence[_Waiting]) -> None:
        """A connection is gone: every lane that waits on any of them raises it, and so does every later one."""
        lost = DatabaseDown("the ledger's connection is lost.", remedy="The run resumes where it stopped.")
        lost.__cause__ = error
        for writer in self._writers:
            writer.lost = lost
        for waiting in [*batch, *(waiting for writer in self._writers for waiting in writer.waiting)]:
            if not waiting.done.done():
                waiting.done.set_exception(lost)
                waiting.done.exception()  # a lane may have left meanwhile: that is no error of its own


class _Writer:
    """One connection, and what waits to be written over it."""

    def __init__(self, connection: AsyncConnection[DictRow], journal: Journal) -> None:
        self._journal = journal
        self.waiting: list[_Waiting] = []
        self.lost: DatabaseDown | None = None
        self._wake = asyncio.Event()
        self._task = asyncio.create_task(self._write(connection), name="journal")

    async def close(self) -> None:
        """Writes what waits, and ends."""
        while self.waiting and not self._task.done():  # settlements of calls that were cancelled on the way
            await asyncio.wait([self.waiting[-1].done, self._task], return_when=asyncio.FIRST_COMPLETED)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def submit(self, item: Intent | Settlement | None, *, only_known: bool = False) -> Any:
        """Returns what became of the item when its transaction is committed."""
        if self.lost is not None:
            raise self.lost
        waiting = _Waiting(item, only_known, asyncio.get_running_loop().create_future())
        self.waiting.append(waiting)
        self._wake.set()
        return await waiting.done

    async def _write(self, connection: AsyncConnection[DictRow]) -> None:
        batch: list[_Waiting] = []
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await asyncio.sleep(0)  # let every lane that is ready now join this transaction
                while self.waiting:
                    batch = self._next_batch()
                    await self._commit(connection, batch)
        except Exception as error:  # noqa: BLE001  # each lane that waits raises it
            self._journal.lose(error, batch)

    def _next_batch(self) -> list[_Waiting]:
        """Items of one kind, oldest first."""
        first = self.waiting[0]
        batch: list[_Waiting] = []
        rest: list[_Waiting] = []
        for waiting in self.waiting:
            alike = _kind(waiting) == _kind(first) and len(batch) < MOST_IN_ONE_TRANSACTION
            (batch if alike else rest).append(waiting)
        self.waiting = rest
        return batch

    async def _commit(self, connection: AsyncConnection[DictRow], batch: list[_Waiting]) -> None:
        results: list[Opened | None] = [None] * len(batch)
        if batch[0].item is None:
            await connection.execute(queries.ABANDON_DEAD_CALLS)
        elif isinstance(batch[0].item, Settlement):
            await self._settle(connection, [w.item for w in batch if isinstance(w.item, Settlement)])
        else:
            intents = [w.item for w in batch if isinstance(w.item, Intent)]
            results = list(await self._open(connection, intents, only_known=batch[0].only_known))
        for waiting, result in zip(batch, results, strict=True):
            if not waiting.done.done():
                waiting.done.set_result(result)

    async def _open(
        self, connection: AsyncConnection[DictRow], intents: Sequence[Intent], *, only_known: bool
    ) -> list[Opened]:
        cursor = await connection.execute(
            queries.OPEN_CALLS,
            {
                "worker": self._journal.worker_id,
                "campaign": self._journal.work.campaign_id,
                "stage": intents[0].stage,
                "run": self._journal.work.run_id,
                "vendors": [i.vendor for i in intents],
                "operations": [i.operation for i in intents],
                "key_owners": [i.key_owner for i in intents],
                "privates": [i.is_private for i in intents],
                "repeatable": [i.repeatable_seconds for i in intents],
                "fingerprints": [i.fingerprint for i in intents],
                "expected": [i.expected_micros for i in intents],
                "only_known": only_known,
            },
        )
        rows = await cursor.fetchall()
        return [
            Opened(
                row["outcome"],
                row["call_id"],
                row["http_status"],
                row["is_miss"],
                row["body"],
                row["fetched_at"],
                row["cap"],
                row["wait_seconds"],
            )
            for row in rows
        ]

    async def _settle(self, connection: AsyncConnection[DictRow], ended: Sequence[Settlement]) -> None:
        await connection.execute(
            queries.SETTLE_CALLS,
            {
                "call_ids": [s.call_id for s in ended],
                "statuses": [s.status for s in ended],
                "http_statuses": [s.http_status for s in ended],
                "misses": [s.is_miss for s in ended],
                "bodies": [s.body.replace("\x00", "") for s in ended],
                "usages": [orjson.dumps(list(s.usage)).decode() for s in ended],
                "costs": [s.cost_micros for s in ended],
                "attempts": [s.attempts for s in ended],
                "failures": [s.failure for s in ended],
                "latencies": [s.latency_ms for s in ended],
                "times_to_live": [s.time_to_live_seconds for s in ended],
                "healths": [s.health for s in ended],
            },
        )


def _kind(waiting: _Waiting) -> tuple[type, str, bool]:
    item = waiting.item
    return (type(item), item.stage if isinstance(item, Intent) else "", waiting.only_known)
