"""The statement that scores sets says what the pure scorer says, line by line, of any facts under any profile."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import psycopg
import pytest
from databases import Server, Servers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from scoring_strategies import criteria_as_stored, facts_in_the_database, offers, profiles

from leadgen.domain.scoring.facts import LeadFacts
from leadgen.domain.scoring.offer import Offer
from leadgen.domain.scoring.profile import Profile
from leadgen.domain.scoring.score import Score, score
from leadgen.store.scoring.parameters import scorer_parameters
from leadgen.store.scoring.scorer.queries import SCORER

FACTS = """
with facts as (
  select * from jsonb_to_recordset(%(facts)s) as f
    (id integer, organization_id integer, campaign_id integer, website_status text, website_score integer,
     mobile_score integer, has_ssl boolean, page_speed_ms integer, has_booking boolean, technologies jsonb, socials text[],
     rating double precision, review_count integer, employee_count_range text, year_founded integer,
     has_deliverable_contact boolean, has_decision_maker boolean, has_phone boolean, is_relevant boolean,
     distance_meters double precision, category text, city text, state text, zip_code text, cms text,
     ecommerce_platform text, contact_title text)
),
"""


@pytest.fixture(scope="module")
def database(servers: Servers) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    server: Server = servers.running("embedded")
    with (
        server.database() as name,
        psycopg.connect(server.connections(name).owner, autocommit=True, row_factory=dict_row) as connection,
    ):
        yield connection


def as_row(number: int, facts: LeadFacts) -> dict[str, Any]:
    row = {**asdict(facts), "id": number}
    if facts.socials is not None:
        row["socials"] = sorted(facts.socials)
    return row


def as_seen_by_python(result: Score) -> dict[str, Any]:
    return {
        "score": result.score,
        "tier": result.tier,
        "confidence": result.confidence,
        "website_quality": result.website_quality,
        "business_size": result.business_size,
        "engagement": result.engagement,
        "fit": result.fit,
        "factors": [asdict(factor) for factor in result.factors],
        "notes": result.notes,
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    leads=st.lists(facts_in_the_database, min_size=1, max_size=40),
    offer=offers,
    criteria=criteria_as_stored,
    profile=profiles,
    radius=st.none() | st.integers(160, 160_000).map(float),
)
def test_both_scorers_agree_line_by_line(
    database: psycopg.Connection[dict[str, Any]],
    leads: list[LeadFacts],
    offer: Offer,
    criteria: dict[str, Any],
    profile: Profile,
    radius: float | None,
) -> None:
    parameters = scorer_parameters(profile, offer, criteria, radius, 2026)
    rows = database.execute(
        f"{FACTS} {SCORER} select * from scored order by id",
        {**parameters, "facts": Jsonb([as_row(n, facts) for n, facts in enumerate(leads)])},
    ).fetchall()

    for facts, row in zip(leads, rows, strict=True):
        expected = score(replace(facts, radius_meters=radius, as_of_year=2026), offer, criteria, profile)
        assert row["factors"] == [asdict(factor) for factor in expected.factors]
        assert {name: row[name] for name in as_seen_by_python(expected)} == as_seen_by_python(expected)
