"""Tells tenants that a budget or cap is nearly or wholly spent.

Not where a call settles: that path is the busiest of all, and a warning may be half a minute late.
"""

import asyncio

import dagster as dg

from leadgen.settings import settings
from leadgen.store.connections import resolve
from leadgen.store.database import Database
from leadgen_assets.upkeep import queries


@dg.sensor(name="spend_alerts", minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def spend_alerts(_context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Writes a notification where 80 or 100 percent of a budget or cap is spent, once for each."""
    told = asyncio.run(_raise_alerts())
    return dg.SkipReason(f"{told} warnings were written." if told else "No budget or cap is nearly spent.")


async def _raise_alerts() -> int:
    async with (
        Database(resolve(settings()).pipeline, connections=1, application="leadgen spend alerts") as database,
        database.nobody() as transaction,
    ):
        return int(await transaction.value(queries.RAISE_SPEND_ALERTS))
