"""The pages: server-rendered, from the same services as the API."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from leadgen.domain.scoring.profile import COMPONENT_POINTS
from leadgen_api.access.links import browser_of
from leadgen_api.access.sessions import (
    SESSION_SECONDS,
    Editor,
    SignedIn,
    begin_session,
    cookie_name,
    end_session,
    is_secure,
    token_of,
)
from leadgen_api.campaigns import service as campaigns
from leadgen_api.discovery.coverage import find_coverage
from leadgen_api.leads import service as leads
from leadgen_api.leads.schemas import Tier
from leadgen_api.merges import service as merges
from leadgen_api.pages.account_views import router as account_pages
from leadgen_api.pages.coverage_map import boxes_of
from leadgen_api.pages.discovery_views import router as discovery_pages
from leadgen_api.pages.forms import OFFER_KINDS, BudgetForm, CampaignForm, ReviewForm
from leadgen_api.pages.import_views import router as import_pages
from leadgen_api.pages.lead_sections import calls_of, components_of
from leadgen_api.pages.rendering import STAGES, templates
from leadgen_api.pages.settings_views import router as settings_pages
from leadgen_api.paging import Cursor

router = APIRouter(include_in_schema=False)
router.include_router(account_pages)
router.include_router(discovery_pages)
router.include_router(import_pages)
router.include_router(settings_pages)

MOVING = frozenset({"queued", "discovering", "enriching", "scoring", "generating"})
RESUMABLE = frozenset({"paused", "failed"})
CAMPAIGNS_SHOWN = 20
LEADS_SHOWN = 25
REVIEWS_SHOWN = 5
SEE_OTHER = 303
GONE = 410


@router.get("/")
async def home(request: Request) -> Response:
    """Leads on to the campaigns, or says how to sign in."""
    if token_of(request):
        return RedirectResponse("/campaigns", SEE_OTHER)
    return templates.TemplateResponse(request, "welcome.html")


@router.get("/sign-in/{token}")
async def sign_in_page(request: Request, token: str) -> HTMLResponse:
    """A button, since mail scanners follow links."""
    return templates.TemplateResponse(request, "sign_in.html", {"token": token})


@router.post("/sign-in/{token}")
async def sign_in(request: Request, token: str) -> Response:
    """Uses up the link and sets the session's cookie."""
    session = await begin_session(request.app.state.database, token, browser_of(request))
    if session is None:
        return templates.TemplateResponse(request, "sign_in_failed.html", status_code=GONE)
    response = RedirectResponse("/campaigns", SEE_OTHER)
    response.set_cookie(
        cookie_name(request), session, max_age=SESSION_SECONDS, httponly=True, samesite="lax", secure=is_secure(request)
    )
    return response


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Ends the session on our side, then drops the cookie."""
    if token := token_of(request):
        await end_session(request.app.state.database, token)
    response = RedirectResponse("/", SEE_OTHER)
    response.delete_cookie(cookie_name(request), httponly=True, samesite="lax", secure=is_secure(request))
    return response


@router.get("/campaigns")
async def campaign_list(request: Request, member: SignedIn, cursor: Cursor = None) -> HTMLResponse:
    """The organization's campaigns, and the form for another."""
    page = await campaigns.list_campaigns(member, CAMPAIGNS_SHOWN, cursor)
    context = {"member": member, "page": page, "offer_kinds": OFFER_KINDS}
    return templates.TemplateResponse(request, "campaigns.html", context)


@router.post("/campaigns")
async def create_campaign(member: Editor, form: Annotated[CampaignForm, Form()]) -> Response:
    """Creates a campaign and shows it."""
    created = await campaigns.create_campaign(member, form.campaign(member))
    return RedirectResponse(f"/campaigns/{created.id}", SEE_OTHER)


@router.get("/campaigns/{campaign_id}")
async def campaign(
    request: Request, member: SignedIn, campaign_id: UUID, tier: Tier | None = None, cursor: Cursor = None
) -> HTMLResponse:
    """Progress, spend and ranked leads, before scores what was found; reloads itself while the campaign moves."""
    detail = await campaigns.get_campaign(member, campaign_id)
    page = await leads.list_leads(member, campaign_id, [tier] if tier else [], LEADS_SHOWN, cursor)
    found = None if detail.tiers else await leads.list_prospects(member, campaign_id, LEADS_SHOWN, None)
    reviews = await merges.list_reviews(member, campaign_id, "open", REVIEWS_SHOWN, None)
    covered = await find_coverage(member, campaign_id)
    by_stage = {stage.stage: stage for stage in detail.stages}
    context = {
        "member": member,
        "campaign": detail,
        "stages": [(stage, by_stage.get(stage)) for stage in STAGES],
        "page": page,
        "found": found,
        "reviews": reviews,
        "tier": tier,
        "coverage": covered,
        "tiles": {line.source: boxes_of(covered, line.source) for line in covered.sources} if covered else {},
        "moving": detail.status in MOVING,
        "resumable": detail.status in RESUMABLE,
    }
    return templates.TemplateResponse(request, "campaign.html", context)


@router.post("/campaigns/{campaign_id}/budget")
async def set_budget(member: Editor, campaign_id: UUID, form: Annotated[BudgetForm, Form()]) -> Response:
    """Changes the campaign's cap and shows it."""
    await campaigns.set_budget(member, campaign_id, form.budget())
    return RedirectResponse(f"/campaigns/{campaign_id}", SEE_OTHER)


@router.post("/campaigns/{campaign_id}/match-reviews/{review_id}")
async def decide_match_review(
    member: Editor, campaign_id: UUID, review_id: UUID, form: Annotated[ReviewForm, Form()]
) -> Response:
    """Says whether a pair is one business, and shows the campaign again."""
    await merges.decide(member, review_id, form.decision)
    return RedirectResponse(f"/campaigns/{campaign_id}", SEE_OTHER)


@router.post("/campaigns/{campaign_id}/pause")
async def pause_campaign(member: Editor, campaign_id: UUID) -> Response:
    """Stops the campaign and shows it."""
    await campaigns.pause_campaign(member, campaign_id)
    return RedirectResponse(f"/campaigns/{campaign_id}", SEE_OTHER)


@router.post("/campaigns/{campaign_id}/resume")
async def resume_campaign(member: Editor, campaign_id: UUID) -> Response:
    """Lets the campaign go on and shows it."""
    await campaigns.resume_campaign(member, campaign_id)
    return RedirectResponse(f"/campaigns/{campaign_id}", SEE_OTHER)


@router.get("/leads/{lead_id}")
async def lead(request: Request, member: SignedIn, lead_id: UUID) -> HTMLResponse:
    """Everything known of one lead: factors, contacts, evidence, drafts, receipts."""
    detail = await leads.get_lead(member, lead_id)
    context = {
        "member": member,
        "lead": detail,
        "components": components_of(detail),
        "component_points": COMPONENT_POINTS,
        "evidence_numbers": {str(item.id): number for number, item in enumerate(detail.evidence, start=1)},
        "calls": calls_of(detail),
    }
    return templates.TemplateResponse(request, "lead.html", context)
