"""The page of an organization: its members, invitations and keys, what was changed lately, and the person's others."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from leadgen.domain.access.api_keys import Scope
from leadgen.domain.access.roles import ROLES, Role, may_manage
from leadgen_api.access.sessions import Member, SignedIn, session_of
from leadgen_api.api_keys import service as api_keys
from leadgen_api.api_keys.schemas import LONGEST_DAYS, MadeApiKey, NewApiKey
from leadgen_api.fields import EmailAddress, Line
from leadgen_api.organization import invitations, members, service
from leadgen_api.organization.schemas import NewInvitation
from leadgen_api.pages.rendering import templates

router = APIRouter(prefix="/organization", include_in_schema=False)

SEE_OTHER = 303
MEMBERS_SHOWN = 100
CHANGES_SHOWN = 20
SCOPES: dict[Scope, str] = {"read": "read", "write": "create and change", "export": "export leads"}


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OrganizationForm(_Form):
    """Which organization to go to."""

    organization_id: UUID


class MemberForm(_Form):
    """Which member."""

    member_id: UUID


class RoleForm(MemberForm):
    """What a member is to be."""

    role: Role


class InvitationForm(_Form):
    """Whom to invite, and as what."""

    email: EmailAddress
    role: Role


class InvitationNamed(_Form):
    """Which invitation."""

    invitation_id: UUID


class KeyForm(_Form):
    """A key to make."""

    name: Annotated[Line, Field(max_length=100)]
    scopes: list[Scope] = Field(min_length=1)
    expires_in_days: int | None = Field(default=None, ge=1, le=LONGEST_DAYS)


class KeyNamed(_Form):
    """Which key."""

    key_id: UUID


@router.get("")
async def organization(request: Request, member: SignedIn) -> HTMLResponse:
    """Who belongs to it; for owners and admins also whom and what it lets in, and what was changed."""
    return await _organization(request, member)


@router.post("/switch")
async def switch(request: Request, _member: SignedIn, form: Annotated[OrganizationForm, Form()]) -> Response:
    """Goes to another organization."""
    await service.switch_organization(request.app.state.database, session_of(request), form.organization_id)
    return RedirectResponse("/campaigns", SEE_OTHER)


@router.post("/members/role")
async def change_role(member: SignedIn, form: Annotated[RoleForm, Form()]) -> Response:
    """Makes a member something else."""
    await members.change_role(member, form.member_id, form.role)
    return _back()


@router.post("/members/remove")
async def remove_member(member: SignedIn, form: Annotated[MemberForm, Form()]) -> Response:
    """Ends a membership."""
    await members.remove_member(member, form.member_id)
    return _back()


@router.post("/invitations")
async def invite(member: SignedIn, form: Annotated[InvitationForm, Form()]) -> Response:
    """Invites an address."""
    await invitations.invite(member, NewInvitation(email=form.email, role=form.role))
    return _back()


@router.post("/invitations/revoke")
async def revoke_invitation(member: SignedIn, form: Annotated[InvitationNamed, Form()]) -> Response:
    """Takes an invitation back."""
    await invitations.revoke_invitation(member, form.invitation_id)
    return _back()


@router.post("/api-keys")
async def make_api_key(request: Request, member: SignedIn, form: Annotated[KeyForm, Form()]) -> HTMLResponse:
    """Makes a key, and shows it this once."""
    new = NewApiKey(name=form.name, scopes=frozenset(form.scopes), expires_in_days=form.expires_in_days)
    return await _organization(request, member, await api_keys.make_api_key(member, new, request.app.state.secrets))


@router.post("/api-keys/revoke")
async def revoke_api_key(member: SignedIn, form: Annotated[KeyNamed, Form()]) -> Response:
    """Revokes a key."""
    await api_keys.revoke_api_key(member, form.key_id)
    return _back()


def _back() -> Response:
    return RedirectResponse("/organization", SEE_OTHER)


async def _organization(request: Request, member: Member, made: MadeApiKey | None = None) -> HTMLResponse:
    session = session_of(request)
    context: dict[str, Any] = {
        "member": member,
        "organizations": (await service.list_organizations(request.app.state.database, session)).items,
        "members": await members.list_members(member, MEMBERS_SHOWN, None),
        "roles": [role for role in ROLES if may_manage(member.role, role)],
        "scopes": SCOPES,
        "made": made,
    }
    if member.may_administer:
        invited = await invitations.list_invitations(member, MEMBERS_SHOWN, None)
        keys = await api_keys.list_api_keys(member, MEMBERS_SHOWN, None)
        context |= {
            "invitations": [each for each in invited.items if not each.accepted_at and not each.revoked_at],
            "keys": [key for key in keys.items if not key.revoked_at],
            "changes": (await service.list_audit(member, None, None, CHANGES_SHOWN, None)).items,
        }
    return templates.TemplateResponse(request, "organization.html", context)
