"""A campaign with prospects that have everything a merge may touch, and its rows as they stand."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from databases import Tenant
from psycopg.types.json import Jsonb

# Every table whose rows a merge or its undoing may write; the instant of the last change is left out.
TABLES = (
    "prospects", "listings", "contacts", "enrichment_data", "evidence", "field_provenance", "lead_scores",
    "lead_outcomes", "outreach_sequences", "outreach_emails", "prospect_stages",
)  # fmt: skip
HASH = "0" * 64


@dataclass(frozen=True)
class MergingWorld:
    """Writes and reads as the owner, over a connection that commits each statement."""

    owner: psycopg.Connection
    tenant: Tenant

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        cursor = self.owner.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []

    def insert(self, table: str, **values: Any) -> Any:
        """A row of the tenant; returns its id where the table has one."""
        row = {"organization_id": self.tenant.organization_id, **values}
        returning = "returning id" if table != "prospect_stages" else ""
        columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
        found = self.rows(f"insert into {table} ({columns}) values ({places}) {returning}", *row.values())
        return found[0][0] if found else None

    def prospect(self, name: str = "Oak Dental", **fields: Any) -> UUID:
        number = self.rows("select count(*) from prospects")[0][0]
        prospect: UUID = self.insert(
            "prospects", campaign_id=self.tenant.campaign_id, company_name=name, source="google_maps",
            source_id=f"place {number}", **fields,
        )  # fmt: skip
        self.listing(prospect, "google_maps", f"place {number}")
        return prospect

    def listing(self, prospect: UUID, source: str, source_id: str) -> None:
        self.insert(
            "listings", campaign_id=self.tenant.campaign_id, prospect_id=prospect, source=source, source_id=source_id,
            fields=Jsonb({}), fetched_at="2026-11-01T00:00:00Z",
        )  # fmt: skip

    def contact(self, prospect: UUID, email: str | None, name: str | None = None, *, primary: bool = False) -> UUID:
        contact: UUID = self.insert(
            "contacts", prospect_id=prospect, email=email, full_name=name, is_primary=primary, source="site"
        )
        return contact

    def enriched(self, prospect: UUID, stage: str = "website_profiles") -> None:
        self.insert("enrichment_data", prospect_id=prospect, stage=stage, code_version="1")
        self.insert("evidence", prospect_id=prospect, kind="fact", statement="It is", quote="it is", confidence=1)
        self.insert("field_provenance", prospect_id=prospect, field=stage, provider="site")
        self.insert(
            "prospect_stages", campaign_id=self.tenant.campaign_id, prospect_id=prospect, stage=stage, state="done",
            version="1",
        )  # fmt: skip

    def scored(self, prospect: UUID, tier: str = "C") -> None:
        self.insert(
            "lead_scores", campaign_id=self.tenant.campaign_id, prospect_id=prospect, score=40, tier=tier, confidence=1,
            website_quality_score=10, business_size_score=10, engagement_score=10, fit_score=10, profile_version="1",
        )  # fmt: skip

    def sequence(self, prospect: UUID, status: str = "pending_approval", contact: UUID | None = None) -> UUID:
        sequence: UUID = self.insert(
            "outreach_sequences", campaign_id=self.tenant.campaign_id, prospect_id=prospect, contact_id=contact,
            sequence_type="email", status=status, content_hash=HASH, approved_hash=HASH, code_version="1",
        )  # fmt: skip
        self.insert(
            "outreach_emails", sequence_id=sequence, step_number=1, delay_days=0, subject="Hello", body_html="",
            body_text="", word_count=0,
        )  # fmt: skip
        return sequence

    def everything(self) -> dict[str, Any]:
        """All rows of the organization as documents, and the campaign's count."""
        found: dict[str, Any] = {
            table: sorted(
                str(row[0])
                for row in self.rows(
                    f"select to_jsonb(t) - 'updated_at' from {table} t where organization_id = %s",
                    self.tenant.organization_id,
                )
            )
            for table in TABLES
        }
        count = "select total_prospects from campaigns where id = %s"
        return {**found, "total": self.rows(count, self.tenant.campaign_id)}
