"""The report reads a campaign from the database as the pipeline's role, under its tenant."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from databases import MakeTenant, Tenant

from leadgen.cli import campaign_report
from leadgen.cli.queries import FORGET_ANSWERS
from leadgen.cli.truth import Truth
from leadgen.store.connections import Connections
from leadgen.store.database import Database

BEGAN = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
FACTOR = {"component": "website", "factor": "not_mobile", "points": 20, "reason": "The site does not work on phones."}
TRUTH = Truth(
    category="dentists",
    place="Austin, TX",
    radius_meters=24_140,
    wanted={"b1": [("google_maps", "g1"), ("yelp", "y1")], "b2": [("yelp", "y2")], "b3": [("yelp", "y3")]},
)


class Story:
    """Writes what the stages would have written, as the owner."""

    def __init__(self, owner: psycopg.Connection, tenant: Tenant) -> None:
        self._owner = owner
        self.tenant = tenant

    def insert(self, table: str, **values: Any) -> Any:
        """A row of this organization; returns its id where it has one."""
        row = {"organization_id": self.tenant.organization_id, **values}
        names = ", ".join(row)
        marks = ", ".join(f"%({name})s" for name in row)
        returning = "" if table in {"prospect_stages", "campaign_spend"} else " returning id"
        cursor = self._owner.execute(f"insert into {table} ({names}) values ({marks}){returning}", row)
        return cursor.fetchone()[0] if returning else None

    def campaign_row(self, table: str, **values: Any) -> Any:
        return self.insert(table, campaign_id=self.tenant.campaign_id, **values)

    def call(self, vendor: str, *, cost: int, saved: int = 0, status: str = "settled", stage: str = "prospects") -> int:
        return self.campaign_row(
            "provider_calls",
            stage=stage,
            run_id="run",
            worker_id=1,
            vendor=vendor,
            operation="search",
            key_owner="platform",
            fingerprint=uuid4().bytes * 2,
            status=status,
            expected_micros=cost,
            cost_micros=cost,
            saved_micros=saved,
        )

    def prospect(self, name: str, source: str, source_id: str, at: float, call: int) -> UUID:
        prospect_id = self.campaign_row(
            "prospects",
            company_name=name,
            source=source,
            source_id=source_id,
            created_at=BEGAN + timedelta(seconds=at),
        )
        self.listing(prospect_id, source, source_id, call)
        return prospect_id

    def listing(self, prospect_id: UUID, source: str, source_id: str, call: int) -> None:
        self.campaign_row(
            "listings",
            prospect_id=prospect_id,
            source=source,
            source_id=source_id,
            fields="{}",
            provider_call_id=call,
            fetched_at=BEGAN,
        )

    def finished(self, prospect_id: UUID, stage: str, at: float, state: str = "done") -> None:
        self.campaign_row(
            "prospect_stages",
            prospect_id=prospect_id,
            stage=stage,
            state=state,
            version="1",
            finished_at=BEGAN + timedelta(seconds=at),
        )

    def score(self, prospect_id: UUID, points: int, tier: str) -> None:
        self.campaign_row(
            "lead_scores",
            prospect_id=prospect_id,
            score=points,
            tier=tier,
            confidence=0.9,
            website_quality_score=min(points, 25),
            business_size_score=min(max(points - 25, 0), 25),
            engagement_score=min(max(points - 50, 0), 25),
            fit_score=max(points - 75, 0),
            scoring_factors=json.dumps([FACTOR]),
            profile_version="1",
        )

    def draft(self, prospect_id: UUID, contact_id: UUID, words: tuple[int, ...]) -> None:
        sequence_id = self.campaign_row(
            "outreach_sequences",
            prospect_id=prospect_id,
            contact_id=contact_id,
            sequence_type="email",
            content_hash="0" * 64,
            code_version="1",
        )
        for step, count in enumerate(words, start=1):
            self.insert(
                "outreach_emails",
                sequence_id=sequence_id,
                step_number=step,
                delay_days=3 * (step - 1),
                subject=f"Subject {step}",
                body_html="<p>Hello</p>",
                body_text=f"Hello {step}",
                word_count=count,
            )


@pytest.fixture
def story(database_urls: Connections, make_tenant: MakeTenant) -> Story:
    """Three prospects: two wanted ones, of which one is drafted, and one nobody asked for."""
    tenant = make_tenant(status="ready")
    with psycopg.connect(database_urls.owner, autocommit=True) as owner:
        story = Story(owner, tenant)
        story.campaign_row("outbox", kind="campaign.created", created_at=BEGAN)
        search, verify = story.call("yelp", cost=8_000), story.call("hunter", cost=7_450, stage="contacts")
        story.call("yelp", cost=0, saved=8_000, status="cached")
        best = story.prospect("Bluebonnet Dental", "google_maps", "g1", 1.0, search)
        story.listing(best, "yelp", "y1", search)
        other = story.prospect("Lone Star Smiles", "yelp", "y2", 2.0, search)
        stray = story.prospect("Taco House", "yelp", "y9", 2.0, search)
        for prospect_id, at in ((best, 3.0), (other, 5.0), (stray, 6.0)):
            story.finished(prospect_id, "contacts", at, "failed" if prospect_id == stray else "done")
        contact = story.insert(
            "contacts",
            prospect_id=best,
            full_name="Ana Ruiz",
            email="ana@bluebonnet.example",
            email_verdict="valid",
            is_primary=True,
            source="site",
        )
        story.insert("field_provenance", prospect_id=best, field="email", provider="hunter", provider_call_id=verify)
        for prospect_id, points, tier in ((other, 40, "C"), (best, 82, "A"), (stray, 10, "D")):
            story.score(prospect_id, points, tier)
        story.draft(best, contact, (120, 90, 60))
        return story


@pytest.fixture
async def database(database_urls: Connections) -> AsyncIterator[Database]:
    async with Database(database_urls.pipeline) as database:
        yield database


async def test_the_result_is_what_the_stages_wrote(story: Story, database: Database) -> None:
    async with database.tenant(story.tenant.organization_id) as transaction:
        result = await campaign_report.read(transaction, story.tenant.campaign_id, "dentists", TRUTH)

    assert [(lead.company, lead.tier, lead.emails) for lead in result.leads] == [
        ("Bluebonnet Dental", "A", 3),
        ("Lone Star Smiles", "C", 0),
        ("Taco House", "D", 0),
    ]
    assert (result.leads[0].contact, result.leads[0].verdict) == ("Ana Ruiz", "valid")
    assert result.leads[0].longest_email_words == 120
    assert [factor.reason for factor in result.leads[0].factors] == [FACTOR["reason"]]
    assert result.draft is not None
    assert [(email.step, email.delay_days, email.words) for email in result.draft.emails] == [
        (1, 0, 120),
        (2, 3, 90),
        (3, 6, 60),
    ]
    assert (result.status, result.prospects, result.tiers) == ("ready", 3, {"A": 1, "B": 0, "C": 1, "D": 1})


async def test_a_calls_price_is_shared_by_the_leads_it_informed(story: Story, database: Database) -> None:
    async with database.tenant(story.tenant.organization_id) as transaction:
        result = await campaign_report.read(transaction, story.tenant.campaign_id, "dentists", TRUTH)

    shared = 8_000 // 3
    assert [lead.cost_micros for lead in result.leads] == [shared + 7_450, shared, shared]
    assert [(v.vendor, v.calls, v.known, v.cost_micros, v.saved_micros) for v in result.vendors] == [
        ("yelp", 1, 1, 8_000, 8_000),
        ("hunter", 1, 0, 7_450, 0),
    ]


async def test_coverage_counts_what_was_wanted_and_what_was_not(story: Story, database: Database) -> None:
    async with database.tenant(story.tenant.organization_id) as transaction:
        result = await campaign_report.read(transaction, story.tenant.campaign_id, "dentists", TRUTH)

    assert (result.coverage.wanted, result.coverage.found, result.coverage.outside) == (3, 2, 1)


async def test_the_time_between_two_results_belongs_to_the_stage_of_the_later(story: Story, database: Database) -> None:
    async with database.tenant(story.tenant.organization_id) as transaction:
        result = await campaign_report.read(transaction, story.tenant.campaign_id, "dentists", TRUTH)

    assert result.timings == pytest.approx({"first_lead": 1.0, "prospects": 1.0, "contacts": 4.0})


async def test_progress_has_a_row_for_every_stage_that_began(story: Story, database: Database) -> None:
    async with database.tenant(story.tenant.organization_id) as transaction:
        discovery, contacts = await campaign_report.read_stages(transaction, story.tenant.campaign_id)

    assert (discovery.stage, discovery.handled, discovery.spent_micros) == ("prospects", 3, 8_000)
    assert (contacts.done, contacts.failed, contacts.total) == (2, 1, 3)
    assert contacts.per_second == pytest.approx(3 / 4)


async def test_another_world_makes_all_answers_unknown(
    story: Story, database: Database, database_urls: Connections
) -> None:
    with psycopg.connect(database_urls.owner, autocommit=True) as owner:
        owner.execute(
            "insert into provider_answers (vendor, operation, fingerprint, http_status, is_miss, body, cost_micros,"
            " expires_at) values ('yelp', 'search', %s, 200, false, '{}', 8000, now() + interval '1 day')",
            (bytes(32),),
        )
        async with database.tenant(story.tenant.organization_id) as transaction:
            await transaction.execute(FORGET_ANSWERS)

        assert owner.execute("select count(*) from provider_answers where expires_at > now()").fetchone() == (0,)
