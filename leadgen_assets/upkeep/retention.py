"""How long Dagster remembers runs. Its own settings purge ticks only; runs and their events are deleted here.

What was materialized when, and how the checks came out, is kept by Dagster apart from the runs; what tenants see is in our
tables. Finished campaigns' spend and receipts are not touched.
"""

from datetime import UTC, datetime, timedelta

import dagster as dg

RUNS_KEPT = timedelta(days=90)
RUNS_AT_ONCE = 200
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


@dg.job(executor_def=dg.in_process_executor)
def run_retention() -> None:
    """Forgets runs older than ninety days."""
    delete_old_runs()


every_night = dg.ScheduleDefinition(
    name="run_retention_every_night",
    job=run_retention,
    cron_schedule="17 3 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
