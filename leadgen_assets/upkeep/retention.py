"""What is forgotten every night: stale answers of vendors, spent links and sessions, and Dagster's runs of long ago.

Vendors' content may not be kept beyond its time (VENDORS.md 1 and 4): an answer goes a day after it has become stale, and its
ledger line stays. Dagster's own settings purge ticks only; runs and their events are deleted here.

What was materialized when, and how the checks came out, is kept by Dagster apart from the runs; what tenants see is in our
tables. Finished campaigns' spend and receipts are not touched.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import dagster as dg

from leadgen.settings import settings
from leadgen.store.connections import resolve
from leadgen.store.database import Database
from leadgen_assets.upkeep import queries

RUNS_KEPT = timedelta(days=90)
RUNS_AT_ONCE = 200
ANSWERS_AT_ONCE = 5_000
MOST_BATCHES = 100  # a night's work; what is left waits for the next

ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


@dg.op
def delete_old_runs(context: dg.OpExecutionContext) -> int:
    """Deletes runs that ended long ago, in batches, and says how many."""
    before = datetime.now(UTC) - RUNS_KEPT
    deleted = 0
    for _ in range(MOST_BATCHES):
        old = context.instance.get_run_records(
            dg.RunsFilter(statuses=ENDED, updated_before=before), limit=RUNS_AT_ONCE, ascending=True
        )
        for record in old:
            context.instance.delete_run(record.dagster_run.run_id)
        deleted += len(old)
        if len(old) < RUNS_AT_ONCE:
            break
    context.log.info("deleted %d runs that ended before %s", deleted, before.date())
    return deleted


@dg.op
def forget_answers(context: dg.OpExecutionContext) -> int:
    """Deletes stale answers, in batches, and says how many."""
    forgotten = asyncio.run(_forget_answers())
    context.log.info("forgot %d stale answers of vendors", forgotten)
    return forgotten


async def _forget_answers() -> int:
    forgotten = 0
    async with Database(resolve(settings()).pipeline, connections=1, application="leadgen retention") as database:
        for _ in range(MOST_BATCHES):
            async with database.nobody() as transaction:
                batch = int(await transaction.value(queries.FORGET_ANSWERS, {"at_most": ANSWERS_AT_ONCE}))
            forgotten += batch
            if batch < ANSWERS_AT_ONCE:
                break
    return forgotten


@dg.op
def forget_access(context: dg.OpExecutionContext) -> int:
    """Deletes sign-in links, sessions and mail of the platform's own that have had their time, and says how many."""
    forgotten = asyncio.run(_forget_access())
    context.log.info("forgot %d links, sessions and mails", forgotten)
    return forgotten


async def _forget_access() -> int:
    async with (
        Database(resolve(settings()).pipeline, connections=1, application="leadgen retention") as database,
        database.nobody() as transaction,
    ):
        return int(await transaction.value(queries.FORGET_ACCESS))


@dg.job(executor_def=dg.in_process_executor)
def retention() -> None:
    """Forgets stale answers, spent links and sessions, and runs older than ninety days."""
    forget_answers()
    forget_access()
    delete_old_runs()


every_night = dg.ScheduleDefinition(
    name="retention_every_night",
    job=retention,
    cron_schedule="17 3 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
