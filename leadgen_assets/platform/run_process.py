"""One Dagster run in a forked process: what the worker loads before it forks, and what its children do.

Does the same as `dagster api execute_run`, without a new interpreter.
"""

import gc
import importlib
import threading

import dagster as dg
from dagster._cli.api import _execute_run_command_body
from dagster._core.events import JobFailureData, RunFailureReason
from dagster._core.instance.ref import InstanceRef
from dagster._utils.interrupts import capture_interrupts

from leadgen_assets.platform.storage import close_pools


def preload(module: str) -> InstanceRef:
    """Imports the definitions and everything a run needs, so that a forked run starts at once; returns the instance.

    A run of a trivial asset on a throw-away instance loads what Dagster imports only when it is first used.
    """
    definitions = importlib.import_module(module).defs
    definitions.get_repository_def().load_all_definitions()

    @dg.asset
    def warm_up() -> None: ...

    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([warm_up], instance=instance)
    with dg.DagsterInstance.get() as instance:
        instance.get_run_by_id("none")
        instance_ref = instance.get_ref()
    close_pools()
    if threading.active_count() > 1:
        raise RuntimeError(f"{module} starts a thread when it is loaded; runs cannot be forked from it")
    # The collector would write to every object it looks at, and so copy all of this memory into each run.
    gc.collect()
    gc.freeze()
    return instance_ref


def execute_run(instance_ref: InstanceRef, run_id: str) -> None:
    """Executes a run to its end, whatever that is; the outcome is in Dagster's storage."""
    with capture_interrupts(), dg.DagsterInstance.from_ref(instance_ref) as instance:
        _execute_run_command_body(run_id, instance, lambda _: None, set_exit_code_on_failure=False)
    close_pools()


def report_death(instance_ref: InstanceRef, run_id: str, how: str) -> None:
    """Ends a run whose process is gone: canceled where that was asked for, else failed, so that it is tried again."""
    with dg.DagsterInstance.from_ref(instance_ref) as instance:
        run = instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return
        if run.status == dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, message=f"The run's process was ended: {how}.")
        else:
            instance.report_run_failed(
                run,
                message=f"The run's process died: {how}.",
                job_failure_data=JobFailureData(error=None, failure_reason=RunFailureReason.UNEXPECTED_TERMINATION),
            )
    close_pools()
