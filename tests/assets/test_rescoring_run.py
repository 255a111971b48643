"""A campaign that is scored again calls no vendor, keeps its old scores and stays where it stands."""

import dagster as dg
from in_process import Pipeline
from psycopg.types.json import Jsonb

from leadgen_assets.definitions import ASSETS
from leadgen_assets.platform.requests import Event, asset_selection, run_config
from leadgen_assets.session import CampaignSessions

DOCUMENT = {"business_size": {"employees": 25}, "engagement": {"rating": 25}}


def rescore(pipeline: Pipeline) -> dg.ExecuteInProcessResult:
    """The run that the event of an applied profile asks for."""
    event = Event.of(
        {
            **pipeline.rows("select id as event_id, * from outbox where kind = 'campaign.rescored'")[0],
            "campaign_id": pipeline.campaign_id,
        }
    )
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("campaigns", [str(pipeline.campaign_id)])
        return dg.materialize(
            ASSETS,
            selection=list(asset_selection(event) or ()),
            instance=instance,
            partition_key=str(pipeline.campaign_id),
            resources={"campaign_sessions": CampaignSessions()},
            run_config=run_config(event),
        )


def test_rescoring_under_another_profile_calls_nobody_and_drafts_nothing(pipeline: Pipeline) -> None:
    pipeline.run()
    calls, ledger = pipeline.calls(), pipeline.rows("select count(*) as n from provider_calls")
    before = pipeline.rows("select prospect_id, score from current_lead_scores order by prospect_id")
    drafts = pipeline.rows("select id from outreach_sequences order by id")
    pipeline.change(
        "insert into scoring_profiles (organization_id, version, name, document, applied_at)"
        " select organization_id, 1, 'Other', %s, now() from campaigns",
        Jsonb(DOCUMENT),
    )
    pipeline.change(
        "insert into outbox (organization_id, campaign_id, kind)"
        " select organization_id, id, 'campaign.rescored' from campaigns"
    )

    result = rescore(pipeline)

    assert [event.asset_key.to_user_string() for event in result.get_asset_materialization_events()] == ["lead_scores"]
    assert pipeline.calls() == calls
    assert pipeline.rows("select count(*) as n from provider_calls") == ledger
    assert pipeline.rows("select id from outreach_sequences order by id") == drafts
    assert pipeline.campaign()["status"] == "ready"
    after = pipeline.rows("select prospect_id, score, profile_version from current_lead_scores order by prospect_id")
    assert {row["profile_version"].rpartition("/")[2] for row in after} == {"1"}
    assert [row["score"] for row in after] != [row["score"] for row in before]
    kept = pipeline.rows(
        "select prospect_id, score from lead_scores where superseded_at is not null order by prospect_id"
    )
    assert kept == before
