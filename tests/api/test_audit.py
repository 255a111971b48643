"""Every mutation is in the audit log, with who did it, in the transaction that does it; nobody writes it for another."""

from typing import Any

import httpx
import psycopg
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant
from import_seeds import LEADS_FILE, seed_import
from merge_seeds import seed_doubles

from leadgen.store.connections import Connections
from leadgen_api.access.permissions import PERMISSIONS

CAMPAIGN = {
    "name": "Dentists",
    "business_type": "dentist",
    "target_location": "Austin, TX",
    "target_radius_miles": 5,
    "offer": {"sells": "online booking", "sender": {"name": "Dana", "company": "Acme", "email": "dana@acme.example"}},
}

# Which entry a route leaves; None: it changes nothing of the organization's.
ACTIONS = {
    "POST /v1/campaigns": "campaign.create",
    "PUT /v1/campaigns/{campaign_id}/accepted-checks": "campaign.accept_checks",
    "PUT /v1/campaigns/{campaign_id}/budget": "campaign.set_budget",
    "POST /v1/campaigns/{campaign_id}/pause": "campaign.pause",
    "POST /v1/campaigns/{campaign_id}/resume": "campaign.resume",
    "POST /v1/campaigns/{campaign_id}/imports": "import.begin",
    "POST /v1/campaigns/{campaign_id}/prospects": "lead.add",
    "POST /v1/exclusions": "exclusion.add",
    "DELETE /v1/exclusions/{exclusion_id}": "exclusion.remove",
    "POST /v1/imports/{import_id}/stop": "import.stop",
    "POST /v1/match-reviews/{review_id}": "match_review.decide",
    "POST /v1/merges/{merge_id}/undo": "merge.undo",
    "POST /v1/prospects/{prospect_id}/merge": "prospect.merge",
    "POST /v1/leads/{lead_id}/outcomes": "lead.record_outcome",
    "PUT /v1/leads/{lead_id}/score": "lead.set_score",
    "DELETE /v1/leads/{lead_id}/score": "lead.unset_score",
    "POST /v1/scoring/profiles": "scoring_profile.create",
    "POST /v1/scoring/profiles/{version}/apply": "scoring_profile.apply",
    "POST /v1/campaigns/estimate": None,
    "POST /v1/campaigns/{campaign_id}/imports/preview": None,
    "POST /v1/scoring/profiles/{version}/preview": None,
}
# Their entries are tested beside what they do.
ELSEWHERE = {
    "POST /v1/api-keys": "api_key.make",
    "DELETE /v1/api-keys/{key_id}": "api_key.revoke",
    "PUT /v1/members/{member_id}/role": "member.change_role",
    "DELETE /v1/members/{member_id}": "member.remove",
    "POST /v1/invitations": "invitation.send",
    "DELETE /v1/invitations/{invitation_id}": "invitation.revoke",
    "PUT /v1/caps/{vendor}/{period}": "cap.put",
    "DELETE /v1/caps/{vendor}/{period}": "cap.delete",
    "PUT /v1/integrations/{name}": "integration.put",
    "DELETE /v1/integrations/{name}": "integration.delete",
    "POST /v1/integrations/{name}/test": None,
    # of the person's own, not of the organization's
    "POST /v1/notifications/read": None,
    "POST /v1/notifications/{notification_id}/read": None,
    "POST /v1/organizations/{organization_id}/switch": None,
    "POST /v1/sign-out-everywhere": None,
}
BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/campaigns": {"json": CAMPAIGN},
    "PUT /v1/campaigns/{campaign_id}/accepted-checks": {"json": {"checks": ["relevance"]}},
    "PUT /v1/campaigns/{campaign_id}/budget": {"json": {"budget_cents": 500}},
    "POST /v1/campaigns/{campaign_id}/imports": {"files": LEADS_FILE},
    "POST /v1/campaigns/{campaign_id}/imports/preview": {"files": LEADS_FILE},
    "POST /v1/campaigns/{campaign_id}/prospects": {
        "json": {"company_name": "Ash Law", "contact_email": "a@ash.example"}
    },
    "POST /v1/exclusions": {"json": {"kind": "domain", "value": "pine.com"}},
    "POST /v1/match-reviews/{review_id}": {"json": {"decision": "different"}},
    "POST /v1/leads/{lead_id}/outcomes": {"json": {"kind": "won"}},
    "PUT /v1/leads/{lead_id}/score": {"json": {"score": 50, "reason": "They called."}},
    "POST /v1/scoring/profiles": {"json": {"name": "Mine", "document": {}}},
    "POST /v1/campaigns/estimate": {
        "json": {"business_type": "dentist", "target_location": "Austin, TX", "target_radius_miles": 5}
    },
}


def changes() -> set[str]:
    """Every route of the API that could change something."""
    return {name for name in PERMISSIONS if name.split()[1].startswith("/v1/") and not name.startswith("GET ")}


def entries(seeds: Seeds) -> list[str]:
    return seeds.value("select coalesce(array_agg(action order by id), '{}') from audit_log")


