"""What members do with files of leads, leads by hand and the exclusion list."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from uuid import UUID

from leadgen.domain.discovery.importing_columns import FIELDS
from leadgen.domain.spreadsheet import harmless
from leadgen.store import imports as store
from leadgen.store.imports import Choices, Importer
from leadgen.store.imports import queries as store_queries
from leadgen_api.access.audit import audit
from leadgen_api.access.sessions import Member
from leadgen_api.campaigns.service import require_campaign
from leadgen_api.imports import queries
from leadgen_api.imports.running import RunningImports
from leadgen_api.imports.schemas import (
    AddedLead,
    ExclusionEntry,
    ExclusionPage,
    ExclusionPosition,
    ImportPreview,
    Imports,
    ImportStatus,
    NewExclusion,
    NewLead,
)
from leadgen_api.imports.uploads import Upload
from leadgen_api.paging import page_of, position_of
from leadgen_api.problems import NotFound, Problem

NEWEST = 50
REMARKS_AT_ONCE = 2_000
REMARK_COLUMNS = ("line", "kind", "column_name", "value", "problem", "remedy")

_TAKEN = frozenset({"added", "updated", "refreshed"})
_REFUSALS = {
    "duplicates": "The lead is in this campaign already.",
    "known": "The lead is in another campaign of your organization.",
    "excluded": "The business is on your exclusion list.",
}


async def preview_import(member: Member, campaign_id: UUID, upload: Upload) -> ImportPreview:
    """What an import of the file would do.

    Raises:
        NotFound: there is no such campaign.
        InputError: the file or its columns cannot be used.
    """
    await _require(member, campaign_id)
    file = await asyncio.to_thread(store.open_file, upload.path, upload.name, upload.options.sheet)
    preview = await _importer(member, campaign_id, upload.options.choices()).preview(file)
    return ImportPreview.of(preview)


async def begin_import(member: Member, campaign_id: UUID, upload: Upload, running: RunningImports) -> ImportStatus:
    """Begins an import, or goes on with it where the same file was given before; it runs on behind the answer.

    Raises:
        NotFound: there is no such campaign.
        InputError: the file or its columns cannot be used.
        Problem: too many imports run already.
    """
    await _require(member, campaign_id)
    running.require_place()
    choices = upload.options.choices()
    file = await asyncio.to_thread(store.open_file, upload.path, upload.name, choices.sheet)
    begun = await _importer(member, campaign_id, choices).begin(file)
    if not begun.was_done:
        async with member.tenant() as transaction:
            await audit(transaction, member, "import.begin", begun.id, after={"campaign_id": str(campaign_id)})
        upload.keep()
        running.start(member, campaign_id, choices, file, begun)
    return await get_import(member, begun.id)


async def list_imports(member: Member, campaign_id: UUID) -> Imports:
    """The campaign's newest imports.

    Raises:
        NotFound: there is no such campaign.
    """
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        named = {"organization": member.organization_id, "campaign": campaign_id, "limit": NEWEST}
        rows = await transaction.all(queries.IMPORTS, named)
    return Imports(items=[ImportStatus.of(row) for row in rows])


async def get_import(member: Member, import_id: UUID) -> ImportStatus:
    """An import as it stands.

    Raises:
        NotFound: there is none of this id in the member's organization.
    """
    async with member.tenant() as transaction:
        row = await transaction.one(queries.IMPORT, {"organization": member.organization_id, "import": import_id})
    if row is None:
        raise NotFound("import")
    return ImportStatus.of(row)


async def stop_import(member: Member, import_id: UUID) -> ImportStatus:
    """Ends an import behind the batch it is at.

    Raises:
        NotFound: there is none of this id in the member's organization.
    """
    found = await get_import(member, import_id)
    await _importer(member, found.campaign_id, Choices()).stop(import_id)
    async with member.tenant() as transaction:
        await audit(transaction, member, "import.stop", import_id, before={"state": found.state})
    return await get_import(member, import_id)


async def remarks_csv(member: Member, import_id: UUID) -> AsyncIterator[str]:
    """What is to be said of single lines, as CSV by pieces."""
    after = {"line": 0, "id": 0}
    named = {"organization": member.organization_id, "import": import_id, "limit": REMARKS_AT_ONCE}
    yield _csv([REMARK_COLUMNS])
    while True:
        async with member.tenant() as transaction:
            rows = await transaction.all(store_queries.REMARKS, {**named, **after})
        if not rows:
            return
        after = {"line": rows[-1]["line"], "id": rows[-1]["id"]}
        yield _csv([tuple(harmless(str(row[name] or "")) for name in REMARK_COLUMNS) for row in rows])


async def add_lead(member: Member, campaign_id: UUID, new: NewLead) -> AddedLead:
    """Adds a lead by hand, or corrects the one it is where the choices say so.

    Raises:
        NotFound: there is no such campaign.
        Problem: the lead is known or excluded, or a field cannot be read.
    """
    choices = Choices(duplicates=new.duplicates, known_leads=new.known_leads, excluded=new.excluded)
    fields = {field: value for field in FIELDS if (value := getattr(new, field, None))}
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        added = await store.add_lead(transaction, member.organization_id, campaign_id, fields, choices)
        if added.prospect_id is not None and added.outcome in _TAKEN:
            told = {"campaign_id": str(campaign_id), "outcome": added.outcome}
            await audit(transaction, member, "lead.add", added.prospect_id, after=told)
    if added.problems:
        errors = [
            {"field": problem.column or "company_name", "detail": f"{problem.problem}. {problem.remedy}"}
            for problem in added.problems
        ]
        raise Problem(422, "invalid-input", "The lead is not valid.", errors=errors)
    if added.prospect_id is None or added.outcome not in _TAKEN:
        known = f" It is {added.prospect_id}." if added.prospect_id else ""
        raise Problem(409, "known-lead", f"{_REFUSALS[added.outcome]}{known}")
    return AddedLead(id=added.prospect_id, outcome=added.outcome)


async def list_exclusions(member: Member, limit: int, cursor: str | None) -> ExclusionPage:
    """One page of the exclusion list, newest first."""
    after = position_of(ExclusionPosition, cursor)
    named = {"organization": member.organization_id, "created_at": after.created_at, "id": after.id, "limit": limit + 1}
    async with member.tenant() as transaction:
        rows = await transaction.all(store_queries.LIST_EXCLUSIONS, named)
    page, next_cursor = page_of(ExclusionPosition, rows, limit)
    return ExclusionPage(items=[ExclusionEntry(**row) for row in page], next_cursor=next_cursor)


async def add_exclusion(member: Member, new: NewExclusion) -> ExclusionEntry:
    """Puts a business on the list.

    Raises:
        InputError: the value is no domain, phone number or name, or many businesses share it.
    """
    async with member.tenant() as transaction:
        entry = await store.add_exclusion(
            transaction, member.organization_id, new.kind, new.value, new.reason, member.user_id
        )
        await audit(transaction, member, "exclusion.add", entry["id"], after={"kind": new.kind})
    return ExclusionEntry(**entry)


async def remove_exclusion(member: Member, exclusion_id: UUID) -> None:
    """Takes a business off the list.

    Raises:
        NotFound: there is no entry of this id.
    """
    async with member.tenant() as transaction:
        if not await store.remove_exclusion(transaction, member.organization_id, exclusion_id):
            raise NotFound("exclusion")
        await audit(transaction, member, "exclusion.remove", exclusion_id)


def _importer(member: Member, campaign_id: UUID, choices: Choices) -> Importer:
    return Importer(member.tenant, member.organization_id, campaign_id, choices, member.user_id)


async def _require(member: Member, campaign_id: UUID) -> None:
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)


def _csv(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
