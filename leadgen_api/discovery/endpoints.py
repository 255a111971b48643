"""/v1/campaigns: how well one covered its circle, and what one would find and cost."""

from uuid import UUID

from fastapi import APIRouter

from leadgen_api.access.sessions import Editor, SignedIn
from leadgen_api.campaigns import service as campaigns
from leadgen_api.campaigns.schemas import CampaignDetail
from leadgen_api.discovery import coverage, estimating
from leadgen_api.discovery.estimate_schemas import Estimate, EstimateAsked
from leadgen_api.discovery.schemas import AcceptedChecks, Coverage
from leadgen_api.problems import documented

router = APIRouter(prefix="/v1/campaigns", tags=["discovery"], responses=documented(401, 422, 503))


@router.post("/estimate", responses=documented(403))
async def estimate_new(member: SignedIn, asked: EstimateAsked) -> Estimate:
    """What a campaign would find, cost and take, before it is created. Free, but for a probe that is asked for."""
    return await estimating.estimate_new(member, asked)


@router.get("/{campaign_id}/estimate", responses=documented(404))
async def estimate_campaign(member: SignedIn, campaign_id: UUID) -> Estimate:
    """What the campaign may be expected to find, cost and take. Free."""
    return await estimating.estimate_campaign(member, campaign_id)


@router.get("/{campaign_id}/coverage", responses=documented(404))
async def get_coverage(member: SignedIn, campaign_id: UUID) -> Coverage:
    """How the campaign's circle was covered, tile by tile, and how much of what there is was found."""
    return await coverage.get_coverage(member, campaign_id)


@router.put("/{campaign_id}/accepted-checks", responses=documented(403, 404))
async def accept_checks(member: Editor, campaign_id: UUID, accepted: AcceptedChecks) -> CampaignDetail:
    """Names the quality checks whose failure the campaign bears; one that stands still for a check goes on."""
    await coverage.accept_checks(member, campaign_id, accepted.checks)
    return await campaigns.get_campaign(member, campaign_id)
