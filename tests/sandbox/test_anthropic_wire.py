"""Anthropic in the sandbox: VENDORS.md section 8 on the wire, with the official SDK unchanged."""

from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import pytest
from pydantic import BaseModel, ConfigDict
from sandbox_server import Sandbox
from wire_contract import WireContract

MESSAGES, COUNT, MODEL = "/v1/messages", "/v1/messages/count_tokens", "/v1/models/{model_id}"
SONNET, HAIKU = "claude-sonnet-5-5", "claude-haiku-5-5"
PAGE = "<page>\nLamar Dental is a dentist in Austin.\nFamily owned since 1998.\n</page>"


class Finding(BaseModel):
    model_config = ConfigDict(extra="forbid")
    statement: str
    quote: str


class Findings(BaseModel):
    summary: Finding
    facts: list[Finding]


@pytest.fixture(scope="module")
def contract() -> WireContract:
    return WireContract("anthropic/anthropic-messages-2026-10-21.derived.json")


@pytest.fixture
def sdk(sandbox: Sandbox) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(api_key=sandbox.key, base_url=f"{sandbox.url}/anthropic", max_retries=0) as client:
        yield client


def message(text: str = "Hello there.", **change: Any) -> dict[str, Any]:
    return {"model": HAIKU, "max_tokens": 500, "messages": [{"role": "user", "content": text}], **change}


def post(
    sandbox: Sandbox, body: dict[str, Any], *, path: str = MESSAGES, version: str = "2026-10-21"
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {sandbox.key}", "anthropic-version": version}
    return sandbox.http.post(f"/anthropic{path}", json=body, headers=headers)


def asking_for(schema: dict[str, Any]) -> dict[str, Any]:
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


def test_the_official_sdk_parses_an_answer_into_its_model(sdk: anthropic.Anthropic) -> None:
    answer = sdk.messages.parse(**message(PAGE), output_format=Findings)

    assert answer.stop_reason == "end_turn"
    assert answer.parsed_output is not None
    assert answer.parsed_output.facts[0].quote == "Family owned since 1998."


def test_an_answer_is_as_the_contract_says_and_bills_its_tokens(sandbox: Sandbox, contract: WireContract) -> None:
    reply = post(sandbox, message("word " * 100, model=HAIKU))
    answer = contract.check(reply, MESSAGES)
    usage, bill = answer["usage"], sandbox.counts("anthropic")["bill"]

    assert usage["input_tokens"] == 125
    assert bill["units"] == {f"{HAIKU}:input": 125, f"{HAIKU}:output": usage["output_tokens"]}
    assert reply.headers["request-id"].startswith("req_")
    assert reply.headers["anthropic-ratelimit-requests-limit"] == "1000"


def test_the_same_request_gives_the_same_answer(sandbox: Sandbox) -> None:
    answers = [post(sandbox, message(PAGE, model=SONNET)).json() for _ in range(2)]

    assert answers[0] == answers[1]


def test_sonnet_may_think_first_and_thinking_counts(sandbox: Sandbox) -> None:
    answers = [post(sandbox, message(f"Question {n}.", model=SONNET)).json() for n in range(20)]
    firsts = {answer["content"][0]["type"] for answer in answers}
    thoughtful = next(answer for answer in answers if answer["content"][0]["type"] == "thinking")
    off = post(sandbox, message("Question 1.", model=SONNET, thinking={"type": "between_tools"})).json()

    assert firsts == {"thinking", "text"}
    assert [block["type"] for block in thoughtful["content"]] == ["thinking", "text"]
    assert thoughtful["usage"]["output_tokens_details"]["thinking_tokens"] > 0
    assert [block["type"] for block in off["content"]] == ["text"]


def test_an_answer_ends_at_max_tokens_and_at_stop_sequences(sandbox: Sandbox) -> None:
    short = post(sandbox, message(PAGE, max_tokens=5, **asking_for(Findings.model_json_schema() | OPEN))).json()
    stopped = post(sandbox, message("One. Two.", stop_sequences=["ne"])).json()

    assert (short["stop_reason"], short["usage"]["output_tokens"]) == ("max_tokens", 5)
    assert (stopped["stop_reason"], stopped["stop_sequence"], stopped["content"][0]["text"]) == (
        "stop_sequence",
        "ne",
        "O",
    )


OPEN = {
    "type": "object",
    "properties": {"facts": {"type": "array", "items": {"type": "string"}}, "summary": {"type": "string"}},
    "required": ["facts", "summary"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("change", "status", "kind"),
    [
        ({"temperature": 1}, 400, "invalid_request_error"),
        ({"top_p": 0.9}, 400, "invalid_request_error"),
        ({"top_k": 5}, 400, "invalid_request_error"),
        ({"seed": 5}, 400, "invalid_request_error"),
        ({"max_tokens": 0}, 400, "invalid_request_error"),
        ({"messages": []}, 400, "invalid_request_error"),
        ({"messages": [{"role": "user", "content": ""}]}, 400, "invalid_request_error"),
        ({"messages": [{"role": "user", "content": "x", "name": "y"}]}, 400, "invalid_request_error"),
        (
            {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "{"}]},
            400,
            "invalid_request_error",
        ),
        ({"tools": [{"name": "t", "input_schema": {}}], "tool_choice": {"type": "any"}}, 400, "invalid_request_error"),
        ({"thinking": {"type": "disabled"}}, 400, "invalid_request_error"),
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, 400, "invalid_request_error"),
        ({"model": "claude-sonnet-4-20250514"}, 404, "not_found_error"),
        ({"model": "claude-unheard-of"}, 404, "not_found_error"),
    ],
)
def test_a_wrong_request_gets_the_vendors_error(
    sandbox: Sandbox, contract: WireContract, change: dict[str, Any], status: int, kind: str
) -> None:
    reply = post(sandbox, message(**{"model": SONNET, **change}))
    error = contract.check(reply, MESSAGES)

    assert (reply.status_code, error["error"]["type"]) == (status, kind)
    assert error["request_id"] == reply.headers["request-id"]


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ({"type": "object", "properties": {}}, "'additionalProperties' must be explicitly set to false"),
        ({"type": "integer", "minimum": 1, "maximum": 5}, "maximum, minimum are not supported"),
        ({"type": "string", "maxLength": 5}, "maxLength are not supported"),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 5}, "maxItems are not supported"),
        ({"type": "text"}, "Invalid schema type 'text'"),
        ({"$ref": "https://x.example/schema"}, "External $ref"),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}}, "Recursive schemas"),
    ],
)
def test_a_schema_beyond_the_grammar_is_refused(sandbox: Sandbox, schema: dict[str, Any], fault: str) -> None:
    reply = post(sandbox, message(**asking_for(schema)))

    assert reply.status_code == 400
    assert fault in reply.json()["error"]["message"]


