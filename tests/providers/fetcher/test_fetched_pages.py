"""A page is read whole, within its limits, or refused with the reason; whatever a site does, nothing is raised."""

import asyncio
import gzip
import zlib
from typing import Any

import pytest
from aiohttp import web
from loopback_internet import PUBLIC, Internet, html, raw_server, redirect

from leadgen.providers.fetcher.fetcher import USER_AGENT, Fetcher, Limits

SMALL = Limits(most_bytes=10_000)
HASTY = Limits(seconds=0.2)


def compressed(data: bytes, encoding: str = "gzip", **options: Any) -> web.Response:
    return web.Response(body=data, content_type="text/html", headers={"Content-Encoding": encoding}, **options)


async def test_a_page_is_read_as_bytes_and_text_with_its_headers(internet: Internet, fetcher: Fetcher) -> None:
    headers = {"Set-Cookie": "session=secret", "X-Powered-By": "PHP/8"}
    internet.page("smile.com/team", html("Zahnärzte", headers=headers))
    fetched = await fetcher.fetch("http://smile.com/team#people")

    assert (fetched.url, fetched.final_url) == ("http://smile.com/team#people", "http://smile.com/team")
    assert (fetched.status, fetched.refused, fetched.reason) == (200, None, None)
    assert "Zahnärzte" in fetched.text
    assert fetched.content == fetched.text.encode()
    assert fetched.size == len(fetched.content)
    assert fetched.content_type == "text/html"
    assert fetched.headers["x-powered-by"] == "PHP/8"
    assert "set-cookie" not in fetched.headers
    assert fetched.seconds > 0


