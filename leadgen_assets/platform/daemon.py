"""Dagster's daemon, with a run queue that is rung for and retries that are not lost.

    python -m leadgen_assets.platform.daemon -w workspace.yaml

Dagster's own command works as well; then a run waits for the queue's next look, a quarter of a second on average, and a
crashed one for five seconds.
"""

import argparse
from collections.abc import Sequence
from contextlib import suppress
from threading import Event
from typing import Any, cast

import dagster as dg
import psycopg
from dagster._core.storage.tags import AUTO_RETRY_RUN_ID_TAG, WILL_RETRY_TAG
from dagster._core.workspace.context import IWorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._daemon.auto_run_reexecution.auto_run_reexecution import consume_new_runs_for_automatic_reexecution
from dagster._daemon.auto_run_reexecution.event_log_consumer import EventLogConsumerDaemon
from dagster._daemon.controller import create_daemons_from_instance, daemon_controller_from_instance
from dagster._daemon.daemon import DaemonIterator, DagsterDaemon
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon
from dagster._utils.interrupts import capture_interrupts, setup_interrupt_handlers

from leadgen_assets.platform.pools import set_limits
from leadgen_assets.platform.queries import LISTEN_FOR_RUNS
from leadgen_assets.platform.storage import PooledRunStorage

RETRY_LOOK_SECONDS = 1  # how soon a crashed run is queued again
RETRIES_LOOKED_AT = 25
TO_BE_RETRIED = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], tags={WILL_RETRY_TAG: "true"})


class PromptQueueDaemon(QueuedRunCoordinatorDaemon):
    """Looks at the queue when `PromptRunCoordinator` announces a run, and at its interval."""

    def core_loop(
        self, workspace_process_context: IWorkspaceProcessContext[Any], shutdown_event: Event
    ) -> DaemonIterator:
        """What the daemon's thread does. It is started again, and so connects again, after an error."""
        storage = cast("PooledRunStorage", workspace_process_context.instance.run_storage)
        with psycopg.connect(storage.libpq_url, autocommit=True) as bell:
            bell.execute(LISTEN_FOR_RUNS)
            while not shutdown_event.is_set():
                yield from self.run_iteration(workspace_process_context)
                list(bell.notifies(timeout=self.interval_seconds, stop_after=1))
                yield None


class PatientRetryDaemon(EventLogConsumerDaemon):
    """Queues crashed runs again within a second, and only while it can.

    Dagster's own gives a run up for good when the code server is away just then, as it is when everything is restarted, and
    when it reads of the failure before the run is marked as failed.
    """

    def run_iteration(self, workspace_process_context: IWorkspaceProcessContext[Any]) -> DaemonIterator:
        """One look at the runs that ended since the last."""
        if not workspace_process_context.create_request_context().code_location_errors():
            yield from super().run_iteration(workspace_process_context)
            failed = workspace_process_context.instance.get_run_records(TO_BE_RETRIED, limit=RETRIES_LOOKED_AT)
            passed_over = [record for record in failed if AUTO_RETRY_RUN_ID_TAG not in record.dagster_run.tags]
            yield from consume_new_runs_for_automatic_reexecution(workspace_process_context, passed_over, self._logger)


def daemons(instance: dg.DagsterInstance) -> Sequence[DagsterDaemon[Any]]:
    """The daemons that the instance needs, two of them more prompt than Dagster's own, under the pools' limits."""

    def prompt(stock: DagsterDaemon[Any]) -> DagsterDaemon[Any]:
        match stock:
            case QueuedRunCoordinatorDaemon():
                return PromptQueueDaemon(stock.interval_seconds)
            case EventLogConsumerDaemon():
                return PatientRetryDaemon(RETRY_LOOK_SECONDS)
            case _:
                return stock

    set_limits(instance)
    return [prompt(stock) for stock in create_daemons_from_instance(instance)]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; runs until it is interrupted or terminated."""
    parser = argparse.ArgumentParser(description="Runs Dagster's daemons.")
    parser.add_argument("-w", "--workspace", default="workspace.yaml")
    options = parser.parse_args(arguments)
    setup_interrupt_handlers()
    with (
        suppress(KeyboardInterrupt),
        capture_interrupts(),
        dg.DagsterInstance.get() as instance,
        daemon_controller_from_instance(
            instance, WorkspaceFileTarget([options.workspace]), gen_daemons=daemons
        ) as controller,
    ):
        controller.check_daemon_loop()


if __name__ == "__main__":
    main()
