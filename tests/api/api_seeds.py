"""What the pipeline would have written: a campaign's prospects, scores, contacts, evidence, drafts and receipts."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from databases import Tenant
from psycopg.types.json import Jsonb

from leadgen.domain.discovery.coverage import SearchedTile, as_document, certify
from leadgen.domain.discovery.tiling import first_tiles
from leadgen.domain.geo import Circle, Point

COMPONENTS = ("website_quality", "business_size", "engagement", "fit")


@dataclass(frozen=True)
class Seeds:
    """Writes as the owner, whom no row security binds, each row at once."""

    owner_url: str
    connection: psycopg.Connection

    def prospect(self, tenant: Tenant, name: str = "Oak Dental", **columns: Any) -> UUID:
        """A business a campaign found."""
        values = {
            "organization_id": tenant.organization_id,
            "campaign_id": tenant.campaign_id,
            "company_name": name,
            "source": "google_maps",
            "source_id": f"place of {name}",
            "city": "Austin",
            "state": "TX",
            "distance_meters": 3_218.7,
            **columns,
        }
        return self._insert("prospects", values)

    def scored(self, tenant: Tenant, score: int, name: str | None = None, **columns: Any) -> UUID:
        """A prospect with its score."""
        prospect_id = self.prospect(tenant, name or f"Lead worth {score}", **columns)
        parts = [score // 4 + (n < score % 4) for n in range(4)]
        self._insert(
            "lead_scores",
            {
                "organization_id": tenant.organization_id,
                "campaign_id": tenant.campaign_id,
                "prospect_id": prospect_id,
                "score": score,
                "tier": "A" if score >= 75 else "B" if score >= 50 else "C" if score >= 25 else "D",
                "confidence": 0.8,
                **{f"{component}_score": points for component, points in zip(COMPONENTS, parts, strict=True)},
                "scoring_factors": Jsonb(
                    [
                        {"component": component, "factor": "website", "points": points, "most": 25,
                         "reason": f"reason for {component}", "known": True}
                        for component, points in zip(COMPONENTS, parts, strict=True)
                    ]
                ),
                "profile_version": "test",
            },
        )  # fmt: skip
        return prospect_id

    def contact(self, tenant: Tenant, prospect_id: UUID, **columns: Any) -> UUID:
        """The primary contact of a prospect."""
        values = {
            "organization_id": tenant.organization_id,
            "prospect_id": prospect_id,
            "full_name": "Ana Smith",
            "title": "Owner",
            "email": "ana@oak-dental.example",
            "email_verdict": "valid",
            "email_verdict_reason": "the mailbox accepts mail",
            "email_verification_date": "2026-11-03T10:00:00Z",
            "is_primary": True,
            "is_decision_maker": True,
            "source": "site",
            **columns,
        }
        return self._insert("contacts", values)

    def call(self, tenant: Tenant, vendor: str, operation: str, **columns: Any) -> int:
        """A line of the ledger."""
        values = {
            "organization_id": tenant.organization_id,
            "campaign_id": tenant.campaign_id,
            "stage": "website_profiles",
            "run_id": "run",
            "worker_id": 1,
            "vendor": vendor,
            "operation": operation,
            "key_owner": "platform",
            "fingerprint": f"{vendor} {operation}".encode().ljust(32, b"."),
            "status": "settled",
            "expected_micros": 830,
            "cost_micros": 830,
            **columns,
        }
        return self._insert("provider_calls", values)

    def receipt(self, tenant: Tenant, prospect_id: UUID, field: str, provider: str, call_id: int | None = None) -> None:
        """Where a value comes from."""
        self._insert(
            "field_provenance",
            {
                "organization_id": tenant.organization_id,
                "prospect_id": prospect_id,
                "field": field,
                "provider": provider,
                "provider_call_id": call_id,
            },
        )

    def website(self, tenant: Tenant, prospect_id: UUID, **columns: Any) -> None:
        """What was read of a prospect's site."""
        self._insert(
            "enrichment_data",
            {
                "organization_id": tenant.organization_id,
                "prospect_id": prospect_id,
                "stage": "website_profiles",
                "code_version": "test",
                "website_status": "weak",
                **columns,
            },
        )

    def evidence(self, tenant: Tenant, prospect_id: UUID, statement: str, quote: str, **columns: Any) -> UUID:
        """A statement and the words it rests on."""
        values = {
            "organization_id": tenant.organization_id,
            "prospect_id": prospect_id,
            "kind": "pain_point",
            "statement": statement,
            "quote": quote,
            "confidence": 0.9,
            **columns,
        }
        return self._insert("evidence", values)

    def drafts(self, tenant: Tenant, prospect_id: UUID, *emails: dict[str, Any]) -> UUID:
        """A sequence that waits for approval."""
        sequence_id = self._insert(
            "outreach_sequences",
            {
                "organization_id": tenant.organization_id,
                "campaign_id": tenant.campaign_id,
                "prospect_id": prospect_id,
                "sequence_type": "email",
                "status": "pending_approval",
                "content_hash": "0" * 64,
                "code_version": "test",
            },
        )
        for number, email in enumerate(emails, start=1):
            values = {
                "organization_id": tenant.organization_id,
                "sequence_id": sequence_id,
                "step_number": number,
                "delay_days": 3 * (number - 1),
                "body_html": "",
                "word_count": len(email["body_text"].split()),
                "claims": Jsonb([]),
                **email,
            }
            self._insert("outreach_emails", values)
        return sequence_id

    def stage(
        self, tenant: Tenant, prospect_id: UUID, stage: str, state: str = "done", reason: str | None = None
    ) -> None:
        """How far a prospect came."""
        self._execute(
            """
            insert into prospect_stages (organization_id, campaign_id, prospect_id, stage, state, reason, version)
            values (%s, %s, %s, %s, %s, %s, 'test')
            """,
            (tenant.organization_id, tenant.campaign_id, prospect_id, stage, state, reason),
        )

    def lead_with_everything(self, tenant: Tenant, score: int = 81, name: str = "Oak Dental") -> UUID:
        """A lead that has a value in every section of its page."""
        lead_id = self.scored(
            tenant, score, name, category="dentist", website="https://oak-dental.example", phone="+1 512 555 0100",
            address="12 Oak Street", zip_code="78701",
        )  # fmt: skip
        self.website(
            tenant, lead_id, website_score=41, mobile_score=38, has_ssl=True, page_speed_ms=5_300, has_booking=False,
            tech_stack=Jsonb(["WordPress", "Google Analytics"]), google_rating=4.6, google_review_count=120,
        )  # fmt: skip
        self.contact(tenant, lead_id)
        scrape = self.call(tenant, "firecrawl", "scrape", fingerprint=lead_id.bytes * 2)
        for field in ("website_status", "has_booking"):
            self.receipt(tenant, lead_id, field, "firecrawl", scrape)
        weak = self.evidence(
            tenant, lead_id, "Patients can only book by phone.", "Call us to make an appointment",
            source_url="https://oak-dental.example/contact", provider_call_id=scrape,
        )  # fmt: skip
        claim = {"sentence": "Your site asks patients to call.", "evidence_id": str(weak)}
        body = "Hi Ana,\n\nYour site asks patients to call. Booking online takes them a minute, day and night.\n\nDana"
        self.drafts(
            tenant,
            lead_id,
            {"subject": "Booking at Oak Dental", "body_text": body, "claims": Jsonb([claim])},
            {"subject": "Booking at Oak Dental", "body_text": "Hi Ana,\n\nIs this worth ten minutes?\n\nDana"},
        )
        for stage in ("website_profiles", "contacts", "research", "lead_scores", "email_drafts"):
            self.stage(tenant, lead_id, stage)
        return lead_id

    def certificate(self, tenant: Tenant) -> None:
        """How the tenant's campaign covered a circle around Austin, as a discovery would leave it."""
        circle = Circle.of_miles(Point(30.2672, -97.7431), 10)
        root = first_tiles(circle)[0]
        west, east = root.halves()
        tiles = [
            SearchedTile("google_maps", "", root.box, 60, 0, "split"),
            SearchedTile("google_maps", west.path, west.box, 40, 30, "done"),
            SearchedTile("google_maps", east.path, east.box, 60, 25, "saturated"),
            SearchedTile("yelp", "", root.box, 50, 45, "done"),
        ]
        listings = [("google_maps", str(n)) for n in range(55)] + [("yelp", str(n)) for n in range(20, 65)]
        values = {
            "organization_id": tenant.organization_id,
            "campaign_id": tenant.campaign_id,
            "run_id": "run",
            "prospects": 65,
            "duplicates": 35,
            "tiles": 3,
            "saturated_tiles": 1,
            "document": Jsonb(as_document(certify(circle, tiles, listings, {"closed": 4}))),
        }
        self._insert("coverage_certificates", values)

    def role(self, tenant: Tenant, role: str) -> None:
        """Gives the tenant's member another role."""
        self._execute("update organization_members set role = %s where user_id = %s", (role, tenant.user_id))

    def status(self, tenant: Tenant, status: str, detail: str | None = None, *, cause: str | None = None) -> None:
        """Moves the tenant's campaign."""
        self._execute(
            "update campaigns set status = %s, status_detail = %s, status_cause = %s where id = %s",
            (status, detail, cause, tenant.campaign_id),
        )

    def spent(self, tenant: Tenant, micros: int) -> None:
        """What the tenant's campaign has spent."""
        self._execute(
            "update campaign_spend set spent_micros = %s where campaign_id = %s", (micros, tenant.campaign_id)
        )

    def email_of(self, tenant: Tenant) -> str:
        """The address of the tenant's member."""
        return self.value("select email from users where id = %s", (tenant.user_id,))

    def value(self, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        """The first column of the first row."""
        row = self.connection.execute(sql, parameters).fetchone()
        return row[0] if row else None

    def _execute(self, sql: str, parameters: tuple[Any, ...]) -> None:
        self.connection.execute(sql, parameters)

    def _insert(self, table: str, values: dict[str, Any]) -> Any:
        columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        return self.value(f"insert into {table} ({columns}) values ({marks}) returning id", tuple(values.values()))
