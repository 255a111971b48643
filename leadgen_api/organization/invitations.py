"""Invitations: an address becomes a member when its owner follows the link that is mailed to it, and to nobody else."""

from uuid import UUID

from leadgen.domain.access.roles import may_manage
from leadgen.store.database import Database, Transaction
from leadgen_api.access import queries as access_queries
from leadgen_api.access.audit import audit
from leadgen_api.access.sessions import Member, hash_of
from leadgen_api.organization import queries
from leadgen_api.organization.schemas import Invitation, InvitationPage, InvitationPosition, NewInvitation
from leadgen_api.paging import page_of, position_of
from leadgen_api.problems import Forbidden, NotFound, Problem

INVITATION_DAYS = 7
MOST_MAILS = 5
WITHIN_SECONDS = 900


async def list_invitations(member: Member, limit: int, cursor: str | None) -> InvitationPage:
    """One page of the organization's invitations, newest first."""
    after = position_of(InvitationPosition, cursor)
    named = {"organization": member.organization_id, "created_at": after.created_at, "id": after.id}
    async with member.tenant() as transaction:
        rows = await transaction.all(queries.INVITATIONS, {**named, "limit": limit + 1})
    page, next_cursor = page_of(InvitationPosition, rows, limit)
    return InvitationPage(items=[Invitation(**row) for row in page], next_cursor=next_cursor)


async def invite(member: Member, new: NewInvitation) -> Invitation:
    """Invites an address for seven days, by mail. Again: with the later role, for the whole time.

    Raises:
        Problem: only an owner may invite owners, the address is a member's, or was mailed too often.
    """
    if not may_manage(member.role, new.role):
        raise Forbidden(member.role)
    named = {"organization": member.organization_id, "email": new.email}
    async with member.tenant() as transaction:
        if await transaction.value(queries.IS_MEMBER, named):
            raise Problem(409, "already-member", "This address is a member's already.")
        former = await transaction.one(queries.OPEN_INVITATION, named)
        if former and not may_manage(member.role, former["role"]):
            raise Forbidden(member.role)
        asked = {**named, "role": new.role, "user": member.user_id, "days": INVITATION_DAYS}
        invitation = await _read(transaction, member, await transaction.value(queries.INVITE, asked))
        mailed = {"invitation": invitation.id, "most": MOST_MAILS, "seconds": WITHIN_SECONDS}
        if not await transaction.value(access_queries.MAIL_INVITATION, mailed):
            detail = f"This address was mailed {MOST_MAILS} times within a quarter of an hour. Wait as long."
            raise Problem(429, "too-many-mails", detail, headers={"retry-after": str(WITHIN_SECONDS)})
        told = {"email": new.email, "role": new.role}
        await audit(
            transaction,
            member,
            "invitation.send",
            invitation.id,
            before={"role": former["role"]} if former else None,
            after=told,
        )
    return invitation


async def revoke_invitation(member: Member, invitation_id: UUID) -> None:
    """Its link is worthless at once. One that was accepted or revoked stays so.

    Raises:
        NotFound: there is none of this id in the member's organization.
        Problem: only an owner may do this.
    """
    named = {"organization": member.organization_id, "invitation": invitation_id}
    async with member.tenant() as transaction:
        invitation = await _read(transaction, member, invitation_id)
        if not may_manage(member.role, invitation.role):
            raise Forbidden(member.role)
        if await transaction.execute(queries.REVOKE_INVITATION, named):
            before = {"email": invitation.email, "role": invitation.role}
            await audit(transaction, member, "invitation.revoke", invitation_id, before=before)


async def invitation_of(database: Database, token: str) -> dict[str, str] | None:
    """Address, role and organization's name of an open invitation; None for any other link."""
    async with database.nobody() as transaction:
        return await transaction.one(access_queries.INVITATION, {"hash": hash_of(token)})


async def accept_invitation(database: Database, token: str) -> str | None:
    """Makes the invited person a member; their address, or None where the link is none or was used.

    It signs nobody in: an invitation's link lives for days, one that signs in for minutes.
    """
    async with database.nobody() as transaction:
        email: str | None = await transaction.value(access_queries.ACCEPT_INVITATION, {"hash": hash_of(token)})
    return email


async def _read(transaction: Transaction, member: Member, invitation_id: UUID) -> Invitation:
    row = await transaction.one(
        queries.INVITATION, {"organization": member.organization_id, "invitation": invitation_id}
    )
    if row is None:
        raise NotFound("invitation")
    return Invitation(**row)
