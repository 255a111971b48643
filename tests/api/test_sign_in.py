import asyncio
import re

import httpx
import pytest
from api_clients import MakeLink, OpenBrowser, SignIn
from api_seeds import Seeds
from databases import MakeTenant
from fastapi import FastAPI

from leadgen.errors import InputError
from leadgen.store.access import create_sign_in_link
from leadgen.store.connections import Connections
from leadgen.store.database import Database
from leadgen_api.access.sessions import hash_of


async def test_reading_a_link_does_not_use_it_up(
    stranger: httpx.AsyncClient, make_link: MakeLink, make_tenant: MakeTenant
) -> None:
    link = await make_link(make_tenant())

    for _ in range(2):  # as mail scanners do
        page = await stranger.get(link)
        assert page.status_code == 200
        assert "set-cookie" not in page.headers

    assert (await stranger.post(link)).status_code == 303
    assert (await stranger.get("/v1/campaigns")).status_code == 200


async def test_a_link_signs_in_once(stranger: httpx.AsyncClient, make_link: MakeLink, make_tenant: MakeTenant) -> None:
    link = await make_link(make_tenant())
    await stranger.post(link)

    again = await stranger.post(link)

    assert again.status_code == 410
    assert "set-cookie" not in again.headers


async def test_of_two_clicks_at_once_one_signs_in(
    open_browser: OpenBrowser, make_link: MakeLink, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    link = await make_link(make_tenant())

    answers = await asyncio.gather(*(open_browser().post(link) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410, 410]
    assert seeds.value("select count(*) from app.sessions") == 1


async def test_a_link_lasts_fifteen_minutes(
    stranger: httpx.AsyncClient, make_link: MakeLink, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    link = await make_link(make_tenant())
    lasts = seeds.value("select extract(epoch from expires_at - now()) from app.sign_in_links")
    seeds.value("update app.sign_in_links set expires_at = expires_at - interval '15 minutes' returning true")

    assert 14 * 60 < lasts <= 15 * 60
    assert (await stranger.post(link)).status_code == 410


async def test_an_unknown_link_is_gone(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.post("/sign-in/made-up")).status_code == 410


async def test_somebody_in_no_organization_is_not_signed_in(
    stranger: httpx.AsyncClient, make_link: MakeLink, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    link = await make_link(make_tenant())
    seeds.value("delete from organization_members returning true")

    assert (await stranger.post(link)).status_code == 410


async def test_nobody_gets_a_link_for_an_unknown_address(database_urls: Connections) -> None:
    async with Database(database_urls.owner, connections=1) as owner, owner.nobody() as transaction:
        with pytest.raises(InputError):
            await create_sign_in_link(transaction, "nobody@example.com")


async def test_only_hashes_are_stored(
    stranger: httpx.AsyncClient, make_link: MakeLink, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    link = await make_link(make_tenant())
    await stranger.post(link)
    tokens = [link.rsplit("/", 1)[1], stranger.cookies["leadgen_session"]]

    stored = seeds.value("select string_agg(l::text || s::text, '') from app.sign_in_links l, app.sessions s")

    for token in tokens:
        assert token not in stored
        assert token.encode().hex() not in stored


async def test_scripts_and_other_sites_do_not_get_the_session_cookie(
    stranger: httpx.AsyncClient, make_link: MakeLink, make_tenant: MakeTenant
) -> None:
    answer = await stranger.post(await make_link(make_tenant()))

    attributes = answer.headers["set-cookie"].lower().split("; ")
    assert {"httponly", "samesite=lax", "path=/"} <= set(attributes)


async def test_over_tls_the_session_cookie_is_bound_to_the_host(
    app: FastAPI, make_link: MakeLink, make_tenant: MakeTenant
) -> None:
    link = await make_link(make_tenant())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://leadgen.example") as client:
        answer = await client.post(link)

        name, _, rest = answer.headers["set-cookie"].partition("=")
        assert name == "__Host-leadgen_session"
        assert {"secure", "httponly", "path=/"} <= set(rest.lower().split("; "))
        assert "domain=" not in rest.lower()
        assert (await client.get("/v1/campaigns")).status_code == 200


async def test_a_session_may_come_as_a_bearer_token(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant
) -> None:
    token = (await sign_in(make_tenant())).cookies["leadgen_session"]

    answer = await stranger.get("/v1/campaigns", headers={"authorization": f"Bearer {token}"})

    assert answer.status_code == 200


async def test_signing_out_ends_the_session_on_our_side(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant
) -> None:
    client = await sign_in(make_tenant())
    kept = client.cookies["leadgen_session"]

    answer = await client.post("/sign-out")

    assert answer.status_code == 303
    assert "leadgen_session" not in client.cookies
    stranger.cookies.set("leadgen_session", kept)
    assert (await stranger.get("/v1/campaigns")).status_code == 401


@pytest.mark.parametrize(
    "ending",
    [
        "update app.sessions set expires_at = now() returning true",
        "delete from organization_members returning true",
        "delete from users returning true",
    ],
)
async def test_a_session_ends_with_its_time_its_membership_and_its_user(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds, ending: str
) -> None:
    client = await sign_in(make_tenant())
    seeds.value(ending)

    assert (await client.get("/v1/campaigns")).status_code == 401


async def test_without_a_session_the_api_answers_with_a_problem(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/v1/campaigns")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["type"] == "urn:leadgen:problem:not-signed-in"


async def test_without_a_session_a_page_says_how_to_sign_in(stranger: httpx.AsyncClient) -> None:
    for path in ("/campaigns", "/campaigns/1", "/leads/1"):
        answer = await stranger.get(path)

        assert answer.status_code == 401
        assert "leadgen sign-in" in answer.text


async def test_home_leads_to_the_campaigns(
    sign_in: SignIn, stranger: httpx.AsyncClient, make_tenant: MakeTenant
) -> None:
    client = await sign_in(make_tenant())

    assert (await client.get("/")).headers["location"] == "/campaigns"
    assert "leadgen sign-in" in (await stranger.get("/")).text


async def ask_for_link(client: httpx.AsyncClient, email: str) -> httpx.Response:
    return await client.post("/sign-in", data={"email": email})


def mailed_link(seeds: Seeds, token: str = "a token of 256 bits") -> str:
    """The path of the link for the last wish, as the sender would mail it."""
    mail = seeds.value("select id from app.outgoing_mail order by created_at desc limit 1")
    seeds.value("select app.open_mail(%s, %s)", (mail, hash_of(token)))
    return f"/sign-in/{token}"


async def test_a_link_that_was_asked_for_works_in_the_browser_that_asked_alone(
    stranger: httpx.AsyncClient, open_browser: OpenBrowser, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    await ask_for_link(stranger, seeds.email_of(make_tenant()).upper())
    link = mailed_link(seeds)
    thief = open_browser()
    thief.cookies.set("leadgen_browser", "x" * 43)

    assert (await open_browser().post(link)).status_code == 410
    assert (await thief.post(link)).status_code == 410
    assert (await stranger.post(link)).status_code == 303
    assert (await stranger.get("/v1/campaigns")).status_code == 200


async def test_two_links_of_one_browser_both_work(
    stranger: httpx.AsyncClient, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    email = seeds.email_of(make_tenant())
    links = []
    for token in ("first", "second"):
        await ask_for_link(stranger, email)
        links.append(mailed_link(seeds, token))

    assert [(await stranger.post(link)).status_code for link in links] == [303, 303]


async def test_a_stranger_does_not_learn_who_has_an_account(
    open_browser: OpenBrowser, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    known, unknown = [
        await ask_for_link(open_browser(), email) for email in (seeds.email_of(make_tenant()), "nobody@example.com")
    ]

    assert known.status_code == unknown.status_code == 202
    assert known.text == unknown.text
    nonce = re.compile("(?<=leadgen_browser=)[^;]+")
    assert nonce.sub("", known.headers["set-cookie"]) == nonce.sub("", unknown.headers["set-cookie"])
    rows = seeds.value(
        "select array_agg(to_jsonb(m) - array['id', 'recipient', 'browser_hash', 'created_at', 'expires_at',"
        " 'next_attempt_at']) from app.outgoing_mail m"
    )
    assert rows[0] == rows[1]  # the request does the same work for both


async def test_an_address_gets_five_links_in_a_quarter_of_an_hour_whether_or_not_anybody_has_it(
    open_browser: OpenBrowser, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    for email in (seeds.email_of(make_tenant()), "nobody@example.com"):
        answers = await asyncio.gather(*(ask_for_link(open_browser(), email) for _ in range(7)))

        assert sorted(answer.status_code for answer in answers) == [202] * 5 + [429] * 2
        assert {answer.headers.get("retry-after") for answer in answers} == {None, "900"}

    seeds.value("update app.outgoing_mail set created_at = created_at - interval '15 minutes' returning true")
    assert (await ask_for_link(open_browser(), "nobody@example.com")).status_code == 202


async def test_nothing_that_is_stored_of_a_wish_signs_anybody_in(
    stranger: httpx.AsyncClient, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    await ask_for_link(stranger, seeds.email_of(make_tenant()))

    stored = seeds.value("select string_agg(m::text, '') from app.outgoing_mail m")
    assert stranger.cookies["leadgen_browser"] not in stored
    assert seeds.value("select token_hash from app.outgoing_mail") is None


async def test_the_page_signs_a_person_out_everywhere(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    client, other = await sign_in(tenant), await sign_in(tenant)

    assert (await client.post("/sign-out-everywhere")).status_code == 303
    assert "leadgen_session" not in client.cookies
    assert (await other.get("/v1/campaigns")).status_code == 401
