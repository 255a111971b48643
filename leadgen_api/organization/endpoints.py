"""/v1: the organization, its members, invitations and audit log, and a person's own organizations and sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from leadgen_api.access.sessions import SignedIn, session_of
from leadgen_api.organization import invitations, members, service
from leadgen_api.organization.schemas import (
    AuditPage,
    Invitation,
    InvitationPage,
    MemberEntry,
    MemberPage,
    NewInvitation,
    NewRole,
    OrganizationDetail,
    Organizations,
)
from leadgen_api.paging import Cursor, Limit
from leadgen_api.problems import documented

router = APIRouter(prefix="/v1", tags=["organization"], responses=documented(401, 403, 422, 503))

Action = Annotated[str | None, Query(max_length=100, pattern=r"^[a-z_]+\.[a-z_]+$")]
ObjectId = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00-\x1f]+$")]


@router.get("/organization")
async def get_organization(member: SignedIn) -> OrganizationDetail:
    """The organization that is asked about, and what one is in it."""
    return await service.get_organization(member)


@router.get("/organizations")
async def list_organizations(_member: SignedIn, request: Request) -> Organizations:
    """Every organization the person is a member of."""
    return await service.list_organizations(request.app.state.database, session_of(request))


@router.post("/organizations/{organization_id}/switch", responses=documented(404))
async def switch_organization(_member: SignedIn, organization_id: UUID, request: Request) -> Organizations:
    """This session works in another organization from now on; other sessions stay where they are."""
    return await service.switch_organization(request.app.state.database, session_of(request), organization_id)


@router.post("/sign-out-everywhere", status_code=204)
async def sign_out_everywhere(_member: SignedIn, request: Request) -> None:
    """Ends all sessions of the person, this one too, and the sign-in links that are on their way."""
    await service.end_every_session(request.app.state.database, session_of(request))


@router.get("/members")
async def list_members(member: SignedIn, limit: Limit = 50, cursor: Cursor = None) -> MemberPage:
    """The organization's members, the last joined first."""
    return await members.list_members(member, limit, cursor)


@router.put("/members/{member_id}/role", responses=documented(404, 409))
async def change_role(member: SignedIn, member_id: UUID, new: NewRole) -> MemberEntry:
    """Makes a member something else, at once. Owners are made and unmade by owners; the last one stays."""
    return await members.change_role(member, member_id, new.role)


@router.delete("/members/{member_id}", status_code=204, responses=documented(404, 409))
async def remove_member(member: SignedIn, member_id: UUID) -> None:
    """Ends a membership with its sessions and API keys, at once."""
    await members.remove_member(member, member_id)


@router.get("/invitations")
async def list_invitations(member: SignedIn, limit: Limit = 50, cursor: Cursor = None) -> InvitationPage:
    """The organization's invitations, newest first."""
    return await invitations.list_invitations(member, limit, cursor)


@router.post("/invitations", status_code=201, responses=documented(409, 429))
async def invite(member: SignedIn, new: NewInvitation) -> Invitation:
    """Invites an address by mail, for seven days; again: with the later role, for the whole time."""
    return await invitations.invite(member, new)


@router.delete("/invitations/{invitation_id}", status_code=204, responses=documented(404))
async def revoke_invitation(member: SignedIn, invitation_id: UUID) -> None:
    """Takes an invitation back, at once."""
    await invitations.revoke_invitation(member, invitation_id)


@router.get("/audit")
async def list_audit(
    member: SignedIn, action: Action = None, object_id: ObjectId = None, limit: Limit = 50, cursor: Cursor = None
) -> AuditPage:
    """Who changed what, from what, to what, newest first; of one action or one object where they are named."""
    return await service.list_audit(member, action, object_id, limit, cursor)
