"""What the run of an event looks like."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from leadgen_assets.platform.requests import DERIVED, Event, asset_selection, run_config, run_tags

ROW = {
    "event_id": 7,
    "organization_id": UUID(int=1),
    "campaign_id": UUID(int=2),
    "kind": "campaign.created",
    "launch_attempts": 0,
    "created_at": datetime(2026, 11, 22, 13, 0, tzinfo=UTC),
}


def test_a_run_can_be_found_by_its_event_and_capped_by_its_organization() -> None:
    assert run_tags(Event.of(ROW)) == {
        "leadgen/event_id": "7",
        "leadgen/organization": str(UUID(int=1)),
        "leadgen/campaign": str(UUID(int=2)),
    }


@pytest.mark.parametrize("kind", ["campaign.created", "campaign.resumed", "campaign.continued"])
def test_a_run_does_what_is_due(kind: str) -> None:
    assert run_config(Event.of({**ROW, "kind": kind})) == {}


def test_a_rerun_derives_again_what_is_older_than_the_wish_for_it() -> None:
    config = run_config(Event.of({**ROW, "kind": "campaign.rerun"}))
    assert set(config["ops"]) == set(DERIVED)
    for asset in DERIVED:
        assert config["ops"][asset] == {"config": {"refresh_before": "2026-11-22T13:00:00+00:00"}}


def test_the_next_slice_of_a_campaign_searches_nothing_again() -> None:
    assert asset_selection(Event.of({**ROW, "kind": "campaign.continued"})) == DERIVED


def test_a_rescoring_materializes_the_scores_alone() -> None:
    event = Event.of({**ROW, "kind": "campaign.rescored"})
    assert asset_selection(event) == ("lead_scores",)
    assert run_config(event) == {"ops": {"lead_scores": {"config": {"rescoring": True}}}}
    assert asset_selection(Event.of({**ROW, "kind": "campaign.rerun"})) is None
