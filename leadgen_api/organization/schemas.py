"""What goes in and out of the routes of an organization, its people and its audit log."""

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from leadgen.domain.access.roles import Role
from leadgen_api.fields import EmailAddress
from leadgen_api.paging import LAST_ID, Position

LAST_NUMBER = 2**63 - 1


class NewRole(BaseModel):
    """What a member is to be."""

    model_config = ConfigDict(extra="forbid")

    role: Role


class NewInvitation(BaseModel):
    """Whom to invite, and as what."""

    model_config = ConfigDict(extra="forbid")

    email: EmailAddress
    role: Role = "member"


class Organization(BaseModel):
    """An organization and what the asking person is in it."""

    id: UUID
    name: str
    slug: str
    role: Role


class OrganizationDetail(Organization):
    """The organization the person works in."""

    plan: str


class Organizations(BaseModel):
    """Every organization a person is a member of, the first joined first."""

    items: list[Organization]


class MemberEntry(BaseModel):
    """A member as the others see them."""

    id: UUID
    user_id: UUID
    email: str
    full_name: str | None
    role: Role
    created_at: datetime


class MemberPage(BaseModel):
    """A page of members."""

    items: list[MemberEntry]
    next_cursor: str | None


class MemberPosition(Position):
    """A place among the members, the last joined first."""

    of: Literal["members"] = "members"
    created_at: AwareDatetime = datetime.max.replace(tzinfo=UTC)
    id: UUID = LAST_ID


class Invitation(BaseModel):
    """An invitation. Its link is mailed to the address and shown to nobody else: whoever has it could pass for them."""

    id: UUID
    email: str
    role: Role
    invited_by: str | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None


class InvitationPage(BaseModel):
    """A page of invitations."""

    items: list[Invitation]
    next_cursor: str | None


class InvitationPosition(Position):
    """A place among the invitations, newest first."""

    of: Literal["invitations"] = "invitations"
    created_at: AwareDatetime = datetime.max.replace(tzinfo=UTC)
    id: UUID = LAST_ID


class AuditEntry(BaseModel):
    """Who changed what. `who` is None when the person has left; `api_key_id` is the key of the program that did it."""

    id: int
    happened_at: datetime
    user_id: UUID | None
    who: str | None
    api_key_id: UUID | None
    action: str
    object_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditPage(BaseModel):
    """A page of the audit log."""

    items: list[AuditEntry]
    next_cursor: str | None


class AuditPosition(Position):
    """A place in the audit log, newest first."""

    of: Literal["audit"] = "audit"
    id: int = Field(default=LAST_NUMBER, ge=0, le=LAST_NUMBER)
