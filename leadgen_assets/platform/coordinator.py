"""The run queue of `dagster.yaml`: Dagster's own, but a run that is queued announces itself to the daemon."""

from collections.abc import Mapping
from typing import Any, Self

import dagster as dg
from dagster._config.config_schema import UserConfigSchema
from dagster._core.run_coordinator import SubmitRunContext
from dagster._serdes import ConfigurableClassData
from sqlalchemy import text

from leadgen_assets.platform.queries import ANNOUNCE_RUN
from leadgen_assets.platform.storage import PooledRunStorage


class PromptRunCoordinator(dg.QueuedRunCoordinator[Any]):
    """Dagster's queue, with an interval in fractions of a second where its own takes whole seconds.

    `daemon.py` hears the announcement. Dagster's own daemon does not, and sleeps in steps of half a second.
    """

    def __init__(self, dequeue_interval_seconds: float, **queue: Any) -> None:
        super().__init__(**queue)
        self._interval_seconds = dequeue_interval_seconds

    @property
    def dequeue_interval_seconds(self) -> float:  # type: ignore[override]  # the daemon takes any number
        """How often the daemon looks for runs to start, whatever it hears."""
        return self._interval_seconds

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """As Dagster's, but for the interval."""
        interval = dg.Field(float, default_value=0.5, description="Seconds between two looks at the queue.")
        return {**super().config_type(), "dequeue_interval_seconds": interval}  # type: ignore[dict-item]

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]) -> Self:
        """What Dagster calls with the configuration of `dagster.yaml`."""
        return cls(inst_data=inst_data, **config_value)

    def submit_run(self, context: SubmitRunContext) -> dg.DagsterRun:
        """Puts the run into the queue and announces it."""
        run = super().submit_run(context)
        storage = self._instance.run_storage
        if isinstance(storage, PooledRunStorage):
            with storage.connect() as connection:
                connection.execute(text(ANNOUNCE_RUN))
        return run
