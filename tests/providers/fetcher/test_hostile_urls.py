"""However a page, a name server or a redirect points inside, nobody there sees a connection."""

import asyncio

import httpcore
import httpx
import pytest
from loopback_internet import PRIVATE, PUBLIC, PUBLIC_TOO, Internet, html, redirect

from leadgen.providers.fetcher.fetcher import Fetcher
from leadgen.providers.fetcher.refusal import Refused
from leadgen.providers.fetcher.transport import PublicBackend, PublicTransport, resolve_by_system

HOSTS = [
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.255.255.254", "2130706433", "017700000001", "0x7f000001", "0x7f.1",
    "0177.0.0.1", "%31%32%37.0.0.1", "１２７.0.0.1", "0", "0.0.0.0", "localhost", "localhost.", "ip6-localhost",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:1::1]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "169.254.169.254", "[::ffff:a9fe:a9fe]", "[fe80::1]", "[fd00:ec2::254]",
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "224.0.0.1",
    "255.255.255.255", "240.0.0.1", "[ff02::1]", "168.63.129.16",
]  # fmt: skip
URLS = [
    *(f"{scheme}://{host}{port}/" for host in HOSTS for scheme in ("http", "https") for port in ("", ":{port}")),
    "http://user:word@127.0.0.1:{port}/", "http://smile.com@127.0.0.1/", "http://127.0.0.1\\@smile.com/",
    "http://smile.com:22/", "http://smile.com:{port}/", "//127.0.0.1/", "file:///etc/passwd", "file://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_GET", "ftp://127.0.0.1:{port}/", "dict://127.0.0.1:{port}/", "ws://127.0.0.1:{port}/",
]  # fmt: skip
ADDRESSES = [
    "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.31.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "192.0.0.192",
    "224.0.0.1", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::808:808", "2002:a00:1::1",
    "2001::1", "fe80::1%eth0", "fd00::1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("url", URLS)
async def test_a_hostile_url_reaches_nobody(internet: Internet, fetcher: Fetcher, url: str) -> None:
    internet.name("smile.com")
    fetched = await fetcher.fetch(url.replace("{port}", str(internet.forbidden_port)))

    assert fetched.reason in {"url", "address"}
    assert fetched.refused
    assert (internet.dialled, internet.forbidden_connections) == ([], 0)


@pytest.mark.parametrize("url", URLS)
async def test_a_redirect_to_a_hostile_url_reaches_nobody(internet: Internet, fetcher: Fetcher, url: str) -> None:
    target = url.replace("{port}", str(internet.forbidden_port))
    internet.page("smile.com/", redirect(target.encode().decode("latin-1")))
    fetched = await fetcher.fetch("http://smile.com/")

    assert fetched.reason in {"url", "address"}
    assert set(internet.dialled) == {(PUBLIC, 80)}
    assert internet.forbidden_connections == 0


async def test_no_hostile_host_reaches_a_listener_by_the_real_network() -> None:
    """Nothing is injected here: what the resolver and the network of this machine do with such a host, they would do."""
    connections = 0

    async def count(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        writer.close()

    server = await asyncio.start_server(count, "127.0.0.1", 0)
    async with server, Fetcher() as fetcher:
        port = server.sockets[0].getsockname()[1]
        fetched = [await fetcher.fetch(f"http://{host}:{port}/") for host in HOSTS]

    assert not [page.url for page in fetched if page.refused is None]
    assert connections == 0


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_name_of_a_hostile_address_reaches_nobody(internet: Internet, fetcher: Fetcher, address: str) -> None:
    internet.name("smile.com", [address])
    fetched = await fetcher.fetch("http://smile.com/")

    assert fetched.reason == "address"
    assert "smile.com leads to " in (fetched.refused or "")
    assert (internet.dialled, internet.forbidden_connections) == ([], 0)


@pytest.mark.parametrize("addresses", [[PUBLIC, PRIVATE], [PRIVATE, PUBLIC]])
async def test_one_hostile_address_among_a_names_is_enough_to_refuse_it(
    internet: Internet, fetcher: Fetcher, addresses: list[str]
) -> None:
    internet.name("smile.com", addresses)

    assert (await fetcher.fetch("http://smile.com/")).reason == "address"
    assert internet.dialled == []


async def test_a_name_that_changes_its_address_is_connected_to_where_it_was_checked(
    internet: Internet, fetcher: Fetcher
) -> None:
    internet.name("smile.com", [PUBLIC], [PRIVATE])
    internet.page("smile.com/", html("hello"))
    fetched = await fetcher.fetch("http://smile.com/")

    assert fetched.status == 200
    assert internet.resolved == ["smile.com"]
    assert internet.dialled == [(PUBLIC, 80)]


async def test_each_hop_is_checked_anew(internet: Internet, fetcher: Fetcher) -> None:
    """The first hop's connection is closed, so that the second hop has to ask the name server again."""
    internet.name("smile.com", [PUBLIC], [PUBLIC_TOO], [PRIVATE])
    internet.page("smile.com/robots.txt", html("", status=404, headers={"Connection": "close"}))
    internet.page("smile.com/", redirect("http://smile.com/second", Connection="close"))
    internet.page("smile.com/second", html("never read"))
    fetched = await fetcher.fetch("http://smile.com/")

    assert fetched.reason == "address"
    assert internet.dialled == [(PUBLIC, 80), (PUBLIC_TOO, 80)]
    assert internet.asked["smile.com/second"] == 0


async def test_robots_txt_may_not_lead_inside_either(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/robots.txt", redirect("http://169.254.169.254/latest/meta-data"))
    internet.page("smile.com/", html("hello"))
    fetched = await fetcher.fetch("http://smile.com/")

    assert fetched.reason == "address"
    assert set(internet.dialled) == {(PUBLIC, 80)}
    assert internet.asked["smile.com/"] == 0


async def test_the_next_address_of_a_host_is_tried_where_one_does_not_answer(
    internet: Internet, fetcher: Fetcher, unused_tcp_port: int
) -> None:
    internet.name("smile.com", [PUBLIC_TOO, PUBLIC])
    internet.ports[PUBLIC_TOO, 80] = unused_tcp_port
    internet.page("smile.com/", html("hello"))

    assert (await fetcher.fetch("http://smile.com/")).status == 200
    assert internet.dialled == [(PUBLIC_TOO, 80), (PUBLIC, 80)]


async def test_the_backend_alone_lets_nothing_through() -> None:
    """Whoever forgets to check a URL first is stopped where connections are made."""
    backend = PublicBackend(resolve_by_system, httpcore.AnyIOBackend())
    for host, port in [("127.0.0.1", 80), ("1.1.1.1", 22), ("::1", 443), ("localhost", 80)]:
        with pytest.raises(Refused):
            await backend.connect_tcp(host, port)
    with pytest.raises(Refused):
        await backend.connect_unix_socket("/var/run/docker.sock")


async def test_proxies_of_the_environment_are_not_used(
    internet: Internet, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{internet.forbidden_port}")
    internet.page("smile.com/", html("hello"))

    async with internet.fetcher() as under_proxy:
        assert (await under_proxy.fetch("http://smile.com/")).status == 200
    assert internet.forbidden_connections == 0


async def test_a_request_that_skips_the_fetcher_is_stopped_by_the_transport() -> None:
    transport = PublicTransport()
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        with pytest.raises(Refused):
            await client.get("http://[::ffff:127.0.0.1]/")