def test_the_version_header_is_needed_and_the_old_version_still_answers(sandbox: Sandbox) -> None:
    headers = {"x-api-key": sandbox.key}
    missing = sandbox.http.post("/anthropic/v1/messages", json=message(), headers=headers)
    sampled = message(model="claude-haiku-4-5", temperature=0)

    assert missing.json()["error"]["message"] == "anthropic-version: header is required"
    assert post(sandbox, message(), version="2023-01-01").status_code == 400
    assert post(sandbox, sampled, version="2023-06-01").status_code == 200
    assert post(sandbox, sampled).status_code == 400


def test_a_wrong_key_is_an_authentication_error_to_the_sdk(sandbox: Sandbox) -> None:
    with (
        anthropic.Anthropic(api_key="sk-ant-not-ours", base_url=f"{sandbox.url}/anthropic") as client,
        pytest.raises(anthropic.AuthenticationError) as caught,
    ):
        client.messages.create(**message())

    assert caught.value.status_code == 401


def test_over_the_rate_it_says_when_to_come_again(
    sandbox: Sandbox, sdk: anthropic.Anthropic, contract: WireContract
) -> None:
    sandbox.admin("PUT", "/limits", json={"anthropic": {"rates": [{"requests": 1, "seconds": 60}]}})
    sdk.messages.create(**message())
    with pytest.raises(anthropic.RateLimitError) as caught:
        sdk.messages.create(**message())

    assert 55 < int(caught.value.response.headers["retry-after"]) <= 60
    assert contract.check(post(sandbox, message()), MESSAGES)["error"]["type"] == "rate_limit_error"


def test_when_it_fails_it_is_overloaded(sandbox: Sandbox, sdk: anthropic.Anthropic) -> None:
    sandbox.admin("PUT", "/faults", json={"anthropic": {"outage": True}})
    with pytest.raises(anthropic.OverloadedError) as caught:
        sdk.messages.create(**message())

    assert caught.value.status_code == 529


def test_tokens_are_counted_for_nothing(sandbox: Sandbox, sdk: anthropic.Anthropic, contract: WireContract) -> None:
    counted = sdk.messages.count_tokens(model=HAIKU, messages=[{"role": "user", "content": "word " * 100}])
    body = {key: value for key, value in message().items() if key != "max_tokens"}

    assert counted.input_tokens == 125
    assert contract.check(post(sandbox, body, path=COUNT), COUNT)["input_tokens"] == 3
    assert sandbox.counts("anthropic")["bill"]["units"] == {}


def test_models_are_listed_with_their_lifecycles(
    sandbox: Sandbox, sdk: anthropic.Anthropic, contract: WireContract
) -> None:
    lifecycles = {model.id: model.lifecycle for model in sdk.models.list(limit=3)}
    headers = {"x-api-key": sandbox.key, "anthropic-version": "2026-10-21"}
    retired = sandbox.http.get("/anthropic/v1/models/claude-sonnet-4-20250514", headers=headers)

    assert lifecycles[SONNET] == lifecycles[HAIKU] == "active"
    assert contract.check(retired, MODEL)["lifecycle"] == "retired"
    with pytest.raises(anthropic.NotFoundError):
        sdk.models.retrieve("claude-unheard-of")
