"""Which role may use which route, and which scope a program's key needs for it: one line a route, for API and pages.

`access/sessions.py` asks here for every request of a member; a test compares the lines with the routes there are.
"""

from dataclasses import dataclass

from leadgen.domain.access.api_keys import Scope
from leadgen.domain.access.roles import ADMINISTRATORS, EDITORS, EVERYONE


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may use a route. `roles`: None where nobody needs to be signed in. `scope`: None where no key may at all."""

    roles: frozenset[str] | None
    scope: Scope | None = None


_READ = Permission(EVERYONE, "read")
_EXPORT = Permission(EVERYONE, "export")
_WRITE = Permission(EDITORS, "write")
_PERSON = Permission(EVERYONE)
_EDITING_PERSON = Permission(EDITORS)
_ADMINISTRATOR = Permission(ADMINISTRATORS)
_PUBLIC = Permission(None)

# A route that has no line is the owner's alone, in person: forgetting one opens nothing.
UNLISTED = Permission(frozenset({"owner"}))

PERMISSIONS: dict[str, Permission] = {
    # campaigns
    "GET /v1/campaigns": _READ,
    "POST /v1/campaigns": _WRITE,
    "POST /v1/campaigns/estimate": _READ,
    "GET /v1/campaigns/{campaign_id}": _READ,
    "PUT /v1/campaigns/{campaign_id}/accepted-checks": _WRITE,
    "PUT /v1/campaigns/{campaign_id}/budget": _WRITE,
    "GET /v1/campaigns/{campaign_id}/coverage": _READ,
    "GET /v1/campaigns/{campaign_id}/estimate": _READ,
    "POST /v1/campaigns/{campaign_id}/pause": _WRITE,
    "POST /v1/campaigns/{campaign_id}/resume": _WRITE,
    # leads
    "GET /v1/campaigns/{campaign_id}/export": _EXPORT,
    "GET /v1/campaigns/{campaign_id}/leads": _READ,
    "GET /v1/campaigns/{campaign_id}/prospects": _READ,
    "GET /v1/companies/{company_id}": _READ,
    "GET /v1/contact-sources": _READ,
    "GET /v1/leads/{lead_id}": _READ,
    # files of leads
    "GET /v1/campaigns/{campaign_id}/imports": _READ,
    "POST /v1/campaigns/{campaign_id}/imports": _WRITE,
    "POST /v1/campaigns/{campaign_id}/imports/preview": _WRITE,
    "POST /v1/campaigns/{campaign_id}/prospects": _WRITE,
    "GET /v1/exclusions": _READ,
    "POST /v1/exclusions": _WRITE,
    "DELETE /v1/exclusions/{exclusion_id}": _WRITE,
    "GET /v1/imports/{import_id}": _READ,
    "GET /v1/imports/{import_id}/errors.csv": _READ,
    "POST /v1/imports/{import_id}/stop": _WRITE,
    # merges
    "GET /v1/campaigns/{campaign_id}/match-reviews": _READ,
    "GET /v1/campaigns/{campaign_id}/merges": _READ,
    "POST /v1/match-reviews/{review_id}": _WRITE,
    "POST /v1/merges/{merge_id}/undo": _WRITE,
    "POST /v1/prospects/{prospect_id}/merge": _WRITE,
    # scoring
    "POST /v1/leads/{lead_id}/outcomes": _WRITE,
    "DELETE /v1/leads/{lead_id}/score": _WRITE,
    "PUT /v1/leads/{lead_id}/score": _WRITE,
    "GET /v1/leads/{lead_id}/scores": _READ,
    "GET /v1/scoring/calibration": _READ,
    "GET /v1/scoring/profiles": _READ,
    "POST /v1/scoring/profiles": _WRITE,
    "GET /v1/scoring/profiles/{version}": _READ,
    "POST /v1/scoring/profiles/{version}/apply": _WRITE,
    "POST /v1/scoring/profiles/{version}/preview": _READ,
    # keys of programs, which no key makes
    "GET /v1/api-keys": _ADMINISTRATOR,
    "POST /v1/api-keys": _ADMINISTRATOR,
    "DELETE /v1/api-keys/{key_id}": _ADMINISTRATOR,
    # accounts at outside services, whose credentials no key reaches
    "GET /v1/integrations": _ADMINISTRATOR,
    "PUT /v1/integrations/{name}": _ADMINISTRATOR,
    "POST /v1/integrations/{name}/test": _ADMINISTRATOR,
    "DELETE /v1/integrations/{name}": _ADMINISTRATOR,
    # usage, caps and notifications
    "GET /v1/caps": _READ,
    "PUT /v1/caps/{vendor}/{period}": _ADMINISTRATOR,
    "DELETE /v1/caps/{vendor}/{period}": _ADMINISTRATOR,
    "GET /v1/notifications": _READ,
    "POST /v1/notifications/read": _PERSON,
    "POST /v1/notifications/{notification_id}/read": _PERSON,
    "GET /v1/usage": _READ,
    "GET /v1/usage/lines": _READ,
    # the organization and its people
    "GET /v1/organization": _READ,
    "GET /v1/organizations": _PERSON,
    "POST /v1/organizations/{organization_id}/switch": _PERSON,
    "POST /v1/sign-out-everywhere": _PERSON,
    "GET /v1/members": _PERSON,
    "PUT /v1/members/{member_id}/role": _ADMINISTRATOR,
    "DELETE /v1/members/{member_id}": _ADMINISTRATOR,
    "GET /v1/invitations": _ADMINISTRATOR,
    "POST /v1/invitations": _ADMINISTRATOR,
    "DELETE /v1/invitations/{invitation_id}": _ADMINISTRATOR,
    "GET /v1/audit": _ADMINISTRATOR,
    # pages
    "GET /campaigns": _PERSON,
    "POST /campaigns": _EDITING_PERSON,
    "POST /campaigns/estimate": _EDITING_PERSON,
    "GET /campaigns/{campaign_id}": _PERSON,
    "POST /campaigns/{campaign_id}/accept-checks": _EDITING_PERSON,
    "POST /campaigns/{campaign_id}/budget": _EDITING_PERSON,
    "GET /campaigns/{campaign_id}/imports": _PERSON,
    "POST /campaigns/{campaign_id}/imports": _EDITING_PERSON,
    "POST /campaigns/{campaign_id}/imports/preview": _EDITING_PERSON,
    "POST /campaigns/{campaign_id}/match-reviews/{review_id}": _EDITING_PERSON,
    "POST /campaigns/{campaign_id}/pause": _EDITING_PERSON,
    "POST /campaigns/{campaign_id}/resume": _EDITING_PERSON,
    "GET /imports/{import_id}": _PERSON,
    "POST /imports/{import_id}/stop": _EDITING_PERSON,
    "GET /leads/{lead_id}": _PERSON,
    "GET /integrations": _ADMINISTRATOR,
    "POST /integrations/{name}": _ADMINISTRATOR,
    "POST /integrations/{name}/delete": _ADMINISTRATOR,
    "POST /integrations/{name}/test": _ADMINISTRATOR,
    "GET /usage": _PERSON,
    "POST /usage/caps": _ADMINISTRATOR,
    "POST /usage/caps/remove": _ADMINISTRATOR,
    "POST /usage/notifications/read": _PERSON,
    "GET /organization": _PERSON,
    "POST /organization/switch": _PERSON,
    "POST /organization/members/role": _ADMINISTRATOR,
    "POST /organization/members/remove": _ADMINISTRATOR,
    "POST /organization/invitations": _ADMINISTRATOR,
    "POST /organization/invitations/revoke": _ADMINISTRATOR,
    "POST /organization/api-keys": _ADMINISTRATOR,
    "POST /organization/api-keys/revoke": _ADMINISTRATOR,
    # before and after signing in
    "GET /": _PUBLIC,
    "POST /sign-in": _PUBLIC,
    "GET /sign-in/{token}": _PUBLIC,
    "POST /sign-in/{token}": _PUBLIC,
    "POST /sign-out": _PUBLIC,
    "POST /sign-out-everywhere": _PERSON,
    "GET /invitations/{token}": _PUBLIC,
    "POST /invitations/{token}": _PUBLIC,
    "GET /healthz": _PUBLIC,
    "GET /readyz": _PUBLIC,
}


def permission_of(method: str, path: str) -> Permission:
    """Who may use a route, by its method and its path with the parameters' names in braces."""
    return PERMISSIONS.get(f"{method} {path}", UNLISTED)
