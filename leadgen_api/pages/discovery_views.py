"""Pages of what a campaign would find, and of the checks that stop it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from leadgen_api.access.sessions import Editor
from leadgen_api.discovery import coverage, estimating
from leadgen_api.discovery.estimate_schemas import EstimateAsked
from leadgen_api.pages.forms import CampaignForm
from leadgen_api.pages.rendering import templates

router = APIRouter(include_in_schema=False)

SEE_OTHER = 303


@router.post("/campaigns/estimate")
async def estimate(request: Request, member: Editor, form: Annotated[CampaignForm, Form()]) -> HTMLResponse:
    """What the campaign would find and cost, with the form to create it."""
    wanted = form.campaign(member)
    asked = EstimateAsked(
        business_type=wanted.business_type,
        target_location=wanted.target_location,
        target_radius_miles=wanted.target_radius_miles,
        lead_cap=wanted.lead_cap,
        is_urgent=wanted.is_urgent,
        sources=wanted.sources,
    )
    told = await estimating.estimate_new(member, asked)
    fields = {name: str(value) for name, value in form.model_dump(mode="json", exclude_none=True).items()}
    budget = fields.pop("budget_dollars", None) or str(round(told.budget_cents / 100))
    context = {"member": member, "wanted": wanted, "estimate": told, "fields": fields, "budget": budget}
    return templates.TemplateResponse(request, "estimate.html", context)


@router.post("/campaigns/{campaign_id}/accept-checks")
async def accept_checks(member: Editor, campaign_id: UUID) -> Response:
    """Bears the check that stops the campaign, and shows how it goes on."""
    await coverage.accept_failed_checks(member, campaign_id)
    return RedirectResponse(f"/campaigns/{campaign_id}", SEE_OTHER)
