"""Members, invitations, switching between organizations, and signing out everywhere."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from api_clients import OpenBrowser, SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant

from leadgen_api.access.sessions import hash_of

TOKEN = "the token that was mailed"


def join(seeds: Seeds, tenant: Tenant, email: str, role: str) -> UUID:
    """Puts a new person into the tenant's organization; the membership's id."""
    user_id = seeds.value("insert into users (email) values (%s) returning id", (email,))
    return add_member(seeds, tenant, user_id, role)


def add_member(seeds: Seeds, tenant: Tenant, user_id: UUID, role: str) -> UUID:
    """Puts a person into the tenant's organization; the membership's id."""
    return seeds.value(
        "insert into organization_members (organization_id, user_id, role) values (%s, %s, %s) returning id",
        (tenant.organization_id, user_id, role),
    )


def membership(seeds: Seeds, tenant: Tenant) -> UUID:
    """The id of the membership of the tenant's first person."""
    return seeds.value("select id from organization_members where user_id = %s", (tenant.user_id,))


def mail_token(seeds: Seeds, token: str = TOKEN) -> None:
    """What the sender does when it mails the invitation."""
    seeds.value(
        "update app.outgoing_mail set token_hash = %s where kind = 'invitation' returning true", (hash_of(token),)
    )


async def invite(client: httpx.AsyncClient, email: str = "New@Example.com", role: str = "member") -> httpx.Response:
    return await client.post("/v1/invitations", json={"email": email, "role": role})


