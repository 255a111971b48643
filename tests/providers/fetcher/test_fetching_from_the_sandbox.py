"""The sandbox's world is read under its own names, and no other way to it opens."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from loopback_internet import Internet, redirect
from sandbox_server import serving

from leadgen.errors import ConfigurationError
from leadgen.providers.fetcher.courtesy import Courtesy
from leadgen.providers.fetcher.fetcher import Fetcher
from leadgen.providers.fetcher.transport import PublicTransport
from leadgen.sandbox.made import make_world
from leadgen.sandbox.world import Site, World


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(seed=3, prospects=20)


@pytest.fixture(scope="module")
def sandbox_url(world: World) -> Iterator[str]:
    with serving(world) as url:
        yield url


def site_of(world: World, kind: str) -> Site:
    return next(site for site in world.sites.values() if site.kind == kind)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_site_of_the_world_is_read(world: World, sandbox_url: str, scheme: str) -> None:
    site = site_of(world, "good")
    async with Fetcher(sandbox_url=sandbox_url) as fetcher:
        fetched = await fetcher.fetch(f"{scheme}://{site.domain}/contact")

    assert (fetched.status, fetched.text) == (200, site.pages["/contact"])
    assert fetched.final_url == f"{scheme}://{site.domain}/contact"


async def test_a_site_that_is_down_is_unavailable(world: World, sandbox_url: str) -> None:
    async with Fetcher(sandbox_url=sandbox_url) as fetcher:
        assert (await fetcher.fetch(f"http://{site_of(world, 'unreachable').domain}/")).reason == "unavailable"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "sandbox.com", "example", "notexample", "x.example.com", "x.example.com."]
)
async def test_no_other_host_leads_to_the_sandbox(sandbox_url: str, host: str, internet: Internet) -> None:
    internet.name("sandbox.com", ["127.0.0.1"])
    transport = PublicTransport(sandbox_url=sandbox_url, resolve=internet.resolve, dial=internet)
    async with Fetcher(transport=transport) as fetcher:
        fetched = [
            await fetcher.fetch(f"http://{host}{port}/__sandbox/calls")
            for port in ("", f":{urlsplit(sandbox_url).port}")
        ]

    assert all(page.refused for page in fetched)
    assert internet.dialled == []


async def test_other_hosts_are_read_from_the_web_as_ever(sandbox_url: str, internet: Internet) -> None:
    internet.page("smile.com/", redirect("http://10.0.0.1/"))
    transport = PublicTransport(sandbox_url=sandbox_url, resolve=internet.resolve, dial=internet)
    async with Fetcher(transport=transport, courtesy=Courtesy(page_every_seconds=0)) as fetcher:
        assert (await fetcher.fetch("http://smile.com/")).reason == "address"
    assert internet.asked["smile.com/"] == 1


async def test_without_a_sandbox_its_names_are_names_like_any(internet: Internet, fetcher: Fetcher) -> None:
    assert (await fetcher.fetch("http://smile.example/")).reason == "dns"
    assert internet.resolved == ["smile.example"]


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1:8100", "http://sandbox:8100", "https://127.0.0.1:8100", "127.0.0.1:8100", "http://1.1.1.1",
     "http://127.0.0.1:8100/path"],
)  # fmt: skip
def test_the_sandbox_must_be_on_this_machine(url: str) -> None:
    with pytest.raises(ConfigurationError):
        PublicTransport(sandbox_url=url)
