"""One Dagster run in a forked process: what the worker loads before it forks, and what its children do.

Does the same as `dagster api execute_run`, without a new interpreter.
"""

import gc
import importlib
import threading
from collections.abc import Sequence

import dagster as dg
from dagster._cli.api import _execute_run_command_body
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._core.events import JobFailureData, RunFailureReason
from dagster._core.instance.ref import InstanceRef
from dagster._utils.interrupts import capture_interrupts

from leadgen_assets.platform.storage import close_pools


class RunInterrupted(Exception):
    """The run was asked to stop while one of its steps worked."""


def preload(module: str, late_imports: Sequence[str] = ()) -> InstanceRef:
    """Imports the definitions and everything a run needs, so that a forked run starts at once; returns the instance.

    A run of a trivial asset on a throw-away instance loads what Dagster imports only when it is first used;
    `late_imports` names the modules of which our code does the same.
    """
    definitions = importlib.import_module(module).defs
    for late in late_imports:
        importlib.import_module(late)
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
        _execute_run_command_body(run_id, instance, end_interrupted_run, set_exit_code_on_failure=False)
        end_run(instance, run_id, "it left the run unfinished")
    close_pools()


def end_interrupted_run(event: dg.DagsterEvent) -> None:
    """Ends the run where Dagster would repeat an interrupted step: it takes an interrupt for a reason to retry.

    Raises:
        RunInterrupted: which Dagster takes for the end of the run, canceled or failed.
    """
    if event.is_step_up_for_retry or event.is_step_failure:
        data = event.step_retry_data if event.is_step_up_for_retry else event.step_failure_data
        cause = data.error.cause if data.error else None
        if cause and cause.cls_name == DagsterExecutionInterruptedError.__name__:
            raise RunInterrupted


def report_death(instance_ref: InstanceRef, run_id: str, how: str) -> None:
    """Ends a run whose process is gone."""
    with dg.DagsterInstance.from_ref(instance_ref) as instance:
        end_run(instance, run_id, how)
    close_pools()


def end_run(instance: dg.DagsterInstance, run_id: str, how: str) -> None:
    """Ends a run that its process did not: canceled where that was asked for, else failed, so that it is run again."""
    run = instance.get_run_by_id(run_id)
    if run is None or run.is_finished:
        return
    if run.status == dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, message=f"The run's process stopped: {how}.")
    else:
        instance.report_run_failed(
            run,
            message=f"The run's process died: {how}.",
            job_failure_data=JobFailureData(error=None, failure_reason=RunFailureReason.UNEXPECTED_TERMINATION),
        )
