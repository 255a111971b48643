"""What members see of a campaign's coverage, and what they accept of its checks."""

from uuid import UUID

from leadgen.store import campaigns as store
from leadgen_api.access.sessions import Member
from leadgen_api.campaigns.service import require_campaign
from leadgen_api.discovery import queries
from leadgen_api.discovery.schemas import Coverage
from leadgen_api.problems import NotFound


async def find_coverage(member: Member, campaign_id: UUID) -> Coverage | None:
    """The campaign's latest certificate; None before its first discovery has ended.

    Raises:
        NotFound: there is no such campaign in the member's organization.
    """
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        row = await transaction.one(
            queries.LATEST_CERTIFICATE, {"organization": member.organization_id, "campaign": campaign_id}
        )
    return Coverage.of(row) if row else None


async def get_coverage(member: Member, campaign_id: UUID) -> Coverage:
    """The campaign's latest certificate.

    Raises:
        NotFound: there is no such campaign in the member's organization, or its discovery has not ended yet.
    """
    coverage = await find_coverage(member, campaign_id)
    if coverage is None:
        raise NotFound("coverage certificate: the campaign's discovery has not ended yet")
    return coverage


async def accept_checks(member: Member, campaign_id: UUID, checks: list[str]) -> None:
    """Sets the checks whose failure the campaign bears; one that stood still for a check goes on.

    Raises:
        NotFound: there is no such campaign in the member's organization.
    """
    named = {"organization": member.organization_id, "campaign": campaign_id}
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        await transaction.execute(queries.ACCEPT_CHECKS, {**named, "checks": checks})
        if await transaction.value(queries.WAITS_FOR_A_CHECK, named):
            await store.resume(transaction, campaign_id)
