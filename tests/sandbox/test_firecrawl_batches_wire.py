"""Firecrawl's batches in the sandbox: orders that go by its clock, pages in parts, webhooks as signed."""

import json
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from sandbox_server import Sandbox
from webhook_receiver import Receiver, receiving
from wire_asks import asking
from wire_contract import CONTRACTS, WireContract

from leadgen.errors import VendorRefused
from leadgen.providers.firecrawl_batch import FirecrawlBatches
from leadgen.providers.firecrawl_webhooks import read_event
from leadgen.sandbox.firecrawl_batch import AT_ONCE, PAGES_A_PART, WEBHOOK_SECRET

BATCH, QUEUE = "/v2/batch/scrape", "/v2/team/queue-status"
STATUS = f"{BATCH}/{{id}}"


@pytest.fixture(scope="module")
def contract() -> WireContract:
    return WireContract("firecrawl/firecrawl-v2.trimmed.json", prefix="/v2")


def urls(sandbox: Sandbox, count: int) -> list[str]:
    pages = [
        f"https://{site.domain}{path}"
        for site in sandbox.world.sites.values()
        if site.kind == "good"
        for path in site.pages
    ]
    assert len(pages) >= count
    return pages[:count]


def headers(sandbox: Sandbox) -> dict[str, str]:
    return {"Authorization": f"Bearer {sandbox.key}"}


def order(sandbox: Sandbox, **body: Any) -> httpx.Response:
    return sandbox.http.post(f"/firecrawl{BATCH}", json=body, headers=headers(sandbox))


def look(sandbox: Sandbox, order_id: str, **query: Any) -> httpx.Response:
    return sandbox.http.get(f"/firecrawl{BATCH}/{order_id}", params=query, headers=headers(sandbox))


def pass_time(sandbox: Sandbox, seconds: float) -> None:
    sandbox.admin("POST", "/clock", json={"seconds": seconds})


def told(sandbox: Sandbox, receiver: Receiver) -> list[str]:
    """The kinds of events that have come, once nothing is under way."""
    sandbox.admin("GET", "/webhooks/settled")
    return [read_event(WEBHOOK_SECRET, hook.headers, hook.body).kind for hook in receiver.received]


def test_an_order_goes_by_the_clock_ten_pages_at_a_time(sandbox: Sandbox, contract: WireContract) -> None:
    started = contract.check(order(sandbox, urls=urls(sandbox, AT_ONCE + 2)), BATCH)
    first = contract.check(look(sandbox, started["id"]), STATUS)
    pass_time(sandbox, 2)
    second = contract.check(look(sandbox, started["id"]), STATUS)
    pass_time(sandbox, 2)
    third = contract.check(look(sandbox, started["id"]), STATUS)

    assert started["invalidURLs"] == []
    assert [(one["status"], one["completed"]) for one in (first, second, third)] == [
        ("scraping", 0),
        ("scraping", AT_ONCE),
        ("completed", AT_ONCE + 2),
    ]
    assert "next" in second
    assert "next" not in third
    assert third["duration"] == 4
    assert sandbox.counts("firecrawl")["bill"]["units"] == {"credit": AT_ONCE + 2}


def test_a_long_order_is_read_in_parts(sandbox: Sandbox, contract: WireContract) -> None:
    wanted = urls(sandbox, PAGES_A_PART + 3)
    order_id = order(sandbox, urls=wanted).json()["id"]
    pass_time(sandbox, 60)
    first = contract.check(look(sandbox, order_id), STATUS)
    second = contract.check(look(sandbox, order_id, skip=PAGES_A_PART), STATUS)

    assert first["next"].endswith(f"{order_id}?skip={PAGES_A_PART}")
    assert [page["metadata"]["sourceURL"] for page in (*first["data"], *second["data"])] == wanted


def test_urls_that_are_none_are_named_and_not_billed(sandbox: Sandbox) -> None:
    good = urls(sandbox, 1)
    started = order(sandbox, urls=[*good, "ftp://x.example", "localhost"]).json()

    assert started["invalidURLs"] == ["ftp://x.example", "localhost"]
    assert sandbox.counts("firecrawl")["bill"]["units"] == {"credit": 1}
    assert order(sandbox, urls=[*good, "localhost"], ignoreInvalidURLs=False).status_code == 400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_type"),
        ({"urls": []}, "too_small"),
        ({"urls": ["https://x.example"], "pageOptions": {}}, "unrecognized_keys"),
        ({"urls": ["https://x.example"], "formats": ["pdf"]}, "invalid_union"),
        ({"urls": ["https://x.example"], "maxConcurrency": 0}, "invalid_type"),
        ({"urls": ["https://x.example"], "webhook": {}}, "invalid_type"),
        ({"urls": ["https://x.example"], "webhook": {"url": "http://127.0.0.1/", "events": ["done"]}}, "invalid_value"),
    ],
)
def test_a_wrong_order_is_a_bad_request_and_free(sandbox: Sandbox, body: dict[str, Any], code: str) -> None:
    reply = order(sandbox, **body)

    assert (reply.status_code, reply.json()["success"]) == (400, False)
    assert reply.json()["details"][0]["code"] == code
    assert sandbox.counts("firecrawl")["bill"]["units"] == {}


