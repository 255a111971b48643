"""What a person does with the organizations they belong to: see them, switch between them, read what was changed."""

from uuid import UUID

from leadgen.store.database import Database
from leadgen_api.access import queries as access_queries
from leadgen_api.access.sessions import Member, hash_of
from leadgen_api.organization import queries
from leadgen_api.organization.schemas import (
    AuditEntry,
    AuditPage,
    AuditPosition,
    Organization,
    OrganizationDetail,
    Organizations,
)
from leadgen_api.paging import page_of, position_of
from leadgen_api.problems import NotFound


async def get_organization(member: Member) -> OrganizationDetail:
    """The organization the member works in."""
    async with member.tenant() as transaction:
        row = await transaction.one(
            queries.ORGANIZATION, {"organization": member.organization_id, "user": member.user_id}
        )
    if row is None:
        raise NotFound("organization")
    return OrganizationDetail(**row, role=member.role)


async def list_organizations(database: Database, session: str) -> Organizations:
    """Every organization the session's person is a member of."""
    async with database.nobody() as transaction:
        rows = await transaction.all(access_queries.ORGANIZATIONS, {"session": hash_of(session)})
    return Organizations(items=[Organization(**row) for row in rows])


async def switch_organization(database: Database, session: str, organization_id: UUID) -> Organizations:
    """The session works in another organization from now on.

    Raises:
        NotFound: the person is no member of it, or there is none of this id.
    """
    asked = {"session": hash_of(session), "organization": organization_id}
    async with database.nobody() as transaction:
        if not await transaction.value(access_queries.SWITCH, asked):
            raise NotFound("organization")
    return await list_organizations(database, session)


async def end_every_session(database: Database, session: str) -> int:
    """Signs the session's person out everywhere, and spoils the sign-in links on their way; how many sessions ended."""
    async with database.nobody() as transaction:
        ended: int = await transaction.value(access_queries.END_EVERY_SESSION, {"session": hash_of(session)})
    return ended


async def list_audit(
    member: Member, action: str | None, object_id: str | None, limit: int, cursor: str | None
) -> AuditPage:
    """One page of what the organization's members and programs changed, newest first."""
    after = position_of(AuditPosition, cursor)
    named = {"organization": member.organization_id, "action": action, "object": object_id, "id": after.id}
    async with member.tenant() as transaction:
        rows = await transaction.all(queries.AUDIT_LOG, {**named, "limit": limit + 1})
    page, next_cursor = page_of(AuditPosition, rows, limit)
    return AuditPage(items=[AuditEntry(**row) for row in page], next_cursor=next_cursor)
