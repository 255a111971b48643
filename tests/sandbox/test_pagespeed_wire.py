"""PageSpeed in the sandbox: VENDORS.md section 3 on the wire."""

from typing import Any

import httpx
import pytest
from sandbox_server import Sandbox
from wire_contract import WireContract

from leadgen.sandbox.world import Site, SiteKind

RUN = "/pagespeedonline/v5/runPagespeed"


@pytest.fixture(scope="module")
def contract() -> WireContract:
    return WireContract("pagespeed/pagespeedonline-v5.openapi.json")


def run(sandbox: Sandbox, url: str | None, *more: tuple[str, str], key: str | None = None) -> httpx.Response:
    query: list[tuple[str, str | int | float | bool | None]] = [
        ("key", key or sandbox.key),
        *([("url", url)] if url else []),
        *more,
    ]
    return sandbox.http.get(f"/pagespeed{RUN}", params=query)


def site_of(sandbox: Sandbox, kind: SiteKind) -> Site:
    return next(site for site in sandbox.world.sites.values() if site.kind == kind)


def test_a_run_gives_the_scores_asked_for(sandbox: Sandbox, contract: WireContract) -> None:
    site = site_of(sandbox, "weak")
    categories = (("category", "PERFORMANCE"), ("category", "SEO"))
    reply = run(sandbox, f"https://{site.domain}/", ("strategy", "MOBILE"), *categories)
    result = contract.check(reply, RUN)["lighthouseResult"]

    assert {name: category["score"] for name, category in result["categories"].items()} == {
        "performance": (site.mobile_score or 0) / 100,
        "seo": (site.seo_score or 0) / 100,
    }
    assert result["audits"]["largest-contentful-paint"]["numericValue"] == site.load_ms
    assert result["audits"]["is-on-https"]["score"] == int(site.https)


def test_a_desktop_is_faster_than_a_phone(sandbox: Sandbox) -> None:
    url = f"https://{site_of(sandbox, 'weak').domain}/"
    scores = [
        run(sandbox, url, ("strategy", strategy)).json()["lighthouseResult"]["categories"]["performance"]["score"]
        for strategy in ("MOBILE", "DESKTOP")
    ]

    assert scores[0] < scores[1]


def test_fields_select_a_part_of_the_answer(sandbox: Sandbox) -> None:
    fields = "lighthouseResult(categories(performance(score)),audits/is-on-https,finalDisplayedUrl)"
    url = f"https://{site_of(sandbox, 'good').domain}/"
    answer = run(sandbox, url, ("category", "PERFORMANCE"), ("category", "SEO"), ("fields", fields)).json()

    assert answer.keys() == {"lighthouseResult"}
    assert answer["lighthouseResult"].keys() == {"categories", "audits", "finalDisplayedUrl"}
    assert answer["lighthouseResult"]["categories"].keys() == {"performance"}
    assert answer["lighthouseResult"]["categories"]["performance"].keys() == {"score"}
    assert answer["lighthouseResult"]["audits"].keys() == {"is-on-https"}


def test_unreachable_sites_show_as_lighthouse_errors_or_as_runs_without_scores(
    sandbox: Sandbox, contract: WireContract
) -> None:
    dead = [site for site in sandbox.world.sites.values() if site.kind == "unreachable"]
    shapes = set()
    for site in dead:
        reply = run(sandbox, f"https://{site.domain}/", ("strategy", "MOBILE"))
        answer = contract.check(reply, RUN)
        if reply.status_code == 200:
            assert answer["lighthouseResult"]["runtimeError"]["code"] == "ERRORED_DOCUMENT_REQUEST"
            assert answer["lighthouseResult"]["categories"]["performance"]["score"] is None
        else:
            assert answer["error"]["errors"][0]["reason"] == "lighthouseError"
        shapes.add(reply.status_code)

    assert shapes == {200, 500}


def test_a_domain_that_does_not_exist_is_the_callers_error(sandbox: Sandbox, contract: WireContract) -> None:
    reply = run(sandbox, "https://nowhere.example/")

    assert reply.status_code == 400
    assert contract.check(reply, RUN)["error"]["errors"][0]["reason"] == "lighthouseUserError"


@pytest.mark.parametrize(
    ("url", "more"),
    [
        (None, ()),
        ("ftp://site.example/", ()),
        ("https://site.example/", (("strategy", "mobile"),)),
        ("https://site.example/", (("category", "SPEED"),)),
        ("https://site.example/", (("device", "phone"),)),
        ("https://site.example/", (("fields", "lighthouseResult("),)),
    ],
)
def test_a_wrong_request_is_an_invalid_argument(
    sandbox: Sandbox, contract: WireContract, url: str | None, more: tuple[Any, ...]
) -> None:
    reply = run(sandbox, url, *more)

    assert reply.status_code == 400
    assert contract.check(reply, RUN)["error"]["status"] == "INVALID_ARGUMENT"


def test_over_the_limit_it_says_resource_exhausted_and_no_retry_after(sandbox: Sandbox, contract: WireContract) -> None:
    sandbox.admin("PUT", "/limits", json={"pagespeed": {"rates": [{"requests": 1, "seconds": 60}]}})
    url = f"https://{site_of(sandbox, 'good').domain}/"
    run(sandbox, url)
    reply = run(sandbox, url)

    assert (reply.status_code, "retry-after" in reply.headers) == (429, False)
    assert contract.check(reply, RUN)["error"]["status"] == "RESOURCE_EXHAUSTED"
