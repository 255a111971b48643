"""What the estimate told before is what a campaign then costs, in a world whose size is known."""

from collections.abc import Iterator

import pytest
from databases import MakeTenant
from in_process import Environment, Pipeline, campaign_over

from leadgen.domain.discovery.coverage_recall import Recall, recall_of
from leadgen.domain.discovery.estimate import Market, estimate
from leadgen.domain.discovery.estimate_cost import Plan
from leadgen.domain.discovery.estimate_size import Range, Size
from leadgen.sandbox.made import make_world
from leadgen.settings import settings
from leadgen.store.connections import Connections
from leadgen_api.discovery.market import paces_of, prices_of

PROSPECTS = 40


@pytest.fixture
def pipeline(database_urls: Connections, make_tenant: MakeTenant, environment: Environment) -> Iterator[Pipeline]:
    """A campaign over a town of forty dentists."""
    with campaign_over(make_world(seed=8, prospects=PROSPECTS), database_urls, make_tenant) as running:
        environment(
            LEADGEN_PIPELINE_DATABASE_URL=database_urls.pipeline,
            LEADGEN_SANDBOX_URL=running.sandbox_url,
            LEADGEN_FETCHER_SANDBOX=running.sandbox_url,
        )
        yield running


def test_a_campaign_costs_what_was_estimated_and_finds_what_its_certificate_claims(pipeline: Pipeline) -> None:
    plan = Plan(("google_maps", "yelp"), settings().research_model, settings().writing_model)
    market = Market(prices_of(settings(), plan), {}, paces_of(settings(), plan))
    told = estimate(Size(Range(PROSPECTS, PROSPECTS, PROSPECTS), "counted", "the world's"), plan, market)

    pipeline.run()

    spent = pipeline.rows("select spent_micros from campaign_spend")[0]["spent_micros"]
    assert told.cost.low <= spent <= told.cost.high
    assert told.cost.likely == pytest.approx(spent, rel=0.25)
    assert spent <= told.budget_micros
    seen = pipeline.rows("select array_agg(source) as sources from listings group by prospect_id")
    recall = recall_of(frozenset(row["sources"]) for row in seen)
    assert isinstance(recall, Recall)
    assert recall.recall == pytest.approx(1.0, abs=0.05), "nothing was missed, and the sources' agreement says so"
