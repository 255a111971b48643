"""What owners and admins do with the members of their organization."""

from typing import Any
from uuid import UUID

from leadgen.domain.access.roles import Role, may_manage
from leadgen.store.database import Transaction
from leadgen_api.access.audit import audit
from leadgen_api.access.sessions import Member
from leadgen_api.organization import queries
from leadgen_api.organization.schemas import MemberEntry, MemberPage, MemberPosition
from leadgen_api.paging import page_of, position_of
from leadgen_api.problems import Forbidden, NotFound, Problem


async def list_members(member: Member, limit: int, cursor: str | None) -> MemberPage:
    """One page of the organization's members, the last joined first."""
    after = position_of(MemberPosition, cursor)
    named = {"organization": member.organization_id, "created_at": after.created_at, "id": after.id}
    async with member.tenant() as transaction:
        rows = await transaction.all(queries.MEMBERS, {**named, "limit": limit + 1})
    page, next_cursor = page_of(MemberPosition, rows, limit)
    return MemberPage(items=[MemberEntry(**row) for row in page], next_cursor=next_cursor)


async def change_role(member: Member, member_id: UUID, role: Role) -> MemberEntry:
    """The member is from now on what `role` says; their sessions and keys too.

    Raises:
        NotFound: there is no such member in the organization.
        Problem: only an owner may do this, or it would leave the organization without one.
    """
    named = {"organization": member.organization_id, "member": member_id}
    async with member.tenant() as transaction:
        former = await _require_manageable(transaction, member, member_id, role)
        if former != role:
            await transaction.execute(queries.CHANGE_ROLE, {**named, "role": role})
            await audit(
                transaction, member, "member.change_role", member_id, before={"role": former}, after={"role": role}
            )
        return MemberEntry(**await _row(transaction, named))


async def remove_member(member: Member, member_id: UUID) -> None:
    """Ends a membership, with its sessions and keys, at once. Administrators may also take themselves out.

    Raises:
        NotFound: there is no such member in the organization.
        Problem: only an owner may do this, or it would leave the organization without one.
    """
    named = {"organization": member.organization_id, "member": member_id}
    async with member.tenant() as transaction:
        former = await _require_manageable(transaction, member, member_id, None)
        row = await _row(transaction, named)
        before = {"email": row["email"], "role": former}
        await audit(transaction, member, "member.remove", member_id, before=before)  # first: who leaves writes no more
        await transaction.execute(queries.REMOVE_MEMBER, named)


async def _require_manageable(transaction: Transaction, member: Member, member_id: UUID, becomes: Role | None) -> str:
    """The member's role, which nobody changes until the transaction ends."""
    named = {"organization": member.organization_id, "user": member.user_id, "member": member_id}
    rows = await transaction.all(queries.LOCK_ROLES, named)
    role_by_id: dict[UUID, str] = {row["id"]: row["role"] for row in rows}
    manager = next((row["role"] for row in rows if row["user_id"] == member.user_id), None)
    if manager is None:  # row security shows whoever has just been unmade nothing to lock
        raise Problem(403, "role", "Your own role was changed meanwhile.")
    if member_id not in role_by_id:
        raise NotFound("member")
    role = role_by_id[member_id]
    if not may_manage(manager, role, *([becomes] if becomes else [])):
        raise Forbidden(manager)
    owners = [each for each in role_by_id.values() if each == "owner"]
    if role == "owner" and becomes != "owner" and len(owners) == 1:
        raise Problem(409, "last-owner", "An organization needs an owner. Make someone else one first.")
    return role


async def _row(transaction: Transaction, named: dict[str, UUID]) -> dict[str, Any]:
    row = await transaction.one(queries.MEMBER, named)
    if row is None:
        raise NotFound("member")
    return row
