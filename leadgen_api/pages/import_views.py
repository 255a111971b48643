"""Pages of files of leads: looked at first, brought into a campaign, and how far an import is."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from leadgen_api.access.sessions import Editor, SignedIn
from leadgen_api.campaigns import service as campaigns
from leadgen_api.imports import service as imports
from leadgen_api.imports.uploads import upload_of
from leadgen_api.pages.rendering import templates

router = APIRouter(include_in_schema=False)

SEE_OTHER = 303


@router.get("/campaigns/{campaign_id}/imports")
async def campaign_imports(request: Request, member: SignedIn, campaign_id: UUID) -> HTMLResponse:
    """The campaign's imports, and the form for another."""
    context = {
        "member": member,
        "campaign": await campaigns.get_campaign(member, campaign_id),
        "imports": await imports.list_imports(member, campaign_id),
        "preview": None,
    }
    return templates.TemplateResponse(request, "imports.html", context)


@router.post("/campaigns/{campaign_id}/imports")
async def begin_import(request: Request, member: Editor, campaign_id: UUID) -> Response:
    """Begins an import, or goes on with it, and shows how far it is."""
    async with upload_of(request) as upload:
        begun = await imports.begin_import(member, campaign_id, upload, request.app.state.imports)
    return RedirectResponse(f"/imports/{begun.id}", SEE_OTHER)


@router.post("/campaigns/{campaign_id}/imports/preview")
async def preview_import(request: Request, member: Editor, campaign_id: UUID) -> HTMLResponse:
    """What the file would do, with the form to send it for good."""
    campaign = await campaigns.get_campaign(member, campaign_id)
    async with upload_of(request) as upload:
        preview = await imports.preview_import(member, campaign_id, upload)
        name = upload.name
    context = {
        "member": member,
        "campaign": campaign,
        "imports": await imports.list_imports(member, campaign_id),
        "preview": preview,
        "file_name": name,
    }
    return templates.TemplateResponse(request, "imports.html", context)


@router.get("/imports/{import_id}")
async def import_page(request: Request, member: SignedIn, import_id: UUID) -> HTMLResponse:
    """One import with its counts; reloads itself while it runs."""
    context = {"member": member, "imported": await imports.get_import(member, import_id)}
    return templates.TemplateResponse(request, "import.html", context)


@router.post("/imports/{import_id}/stop")
async def stop_import(member: Editor, import_id: UUID) -> Response:
    """Ends an import behind the batch it is at, and shows it."""
    await imports.stop_import(member, import_id)
    return RedirectResponse(f"/imports/{import_id}", SEE_OTHER)
