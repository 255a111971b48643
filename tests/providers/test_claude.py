"""Claude: what is asked, what its answers mean and cost, without a network."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, Field
from vendor_contracts import Contract, RecordingAsks, reply

from leadgen.errors import QuotaSpent, VendorRefused
from leadgen.providers.calls import Reply, Request, Usage, Verdict, fingerprint
from leadgen.providers.claude import VENDOR, Claude, judge

MODEL = "claude-haiku-5-5"
VERSION = {"anthropic-version": "2026-10-21"}


class Research(BaseModel):
    """What a site says about its business."""

    pain_points: list[str] = Field(max_length=3)
    opportunities: list[str]
    company_summary: str = Field(max_length=80)


GOOD = '{"pain_points":["no online booking"],"opportunities":["add booking"],"company_summary":"Family dental clinic."}'
TOO_LONG = '{"pain_points":["a","b","c","d"],"opportunities":[],"company_summary":"Clinic."}'


def message(text: str = GOOD, *, stop: str = "end_turn", thinking: bool = False, **fields: Any) -> Reply:
    content: list[dict[str, Any]] = [{"type": "text", "text": text, "citations": None}]
    if thinking:
        content.insert(0, {"type": "thinking", "thinking": "Let me see ...", "signature": "c2ln"})
    body = {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": content,
        "stop_reason": stop,
        "stop_details": None,
        "usage": {"input_tokens": 1210, "output_tokens": 85},
        **fields,
    }
    return reply(body)


def error(status: int, kind: str, **headers: str) -> Reply:
    return reply({"type": "error", "error": {"type": kind, "message": "..."}, "request_id": "req_1"}, status, **headers)


async def ask(*replies: Reply) -> tuple[Research | None, RecordingAsks]:
    asks = RecordingAsks(*replies)
    answer = await Claude(asks).parse(MODEL, "You read sites.", "<site>...</site>", Research, max_tokens=2_000)
    return answer.value, asks


@pytest.fixture
def contract() -> Contract:
    return Contract("anthropic/anthropic-messages-2026-10-21.derived.json")


async def test_a_request_is_one_the_contract_allows(contract: Contract) -> None:
    _, asks = await ask(message(TOO_LONG), message())
    for request in asks.requests:
        contract.check(request, key_headers=VERSION)
        assert not {"temperature", "top_p", "top_k", "tools", "tool_choice", "thinking"} & set(request.body)
        assert request.body["messages"][-1]["role"] == "user"


async def test_the_schema_is_sent_closed_and_without_bounds() -> None:
    _, asks = await ask(message())
    schema = asks.requests[0].body["output_config"]["format"]["schema"]
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(Research.model_fields)
    assert "maxItems" not in schema["properties"]["pain_points"]
    assert "maxItems: 3" in schema["properties"]["pain_points"]["description"]


async def test_an_answer_is_an_instance_of_the_schema() -> None:
    value, asks = await ask(message())
    assert value == Research.model_validate_json(GOOD)
    assert len(asks.calls) == 1


async def test_the_contracts_example_is_read(contract: Contract) -> None:
    value, _ = await ask(reply(contract.example("POST", "/v1/messages")))
    assert value is not None
    assert value.pain_points == ["no online booking"]


async def test_thinking_that_comes_first_is_passed_over() -> None:
    value, _ = await ask(message(thinking=True))
    assert value is not None


@pytest.mark.parametrize("misfit", [TOO_LONG, "no JSON at all", '{"pain_points": []}'])
async def test_an_answer_that_breaks_its_bounds_is_corrected_once(misfit: str) -> None:
    value, asks = await ask(message(misfit), message())
    assert value is not None
    first, second = (request.body["messages"] for request in asks.requests)
    assert second[: len(first)] == first
    assert second[1] == {"role": "assistant", "content": misfit}
    assert "breaks these rules" in second[2]["content"]


async def test_the_correction_says_what_is_wrong() -> None:
    _, asks = await ask(message(TOO_LONG), message())
    assert "pain_points: List should have at most 3 items" in asks.requests[1].body["messages"][2]["content"]


async def test_a_second_misfit_is_refused() -> None:
    with pytest.raises(VendorRefused, match="does not fit Research"):
        await ask(message(TOO_LONG), message(TOO_LONG))


@pytest.mark.parametrize(
    ("stop", "remedy"),
    [
        ("refusal", "Reword"),
        ("max_tokens", "Raise max_tokens"),
        ("model_context_window_exceeded", "Shorten"),
    ],
)
async def test_a_stop_before_the_end_is_refused_whatever_the_text(stop: str, remedy: str) -> None:
    with pytest.raises(VendorRefused, match=remedy):
        await ask(message(GOOD, stop=stop))


def test_a_refusal_names_its_category() -> None:
    refused = message(stop="refusal", stop_details={"type": "refusal", "category": "cyber", "explanation": None})
    assert judge(refused).message == "refusal (cyber)"


def test_a_message_without_text_is_refused() -> None:
    assert judge(message("")).verdict is Verdict.REFUSED
    assert judge(message(stop="tool_use")).verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("status", "kind", "verdict"),
    [
        (400, "invalid_request_error", Verdict.REFUSED),
        (401, "authentication_error", Verdict.CREDENTIALS),
        (402, "billing_error", Verdict.QUOTA),
        (403, "permission_error", Verdict.CREDENTIALS),
        (404, "not_found_error", Verdict.REFUSED),
        (413, "request_too_large", Verdict.REFUSED),
        (429, "rate_limit_error", Verdict.RETRY),
        (500, "api_error", Verdict.RETRY),
        (504, "timeout_error", Verdict.RETRY),
        (529, "overloaded_error", Verdict.RETRY),
    ],
)
def test_each_documented_error_has_its_verdict(status: int, kind: str, verdict: Verdict) -> None:
    judgement = judge(error(status, kind))
    assert judgement.verdict is verdict
    assert judgement.message.startswith(kind)


async def test_a_retired_model_says_which_settings_to_change() -> None:
    with pytest.raises(VendorRefused, match="LEADGEN_RESEARCH_MODEL and LEADGEN_WRITING_MODEL"):
        await ask(error(404, "not_found_error"))


def test_a_limit_says_how_long_to_wait() -> None:
    assert judge(error(429, "rate_limit_error", retry_after="12")).retry_after_seconds == 12
    assert judge(error(529, "overloaded_error", retry_after_ms="300")).retry_after_seconds == 0.3


def test_the_vendors_word_on_retrying_counts() -> None:
    assert judge(error(429, "rate_limit_error", x_should_retry="false")).verdict is Verdict.QUOTA
    assert judge(error(500, "api_error", x_should_retry="false")).verdict is Verdict.REFUSED
    assert judge(error(400, "invalid_request_error", x_should_retry="true")).verdict is Verdict.RETRY
    assert judge(error(409, "conflict")).verdict is Verdict.RETRY


async def test_a_spent_limit_stops_the_calls() -> None:
    with pytest.raises(QuotaSpent):
        await ask(error(429, "rate_limit_error", x_should_retry="false"))


async def test_tokens_are_charged_by_class() -> None:
    _, asks = await ask(message())
    usage = {
        "input_tokens": 900,
        "output_tokens": 180,
        "cache_read_input_tokens": 1024,
        "cache_creation_input_tokens": None,
    }
    assert asks.operation.charge(message(usage=usage)) == [
        Usage(f"{MODEL}:input", Decimal(900)),
        Usage(f"{MODEL}:output", Decimal(180)),
        Usage(f"{MODEL}:cache_read", Decimal(1024)),
    ]


async def test_a_refused_message_is_billed_and_an_error_is_not() -> None:
    _, asks = await ask(message())
    assert asks.operation.charge(message(stop="refusal"))
    assert asks.operation.charge(error(500, "api_error")) == ()


async def test_what_is_reserved_covers_prompt_and_answer() -> None:
    asks = RecordingAsks(message())
    await Claude(asks).parse(MODEL, "system", "word " * 3_000, Research, max_tokens=2_000)
    reserved = {usage.unit: usage.quantity for usage in asks.operation.expected}
    assert reserved[f"{MODEL}:output"] == 2_000
    assert 5_000 < reserved[f"{MODEL}:input"] < 6_000


async def test_the_fingerprint_covers_model_prompt_and_schema() -> None:
    class Other(BaseModel):
        company_summary: str

    async def mark(model: str, prompt: str, schema: type[BaseModel]) -> bytes:
        asks = RecordingAsks(message())
        await Claude(asks).parse(model, "system", prompt, schema, max_tokens=100)
        operation, request = asks.calls[0]
        return fingerprint(operation, request, "platform")

    same = await mark(MODEL, "a", Research)
    assert same == await mark(MODEL, "a", Research)
    others = {
        await mark("claude-sonnet-5-5", "a", Research),
        await mark(MODEL, "b", Research),
        await mark(MODEL, "a", Other),
    }
    assert same not in others
    assert len(others) == 3


async def test_the_call_goes_by_post_to_messages() -> None:
    _, asks = await ask(message())
    request: Request = asks.requests[0]
    assert (request.method, request.path, VENDOR.name) == ("POST", "/v1/messages", "anthropic")


@pytest.mark.parametrize("is_private", [True, False])
async def test_a_private_answer_is_the_tenants_and_a_correction_of_it_too(is_private: bool) -> None:
    asks = RecordingAsks(message(TOO_LONG), message())
    await Claude(asks).parse(MODEL, "Write.", "To Ana ...", Research, max_tokens=2_000, is_private=is_private)
    assert [operation.is_private for operation, _ in asks.calls] == [is_private, is_private]


def test_the_limits_that_a_reply_tells_are_read_and_others_are_let_be() -> None:
    resets = (datetime.now(UTC) + timedelta(seconds=30)).isoformat()
    told = reply(
        {},
        anthropic_ratelimit_requests_limit="1000",
        anthropic_ratelimit_requests_remaining="7",
        anthropic_ratelimit_requests_reset=resets,
    )
    (window,) = VENDOR.told(told)
    assert (window.window_seconds, window.limit, window.remaining) == (60, 1_000, 7)
    assert 0 < window.resets_in_seconds <= 30
    assert VENDOR.told(message()) == ()
