"""/v1/campaigns/{id}/prospects, /v1/campaigns/{id}/leads and /v1/leads"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from leadgen_api.access.sessions import SignedIn
from leadgen_api.exports.service import list_leads_as_of
from leadgen_api.fields import AsOf
from leadgen_api.leads import service
from leadgen_api.leads.schemas import LeadDetail, LeadPage, ProspectPage, Tier
from leadgen_api.paging import Cursor, Limit
from leadgen_api.problems import documented

router = APIRouter(prefix="/v1", tags=["leads"], responses=documented(401, 404, 422, 503))


@router.get("/campaigns/{campaign_id}/prospects")
async def list_prospects(member: SignedIn, campaign_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> ProspectPage:
    """Everything the campaign found, scored or not, in the order found."""
    return await service.list_prospects(member, campaign_id, limit, cursor)


@router.get("/campaigns/{campaign_id}/leads")
async def list_leads(
    member: SignedIn,
    campaign_id: UUID,
    tier: Annotated[list[Tier], Query(default_factory=list)],
    limit: Limit = 50,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> LeadPage:
    """The campaign's scored leads, best first; with `as_of` as they were at that instant."""
    if as_of is not None:
        return await list_leads_as_of(member, campaign_id, as_of, tier, limit, cursor)
    return await service.list_leads(member, campaign_id, tier, limit, cursor)


@router.get("/leads/{lead_id}")
async def get_lead(member: SignedIn, lead_id: UUID) -> LeadDetail:
    """Everything known of one lead, with its receipts."""
    return await service.get_lead(member, lead_id)
