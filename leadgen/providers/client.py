"""The one way out: known answers first, then the intent, a place, a permit, the call, its settlement.

Each call is paid at most once: its answer is stored under the request's fingerprint, and its intent is committed before it
is sent, so that a crash leaves nothing unexplained. Retries, their pauses and their end are decided here and nowhere else.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Generic, NoReturn, TypeVar
from weakref import WeakValueDictionary

import structlog

from leadgen.errors import BudgetSpent, OutcomeUnclear, VendorRefused, VendorUnavailable
from leadgen.providers.calls import (
    Answer,
    Judgement,
    Lookup,
    NoAnswer,
    Operation,
    Receipt,
    Reply,
    Request,
    Sender,
    Verdict,
    fingerprint,
)
from leadgen.providers.journal import Intent, Journal, Opened, Work
from leadgen.providers.keys import KeyRing, Reach
from leadgen.providers.limits import Limiter
from leadgen.providers.settling import Sent, cost_of, error_of, not_carried_out, pause_seconds, settlement
from leadgen.providers.wire import Wire
from leadgen.settings import Settings

T = TypeVar("T")

BUSY_PAUSE_SECONDS = 0.1  # until another process's flight is looked at again
BATCH_SECONDS = 300.0  # until a vendor's batch is looked at again
MOST_LOOKUPS = 3  # of one lost answer

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Call(Generic[T]):
    """One question, with everything that decides how it is asked."""

    operation: Operation
    request: Request
    read: Callable[[Any], T]
    send: Sender | None
    find: Lookup | None
    reach: Reach
    intent: Intent
    scope: str  # of the vendor's limits: per key

    @property
    def window_scope(self) -> str:
        """The scope of the rates that this kind of call counts in."""
        return f"{self.scope}:{self.operation.limit_scope}" if self.operation.limit_scope else self.scope

    def answer(self, reply: Reply, call_id: int) -> Answer[T]:
        """The answer that has just been bought."""
        is_miss = self.operation.judge(reply).verdict is Verdict.MISS
        receipt = Receipt(self.intent.vendor, self.intent.operation, call_id, datetime.now(UTC), cached=False)
        return Answer(None if is_miss else self.read(reply.json()), receipt)

    def stored(self, known: Opened) -> Answer[T]:
        """The answer that was known already."""
        reply = Reply(known.http_status or 200, known.body or "")
        fetched_at = known.fetched_at or datetime.now(UTC)
        receipt = Receipt(self.intent.vendor, self.intent.operation, known.call_id or 0, fetched_at, cached=True)
        return Answer(None if known.is_miss else self.read(reply.json()), receipt)


class ProviderClient:
    """Every outside call of one run. Use as `async with ProviderClient(settings, url, work) as client:`.

    `stage` names the asset at work; it is part of each ledger line, not of the fingerprint.
    """

    def __init__(self, settings: Settings, database_url: str, work: Work) -> None:
        self.stage = "none"
        self._settings = settings
        self._url = database_url
        self._work = work
        self._keys = KeyRing(settings, database_url, work.organization_id)
        self._journal = Journal(database_url, work)
        self._wire = Wire()
        # one caller a fingerprint at a time in this process; the others then find the answer stored
        self._flights: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()
        self._stack = AsyncExitStack()
        self._limiter: Limiter | None = None

    async def __aenter__(self) -> "ProviderClient":
        await self._stack.enter_async_context(self._wire)
        await self._stack.enter_async_context(self._journal)
        self._limiter = await self._stack.enter_async_context(
            Limiter(self._url, self._journal.worker_id, self._work.organization_id)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    async def ask(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        *,
        send: Sender | None = None,
        find: Lookup | None = None,
    ) -> Answer[T]:
        """One answer, from the store when it is known and fresh, else from the vendor. `Asks.ask` explains the rest.

        `read` turns the vendor's JSON into our value; a miss gives `Answer(None, receipt)`.

        Raises:
            VendorRefused, CredentialsRejected, QuotaSpent: trying again is of no use.
            VendorUnavailable: the deadline passed without an answer.
            OutcomeUnclear: the call may have been carried out already, and may not be repeated.
            BudgetSpent: the call would pass a cap.
            ConfigurationError: the vendor has no key and there is no sandbox.
        """
        reach = await self._keys.reach(operation.vendor)
        organization = str(self._work.organization_id)
        whose = organization if operation.is_private or reach.owner == "organization" else "platform"
        mark = fingerprint(operation, request, whose)
        expected = cost_of(operation.expected, reach.settings, operation)
        repeatable = operation.repeatable_for(expected, self._settings.dear_call_micros)
        intent = Intent(
            stage=self.stage,
            vendor=operation.vendor.name,
            operation=operation.name,
            key_owner=reach.owner,
            fingerprint=mark,
            expected_micros=expected,
            is_private=operation.is_private,
            repeatable_seconds=None if repeatable is None else repeatable.total_seconds(),
        )
        key_scope = organization if reach.owner == "organization" else "platform"
        call = _Call(operation, request, read, send, find, reach, intent, f"{intent.vendor}:{key_scope}")
        flight = self._flights.setdefault(mark, asyncio.Lock())
        async with flight:
            known = await self._journal.look(intent)
            return call.stored(known) if known.outcome == "cached" else await self._fetch(call)

    async def _fetch(self, call: _Call[T]) -> Answer[T]:
        """Asks until there is an answer, or no use in asking."""
        attempts = lookups = 0
        give_up_at = time.monotonic() + call.reach.settings.deadline_seconds
        while True:
            opened = await self._open(call)
            if opened.outcome == "cached":
                return call.stored(opened)
            if opened.outcome in {"busy", "parked"}:
                await self._wait_for_others(call, opened, give_up_at)
                continue
            if opened.outcome == "unclear" and call.find and lookups < MOST_LOOKUPS:
                lookups += 1
                if found := await self._look_up(call, call.find, opened.call_id or 0):
                    return found
                continue
            if opened.outcome != "opened":
                self._refuse(call, opened)
            attempts += 1
            sent = await self._call(call, opened.call_id or 0, attempts)
            if sent.is_answered and sent.reply is not None:
                return call.answer(sent.reply, opened.call_id or 0)
            if sent.maybe_paid and call.intent.repeatable_seconds == 0:
                continue  # the ledger now says `unclear`
            pause = pause_seconds(attempts, sent.judgement)
            if sent.judgement.verdict is not Verdict.RETRY or time.monotonic() + pause > give_up_at:
                raise error_of(call.operation, sent)
            log.info(
                "call is repeated",
                vendor=call.intent.vendor,
                operation=call.intent.operation,
                attempt=attempts,
                reason=sent.judgement.message,
                pause_seconds=round(pause, 2),
            )
            await asyncio.sleep(pause)

    async def _open(self, call: _Call[T]) -> Opened:
        """Writes the intent, and takes a place where it was opened."""
        most = call.reach.settings.concurrency
        ahead = self._limits.ahead(call.scope, most)
        await ahead.acquire()
        try:
            opened = await self._journal.open(call.intent)
            if opened.outcome == "opened":
                await self._limits.enter(call.scope, most)
        finally:
            ahead.release()
        return opened

    async def _wait_for_others(self, call: _Call[T], opened: Opened, give_up_at: float) -> None:
        """Another process fetches the answer, or the vendor's circuit is open."""
        if opened.outcome == "busy":
            await asyncio.sleep(BUSY_PAUSE_SECONDS)
            await self._journal.declare_dead_calls()
            return
        wait = opened.wait_seconds or BUSY_PAUSE_SECONDS
        if time.monotonic() + wait > give_up_at:
            raise VendorUnavailable(
                call.intent.vendor,
                call.intent.operation,
                "it has failed many times in a row and is left alone for a while.",
                remedy="The campaign goes on by itself when it answers again.",
            )
        await asyncio.sleep(wait)

    def _refuse(self, call: _Call[T], opened: Opened) -> NoReturn:
        vendor, operation = call.intent.vendor, call.intent.operation
        if opened.outcome == "refused":
            raise BudgetSpent(opened.cap or "campaign", frees_in_seconds=opened.wait_seconds)
        if opened.outcome == "dropped":
            raise VendorRefused(
                vendor, operation, f"call {opened.call_id} was cut off, and a person has said to leave it."
            )
        if opened.outcome == "batched":
            error = VendorUnavailable(vendor, operation, "its answer comes with a batch that is still at the vendor.")
            error.resume_after_seconds = BATCH_SECONDS
            raise error
        raise OutcomeUnclear(vendor, operation, opened.call_id or 0)

    async def _look_up(self, call: _Call[T], find: Lookup, call_id: int) -> Answer[T] | None:
        """Settles an earlier call whose answer was lost: with its answer, or as not carried out."""
        reply = await find()
        if reply is None:
            await self._journal.settle(not_carried_out(call_id))
            return None
        sent = Sent(reply, call.operation.judge(reply), maybe_paid=False, latency_ms=0)
        await self._journal.settle(settlement(call.operation, call.reach.settings, call.intent, call_id, sent, 1))
        return call.answer(reply, call_id) if sent.is_answered else None

    async def _call(self, call: _Call[T], call_id: int, attempts: int) -> Sent:
        """One attempt, in its place and at its time, settled."""
        vendor, limits = call.reach.settings, self._limits
        windows = vendor.scope_limits.get(call.operation.limit_scope or "", vendor.limits)
        try:
            await limits.permit(call.window_scope, windows)
            sent = await self._send(call)
        finally:
            limits.leave(call.scope)
        await self._journal.settle(settlement(call.operation, vendor, call.intent, call_id, sent, attempts))
        if sent.reply is not None:
            for told in call.operation.vendor.told(sent.reply):
                await limits.correct(call.window_scope, windows, told)
        if sent.judgement.verdict is Verdict.RETRY and sent.judgement.retry_after_seconds:
            await limits.hold(call.window_scope, windows, sent.judgement.retry_after_seconds)
        if sent.is_answered:
            await self._keys.note_use(call.operation.vendor)
        elif sent.judgement.verdict is Verdict.CREDENTIALS:
            await self._keys.note_error(call.operation.vendor, sent.judgement.message)
        return sent

    async def _send(self, call: _Call[T]) -> Sent:
        began = time.monotonic()
        reply: Reply | None = None
        maybe_paid = False
        request = call.request
        if header := call.operation.idempotency_header:
            request = request.with_header(header, call.intent.fingerprint.hex())
        try:
            if call.send is not None:
                reply = await call.send(request, call.reach.settings, call.reach.key)
            else:
                reply = await self._wire.send(call.operation.vendor, request, call.reach.settings, call.reach.key)
            judgement = call.operation.judge(reply)
            # a server that broke down, or whose yes cannot be read, may have done what it was asked
            is_unclear = judgement.verdict is Verdict.RETRY and not 300 <= reply.status < 500
            maybe_paid = is_unclear and call.intent.repeatable_seconds == 0
        except NoAnswer as error:
            judgement = Judgement(Verdict.RETRY, f"no answer ({error})")
            maybe_paid = error.sent
        return Sent(reply, judgement, maybe_paid, round((time.monotonic() - began) * 1000))

    @property
    def _limits(self) -> Limiter:
        if self._limiter is None:
            raise RuntimeError("the client is not open")
        return self._limiter
