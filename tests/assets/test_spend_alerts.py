"""The sensor that warns of spent budgets, on a campaign that spends."""

import dagster as dg
from in_process import Pipeline

from leadgen_assets.definitions import SENSORS
from leadgen_assets.upkeep.spend_alerts import spend_alerts


def test_the_sensor_warns_once_of_a_budget_that_is_nearly_spent(pipeline: Pipeline) -> None:
    assert spend_alerts in SENSORS
    pipeline.change("update campaigns set budget_micros = 100")
    pipeline.change("update campaign_spend set spent_micros = 85")
    said = []
    for _ in range(2):
        with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance=instance) as context:
            said.append(spend_alerts(context).skip_message)
    assert said == ["1 warnings were written.", "No budget or cap is nearly spent."]
    assert [row["kind"] for row in pipeline.rows("select kind from notifications")] == ["budget.nearly_spent"]
