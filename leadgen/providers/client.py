"""The one way out: known answers first, then the intent, a place, a permit, the call, its settlement.

Each call is paid at most once: its answer is stored under the request's fingerprint, and its intent is committed before it
is sent, so that a crash leaves nothing unexplained. Retries, their pauses and their end are decided here and nowhere else.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import structlog

from leadgen.domain.money import micros
from leadgen.errors import (
    BudgetSpent,
    ConfigurationError,
    CredentialsRejected,
    QuotaSpent,
    VendorError,
    VendorRefused,
    VendorUnavailable,
)
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
    Usage,
    Verdict,
    fingerprint,
)
from leadgen.providers.journal import Intent, Journal, Opened, Settlement, Work
from leadgen.providers.limits import Limiter
from leadgen.providers.wire import Wire
from leadgen.settings import Settings, VendorSettings

T = TypeVar("T")

SANDBOX_KEY = "sandbox"
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
BUSY_PAUSE_SECONDS = 0.1  # until another process's flight is looked at again
ANSWERED = frozenset({Verdict.ANSWER, Verdict.MISS})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Sent:
    """What became of one attempt. `maybe_paid`: no reply, yet the request may have arrived."""

    reply: Reply | None
    judgement: Judgement
    maybe_paid: bool
    latency_ms: int


class ProviderClient:
    """Every outside call of one run. Use as `async with ProviderClient(settings, url, work) as client:`.

    `stage` names the asset at work; it is part of each ledger line, not of the fingerprint.
    """

    def __init__(self, settings: Settings, database_url: str, work: Work) -> None:
        self.stage = "none"
        self._settings = settings
        self._url = database_url
        self._journal = Journal(database_url, work)
        self._wire = Wire()
        # one caller a fingerprint at a time in this process; the others then find the answer stored
        self._flights: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()
        self._stack = AsyncExitStack()
        self._limiter: Limiter | None = None

    async def __aenter__(self) -> "ProviderClient":
        await self._stack.enter_async_context(self._wire)
        await self._stack.enter_async_context(self._journal)
        self._limiter = await self._stack.enter_async_context(Limiter(self._url, self._journal.worker_id))
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
        find: Lookup | None = None,  # noqa: ARG002
    ) -> Answer[T]:
        """One answer, from the store when it is known and fresh, else from the vendor.

        `read` turns the vendor's JSON into our value; a miss gives `Answer(None, receipt)`. `send` replaces plain HTTP
        where a vendor's own SDK does the sending.

        Raises:
            VendorRefused, CredentialsRejected, QuotaSpent: trying again is of no use.
            VendorUnavailable: the deadline passed without an answer.
            BudgetSpent: the call would pass the campaign's budget.
            ConfigurationError: the vendor has no key and there is no sandbox.
        """
        vendor, key = self._reach(operation)
        mark = fingerprint(operation, request, "platform")
        intent = Intent(
            self.stage,
            operation.vendor.name,
            operation.name,
            "platform",
            mark,
            _cost(operation.expected, vendor, operation),
        )
        flight = self._flights.setdefault(mark, asyncio.Lock())
        async with flight:
            known = await self._journal.look(intent)
            if known.outcome == "cached":
                return _read_stored(operation, known, read)
            return await self._fetch(operation, request, read, intent, vendor, key, send)

    async def _fetch(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        intent: Intent,
        vendor: VendorSettings,
        key: str,
        send: Sender | None,
    ) -> Answer[T]:
        scope = f"{intent.vendor}:platform"
        window_scope = f"{scope}:{operation.limit_scope}" if operation.limit_scope else scope
        windows = vendor.scope_limits.get(operation.limit_scope or "", vendor.limits)
        attempts = 0
        give_up_at = time.monotonic() + vendor.deadline_seconds
        while True:
            ahead = self._limits.ahead(scope, vendor.concurrency)
            await ahead.acquire()
            try:
                opened = await self._journal.open(intent)
                if opened.outcome == "opened":
                    await self._limits.enter(scope, vendor.concurrency)
            finally:
                ahead.release()
            if opened.outcome == "cached":
                return _read_stored(operation, opened, read)
            if opened.outcome == "refused":
                raise BudgetSpent("campaign")
            if opened.outcome == "busy":
                await asyncio.sleep(BUSY_PAUSE_SECONDS)
                await self._journal.declare_dead_calls()
                continue
            attempts += 1
            try:
                await self._limits.permit(window_scope, windows)
                sent = await self._send(operation, request, vendor, key, send)
            finally:
                self._limits.leave(scope)
            await self._journal.settle(_settlement(operation, vendor, intent, opened, sent, attempts))
            verdict = sent.judgement.verdict
            if sent.reply is not None and verdict in ANSWERED:
                receipt = Receipt(intent.vendor, intent.operation, opened.call_id or 0, datetime.now(UTC), cached=False)
                return Answer(None if verdict is Verdict.MISS else read(sent.reply.json()), receipt)
            pause = _pause(attempts, sent.judgement)
            may_repeat = verdict is Verdict.RETRY and not (operation.acts_on_world and sent.maybe_paid)
            if not may_repeat or time.monotonic() + pause > give_up_at:
                raise _error(operation, sent)
            if sent.judgement.retry_after_seconds:
                await self._limits.hold(window_scope, windows, sent.judgement.retry_after_seconds)
            log.info(
                "call is repeated",
                vendor=intent.vendor,
                operation=intent.operation,
                attempt=attempts,
                reason=sent.judgement.message,
                pause_seconds=round(pause, 2),
            )
            await asyncio.sleep(pause)

    async def _send(
        self, operation: Operation, request: Request, vendor: VendorSettings, key: str, send: Sender | None
    ) -> "_Sent":
        began = time.monotonic()
        reply: Reply | None = None
        maybe_paid = False
        try:
            if send is not None:
                reply = await send(request, vendor, key)
            else:
                reply = await self._wire.send(operation.vendor, request, vendor, key)
            judgement = operation.judge(reply)
        except NoAnswer as error:
            judgement = Judgement(Verdict.RETRY, f"no answer ({error})")
            maybe_paid = error.sent
        return _Sent(reply, judgement, maybe_paid, round((time.monotonic() - began) * 1000))

    def _reach(self, operation: Operation) -> tuple[VendorSettings, str]:
        """The vendor's settings and the key to use; the sandbox's where the vendor has no key."""
        name = operation.vendor.name
        vendor = self._settings.vendor(name)
        if vendor.key is not None:
            return vendor, vendor.key.get_secret_value()
        if not vendor.needs_key:
            return vendor, ""
        if self._settings.sandbox_url is None:
            raise ConfigurationError(
                f"{name} has no key.",
                remedy=f"Set LEADGEN_{name.upper()}__KEY, or run with the sandbox (`leadgen up`).",
            )
        return vendor.model_copy(update={"base_url": f"{self._settings.sandbox_url}/{name}"}), SANDBOX_KEY

    @property
    def _limits(self) -> Limiter:
        if self._limiter is None:
            raise RuntimeError("the client is not open")
        return self._limiter


def _cost(usages: Sequence[Usage], vendor: VendorSettings, operation: Operation) -> int:
    total = 0
    for usage in usages:
        price = vendor.prices.get(usage.unit)
        if price is None:
            raise ConfigurationError(
                f"{operation.vendor.name} has no price for {usage.unit}.",
                remedy=f"Set LEADGEN_{operation.vendor.name.upper()}__PRICES.",
            )
        total += micros(usage.quantity, price)
    return total


def _settlement(
    operation: Operation, vendor: VendorSettings, intent: Intent, opened: Opened, sent: _Sent, attempts: int
) -> Settlement:
    judgement = sent.judgement
    answered = sent.reply is not None and judgement.verdict in ANSWERED
    usages = operation.charge(sent.reply) if sent.reply is not None else ()
    # a request that may have arrived may be on the bill: it is counted, and declared as such
    cost = intent.expected_micros if sent.maybe_paid else _cost(usages, vendor, operation)
    return Settlement(
        call_id=opened.call_id or 0,
        status="settled" if answered else "abandoned" if sent.maybe_paid else "failed",
        http_status=sent.reply.status if sent.reply else None,
        is_miss=judgement.verdict is Verdict.MISS,
        body=sent.reply.body if sent.reply and answered else "",
        usage=[
            {"unit": u.unit, "quantity": str(u.quantity), "unit_price_micros": str(vendor.prices[u.unit])}
            for u in usages
        ],
        cost_micros=cost,
        attempts=attempts,
        failure=None if answered else f"{judgement.verdict.value}: {judgement.message}"[:500],
        latency_ms=sent.latency_ms,
        time_to_live_seconds=_time_to_live(operation, judgement).total_seconds() if answered else 0.0,
    )


def _read_stored(operation: Operation, known: Opened, read: Callable[[Any], T]) -> Answer[T]:
    stored = Reply(known.http_status or 200, known.body or "")
    receipt = Receipt(
        operation.vendor.name,
        operation.name,
        known.call_id or 0,
        known.fetched_at or datetime.now(UTC),
        cached=True,
    )
    return Answer(None if known.is_miss else read(stored.json()), receipt)


def _time_to_live(operation: Operation, judgement: Judgement) -> timedelta:
    if judgement.verdict is Verdict.MISS and operation.miss_time_to_live is not None:
        return operation.miss_time_to_live
    return operation.time_to_live


def _pause(attempts: int, judgement: Judgement) -> float:
    """Full jitter over a doubling pause, never less than what the vendor asked for.

    Source: M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
    """
    ceiling = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (attempts - 1))
    jittered = random.uniform(ceiling / 2, ceiling)  # noqa: S311
    return max(jittered, judgement.retry_after_seconds or 0)


def _error(operation: Operation, sent: _Sent) -> VendorError:
    judgement = sent.judgement
    kinds: dict[Verdict, type[VendorError]] = {
        Verdict.REFUSED: VendorRefused,
        Verdict.CREDENTIALS: CredentialsRejected,
        Verdict.QUOTA: QuotaSpent,
    }
    remedies = {
        Verdict.CREDENTIALS: "Replace the key and resume the campaign.",
        Verdict.QUOTA: "Raise the vendor's plan or wait for its period to turn, then resume the campaign.",
        Verdict.RETRY: "The campaign resumes where it stopped when the vendor answers again.",
    }
    kind = kinds.get(judgement.verdict, VendorUnavailable)
    return kind(
        operation.vendor.name,
        operation.name,
        judgement.message or judgement.verdict.value,
        http_status=sent.reply.status if sent.reply else None,
        remedy=judgement.remedy or remedies.get(judgement.verdict),
    )
