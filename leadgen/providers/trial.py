"""Credentials tried before they are kept: one attempt, outside the ledger, since there is no key yet that it could name.

For questions that cost nothing. Everything else goes through `client.py`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from leadgen.errors import VendorUnavailable
from leadgen.providers.calls import Answer, Lookup, NoAnswer, Operation, Receipt, Request, Sender, Verdict
from leadgen.providers.settling import Sent, error_of
from leadgen.providers.wire import Wire
from leadgen.settings import VendorSettings

T = TypeVar("T")

NO_LINE = 0  # of the ledger


class Trial:
    """Asks one vendor with one key; an `Asks` (calls.py) for the vendors' files."""

    def __init__(self, settings: VendorSettings, key: str) -> None:
        self._settings = settings
        self._key = key

    async def ask(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        *,
        send: Sender | None = None,
        find: Lookup | None = None,  # noqa: ARG002 -- the protocol has it
    ) -> Answer[T]:
        """Asks once. Nothing is stored, repeated or looked up.

        Raises:
            VendorUnavailable: no answer came.
            VendorError: the answer is none, as `Asks.ask` says.
        """
        try:
            if send is not None:
                reply = await send(request, self._settings, self._key)
            else:
                async with Wire() as wire:
                    reply = await wire.send(operation.vendor, request, self._settings, self._key)
        except NoAnswer as error:
            raise VendorUnavailable(operation.vendor.name, operation.name, f"no answer ({error})") from None
        sent = Sent(reply, operation.judge(reply), maybe_paid=False, latency_ms=0)
        if not sent.is_answered:
            raise error_of(operation, sent)
        receipt = Receipt(operation.vendor.name, operation.name, NO_LINE, datetime.now(UTC), cached=False)
        is_miss = sent.judgement.verdict is Verdict.MISS
        return Answer(None if is_miss else read(reply.json()), receipt)
