"""Who reads and writes for a campaign: Claude, or the OpenAI model that its tenant has chosen."""

from in_process import Pipeline


def test_a_campaign_is_read_and_written_by_the_model_its_tenant_chose(pipeline: Pipeline) -> None:
    pipeline.change("update campaigns set target_criteria = %s", '{"openai_model": "gpt-4o-mini", "is_urgent": false}')
    pipeline.run()

    assert pipeline.campaign()["status"] == "ready"
    calls = pipeline.calls()
    assert calls["openai"] > 0
    assert "anthropic" not in calls
    drafts = pipeline.rows(
        "select count(*) as n from outreach_sequences s join provider_calls c on c.id = s.provider_call_id"
        " where c.vendor = 'openai' and c.is_private"
    )
    assert drafts[0]["n"] > 0
    readers = pipeline.rows("select distinct provider from field_provenance where field = 'company_summary'")
    assert [row["provider"] for row in readers] == ["openai"]
