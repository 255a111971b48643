"""A process that works at a batch and is killed on the way: `batching_process.py SANDBOX DATABASE ORGANIZATION CAMPAIGN WHERE`.

WHERE: `reserved` before the order is made, `ordered` before its answer is written down, `landing` after two of its items are
settled, `nowhere` not at all.
"""

import asyncio
import os
import signal
import sys
from typing import Any, NoReturn
from uuid import UUID

from pydantic import BaseModel

from leadgen.providers import queries
from leadgen.providers.batching import BatchDesk
from leadgen.providers.claude import Question
from leadgen.providers.claude_batches import ClaudeBatches
from leadgen.providers.client import ProviderClient
from leadgen.providers.journal import Journal, Settlement, Work
from leadgen.settings import Settings

MODEL = "claude-haiku-5-5"


class Reading(BaseModel):
    """What a page says."""

    summary: str


def questions(count: int = 5, model: str = MODEL, **change: Any) -> list[Question[Reading]]:
    pages = [f"<page>Page {n}: open since 19{n:02}.</page>" for n in range(count)]
    return [Question(model, "Read.", page, Reading, max_tokens=500, **change) for page in pages]


def settings(sandbox: str) -> Settings:
    given = Settings(_env_file=None, sandbox_url=sandbox)
    return given.model_copy(update={"anthropic": given.anthropic.model_copy(update={"key": None})})


def die(*_arguments: Any, **_options: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def die_at(where: str) -> None:
    settled = 0
    settle, query = Journal.settle, BatchDesk._query

    async def settle_two(self: Journal, settlement: Settlement) -> None:
        nonlocal settled
        if settlement.latency_ms == 0 and settlement.status == "settled":  # an item's, not a call's of this process
            settled += 1
            if settled > 2:
                die()
        await settle(self, settlement)

    async def query_until_ordered(self: BatchDesk, sql: str, parameters: Any) -> Any:
        return die() if sql == queries.BATCH_IS_SUBMITTED else await query(self, sql, parameters)

    match where:
        case "reserved":
            ClaudeBatches.create = die
        case "ordered":
            BatchDesk._query = query_until_ordered
        case "landing":
            Journal.settle = settle_two


async def work(sandbox: str, database: str, tenant: Work) -> None:
    given = settings(sandbox)
    async with (
        ProviderClient(given, database, tenant) as client,
        BatchDesk(client, given, database, tenant) as desk,
    ):
        await desk.submit(questions())
        for batch in await desk.under_way():
            await desk.resume(batch.id)
            if await desk.poll(batch.id):
                await desk.land(batch.id)


if __name__ == "__main__":
    die_at(sys.argv[5])
    asyncio.run(work(sys.argv[1], sys.argv[2], Work(UUID(sys.argv[3]), UUID(sys.argv[4]), "run")))
