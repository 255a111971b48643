"""What a call that has ended means: its cost, its ledger line, the vendor's health, the pause before another, the error.

Plain functions over plain values; `client.py` carries out what they say.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from leadgen.domain.money import micros
from leadgen.errors import (
    ConfigurationError,
    CredentialsRejected,
    QuotaSpent,
    VendorError,
    VendorRefused,
    VendorUnavailable,
)
from leadgen.providers.calls import Judgement, Operation, Reply, Usage, Verdict
from leadgen.providers.journal import Health, Intent, Settlement
from leadgen.settings import VendorSettings

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
ANSWERED = frozenset({Verdict.ANSWER, Verdict.MISS})


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one attempt. `maybe_paid`: it may have been carried out, and nobody said so."""

    reply: Reply | None
    judgement: Judgement
    maybe_paid: bool
    latency_ms: int

    @property
    def is_answered(self) -> bool:
        """Whether the vendor answered the question, be it with nothing."""
        return self.reply is not None and self.judgement.verdict in ANSWERED


def cost_of(usages: Sequence[Usage], vendor: VendorSettings, operation: Operation) -> int:
    """Micros for these quantities at the prices of the settings.

    Raises:
        ConfigurationError: a unit has no price.
    """
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


def settlement(
    operation: Operation, vendor: VendorSettings, intent: Intent, call_id: int, sent: Sent, attempts: int
) -> Settlement:
    """The ledger line of a call that has ended."""
    judgement = sent.judgement
    usages = operation.charge(sent.reply) if sent.reply is not None else ()
    # a request that may have arrived may be on the bill: it is counted, and declared as such
    cost = intent.expected_micros if sent.maybe_paid else cost_of(usages, vendor, operation)
    return Settlement(
        call_id=call_id,
        status="settled" if sent.is_answered else "abandoned" if sent.maybe_paid else "failed",
        http_status=sent.reply.status if sent.reply else None,
        is_miss=judgement.verdict is Verdict.MISS,
        body=sent.reply.body if sent.reply and sent.is_answered else "",
        usage=[
            {"unit": u.unit, "quantity": str(u.quantity), "unit_price_micros": str(vendor.prices[u.unit])}
            for u in usages
        ],
        cost_micros=cost,
        attempts=attempts,
        failure=None if sent.is_answered else f"{judgement.verdict.value}: {judgement.message}"[:500],
        latency_ms=sent.latency_ms,
        time_to_live_seconds=_time_to_live(operation, judgement).total_seconds() if sent.is_answered else 0.0,
        health=_health(operation, sent),
    )


def not_carried_out(call_id: int) -> Settlement:
    """The ledger line of a call whose answer was lost, and which the vendor knows nothing of."""
    return Settlement(
        call_id=call_id,
        status="failed",
        http_status=None,
        is_miss=False,
        body="",
        usage=(),
        cost_micros=0,
        attempts=1,
        failure="looked up: it was not carried out",
        latency_ms=0,
        time_to_live_seconds=0.0,
    )


def _health(operation: Operation, sent: Sent) -> Health | None:
    """Whether the vendor is well: any answer of its own says so, "later" included; silence or a 5xx says the contrary."""
    if not operation.vendor.is_one_service:
        return None
    if sent.is_answered:
        return "up"
    return "down" if sent.reply is None or sent.reply.status >= 500 else "up"


def _time_to_live(operation: Operation, judgement: Judgement) -> timedelta:
    if judgement.verdict is Verdict.MISS and operation.miss_time_to_live is not None:
        return operation.miss_time_to_live
    return operation.time_to_live


def pause_seconds(attempts: int, judgement: Judgement) -> float:
    """Jitter over a doubling pause, never less than what the vendor asked for.

    Source: M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
    """
    ceiling = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (attempts - 1))
    jittered = random.uniform(ceiling / 2, ceiling)  # noqa: S311
    return max(jittered, judgement.retry_after_seconds or 0)


def error_of(operation: Operation, sent: Sent) -> VendorError:
    """The error of a call that has no answer and is not made again."""
    judgement = sent.judgement
    kinds: dict[Verdict, type[VendorError]] = {
        Verdict.REFUSED: VendorRefused,
        Verdict.CREDENTIALS: CredentialsRejected,
        Verdict.QUOTA: QuotaSpent,
    }
    remedies = {
        Verdict.CREDENTIALS: "Replace the key and resume the campaign.",
        Verdict.QUOTA: "Raise the vendor's plan or wait for its period to turn; the campaign then goes on.",
        Verdict.RETRY: "The campaign goes on by itself when the vendor answers again.",
    }
    error = kinds.get(judgement.verdict, VendorUnavailable)(
        operation.vendor.name,
        operation.name,
        judgement.message or judgement.verdict.value,
        http_status=sent.reply.status if sent.reply else None,
        remedy=judgement.remedy or remedies.get(judgement.verdict),
    )
    if judgement.retry_after_seconds is not None and error.resume_after_seconds is not None:
        error.resume_after_seconds = max(error.resume_after_seconds, judgement.retry_after_seconds)
    return error
