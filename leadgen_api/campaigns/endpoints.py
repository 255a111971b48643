"""/v1/campaigns"""

from uuid import UUID

from fastapi import APIRouter

from leadgen_api.access.sessions import Editor, SignedIn
from leadgen_api.campaigns import service
from leadgen_api.campaigns.schemas import CampaignDetail, CampaignPage, NewBudget, NewCampaign
from leadgen_api.paging import Cursor, Limit
from leadgen_api.problems import documented

router = APIRouter(prefix="/v1/campaigns", tags=["campaigns"], responses=documented(401, 422, 503))


@router.get("")
async def list_campaigns(member: SignedIn, limit: Limit = 20, cursor: Cursor = None) -> CampaignPage:
    """The organization's campaigns, newest first."""
    return await service.list_campaigns(member, limit, cursor)


@router.post("", status_code=201, responses=documented(403))
async def create_campaign(member: Editor, new: NewCampaign) -> CampaignDetail:
    """Creates a campaign and starts its run."""
    return await service.create_campaign(member, new)


@router.get("/{campaign_id}", responses=documented(404))
async def get_campaign(member: SignedIn, campaign_id: UUID) -> CampaignDetail:
    """One campaign with its progress and spend."""
    return await service.get_campaign(member, campaign_id)


@router.put("/{campaign_id}/budget", responses=documented(403, 404))
async def set_budget(member: Editor, campaign_id: UUID, budget: NewBudget) -> CampaignDetail:
    """Changes the campaign's cap; one that stands still for want of budget goes on."""
    return await service.set_budget(member, campaign_id, budget)


@router.post("/{campaign_id}/pause", responses=documented(403, 404, 409))
async def pause_campaign(member: Editor, campaign_id: UUID) -> CampaignDetail:
    """Stops the campaign within the calls in flight."""
    return await service.pause_campaign(member, campaign_id)


@router.post("/{campaign_id}/resume", responses=documented(403, 404, 409))
async def resume_campaign(member: Editor, campaign_id: UUID) -> CampaignDetail:
    """Goes on where the campaign stopped."""
    return await service.resume_campaign(member, campaign_id)
