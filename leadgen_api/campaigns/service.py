"""What members do with campaigns."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from leadgen.errors import InputError
from leadgen.store import campaigns as store
from leadgen.store.database import Transaction
from leadgen_api.access.sessions import Member
from leadgen_api.campaigns import queries
from leadgen_api.campaigns.schemas import (
    Campaign,
    CampaignDetail,
    CampaignPage,
    CampaignPosition,
    NewBudget,
    NewCampaign,
    Reason,
    StageCounts,
    VendorSpend,
)
from leadgen_api.paging import page_of, position_of
from leadgen_api.problems import NotFound, Problem

PAUSED_BY_USER = "Paused by a member of the organization."


async def list_campaigns(member: Member, limit: int, cursor: str | None) -> CampaignPage:
    """One page, newest first."""
    after = position_of(CampaignPosition, cursor)
    async with member.tenant() as transaction:
        rows = await transaction.all(
            queries.CAMPAIGNS,
            {
                "organization": member.organization_id,
                "created_at": after.created_at,
                "id": after.id,
                "limit": limit + 1,
            },
        )
    page, next_cursor = page_of(CampaignPosition, rows, limit)
    return CampaignPage(items=[Campaign.of(row) for row in page], next_cursor=next_cursor)


async def get_campaign(member: Member, campaign_id: UUID) -> CampaignDetail:
    """One campaign with its progress and spend.

    Raises:
        NotFound: there is none of this id in the member's organization.
    """
    async with member.tenant() as transaction:
        return await _read(transaction, member, campaign_id)


async def require_campaign(transaction: Transaction, member: Member, campaign_id: UUID) -> None:
    """Passes if the campaign is the member's organization's.

    Raises:
        NotFound: it is not, or there is none of this id.
    """
    if not await transaction.value(queries.EXISTS, _named(member, campaign_id)):
        raise NotFound("campaign")


async def create_campaign(member: Member, new: NewCampaign) -> CampaignDetail:
    """A new campaign; its run starts by the event written with it."""
    async with member.tenant() as transaction:
        campaign_id = await store.create_campaign(transaction, member.organization_id, new.spec(), member.user_id)
        return await _read(transaction, member, campaign_id)


async def set_budget(member: Member, campaign_id: UUID, budget: NewBudget) -> CampaignDetail:
    """The new cap; a campaign that waited for it is queued.

    Raises:
        NotFound: there is none of this id in the member's organization.
    """
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        await store.set_budget(transaction, campaign_id, budget.micros)
        return await _read(transaction, member, campaign_id)


async def pause_campaign(member: Member, campaign_id: UUID) -> CampaignDetail:
    """Stops within the calls in flight.

    Raises:
        NotFound: there is none of this id in the member's organization.
        Problem: the campaign is over already.
    """
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        with _state_conflicts():
            await store.pause(transaction, campaign_id, "user", PAUSED_BY_USER)
        return await _read(transaction, member, campaign_id)


async def resume_campaign(member: Member, campaign_id: UUID) -> CampaignDetail:
    """Goes on where it stopped.

    Raises:
        NotFound: there is none of this id in the member's organization.
        Problem: the campaign does not stand still.
    """
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        with _state_conflicts():
            await store.resume(transaction, campaign_id)
        return await _read(transaction, member, campaign_id)


async def _read(transaction: Transaction, member: Member, campaign_id: UUID) -> CampaignDetail:
    named = _named(member, campaign_id)
    row = await transaction.one(queries.CAMPAIGN, named)
    if row is None:
        raise NotFound("campaign")
    return CampaignDetail(
        **Campaign.of(row).model_dump(),
        stages=[StageCounts(**stage) for stage in await transaction.all(queries.STAGES, named)],
        reasons=[Reason(**reason) for reason in await transaction.all(queries.REASONS, named)],
        tiers={tier["tier"]: tier["leads"] for tier in await transaction.all(queries.TIERS, named)},
        spend=[VendorSpend.of(line) for line in await transaction.all(queries.SPEND_BY_VENDOR, named)],
    )


def _named(member: Member, campaign_id: UUID) -> dict[str, UUID]:
    return {"organization": member.organization_id, "campaign": campaign_id}


@contextmanager
def _state_conflicts() -> Iterator[None]:
    """What a campaign's state does not allow is a conflict, not bad input."""
    try:
        yield
    except InputError as error:
        raise Problem(409, "campaign-state", str(error)) from error
