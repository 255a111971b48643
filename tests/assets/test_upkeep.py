"""What watches over the runs, on runs that really failed."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import psycopg
import pytest
from in_process import Pipeline

from leadgen.errors import BudgetSpent, CredentialsRejected, LeadGenError, OutcomeUnclear, VendorUnavailable
from leadgen_assets.definitions import SENSORS, campaign_pipeline
from leadgen_assets.partitions import campaigns
from leadgen_assets.platform.failures import as_dagster_failure
from leadgen_assets.platform.queries import BECOME_DISPATCHER
from leadgen_assets.upkeep.sensors import failed_campaigns, outbox_sweep, parked_campaigns


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def failed_run(pipeline: Pipeline, instance: dg.DagsterInstance, error: Exception) -> dg.RunFailureSensorContext:
    """The failure sensor's context of a run whose asset raised this error."""

    @dg.asset(partitions_def=campaigns)
    def failing() -> None:
        raise as_dagster_failure(error) if isinstance(error, LeadGenError) else error

    instance.add_dynamic_partitions("campaigns", [str(pipeline.campaign_id)])
    result = dg.materialize([failing], instance=instance, partition_key=str(pipeline.campaign_id), raise_on_error=False)
    context = dg.build_run_status_sensor_context(
        sensor_name="failed_campaigns",
        dagster_event=result.get_run_failure_event(),
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        partition_key=str(pipeline.campaign_id),
    )
    return context.for_run_failure()


@pytest.mark.parametrize(
    ("error", "status", "cause", "words"),
    [
        (BudgetSpent("campaign"), "paused", "budget", "Raise it"),
        (OutcomeUnclear("instantly", "add_leads", 7), "paused", "unclear", "leadgen calls"),
        (
            CredentialsRejected("hunter", "verify", "no such key", remedy="Replace the key."),
            "paused",
            "credentials",
            "key",
        ),
        (VendorUnavailable("yelp", "search", "no answer"), "paused", "vendor", "yelp"),
        (RuntimeError("a bug"), "failed", "crash", "kept"),
    ],
)
def test_a_failed_run_puts_its_campaign_into_a_state_with_the_cause_in_words(
    pipeline: Pipeline, instance: dg.DagsterInstance, error: Exception, status: str, cause: str, words: str
) -> None:
    list(failed_campaigns(failed_run(pipeline, instance, error)) or [])
    campaign = pipeline.campaign()
    assert (campaign["status"], campaign["status_cause"]) == (status, cause)
    assert words in campaign["status_detail"]
    assert "RuntimeError" not in campaign["status_detail"]


def test_a_campaign_paused_by_its_user_keeps_the_users_reason(pipeline: Pipeline, instance: dg.DagsterInstance) -> None:
    pipeline.change("update campaigns set status = 'paused', status_cause = 'user', status_detail = 'by hand'")
    list(failed_campaigns(failed_run(pipeline, instance, VendorUnavailable("yelp", "search", "no answer"))) or [])
    assert pipeline.campaign()["status_cause"] == "user"


def park(pipeline: Pipeline, instance: dg.DagsterInstance) -> None:
    list(failed_campaigns(failed_run(pipeline, instance, VendorUnavailable("yelp", "search", "no answer"))) or [])


def resume_parked(instance: dg.DagsterInstance) -> None:
    with dg.build_sensor_context(instance=instance) as context:
        parked_campaigns(context)


def test_a_campaign_that_an_outage_stopped_goes_on_by_itself_when_its_time_has_come(
    pipeline: Pipeline, instance: dg.DagsterInstance
) -> None:
    park(pipeline, instance)
    resume_parked(instance)
    assert pipeline.campaign()["status"] == "paused", "it is left alone for a minute"
    pipeline.change("update campaigns set resume_at = now()")
    resume_parked(instance)
    campaign = pipeline.campaign()
    assert (campaign["status"], campaign["status_cause"], campaign["resume_at"]) == ("queued", None, None)
    assert [row["kind"] for row in pipeline.rows("select kind from outbox")] == ["campaign.resumed"]


