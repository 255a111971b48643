"""Vendors' limits, shared by every process through Postgres without a round trip a call.

Places (calls in flight) are leased to a process in whole numbers and handed out locally; a share shrinks when another
process asks, and a dead process's places come back at once. Permits (calls per window) are reserved for all callers that
wait, in one round trip, as points in time: each then sleeps until its own. Nobody polls.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from uuid import UUID

from psycopg import AsyncConnection, OperationalError
from psycopg.rows import DictRow, dict_row

from leadgen.errors import DatabaseDown
from leadgen.providers import queries
from leadgen.providers.calls import Told
from leadgen.settings import RequestLimit

RENEWAL_SECONDS = 0.5  # how soon a process gives places back that another one waits for
PERMITS_AT_ONCE = 64
BUCKETS_A_WINDOW = 20  # as app.take_permits divides it; a permit this late is given back and asked for again
# Intents committed before their place is free, as a share of the places: a place then never waits for a commit.
INTENTS_AHEAD = 0.8
RUNNING_SHORT = 0.2  # of a window left: from here on the vendor's own count is taken over


class _Places:
    """The places this process holds in one scope."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.granted = 0
        self.in_flight = 0
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.asked = 0  # what the last lease asked for
        self.ahead = asyncio.Semaphore(max(1, round(most * INTENTS_AHEAD)))

    @property
    def wanted(self) -> int:
        return min(self.most, self.in_flight + len(self.waiting))

    def admit(self) -> None:
        while self.waiting and self.in_flight < self.granted:
            place = self.waiting.popleft()
            if not place.done():
                self.in_flight += 1
                place.set_result(None)


class _Permits:
    """The callers that wait for a permit in one scope."""

    def __init__(self, scope: str, limits: Sequence[RequestLimit]) -> None:
        self.windows = sorted((f"{scope}/{limit.seconds:g}s", limit) for limit in limits)
        self.latest_seconds = min(limit.seconds for limit in limits) / BUCKETS_A_WINDOW
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.reserving: asyncio.Task[None] | None = None


