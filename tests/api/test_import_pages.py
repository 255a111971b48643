"""Files of leads on the pages: looked at, brought, followed, stopped."""

import httpx
import pytest
from api_clients import SignIn
from databases import MakeTenant, Tenant
from selectolax.lexbor import LexborHTMLParser

FILE = "Company,Phone,Website,Email\nOak Dental,512 555 0100,oak-dental.example,ana@oak-dental.example\n,1,,\n"


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant(status="ready")


@pytest.fixture
async def client(sign_in: SignIn, tenant: Tenant) -> httpx.AsyncClient:
    return await sign_in(tenant)


async def send(client: httpx.AsyncClient, path: str, text: str = FILE) -> httpx.Response:
    return await client.post(path, files={"file": ("leads.csv", text)}, data={"options": '{"duplicates": "skip"}'})


def text_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return " ".join((LexborHTMLParser(answer.text).css_first("main") or pytest.fail("no page")).text().split())


async def test_a_file_is_looked_at_before_it_is_brought(client: httpx.AsyncClient, tenant: Tenant) -> None:
    shown = text_of(await send(client, f"/campaigns/{tenant.campaign_id}/imports/preview"))

    assert "1 new" in shown
    assert "1 cannot be read" in shown
    assert "Oak Dental" in shown
    assert "leads.csv" not in text_of(await client.get(f"/campaigns/{tenant.campaign_id}/imports"))


async def test_a_file_becomes_leads_and_tells_what_was_left_out(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await send(client, f"/campaigns/{tenant.campaign_id}/imports")
    assert answer.status_code == 303
    while "running" in (shown := text_of(await client.get(answer.headers["location"]))):
        pass
    errors = LexborHTMLParser((await client.get(answer.headers["location"])).text).css_first("a[download]")

    assert "2 rows" in shown
    assert "1 new" in shown
    assert errors is not None
    assert "company" in (await client.get(str(errors.attributes["href"]))).text.lower()
    assert "leads.csv" in text_of(await client.get(f"/campaigns/{tenant.campaign_id}/imports"))


async def test_a_file_that_is_none_says_what_to_send(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await send(client, f"/campaigns/{tenant.campaign_id}/imports", "just words")
    assert answer.status_code == 422


async def test_anothers_import_is_unknown(
    client: httpx.AsyncClient, tenant: Tenant, sign_in: SignIn, make_tenant: MakeTenant
) -> None:
    begun = (await send(client, f"/campaigns/{tenant.campaign_id}/imports")).headers["location"]
    stranger = await sign_in(make_tenant())
    assert (await stranger.get(begun)).status_code == 404
    assert (await stranger.post(f"{begun}/stop")).status_code == 404
    assert (await stranger.get(f"/campaigns/{tenant.campaign_id}/imports")).status_code == 404
