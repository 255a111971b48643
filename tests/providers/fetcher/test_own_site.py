"""Pages of our own fetcher are answers like a vendor's: stored, shared, free."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from aiohttp import web
from databases import MakeTenant
from loopback_internet import Internet, html, redirect

from leadgen.errors import VendorUnavailable
from leadgen.providers.client import ProviderClient
from leadgen.providers.fetcher.fetcher import Fetcher
from leadgen.providers.journal import Work
from leadgen.providers.own_site import OwnSite
from leadgen.settings import Settings, VendorSettings
from leadgen.store.connections import Connections
from leadgen.store.database import Database

PAGE = """<!doctype html><html lang="en"><head><title>Smile Dental</title>
<meta name="description" content="Dentists in Austin"></head><body><nav><a href="/">Home</a></nav>
<main><h1>Smile Dental</h1><p>We have been taking care of teeth in Austin since 1998, gently.</p>
<a href="/team">Our team</a> <a href="mailto:hi@smile.com">Write</a></main></body></html>"""


def settings(**changes: float) -> Settings:
    vendor = Settings(_env_file=None).own_fetcher
    return Settings(_env_file=None, own_fetcher=VendorSettings.model_validate({**vendor.model_dump(), **changes}))


@asynccontextmanager
async def own_site(urls: Connections, organization: UUID, fetcher: Fetcher, **changes: float) -> AsyncIterator[OwnSite]:
    work = Work(organization, None, "run")
    async with ProviderClient(settings(**changes), urls.pipeline, work) as client:
        yield OwnSite(client, fetcher)


@pytest.fixture
def organization(make_tenant: MakeTenant) -> UUID:
    return make_tenant("Smile").organization_id


@pytest.fixture
async def site(database_urls: Connections, organization: UUID, fetcher: Fetcher) -> AsyncIterator[OwnSite]:
    async with own_site(database_urls, organization, fetcher) as running:
        yield running


def page(text: str = PAGE, **options: object) -> web.Response:
    return web.Response(text=text, content_type="text/html", **options)  # type: ignore[arg-type]


async def test_a_page_is_read_as_firecrawl_would(internet: Internet, site: OwnSite) -> None:
    internet.page("smile.com/", redirect("http://www.smile.com/"))
    internet.page("www.smile.com/", page())
    answer = await site.fetch("http://smile.com/")

    assert answer.value is not None
    assert (answer.value.url, answer.value.status_code, answer.value.error) == ("http://www.smile.com/", 200, None)
    assert (answer.value.title, answer.value.description, answer.value.language) == (
        "Smile Dental",
        "Dentists in Austin",
        "en",
    )
    assert answer.value.raw_html == PAGE
    assert answer.value.markdown.startswith("# Smile Dental")
    assert "Home" not in answer.value.markdown
    assert answer.value.links == ("http://www.smile.com/", "http://www.smile.com/team", "mailto:hi@smile.com")
    assert (answer.receipt.vendor, answer.receipt.operation, answer.receipt.cached) == ("own_fetcher", "fetch", False)


async def test_a_page_is_asked_for_once_and_shared_between_tenants(
    internet: Internet, fetcher: Fetcher, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    internet.page("smile.com/", page())
    for name in ("Smile", "Grin"):
        async with own_site(database_urls, make_tenant(name).organization_id, fetcher) as site:
            for url in ("http://smile.com/", "HTTP://Smile.com:80/#team"):
                answer = await site.fetch(url)
                assert answer.value is not None
                assert answer.value.raw_html == PAGE

    assert internet.asked["smile.com/"] == 1
    assert answer.receipt.cached


async def test_a_page_costs_nothing(
    internet: Internet, site: OwnSite, database_urls: Connections, organization: UUID
) -> None:
    internet.page("smile.com/", page())
    await site.fetch("http://smile.com/")
    async with Database(database_urls.pipeline) as database, database.tenant(organization) as transaction:
        [call] = await transaction.all("select status, cost_micros, usage from provider_calls", {})

    assert (call["status"], call["cost_micros"]) == ("settled", 0)
    assert call["usage"] == [{"unit": "page", "quantity": "1", "unit_price_micros": "0"}]


@pytest.mark.parametrize("status", [404, 410, 500, 503])
async def test_a_page_that_is_gone_is_a_miss_that_is_remembered(internet: Internet, site: OwnSite, status: int) -> None:
    internet.page("smile.com/", html("sorry", status=status))

    assert [(await site.fetch("http://smile.com/")).value for _ in range(2)] == [None, None]
    assert internet.asked["smile.com/"] == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://nowhere.com/",
        "http://127.0.0.1/",
        "http://smile.com:22/",
        "no url",
        "http://down.com/",
        "http://empty.com/",
    ],
)
async def test_where_the_public_can_read_nothing_there_is_a_miss(internet: Internet, site: OwnSite, url: str) -> None:
    internet.page("down.com/robots.txt", html("", status=502))
    internet.page("empty.com/", page(" \n"))

    assert (await site.fetch(url)).value is None


@pytest.mark.parametrize("status", [401, 403, 429])
async def test_a_site_that_turns_readers_away_is_there(internet: Internet, site: OwnSite, status: int) -> None:
    internet.page("smile.com/", html("no", status=status))
    answer = await site.fetch("http://smile.com/")

    assert answer.value is not None
    assert answer.value.status_code == status


async def test_a_page_that_is_not_ours_to_read_says_so(internet: Internet, site: OwnSite) -> None:
    internet.page("smile.com/robots.txt", web.Response(text="User-agent: *\nDisallow: /"))
    internet.page("files.com/", web.Response(body=b"%PDF", content_type="application/pdf"))
    closed, document = [(await site.fetch(f"http://{host}/")).value for host in ("smile.com", "files.com")]

    assert closed is not None
    assert document is not None
    assert (closed.status_code, closed.raw_html, closed.error) == (None, "", "the robots.txt of smile.com disallows it")
    assert (document.status_code, document.raw_html) == (200, "")
    assert "application/pdf" in (document.error or "")


async def test_a_page_with_nul_characters_can_be_stored(internet: Internet, site: OwnSite) -> None:
    internet.page("smile.com/", page(PAGE.replace("Dental", "Den\0tal")))
    answer = await site.fetch("http://smile.com/")

    assert answer.value is not None
    assert answer.value.raw_html == PAGE


async def test_when_we_are_offline_the_call_fails_and_not_the_lead(
    internet: Internet, fetcher: Fetcher, database_urls: Connections, organization: UUID
) -> None:
    internet.silent.add("lost.com")
    async with own_site(database_urls, organization, fetcher, deadline_seconds=0.01) as site:
        with pytest.raises(VendorUnavailable):
            await site.fetch("http://lost.com/")


async def test_a_name_server_that_is_down_while_sites_answer_is_the_sites_own(
    internet: Internet, site: OwnSite
) -> None:
    internet.silent.add("lost.com")
    internet.page("smile.com/", page())
    await site.fetch("http://smile.com/")

    assert (await site.fetch("http://lost.com/")).value is None
