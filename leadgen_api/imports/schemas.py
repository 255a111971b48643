"""Imports, leads by hand and exclusions over the wire."""

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from leadgen.domain.discovery.exclusions import ExclusionKind, ExclusionReason
from leadgen.domain.discovery.importing_rows import ImportedRow, RowProblem
from leadgen.store.imports import Choices, Counts, Preview
from leadgen.store.imports.choices import Duplicates, Excluded, KnownLeads
from leadgen_api.fields import Line
from leadgen_api.paging import LAST_ID, Position

STALLED_SECONDS = 60


class ImportOptions(BaseModel):
    """How an import treats what it recognises. `columns`: column of the file -> field, or `ignore`."""

    model_config = ConfigDict(extra="forbid")

    duplicates: Duplicates = "skip"
    known_leads: KnownLeads = "exclude"
    excluded: Excluded = "exclude"
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    sheet: Line | None = None
    columns: dict[str, str] = Field(default={}, max_length=100)

    def choices(self) -> Choices:
        """As the store takes them."""
        return Choices(**self.model_dump())


class ImportCounts(BaseModel):
    """What became of the rows, each counted once; contacts and cells beside them."""

    rows: int
    added: int
    updated: int
    joined: int
    duplicates: int
    known: int
    refreshed: int
    excluded: int
    bad: int
    contacts: int
    cells_left_out: int

    @classmethod
    def of(cls, counts: Counts) -> "ImportCounts":
        """From the store's."""
        return cls(**{name: getattr(counts, name) for name in cls.model_fields})


class ImportStatus(BaseModel):
    """An import. `interrupted`: its process has ended in the middle; the same file given again goes on behind `position`."""

    id: UUID
    campaign_id: UUID
    file_name: str
    state: Literal["running", "done", "stopped", "failed", "interrupted"]
    detail: str | None
    position: int
    counts: ImportCounts
    columns: dict[str, str]
    options: ImportOptions
    started_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, row: dict[str, Any]) -> "ImportStatus":
        """From a row of `queries.IMPORT`."""
        stalled = row["state"] == "running" and row["still_for"].total_seconds() > STALLED_SECONDS
        names = ("id", "campaign_id", "file_name", "detail", "position", "columns", "started_at", "ended_at")
        return cls(
            **{name: row[name] for name in names},
            state="interrupted" if stalled else row["state"],
            counts=ImportCounts.of(Counts.of(row)),
            options=ImportOptions(**row["choices"]),
        )


class Imports(BaseModel):
    """The newest imports of a campaign."""

    items: list[ImportStatus]


class Problem(BaseModel):
    """What is wrong at a place of a file, and what to do. `row_kept`: only the cell was left out."""

    line: int
    column: str | None
    problem: str
    remedy: str
    value: str | None
    row_kept: bool

    @classmethod
    def of(cls, problem: RowProblem) -> "Problem":
        """From the domain's."""
        return cls(**{name: getattr(problem, name) for name in cls.model_fields})


class PreviewedRow(BaseModel):
    """A row as it is understood; without company it is no lead."""

    line: int
    company: dict[str, Any] | None
    contact: dict[str, str] | None

    @classmethod
    def of(cls, row: ImportedRow) -> "PreviewedRow":
        """From the domain's, without what is empty."""
        names = ("name", "category", "website", "phone", "address", "city", "state", "zip_code", "country")
        contact = row.contact
        return cls(
            line=row.line,
            company={n: v for n in names if (v := getattr(row.listing, n))} if row.listing else None,
            contact={n: v for n in contact.__slots__ if (v := getattr(contact, n))} if contact else None,
        )


class ImportPreview(BaseModel):
    """What an import of this file would do; nothing was written."""

    format: Literal["csv", "tsv", "xlsx"]
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    columns: dict[str, str]
    ignored: list[str]
    rows: list[PreviewedRow]
    counts: ImportCounts
    problems: list[Problem]

    @classmethod
    def of(cls, preview: Preview) -> "ImportPreview":
        """From the store's."""
        file = preview.file
        return cls(
            format=file.format,
            encoding=file.encoding,
            delimiter=file.delimiter,
            sheet=file.sheet,
            columns={str(field): column for field, column in preview.columns.items()},
            ignored=list(preview.ignored),
            rows=[PreviewedRow.of(row) for row in preview.rows],
            counts=ImportCounts.of(preview.counts),
            problems=[Problem.of(problem) for problem in preview.problems],
        )


class NewLead(BaseModel):
    """A lead by hand, as a person types it: a company with name or website, and perhaps a contact there."""

    model_config = ConfigDict(extra="forbid")

    company_name: Line | None = None
    category: Line | None = None
    website: Line | None = None
    phone: Line | None = None
    address: Line | None = None
    city: Line | None = None
    state: Line | None = None
    zip_code: Line | None = None
    country: Line | None = None
    contact_name: Line | None = None
    contact_title: Line | None = None
    contact_email: Line | None = None
    contact_phone: Line | None = None
    contact_linkedin: Line | None = None
    duplicates: Duplicates = "skip"
    known_leads: KnownLeads = "exclude"
    excluded: Excluded = "exclude"


class AddedLead(BaseModel):
    """The lead that was added, or corrected where it was known."""

    id: UUID
    outcome: Literal["added", "updated", "refreshed"]


class NewExclusion(BaseModel):
    """A business that is not wanted: by domain (or page, or address), phone number or name."""

    model_config = ConfigDict(extra="forbid")

    kind: ExclusionKind
    value: Line
    reason: ExclusionReason = "other"


class ExclusionEntry(BaseModel):
    """An entry of the exclusion list."""

    id: UUID
    kind: ExclusionKind
    value: str
    reason: ExclusionReason
    created_at: datetime


class ExclusionPage(BaseModel):
    """One page of the exclusion list, newest first."""

    items: list[ExclusionEntry]
    next_cursor: str | None


class ExclusionPosition(Position):
    """Newest first."""

    of: Literal["exclusions"] = "exclusions"
    created_at: datetime = datetime.max.replace(tzinfo=UTC)
    id: UUID = LAST_ID
