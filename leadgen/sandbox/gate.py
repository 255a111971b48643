"""Between the socket and a vendor's answer: key, limits, holds, faults, account. The same for every vendor."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

import orjson
from starlette.types import Message, Receive, Scope, Send

from leadgen.sandbox.calls import CallLog, fingerprint
from leadgen.sandbox.clock import Clock
from leadgen.sandbox.faults import Faults, Mishap
from leadgen.sandbox.hold import LONGEST_SECONDS, Holds
from leadgen.sandbox.limits import RateLimits
from leadgen.sandbox.webhooks import Webhooks
from leadgen.sandbox.wire import Operation, Reply, Request, Vendor, path_pattern

KEY_PREFIX = "sandbox"  # any key that starts so is accepted; no real key does


@dataclass(frozen=True, slots=True)
class House:
    """What all vendors' gates share."""

    calls: CallLog
    limits: RateLimits
    faults: Faults
    holds: Holds
    clock: Clock
    webhooks: Webhooks


class VendorGate:
    """One vendor as an ASGI application."""

    def __init__(self, vendor: Vendor, house: House) -> None:
        self.vendor = vendor
        self._house = house
        self._exact = {(o.method, o.path): o for o in vendor.operations if "{" not in o.path}
        self._patterns = [(path_pattern(o.path), o) for o in vendor.operations if "{" in o.path]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        request = await _read(scope, receive)
        operation, values = self._find(request)
        if operation is None:
            await _send(send, self.vendor.unknown(request))
            return
        request = replace(request, values=values)
        name, mark = self.vendor.name, fingerprint(self.vendor, operation, request)
        calls = self._house.calls
        attempt = calls.begin(name, operation.name, mark)
        outcome = "cancelled"
        try:
            outcome = await self._serve(request, operation, mark, attempt, receive, send)
        finally:
            calls.end(name, operation.name, outcome)

    def _find(self, request: Request) -> tuple[Operation | None, Mapping[str, str]]:
        operation = self._exact.get((request.method, request.path))
        if operation:
            return operation, {}
        for pattern, candidate in self._patterns:
            match = pattern.fullmatch(request.path)
            if match and candidate.method == request.method:
                return candidate, match.groupdict()
        return None, {}

    async def _serve(
        self, request: Request, operation: Operation, mark: str, attempt: int, receive: Receive, send: Send
    ) -> str:
        house, vendor = self._house, self.vendor
        refusal = self._refusal(request, operation)
        await house.holds.through(vendor.name)
        fault = house.faults.of(vendor.name)
        if fault.latency_ms:
            await asyncio.sleep(fault.latency_ms / 1000)
        mishap = Mishap.NONE if refusal else fault.befalls(mark, attempt)
        if mishap is Mishap.TIMEOUT:
            await _silence(receive)
            return str(mishap)
        if mishap is Mishap.ERROR:
            reply = vendor.failure(fault.error_status)
        else:
            reply = refusal or self._answer(request, operation, mark)
        if mishap is Mishap.RESET:
            await _break_off(send, reply)
            return str(mishap)
        await _send(send, reply)
        return str(reply.status)

    def _refusal(self, request: Request, operation: Operation) -> Reply | None:
        """Why the vendor does not take this request up, if so."""
        vendor, house = self.vendor, self._house
        key = vendor.key(request)
        if key is None or not key.startswith(KEY_PREFIX):
            return vendor.unauthorized(key)
        full = house.limits.take(vendor, operation, key, time.monotonic())
        if full:
            house.calls.violate(vendor.name)
            return vendor.throttled(operation, full)
        quota = house.limits.allowance(vendor).quota
        if quota is not None and operation.metered and house.calls.spent(vendor.name) >= quota:
            return vendor.quota_spent(operation)
        return None

    def _answer(self, request: Request, operation: Operation, mark: str) -> Reply:
        reply = operation.answer(request)
        if reply.billed:
            self._house.calls.bill(self.vendor.name, operation.name, mark, reply.billed)
        key = self.vendor.key(request) or ""
        windows = self._house.limits.windows(self.vendor, operation, key, time.monotonic())
        return replace(reply, headers=(*reply.headers, *self.vendor.rate_headers(windows)))


async def _read(scope: Scope, receive: Receive) -> Request:
    body = b""
    if scope["method"] in {"POST", "PUT", "PATCH"}:
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message["type"] == "http.request" and message.get("more_body", False)
    try:
        payload = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        payload = None
    return Request(
        method=scope["method"],
        path=scope["path"].removeprefix(scope["root_path"]),
        query=tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        payload=payload,
        body=body,
    )


def _start(reply: Reply) -> Message:
    return {
        "type": "http.response.start",
        "status": reply.status,
        "headers": [
            (b"content-type", reply.media_type.encode()),
            (b"content-length", str(len(reply.body)).encode()),
            *((name.encode(), value.encode()) for name, value in reply.headers),
        ],
    }


async def _send(send: Send, reply: Reply) -> None:
    await send(_start(reply))
    await send({"type": "http.response.body", "body": reply.body})


async def _break_off(send: Send, reply: Reply) -> None:
    """Begins the answer and leaves it unfinished: the server then closes the connection under the caller."""
    await send(_start(reply))
    await send({"type": "http.response.body", "body": reply.body[:-1], "more_body": True})


async def _silence(receive: Receive) -> None:
    """Says nothing until the caller hangs up."""
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return
