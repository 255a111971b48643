"""A dead key, a retired model, a missing scope and spent credit are told apart, for nothing; no key is in what is said."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from aiohttp import web
from sandbox_server import Sandbox, serving

from leadgen.providers.key_check import PROBES, KeyReport, check_key
from leadgen.sandbox.made import make_world
from leadgen.settings import VENDORS, Settings

PLAYED = (
    "google_places",
    "google_geocoding",
    "pagespeed",
    "yelp",
    "apollo",
    "hunter",
    "firecrawl",
    "openai",
    "instantly",
    "resend",
    "twilio",
    "stripe",
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = make_world(seed=5, prospects=5)
    with serving(world) as url, httpx.Client(base_url=url, trust_env=False) as http:
        yield Sandbox(url, world, "sandbox-keys", http)


def settings(sandbox: Sandbox, **values: Any) -> Settings:
    """Settings in which every vendor stands where the sandbox plays it, as the real one would at its address."""
    plain = Settings(_env_file=None)
    moved = {
        name: plain.vendor(name).model_copy(update={"base_url": f"{sandbox.url}/{name}", "timeout_seconds": 5})
        for name in VENDORS
    }
    return plain.model_copy(update={**moved, **values})


@pytest.mark.parametrize("vendor", PLAYED)
async def test_a_good_key_is_accepted_and_nothing_is_charged(sandbox: Sandbox, vendor: str) -> None:
    report = await check_key(vendor, sandbox.key, settings(sandbox))
    assert (report.state, report.remedy) == ("ok", ""), report
    bill = sandbox.admin("GET", "/calls")["vendors"].get(vendor, {"bill": {"micros": 0}})["bill"]
    assert bill["micros"] == 0


@pytest.mark.parametrize("vendor", [*PLAYED, "anthropic"])
async def test_a_dead_key_is_refused_and_is_not_in_what_is_said(sandbox: Sandbox, vendor: str) -> None:
    report = await check_key(vendor, "dead-and-gone-key", settings(sandbox))
    assert report.state == "refused", report
    assert report.remedy
    assert "dead-and-gone" not in report.words + report.remedy


@pytest.mark.parametrize(
    ("model", "state", "words"),
    [
        ("claude-sonnet-5-5", "ok", "served"),
        ("claude-sonnet-4-5", "limited", "retires on 2026-11-30"),
        ("claude-sonnet-4-20250514", "limited", "retired"),
        ("claude-nowhere", "limited", "not served"),
    ],
)
async def test_a_model_that_is_going_or_gone_is_told(sandbox: Sandbox, model: str, state: str, words: str) -> None:
    report = await check_key("anthropic", sandbox.key, settings(sandbox, writing_model=model))
    assert report.state == state
    assert words in report.words
    assert bool(report.remedy) is (state != "ok")


@pytest.mark.parametrize("vendor", ["apollo", "hunter", "firecrawl"])
async def test_what_is_left_is_told(sandbox: Sandbox, vendor: str) -> None:
    assert "credits left" in (await check_key(vendor, sandbox.key, settings(sandbox))).words


async def test_a_missing_scope_is_named(sandbox: Sandbox) -> None:
    report = await check_key("apollo", f"{sandbox.key}-limited", settings(sandbox))
    assert report.state == "limited"
    assert "scope api/v1/mixed_people/api_search" in report.remedy


SPENT = {
    "apollo": {"credit_usage_stats": {"lead_credit": {"limit": 10, "consumed": 10, "left_over": 0}}},
    "hunter": {"data": {"requests": {"searches": {"used": 50, "available": 50}}}},
    "firecrawl": {"success": True, "data": {"remainingCredits": 0}},
}
FORBIDDEN = {"error": {"code": 403, "message": "Places API (New) has not been used.", "status": "PERMISSION_DENIED"}}
DENIED = {"status": "REQUEST_DENIED", "error_message": "This API project is not authorized to use this API."}
NO_SCOPE = {"error": {"type": "invalid_request_error", "message": "Missing scopes: api.model.read"}}


@pytest.mark.parametrize("vendor", SPENT)
async def test_spent_credit_is_a_warning(vendor: str) -> None:
    report = await answered(vendor, 200, SPENT[vendor])
    assert (report.state, "0 credits left" in report.words, bool(report.remedy)) == ("limited", True, True)


@pytest.mark.parametrize(
    ("vendor", "status", "body", "state"),
    [
        ("google_places", 403, FORBIDDEN, "limited"),
        ("google_geocoding", 200, DENIED, "limited"),
        ("openai", 200, {"data": []}, "ok"),
        ("openai", 401, {"error": {"code": "invalid_api_key"}}, "refused"),
        ("openai", 403, NO_SCOPE, "limited"),
        ("stripe", 429, {}, "unreachable"),
        ("instantly", 402, {"message": "Payment required"}, "limited"),
        ("instantly", 404, {}, "limited"),
        ("hunter", 200, {"data": None}, "ok"),
        ("hunter", 200, {"data": {"requests": {"credits": {"used": None}}}}, "ok"),
        ("firecrawl", 200, {"data": []}, "ok"),
        ("apollo", 200, {"people": "none"}, "unreachable"),
        ("anthropic", 401, {"type": "error"}, "refused"),
        ("anthropic", 529, {"type": "error"}, "unreachable"),
        ("anthropic", 200, {"id": "claude", "retires_at": "soon"}, "limited"),
    ],
)
async def test_each_answer_is_told_as_what_it_is(vendor: str, status: int, body: object, state: str) -> None:
    report = await answered(vendor, status, body)
    assert report.state == state, report
    assert bool(report.remedy) is (state != "ok")


@asynccontextmanager
async def answering(status: int, body: object) -> AsyncIterator[str]:
    """The address of a vendor that has one answer to everything."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def answered(vendor: str, status: int, body: object) -> KeyReport:
    """What is said of a key when the vendor answers everything with this."""
    plain = Settings(_env_file=None)
    async with answering(status, body) as url:
        moved = plain.vendor(vendor).model_copy(update={"base_url": url, "timeout_seconds": 5})
        return await check_key(vendor, "a-key", plain.model_copy(update={vendor: moved}))


@pytest.mark.parametrize("key", ["", "  ", "k\u00e9y", "key\nHost: x"])
@pytest.mark.parametrize("vendor", [*PROBES, "anthropic"])
async def test_a_key_that_cannot_be_sent_is_refused_unasked(vendor: str, key: str) -> None:
    report = await check_key(vendor, key, Settings(_env_file=None))
    assert report.state == "refused"
    assert report.remedy


async def test_a_vendor_that_does_not_answer_says_where_it_was_looked_for(sandbox: Sandbox) -> None:
    configured = settings(sandbox)
    nowhere = configured.hunter.model_copy(update={"base_url": "http://127.0.0.1:9"})
    report = await check_key("hunter", "k", configured.model_copy(update={"hunter": nowhere}))
    assert report.state == "unreachable"
    assert "127.0.0.1:9" in report.words


async def test_a_vendor_without_a_free_question_is_not_asked(sandbox: Sandbox) -> None:
    assert (await check_key("slack", "https://hooks.slack.com/services/x", settings(sandbox))).state == "unchecked"


def test_every_vendor_with_a_free_question_has_a_probe() -> None:
    assert set(VENDORS) - set(PROBES) == {"anthropic", "slack", "smtp", "imap"}
