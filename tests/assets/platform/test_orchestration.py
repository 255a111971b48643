"""From an event in the outbox to the end of its run, through the real processes and whatever kills them."""

import os
import signal
from contextlib import closing
from uuid import UUID

import dagster as dg
import psutil
import pytest
from dagster import DagsterRunStatus
from orchestra import Orchestra, ended, runs_of, until
from sample_definitions import STAGES

from leadgen_assets.platform.dagster_api import DagsterApi
from leadgen_assets.platform.dispatcher import MOST_QUEUED_PER_ORGANIZATION
from leadgen_assets.platform.requests import Event

OTHER_ORGANIZATION = UUID(int=2)


@pytest.fixture(autouse=True)
def playing(orchestra: Orchestra) -> None:
    orchestra.keep_up("dagster", "dispatcher")


def event_of(orchestra: Orchestra, event: int) -> Event:
    row = orchestra.outbox(event)
    return Event.of({**row, "event_id": row["id"]})


def test_an_event_becomes_one_successful_run_of_its_campaign(
    orchestra: Orchestra, instance: dg.DagsterInstance
) -> None:
    event = orchestra.emit()
    run = ended(instance, event, DagsterRunStatus.SUCCESS)
    marked = until(lambda: orchestra.outbox(event) if orchestra.outbox(event)["run_id"] else None, "it is marked")
    assert marked["run_id"] == run.run_id
    assert run.tags["dagster/partition"] == str(marked["campaign_id"])
    assert len(runs_of(instance, event)) == 1
    for stage in STAGES:
        assert str(marked["campaign_id"]) in instance.get_materialized_partitions(dg.AssetKey(stage))


def test_the_event_of_a_rescoring_materializes_the_scores_alone(
    orchestra: Orchestra, instance: dg.DagsterInstance
) -> None:
    event = orchestra.emit(kind="campaign.rescored")
    ended(instance, event, DagsterRunStatus.SUCCESS)
    campaign = str(orchestra.outbox(event)["campaign_id"])
    done = [stage for stage in STAGES if campaign in instance.get_materialized_partitions(dg.AssetKey(stage))]
    assert done == ["lead_scores"]


def test_a_killed_run_is_failed_at_once_and_run_again(orchestra: Orchestra, instance: dg.DagsterInstance) -> None:
    event = orchestra.emit(hold=True)
    os.kill(orchestra.held_process(event), signal.SIGKILL)
    until(lambda: runs_of(instance, event)[0].status == DagsterRunStatus.FAILURE, "the killed run is failed")
    orchestra.held_process(event)  # the second run has the organization's slot, and has come as far
    orchestra.release(event)
    run = ended(instance, event, DagsterRunStatus.SUCCESS)
    assert run.tags["dagster/retry_number"] == "1"
    assert run.parent_run_id == runs_of(instance, event)[0].run_id


def test_a_terminated_run_is_canceled_and_not_run_again(orchestra: Orchestra, instance: dg.DagsterInstance) -> None:
    event = orchestra.emit(hold=True)
    process = psutil.Process(orchestra.held_process(event))
    (run,) = runs_of(instance, event)
    assert instance.run_coordinator.cancel_run(run.run_id)
    ended(instance, event, DagsterRunStatus.CANCELED)
    until(lambda: not process.is_running(), "its process is gone")
    assert len(runs_of(instance, event)) == 1


def test_a_permanent_failure_is_tried_once_and_a_transient_one_again(
    orchestra: Orchestra, instance: dg.DagsterInstance
) -> None:
    permanent, transient = orchestra.emit(fail="permanent"), orchestra.emit(fail="transient")
    first = ended(instance, permanent, DagsterRunStatus.FAILURE)
    second = ended(instance, transient, DagsterRunStatus.FAILURE)
    assert instance.get_run_step_stats(first.run_id, ["contacts"])[0].attempts == 1
    assert instance.get_run_step_stats(second.run_id, ["contacts"])[0].attempts == 2
    assert first.tags["dagster/retry_on_asset_or_op_failure"] == "false"
    for event in (permanent, transient):
        will_retry = until(
            lambda event=event: runs_of(instance, event)[0].tags.get("dagster/will_retry"), "it is known"
        )
        assert will_retry == "false"


def test_a_crash_between_launch_and_mark_launches_nothing_twice(
    orchestra: Orchestra, instance: dg.DagsterInstance
) -> None:
    orchestra.end("dispatcher", signal.SIGKILL)
    event = orchestra.emit()
    with closing(DagsterApi(orchestra.address)) as dagster:
        run_id = dagster.launch(event_of(orchestra, event))  # and here the dispatcher is killed
    orchestra.keep_up("dispatcher")
    assert until(lambda: orchestra.outbox(event)["run_id"], "it is marked") == run_id
    assert len(runs_of(instance, event)) == 1


def test_a_second_dispatcher_stands_by_until_the_first_is_gone(
    orchestra: Orchestra, instance: dg.DagsterInstance
) -> None:
    first = orchestra.processes.pop("dispatcher")
    orchestra.start("dispatcher")
    until(lambda: "standing by" in orchestra.log("dispatcher").read_text(), "the second stands by")
    events = [orchestra.emit() for _ in range(3)]
    for event in events:
        ended(instance, event, DagsterRunStatus.SUCCESS)
        assert len(runs_of(instance, event)) == 1
    first.kill()
    first.wait()
    until(lambda: orchestra.is_ready("dispatcher"), "the second dispatches")


def test_one_organization_does_not_fill_the_queue_before_another(
    orchestra: Orchestra, instance: dg.DagsterInstance
) -> None:
    many = [orchestra.emit(hold=True) for _ in range(6)]
    held = [orchestra.held_process(event) for event in many[:2]]
    ended(instance, orchestra.emit(OTHER_ORGANIZATION), DagsterRunStatus.SUCCESS)
    queued = instance.get_runs_count(dg.RunsFilter(statuses=[DagsterRunStatus.QUEUED]))
    assert len(held) == 2
    assert queued <= MOST_QUEUED_PER_ORGANIZATION
    for event in many:
        orchestra.release(event)
    for event in many:
        ended(instance, event, DagsterRunStatus.SUCCESS)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_end_of_the_worker_leaves_no_process_and_its_runs_go_on_later(
    orchestra: Orchestra, instance: dg.DagsterInstance, how: signal.Signals
) -> None:
    event = orchestra.emit(hold=True)
    orchestra.held_process(event)
    children = psutil.Process(orchestra.processes["dagster"].pid).children(recursive=True)
    orchestra.end("dagster", how)
    gone, alive = psutil.wait_procs(children, timeout=60)
    assert not alive
    assert len(gone) >= 4
    assert runs_of(instance, event)[0].status == DagsterRunStatus.FAILURE
    orchestra.release(event)
    meanwhile = orchestra.emit()
    orchestra.keep_up("dagster")
    ended(instance, event, DagsterRunStatus.SUCCESS)
    ended(instance, meanwhile, DagsterRunStatus.SUCCESS)
