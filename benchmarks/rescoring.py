"""Scoring a million prospects in sets, beside the bare insert of the same rows, and again after one in a hundred changed.

    python benchmarks/rescoring.py [--rows 1000000] [--campaigns 20]

Prospects, what was read of their sites, and contacts are made in SQL. Scoring runs as the pipeline runs it: its role under
row security, campaign after campaign, two sets at once. The bare insert is one statement into the same table, with the same
rows, constraints and indexes; then two at once, as scoring does.
"""

import argparse
import asyncio
import tempfile
import time
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
from rich.console import Console
from rich.table import Table

from leadgen.domain.scoring.profile import DEFAULT_PROFILE, Profile
from leadgen.settings import Settings
from leadgen.store.connections import EMBEDDED_DATABASE, embedded_server
from leadgen.store.database import Database, Transaction
from leadgen.store.migrations import migrate
from leadgen.store.provision import provision
from leadgen.store.scoring import score_campaign, scoring_of

ORGANIZATION = UUID(int=1)

TENANT = """
insert into organizations (id, name, slug) values (%(organization)s, 'Bench', 'bench');
"""
CAMPAIGNS = """
insert into campaigns (organization_id, name, business_type, target_location, target_radius_miles, offer, status)
select %(organization)s, 'Campaign ' || n, 'dentist', 'Austin, TX', 15, '{"kind": "website"}', 'ready'
  from generate_series(1, %(campaigns)s) n
returning id
"""
PROSPECTS = """
insert into prospects (organization_id, campaign_id, company_name, category, website, domain, phone, city, state,
                       distance_meters, source, source_id, status)
select %(organization)s, %(campaign)s, 'Business ' || n, 'dentist', 'https://b' || n || '.example', 'b' || n || '.example',
       case when n %% 10 > 0 then '+1 512 555 0100' end, 'Austin', 'TX', random() * 24000, 'google_maps', n::text, 'scored'
  from generate_series(1, %(each)s) n
"""
SITES = """
insert into enrichment_data (organization_id, prospect_id, stage, code_version, website_status, website_score, mobile_score,
                             has_ssl, page_speed_ms, has_booking, tech_stack, has_facebook, has_instagram, has_linkedin,
                             google_rating, google_review_count, yelp_rating, yelp_review_count)
select organization_id, id, 'website_profiles', 'bench',
       (array['none', 'social', 'parked', 'unreachable', 'weak', 'weak', 'good', 'good'])[1 + floor(random() * 8)],
       floor(random() * 101), floor(random() * 101), random() < 0.8, 1000 + floor(random() * 8000), random() < 0.3,
       '["WordPress", "Google Analytics"]', random() < 0.5, random() < 0.4, random() < 0.2,
       round((3 + random() * 2)::numeric, 1), floor(exp(random() * 6)), round((3 + random() * 2)::numeric, 1),
       floor(exp(random() * 4))
  from prospects
"""
RESEARCH = """
insert into enrichment_data (organization_id, prospect_id, stage, code_version, employee_count_range, year_founded)
select organization_id, id, 'research', 'bench',
       (array['1-10', '11-50', '51-200', null])[1 + floor(random() * 4)],
       case when random() < 0.6 then 1980 + floor(random() * 45) end
  from prospects
"""
CONTACTS = """
insert into contacts (organization_id, prospect_id, full_name, title, email, email_verdict, is_primary, is_decision_maker,
                      source)
select organization_id, id, 'Ana Smith', 'Owner', 'ana@' || domain, case when random() < 0.7 then 'valid' else 'risky' end,
       true, random() < 0.5, 'site'
  from prospects where random() < 0.7
"""
STAGES = """
insert into prospect_stages (organization_id, campaign_id, prospect_id, stage, state, version)
select organization_id, campaign_id, id, stage, 'done', 'bench' from prospects, unnest(array['research', 'lead_scores']) stage
"""
SOME_CHANGE = """
update enrichment_data set mobile_score = 100 - mobile_score, has_ssl = not has_ssl
 where stage = 'website_profiles' and prospect_id in (select id from prospects tablesample bernoulli (1) repeatable (1))
"""
COPIED = "create unlogged table copied as select * from lead_scores where superseded_at is null"
INSERT_COPIED = "insert into lead_scores select * from copied"
INSERT_HALF = "insert into lead_scores select * from copied where (uuid_hash(prospect_id) & 1) = {}"

