"""What members see of a campaign's coverage, and what they accept of its checks."""

import re
from uuid import UUID

from leadgen.store import campaigns as store
from leadgen_api.access.audit import audit
from leadgen_api.access.sessions import Member
from leadgen_api.campaigns.service import require_campaign
from leadgen_api.discovery import queries
from leadgen_api.discovery.schemas import Coverage
from leadgen_api.problems import NotFound

_FAILED_CHECK = re.compile(r"quality check ([a-z_]+) failed")  # as a stopped campaign says it


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
        await audit(transaction, member, "campaign.accept_checks", campaign_id, after={"checks": checks})
        if await transaction.value(queries.WAITS_FOR_A_CHECK, named):
            await store.resume(transaction, campaign_id)


async def accept_failed_checks(member: Member, campaign_id: UUID) -> None:
    """Bears the checks that stop the campaign beside those borne before; one that does not stand for a check stays as it is.

    Raises:
        NotFound: there is no such campaign in the member's organization.
    """
    named = {"organization": member.organization_id, "campaign": campaign_id}
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        row = await transaction.one(queries.FAILED_CHECKS, named)
        failed = _FAILED_CHECK.findall(row["status_detail"]) if row else []
        if row and failed:
            checks = sorted({*row["accepted"], *failed})
            await transaction.execute(queries.ACCEPT_CHECKS, {**named, "checks": checks})
            before = {"checks": sorted(row["accepted"])}
            await audit(
                transaction, member, "campaign.accept_checks", campaign_id, before=before, after={"checks": checks}
            )
            await store.resume(transaction, campaign_id)
