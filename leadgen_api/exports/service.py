"""Lists as they were at an instant: shown by the page, and written out whole."""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from leadgen.store.database import Transaction
from leadgen_api.access.sessions import Member
from leadgen_api.campaigns.service import require_campaign
from leadgen_api.exports import queries
from leadgen_api.exports.formats import Format, Writing, pieces, writing
from leadgen_api.leads.schemas import Lead, LeadPage, LeadPosition, Tier
from leadgen_api.paging import page_of, position_of
from leadgen_api.problems import Problem

ALL_TIERS: tuple[Tier, ...] = get_args(Tier)
ROWS_AT_ONCE = 500
COLUMNS = (
    "id",
    "company_name",
    "category",
    "address",
    "city",
    "state",
    "zip_code",
    "country",
    "website",
    "domain",
    "phone",
    "source",
    "status",
    "distance_meters",
    "score",
    "tier",
    "confidence",
    "profile_version",
    "contact_name",
    "contact_title",
    "contact_email",
    "email_verdict",
    "website_status",
)


@dataclass(frozen=True, slots=True)
class Export:
    """A list ready to be written: the instant it shows, and its text in pieces."""

    as_of: datetime
    media_type: str
    text: AsyncIterator[str]


async def list_leads_as_of(
    member: Member, campaign_id: UUID, as_of: datetime, tiers: Collection[Tier], limit: int, cursor: str | None
) -> LeadPage:
    """One page of a campaign's scored leads as they were at an instant, best first.

    Raises:
        NotFound: there is no campaign of this id in the member's organization.
        Problem: the instant has not come yet.
    """
    after = position_of(LeadPosition, cursor)
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        settled = await _settled(transaction, as_of)
        rows = await transaction.all(
            queries.LEADS_AS_OF, _parameters(member, campaign_id, settled, tiers, after, limit + 1)
        )
    page, next_cursor = page_of(LeadPosition, rows, limit)
    return LeadPage(
        items=[Lead(**{name: row[name] for name in Lead.model_fields}) for row in page], next_cursor=next_cursor
    )


async def export_leads(
    member: Member, campaign_id: UUID, format_: Format, as_of: datetime | None, tiers: Collection[Tier]
) -> Export:
    """All of a campaign's scored leads, best first; `as_of` None: as they are now. The same instant gives the same bytes.

    Raises:
        NotFound: there is no campaign of this id in the member's organization.
        Problem: the instant has not come yet.
    """
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        settled = await _settled(transaction, as_of)
    how = writing(format_, COLUMNS)
    parameters = _parameters(member, campaign_id, settled, tiers, LeadPosition(), None)
    return Export(settled, how.media_type, _written(member, parameters, how))


async def _written(member: Member, parameters: Mapping[str, Any], how: Writing) -> AsyncIterator[str]:
    yield how.start
    is_first = True
    async with member.tenant() as transaction, transaction.cursor("export") as cursor:
        await cursor.execute(queries.LEADS_AS_OF, parameters)
        while rows := await cursor.fetchmany(ROWS_AT_ONCE):
            yield "".join(pieces([{name: row[name] for name in COLUMNS} for row in rows], how, are_first=is_first))
            is_first = False
    yield how.end


async def _settled(transaction: Transaction, as_of: datetime | None) -> datetime:
    """The instant asked for, or the latest one before which nothing changes any more."""
    latest: datetime = await transaction.value(queries.SETTLED_INSTANT)
    if as_of is None:
        return latest
    if as_of > latest:
        raise Problem(
            422, "invalid-instant", "That instant has not come yet, or has only just passed. Ask for an earlier one."
        )
    return as_of


def _parameters(
    member: Member, campaign_id: UUID, as_of: datetime, tiers: Collection[Tier], after: LeadPosition, limit: int | None
) -> dict[str, Any]:
    return {
        "organization": member.organization_id,
        "campaign": campaign_id,
        "as_of": as_of,
        "tiers": list(tiers or ALL_TIERS),
        "score": after.score,
        "id": after.id,
        "limit": limit,
    }
