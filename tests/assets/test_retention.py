"""What is forgotten every night, and what is not."""

from datetime import timedelta

import dagster as dg
import pytest
from in_process import Pipeline

from leadgen_assets.upkeep import retention


@dg.asset
def something() -> None:
    """An asset whose run grows old."""


def test_runs_are_kept_until_they_are_old_and_materializations_for_good(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        old = dg.materialize([something], instance=instance)
        assert retention.retention.execute_in_process(instance=instance).success
        assert instance.has_run(old.run_id)

        monkeypatch.setattr(retention, "RUNS_KEPT", timedelta(0))
        assert retention.retention.execute_in_process(instance=instance).success
        assert not instance.has_run(old.run_id)
        assert instance.get_latest_materialization_event(dg.AssetKey("something")) is not None


def test_an_answer_is_forgotten_a_day_after_it_is_stale_and_its_ledger_line_stays(pipeline: Pipeline) -> None:
    pipeline.run()
    lines = pipeline.rows("select count(*) as n, sum(cost_micros) as micros from provider_calls")
    pipeline.change(
        "update provider_answers"
        " set expires_at = now() - case vendor when 'yelp' then interval '2 days' else interval '1 hour' end"
    )
    with dg.DagsterInstance.ephemeral() as instance:
        assert retention.retention.execute_in_process(instance=instance).success
    kept = {row["vendor"] for row in pipeline.rows("select distinct vendor from provider_answers")}
    assert "yelp" not in kept
    assert "hunter" in kept
    assert pipeline.rows("select count(*) as n, sum(cost_micros) as micros from provider_calls") == lines
