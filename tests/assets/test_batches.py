"""A campaign that is not urgent: its questions to Claude go in batches at half price, and it goes on by itself."""

from typing import Any

import pytest
from in_process import PROSPECTS, Pipeline

A_MINUTE = {"seconds": 61}


@pytest.fixture
def patient(pipeline: Pipeline) -> Pipeline:
    """The campaign, not urgent."""
    pipeline.change("update campaigns set target_criteria = %s", '{"is_urgent": false}')
    return pipeline


def waits(pipeline: Pipeline) -> bool:
    """Runs the campaign; whether it stands still for answers that come later."""
    result = pipeline.run(raise_on_error=False)
    if result.success:
        return False
    [failure] = [event for event in result.all_events if event.event_type_value == "STEP_FAILURE"]
    failed = failure.step_failure_data.user_failure_data
    assert "wait for their answers in a batch" in str(failed.description)
    assert failed.metadata["resume_after_seconds"].value == 60.0
    return True


def spent(pipeline: Pipeline) -> dict[str, int]:
    sql = (
        "select vendor, sum(cost_micros)::bigint as micros from provider_calls where status = 'settled' group by vendor"
    )
    return {row["vendor"]: row["micros"] for row in pipeline.rows(sql)}


def drafts(pipeline: Pipeline) -> list[dict[str, Any]]:
    return pipeline.rows("select s.id from outreach_sequences s join outreach_emails e on e.sequence_id = s.id")


def test_a_campaign_that_can_wait_is_written_at_half_price_and_loses_nothing(patient: Pipeline) -> None:
    stood = 0
    while waits(patient):
        stood += 1
        assert stood < 4
        patient.sandbox("POST", "/clock", A_MINUTE)

    assert stood == 2  # for its research, then for its drafts
    assert patient.campaign()["status"] == "ready"
    assert patient.campaign()["enriched_count"] == PROSPECTS
    assert drafts(patient)
    states = patient.rows("select distinct state from provider_batches")
    assert [row["state"] for row in states] == ["landed"]
    assert spent(patient)["anthropic"] == patient.sandbox("GET", "/calls")["vendors"]["anthropic"]["bill"]["micros"]
    before = patient.calls()
    patient.run()
    assert patient.calls() == before


def test_what_a_batch_leaves_unanswered_is_asked_at_once(patient: Pipeline) -> None:
    assert waits(patient)
    patient.sandbox("POST", "/clock", {"seconds": 30 * 86_400})  # its results are kept no longer
    while waits(patient):
        patient.sandbox("POST", "/clock", A_MINUTE)

    assert patient.campaign()["status"] == "ready"
    lost = patient.rows("select distinct status from provider_calls where position('kept no longer' in failure) > 0")
    assert [row["status"] for row in lost] == ["abandoned"]


def test_an_order_that_is_refused_as_a_whole_is_asked_at_once(patient: Pipeline) -> None:
    patient.sandbox("PUT", "/faults", {"anthropic": {"outage": True, "error_status": 400}})
    patient.run()
    assert not drafts(patient)
    failed = patient.rows("select distinct state from prospect_stages where stage = 'research' and state <> 'skipped'")
    assert [row["state"] for row in failed] == ["failed"]  # each by itself, since the vendor still refuses
    states = patient.rows("select distinct state from provider_batches")
    assert [row["state"] for row in states] == ["failed"]