class Limiter:
    """Use as `async with Limiter(url, worker_id, organization_id) as limiter:`; `worker_id` is the journal's.

    Places are shared out fairly between organizations first, then between the processes of each.
    """

    def __init__(self, url: str, worker_id: int, organization_id: UUID | None = None) -> None:
        self._url = url
        self._worker_id = worker_id
        self._organization_id = organization_id
        self._corrected_at: dict[str, float] = {}
        self._places: dict[str, _Places] = {}
        self._permits: dict[str, _Permits] = {}
        self._connection: AsyncConnection[DictRow] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._wake = asyncio.Event()
        self._leases: asyncio.Task[None] | None = None
        self._broken: DatabaseDown | None = None

    async def __aenter__(self) -> "Limiter":
        self._connection = await AsyncConnection.connect(
            self._url, autocommit=True, row_factory=dict_row, application_name="leadgen limiter"
        )
        self._leases = asyncio.create_task(self._renew(), name="leases")
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        tasks = [task for task in (self._leases, *(p.reserving for p in self._permits.values())) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._connection is not None:
            await self._connection.close()

    def ahead(self, scope: str, most: int) -> asyncio.Semaphore:
        """Bounds the calls of a scope whose intent is committed and that wait for a place."""
        return self._of(scope, most).ahead

    async def enter(self, scope: str, most: int) -> None:
        """Takes one of the scope's `most` places, over all processes; `leave` gives it back."""
        if self._broken is not None:
            raise self._broken
        places = self._of(scope, most)
        if places.in_flight < places.granted and not places.waiting:
            places.in_flight += 1
            return
        turn = asyncio.get_running_loop().create_future()
        places.waiting.append(turn)
        if places.wanted > places.asked:
            self._wake.set()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave(scope)
            raise

    def leave(self, scope: str) -> None:
        """Gives a place back."""
        places = self._places[scope]
        places.in_flight -= 1
        places.admit()

    def _of(self, scope: str, most: int) -> _Places:
        places = self._places.get(scope)
        if places is None:
            places = self._places[scope] = _Places(most)
        return places

    async def permit(self, scope: str, limits: Sequence[RequestLimit]) -> None:
        """Returns when the next call in this scope keeps within every one of its windows."""
        if not limits:
            return
        permits = self._permits.get(scope)
        if permits is None:
            permits = self._permits[scope] = _Permits(scope, limits)
        turn = asyncio.get_running_loop().create_future()
        permits.waiting.append(turn)
        if permits.reserving is None or permits.reserving.done():
            permits.reserving = asyncio.create_task(self._reserve(permits))
        await turn

    async def hold(self, scope: str, limits: Sequence[RequestLimit], seconds: float) -> None:
        """The vendor said "not before": every process leaves this scope alone for that long."""
        for window, _ in _Permits(scope, limits).windows if limits else ():
            await self._query(queries.HOLD_SCOPE, {"scope": window, "seconds": seconds})

    async def correct(self, scope: str, limits: Sequence[RequestLimit], told: Told) -> None:
        """Takes over the vendor's own count of a window where it runs short: others may use the same key."""
        limit = next((one for one in limits if one.seconds == told.window_seconds), None)
        if limit is None:  # a window that the settings do not know: only its end is minded
            if told.remaining <= 0:
                await self.hold(scope, limits, told.resets_in_seconds)
            return
        if told.remaining > limit.requests * RUNNING_SHORT:
            return
        window = f"{scope}/{limit.seconds:g}s"
        now = asyncio.get_running_loop().time()
        if now < self._corrected_at.get(window, 0.0) + limit.seconds / BUCKETS_A_WINDOW:
            return
        self._corrected_at[window] = now
        await self._query(
            queries.CORRECT_RATE,
            {"scope": window, "most": limit.requests, "seconds": limit.seconds, "remaining": told.remaining},
        )
        if told.remaining <= 0:
            await self._query(queries.HOLD_SCOPE, {"scope": window, "seconds": told.resets_in_seconds})

    async def _reserve(self, permits: _Permits) -> None:
        """Reserves for all that wait, then lets them go one by one, each at its instant."""
        loop = asyncio.get_running_loop()
        while permits.waiting:
            turns = [permits.waiting.popleft() for _ in range(min(len(permits.waiting), PERMITS_AT_ONCE))]
            try:
                waits = await self._instants(permits, len(turns))
            except OperationalError:
                lost = DatabaseDown("the limiter's connection is lost.", remedy="The run resumes where it stopped.")
                for turn in [*turns, *permits.waiting]:
                    if not turn.done():
                        turn.set_exception(lost)
                permits.waiting.clear()
                return
            reserved_at = loop.time()
            late: list[asyncio.Future[None]] = []
            for turn, wait in zip(turns, waits, strict=True):
                if (pause := reserved_at + wait - loop.time()) > 0:
                    await asyncio.sleep(pause)
                if loop.time() - reserved_at - wait > permits.latest_seconds:
                    late.append(turn)  # this process stood still: its permits may be another window's now
                elif not turn.done():
                    turn.set_result(None)
            permits.waiting.extendleft(reversed(late))

    async def _instants(self, permits: _Permits, n: int) -> list[float]:
        """Seconds from now for each of n permits: the latest over all windows."""
        instants = [0.0] * n
        for scope, limit in permits.windows:
            rows = await self._query(
                queries.TAKE_PERMITS, {"scope": scope, "most": limit.requests, "seconds": limit.seconds, "n": n}
            )
            instants = [max(pair) for pair in zip(instants, rows[0]["waits"], strict=True)]
        return instants

    async def _renew(self) -> None:
        try:
            await self._renew_for_ever()
        except (OperationalError, DatabaseDown) as error:
            self._broken = DatabaseDown("the limiter's connection is lost.", remedy="The run resumes where it stopped.")
            for places in self._places.values():
                for turn in places.waiting:
                    if not turn.done():
                        turn.set_exception(self._broken)
            raise self._broken from error

    async def _renew_for_ever(self) -> None:
        while True:
            try:
                async with asyncio.timeout(RENEWAL_SECONDS if any(p.asked for p in self._places.values()) else None):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            await asyncio.sleep(0)  # let every lane that is ready now be counted
            for scope, places in list(self._places.items()):
                if places.wanted or places.asked:
                    await self._lease(scope, places)

    async def _lease(self, scope: str, places: _Places) -> None:
        want = places.wanted
        places.granted = min(places.granted, places.in_flight)  # what is told as in flight must not grow meanwhile
        rows = await self._query(
            queries.LEASE_SLOTS,
            {
                "worker": self._worker_id,
                "scope": scope,
                "most": places.most,
                "want": want,
                "in_flight": places.in_flight,
                "organization": self._organization_id,
            },
        )
        places.asked = want
        places.granted = next(iter(rows[0].values()))
        places.admit()
        if places.wanted > places.asked:  # who came while we asked has not woken us
            self._wake.set()

    async def _query(self, sql: str, parameters: dict[str, object]) -> list[DictRow]:
        if self._connection is None:
            raise DatabaseDown("the limiter is not open.")
        async with self._one_at_a_time:
            cursor = await self._connection.execute(sql.encode(), parameters)
            return await cursor.fetchall() if cursor.description else []
