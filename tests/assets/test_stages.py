"""What holds of a campaign's stages, however its runs go."""

from in_process import PROSPECTS, Environment, Pipeline


def stages(pipeline: Pipeline) -> dict[str, int]:
    rows = pipeline.rows("select stage, count(*) as n from prospect_stages group by stage")
    return {row["stage"]: row["n"] for row in rows}


def failure_words(pipeline: Pipeline) -> str:
    result = pipeline.run(raise_on_error=False)
    assert not result.success
    failures = [event for event in result.all_events if event.event_type_value == "STEP_FAILURE"]
    return str(failures[0].step_failure_data.user_failure_data.description)


def test_a_resumed_campaign_does_only_what_is_left(pipeline: Pipeline) -> None:
    pipeline.run()
    before, finished = pipeline.calls(), pipeline.rows("select * from prospect_stages order by prospect_id, stage")
    pipeline.run()
    assert pipeline.calls() == before
    assert pipeline.rows("select * from prospect_stages order by prospect_id, stage") == finished


def test_results_older_than_asked_for_are_derived_again_from_known_answers(pipeline: Pipeline) -> None:
    pipeline.run()
    before = pipeline.calls()
    moment = pipeline.rows("select now()::text as moment")[0]["moment"]
    refresh = {"config": {"refresh_before": moment}}
    pipeline.run(config={"ops": {"website_profiles": refresh, "contacts": refresh, "research": refresh}})
    assert pipeline.calls() == before
    stale = pipeline.rows("select count(*) as n from prospect_stages where finished_at < %s::timestamptz", moment)
    assert stale[0]["n"] == 0
    versions = pipeline.rows("select count(*) as n from enrichment_data where stage = 'website_profiles'")
    assert versions[0]["n"] == 2 * PROSPECTS


def test_a_long_campaign_goes_in_slices_each_promised_by_the_one_before(
    pipeline: Pipeline, environment: Environment
) -> None:
    environment(LEADGEN_SLICE_SIZE="5")
    promised = "select count(*) as n from outbox where kind = 'campaign.continued'"
    pipeline.run()
    assert stages(pipeline) == dict.fromkeys(stages(pipeline), 5)
    assert pipeline.campaign()["status"] == "queued"
    assert pipeline.rows(promised)[0]["n"] == 1
    pipeline.run()
    pipeline.run()
    assert stages(pipeline) == dict.fromkeys(stages(pipeline), PROSPECTS)
    assert pipeline.campaign()["status"] == "ready"
    assert pipeline.rows(promised)[0]["n"] == 2


def test_an_outage_fails_the_stage_cleanly_and_the_next_run_goes_on(
    pipeline: Pipeline, environment: Environment
) -> None:
    environment(LEADGEN_HUNTER__DEADLINE_SECONDS="0.5")
    pipeline.sandbox("PUT", "/faults", {"hunter": {"outage": True}})
    result = pipeline.run(raise_on_error=False)
    assert not result.success
    assert stages(pipeline)["website_profiles"] == PROSPECTS
    measured = pipeline.calls()["pagespeed"]
    pipeline.sandbox("PUT", "/faults", {})
    pipeline.change("delete from app.circuits")  # as if its seconds had passed
    environment(LEADGEN_HUNTER__DEADLINE_SECONDS="60")
    pipeline.run()
    assert stages(pipeline)["email_drafts"] == PROSPECTS
    assert pipeline.calls()["pagespeed"] == measured


def test_a_place_that_is_not_on_the_map_is_said_to_be_so(pipeline: Pipeline) -> None:
    pipeline.change("update campaigns set target_location = 'Nowhere-at-all, ZZ'")
    assert "is not on the map" in failure_words(pipeline)


def test_a_spent_budget_stops_the_campaign_and_more_budget_resumes_it(pipeline: Pipeline) -> None:
    pipeline.change("update campaigns set budget_micros = 330000")
    assert "budget is spent" in failure_words(pipeline)
    spent = pipeline.rows("select * from campaign_spend")[0]
    assert spent["spent_micros"] <= 330_000
    assert spent["reserved_micros"] == 0
    paid = pipeline.calls()
    pipeline.change("update campaigns set budget_micros = null")
    pipeline.run()
    assert pipeline.campaign()["status"] == "ready"
    assert pipeline.calls()["google_places"] == paid["google_places"]


def test_a_paused_campaign_stops_within_the_calls_in_flight(pipeline: Pipeline) -> None:
    pipeline.change("update campaigns set status = 'paused', status_cause = 'user', status_detail = 'by hand'")
    assert "paused" in failure_words(pipeline)
    assert pipeline.calls() == dict.fromkeys(pipeline.calls(), 0)
    assert pipeline.campaign()["status"] == "paused"


def test_a_lead_cap_is_kept(pipeline: Pipeline) -> None:
    pipeline.change("update campaigns set lead_cap = 5")
    pipeline.run()
    assert pipeline.campaign()["total_prospects"] == 5


def test_a_disqualified_prospect_is_left_alone(pipeline: Pipeline) -> None:
    pipeline.run()
    pipeline.change("update prospects set status = 'disqualified'")
    pipeline.change("delete from prospect_stages")
    before = pipeline.calls()
    pipeline.run()
    assert stages(pipeline) == {}
    assert pipeline.calls() == before


def test_one_business_listed_by_two_sources_is_one_prospect(pipeline: Pipeline) -> None:
    pipeline.run()
    assert pipeline.campaign()["total_prospects"] == PROSPECTS
    truth = {(listing.source, listing.source_id): listing.business_id for listing in pipeline.world.listings}
    by_prospect: dict[object, set[str]] = {}
    for row in pipeline.rows("select prospect_id, source, source_id from listings"):
        by_prospect.setdefault(row["prospect_id"], set()).add(truth[row["source"], row["source_id"]])
    assert all(len(businesses) == 1 for businesses in by_prospect.values())


def test_every_score_is_the_sum_of_its_factors_and_a_rescoring_that_changes_nothing_adds_no_version(
    pipeline: Pipeline,
) -> None:
    pipeline.run()
    pipeline.change("delete from prospect_stages where stage = 'lead_scores'")
    pipeline.run()
    scores = pipeline.rows("select score, scoring_factors from lead_scores")
    assert len(scores) == PROSPECTS
    assert all(row["score"] == sum(factor["points"] for factor in row["scoring_factors"]) for row in scores)


def test_every_claim_of_a_draft_names_stored_evidence_with_its_quote(pipeline: Pipeline) -> None:
    pipeline.run()
    evidence = {str(row["id"]): row["quote"] for row in pipeline.rows("select id, quote from evidence")}
    claims = [claim for row in pipeline.rows("select claims from outreach_emails") for claim in row["claims"]]
    assert claims
    assert all(evidence[claim["evidence_id"]] for claim in claims)
