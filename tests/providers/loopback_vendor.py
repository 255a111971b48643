"""A vendor on loopback that does what a test tells it to, and counts what it was asked."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from aiohttp import web

from leadgen.providers.calls import Judgement, Operation, Reply, Request, Usage, Vendor, Verdict
from leadgen.providers.judging import judge_status
from leadgen.settings import RequestLimit, Settings, VendorSettings

VENDOR = Vendor("hunter", lambda key: ({"x-api-key": key}, ()))
CREDIT_MICROS = 10_000


@dataclass
class LoopbackVendor:
    """`script` holds what the next answers to a question are: a status, or None for a connection that breaks."""

    url: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    received: list[dict[str, str]] = field(default_factory=list)  # headers, lower case
    times: list[float] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    script: dict[str, list[int | None]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def keys(self) -> list[str]:
        """The keys it was asked with."""
        return [headers["x-api-key"] for headers in self.received]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        question = request.query["q"]
        self.asked[question] += 1
        self.received.append({name.lower(): value for name, value in request.headers.items()})
        self.times.append(asyncio.get_running_loop().time())
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        self.arrived.set()
        try:
            await self.gate.wait()
        finally:
            self.in_flight -= 1
        status = (self.script.get(question) or [200]).pop(0)
        if status is None:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        return web.json_response({"answer": question}, status=status, headers=self.headers if status != 200 else None)

    def settings(self, *, concurrency: int = 20, limits: list[RequestLimit] | None = None, **more: float) -> Settings:
        """Settings in which Hunter is this vendor."""
        vendor = VendorSettings(
            base_url=self.url,
            key="secret-key",
            concurrency=concurrency,
            limits=limits or [],
            prices={"credit": Decimal(CREDIT_MICROS)},
            **more,
        )
        return Settings(_env_file=None, hunter=vendor)


def judge(reply: Reply) -> Judgement:
    if reply.status == 204:
        return Judgement(Verdict.MISS)
    return judge_status(reply) if reply.status != 200 else Judgement(Verdict.ANSWER)


def operation(**changes: object) -> Operation:
    """An operation that costs one credit when it is answered."""
    return Operation(
        **{
            "vendor": VENDOR,
            "name": "question",
            "judge": judge,
            "charge": lambda reply: [Usage("credit", Decimal(1))] if reply.status == 200 else [],
            "expected": [Usage("credit", Decimal(1))],
            "time_to_live": timedelta(days=1),
            **changes,
        }
    )


def question(text: str) -> Request:
    return Request("GET", "/question", (("q", text),))


@asynccontextmanager
async def loopback_vendor() -> AsyncIterator[LoopbackVendor]:
    vendor = LoopbackVendor()
    vendor.gate.set()
    app = web.Application()
    app.router.add_get("/question", vendor.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    vendor.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield vendor
    finally:
        vendor.gate.set()
        await runner.cleanup()
