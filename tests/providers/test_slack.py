"""Slack: only Slack is ever called, each word it answers has its meaning, and the URL is a secret."""

from datetime import timedelta

import pytest
from vendor_contracts import Contract, RecordingAsks

from leadgen.errors import CredentialsRejected, InputError
from leadgen.providers.calls import Reply, Verdict
from leadgen.providers.slack import POST, VENDOR, Slack, check_webhook_url

URL = "https://hooks.slack.com/services/T01/B02/aBc9"
OK = Reply(200, "ok")


@pytest.fixture
def contract() -> Contract:
    return Contract("slack/slack-incoming-webhook.authored.json")


def test_the_path_stands_in_the_key_and_nothing_is_sent_beside_it() -> None:
    assert VENDOR.locate is not None
    assert VENDOR.locate(URL, "/services") == "/services/T01/B02/aBc9"
    assert VENDOR.locate("sandbox", "/services") == "/services/T/B/sandbox"
    assert VENDOR.authorize(URL) == ({}, ())
    assert VENDOR.key_of({"webhook_url": f" {URL} "}) == URL


@pytest.mark.parametrize(
    "given", ["sandbox-team", "https://hooks.slack.com/services/T/B/sandbox-team"], ids=["plain", "url"]
)
def test_a_webhook_of_the_sandbox_is_told_by_its_key(given: str) -> None:
    assert VENDOR.key_of({"webhook_url": given}) == "sandbox-team"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://hooks.slack.com/services/T/B/x",
        "https://hooks.slack.com.evil.example/services/T/B/x",
        "https://evil.example/services/T/B/x",
        "https://evil.example/https://hooks.slack.com/services/T/B/x",
        "https://hooks.slack.com@evil.example/services/T/B/x",
        "https://user@hooks.slack.com/services/T/B/x",
        "https://hooks.slack.com:8443/services/T/B/x",
        "https://hooks.slack.com/services/T/B",
        "https://hooks.slack.com/services/T/B/../x",
        "https://hooks.slack.com/services/T/B/x?y=1",
        "https://hooks.slack.com/services/T/B/x#y",
        "https://127.0.0.1/services/T/B/x",
        "https://[::1",
    ],
)
def test_any_other_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InputError) as refused:
        check_webhook_url(url)
    assert not url or url not in str(refused.value)
    with pytest.raises(InputError):
        VENDOR.key_of({"webhook_url": url})


async def test_a_message_is_one_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(OK, OK)
    plain = await Slack(asks).post("42 leads", purpose="notice 1")
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*42*"}}]
    await Slack(asks).post("42 leads", purpose="notice 2", blocks=blocks)
    for request in asks.requests:
        described = contract._operation("POST", "/services/{team}/{bot}/{token}")
        schema = described["requestBody"]["content"]["application/json"]["schema"]
        contract._document.setdefault("components", {})
        contract._validate(request.body, schema)
    assert plain.value is True
    assert [request.purpose for request in asks.requests] == ["notice 1", "notice 2"]
    assert "blocks" not in asks.requests[0].body


async def test_a_name_becomes_neither_a_link_nor_a_call_to_everybody() -> None:
    asks = RecordingAsks(OK)
    await Slack(asks).post("<!channel> Smith & Sons", purpose="x")
    assert asks.requests[0].body == {"text": "&lt;!channel&gt; Smith &amp; Sons"}


async def test_what_slack_would_refuse_is_not_posted() -> None:
    asks = RecordingAsks()
    with pytest.raises(InputError):
        await Slack(asks).post(" ", purpose="x")
    with pytest.raises(InputError):
        await Slack(asks).post("x", purpose="x", blocks=[{"type": "divider"}] * 51)
    assert not asks.calls


def test_a_message_is_posted_once() -> None:
    assert POST.acts_on_world
    assert POST.repeatable_for(0, 1) == timedelta(0)
    assert POST.time_to_live >= timedelta(days=3650)
    assert POST.is_private


@pytest.mark.parametrize(
    ("status", "word", "verdict"),
    [
        (400, "invalid_payload", Verdict.REFUSED),
        (400, "no_text", Verdict.REFUSED),
        (403, "action_prohibited", Verdict.CREDENTIALS),
        (403, "invalid_token", Verdict.CREDENTIALS),
        (404, "no_service", Verdict.CREDENTIALS),
        (404, "channel_not_found", Verdict.CREDENTIALS),
        (410, "channel_is_archived", Verdict.CREDENTIALS),
        (429, "rate_limited", Verdict.RETRY),
        (500, "rollup_error", Verdict.RETRY),
        (503, "<html>down</html>", Verdict.RETRY),
        (200, "<html>a proxy's page</html>", Verdict.REFUSED),
        (302, "", Verdict.REFUSED),
    ],
)
def test_each_documented_word_has_its_verdict(status: int, word: str, verdict: Verdict) -> None:
    judgement = POST.judge(Reply(status, word))
    assert judgement.verdict is verdict
    assert "<" not in judgement.message


@pytest.mark.parametrize("status", [400, 403, 404, 410, 429, 500])
def test_the_contracts_errors_are_understood(contract: Contract, status: int) -> None:
    word = contract.example("POST", "/services/{team}/{bot}/{token}", status)
    assert POST.judge(Reply(status, word)).message == f"{word} (HTTP {status})"


def test_a_throttled_message_waits_as_long_as_slack_says() -> None:
    assert POST.judge(Reply(429, "rate_limited", {"retry-after": "3"})).retry_after_seconds == 3


async def test_a_removed_webhook_asks_for_a_new_one() -> None:
    with pytest.raises(CredentialsRejected, match="new incoming webhook"):
        await Slack(RecordingAsks(Reply(404, "no_service"))).post("x", purpose="x")
