"""The world's websites are real pages over HTTP, by host name and by path."""

import httpx
from sandbox_server import Sandbox

from leadgen.sandbox.markdown import head, links, to_markdown
from leadgen.sandbox.world import Site, SiteKind


def site_of(sandbox: Sandbox, kind: SiteKind) -> Site:
    return next(site for site in sandbox.world.sites.values() if site.kind == kind)


def test_a_site_answers_under_its_own_host_name(sandbox: Sandbox) -> None:
    site = site_of(sandbox, "good")
    replies = [
        httpx.get(f"{sandbox.url}/contact", headers={"Host": host}, trust_env=False)
        for host in (site.domain, f"www.{site.domain}:80")
    ]

    assert [reply.text for reply in replies] == [site.pages["/contact"]] * 2
    assert replies[0].headers["content-type"] == "text/html; charset=utf-8"


def test_a_site_answers_by_path(sandbox: Sandbox) -> None:
    site = site_of(sandbox, "good")
    paths = {path: sandbox.http.get(f"/__site/{site.domain}{path}").text for path in site.pages}

    assert paths == site.pages
    assert sandbox.http.get(f"/__site/{site.domain}/nothing").status_code == 404
    assert sandbox.http.get("/__site/nowhere.example/").status_code == 404


def test_an_unreachable_site_is_a_bad_gateway(sandbox: Sandbox) -> None:
    assert sandbox.http.get(f"/__site/{site_of(sandbox, 'unreachable').domain}/").status_code == 502


def test_markdown_keeps_what_a_page_says_and_drops_how() -> None:
    html = (
        "<html><head><title> Us </title><style>p{}</style></head><body><nav><a href='/'>Home</a></nav>"
        "<h1>Hello <b>there</b></h1><p>One &amp; two.<br>Three</p><ul><li>A</li><li>B</li></ul>"
        "<script>ignored()</script><!-- unseen --><a href='/contact'>Write</a></body></html>"
    )

    assert to_markdown(html, main_only=True) == "# Hello there\n\nOne & two.\nThree\n\n- A\n- B\n\n[Write](/contact)"
    assert to_markdown(html, main_only=False).startswith("[Home](/)")
    assert head(html)["title"] == "Us"


def test_links_are_absolute_and_told_once() -> None:
    html = "<a href='/a'>1</a><a href='a#x'>2</a><a href='mailto:x@y.example'>3</a><a href='javascript:void(0)'>4</a>"

    assert links(html, "https://y.example/") == ("https://y.example/a", "mailto:x@y.example")
