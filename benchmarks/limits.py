"""What a place and a permit cost, over one process and over several that share a vendor, beside an asyncio semaphore.

    python benchmarks/limits.py [--acquires 5000]

A place is taken, held for no time and given back; a permit is for a window that is never full, so that what is measured is the
limiter and not the limit. Every process has its own limiter on the same durable Postgres.
"""

import argparse
import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from leadgen.providers.limits import Limiter
from leadgen.settings import RequestLimit, Settings
from leadgen.store.connections import embedded_server
from leadgen.store.migrations import migrate
from leadgen.store.provision import provision

PLACES = 20
LANES = 60
WINDOWS = [RequestLimit(requests=10_000_000, seconds=1), RequestLimit(requests=100_000_000, seconds=60)]


async def in_lanes(acquires: int, acquire: Callable[[], Awaitable[object]]) -> float:
    """Seconds for all."""
    numbers = iter(range(acquires))

    async def lane() -> None:
        for _ in numbers:
            await acquire()

    began = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(LANES)))
    return time.perf_counter() - began


async def semaphore(acquires: int) -> float:
    """An asyncio semaphore of as many places: what a limit of this process alone costs."""
    places = asyncio.Semaphore(PLACES)

    async def acquire() -> None:
        async with places:
            await asyncio.sleep(0)

    return await in_lanes(acquires, acquire)


async def limiter(url: str, acquires: int, kind: str) -> float:
    """The shared one."""
    with psycopg.connect(url, autocommit=True) as worker:  # its session is the worker that holds the places
        row = worker.execute("select app.enter_worker()").fetchone()
        async with Limiter(url, row[0] if row else 0) as limits:

            async def place() -> None:
                await limits.enter("bench", PLACES)
                await asyncio.sleep(0)
                limits.leave("bench")

            async def permit() -> None:
                await limits.permit("bench", WINDOWS)

            return await in_lanes(acquires, place if kind == "places" else permit)


def one_process(url: str, acquires: int, kind: str, answers: Any) -> None:
    """A process beside others."""
    answers.put(asyncio.run(limiter(url, acquires, kind)))


def several(url: str, acquires: int, kind: str, processes: int) -> float:
    """The slowest process's seconds."""
    answers: Any = multiprocessing.Queue()
    started = [
        multiprocessing.Process(target=one_process, args=(url, acquires, kind, answers)) for _ in range(processes)
    ]
    for process in started:
        process.start()
    seconds = [answers.get() for _ in started]
    for process in started:
        process.join()
    return max(seconds)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acquires", type=int, default=5_000)
    options = parser.parse_args()
    shown = Table(title=f"{options.acquires} acquires a process, {LANES} lanes, {PLACES} places")
    for column in ("limit", "processes", "microseconds an acquire", "of a semaphore"):
        shown.add_column(column, justify="left" if column == "limit" else "right")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        settings = Settings(_env_file=None, home=Path(folder), database_url=None)
        postgres = embedded_server(settings)
        postgres.start()
        try:
            urls = provision(settings)
            migrate(urls.owner)
            base = asyncio.run(semaphore(options.acquires)) / options.acquires
            shown.add_row("asyncio.Semaphore", "1", f"{base * 1e6:,.0f}", "1.0")
            for kind in ("places", "permits"):
                for processes in (1, 4):
                    each = several(urls.pipeline, options.acquires, kind, processes) / (options.acquires * processes)
                    shown.add_row(kind, str(processes), f"{each * 1e6:,.0f}", f"{each / base:.1f}")
        finally:
            postgres.remove()
    Console().print(shown)


if __name__ == "__main__":
    main()
