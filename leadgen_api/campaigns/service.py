"""What members do with campaigns."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from leadgen.errors import InputError
from leadgen.store import campaigns as store
from leadgen.store.database import Transaction
from leadgen_api.access.audit import audit
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
        created = await _read(transaction, member, campaign_id)
        told = {"name": created.name, "budget_cents": created.budget_cents}
        await audit(transaction, member, "campaign.create", campaign_id, after=told)
        return created


async def set_budget(member: Member, campaign_id: UUID, budget: NewBudget) -> CampaignDetail:
    """The new cap; a campaign that waited for it is queued.

    Raises:
        NotFound: there is none of this id in the member's organization.
    """
    async with member.tenant() as transaction:
        before = await _campaign(transaction, member, campaign_id)
        await store.set_budget(transaction, campaign_id, budget.micros)
        after = await _read(transaction, member, campaign_id)
        await _audit(transaction, member, "campaign.set_budget", before, after, "budget_cents")
        return after


async def pause_campaign(member: Member, campaign_id: UUID) -> CampaignDetail:
    """Stops within the calls in flight.

    Raises:
        NotFound: there is none of this id in the member's organization.
        Problem: the campaign is over already.
    """
    async with member.tenant() as transaction:
        before = await _campaign(transaction, member, campaign_id)
        with _state_conflicts():
            await store.pause(transaction, campaign_id, "user", PAUSED_BY_USER)
        after = await _read(transaction, member, campaign_id)
        await _audit(transaction, member, "campaign.pause", before, after, "status")
        return after


async def resume_campaign(member: Member, campaign_id: UUID) -> CampaignDetail:
    """Goes on where it stopped.

    Raises:
        NotFound: there is none of this id in the member's organization.
        Problem: the campaign does not stand still.
    """
    async with member.tenant() as transaction:
        before = await _campaign(transaction, member, campaign_id)
        with _state_conflicts():
            await store.resume(transaction, campaign_id)
        after = await _read(transaction, member, campaign_id)
        await _audit(transaction, member, "campaign.resume", before, after, "status")
        return after


async def _audit(
    transaction: Transaction, member: Member, action: str, before: Campaign, after: Campaign, field: str
) -> None:
    """An entry with what one field was and is."""
    values = [{field: getattr(campaign, field)} for campaign in (before, after)]
    await audit(transaction, member, action, after.id, before=values[0], after=values[1])


async def _campaign(transaction: Transaction, member: Member, campaign_id: UUID) -> Campaign:
    row = await transaction.one(queries.CAMPAIGN, _named(member, campaign_id))
    if row is None:
        raise NotFound("campaign")
    return Campaign.of(row)


async def _read(transaction: Transaction, member: Member, campaign_id: UUID) -> CampaignDetail:
    named = _named(member, campaign_id)
    campaign = await _campaign(transaction, member, campaign_id)
    return CampaignDetail(
        **campaign.model_dump(),
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
