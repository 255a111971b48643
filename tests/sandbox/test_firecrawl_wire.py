"""Firecrawl in the sandbox: VENDORS.md section 7 on the wire."""

from typing import Any

import httpx
import pytest
from sandbox_server import Sandbox
from wire_contract import WireContract

from leadgen.sandbox.world import Site, SiteKind

SCRAPE, MAP, USAGE = "/v2/scrape", "/v2/map", "/v2/team/credit-usage"


@pytest.fixture(scope="module")
def contract() -> WireContract:
    return WireContract("firecrawl/firecrawl-v2.trimmed.json", prefix="/v2")


def post(sandbox: Sandbox, path: str, **body: Any) -> httpx.Response:
    return sandbox.http.post(f"/firecrawl{path}", json=body, headers={"Authorization": f"Bearer {sandbox.key}"})


def sites(sandbox: Sandbox, kind: SiteKind) -> list[Site]:
    return [site for site in sandbox.world.sites.values() if site.kind == kind]


def test_a_page_comes_in_the_formats_asked_for(sandbox: Sandbox, contract: WireContract) -> None:
    site = sites(sandbox, "good")[0]
    reply = post(sandbox, SCRAPE, url=f"https://{site.domain}", formats=["markdown", {"type": "rawHtml"}, "links"])
    data = contract.check(reply, SCRAPE)["data"]
    scheme = "https" if site.https else "http"

    assert data.keys() == {"markdown", "rawHtml", "links", "metadata"}
    assert data["rawHtml"] == site.pages["/"]
    assert data["markdown"].startswith("# ")
    assert f"{scheme}://{site.domain}/about" in data["links"]
    assert data["metadata"]["statusCode"] == 200
    assert data["metadata"]["url"] == f"{scheme}://{site.domain}/"


def test_only_the_main_content_leaves_out_header_and_footer(sandbox: Sandbox) -> None:
    url = f"https://{sites(sandbox, 'good')[0].domain}/"
    main, whole = (
        post(sandbox, SCRAPE, url=url, onlyMainContent=only).json()["data"]["markdown"] for only in (True, False)
    )

    assert "All rights reserved" in whole
    assert "All rights reserved" not in main


def test_a_page_that_is_not_there_is_a_404_inside_a_200_and_billed(sandbox: Sandbox, contract: WireContract) -> None:
    reply = post(sandbox, SCRAPE, url=f"https://{sites(sandbox, 'good')[0].domain}/nothing-here")
    metadata = contract.check(reply, SCRAPE)["data"]["metadata"]

    assert (reply.status_code, metadata["statusCode"], metadata["error"]) == (200, 404, "Not Found")
    assert sandbox.counts("firecrawl")["bill"] == {"units": {"credit": 1}, "micros": 830}


def test_dead_sites_are_a_502_inside_a_200_or_do_not_resolve(sandbox: Sandbox, contract: WireContract) -> None:
    shapes = set()
    for site in sites(sandbox, "unreachable"):
        answer = contract.check(post(sandbox, SCRAPE, url=f"https://{site.domain}/"), SCRAPE)
        shapes.add(answer["data"]["metadata"]["statusCode"] if answer["success"] else answer["code"])
    unknown = contract.check(post(sandbox, SCRAPE, url="https://nowhere.example/"), SCRAPE)

    assert shapes == {502, "SCRAPE_DNS_RESOLUTION_ERROR"}
    assert (unknown["success"], unknown["code"]) == (False, "SCRAPE_DNS_RESOLUTION_ERROR")


def test_social_networks_are_not_read(sandbox: Sandbox) -> None:
    reply = post(sandbox, SCRAPE, url="https://www.facebook.com/some-dentist")

    assert (reply.status_code, reply.json()["success"]) == (403, False)


def test_a_map_lists_the_pages(sandbox: Sandbox, contract: WireContract) -> None:
    site = sites(sandbox, "good")[0]
    links = contract.check(post(sandbox, MAP, url=f"https://{site.domain}", search="contact"), MAP)["links"]

    assert links[0]["url"].endswith("/contact")
    assert len(links) == len(site.pages)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_type"),
        ({"url": "https://x.example", "pageOptions": {}}, "unrecognized_keys"),
        ({"url": "ftp://x.example"}, "custom"),
        ({"url": "https://localhost"}, "custom"),
        ({"url": "https://x.example", "formats": ["pdf"]}, "invalid_union"),
        ({"url": "https://x.example", "timeout": 999}, "too_small"),
        ({"url": "https://x.example", "onlyMainContent": "yes"}, "invalid_type"),
    ],
)
def test_a_wrong_request_is_a_bad_request(sandbox: Sandbox, body: dict[str, Any], code: str) -> None:
    reply = post(sandbox, SCRAPE, **body)

    assert (reply.status_code, reply.json()["success"]) == (400, False)
    assert reply.json()["details"][0]["code"] == code


def test_a_wrong_key_is_refused(sandbox: Sandbox) -> None:
    reply = sandbox.http.post("/firecrawl/v2/scrape", json={}, headers={"Authorization": "Bearer fc-not-ours"})

    assert (reply.status_code, reply.json()["success"]) == (401, False)


def test_over_the_rate_it_says_when_to_come_again_and_over_the_plan_402(
    sandbox: Sandbox, contract: WireContract
) -> None:
    url = f"https://{sites(sandbox, 'good')[0].domain}/"
    sandbox.admin("PUT", "/limits", json={"firecrawl": {"rates": [{"requests": 1, "seconds": 60}]}})
    post(sandbox, SCRAPE, url=url)
    throttled = post(sandbox, SCRAPE, url=url)
    sandbox.admin("PUT", "/limits", json={"firecrawl": {"rates": [], "quota": 0}})
    spent = post(sandbox, SCRAPE, url=url)

    assert (throttled.status_code, spent.status_code) == (429, 402)
    assert 55 < int(throttled.headers["retry-after"]) <= 60
    assert all("error" in contract.check(reply, SCRAPE) for reply in (throttled, spent))


def test_the_credits_left_are_told(sandbox: Sandbox, contract: WireContract) -> None:
    headers = {"Authorization": f"Bearer {sandbox.key}"}
    before = contract.check(sandbox.http.get(f"/firecrawl{USAGE}", headers=headers), USAGE)["data"]
    post(sandbox, SCRAPE, url=f"https://{sites(sandbox, 'good')[0].domain}/")
    after = sandbox.http.get(f"/firecrawl{USAGE}", headers=headers).json()["data"]

    assert before["remainingCredits"] - after["remainingCredits"] == 1
