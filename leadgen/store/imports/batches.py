"""One batch of an import: what was decided of its rows, written in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from leadgen.domain.discovery.importing_rows import ImportedContact, RowProblem
from leadgen.domain.discovery.listing import Listing, lead_fields
from leadgen.domain.enrichment.contacts import is_decision_maker, is_role_mailbox
from leadgen.store.database import Transaction
from leadgen.store.imports import queries
from leadgen.store.imports.choices import Counts
from leadgen.store.imports.recognising import WRITTEN, Decision

Row = dict[str, Any]

# The values that a receipt is kept for
RECEIPTED = ("company_name", "website", "phone", "address")

_REMARKS = {
    "duplicates": ("duplicate", "the lead is in this campaign already", "Choose `update` to correct it from the file."),
    "known": (
        "known",
        "the lead is in another campaign of yours",
        "Choose `keep` to have it here too, or `refresh` to correct it there.",
    ),
    "excluded": (
        "excluded",
        "the business is on your exclusion list",
        "Take it off the list, or choose to keep such rows.",
    ),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where leads come from, as their receipts say: a file of an import, or a member's own hand."""

    organization_id: UUID
    campaign_id: UUID
    import_id: UUID | None
    said_by: str  # quoted in the receipt before the line: the file's name

    def quote(self, line: int) -> str:
        """What a receipt quotes."""
        return f"{self.said_by}, line {line}" if self.import_id else self.said_by


@dataclass(slots=True)
class Batch:
    """Rows of tables, and the counts they add up to."""

    last_line: int = 0
    counts: Counts = field(default_factory=Counts)
    prospects: list[Row] = field(default_factory=list)
    listings: dict[tuple[UUID, str, str], Row] = field(default_factory=dict)
    replaced: dict[UUID, Row] = field(default_factory=dict)
    filled: dict[UUID, Row] = field(default_factory=dict)
    contacts: dict[tuple[UUID, str | None, str | None], Row] = field(default_factory=dict)
    provenance: dict[tuple[UUID, str], Row] = field(default_factory=dict)
    remarks: list[Row] = field(default_factory=list)


def batch_of(decisions: Iterable[Decision], origin: Origin) -> Batch:
    """What these decisions write."""
    batch = Batch()
    for decision in decisions:
        batch.last_line = decision.row.line
        setattr(batch.counts, decision.outcome, getattr(batch.counts, decision.outcome) + 1)
        batch.remarks += [_remark(problem) for problem in decision.row.problems]
        batch.counts.cells_left_out += sum(1 for problem in decision.row.problems if problem.row_kept)
        if decision.outcome in WRITTEN:
            _add_lead(batch, decision, origin)
        elif decision.outcome in _REMARKS:
            batch.remarks.append(_outcome_remark(decision))
    return batch


async def save(transaction: Transaction, batch: Batch, origin: Origin) -> None:
    """Writes the batch; sets the number of contacts that were new. Writing it again changes nothing."""
    named = {"organization": origin.organization_id, "campaign": origin.campaign_id}
    if batch.prospects:
        await transaction.execute(queries.SAVE_PROSPECTS, {**named, "json": _json(batch.prospects)})
    for sql, changed in ((queries.REPLACE_FIELDS, batch.replaced), (queries.FILL_FIELDS, batch.filled)):
        if changed:
            await transaction.execute(sql, {**named, "json": _json(changed.values())})
    if batch.listings:
        await transaction.execute(queries.SAVE_LISTINGS, {**named, "json": _json(batch.listings.values())})
    if corrected := [prospect_id for prospect_id, row in batch.replaced.items() if row["website"]]:
        await transaction.execute(queries.DERIVE_AGAIN, {**named, "ids": corrected})
    if batch.contacts:
        saved = await transaction.all(queries.SAVE_CONTACTS, {**named, "json": _json(batch.contacts.values())})
        batch.counts.contacts = sum(1 for row in saved if row["is_new"])
    if batch.provenance:
        made = {row["id"] for row in batch.prospects}
        renewed = [row for (prospect_id, _), row in batch.provenance.items() if prospect_id not in made]
        if renewed:
            await transaction.execute(queries.SUPERSEDE_PROVENANCE, {**named, "json": _json(renewed)})
        await transaction.execute(queries.SAVE_PROVENANCE, {**named, "json": _json(batch.provenance.values())})
    if batch.remarks and origin.import_id:
        remarks = {**named, "import": origin.import_id, "json": _json(batch.remarks)}
        await transaction.execute(queries.SAVE_REMARKS, remarks)


