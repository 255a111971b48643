"""The contacts' waterfall over a small world: who was asked, in which order, at what price, and what is learnt of it."""

from in_process import PROSPECTS, Pipeline
from psycopg.types.json import Jsonb

from leadgen_assets.discovery.assets import prospects
from leadgen_assets.enrichment.contacts import contacts
from leadgen_assets.enrichment.website_profiles import website_profiles

ATTEMPTS = "select * from contact_attempts order by prospect_id, place"
STATS = "select * from contact_source_stats order by source"
CONTACTS_SPEND = "select sum(cost_micros + saved_micros) as micros from provider_calls where stage = 'contacts'"
AFTER_VERDICTS = (
    "select count(*) as n from contacts where is_primary and email_verification_date < now() - interval '30 days'"
)


def run_to_contacts(pipeline: Pipeline) -> None:
    """The chain as far as contacts: what follows would only take its time."""
    pipeline.run(assets=[prospects, website_profiles, contacts])


def wish(pipeline: Pipeline, contacts: dict[str, object]) -> None:
    pipeline.change("update campaigns set target_criteria = %s", Jsonb({"contacts": contacts}))
    pipeline.change("delete from prospect_stages where stage = 'contacts'")


def test_each_question_is_kept_priced_and_counted_once_and_none_follows_what_suffices(pipeline: Pipeline) -> None:
    run_to_contacts(pipeline)
    attempts = pipeline.rows(ATTEMPTS)
    by_prospect: dict[object, list[bool]] = {}
    for row in attempts:
        by_prospect.setdefault(row["prospect_id"], []).append(row["sufficed"])
    assert len(by_prospect) == PROSPECTS
    assert not any(sufficed for each in by_prospect.values() for sufficed in each[:-1])
    assert sum(row["cost_micros"] for row in attempts) == pipeline.rows(CONTACTS_SPEND)[0]["micros"]
    stats = pipeline.rows(STATS)
    assert {row["source"] for row in stats} >= {"site", "hunter"}
    assert all(row["asked"] >= row["hits"] >= row["valid"] >= 0 == row["bounced"] for row in stats)

    before = pipeline.calls()
    pipeline.change("delete from prospect_stages where stage = 'contacts'")
    run_to_contacts(pipeline)
    assert pipeline.calls() == before, "a known answer is paid again"
    assert pipeline.rows(STATS) == stats, "a rerun counts anew"

    # mail that came back, and verdicts that have grown old, are due without being asked for
    bounced = pipeline.rows("select email from contacts where is_primary and email_verdict = 'valid' limit 1")[0][
        "email"
    ]
    assert pipeline.rows("select app.contact_bounced(upper(%s)) as n", bounced)[0]["n"] == 1
    pipeline.change("update contacts set email_verification_date = now() - interval '31 days' where is_primary")
    pipeline.change("update provider_answers set expires_at = now() where vendor = 'hunter'")
    run_to_contacts(pipeline)
    assert pipeline.calls()["hunter"] > before["hunter"]
    assert pipeline.rows(AFTER_VERDICTS)[0]["n"] == 0
    marked = pipeline.rows("select * from contacts where email = %s", bounced)[0]
    assert (marked["email_verdict"], marked["email_verdict_reason"]) == ("invalid", "mail bounced")
    assert not marked["is_primary"]


def test_the_tenants_order_and_cap_are_kept_to(pipeline: Pipeline) -> None:
    wish(pipeline, {"order": ["apollo", "site"], "most_cents": 4})
    run_to_contacts(pipeline)
    assert {row["source"] for row in pipeline.rows(ATTEMPTS)} <= {"apollo", "site"}
    assert pipeline.rows("select count(*) as n from provider_calls where operation = 'domain_search'")[0]["n"] == 0

    wish(pipeline, {"most_cents": 2, "accept_role_mailbox": False})
    run_to_contacts(pipeline)
    by_prospect = "select sum(cost_micros) as n from contact_attempts group by prospect_id"
    assert max(row["n"] for row in pipeline.rows(by_prospect)) <= 20_000


def test_what_was_measured_changes_the_order_once_and_the_change_says_why(pipeline: Pipeline) -> None:
    # a campaign of the past, in which Hunter knew nobody and Apollo everybody
    pipeline.change(
        "with past as (insert into prospects (organization_id, campaign_id, company_name, source, source_id, status)"
        "  select organization_id, id, 'Past ' || n, 'import', 'past ' || n, 'disqualified'"
        "    from campaigns, generate_series(1, 40) n where id = %s returning *)"
        " insert into contact_attempts (organization_id, campaign_id, prospect_id, source, segment, place, addresses,"
        "   sufficed, cost_micros)"
        " select p.organization_id, p.campaign_id, p.id, s.source, %s, 1, 1, s.source = 'apollo', 9000"
        "   from past p, (values ('hunter'), ('apollo'), ('pattern')) s (source)",
        pipeline.campaign_id,
        pipeline.world.category.lower(),
    )
    run_to_contacts(pipeline)
    changes = pipeline.rows("select * from waterfall_changes")
    assert len(changes) == 1
    assert changes[0]["order_after"].index("apollo") < changes[0]["order_after"].index("hunter")
    assert "apollo is asked before" in changes[0]["explanation"]
    assert changes[0]["measured"]["apollo"]["asked"] == 40
