"""A dead key, a retired model, a missing scope and spent credit are told apart, for nothing; no key is in what is said."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sandbox_server import Sandbox, serving

from leadgen.providers.key_check import PROBES, check_key
from leadgen.sandbox.made import make_world
from leadgen.settings import VENDORS, Settings

PLAYED = ("google_places", "google_geocoding", "pagespeed", "yelp", "apollo", "hunter", "firecrawl", "resend", "twilio")


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


async def test_what_is_left_is_told_and_nothing_left_is_a_warning(sandbox: Sandbox) -> None:
    assert "credits left" in (await check_key("firecrawl", sandbox.key, settings(sandbox))).words
    assert "plan" in (await check_key("hunter", sandbox.key, settings(sandbox))).words


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
