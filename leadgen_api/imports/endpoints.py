"""/v1: files of leads into a campaign, leads by hand, the exclusion list."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from leadgen_api.access.sessions import Editor, SignedIn
from leadgen_api.imports import service
from leadgen_api.imports.schemas import (
    AddedLead,
    ExclusionEntry,
    ExclusionPage,
    ImportPreview,
    Imports,
    ImportStatus,
    NewExclusion,
    NewLead,
)
from leadgen_api.imports.uploads import OPENAPI, upload_of
from leadgen_api.paging import Cursor, Limit
from leadgen_api.problems import documented

router = APIRouter(prefix="/v1", tags=["imports"], responses=documented(401, 422, 503))


@router.post(
    "/campaigns/{campaign_id}/imports", status_code=202, responses=documented(403, 404, 413), openapi_extra=OPENAPI
)
async def begin_import(member: Editor, campaign_id: UUID, request: Request) -> ImportStatus:
    """Imports a CSV, TSV or XLSX file, behind the answer. The same file again adds nothing; an interrupted one goes on."""
    async with upload_of(request) as upload:
        return await service.begin_import(member, campaign_id, upload, request.app.state.imports)


@router.post("/campaigns/{campaign_id}/imports/preview", responses=documented(403, 404, 413), openapi_extra=OPENAPI)
async def preview_import(member: Editor, campaign_id: UUID, request: Request) -> ImportPreview:
    """The columns, the first rows, and what would become of all of them. Nothing is written."""
    async with upload_of(request) as upload:
        return await service.preview_import(member, campaign_id, upload)


@router.get("/campaigns/{campaign_id}/imports", responses=documented(404))
async def list_imports(member: SignedIn, campaign_id: UUID) -> Imports:
    """The campaign's newest imports."""
    return await service.list_imports(member, campaign_id)


@router.get("/imports/{import_id}", responses=documented(404))
async def get_import(member: SignedIn, import_id: UUID) -> ImportStatus:
    """An import with its progress."""
    return await service.get_import(member, import_id)


@router.post("/imports/{import_id}/stop", responses=documented(403, 404))
async def stop_import(member: Editor, import_id: UUID) -> ImportStatus:
    """Ends an import behind the batch it is at; the same file given again goes on there."""
    return await service.stop_import(member, import_id)


@router.get("/imports/{import_id}/errors.csv", responses=documented(404), response_class=StreamingResponse)
async def get_errors(member: SignedIn, import_id: UUID) -> StreamingResponse:
    """Every line that is no lead or of which a cell was left out, with what is wrong and what to do."""
    await service.get_import(member, import_id)
    headers = {"content-disposition": f'attachment; filename="import-{import_id}-errors.csv"'}
    return StreamingResponse(
        service.remarks_csv(member, import_id), media_type="text/csv; charset=utf-8", headers=headers
    )


@router.post("/campaigns/{campaign_id}/prospects", status_code=201, responses=documented(403, 404, 409))
async def add_lead(member: Editor, campaign_id: UUID, new: NewLead) -> AddedLead:
    """Adds a lead by hand. One that is known or excluded is refused unless the choices say otherwise."""
    return await service.add_lead(member, campaign_id, new)


@router.get("/exclusions")
async def list_exclusions(member: SignedIn, limit: Limit = 50, cursor: Cursor = None) -> ExclusionPage:
    """Businesses the organization does not want as leads, newest first."""
    return await service.list_exclusions(member, limit, cursor)


@router.post("/exclusions", status_code=201, responses=documented(403))
async def add_exclusion(member: Editor, new: NewExclusion) -> ExclusionEntry:
    """Puts a business on the list; one that is there already keeps its place."""
    return await service.add_exclusion(member, new)


@router.delete("/exclusions/{exclusion_id}", status_code=204, responses=documented(403, 404))
async def remove_exclusion(member: Editor, exclusion_id: UUID) -> None:
    """Takes a business off the list."""
    await service.remove_exclusion(member, exclusion_id)
