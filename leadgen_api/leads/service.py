"""Prospects and leads as members read them."""

from collections.abc import Collection
from typing import get_args
from uuid import UUID

from leadgen_api.access.sessions import Member
from leadgen_api.campaigns.service import require_campaign
from leadgen_api.enrichment import queries as enrichment_queries
from leadgen_api.enrichment.schemas import SourceAsked
from leadgen_api.leads import queries
from leadgen_api.leads.schemas import (
    Lead,
    LeadDetail,
    LeadPage,
    LeadPosition,
    Prospect,
    ProspectPage,
    ProspectPosition,
    Receipt,
    Tier,
)
from leadgen_api.paging import page_of, position_of
from leadgen_api.problems import NotFound

ALL_TIERS: tuple[Tier, ...] = get_args(Tier)


async def list_prospects(member: Member, campaign_id: UUID, limit: int, cursor: str | None) -> ProspectPage:
    """One page of what a campaign found, in the order found.

    Raises:
        NotFound: there is no campaign of this id in the member's organization.
    """
    after = position_of(ProspectPosition, cursor)
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        rows = await transaction.all(
            queries.PROSPECTS,
            {
                "organization": member.organization_id,
                "campaign": campaign_id,
                "created_at": after.created_at,
                "id": after.id,
                "limit": limit + 1,
            },
        )
    page, next_cursor = page_of(ProspectPosition, rows, limit)
    return ProspectPage(items=[Prospect(**row) for row in page], next_cursor=next_cursor)


async def list_leads(
    member: Member, campaign_id: UUID, tiers: Collection[Tier], limit: int, cursor: str | None
) -> LeadPage:
    """One page of a campaign's scored leads of these tiers (none: all), best first.

    Raises:
        NotFound: there is no campaign of this id in the member's organization.
    """
    after = position_of(LeadPosition, cursor)
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        rows = await transaction.all(
            queries.LEADS,
            {
                "organization": member.organization_id,
                "campaign": campaign_id,
                "tiers": list(tiers or ALL_TIERS),
                "score": after.score,
                "id": after.id,
                "limit": limit + 1,
            },
        )
    page, next_cursor = page_of(LeadPosition, rows, limit)
    return LeadPage(items=[Lead(**row) for row in page], next_cursor=next_cursor)


async def get_lead(member: Member, lead_id: UUID) -> LeadDetail:
    """Everything known of one lead.

    Raises:
        NotFound: there is none of this id in the member's organization.
    """
    parameters = {"organization": member.organization_id, "lead": lead_id}
    async with member.tenant() as transaction:
        row = await transaction.one(queries.LEAD, parameters)
        if row is None:
            raise NotFound("lead")
        return LeadDetail(
            **row,
            contacts=await transaction.all(queries.CONTACTS, parameters),
            evidence=await transaction.all(queries.EVIDENCE, parameters),
            emails=await transaction.all(queries.EMAILS, parameters),
            receipts=[Receipt.of(receipt) for receipt in await transaction.all(queries.RECEIPTS, parameters)],
            conflicts=await transaction.all(enrichment_queries.CONFLICTS, parameters),
            sources_asked=[
                SourceAsked.of(row) for row in await transaction.all(enrichment_queries.ATTEMPTS, parameters)
            ],
        )