# Another weight for one factor of each component, as a tenant would change it.
CHANGED: Profile = replace(
    DEFAULT_PROFILE,
    version=f"{DEFAULT_PROFILE.version}/1",
    website_quality={
        **DEFAULT_PROFILE.website_quality,
        "website": {"website": 15, "mobile": 6, "security": 3, "booking": 1},
    },
    business_size={"reviews": 15, "employees": 7, "age": 3},
    engagement={"contact": 13, "decision maker": 7, "rating": 4, "socials": 1},
    fit={"category": 8, "distance": 10, "criteria": 7},
)


def fill(superuser: str, rows: int, campaigns: int) -> list[UUID]:
    """The world before the first score; returns its campaigns."""
    named = {"organization": ORGANIZATION, "campaigns": campaigns, "each": rows // campaigns}
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(TENANT, named)
        ids = [row[0] for row in connection.execute(CAMPAIGNS, named).fetchall()]
        for campaign in ids:
            connection.execute(PROSPECTS, {**named, "campaign": campaign})
        for statement in (SITES, RESEARCH, CONTACTS, STAGES):
            connection.execute(statement)
        connection.execute("vacuum analyze")
    return ids


async def score_all(url: str, campaigns: list[UUID], profile: Profile) -> tuple[float, int]:
    """Seconds for a pass over every campaign, and how many scores it changed."""
    changed = 0
    async with Database(url, connections=2) as database:
        tenancy: partial[AbstractAsyncContextManager[Transaction]] = partial(database.tenant, ORGANIZATION)
        began = time.perf_counter()
        for campaign in campaigns:
            async with tenancy() as transaction:
                scoring = await scoring_of(transaction, ORGANIZATION, campaign, profile)
            changed += (await score_campaign(tenancy, scoring)).changed
        return time.perf_counter() - began, changed


async def bare(superuser: str, *statements: str) -> float:
    """Seconds for inserting the same rows again, each statement on its own connection, after the table was emptied."""
    connections = [await psycopg.AsyncConnection.connect(superuser, autocommit=True) for _ in statements]
    await connections[0].execute("truncate lead_scores")
    await connections[0].execute("checkpoint")
    began = time.perf_counter()
    await asyncio.gather(*(c.execute(s.encode()) for c, s in zip(connections, statements, strict=True)))
    seconds = time.perf_counter() - began
    for connection in connections:
        await connection.close()
    return seconds


def execute(superuser: str, *statements: str) -> None:
    """Between the measured parts."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--campaigns", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        settings = Settings(_env_file=None, home=Path(folder), database_url=None)
        postgres = embedded_server(settings)
        postgres.start()
        try:
            urls = provision(settings)
            migrate(urls.owner)
            superuser = postgres.url(EMBEDDED_DATABASE)
            campaigns = fill(superuser, options.rows, options.campaigns)
            first, scored = asyncio.run(score_all(urls.pipeline, campaigns, DEFAULT_PROFILE))
            execute(superuser, COPIED, "vacuum analyze copied")
            inserted = asyncio.run(bare(superuser, INSERT_COPIED))
            inserted_by_two = asyncio.run(bare(superuser, INSERT_HALF.format(0), INSERT_HALF.format(1)))
            execute(superuser, "vacuum analyze lead_scores", "checkpoint")
            whole, moved = asyncio.run(score_all(urls.pipeline, campaigns, CHANGED))
            execute(superuser, "vacuum analyze", "checkpoint", SOME_CHANGE)
            part, part_moved = asyncio.run(score_all(urls.pipeline, campaigns, CHANGED))
        finally:
            postgres.remove()
    shown = Table(title=f"{options.rows:,} prospects, {options.campaigns} campaigns")
    for column in ("pass", "scores written", "seconds", "rows a second", "speed of the bare insert"):
        shown.add_column(column, justify="left" if column == "pass" else "right")
    for name, written, seconds in (
        ("bare insert, one statement", scored, inserted),
        ("bare insert, two at once", scored, inserted_by_two),
        ("first score of all", scored, first),
        ("all again under another profile, old scores kept", moved, whole),
        ("after 1 % changed", part_moved, part),
    ):
        speed = f"{written / seconds:,.0f}", f"{(written / seconds) / (scored / inserted):.2f}"
        shown.add_row(name, f"{written:,}", f"{seconds:.2f}", *speed)
    Console().print(shown)
    Console().print(
        f"After 1 % changed: 1/{first / part:.0f} of the first pass, 1/{whole / part:.0f} of the pass over all."
    )


if __name__ == "__main__":
    main()