def _add_lead(batch: Batch, decision: Decision, origin: Origin) -> None:
    listing, line = decision.row.listing, decision.row.line
    prospect_id, campaign_id = decision.prospect_id, decision.campaign_id
    if listing is None or prospect_id is None or campaign_id is None:
        raise ValueError(f"the decision of line {line} names no lead")
    fields: Row = {"id": prospect_id, **lead_fields(listing)}
    is_correction = decision.outcome in {"updated", "refreshed"}
    if decision.outcome == "added":
        batch.prospects.append(
            {
                **fields,
                "company_name": listing.name,
                "latitude": listing.location.latitude if listing.location else None,
                "longitude": listing.location.longitude if listing.location else None,
                "source": listing.source,
                "source_id": listing.source_id,
                "raw_data": {"import_id": origin.import_id, "line": line},
            }
        )
    else:
        _merge(batch.replaced if is_correction else batch.filled, fields, newest_wins=is_correction)
    batch.listings.setdefault(
        (campaign_id, listing.source, listing.source_id),
        {
            "prospect_id": prospect_id,
            "campaign_id": campaign_id,
            "source": listing.source,
            "source_id": listing.source_id,
            "fields": listing,
            "match_score": None if decision.because else 1.0,
            "match_reason": decision.because or "first row of this business",
        },
    )
    if decision.outcome != "joined":
        said = {**fields, "company_name": listing.name if decision.outcome == "added" else None}
        for name in RECEIPTED:
            if said[name] is not None:
                batch.provenance[prospect_id, name] = {
                    "prospect_id": prospect_id,
                    "field": name,
                    "provider": listing.source,
                    "quote": origin.quote(line),
                }
    if decision.row.contact is not None:
        row = _contact_row(prospect_id, decision.row.contact, listing)
        batch.contacts.setdefault((prospect_id, row["email"], row["full_name"]), row)


def _merge(changed: dict[UUID, Row], fields: Row, *, newest_wins: bool) -> None:
    """One change a lead: a statement that met the same one twice would take either."""
    before = changed.get(fields["id"])
    if before is None:
        changed[fields["id"]] = fields
        return
    for name, value in fields.items():
        if value is not None and (newest_wins or before[name] is None):
            before[name] = value


def _contact_row(prospect_id: UUID, contact: ImportedContact, listing: Listing) -> Row:
    return {
        "prospect_id": prospect_id,
        "full_name": contact.full_name,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "title": contact.title,
        "email": contact.email,
        "phone": contact.phone,
        "linkedin_url": contact.linkedin_url,
        "is_role_mailbox": contact.email is not None and is_role_mailbox(contact.email),
        "is_decision_maker": is_decision_maker(contact.title),
        "source": listing.source,
    }


def _remark(problem: RowProblem) -> Row:
    return {
        "line": problem.line,
        "kind": "cell" if problem.row_kept else "bad_row",
        "column_name": problem.column,
        "problem": problem.problem,
        "remedy": problem.remedy,
        "value": problem.value,
    }


def _outcome_remark(decision: Decision) -> Row:
    kind, problem, remedy = _REMARKS[decision.outcome]
    name = decision.row.listing.name if decision.row.listing else None
    return {
        "line": decision.row.line,
        "kind": kind,
        "column_name": None,
        "problem": f"{problem} ({decision.because})" if decision.because else problem,
        "remedy": remedy,
        "value": name,
    }


def _json(rows: Iterable[Row] | Sequence[Row]) -> str:
    """Rows for `json_populate_recordset`; NUL, which Postgres text cannot hold, is dropped."""
    return orjson.dumps(list(rows), default=str).decode().replace("\\u0000", "")
