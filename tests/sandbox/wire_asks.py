"""Our vendors' files against the sandbox over the wire that the product uses: the key in its place, forms, lost answers."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sandbox_server import Sandbox

from leadgen.domain.money import micros
from leadgen.errors import CredentialsRejected, QuotaSpent, VendorError, VendorRefused, VendorUnavailable
from leadgen.providers.calls import (
    Answer,
    Lookup,
    NoAnswer,
    Operation,
    Receipt,
    Request,
    Sender,
    Told,
    Verdict,
    fingerprint,
)
from leadgen.providers.wire import Wire
from leadgen.settings import Settings

T = TypeVar("T")
ERRORS: Mapping[Verdict, type[VendorError]] = {
    Verdict.REFUSED: VendorRefused,
    Verdict.CREDENTIALS: CredentialsRejected,
    Verdict.QUOTA: QuotaSpent,
    Verdict.RETRY: VendorUnavailable,
}


class WireAsks:
    """Sends each call once and adds up its price. An answer that is lost is looked up or asked for again, all faults gone."""

    def __init__(self, sandbox: Sandbox, wire: Wire, key: str) -> None:
        self._sandbox = sandbox
        self._wire = wire
        self._settings = Settings(_env_file=None)
        self.key = key
        self.micros = 0
        self.told: tuple[Told, ...] = ()
        self.lost = 0

    async def ask(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        *,
        send: Sender | None = None,
        find: Lookup | None = None,
    ) -> Answer[T]:
        vendor = operation.vendor
        settings = self._settings.vendor(vendor.name).model_copy(
            update={"base_url": f"{self._sandbox.url}/{vendor.name}"}
        )
        if operation.idempotency_header:
            mark = fingerprint(operation, request, "organization").hex()
            request = request.with_header(operation.idempotency_header, mark)
        try:
            reply = await self._wire.send(vendor, request, settings, self.key)
        except NoAnswer as no_answer:
            if not no_answer.sent:
                raise
            self.lost += 1
            self._sandbox.admin("PUT", "/faults", json={})
            found = await find() if find else None
            reply = found or await self._wire.send(vendor, request, settings, self.key)
        judgement = operation.judge(reply)
        self.told = tuple(vendor.told(reply))
        self.micros += sum(micros(usage.quantity, settings.prices[usage.unit]) for usage in operation.charge(reply))
        receipt = Receipt(vendor.name, operation.name, 1, datetime.now(UTC), cached=False)
        if judgement.verdict in ERRORS:
            raise ERRORS[judgement.verdict](
                vendor.name, operation.name, judgement.message, http_status=reply.status, remedy=judgement.remedy
            )
        return Answer(read(reply.json()) if judgement.verdict is Verdict.ANSWER else None, receipt)


@asynccontextmanager
async def asking(sandbox: Sandbox, vendor: str, key: str | None = None) -> AsyncIterator[WireAsks]:
    """The product's side of one vendor, with this test's key; in the end both have reckoned the same bill."""
    async with Wire() as wire:
        asks = WireAsks(sandbox, wire, key or sandbox.key)
        yield asks
        assert asks.micros == sandbox.counts(vendor)["bill"]["micros"]
