"""Dagster forgets old runs, and nothing else."""

from datetime import timedelta

import dagster as dg
import pytest

from leadgen_assets.upkeep import retention


@dg.asset
def something() -> None:
    """An asset whose run grows old."""


def test_runs_are_kept_until_they_are_old_and_materializations_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        old = dg.materialize([something], instance=instance)
        assert retention.run_retention.execute_in_process(instance=instance).success
        assert instance.has_run(old.run_id)

        monkeypatch.setattr(retention, "RUNS_KEPT", timedelta(0))
        assert retention.run_retention.execute_in_process(instance=instance).success
        assert not instance.has_run(old.run_id)
        assert instance.get_latest_materialization_event(dg.AssetKey("something")) is not None