def test_every_route_that_changes_something_says_what_entry_it_leaves() -> None:
    assert changes() == set(ACTIONS) | set(ELSEWHERE)


async def test_every_change_leaves_its_entry(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant(status="queued")
    ids = {
        "campaign_id": tenant.campaign_id,
        "lead_id": seeds.lead_with_everything(tenant),
        "version": 0,
        **seed_doubles(seeds, tenant),
        **seed_import(seeds, tenant),
    }
    client = await sign_in(tenant)
    for name, action in ACTIONS.items():
        seeds.status(tenant, "paused" if name.endswith("/resume") else "queued", "Paused.")
        seeds.value("delete from audit_log returning true")
        method, path = name.split()
        body = BODIES.get(name, {})
        if path.endswith("/merge"):
            body = {"json": {"into": str(ids["into_id"])}}

        answer = await client.request(method, path.format(**ids), **body)

        assert answer.status_code in {200, 201, 202, 204}, f"{name}: {answer.text}"
        assert entries(seeds) == ([action] if action else []), name
        assert seeds.value("select count(*) from audit_log where user_id is distinct from %s", (tenant.user_id,)) == 0


async def test_an_entry_tells_what_was_and_what_is(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant(status="queued", budget_micros=1_000_000)
    client = await sign_in(tenant)
    await client.put(f"/v1/campaigns/{tenant.campaign_id}/budget", json={"budget_cents": 500})
    await client.post(f"/v1/campaigns/{tenant.campaign_id}/pause")

    pause, budget = (await client.get("/v1/audit")).json()["items"]

    assert (budget["before"], budget["after"]) == ({"budget_cents": 100}, {"budget_cents": 500})
    assert (pause["before"], pause["after"]) == ({"status": "queued"}, {"status": "paused"})
    assert {entry["object_id"] for entry in (pause, budget)} == {str(tenant.campaign_id)}
    assert {entry["who"] for entry in (pause, budget)} == {seeds.email_of(tenant)}


async def test_a_programs_entry_names_its_key(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant
) -> None:
    client = await sign_in(make_tenant())
    made = (await client.post("/v1/api-keys", json={"name": "CRM", "scopes": ["write"]})).json()
    await stranger.post("/v1/campaigns", json=CAMPAIGN, headers={"authorization": f"Bearer {made['key']}"})

    created, key = (await client.get("/v1/audit")).json()["items"]

    assert (created["action"], created["api_key_id"]) == ("campaign.create", made["id"])
    assert key["api_key_id"] is None


async def test_what_is_refused_leaves_no_entry(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant(status="queued")
    client = await sign_in(tenant)

    assert (await client.post(f"/v1/campaigns/{tenant.campaign_id}/resume")).status_code == 409
    assert entries(seeds) == []


async def test_the_log_is_read_page_by_page_by_action_and_by_object(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant(status="queued")
    client = await sign_in(tenant)
    for cents in (100, 200, 300):
        await client.put(f"/v1/campaigns/{tenant.campaign_id}/budget", json={"budget_cents": cents})
    await client.post("/v1/exclusions", json={"kind": "domain", "value": "pine.com"})

    pages, cursor = [], None
    while True:
        asked = {"limit": 2, "action": "campaign.set_budget", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/v1/audit", params=asked)).json()
        pages.append([entry["after"]["budget_cents"] for entry in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert pages == [[300, 200], [100]]
    of_campaign = (await client.get("/v1/audit", params={"object_id": str(tenant.campaign_id)})).json()["items"]
    assert len(of_campaign) == 3


@pytest.fixture
def api_role(database_urls: Connections, make_tenant: MakeTenant) -> tuple[psycopg.Connection, Tenant]:
    """A connection of the API's role in a tenant, as an owner of it."""
    tenant = make_tenant()
    connection = psycopg.connect(database_urls.api)
    connection.execute(
        "select set_config('request.jwt.claim.sub', %s, true), set_config('app.organization_id', %s, true)",
        (str(tenant.user_id), str(tenant.organization_id)),
    )
    return connection, tenant


@pytest.mark.parametrize("sql", ["update audit_log set action = 'a.b'", "delete from audit_log", "truncate audit_log"])
def test_no_entry_is_changed_or_removed(api_role: tuple[psycopg.Connection, Tenant], sql: str) -> None:
    connection, _ = api_role
    with connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(sql)


def test_nobody_writes_in_anothers_name(api_role: tuple[psycopg.Connection, Tenant], make_tenant: MakeTenant) -> None:
    connection, tenant = api_role
    with connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(
            "insert into audit_log (organization_id, user_id, action, object_id) values (%s, %s, 'lead.add', '1')",
            (tenant.organization_id, make_tenant().user_id),
        )


async def test_only_owners_and_admins_read_it(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    for role, status in (("owner", 200), ("admin", 200), ("member", 403), ("reviewer", 403), ("viewer", 403)):
        assert (await (await sign_in(make_tenant(role=role))).get("/v1/audit")).status_code == status
