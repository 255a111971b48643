"""OpenAI in the sandbox, and our client against it: VENDORS.md section 15 on the wire."""

from typing import Any

import httpx
import pytest
from pydantic import BaseModel, Field
from sandbox_server import Sandbox
from wire_asks import asking
from wire_contract import WireContract

from leadgen.errors import CredentialsRejected, QuotaSpent, VendorRefused, VendorUnavailable
from leadgen.providers.openai_chat import OpenAIChat

CHAT, MODEL = "/v1/chat/completions", "gpt-4o-mini"
PAGE = "<page>\nLamar Dental is a dentist in Austin.\nFamily owned since 1998.\n</page>"
OPEN = {
    "type": "object",
    "properties": {"summary": {"type": "string"}, "facts": {"type": "array", "items": {"type": "string"}}},
    "required": ["summary", "facts"],
    "additionalProperties": False,
}


class Finding(BaseModel):
    statement: str = Field(max_length=200)
    quote: str


class Findings(BaseModel):
    summary: Finding
    facts: list[Finding]


@pytest.fixture(scope="module")
def contract() -> WireContract:
    return WireContract("openai/openai-chat.trimmed.json", prefix="/v1")


def chat(text: str = "Hello there.", **change: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": [{"role": "user", "content": text}], **change}


def asking_for(schema: Any, **change: Any) -> dict[str, Any]:
    asked = {"name": "findings", "strict": True, "schema": schema, **change}
    return {"response_format": {"type": "json_schema", "json_schema": asked}}


def post(sandbox: Sandbox, body: Any, key: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key or sandbox.key}"}
    return sandbox.http.post(f"/openai{CHAT}", json=body, headers=headers)


async def test_our_client_is_answered_in_its_shape_and_both_reckon_the_same_bill(sandbox: Sandbox) -> None:
    async with asking(sandbox, "openai") as asks:
        openai = OpenAIChat(asks)
        answer = await openai.parse(MODEL, "Read.", PAGE, Findings, max_tokens=2_000)
        known, unknown = (await openai.model_info(MODEL)).value, (await openai.model_info("gpt-0")).value
    assert answer.value is not None
    assert answer.value.facts[0].quote == "Family owned since 1998."
    assert known is not None
    assert (known.id, unknown) == (MODEL, None)
    assert asks.micros > 0


async def test_a_long_prompt_is_cached_and_cheaper_the_second_time(sandbox: Sandbox) -> None:
    async with asking(sandbox, "openai") as asks:
        for _ in range(2):
            await OpenAIChat(asks).parse(MODEL, "What is offered. " * 300, PAGE, Findings, max_tokens=2_000)
    assert sandbox.counts("openai")["bill"]["units"][f"{MODEL}:cached_input"] == 1_152
    assert asks.told[0].limit == 500


async def test_an_answer_that_is_cut_short_is_refused(sandbox: Sandbox) -> None:
    async with asking(sandbox, "openai") as asks:
        with pytest.raises(VendorRefused, match="length"):
            await OpenAIChat(asks).parse(MODEL, "Read.", PAGE, Findings, max_tokens=5)


async def test_our_client_tells_the_errors_apart(sandbox: Sandbox) -> None:
    async with asking(sandbox, "openai", "sk-not-ours-1234") as asks:
        with pytest.raises(CredentialsRejected) as refused:
            await OpenAIChat(asks).parse(MODEL, "Read.", PAGE, Findings, max_tokens=500)
    assert "1234" not in str(refused.value)
    async with asking(sandbox, "openai") as asks:
        openai = OpenAIChat(asks)
        with pytest.raises(VendorRefused, match="model_not_found"):
            await openai.parse("gpt-0", "Read.", PAGE, Findings, max_tokens=500)
        sandbox.admin("PUT", "/limits", json={"openai": {"rates": [{"requests": 1, "seconds": 60}]}})
        await openai.parse(MODEL, "Read.", PAGE, Findings, max_tokens=500)
        with pytest.raises(VendorUnavailable, match="rate_limit_exceeded"):
            await openai.parse(MODEL, "Read.", PAGE, Findings, max_tokens=500)
        sandbox.admin("PUT", "/limits", json={"openai": {"quota": 0}})
        with pytest.raises(QuotaSpent, match="insufficient_quota"):
            await openai.parse(MODEL, "Read.", PAGE, Findings, max_tokens=500)
        sandbox.admin("PUT", "/limits", json={})
        sandbox.admin("PUT", "/faults", json={"openai": {"outage": True}})
        with pytest.raises(VendorUnavailable):
            await openai.parse(MODEL, "Read.", PAGE, Findings, max_tokens=500)


def test_an_answer_is_as_the_contract_says(sandbox: Sandbox, contract: WireContract) -> None:
    answer = contract.check(post(sandbox, chat(PAGE, **asking_for(OPEN))), CHAT)
    usage = answer["usage"]

    assert answer["choices"][0]["finish_reason"] == "stop"
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert sandbox.counts("openai")["bill"]["units"] == {
        f"{MODEL}:input": usage["prompt_tokens"],
        f"{MODEL}:output": usage["completion_tokens"],
    }
    assert contract.check(post(sandbox, chat("One. Two.")), CHAT)["choices"][0]["message"]["content"]


def test_models_are_listed_and_told_as_the_contract_says(sandbox: Sandbox, contract: WireContract) -> None:
    headers = {"Authorization": f"Bearer {sandbox.key}"}
    listed = contract.check(sandbox.http.get("/openai/v1/models", headers=headers), "/v1/models")
    one = contract.check(sandbox.http.get(f"/openai/v1/models/{MODEL}", headers=headers), "/v1/models/{model}")

    assert one in listed["data"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"messages": []}, 400, "empty_array"),
        ({"messages": [{"role": "robot", "content": "x"}]}, 400, "invalid_value"),
        ({"messages": [{"role": "user", "content": 5}]}, 400, "invalid_type"),
        ({"max_completion_tokens": 0}, 400, "integer_below_min_value"),
        ({"reasoning_effort": "utmost"}, 400, "invalid_value"),
        ({"thinking": {}}, 400, "unknown_parameter"),
        ({"response_format": {"type": "xml"}}, 400, "invalid_value"),
        ({"response_format": {"type": "json_schema"}}, 400, "missing_required_parameter"),
        ({"model": "gpt-0"}, 404, "model_not_found"),
    ],
)
def test_a_wrong_request_gets_the_vendors_error(
    sandbox: Sandbox, change: dict[str, Any], status: int, code: str
) -> None:
    reply = post(sandbox, chat(**change))
    error = reply.json()["error"]

    assert (reply.status_code, error["code"]) == (status, code)
    assert set(error) == {"message", "type", "param", "code"}


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ({**OPEN, "additionalProperties": True}, "'additionalProperties' is required"),
        ({**OPEN, "required": ["summary"]}, "including every key in properties"),
        (
            {**OPEN, "properties": {"summary": {"type": "string", "maxLength": 5}}, "required": ["summary"]},
            "'maxLength'",
        ),
        ({**OPEN, "properties": {"summary": {}}, "required": ["summary"]}, "must have a 'type'"),
        ("text", "must be an object"),
    ],
)
def test_a_schema_beyond_strict_mode_is_refused(sandbox: Sandbox, schema: Any, fault: str) -> None:
    reply = post(sandbox, chat(**asking_for(schema)))

    assert reply.status_code == 400
    assert fault in reply.json()["error"]["message"]


def test_a_missing_and_a_wrong_key_are_told_apart_and_over_the_rate_it_says_when_to_come_again(
    sandbox: Sandbox,
) -> None:
    missing = sandbox.http.post(f"/openai{CHAT}", json=chat())
    wrong = post(sandbox, chat(), "sk-wrong")
    sandbox.admin("PUT", "/limits", json={"openai": {"rates": [{"requests": 1, "seconds": 60}]}})
    _, limited = post(sandbox, chat()), post(sandbox, chat())

    assert (missing.status_code, missing.json()["error"]["code"]) == (401, None)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "invalid_api_key")
    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) >= 1
