"""Firecrawl's maps, batches and webhooks: an order is made once, read part by part, and told of under a signature."""

import hmac
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from vendor_contracts import CONTRACTS, Contract, RecordingAsks, reply

from leadgen.errors import ConfigurationError, InputError, VendorRefused
from leadgen.providers.calls import Reply, Usage, Verdict
from leadgen.providers.firecrawl_batch import BATCH_PAGES, BATCH_STATUS, CREDITS, MAP, QUEUE, FirecrawlBatches, start_of
from leadgen.providers.firecrawl_webhooks import SIGNATURE, read_event

URL = "https://www.lamarfamilydental.example"
SECRET = "s3cret"


def part(state: str, pages: int = 1, **more: Any) -> Reply:
    document = {"markdown": "# Hello", "rawHtml": "<h1>", "metadata": {"url": f"{URL}/", "statusCode": 200}}
    return reply(
        {"status": state, "total": 4, "completed": pages, "creditsUsed": pages, "data": [document] * pages, **more}
    )


def signed(body: bytes) -> dict[str, str]:
    return {SIGNATURE: f"sha256={hmac.new(SECRET.encode(), body, 'sha256').hexdigest()}"}


@pytest.fixture
def contract() -> Contract:
    return Contract("firecrawl/firecrawl-v2.trimmed.json", prefix="/v2", also_known=frozenset({"skip"}))


async def test_each_request_is_one_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(
        reply({"success": True, "links": [{"url": URL}]}),
        reply({"success": True, "id": "b1"}),
        part("scraping"),
        part("completed"),
        reply({"success": True, "data": {"remainingCredits": 900.0}}),
        reply({"success": True}),
    )
    batches = FirecrawlBatches(asks)
    await batches.map(URL, search="contact")
    await batches.start([URL, f"{URL}/about"], purpose="order 1", webhook_url="https://leadgen.example/hooks")
    await batches.status("b1")
    await batches.pages("b1", (("skip", "25"),))
    await batches.credits_left()
    await batches.queue()
    for request in asks.requests:
        contract.check(replace(request, path=request.path.replace("/b1", "/{id}")))
    body = asks.requests[1].body
    assert body["webhook"] == {"url": "https://leadgen.example/hooks", "events": ["completed", "failed"]}
    assert set(body) - {"urls", "webhook", "ignoreInvalidURLs"} <= contract.property_names("ScrapeOptions")


async def test_an_order_is_made_once_for_each_purpose_and_booked_when_it_is_made() -> None:
    started = reply({"success": True, "id": "b1", "invalidURLs": ["nowhere"]})
    asks = RecordingAsks(started)
    answer = await FirecrawlBatches(asks).start([URL, "nowhere", f"{URL}/about"], purpose="order 1")
    operation, request = asks.calls[0]
    assert answer.value == "b1"
    assert (operation.acts_on_world, operation.is_private, request.purpose) == (True, True, "order 1")
    assert operation.time_to_live.days == 3650
    assert operation.expected == (Usage("credit", Decimal(3)),)
    assert operation.charge(started) == (Usage("credit", Decimal(2)),)
    assert operation.charge(reply({"success": False, "error": "..."}, 402)) == ()


@pytest.mark.parametrize("count", [0, 1_001])
async def test_an_order_has_a_page_and_no_more_than_a_thousand(count: int) -> None:
    with pytest.raises(ValueError, match="pages at once"):
        await FirecrawlBatches(RecordingAsks()).start([URL] * count, purpose="order 1")


async def test_an_order_that_is_over_is_read_to_its_last_part() -> None:
    following = "https://api.firecrawl.dev/v2/batch/scrape/b1?skip=3"
    asks = RecordingAsks(part("completed", 3, next=following), part("completed", 1))
    pages = await FirecrawlBatches(asks).all_pages("b1")
    assert [page.url for page in pages] == [f"{URL}/"] * 4
    assert [request.query for request in asks.requests] == [(), (("skip", "3"),)]
    assert asks.operation.time_to_live.days == 7


@pytest.mark.parametrize("following", ["https://api.firecrawl.dev/v2/batch/scrape/b1", "", None])
async def test_a_next_part_that_is_none_ends_the_reading(following: str | None) -> None:
    pages = await FirecrawlBatches(RecordingAsks(part("completed", 1, next=following))).all_pages("b1")
    assert len(pages) == 1


async def test_pages_of_an_order_under_way_are_not_kept_as_if_they_were_all() -> None:
    with pytest.raises(VendorRefused, match="not done"):
        await FirecrawlBatches(RecordingAsks(part("scraping", next="https://x.example/?skip=1"))).pages("b1")


async def test_the_queue_and_the_credits_are_read_and_never_kept() -> None:
    queue = reply(
        {"success": True, "jobsInQueue": 7, "activeJobsInQueue": 5, "waitingJobsInQueue": 2, "maxConcurrency": 50}
    )
    asks = RecordingAsks(queue, reply({"success": True, "data": {"remainingCredits": 900.5}}))
    batches = FirecrawlBatches(asks)
    told = (await batches.queue()).value
    assert told is not None
    assert (told.jobs, told.active, told.waiting, told.most_at_once) == (7, 5, 2, 50)
    assert (await batches.credits_left()).value == 900
    assert all(not operation.time_to_live and operation.is_private for operation, _ in asks.calls)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (401, Verdict.CREDENTIALS),
        (402, Verdict.QUOTA),
        (404, Verdict.REFUSED),
        (429, Verdict.RETRY),
        (500, Verdict.RETRY),
    ],
)
def test_each_documented_error_has_its_verdict(status: int, verdict: Verdict) -> None:
    given = reply({"success": False, "error": "..."}, status)
    for operation in (MAP, start_of(2), BATCH_STATUS, BATCH_PAGES, CREDITS, QUEUE):
        assert operation.judge(given).verdict is verdict
        assert operation.charge(given) == ()


def test_the_contracts_webhooks_are_read_once_their_signature_is_checked() -> None:
    file = CONTRACTS / "firecrawl/firecrawl-webhooks.json"
    if not file.exists():
        pytest.skip("the contract is not here")
    hooks = json.loads(file.read_text())["webhooks"]
    for name, kind in (
        ("batchScrapeStarted", "started"),
        ("batchScrapePage", "page"),
        ("batchScrapeCompleted", "completed"),
    ):
        body = json.dumps(hooks[name]["post"]["requestBody"]["content"]["application/json"]["example"]).encode()
        event = read_event(SECRET, signed(body), body)
        assert event.kind == f"batch_scrape.{kind}"
        assert (event.batch_id, event.succeeded) == ("550e8400-e29b-41d4-a716-446655440000", True)
        assert event.event_id.startswith("b2c3d4e5-")


def test_a_webhook_that_is_not_firecrawls_is_refused() -> None:
    body = b'{"type":"batch_scrape.completed","id":"b1","webhookId":"w1"}'
    assert read_event(SECRET, signed(body), body).event_id == "w1"
    for headers, sent in ((signed(body), body + b" "), ({}, body), ({SIGNATURE: "sha256=\u00e9"}, body)):
        with pytest.raises(InputError, match="signature"):
            read_event(SECRET, headers, sent)
    with pytest.raises(InputError, match="not an event"):
        read_event(SECRET, signed(b"[]"), b"[]")
    with pytest.raises(ConfigurationError):
        read_event("", signed(body), body)
