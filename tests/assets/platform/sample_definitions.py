"""The smallest definitions of our shape: six chained assets of one campaign, run in one process.

A test steers them with files in the folder `SAMPLE_FOLDER`: while `KEY.hold` exists, the run of partition KEY waits in
its third asset, after it has written its process id to `KEY.pid`; where `KEY.fail` exists, that asset fails as it says.
"""

import os
import time
from pathlib import Path

import dagster as dg

from leadgen.errors import DatabaseDown, InputError
from leadgen_assets.platform.failures import as_dagster_failure, no_run_retry_after_permanent_failure

STAGES = ("prospects", "website_profiles", "contacts", "research", "lead_scores", "email_drafts")
STEERED = "contacts"
ERRORS = {
    "permanent": InputError("the location is nowhere."),
    "transient": DatabaseDown("Postgres does not answer."),
}

campaigns = dg.DynamicPartitionsDefinition(name="campaigns")


def steered(key: str) -> None:
    """Does what the test asked for this partition."""
    folder = Path(os.environ["SAMPLE_FOLDER"])
    hold, failure = folder / f"{key}.hold", folder / f"{key}.fail"
    if hold.exists():
        (folder / f"{key}.writing").write_text(str(os.getpid()))
        (folder / f"{key}.writing").rename(folder / f"{key}.pid")
    while hold.exists():
        time.sleep(0.01)
    if failure.exists():
        raise as_dagster_failure(ERRORS[failure.read_text()])


def stage(name: str, after: str | None) -> dg.AssetsDefinition:
    """One asset of the chain."""

    @dg.asset(
        name=name,
        partitions_def=campaigns,
        deps=[after] if after else [],
        retry_policy=dg.RetryPolicy(max_retries=1),
        config_schema={"rescoring": dg.Field(bool, is_required=False)},
    )
    def materialize(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        if name == STEERED:
            steered(context.partition_key)
        return dg.MaterializeResult(metadata={"dagster/row_count": 1})

    return materialize


assets = [stage(name, after) for name, after in zip(STAGES, (None, *STAGES), strict=False)]
pipeline = dg.define_asset_job(
    "campaign_pipeline",
    selection=dg.AssetSelection.assets(*STAGES),
    executor_def=dg.in_process_executor,
    hooks={no_run_retry_after_permanent_failure},
)

defs = dg.Definitions(assets=assets, jobs=[pipeline])
