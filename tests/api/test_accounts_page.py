"""The page of an organization: people, invitations, keys and changes, for whom they are meant."""

import re

import httpx
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant
from selectolax.lexbor import LexborHTMLParser

HOSTILE = "<img src=x onerror=alert(1)>"


async def page(client: httpx.AsyncClient) -> LexborHTMLParser:
    answer = await client.get("/organization")
    assert answer.status_code == 200, answer.text
    return LexborHTMLParser(answer.text)


def value_of(shown: LexborHTMLParser, name: str) -> str:
    """The value of the first field of this name."""
    found = shown.css_first(f"input[name={name}]").attributes["value"]
    assert found is not None
    return found


async def test_an_owner_invites_and_takes_back(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    client = await sign_in(make_tenant())

    invited = await client.post("/organization/invitations", data={"email": "New@Example.com", "role": "viewer"})
    shown = await page(client)
    assert invited.status_code == 303
    assert "new@example.com" in shown.css_first("#invitations").text()

    await client.post("/organization/invitations/revoke", data={"invitation_id": value_of(shown, "invitation_id")})
    shown = await page(client)
    assert "Nobody is invited." in shown.css_first("#invitations").text()
    assert "invitation: revoke" in shown.css_first("#changes").text()


async def test_a_key_is_shown_once(sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant) -> None:
    client = await sign_in(make_tenant())

    made = await client.post("/organization/api-keys", data={"name": HOSTILE, "scopes": ["read", "export"]})
    key = re.findall(r"lg_\w{49}", made.text)[0]
    shown = await page(client)

    assert made.headers["cache-control"] == "no-store"
    assert key not in shown.html
    assert HOSTILE in shown.css_first("#api-keys").text()
    assert not shown.css("img")
    assert (await stranger.get("/v1/campaigns", headers={"authorization": f"Bearer {key}"})).status_code == 200

    await client.post("/organization/api-keys/revoke", data={"key_id": value_of(shown, "key_id")})
    assert (await stranger.get("/v1/campaigns", headers={"authorization": f"Bearer {key}"})).status_code == 401


async def test_roles_are_changed_and_memberships_ended(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant, colleague = make_tenant(), make_tenant()
    member_id = seeds.value(
        "insert into organization_members (organization_id, user_id, role) values (%s, %s, 'viewer') returning id",
        (tenant.organization_id, colleague.user_id),
    )
    client = await sign_in(tenant)

    await client.post("/organization/members/role", data={"member_id": member_id, "role": "admin"})
    assert seeds.value("select role from organization_members where id = %s", (member_id,)) == "admin"
    await client.post("/organization/members/remove", data={"member_id": member_id})
    assert seeds.email_of(colleague) not in (await page(client)).css_first("#members").text()


async def test_a_viewer_sees_colleagues_and_nothing_to_administer(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    shown = await page(await sign_in(make_tenant(role="viewer")))

    assert len(shown.css("#members, #you")) == 2
    assert not shown.css("#invitations, #api-keys, #changes, #members form")


async def test_an_admin_is_offered_no_owners(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    shown = await page(await sign_in(make_tenant(role="admin")))

    assert [option.text() for option in shown.css("#invitations option")] == ["admin", "member", "reviewer", "viewer"]


async def test_a_person_goes_to_another_of_their_organizations(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    home, second = make_tenant("Home"), make_tenant("Second")
    seeds.value(
        "insert into organization_members (organization_id, user_id, role) values (%s, %s, 'viewer') returning id",
        (second.organization_id, home.user_id),
    )
    client = await sign_in(home)
    assert [option.text() for option in (await page(client)).css("#you option")] == ["Home", "Second"]

    gone = await client.post("/organization/switch", data={"organization_id": str(second.organization_id)})

    assert gone.headers["location"] == "/campaigns"
    assert (await page(client)).css_first("h1").text() == "Second"