def test_an_order_is_its_teams_own_and_kept_for_a_day(sandbox: Sandbox) -> None:
    order_id = order(sandbox, urls=urls(sandbox, 1)).json()["id"]
    others = sandbox.http.get(f"/firecrawl{BATCH}/{order_id}", headers={"Authorization": f"Bearer {sandbox.key}-other"})
    pass_time(sandbox, 24 * 3_600)

    assert others.status_code == 404
    assert look(sandbox, order_id).status_code == 404


def test_the_queue_empties_as_time_passes(sandbox: Sandbox, contract: WireContract) -> None:
    def queue() -> tuple[int, int, int]:
        told = contract.check(sandbox.http.get(f"/firecrawl{QUEUE}", headers=headers(sandbox)), QUEUE)
        return told["jobsInQueue"], told["activeJobsInQueue"], told["waitingJobsInQueue"]

    order(sandbox, urls=urls(sandbox, 12))
    before = queue()
    pass_time(sandbox, 2)
    then = queue()
    pass_time(sandbox, 2)

    assert (before, then, queue()) == ((12, 10, 2), (2, 2, 0), (0, 0, 0))


def test_what_happens_to_an_order_is_told_under_a_signature(sandbox: Sandbox) -> None:
    file = CONTRACTS / "firecrawl/firecrawl-webhooks.json"
    if not file.exists():
        pytest.skip("the contract is not here")
    described = json.loads(file.read_text())
    with receiving() as receiver:
        hook = {"url": receiver.url, "metadata": {"campaign": "7"}}
        dead = "https://nobody-has-this-name.example"
        order_id = order(sandbox, urls=[*urls(sandbox, 1), dead], webhook=hook).json()["id"]
        pass_time(sandbox, 2)
        look(sandbox, order_id)
        kinds = told(sandbox, receiver)
    schemas = {
        hook["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]["type"]["const"]: hook[
            "post"
        ]["requestBody"]["content"]["application/json"]["schema"]
        for name, hook in described["webhooks"].items()
        if name.startswith("batchScrape")
    }
    for received in receiver.received:
        body = json.loads(received.body)
        Draft202012Validator({**schemas[body["type"]], "components": described["components"]}).validate(body)
        assert body["metadata"] == {"campaign": "7"}
    events = [read_event(WEBHOOK_SECRET, received.headers, received.body) for received in receiver.received]

    assert sorted(kinds) == ["batch_scrape.completed", "batch_scrape.page", "batch_scrape.page", "batch_scrape.started"]
    assert {event.batch_id for event in events} == {order_id}
    assert len({event.event_id for event in events}) == 4
    assert [event.error is not None for event in events if not event.succeeded] == [True]


async def test_our_client_orders_waits_and_reads_all_parts(sandbox: Sandbox) -> None:
    wanted = urls(sandbox, PAGES_A_PART + 1)
    with receiving() as receiver:
        async with asking(sandbox, "firecrawl") as asks:
            batches = FirecrawlBatches(asks)
            order_id = (await batches.start(wanted, purpose="order 1", webhook_url=receiver.url)).value or ""
            under_way = (await batches.status(order_id)).value
            queue = (await batches.queue()).value
            with pytest.raises(VendorRefused, match="not done"):
                await batches.pages(order_id)
            pass_time(sandbox, 60)
            done = (await batches.status(order_id)).value
            pages = await batches.all_pages(order_id)
        kinds = told(sandbox, receiver)
    assert under_way is not None
    assert done is not None
    assert queue is not None
    assert (under_way.state, done.state, done.completed, queue.jobs) == (
        "scraping",
        "completed",
        len(wanted),
        len(wanted),
    )
    assert len(pages) == len(wanted)
    assert all(page.markdown and page.raw_html for page in pages)
    assert kinds == ["batch_scrape.completed"]
