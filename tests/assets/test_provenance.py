"""Every value that enrichment writes has a receipt, and what sources say against one another is kept."""

from in_process import PROSPECTS, Environment, Pipeline

from leadgen_assets.enrichment import queries
from leadgen_assets.enrichment.website_profiles import website_profiles

CHECKS = (queries.CHECK_WEBSITE_RECEIPTS, queries.CHECK_CONTACT_RECEIPTS, queries.CHECK_RESEARCH_RECEIPTS)


def failing(pipeline: Pipeline, check: str) -> int:
    row = pipeline.rows(check.replace("%(campaign)s", "%s"), pipeline.campaign_id)[0]
    assert row["total"] > 0
    return int(row["failing"])


def test_values_rest_on_calls_and_contradictions_are_kept(pipeline: Pipeline) -> None:
    result = pipeline.run()
    passed = {(e.asset_key.path[-1], e.check_name): e.passed for e in result.get_asset_check_evaluations()}
    for stage in ("website_profiles", "contacts", "research"):
        assert passed[stage, "provenance_complete"]
    assert passed["contacts", "contactable_share"]
    assert [failing(pipeline, check) for check in CHECKS] == [0, 0, 0]

    # what stands at each address is known, and only a business's own words are kept as theirs
    expected = {"parked": "parked", "social_only": "social", "unreachable": "unreachable"}
    seen = pipeline.rows(
        "select p.domain, e.website_status, e.website_content, e.findings from prospects p"
        " join current_enrichment e on e.prospect_id = p.id and e.stage = 'website_profiles'"
    )
    for row in seen:
        site = pipeline.world.sites.get(row["domain"])
        status = expected.get(site.kind) if site else None
        assert status is None or row["website_status"] == status
        assert row["website_status"] not in {"parked", "unreachable", "none"} or not row["website_content"]
        assert row["findings"]["status_reasons"] or row["website_status"] == "good"

    # whoever holds is what the lead shows, and no source is both believed and contradicted
    conflicts = pipeline.rows("select c.*, p.phone from field_conflicts c join prospects p on p.id = c.prospect_id")
    for row in conflicts:
        sources = [row["provider"], *row["agreeing"], *(other["provider"] for other in row["others"])]
        assert len(sources) == len(set(sources))
        assert row["chosen_by"].startswith(f"{row['provider']} before ")
        assert row["field"] != "phone" or row["phone"] == row["value"]
    receipts = pipeline.rows("select distinct prospect_id from field_provenance where field = 'phone'")
    assert len(receipts) == PROSPECTS

    # a listing that errs is heard, and not believed: the business's own site says who answers
    phone = pipeline.rows(
        "select p.id, p.phone from prospects p join field_provenance r on r.prospect_id = p.id"
        " where r.field = 'phone' and r.provider = 'site' and r.superseded_at is null limit 1"
    )[0]
    pipeline.change(
        'update listings set fields = fields || \'{"phone": "+15124780143"}\' where prospect_id = %s', phone["id"]
    )
    pipeline.change("delete from prospect_stages where prospect_id = %s", phone["id"])
    pipeline.run(assets=[website_profiles])
    (conflict,) = pipeline.rows(
        "select * from field_conflicts where prospect_id = %s and field = 'phone' and superseded_at is null",
        phone["id"],
    )
    assert (conflict["value"], conflict["provider"]) == (phone["phone"], "site")
    assert {other["value"] for other in conflict["others"]} == {"+15124780143"}

    # a value whose receipt is taken away is seen, in each stage
    pipeline.change("update field_provenance set superseded_at = now() where field in ('findings', 'company_summary')")
    pipeline.change("update contacts set provider_call_id = null where source = 'hunter'")
    assert all(failing(pipeline, check) > 0 for check in CHECKS)


def test_a_campaign_whose_businesses_mail_cannot_reach_stops_before_research(
    pipeline: Pipeline, environment: Environment
) -> None:
    environment(LEADGEN_LEAST_CONTACTABLE_SHARE="1")
    pipeline.change(
        "with past as (insert into prospects (organization_id, campaign_id, company_name, source, source_id, status)"
        "  select organization_id, id, 'Silent ' || n, 'import', 'silent ' || n, 'disqualified'"
        "    from campaigns, generate_series(1, 20) n where id = %s returning *)"
        " insert into prospect_stages (organization_id, campaign_id, prospect_id, stage, state, version)"
        " select organization_id, campaign_id, id, 'contacts', 'skipped', '2' from past",
        pipeline.campaign_id,
    )
    result = pipeline.run(raise_on_error=False)
    assert not result.success
    assert pipeline.calls().get("anthropic", 0) == 0