async def test_a_member_sees_colleagues_and_nobody_else(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant, other = make_tenant("Mine", role="viewer"), make_tenant("Other")
    join(seeds, tenant, "boss@example.com", "owner")
    client = await sign_in(tenant)

    members = (await client.get("/v1/members", params={"limit": 1})).json()
    rest = (await client.get("/v1/members", params={"limit": 1, "cursor": members["next_cursor"]})).json()

    assert [(m["email"], m["role"]) for m in members["items"] + rest["items"]] == [
        ("boss@example.com", "owner"),
        (seeds.email_of(tenant), "viewer"),
    ]
    assert rest["next_cursor"] is None
    assert seeds.email_of(other) not in str(members) + str(rest)


async def test_a_new_role_holds_at_once_and_is_written_down(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant(role="member")
    owner = make_tenant("Boss")
    add_member(seeds, tenant, owner.user_id, "owner")
    colleague = await sign_in(tenant)
    boss = await sign_in(owner)
    await boss.post(f"/v1/organizations/{tenant.organization_id}/switch")

    changed = await boss.put(f"/v1/members/{membership(seeds, tenant)}/role", json={"role": "viewer"})

    assert changed.json()["role"] == "viewer"
    assert (await colleague.post("/v1/campaigns", json={})).status_code == 403
    entry = (await boss.get("/v1/audit", params={"action": "member.change_role"})).json()["items"][0]
    assert (entry["before"], entry["after"]) == ({"role": "member"}, {"role": "viewer"})
    assert (entry["who"], entry["object_id"]) == (seeds.email_of(owner), str(membership(seeds, tenant)))


async def test_the_last_owner_stays_one(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant()
    client = await sign_in(tenant)
    mine = membership(seeds, tenant)

    refused = [
        await client.put(f"/v1/members/{mine}/role", json={"role": "admin"}),
        await client.delete(f"/v1/members/{mine}"),
    ]
    assert [answer.json()["type"] for answer in refused] == ["urn:leadgen:problem:last-owner"] * 2

    join(seeds, tenant, "second@example.com", "owner")
    assert (await client.delete(f"/v1/members/{mine}")).status_code == 204
    assert (await client.get("/v1/campaigns")).status_code == 401
    assert seeds.value("select action from audit_log") == "member.remove"


async def test_of_two_owners_who_unmake_each_other_at_once_one_stays(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    one, other = make_tenant(), make_tenant("Elsewhere")
    joined = add_member(seeds, one, other.user_id, "owner")
    first, second = await sign_in(one), await sign_in(other)
    await second.post(f"/v1/organizations/{one.organization_id}/switch")
    viewer = {"role": "viewer"}

    answers = await asyncio.gather(
        first.put(f"/v1/members/{joined}/role", json=viewer),
        second.put(f"/v1/members/{membership(seeds, one)}/role", json=viewer),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 403]
    owners = "select count(*) from organization_members where organization_id = %s and role = 'owner'"
    assert seeds.value(owners, (one.organization_id,)) == 1


async def test_an_invitation_that_is_accepted_twice_at_once_is_accepted_once(
    sign_in: SignIn, open_browser: OpenBrowser, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    await invite(await sign_in(make_tenant()))
    mail_token(seeds)

    answers = await asyncio.gather(*(open_browser().post(f"/invitations/{TOKEN}") for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [303, 410, 410]
    assert seeds.value("select count(*) from organization_members") == 2


async def test_admins_neither_make_nor_unmake_owners(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant(role="admin")
    owner = join(seeds, tenant, "boss@example.com", "owner")
    viewer = join(seeds, tenant, "viewer@example.com", "viewer")
    client = await sign_in(tenant)

    refused = [
        await client.put(f"/v1/members/{owner}/role", json={"role": "viewer"}),
        await client.delete(f"/v1/members/{owner}"),
        await client.put(f"/v1/members/{viewer}/role", json={"role": "owner"}),
        await invite(client, role="owner"),
    ]

    assert [answer.status_code for answer in refused] == [403] * 4
    assert (await client.put(f"/v1/members/{viewer}/role", json={"role": "reviewer"})).status_code == 200


async def test_who_is_removed_is_out_at_once_with_their_keys(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant, admin = make_tenant(), make_tenant("Elsewhere")
    removed = add_member(seeds, tenant, admin.user_id, "admin")
    client, other = await sign_in(tenant), await sign_in(admin)
    await other.post(f"/v1/organizations/{tenant.organization_id}/switch")
    key = (await other.post("/v1/api-keys", json={"name": "CRM", "scopes": ["read"]})).json()["key"]

    assert (await client.delete(f"/v1/members/{removed}")).status_code == 204

    assert (await other.get("/v1/campaigns")).status_code == 401
    assert (await stranger.get("/v1/campaigns", headers={"authorization": f"Bearer {key}"})).status_code == 401


async def test_foreign_ids_are_as_unknown_as_random_ones(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    neighbour = make_tenant("Neighbour")
    invitation = (await invite(await sign_in(neighbour))).json()["id"]
    client = await sign_in(make_tenant("Curious"))

    for method, path, body, foreign in (
        ("PUT", "/v1/members/{}/role", {"role": "viewer"}, membership(seeds, neighbour)),
        ("DELETE", "/v1/members/{}", None, membership(seeds, neighbour)),
        ("DELETE", "/v1/invitations/{}", None, invitation),
        ("POST", "/v1/organizations/{}/switch", None, neighbour.organization_id),
    ):
        answers = [await client.request(method, path.format(each), json=body) for each in (foreign, uuid4())]
        assert [answer.status_code for answer in answers] == [404, 404], path
        assert answers[0].text == answers[1].text
    assert (await client.get("/v1/invitations")).json()["items"] == []
    assert (await client.get("/v1/audit")).json()["items"] == []


async def test_a_session_switches_between_its_persons_organizations(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    home, second = make_tenant("Home"), make_tenant("Second")
    add_member(seeds, second, home.user_id, "viewer")
    client, elsewhere = await sign_in(home), await sign_in(home)

    listed = (await client.get("/v1/organizations")).json()["items"]
    switched = await client.post(f"/v1/organizations/{second.organization_id}/switch")

    assert [(o["name"], o["role"]) for o in listed] == [("Home", "owner"), ("Second", "viewer")]
    assert switched.status_code == 200
    assert (await client.get("/v1/organization")).json()["name"] == "Second"
    assert (await client.post("/v1/campaigns", json={})).status_code == 403  # a viewer there
    assert (await elsewhere.get("/v1/organization")).json()["name"] == "Home"


async def test_signing_out_everywhere_ends_every_session_of_the_person_alone(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant, make_link: Any
) -> None:
    tenant = make_tenant()
    first, second, neighbour = await sign_in(tenant), await sign_in(tenant), await sign_in(make_tenant())
    link = await make_link(tenant)

    assert (await first.post("/v1/sign-out-everywhere")).status_code == 204

    answers = [(await client.get("/v1/campaigns")).status_code for client in (first, second, neighbour)]
    assert answers == [401, 401, 200]
    assert (await stranger.post(link)).status_code == 410


async def test_an_invited_address_becomes_a_member_by_its_link(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant("Acme")
    client = await sign_in(tenant)
    assert (await invite(client, role="reviewer")).status_code == 201
    mail_token(seeds)

    for _ in range(2):  # as mail scanners do
        assert "Acme" in (await stranger.get(f"/invitations/{TOKEN}")).text
    accepted = await stranger.post(f"/invitations/{TOKEN}")
    again = await stranger.post(f"/invitations/{TOKEN}")

    assert (accepted.status_code, again.status_code) == (303, 410)
    assert "set-cookie" not in accepted.headers
    members = {m["email"]: m["role"] for m in (await client.get("/v1/members")).json()["items"]}
    assert members["new@example.com"] == "reviewer"
    actions = [entry["action"] for entry in (await client.get("/v1/audit")).json()["items"]]
    assert actions == ["invitation.accept", "invitation.send"]


async def test_accepting_never_changes_the_role_of_a_member(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    await invite(await sign_in(tenant), "later@example.com", "owner")
    mail_token(seeds)
    joined = join(seeds, tenant, "later@example.com", "viewer")

    await stranger.post(f"/invitations/{TOKEN}")

    assert seeds.value("select role from organization_members where id = %s", (joined,)) == "viewer"


@pytest.mark.parametrize(
    "ending",
    [
        "update invitations set revoked_at = now() returning true",
        "update invitations set expires_at = now() returning true",
    ],
)
async def test_an_invitation_that_is_over_admits_nobody(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant, seeds: Seeds, ending: str
) -> None:
    await invite(await sign_in(make_tenant()))
    mail_token(seeds)
    seeds.value(ending)

    assert (await stranger.get(f"/invitations/{TOKEN}")).status_code == 410
    assert (await stranger.post(f"/invitations/{TOKEN}")).status_code == 410
    assert seeds.value("select count(*) from organization_members") == 1


async def test_who_is_invited_again_is_invited_once_with_the_later_role(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    client = await sign_in(make_tenant())

    first, second = await invite(client, role="viewer"), await invite(client, role="admin")
    await client.delete(f"/v1/invitations/{second.json()['id']}")
    third = await invite(client)

    assert first.json()["id"] == second.json()["id"] != third.json()["id"]
    assert [i["role"] for i in (await client.get("/v1/invitations")).json()["items"]] == ["member", "admin"]


async def test_nobody_floods_a_mailbox_with_invitations(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    one, other = await sign_in(make_tenant()), await sign_in(make_tenant())

    answers = [await invite(client) for client in (one, one, one, other, other, other)]

    assert [answer.status_code for answer in answers] == [201] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "900"
    assert seeds.value("select count(*) from app.outgoing_mail") == 5


async def test_a_member_is_not_invited_and_an_address_is_an_address(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    client = await sign_in(tenant)

    assert (await invite(client, seeds.email_of(tenant).upper())).status_code == 409
    for wrong in ("nobody", "a@b", "a@b.example\r\nBcc: c@d.example", "A <a@b.example>", "a@b.example,c@d.example"):
        assert (await invite(client, wrong)).status_code == 422, wrong


async def test_the_answers_to_an_invitation_hold_no_link(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    answer = await invite(await sign_in(make_tenant()))

    assert set(answer.json()) == {
        "id", "email", "role", "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at",
    }  # fmt: skip
