"""The client layer on real parts: a real Postgres, real HTTP on loopback."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from databases import MakeTenant, Tenant
from loopback_vendor import CREDIT_MICROS, VENDOR, LoopbackVendor, operation, question

from leadgen.errors import BudgetSpent, ConfigurationError, OutcomeUnclear, VendorRefused, VendorUnavailable
from leadgen.providers.calls import Told
from leadgen.providers.client import ProviderClient
from leadgen.providers.journal import Work
from leadgen.settings import RequestLimit, Settings
from leadgen.store.connections import Connections


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant()


# Of the limit that is raced for: long against the moments by which a busy machine delays a call on its way
WINDOW_SECONDS = 2.0


def client(settings: Settings, urls: Connections, tenant: Tenant) -> ProviderClient:
    return ProviderClient(settings, urls.pipeline, Work(tenant.organization_id, tenant.campaign_id, "run"))


def ledger(urls: Connections, tenant: Tenant) -> list[tuple[Any, ...]]:
    with psycopg.connect(urls.owner) as connection:
        return connection.execute(
            "select status, count(*), sum(cost_micros)::bigint, sum(saved_micros)::bigint from provider_calls"
            " where campaign_id = %s group by status order by status",
            (tenant.campaign_id,),
        ).fetchall()


def spend(urls: Connections, tenant: Tenant) -> tuple[int, int, int]:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute(
            "select reserved_micros, spent_micros, saved_micros from campaign_spend where campaign_id = %s",
            (tenant.campaign_id,),
        ).fetchone()
    assert row is not None
    return row


async def ask(asker: ProviderClient, text: str, **changes: object) -> Any:
    answer = await asker.ask(operation(**changes), question(text), lambda body: body["answer"])
    return answer.value


async def test_an_answer_is_paid_once_and_known_ever_after(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    for _ in range(3):
        async with client(vendor.settings(), database_urls, tenant) as asker:
            assert await ask(asker, "a") == "a"
    assert vendor.asked == {"a": 1}
    assert ledger(database_urls, tenant) == [
        ("cached", 2, 0, 2 * CREDIT_MICROS),
        ("settled", 1, CREDIT_MICROS, 0),
    ]
    assert spend(database_urls, tenant) == (0, CREDIT_MICROS, 2 * CREDIT_MICROS)


async def test_a_public_fact_bought_with_the_platforms_key_is_free_for_the_next_tenant(
    vendor: LoopbackVendor, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    first, second = make_tenant("First"), make_tenant("Second")
    for tenant in (first, second):
        async with client(vendor.settings(), database_urls, tenant) as asker:
            await ask(asker, "a")
    assert vendor.asked == {"a": 1}
    assert ledger(database_urls, second) == [("cached", 1, 0, CREDIT_MICROS)]


async def test_many_callers_of_one_question_make_one_call(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.gate.clear()
    async with client(vendor.settings(), database_urls, tenant) as asker:
        callers = [asyncio.ensure_future(ask(asker, "a")) for _ in range(30)]
        await vendor.arrived.wait()
        vendor.gate.set()
        assert await asyncio.gather(*callers) == ["a"] * 30
    assert vendor.asked == {"a": 1}


async def test_two_processes_with_one_question_make_one_call(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.gate.clear()
    async with (
        client(vendor.settings(), database_urls, tenant) as here,
        client(vendor.settings(), database_urls, tenant) as there,
    ):
        first = asyncio.ensure_future(ask(here, "a"))
        await vendor.arrived.wait()
        second = asyncio.ensure_future(ask(there, "a"))
        vendor.gate.set()
        assert await asyncio.gather(first, second) == ["a", "a"]
    assert vendor.asked == {"a": 1}


async def test_a_miss_is_an_answer_too(vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant) -> None:
    vendor.script["nobody"] = [204]
    for _ in range(2):
        async with client(vendor.settings(), database_urls, tenant) as asker:
            assert await ask(asker, "nobody") is None
    assert vendor.asked == {"nobody": 1}
    assert spend(database_urls, tenant) == (0, 0, 0)


async def test_a_passing_fault_is_repeated_and_charged_once(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.script["a"] = [503, 429, 200]
    async with client(vendor.settings(), database_urls, tenant) as asker:
        assert await ask(asker, "a") == "a"
    assert ledger(database_urls, tenant) == [("failed", 2, 0, 0), ("settled", 1, CREDIT_MICROS, 0)]


async def test_retry_after_is_kept_by_every_process(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.script["a"] = [429, 200]
    vendor.headers = {"retry-after": "1"}
    limits = [RequestLimit(requests=1_000, seconds=1)]
    async with (
        client(vendor.settings(limits=limits), database_urls, tenant) as here,
        client(vendor.settings(limits=limits), database_urls, tenant) as there,
    ):
        await ask(here, "a")
        await ask(there, "b")
    refused, *later = vendor.times
    assert all(time - refused >= 0.99 for time in later)


async def test_a_call_without_an_answer_is_declared_as_perhaps_paid(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.script["a"] = [None, 200]
    async with client(vendor.settings(), database_urls, tenant) as asker:
        assert await ask(asker, "a") == "a"
    assert ledger(database_urls, tenant) == [
        ("abandoned", 1, CREDIT_MICROS, 0),
        ("settled", 1, CREDIT_MICROS, 0),
    ]


async def test_what_acts_on_the_world_is_not_repeated_after_an_unclear_end(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.script["send"] = [None, 200]
    async with client(vendor.settings(), database_urls, tenant) as asker:
        for _ in range(2):
            with pytest.raises(OutcomeUnclear):
                await ask(asker, "send", acts_on_world=True)
    assert vendor.asked == {"send": 1}


async def test_a_refusal_is_final(vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant) -> None:
    vendor.script["a"] = [422, 200]
    async with client(vendor.settings(), database_urls, tenant) as asker:
        with pytest.raises(VendorRefused):
            await ask(asker, "a")
    assert vendor.asked == {"a": 1}


async def test_an_outage_ends_at_the_deadline(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    vendor.script["a"] = [503] * 50
    async with client(vendor.settings(deadline_seconds=1.0), database_urls, tenant) as asker:
        with pytest.raises(VendorUnavailable):
            await ask(asker, "a")
    assert spend(database_urls, tenant) == (0, 0, 0)


async def test_a_budget_is_never_passed_by_racing_callers(
    vendor: LoopbackVendor, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant(budget_micros=50 * CREDIT_MICROS)

    async def spend_all(asker: ProviderClient, name: str) -> list[Any]:
        return await asyncio.gather(*(ask(asker, f"{name}{n}") for n in range(100)), return_exceptions=True)

    async with (
        client(vendor.settings(), database_urls, tenant) as here,
        client(vendor.settings(), database_urls, tenant) as there,
    ):
        results = [*await spend_all(here, "a"), *await spend_all(there, "b")]
    assert sum(vendor.asked.values()) == 50
    assert sum(isinstance(result, BudgetSpent) for result in results) == 150
    assert spend(database_urls, tenant) == (0, 50 * CREDIT_MICROS, 0)


async def test_twenty_workers_on_a_cap_of_500_cents_spend_500_cents_and_no_more(
    vendor: LoopbackVendor, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant(budget_micros=5_000_000)
    results: list[Any] = []
    async with AsyncExitStack() as stack:
        workers = [
            await stack.enter_async_context(client(vendor.settings(concurrency=200), database_urls, tenant))
            for _ in range(20)
        ]
        for worker_results in await asyncio.gather(
            *(
                asyncio.gather(*(ask(worker, f"{number}/{n}") for n in range(500)), return_exceptions=True)
                for number, worker in enumerate(workers)
            )
        ):
            results.extend(worker_results)
    assert sum(isinstance(result, BudgetSpent) for result in results) == 10_000 - 500
    assert sum(vendor.asked.values()) == 500
    assert spend(database_urls, tenant) == (0, 5_000_000, 0)


async def test_a_vendor_that_fails_ten_times_is_left_alone_and_tried_once(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    for n in range(100):
        vendor.script[f"{n}"] = [500] * 50
    async with client(vendor.settings(concurrency=10, deadline_seconds=3.0), database_urls, tenant) as asker:
        results = await asyncio.gather(*(ask(asker, f"{n}") for n in range(100)), return_exceptions=True)
    assert all(isinstance(result, VendorUnavailable) for result in results)
    assert sum(vendor.asked.values()) < 50, "ten in a row, and what was on its way beside them; nobody is asked twice"
    assert spend(database_urls, tenant) == (0, 0, 0)


async def test_the_vendors_own_count_stops_us_before_it_does(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    limits = [RequestLimit(requests=100, seconds=0.5)]
    told = replace(VENDOR, told=lambda _reply: [Told(0.5, 100, 0, 1.0)])
    async with client(vendor.settings(limits=limits), database_urls, tenant) as asker:
        for text in ("a", "b"):
            await ask(asker, text, vendor=told)
    first, second = vendor.times
    assert second - first >= 0.99


async def test_calls_in_flight_stay_within_the_vendors_limit_over_all_processes(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    async with (
        client(vendor.settings(concurrency=5), database_urls, tenant) as here,
        client(vendor.settings(concurrency=5), database_urls, tenant) as there,
    ):
        await asyncio.gather(*(ask(asker, f"{n}{asker is here}") for n in range(100) for asker in (here, there)))
    assert vendor.most_in_flight <= 5
    assert sum(vendor.asked.values()) == 200


async def test_calls_in_a_window_stay_within_the_vendors_limit_over_all_processes(
    vendor: LoopbackVendor, database_urls: Connections, tenant: Tenant
) -> None:
    limits = [RequestLimit(requests=40, seconds=WINDOW_SECONDS)]
    async with (
        client(vendor.settings(limits=limits), database_urls, tenant) as here,
        client(vendor.settings(limits=limits), database_urls, tenant) as there,
    ):
        await asyncio.gather(*(ask(asker, f"{n}{asker is here}") for n in range(60) for asker in (here, there)))
    times = sorted(vendor.times)
    assert all(later - earlier >= WINDOW_SECONDS for earlier, later in zip(times, times[40:], strict=False))


async def test_a_vendor_without_key_or_sandbox_says_what_to_set(database_urls: Connections, tenant: Tenant) -> None:
    async with client(Settings(_env_file=None), database_urls, tenant) as asker:
        with pytest.raises(ConfigurationError, match="LEADGEN_HUNTER__KEY"):
            await ask(asker, "a")