def test_each_outage_in_a_row_is_waited_out_longer(pipeline: Pipeline, instance: dg.DagsterInstance) -> None:
    waits = []
    for _ in range(3):
        pipeline.change("update campaigns set status = 'enriching'")
        park(pipeline, instance)
        waits.append(pipeline.rows("select round(extract(epoch from resume_at - now())) as n from campaigns")[0]["n"])
    assert waits[0] < waits[1] < waits[2]


def test_who_pauses_a_parked_campaign_keeps_it_paused(pipeline: Pipeline, instance: dg.DagsterInstance) -> None:
    park(pipeline, instance)
    pipeline.change("update campaigns set resume_at = now(), status_cause = 'user', status = 'paused'")
    pipeline.change("update campaigns set resume_at = null")
    resume_parked(instance)
    assert pipeline.campaign()["status"] == "paused"


def sweep(instance: dg.DagsterInstance) -> dg.SensorResult | dg.SkipReason:
    with dg.build_sensor_context(instance=instance) as context:
        result: Any = outbox_sweep(campaign_pipeline)(context)
        return result


def test_the_sweep_launches_an_event_the_dispatcher_missed_under_a_key_of_its_own(
    pipeline: Pipeline, instance: dg.DagsterInstance
) -> None:
    insert = (
        "insert into outbox (organization_id, campaign_id, kind, created_at)"
        " select organization_id, id, 'campaign.created', now() - interval '2 minutes' from campaigns"
    )
    pipeline.change(insert)
    result = sweep(instance)
    assert isinstance(result, dg.SensorResult)
    (request,) = result.run_requests or []
    event = pipeline.rows("select id from outbox")[0]["id"]
    assert request.run_key == f"event:{event}"
    assert request.partition_key == str(pipeline.campaign_id)
    assert request.tags["leadgen/event_id"] == str(event)


def test_the_sweep_leaves_what_a_living_dispatcher_holds_back(pipeline: Pipeline, instance: dg.DagsterInstance) -> None:
    pipeline.change(
        "insert into outbox (organization_id, campaign_id, kind, created_at)"
        " select organization_id, id, 'campaign.created', now() - interval '2 minutes' from campaigns"
    )
    with psycopg.connect(pipeline.urls.pipeline) as dispatcher:
        dispatcher.execute(BECOME_DISPATCHER)
        assert isinstance(sweep(instance), dg.SkipReason)
        pipeline.change("update outbox set launch_attempts = 1")
        assert isinstance(sweep(instance), dg.SensorResult)


def test_a_run_marks_the_event_it_was_launched_for_so_that_no_sweep_sees_it_again(
    pipeline: Pipeline, instance: dg.DagsterInstance
) -> None:
    pipeline.change(
        "insert into outbox (organization_id, campaign_id, kind, created_at)"
        " select organization_id, id, 'campaign.created', now() - interval '2 minutes' from campaigns"
    )
    launched = sweep(instance)
    assert isinstance(launched, dg.SensorResult)
    (request,) = launched.run_requests or []
    pipeline.run(tags=dict(request.tags))
    assert pipeline.rows("select run_id from outbox where launched_at is not null")
    assert isinstance(sweep(instance), dg.SkipReason)


def test_the_sweep_leaves_fresh_events_to_the_dispatcher(pipeline: Pipeline, instance: dg.DagsterInstance) -> None:
    pipeline.change(
        "insert into outbox (organization_id, campaign_id, kind) select organization_id, id, 'campaign.created' from campaigns"
    )
    assert isinstance(sweep(instance), dg.SkipReason)


def test_the_sensors_run_without_being_switched_on() -> None:
    assert all(sensor.default_status is dg.DefaultSensorStatus.RUNNING for sensor in SENSORS)
