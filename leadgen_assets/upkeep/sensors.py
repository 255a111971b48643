"""What watches over the runs: events the dispatcher missed, and campaigns whose run failed."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import dagster as dg

from leadgen.settings import settings
from leadgen.store.campaigns import Cause, Status, set_status
from leadgen.store.connections import resolve
from leadgen.store.database import Database
from leadgen_assets.partitions import campaign_of, campaigns
from leadgen_assets.platform.requests import Event, asset_selection, run_config, run_tags
from leadgen_assets.queries import CAMPAIGN_ORGANIZATION, CAMPAIGN_STATUS
from leadgen_assets.upkeep import queries

SWEEP_OLDER_THAN_SECONDS = 60  # the dispatcher has had its chance
SWEEP_AT_MOST = 25
RESUMED_AT_MOST = 25

# Which cause a failure is, by the name of our error; anything else is a crash of ours.
CAUSES: dict[str, Cause] = {
    "BudgetSpent": "budget",
    "CredentialsRejected": "credentials",
    "QuotaSpent": "vendor",
    "VendorUnavailable": "vendor",
    "VendorRefused": "vendor",
    "OutcomeUnclear": "unclear",
    "AnswersPending": "batch",
    "CredentialsUnreadable": "credentials",
    "ConfigurationError": "credentials",
    "InputError": "input",
    "CampaignPaused": "user",
}


def outbox_sweep(job: Any) -> dg.SensorDefinition:
    """Launches events that the dispatcher has left lying: because it is gone, or because it tried in vain.

    What a living dispatcher holds back on purpose is left to it. The run key holds the event's id: a replay is free.
    """

    @dg.sensor(name="outbox_sweep", job=job, minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
    def sweep(_context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        events = asyncio.run(_waiting())
        if not events:
            return dg.SkipReason("No event waits for longer than a minute.")
        keys = list(dict.fromkeys(str(event.campaign_id) for event in events))
        return dg.SensorResult(
            run_requests=[
                dg.RunRequest(
                    run_key=f"event:{event.id}",
                    partition_key=str(event.campaign_id),
                    run_config=run_config(event),
                    asset_selection=[dg.AssetKey(asset) for asset in asset_selection(event) or ()] or None,
                    tags=run_tags(event),
                )
                for event in events
            ],
            dynamic_partitions_requests=[campaigns.build_add_request(keys)],
        )

    return sweep


@dg.run_failure_sensor(
    name="failed_campaigns", minimum_interval_seconds=5, default_status=dg.DefaultSensorStatus.RUNNING
)
def failed_campaigns(context: dg.RunFailureSensorContext) -> Iterator[dg.SkipReason]:
    """Puts the campaign of a failed run into a state that says why, in words. Runs that Dagster repeats are left alone."""
    key = context.partition_key
    if key is None:
        yield dg.SkipReason("The run was of no campaign.")
        return
    if context.dagster_run.tags.get("dagster/will_retry") == "true":
        yield dg.SkipReason("The run is repeated.")
        return
    asyncio.run(_stand_still(campaign_of(key), explain(context)))


@dataclass(frozen=True, slots=True)
class Standstill:
    """Why a campaign stands, in words for the tenant, and in how many seconds it goes on by itself (None: it does not)."""

    cause: Cause
    words: str
    resume_after_seconds: float | None = None


def explain(context: dg.RunFailureSensorContext) -> Standstill:
    """What stopped the run: its first step failure."""
    for event in context.get_step_failure_events():
        data = event.step_failure_data
        failure = data.user_failure_data
        if failure is not None and failure.description:
            kind = failure.metadata.get("error")
            name = str(kind.value) if kind is not None else ""
            resume_after: Any = failure.metadata.get("resume_after_seconds")
            return Standstill(
                CAUSES.get(name, "crash"), failure.description, float(resume_after.value) if resume_after else None
            )
    failing = _failed_checks(context)
    if failing:
        return Standstill("quality_gate", " ".join(map(_words, failing)))
    return Standstill("crash", "The run ended unexpectedly. Resume the campaign: what was done and paid is kept.")


@dg.sensor(name="parked_campaigns", minimum_interval_seconds=15, default_status=dg.DefaultSensorStatus.RUNNING)
def parked_campaigns(_context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Queues the campaigns whose vendor may be well again, or whose cap has freed; the dispatcher starts them."""
    resumed = asyncio.run(_resume_parked())
    return dg.SkipReason(f"{resumed} campaigns go on." if resumed else "No campaign's time has come.")


def _failed_checks(context: dg.RunFailureSensorContext) -> list[Any]:
    records = context.instance.all_logs(context.dagster_run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    evaluations = [r.dagster_event.asset_check_evaluation_data for r in records if r.dagster_event]
    return [e for e in evaluations if not e.passed and e.blocking]


def _words(check: Any) -> str:
    """Which check failed, of how many, and what to do."""
    remedy = check.metadata.get("remedy")
    what_to_do = str(remedy.value) if remedy else "See the campaign's checks."
    return f"The quality check {check.check_name} failed. {check.description or ''} {what_to_do}".replace("  ", " ")


async def _waiting() -> list[Event]:
    async with (
        Database(resolve(settings()).pipeline, connections=1, application="leadgen sweep") as database,
        database.nobody() as transaction,
    ):
        rows = await transaction.all(
            queries.OUTBOX_WAITING, {"older_than_seconds": SWEEP_OLDER_THAN_SECONDS, "at_most": SWEEP_AT_MOST}
        )
        is_gone = await transaction.value(queries.DISPATCHER_IS_GONE)
    return [event for event in map(Event.of, rows) if is_gone or event.launch_attempts]


async def _resume_parked() -> int:
    async with (
        Database(resolve(settings()).pipeline, connections=1, application="leadgen parked") as database,
        database.nobody() as transaction,
    ):
        return int(await transaction.value(queries.RESUME_PARKED, {"at_most": RESUMED_AT_MOST}))


async def _stand_still(campaign_id: UUID, why: Standstill) -> None:
    async with Database(resolve(settings()).pipeline, connections=1, application="leadgen failures") as database:
        async with database.nobody() as transaction:
            organization_id = await transaction.value(CAMPAIGN_ORGANIZATION, {"campaign": campaign_id})
        if organization_id is None:
            return
        async with database.tenant(organization_id) as transaction:
            if await transaction.value(CAMPAIGN_STATUS, {"campaign": campaign_id}) != "paused":
                status: Status = "failed" if why.cause == "crash" else "paused"
                await set_status(transaction, campaign_id, status, why.cause, why.words)
                if why.resume_after_seconds is not None:
                    await transaction.execute(
                        queries.PARK_CAMPAIGN, {"campaign": campaign_id, "seconds": why.resume_after_seconds}
                    )
