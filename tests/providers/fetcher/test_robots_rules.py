"""robots.txt is obeyed as RFC 9309 says, and asked for once."""

import asyncio
import gzip

import httpx
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from loopback_internet import PUBLIC, Internet, html, redirect

from leadgen.providers.fetcher.fetcher import Fetcher
from leadgen.providers.fetcher.refusal import Refused
from leadgen.providers.fetcher.robots import BROKEN_SECONDS, MOST_BYTES, RULES_SECONDS, Robots, RobotsFile

SITE = httpx.URL("https://smile.com/")


async def is_allowed(file: RobotsFile | str | bytes, path: str = "/") -> bool:
    """What a site's file means for one of its pages."""
    if isinstance(file, str):
        file = file.encode()
    if isinstance(file, bytes):
        file = RobotsFile(200, file)

    async def get(_url: httpx.URL) -> RobotsFile:
        return file

    try:
        await Robots().require_allowed(SITE.join(path), get)
    except Refused:
        return False
    return True


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/", True),
        ("User-agent: *\nDisallow:", "/", True),
        ("User-agent: *\nDisallow: /", "/", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow: /private", "/private/a", False),
        ("User-agent: *\nDisallow: /private", "/public", True),
        # the group of our name counts, however it is spelled, and then no other
        ("User-agent: *\nDisallow: /\n\nUser-agent: leadgen\nDisallow: /private", "/", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: LEADGEN\nDisallow: /", "/", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: LeadGen\nDisallow:", "/", True),
        ("User-agent: OtherBot\nDisallow: /", "/", True),
        ("User-agent: OtherBot\nUser-agent: LeadGen\nDisallow: /", "/", False),
        ("User-agent: NotLeadGen\nDisallow: /", "/", True),
        # groups of one name are one group
        (
            "User-agent: LeadGen\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\nUser-agent: LeadGen\nDisallow: /b",
            "/b",
            False,
        ),
        # the longest match decides, Allow where two are as long
        ("User-agent: *\nDisallow: /shop\nAllow: /shop/open", "/shop/open/1", True),
        ("User-agent: *\nAllow: /shop\nDisallow: /shop/closed", "/shop/closed", False),
        ("User-agent: *\nDisallow: /page\nAllow: /page", "/page", True),
        ("User-agent: *\nAllow: /a*b\nDisallow: /aaaaaaaab", "/aaaaaaaab", False),
        # * and $
        ("User-agent: *\nDisallow: /*.php$", "/a.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/a.php5", True),
        ("User-agent: *\nDisallow: /*?id=", "/a?x=1&id=2", True),
        ("User-agent: *\nDisallow: /*?id=", "/a?id=2", False),
        # paths are compared decoded, and with case
        ("User-agent: *\nDisallow: /b%C3%A4r", "/bär", False),
        ("User-agent: *\nDisallow: /bär", "/b%c3%a4r", False),
        ("User-agent: *\nDisallow: /Private", "/private", True),
        # comments, a byte order mark, other line ends
        ("# hello\nUser-agent: * # all\nDisallow: / # everything", "/", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/", False),
        ("User-agent: *\r\nDisallow: /\r\n", "/", False),
        ("<html>not found</html>", "/", True),
    ],
)
async def test_rules_mean_what_the_rfc_says(rules: str, path: str, allowed: bool) -> None:
    assert await is_allowed(rules, path) is allowed


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        *((status, True) for status in (304, 400, 401, 403, 404, 410, 429)),
        *((status, False) for status in (500, 502, 503)),
    ],
)
async def test_without_a_file_all_is_allowed_and_with_a_broken_server_nothing(status: int, allowed: bool) -> None:
    assert await is_allowed(RobotsFile(status, b"User-agent: *\nDisallow: /")) is allowed


