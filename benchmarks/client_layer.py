"""Calls per second through the whole client layer, beside bare clients, in one run.

    python benchmarks/client_layer.py [--calls 2000]

Every call of the layer looks its answer up, writes its intent, reserves its money, takes its place, is sent, and settles
its cost and answer in a durable Postgres. The bare clients only send. Ratios are what to quote; the machine's own speed is not.
"""

import argparse
import asyncio
import multiprocessing
import os
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import aiohttp
import httpx
import psycopg
from aiohttp import web
from rich.console import Console
from rich.table import Table

from leadgen.providers.calls import Judgement, Operation, Request, Usage, Vendor, Verdict
from leadgen.providers.client import ProviderClient
from leadgen.providers.journal import Work
from leadgen.settings import Settings, VendorSettings
from leadgen.store.connections import Connections, embedded_server
from leadgen.store.migrations import migrate
from leadgen.store.provision import provision

PLACES = 20
LANES = 60
VENDOR = Vendor("hunter", lambda key: ({"x-api-key": key}, ()))
QUESTION = Operation(
    vendor=VENDOR,
    name="question",
    judge=lambda _reply: Judgement(Verdict.ANSWER),
    charge=lambda _reply: [Usage("credit", Decimal(1))],
    expected=[Usage("credit", Decimal(1))],
    time_to_live=timedelta(days=1),
)


def serve(port: int, latency_seconds: float) -> None:
    """An endpoint that answers after a while."""

    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(latency_seconds)
        return web.json_response({"q": request.query["q"]})

    app = web.Application()
    app.router.add_get("/question", answer)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


async def in_lanes(calls: int, lanes: int, call: Callable[[int], Awaitable[object]]) -> tuple[float, float]:
    """Wall and CPU seconds of this process for all calls."""
    numbers = iter(range(calls))

    async def lane() -> None:
        for number in numbers:
            await call(number)

    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(lane() for _ in range(lanes)))
    return time.perf_counter() - wall, time.process_time() - cpu


async def bare_httpx(url: str, calls: int) -> tuple[float, float]:
    """httpx with its own transport."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return await in_lanes(calls, PLACES, lambda n: client.get(f"{url}/question", params={"q": str(n)}))


async def bare_aiohttp(url: str, calls: int) -> tuple[float, float]:
    """aiohttp."""
    async with aiohttp.ClientSession() as session:

        async def get(number: int) -> None:
            async with session.get(f"{url}/question", params={"q": str(number)}) as answer:
                await answer.read()

        return await in_lanes(calls, PLACES, get)


@asynccontextmanager
async def layer(url: str, urls: Connections) -> AsyncIterator[ProviderClient]:
    """The client layer for a campaign of its own."""
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        slug = uuid.uuid4().hex
        organization = owner.execute(
            "insert into organizations (name, slug) values ('Bench', %s) returning id", (slug,)
        ).fetchone()
        assert organization
        campaign = owner.execute(
            "insert into campaigns (organization_id, name, business_type, target_location)"
            " values (%s, 'Bench', 'dentists', 'Austin') returning id",
            organization,
        ).fetchone()
        assert campaign
    vendor = VendorSettings(base_url=url, key="key", prices={"credit": Decimal(10_000)}, concurrency=PLACES)
    settings = Settings(_env_file=None, hunter=vendor)
    async with ProviderClient(settings, urls.pipeline, Work(organization[0], campaign[0], "bench")) as client:
        yield client


async def measure(urls: Connections, port: int, calls: int) -> list[tuple[str, float, float]]:
    """Each way's wall and CPU seconds against the endpoint of this port."""
    url = f"http://127.0.0.1:{port}"
    tag = uuid.uuid4().hex
    rows = [("bare httpx", *await bare_httpx(url, calls)), ("bare aiohttp", *await bare_aiohttp(url, calls))]
    for name in ("client layer, new", "client layer, known"):
        async with layer(url, urls) as client:

            async def ask(number: int, client: ProviderClient = client) -> None:
                await client.ask(QUESTION, Request("GET", "/question", (("q", f"{tag}{number}"),)), dict)

            rows.append((name, *await in_lanes(calls, LANES, ask)))
    return rows


def main() -> None:
    """Prints one table a latency."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--port", type=int, default=18_900)
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        settings = Settings(_env_file=None, home=Path(folder), database_url=None)
        postgres = embedded_server(settings)
        postgres.start()
        try:
            urls = provision(settings)
            migrate(urls.owner)
            for offset, latency in enumerate((0.0, 0.05)):
                server = multiprocessing.Process(target=serve, args=(options.port + offset, latency), daemon=True)
                server.start()
                asyncio.run(_until_answered(options.port + offset))
                rows = asyncio.run(measure(urls, options.port + offset, options.calls))
                console.print(table(rows, latency, options.calls))
                server.terminate()
        finally:
            postgres.remove()


async def _until_answered(port: int) -> None:
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=50), trust_env=False) as client:
        await client.get(f"http://127.0.0.1:{port}/question", params={"q": "ready"})


def table(rows: list[tuple[str, float, float]], latency_seconds: float, calls: int) -> Table:
    """The figures of one latency."""
    ideal = calls * latency_seconds / PLACES
    shown = Table(title=f"{calls} calls, {latency_seconds * 1000:g} ms, {PLACES} at once, {os.cpu_count()} cores")
    for column in ("way", "calls/s", "CPU ms a call", "of bare httpx", "of the ideal"):
        shown.add_column(column, justify="left" if column == "way" else "right")
    first = rows[0][1]
    for name, wall, cpu in rows:
        efficiency = f"{ideal / wall:.2f}" if ideal and "known" not in name else ""
        shown.add_row(name, f"{calls / wall:,.0f}", f"{1000 * cpu / calls:.2f}", f"{first / wall:.2f}", efficiency)
    return shown


if __name__ == "__main__":
    main()
