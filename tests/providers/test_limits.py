"""The shared limiter's places, on a real Postgres."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from databases import MakeTenant

from leadgen.providers import limits
from leadgen.providers.journal import Journal, Work
from leadgen.providers.limits import Limiter
from leadgen.store.connections import Connections

SCOPE = "vendor:platform"
PLACES = 3


@pytest.fixture
async def limiters(
    database_urls: Connections, make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Limiter, Limiter]]:
    """Two processes' limiters, which give places back at once instead of after a while."""
    monkeypatch.setattr(limits, "RENEWAL_SECONDS", 0.001)
    tenant = make_tenant()
    work = Work(tenant.organization_id, tenant.campaign_id, "run")
    url = database_urls.pipeline
    async with (
        Journal(url, work) as here,
        Journal(url, work) as there,
        Limiter(url, here.worker_id) as first,
        Limiter(url, there.worker_id) as second,
    ):
        yield first, second


async def test_every_caller_gets_a_place_however_callers_come_and_go(limiters: tuple[Limiter, Limiter]) -> None:
    in_flight = most = 0

    async def call(limiter: Limiter, pauses: int) -> None:
        nonlocal in_flight, most
        await limiter.enter(SCOPE, PLACES)
        in_flight += 1
        most = max(most, in_flight)
        for _ in range(pauses):
            await asyncio.sleep(0)
        in_flight -= 1
        limiter.leave(SCOPE)

    async def come_and_go(limiter: Limiter, seed: int) -> None:
        for number in range(150):  # one alone, then a crowd, with idle moments of every length between
            await asyncio.gather(*(call(limiter, (seed + number + n) % 7) for n in range(1 + number % 5)))
            for _ in range((seed * number) % 11):
                await asyncio.sleep(0)

    async with asyncio.timeout(60):
        await asyncio.gather(*(come_and_go(limiter, seed) for limiter in limiters for seed in (1, 2)))
    assert most <= PLACES


async def test_a_caller_that_gives_up_leaves_no_place_taken(limiters: tuple[Limiter, Limiter]) -> None:
    first, _ = limiters
    for _ in range(PLACES):
        await first.enter(SCOPE, PLACES)
    waiting = [asyncio.ensure_future(first.enter(SCOPE, PLACES)) for _ in range(5)]
    await asyncio.sleep(0)
    for caller in waiting:
        caller.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    for _ in range(PLACES):
        first.leave(SCOPE)
    async with asyncio.timeout(60):
        for _ in range(PLACES):
            await first.enter(SCOPE, PLACES)