async def test_only_whole_lines_of_the_first_500_kib_count() -> None:
    head = b"User-agent: *\n" + b"Disallow: /x\n" * (MOST_BYTES // 13)
    cut = (head + b"Disallow: /open/but/not/this")[:MOST_BYTES]

    assert len(cut) == MOST_BYTES
    assert await is_allowed(cut, "/open/door")
    assert not await is_allowed(cut, "/x")


@given(st.binary(max_size=300), st.text(max_size=40))
async def test_no_file_and_no_path_is_more_than_allowed_or_refused(content: bytes, path: str) -> None:
    try:
        url = SITE.copy_with(path="/" + path)
    except httpx.InvalidURL:
        return
    assert await is_allowed(b"User-agent: *\nDisallow: " + content, str(url)) in {True, False}


async def test_rules_are_kept_for_a_day_and_a_broken_servers_answer_for_minutes() -> None:
    clock = 0.0
    answers = [RobotsFile(503, b""), RobotsFile(200, b"User-agent: *\nDisallow: /private"), RobotsFile(404, b"")]
    robots = Robots(now=lambda: clock)
    asked = 0

    async def get(_url: httpx.URL) -> RobotsFile:
        nonlocal asked
        asked += 1
        return answers[asked - 1]

    async def allows(path: str) -> bool:
        try:
            await robots.require_allowed(SITE.join(path), get)
        except Refused:
            return False
        return True

    assert [await allows("/"), await allows("/")] == [False, False]
    assert asked == 1
    clock += BROKEN_SECONDS
    assert [await allows("/"), await allows("/private"), await allows("/a")] == [True, False, True]
    assert asked == 2
    clock += RULES_SECONDS
    assert await allows("/private")
    assert asked == 3


async def test_each_site_has_rules_of_its_own() -> None:
    asked: list[str] = []

    async def get(url: httpx.URL) -> RobotsFile:
        asked.append(str(url))
        return RobotsFile(404, b"")

    robots = Robots()
    for url in (
        "http://smile.com/a?b",
        "https://smile.com/",
        "https://www.smile.com/",
        "http://smile.com/c",
        "http://smile.com:443/",
    ):
        await robots.require_allowed(httpx.URL(url), get)

    assert asked == [
        "http://smile.com/robots.txt",
        "https://smile.com/robots.txt",
        "https://www.smile.com/robots.txt",
        "http://smile.com:443/robots.txt",
    ]


def disallow(path: str = "/") -> web.Response:
    return web.Response(text=f"User-agent: LeadGen\nDisallow: {path}\n")


async def test_a_disallowed_page_is_not_asked_for(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/robots.txt", disallow("/private"))
    internet.page("smile.com/private", html("secret"))
    internet.page("smile.com/", html("hello"))
    private = await fetcher.fetch("http://smile.com/private")

    assert (private.reason, private.status, private.content) == ("robots", None, b"")
    assert (await fetcher.fetch("http://smile.com/")).status == 200
    assert internet.asked == {"smile.com/robots.txt": 1, "smile.com/": 1}


async def test_pages_that_are_fetched_at_once_ask_for_the_rules_once(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/robots.txt", disallow("/private"))
    await asyncio.gather(*(fetcher.fetch(f"http://smile.com/{page}") for page in range(5)))

    assert internet.asked["smile.com/robots.txt"] == 1


async def test_where_a_page_redirects_to_is_asked_for_its_rules_too(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/", redirect("http://closed.com/"))
    internet.page("closed.com/robots.txt", disallow())
    internet.page("closed.com/", html("hello"))
    fetched = await fetcher.fetch("http://smile.com/")

    assert (fetched.reason, fetched.final_url) == ("robots", "http://closed.com/")
    assert internet.asked["closed.com/"] == 0


async def test_a_redirected_file_counts_for_the_site_that_redirects(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/robots.txt", redirect("http://files.com/robots.txt"))
    internet.page("files.com/robots.txt", disallow())

    assert (await fetcher.fetch("http://smile.com/")).reason == "robots"


async def test_a_file_that_redirects_for_ever_is_none(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/robots.txt", redirect("/robots.txt"))
    internet.page("smile.com/", html("hello"))

    assert (await fetcher.fetch("http://smile.com/")).status == 200
    assert internet.asked["smile.com/robots.txt"] == 6


async def test_a_large_or_compressed_file_is_read_as_far_as_it_counts(internet: Internet, fetcher: Fetcher) -> None:
    rules = b"User-agent: LeadGen\nDisallow: /\n" + b"# filler\n" * 2_000_000
    internet.page("smile.com/robots.txt", web.Response(body=rules))
    internet.page("zip.com/robots.txt", web.Response(body=gzip.compress(rules), headers={"Content-Encoding": "gzip"}))

    assert (await fetcher.fetch("http://smile.com/")).reason == "robots"
    assert (await fetcher.fetch("http://zip.com/")).reason == "robots"


async def test_a_broken_site_is_unavailable(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/robots.txt", html("", status=502))
    internet.page("smile.com/", html("hello"))
    fetched = await fetcher.fetch("http://smile.com/")

    assert (fetched.reason, fetched.refused) == ("unavailable", "smile.com answers 502 for robots.txt")
    assert internet.asked["smile.com/"] == 0


async def test_a_site_that_was_out_of_reach_is_asked_again_the_next_time(
    internet: Internet, fetcher: Fetcher, unused_tcp_port: int
) -> None:
    internet.page("smile.com/", html("hello"))
    there = internet.ports[PUBLIC, 80]
    internet.ports[PUBLIC, 80] = unused_tcp_port
    assert (await fetcher.fetch("http://smile.com/")).reason == "connection"

    internet.ports[PUBLIC, 80] = there
    assert (await fetcher.fetch("http://smile.com/")).status == 200