async def test_we_say_who_we_are(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/", html("hello"))
    await fetcher.fetch("http://smile.com/")

    assert {request.headers["User-Agent"] for request in internet.requests} == {USER_AGENT}
    assert {request.headers["Host"] for request in internet.requests} == {"smile.com"}


async def test_no_cookie_is_ever_sent(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/", redirect("/in", **{"Set-Cookie": "session=1"}))
    internet.page("smile.com/in", html("hello", headers={"Set-Cookie": "session=2; Path=/"}))
    for url in ("http://smile.com/", "http://smile.com/in"):
        assert (await fetcher.fetch(url)).status == 200

    assert not [request for request in internet.requests if "Cookie" in request.headers]


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
async def test_an_error_of_the_site_is_an_answer(internet: Internet, fetcher: Fetcher, status: int) -> None:
    internet.page("smile.com/", html("sorry", status=status))
    fetched = await fetcher.fetch("http://smile.com/")

    assert (fetched.status, fetched.refused) == (status, None)
    assert "sorry" in fetched.text


async def test_an_international_host_is_asked_for_in_ascii(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("xn--mnchen-3ya.de/", redirect("http://faß.de/"))
    internet.page("xn--fa-hia.de/", html("hello"))
    fetched = await fetcher.fetch("http://MÜNCHEN.de/")

    assert (fetched.status, fetched.final_url) == (200, "http://xn--fa-hia.de/")
    assert internet.resolved == ["xn--mnchen-3ya.de", "xn--fa-hia.de"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_to_where_they_end(internet: Internet, fetcher: Fetcher, status: int) -> None:
    internet.page("smile.com/", redirect("//www.smile.com/a/b?c=d", status))
    internet.page("www.smile.com/a/b", redirect("../home#top", status))
    internet.page("www.smile.com/home", html("hello"))
    fetched = await fetcher.fetch("http://smile.com/")

    assert (fetched.status, fetched.final_url) == (200, "http://www.smile.com/home")


@pytest.mark.parametrize(("hops", "status"), [(5, 200), (6, 302)])
async def test_at_most_five_redirects_are_followed(
    internet: Internet, fetcher: Fetcher, hops: int, status: int
) -> None:
    for hop in range(hops):
        internet.page(f"smile.com/{hop}", redirect(f"/{hop + 1}"))
    internet.page(f"smile.com/{hops}", html("hello"))
    fetched = await fetcher.fetch("http://smile.com/0")

    assert fetched.status == status
    assert fetched.reason == (None if hops == 5 else "redirects")
    assert fetched.final_url == f"http://smile.com/{hops}"
    assert internet.asked[f"smile.com/{hops}"] == (hops == 5)


async def test_a_redirect_whose_body_never_comes_is_followed(internet: Internet, fetcher: Fetcher) -> None:
    async def withhold(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=301, headers={"Location": "/home", "Content-Length": "100"})
        await response.prepare(request)
        await asyncio.Event().wait()
        return response

    internet.page("smile.com/", withhold)
    internet.page("smile.com/home", html("hello"))

    assert (await fetcher.fetch("http://smile.com/")).status == 200


async def test_one_connection_serves_a_site(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/", redirect("/home"))
    internet.page("smile.com/home", html("hello"))
    await fetcher.fetch("http://smile.com/")

    assert internet.dialled == [(PUBLIC, 80)]


async def test_a_circle_of_redirects_is_left_at_once(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/", redirect("/in"))
    internet.page("smile.com/in", redirect("/"))
    fetched = await fetcher.fetch("http://smile.com/")

    assert fetched.reason == "redirects"
    assert internet.asked["smile.com/"] == internet.asked["smile.com/in"] == 1


@pytest.mark.parametrize(
    "location", ["http://[", "https://a b/", "http://☃☃☃.\u2024/", "http://smile.com:port/", "mailto:a@b.c"]
)
async def test_a_redirect_to_nonsense_is_refused(internet: Internet, fetcher: Fetcher, location: str) -> None:
    internet.page("smile.com/", redirect(location))

    assert (await fetcher.fetch("http://smile.com/")).reason == "url"


async def test_a_redirect_status_without_a_location_is_a_page(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/", html("choose", status=302))

    assert (await fetcher.fetch("http://smile.com/")).status == 302


@pytest.mark.parametrize("media_type", ["application/pdf", "image/png", "application/json", "application/octet-stream"])
async def test_what_is_no_text_is_not_read(internet: Internet, fetcher: Fetcher, media_type: str) -> None:
    internet.page("smile.com/", web.Response(body=b"%PDF", content_type=media_type))
    fetched = await fetcher.fetch("http://smile.com/")

    assert (fetched.reason, fetched.status, fetched.content) == ("type", 200, b"")
    assert media_type in (fetched.refused or "")


@pytest.mark.parametrize("header", ["text/html", "TEXT/HTML; charset=UTF-8", "application/xhtml+xml", "text/plain;x"])
async def test_text_is_read_however_its_type_is_spelled(internet: Internet, fetcher: Fetcher, header: str) -> None:
    internet.page("smile.com/", web.Response(body=b"hello", headers={"Content-Type": header}))

    assert (await fetcher.fetch("http://smile.com/")).text == "hello"


@pytest.mark.parametrize(("size", "reason"), [(10_000, None), (10_001, "size")])
async def test_a_page_may_be_as_large_as_the_limit(
    internet: Internet, fetcher: Fetcher, size: int, reason: str | None
) -> None:
    internet.page("smile.com/", web.Response(body=b"x" * size, content_type="text/html"))
    fetched = await fetcher.fetch("http://smile.com/", limits=SMALL)

    assert fetched.reason == reason
    assert fetched.size == (size if reason is None else 0)


async def test_an_endless_page_is_left_at_the_limit(internet: Internet, fetcher: Fetcher) -> None:
    sent = 0

    async def pour(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        await response.prepare(request)
        while True:
            await response.write(b"x" * 1_000)
            sent += 1_000

    internet.page("smile.com/", pour)
    fetched = await fetcher.fetch("http://smile.com/")

    assert fetched.reason == "size"
    assert sent < 20_000_000  # what the sockets' buffers hold on top of the limit


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP", "identity"])
async def test_a_compressed_page_is_decompressed(internet: Internet, fetcher: Fetcher, encoding: str) -> None:
    data = b"hello " * 1_000
    wire = data if encoding == "identity" else gzip.compress(data)
    internet.page("smile.com/", compressed(wire, encoding))

    assert (await fetcher.fetch("http://smile.com/", limits=SMALL)).content == data


@pytest.mark.parametrize("layers", [1, 2])
async def test_a_bomb_is_never_inflated_beyond_the_limit(internet: Internet, fetcher: Fetcher, layers: int) -> None:
    bomb = b"\0" * 100_000_000
    for _ in range(layers):
        bomb = gzip.compress(bomb)
    internet.page("smile.com/", compressed(bomb, ", ".join(["gzip"] * layers)))
    fetched = await fetcher.fetch("http://smile.com/")

    assert fetched.reason == ("size" if layers == 1 else "encoding")
    assert fetched.content == b""


@pytest.mark.parametrize(
    ("data", "encoding"),
    [(zlib.compress(b"hello"), "deflate"), (b"hello", "br"), (b"hello", "zstd"), (b"this is no gzip at all", "gzip")],
)
async def test_a_page_in_an_encoding_that_was_not_asked_for_is_refused(
    internet: Internet, fetcher: Fetcher, data: bytes, encoding: str
) -> None:
    internet.page("smile.com/", compressed(data, encoding))

    assert (await fetcher.fetch("http://smile.com/")).reason == "encoding"


async def test_what_follows_a_compressed_page_is_not_read(internet: Internet, fetcher: Fetcher) -> None:
    internet.page("smile.com/", compressed(gzip.compress(b"hello") + b"\0" * 9_000))

    assert (await fetcher.fetch("http://smile.com/", limits=SMALL)).content == b"hello"


async def test_a_site_that_never_answers_is_left_when_the_time_is_up(internet: Internet, fetcher: Fetcher) -> None:
    async def wait(_request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    internet.page("smile.com/", wait)
    fetched = await fetcher.fetch("http://smile.com/", limits=HASTY)

    assert (fetched.reason, fetched.status) == ("time", None)


async def test_a_page_that_drips_is_left_when_the_time_is_up(internet: Internet, fetcher: Fetcher) -> None:
    """Each byte comes in time; the page never does."""

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.01)

    internet.page("smile.com/", drip)
    fetched = await fetcher.fetch("http://smile.com/", limits=HASTY)

    assert (fetched.reason, fetched.status, fetched.content) == ("time", 200, b"")


async def test_the_time_is_that_of_all_hops(internet: Internet, fetcher: Fetcher) -> None:
    """Each hop alone would be in time."""

    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.1)
        return redirect(f"{request.path}x")

    for hop in range(6):
        internet.page(f"smile.com/{'x' * hop}", slow)

    assert (await fetcher.fetch("http://smile.com/", limits=HASTY)).reason == "time"


async def test_a_name_without_an_address_is_told_as_such(fetcher: Fetcher) -> None:
    fetched = await fetcher.fetch("http://nowhere.com/")

    assert (fetched.reason, fetched.refused) == ("dns", "nowhere.com has no address")


async def test_a_closed_port_is_told_as_such(internet: Internet, fetcher: Fetcher, unused_tcp_port: int) -> None:
    internet.name("smile.com")
    internet.ports[PUBLIC, 80] = unused_tcp_port

    assert (await fetcher.fetch("http://smile.com/")).reason == "connection"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"220 smile.com ESMTP\r\n",
        b"\x16\x03\x01",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 20_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    ],
)
async def test_what_does_not_speak_http_is_told_as_such(internet: Internet, fetcher: Fetcher, answer: bytes) -> None:
    internet.name("smile.com")
    async with raw_server(answer) as port:
        internet.ports[PUBLIC, 80] = port
        fetched = await fetcher.fetch("http://smile.com/")

    assert fetched.reason == "protocol"


async def test_a_page_that_breaks_off_is_refused(internet: Internet, fetcher: Fetcher) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/html", "Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"<html>")
        assert request.transport is not None
        request.transport.abort()
        return response

    internet.page("smile.com/", break_off)

    assert (await fetcher.fetch("http://smile.com/")).reason in {"protocol", "connection"}


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "utf-7", "unicode_escape", "undefined", "no-such", "hex", "utf-16"]
)
async def test_no_charset_that_a_page_names_stops_us(internet: Internet, fetcher: Fetcher, charset: str) -> None:
    page = b"<p>+2AA- \\ud800 " + b"x" * 400_000 + b"-" + b"b" * 1_000 + b"a" * 400_000
    internet.page("smile.com/", web.Response(body=page, headers={"Content-Type": f"text/html; charset={charset}"}))
    fetched = await fetcher.fetch("http://smile.com/")

    assert fetched.refused is None
    assert fetched.text.encode()
