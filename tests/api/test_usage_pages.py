"""The usage page: figures, bars, caps, warnings and the ledger, for whoever may see and set them."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import httpx
import psycopg
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant
from psycopg.types.json import Jsonb

CREDITS = Jsonb([{"unit": "credit", "quantity": "1234", "unit_price_micros": "1"}])


class Text(HTMLParser):
    """The words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def text_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    parser = Text()
    parser.feed(answer.text)
    return " ".join(parser.words)


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant(budget_micros=1_000_000)


@pytest.fixture
async def client(tenant: Tenant, sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in(tenant)


async def test_what_was_used_is_shown_in_figures_bars_and_lines(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    seeds.scored(tenant, 60)
    now = datetime.now(UTC)
    seeds.call(tenant, "hunter", "verify", cost_micros=1_250_000, usage=CREDITS, opened_at=now)
    seeds.call(
        tenant, "yelp", "search", status="failed", failure="retry: <b>no answer</b>", cost_micros=0, opened_at=now
    )
    page = await client.get("/usage")
    words = text_of(page)
    assert "Spent $1.25" in words
    assert "A lead $1.25 1 lead" in words
    assert "1,234 credits" in words
    assert "Dentists in Austin" in words
    assert "<b>no answer" not in page.text
    assert page.text.count('<rect class="done"') >= 3
    for by in ("vendor", "stage", "day"):
        assert "$1.25" in text_of(await client.get("/usage", params={"by": by}))


async def test_a_page_without_any_use_says_so(client: httpx.AsyncClient) -> None:
    words = text_of(await client.get("/usage"))
    assert "Nothing was used in these days." in words
    assert "No cap is set" in words
    assert (await client.get("/usage", params={"from": "2026-02-30"})).status_code == 422


async def test_caps_are_set_and_removed_on_the_page(client: httpx.AsyncClient, seeds: Seeds) -> None:
    set_to = await client.post("/usage/caps", data={"vendor": "all", "period": "month", "dollars": "50"})
    assert set_to.status_code == 303, set_to.text
    assert seeds.value("select (vendor, period, cap_micros)::text from spending_caps") == "(*,month,50000000)"
    assert "all vendors month $0.00 0 % $50.00" in text_of(await client.get("/usage"))
    assert (await client.post("/usage/caps/remove", data={"vendor": "all", "period": "month"})).status_code == 303
    assert seeds.value("select count(*) from spending_caps") == 0
    assert (
        await client.post("/usage/caps", data={"vendor": "all", "period": "year", "dollars": "5"})
    ).status_code == 422


async def test_a_warning_is_shown_until_it_is_read(client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds) -> None:
    seeds.spent(tenant, 900_000)
    with psycopg.connect(seeds.owner_url) as owner:
        owner.execute("select app.raise_spend_alerts()")
    assert "90 % of the budget of Dentists in Austin is spent: $0.90 of $1.00." in text_of(await client.get("/usage"))
    newest = seeds.value("select max(id) from notifications")
    assert (await client.post("/usage/notifications/read", data={"id": str(newest)})).status_code == 303
    assert "90 %" not in text_of(await client.get("/usage"))


async def test_who_may_not_set_caps_or_keys_is_not_offered_to(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    await client.post("/usage/caps", data={"vendor": "hunter", "period": "day", "dollars": "5"})
    seeds.role(tenant, "viewer")
    page = (await client.get("/usage")).text
    assert "$5.00" in page
    assert 'action="/usage/caps' not in page
    assert 'href="/integrations"' not in page
    assert (await client.get("/integrations")).status_code == 403
    assert (
        await client.post("/usage/caps", data={"vendor": "hunter", "period": "day", "dollars": "9"})
    ).status_code == 403
