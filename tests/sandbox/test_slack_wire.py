"""Slack in the sandbox: VENDORS.md section 13 on the wire."""

from typing import Any

import httpx
import pytest
from sandbox_server import Sandbox
from wire_asks import asking
from wire_contract import WireContract

from leadgen.errors import CredentialsRejected, VendorUnavailable
from leadgen.providers.slack import Slack

TEMPLATE = "/services/{team}/{bot}/{token}"


@pytest.fixture(scope="module")
def contract() -> WireContract:
    contract = WireContract("slack/slack-incoming-webhook.authored.json")
    contract._document.setdefault("components", {})
    return contract


def post(sandbox: Sandbox, body: Any, end: str = "") -> httpx.Response:
    return sandbox.http.post(f"/slack/services/T/B/{sandbox.key}{end}", json=body)


def posted(sandbox: Sandbox) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = sandbox.http.get(f"/slack/services/T/B/{sandbox.key}/messages").json()
    return messages


def test_a_message_is_posted_and_answered_ok(sandbox: Sandbox, contract: WireContract) -> None:
    reply = post(sandbox, {"text": "42 leads", "mrkdwn": False})

    assert contract.check(reply, TEMPLATE) == "ok"
    assert posted(sandbox) == [{"text": "42 leads", "mrkdwn": False}]


@pytest.mark.parametrize("body", [{"blocks": [{"type": "divider"}]}, {"attachments": [{"text": "x"}]}])
def test_blocks_or_attachments_do_without_a_text(sandbox: Sandbox, body: dict[str, Any]) -> None:
    assert post(sandbox, body).text == "ok"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ([], "invalid_payload"),
        ({"text": 1}, "invalid_payload"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [{}]}, "invalid_blocks"),
    ],
)
def test_a_wrong_message_is_refused_with_a_word(sandbox: Sandbox, contract: WireContract, body: Any, word: str) -> None:
    reply = post(sandbox, body)

    assert (reply.status_code, contract.check(reply, TEMPLATE)) == (400, word)
    assert posted(sandbox) == []


def test_what_is_not_json_is_an_invalid_payload(sandbox: Sandbox) -> None:
    reply = sandbox.http.post(f"/slack/services/T/B/{sandbox.key}", content=b"text=hello")

    assert (reply.status_code, reply.text) == (400, "invalid_payload")


@pytest.mark.parametrize(
    ("end", "status", "word"),
    [
        ("-removed", 404, "no_service"),
        ("-gone", 404, "channel_not_found"),
        ("-archived", 410, "channel_is_archived"),
        ("-prohibited", 403, "action_prohibited"),
    ],
)
async def test_a_webhook_that_is_no_more_says_why(
    sandbox: Sandbox, contract: WireContract, end: str, status: int, word: str
) -> None:
    reply = post(sandbox, {"text": "x"}, end)

    assert (reply.status_code, contract.check(reply, TEMPLATE)) == (status, word)
    async with asking(sandbox, "slack", f"{sandbox.key}2{end}") as asks:
        with pytest.raises(CredentialsRejected, match=word):
            await Slack(asks).post("x", purpose="notice")


def test_a_real_token_is_not_known(sandbox: Sandbox, contract: WireContract) -> None:
    reply = sandbox.http.post("/slack/services/T01/B02/aBc9", json={"text": "x"})

    assert (reply.status_code, contract.check(reply, TEMPLATE)) == (403, "invalid_token")


def test_more_than_one_a_second_is_too_many(sandbox: Sandbox, contract: WireContract) -> None:
    sandbox.admin("PUT", "/limits", json={"slack": {"rates": [{"requests": 1, "seconds": 60, "operation": "post"}]}})
    post(sandbox, {"text": "x"})
    reply = post(sandbox, {"text": "y"})

    assert (reply.status_code, contract.check(reply, TEMPLATE)) == (429, "rate_limited")
    assert 1 <= int(reply.headers["retry-after"]) <= 60
    assert [message["text"] for message in posted(sandbox)] == ["x"]


async def test_our_client_posts_what_slack_shows(sandbox: Sandbox) -> None:
    async with asking(sandbox, "slack") as asks:
        answer = await Slack(asks).post("Smith & Sons", purpose="notice", blocks=[{"type": "divider"}])

        assert answer.value is True
        assert posted(sandbox) == [{"text": "Smith &amp; Sons", "blocks": [{"type": "divider"}]}]


async def test_our_client_understands_a_fault(sandbox: Sandbox, contract: WireContract) -> None:
    sandbox.admin("PUT", "/faults", json={"slack": {"outage": True}})
    assert contract.check(post(sandbox, {"text": "x"}), TEMPLATE) == "rollup_error"
    sandbox.admin("PUT", "/limits", json={"slack": {"rates": []}})
    async with asking(sandbox, "slack") as asks:
        with pytest.raises(VendorUnavailable, match="rollup_error"):
            await Slack(asks).post("x", purpose="notice")
