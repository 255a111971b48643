"""The run launcher of `dagster.yaml`: hands each run to the warm run worker."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from dagster import StringSource
from dagster._config.config_schema import UserConfigSchema
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, RunLauncher, WorkerStatus
from dagster._core.storage.dagster_run import DagsterRun
from dagster._serdes import ConfigurableClass, ConfigurableClassData

from leadgen_assets.platform.worker_socket import Answer, NoWorker, Request, ask

HEALTH = {
    Answer.RUNNING: WorkerStatus.RUNNING,
    Answer.FINISHED: WorkerStatus.SUCCESS,
    Answer.DIED: WorkerStatus.FAILED,
    Answer.UNKNOWN: WorkerStatus.NOT_FOUND,
}


class RunWorkerUnreachable(DagsterUserCodeUnreachableError):
    """No run worker takes the run. Of a kind that the run queue answers by trying again later."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The run worker on {path} takes no run: {reason}. Start everything with `leadgen up`, or the worker alone"
            f" with `python -m leadgen_assets.platform.run_worker --socket {path} -m leadgen_assets.definitions`."
        )


class ForkRunLauncher(RunLauncher[Any], ConfigurableClass):
    """Runs are forks of the run worker that listens on the Unix socket `socket`."""

    def __init__(self, socket: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._path = Path(socket)
        self._inst_data = inst_data

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        """Where this object's configuration came from."""
        return self._inst_data

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """What `dagster.yaml` says of it."""
        return {"socket": StringSource}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]) -> Self:
        """What Dagster calls with the configuration of `dagster.yaml`."""
        return cls(config_value["socket"], inst_data)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Starts the run.

        Raises:
            RunWorkerUnreachable: no worker runs, or it is being stopped.
        """
        try:
            answer, detail = ask(self._path, Request.LAUNCH, context.dagster_run.run_id)
        except OSError as error:
            raise RunWorkerUnreachable(self._path, str(error) or type(error).__name__) from error
        if answer is Answer.STOPPING:
            raise RunWorkerUnreachable(self._path, detail)

    def terminate(self, run_id: str) -> bool:
        """Asks the run to stop; it is killed if it does not within the worker's grace. False where it has ended."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        try:
            answer, _ = ask(self._path, Request.TERMINATE, run_id)
        except NoWorker:
            answer = Answer.UNKNOWN
        if answer is Answer.UNKNOWN:  # no process is left that could end the run itself
            self._instance.report_run_canceled(run, message="The run has no process any more.")
        return True

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Run monitoring may ask for the processes of its runs."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """How the run's process is. A worker that is gone has taken its runs with it."""
        try:
            answer, detail = ask(self._path, Request.CHECK, run.run_id)
        except NoWorker as error:
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, f"no run worker on {error}")
        return CheckRunHealthResult(HEALTH[answer], detail)
