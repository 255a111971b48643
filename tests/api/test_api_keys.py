"""Keys of programs: made once, kept as an HMAC, bound to scopes, time and the member who made them."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant

from leadgen.domain.access.api_keys import key_hash
from leadgen.settings import Settings
from leadgen.store.connections import Connections
from leadgen_api.access.key_holders import secrets_of

CAMPAIGN = {
    "name": "Dentists",
    "business_type": "dentist",
    "target_location": "Austin, TX",
    "target_radius_miles": 5,
    "offer": {"sells": "online booking", "sender": {"name": "Dana", "company": "Acme", "email": "dana@acme.example"}},
}


async def make_key(client: httpx.AsyncClient, scopes: Sequence[str] = ("read",), **more: Any) -> dict[str, Any]:
    """A new key as the API tells it."""
    answer = await client.post("/v1/api-keys", json={"name": "CRM", "scopes": list(scopes), **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def bearing(key: str) -> dict[str, str]:
    """The header of a program that has the key."""
    return {"authorization": f"Bearer {key}"}


async def test_a_key_reads_its_organization_and_no_other(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant
) -> None:
    tenant, other = make_tenant("Mine"), make_tenant("Other")
    made = await make_key(await sign_in(tenant))

    campaigns = await stranger.get("/v1/campaigns", headers=bearing(made["key"]))
    foreign = await stranger.get(f"/v1/campaigns/{other.campaign_id}", headers=bearing(made["key"]))

    assert [campaign["id"] for campaign in campaigns.json()["items"]] == [str(tenant.campaign_id)]
    assert foreign.status_code == 404


async def test_a_key_is_told_once_and_kept_as_an_hmac(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    client = await sign_in(make_tenant())
    made = await make_key(client)

    listed = (await client.get("/v1/api-keys")).json()["items"]

    assert [(key["id"], key["prefix"]) for key in listed] == [(made["id"], made["key"][:11])]
    assert made["key"] not in str(listed)
    assert "key" not in listed[0]
    assert seeds.value("select key_hash from api_keys") == key_hash(made["key"], b"a secret of the tests")
    assert made["key"] not in seeds.value("select string_agg(k::text, '') from api_keys k")
    assert made["key"] not in seeds.value("select string_agg(l::text, '') from audit_log l")


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        (["read"], {"list"}),
        (["write"], {"create"}),
        (["export"], {"export"}),
        (["read", "write", "export"], {"list", "create", "export"}),
    ],
)
async def test_a_key_does_what_its_scopes_say(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant, scopes: list[str], allowed: set[str]
) -> None:
    tenant = make_tenant()
    stranger.headers.update(bearing((await make_key(await sign_in(tenant), scopes))["key"]))

    answers = {
        "list": await stranger.get("/v1/campaigns"),
        "create": await stranger.post("/v1/campaigns", json=CAMPAIGN),
        "export": await stranger.get(f"/v1/campaigns/{tenant.campaign_id}/export"),
    }

    assert {name for name, answer in answers.items() if answer.status_code != 403} == allowed
    assert all(answers[name].status_code in {200, 201} for name in allowed)
    refused = [answer.json()["type"] for answer in answers.values() if answer.status_code == 403]
    assert set(refused) <= {"urn:leadgen:problem:scope"}


async def test_no_key_makes_keys_or_opens_pages(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant
) -> None:
    stranger.headers.update(bearing((await make_key(await sign_in(make_tenant()), ["read", "write", "export"]))["key"]))

    assert (await stranger.get("/v1/api-keys")).status_code == 403
    assert (await stranger.post("/v1/api-keys", json={"name": "Next", "scopes": ["read"]})).status_code == 403
    assert (await stranger.get("/campaigns")).status_code == 403


@pytest.mark.parametrize(
    "ending",
    [
        "update api_keys set revoked_at = now() returning true",
        "update api_keys set expires_at = now() returning true",
        "delete from organization_members returning true",
        "delete from users returning true",
    ],
)
async def test_a_key_ends_with_its_time_its_revocation_and_its_maker(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant, seeds: Seeds, ending: str
) -> None:
    made = await make_key(await sign_in(make_tenant()))
    seeds.value(ending)

    answer = await stranger.get("/v1/campaigns", headers=bearing(made["key"]))

    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:leadgen:problem:invalid-key"


async def test_a_key_has_the_role_its_maker_has_now(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    made = await make_key(await sign_in(tenant), ["write"])
    seeds.role(tenant, "viewer")

    answer = await stranger.post("/v1/campaigns", json=CAMPAIGN, headers=bearing(made["key"]))

    assert answer.json()["type"] == "urn:leadgen:problem:role"


async def test_a_revoked_key_stays_on_the_list(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    client = await sign_in(make_tenant())
    made = await make_key(client)

    for _ in range(2):
        assert (await client.delete(f"/v1/api-keys/{made['id']}")).status_code == 204

    assert (await stranger.get("/v1/campaigns", headers=bearing(made["key"]))).status_code == 401
    assert (await client.get("/v1/api-keys")).json()["items"][0]["revoked_at"]
    assert seeds.value("select array_agg(action order by id) from audit_log") == ["api_key.make", "api_key.revoke"]


async def test_a_foreign_key_is_as_unknown_as_a_random_one(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    made = await make_key(await sign_in(make_tenant("Neighbour")))
    client = await sign_in(make_tenant("Curious"))

    foreign, random = [await client.delete(f"/v1/api-keys/{key_id}") for key_id in (made["id"], uuid4())]

    assert foreign.status_code == random.status_code == 404
    assert foreign.text == random.text


async def test_a_use_is_remembered(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    made = await make_key(await sign_in(make_tenant()))
    assert seeds.value("select last_used_at from api_keys") is None

    await stranger.get("/v1/campaigns", headers=bearing(made["key"]))

    assert seeds.value("select last_used_at > now() - interval '1 minute' from api_keys")


async def test_a_key_of_a_former_secret_works_and_moves_to_the_current_one(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant, seeds: Seeds, app: Any
) -> None:
    made = await make_key(await sign_in(make_tenant()))
    app.state.secrets = secrets_of("the next secret, a secret of the tests", Settings(_env_file=None))

    assert (await stranger.get("/v1/campaigns", headers=bearing(made["key"]))).status_code == 200

    app.state.secrets = app.state.secrets[:1]
    assert (await stranger.get("/v1/campaigns", headers=bearing(made["key"]))).status_code == 200
    assert seeds.value("select key_hash from api_keys") == key_hash(made["key"], b"the next secret")


async def test_what_is_no_key_costs_no_query(stranger: httpx.AsyncClient, app: Any) -> None:
    app.state.secrets = ()  # looking one up would say so

    answer = await stranger.get("/v1/campaigns", headers=bearing("lg_guessed"))

    assert answer.status_code == 401


async def test_cookies_need_our_own_pages_and_keys_do_not(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant
) -> None:
    client = await sign_in(make_tenant())
    made = await make_key(client, ["write"])
    elsewhere = {"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"}

    by_cookie = await client.post("/v1/campaigns", json=CAMPAIGN, headers=elsewhere)
    by_key = await stranger.post("/v1/campaigns", json=CAMPAIGN, headers={**elsewhere, **bearing(made["key"])})
    by_both = await client.post("/v1/campaigns", json=CAMPAIGN, headers={**elsewhere, **bearing("lg_guessed")})

    assert [by_cookie.status_code, by_key.status_code, by_both.status_code] == [403, 201, 401]


@pytest.mark.parametrize("role", ["member", "reviewer", "viewer"])
async def test_members_who_do_not_administer_make_no_keys(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds, role: str
) -> None:
    client = await sign_in(make_tenant(role=role))

    assert (await client.post("/v1/api-keys", json={"name": "CRM", "scopes": ["read"]})).status_code == 403
    assert (await client.get("/v1/api-keys")).status_code == 403
    assert seeds.value("select count(*) from api_keys") == 0


@pytest.mark.parametrize("role", ["owner", "member"])
def test_the_database_itself_lets_only_administrators_make_keys_and_only_their_own(
    database_urls: Connections, make_tenant: MakeTenant, role: str
) -> None:
    tenant = make_tenant(role=role)
    maker = make_tenant().user_id if role == "owner" else tenant.user_id
    insert = """
        insert into api_keys (organization_id, created_by, name, prefix, key_hash, scopes)
        values (%s, %s, 'CRM', 'lg_01234567', sha256('key'), '{read}')
    """
    with psycopg.connect(database_urls.api) as connection:
        connection.execute(
            "select set_config('request.jwt.claim.sub', %s, true), set_config('app.organization_id', %s, true)",
            (str(tenant.user_id), str(tenant.organization_id)),
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(insert, (tenant.organization_id, maker))


def test_the_application_cannot_read_what_is_stored_of_a_key(database_urls: Connections) -> None:
    with psycopg.connect(database_urls.api) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select key_hash from api_keys")
