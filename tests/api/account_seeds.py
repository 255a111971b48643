"""Who and what an organization lets in: a second member, an invitation, a program's key."""

from uuid import UUID, uuid4

from api_seeds import Seeds
from databases import Tenant

_MEMBER = """
    with person as (insert into users (email) values (%s) returning id)
    insert into organization_members (organization_id, user_id, role) select %s, id, 'member' from person returning id
"""
_INVITATION = """
    insert into invitations (organization_id, email, role, expires_at)
    values (%s, 'invited@example.com', 'member', now() + interval '7 days') returning id
"""
_KEY = """
    insert into api_keys (organization_id, created_by, name, prefix, key_hash, scopes)
    values (%s, %s, 'CRM', 'lg_01234567', sha256(%s), '{read}') returning id
"""


def seed_accounts(seeds: Seeds, tenant: Tenant) -> dict[str, UUID]:
    """Their ids by the name of the routes' parameter."""
    return {
        "member_id": seeds.value(_MEMBER, (f"{uuid4()}@example.com", tenant.organization_id)),
        "invitation_id": seeds.value(_INVITATION, (tenant.organization_id,)),
        "key_id": seeds.value(_KEY, (tenant.organization_id, tenant.user_id, uuid4().bytes)),
    }
