"""Firecrawl: what the site did and what Firecrawl did are told apart, and so is what each costs."""

from decimal import Decimal
from typing import Any

import pytest
from vendor_contracts import Contract, RecordingAsks, reply

from leadgen.providers.calls import Reply, Usage, Verdict
from leadgen.providers.firecrawl import SCRAPE, VENDOR, Firecrawl

URL = "https://www.lamarfamilydental.example"
ONE_CREDIT = (Usage("credit", Decimal(1)),)


def scraped(status: int = 200, *, markdown: str | None = "# Hello", **metadata: Any) -> Reply:
    about = {"sourceURL": URL, "url": f"{URL}/", "statusCode": status, **metadata}
    return reply({"success": True, "data": {"markdown": markdown, "metadata": about}})


@pytest.fixture
def contract() -> Contract:
    return Contract("firecrawl/firecrawl-v2.trimmed.json", prefix="/v2")


async def test_a_scrape_is_one_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(scraped())
    await Firecrawl(asks).scrape(URL)
    [request] = asks.requests
    contract.check(request)
    assert set(request.body) - {"url"} <= contract.property_names("ScrapeOptions")
    assert request.body["formats"] == ["markdown", "rawHtml", "links"]


async def test_a_page_is_read() -> None:
    body = {
        "success": True,
        "data": {
            "markdown": "# Lamar Family Dental\nBook by phone ...",
            "rawHtml": "<html>...</html>",
            "links": ["https://www.lamarfamilydental.example/contact"],
            "metadata": {
                "title": "Lamar Family Dental",
                "language": "en",
                "sourceURL": "https://www.lamarfamilydental.example",
                "url": "https://www.lamarfamilydental.example/",
                "statusCode": 200,
                "contentType": "text/html",
            },
        },
    }
    answer = await Firecrawl(RecordingAsks(reply(body))).scrape(URL)
    page = answer.value
    assert page is not None
    assert (page.url, page.status_code, page.title, page.language) == (f"{URL}/", 200, "Lamar Family Dental", "en")
    assert page.links == (f"{URL}/contact",)
    assert page.raw_html == "<html>...</html>"
    assert page.description is None


async def test_metadata_that_occurs_twice_is_read_once() -> None:
    answer = await Firecrawl(RecordingAsks(scraped(title=["Lamar", "Dental"], description=[], language=None))).scrape(
        URL
    )
    assert answer.value is not None
    assert (answer.value.title, answer.value.description, answer.value.language) == ("Lamar", None, None)


async def test_a_page_without_markdown_is_read_by_its_html() -> None:
    body = {"success": True, "data": {"rawHtml": "<html>", "metadata": {"statusCode": 200}}}
    answer = await Firecrawl(RecordingAsks(reply(body))).scrape(URL)
    assert answer.value is not None
    assert (answer.value.markdown, answer.value.raw_html, answer.value.url) == ("", "<html>", URL)


@pytest.mark.parametrize("status", [404, 410, 500, 502, 503])
async def test_a_page_that_is_gone_is_a_miss_that_is_billed(status: int) -> None:
    gone = scraped(status)
    answer = await Firecrawl(RecordingAsks(gone)).scrape(URL)
    assert answer.value is None
    assert SCRAPE.charge(gone) == ONE_CREDIT


@pytest.mark.parametrize("status", [401, 403, 429])
async def test_a_site_that_turns_readers_away_is_there(status: int) -> None:
    answer = await Firecrawl(RecordingAsks(scraped(status, error="Forbidden"))).scrape(URL)
    assert answer.value is not None
    assert (answer.value.status_code, answer.value.error) == (status, "Forbidden")


async def test_an_empty_document_is_a_miss() -> None:
    answer = await Firecrawl(RecordingAsks(scraped(markdown=None))).scrape(URL)
    assert answer.value is None


async def test_a_host_without_an_address_is_a_miss_that_is_billed() -> None:
    unknown = reply({"success": False, "code": "SCRAPE_DNS_RESOLUTION_ERROR", "error": "DNS resolution failed"})
    answer = await Firecrawl(RecordingAsks(unknown)).scrape(URL)
    assert answer.value is None
    assert SCRAPE.charge(unknown) == ONE_CREDIT


@pytest.mark.parametrize("code", ["SCRAPE_SITE_ERROR", "SCRAPE_SSL_ERROR", "SCRAPE_ALL_ENGINES_FAILED"])
async def test_a_site_that_cannot_be_reached_is_a_miss_for_nothing(code: str) -> None:
    broken = reply({"success": False, "code": code, "error": "..."}, 500)
    answer = await Firecrawl(RecordingAsks(broken)).scrape(URL)
    assert answer.value is None
    assert SCRAPE.charge(broken) == ()


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (400, {"success": False, "error": "Invalid URL"}, Verdict.REFUSED),
        (401, {"success": False, "error": "Unauthorized: Invalid token"}, Verdict.CREDENTIALS),
        (402, {"error": "Payment required to access this resource."}, Verdict.QUOTA),
        (403, {"success": False, "error": "This website is not supported"}, Verdict.REFUSED),
        (408, {"success": False, "code": "SCRAPE_TIMEOUT", "error": "Request timed out"}, Verdict.RETRY),
        (413, {"success": False, "error": "Too large"}, Verdict.REFUSED),
        (422, {"success": False, "error": "..."}, Verdict.REFUSED),
        (429, {"error": "Request rate limit exceeded."}, Verdict.RETRY),
        (500, {"success": False, "code": "UNKNOWN_ERROR", "error": "An unexpected error occurred"}, Verdict.RETRY),
        (503, {}, Verdict.RETRY),
        (200, {"success": False, "error": None}, Verdict.RETRY),
    ],
)
def test_each_documented_error_has_its_verdict(status: int, body: dict[str, Any], verdict: Verdict) -> None:
    judgement = SCRAPE.judge(reply(body, status))
    assert judgement.verdict is verdict
    assert judgement.message


def test_a_full_queue_says_how_long_to_wait() -> None:
    assert SCRAPE.judge(reply({"error": "..."}, 429, retry_after="7")).retry_after_seconds == 7


def test_credits_are_those_the_answer_names() -> None:
    assert SCRAPE.charge(scraped(creditsUsed=5)) == (Usage("credit", Decimal(5)),)
    assert SCRAPE.charge(scraped()) == ONE_CREDIT


def test_the_key_goes_into_a_header() -> None:
    assert VENDOR.authorize("k") == ({"Authorization": "Bearer k"}, ())
