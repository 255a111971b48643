"""OpenAI's chat completions: what is asked, what the answers mean and cost, without a network."""

from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel, Field
from vendor_contracts import ERRORS, Contract, RecordingAsks, reply

from leadgen.errors import VendorRefused
from leadgen.providers.calls import Reply, Usage, Verdict, fingerprint
from leadgen.providers.claude import Claude
from leadgen.providers.openai_chat import VENDOR, OpenAIChat, judge, strict_schema
from leadgen.providers.structured import LanguageModel

MODEL = "gpt-4o-mini"


class Mood(StrEnum):
    GOOD = "good"
    BAD = "bad"


class Fact(BaseModel):
    statement: str = Field(description="In one sentence.", max_length=60)
    mood: Mood = Mood.GOOD


class Research(BaseModel):
    """What a site says about its business."""

    summary: str
    facts: list[Fact] = Field(default=[], max_length=2)
    phone: str | None = None


GOOD = '{"summary":"Clinic.","facts":[{"statement":"Open since 1998.","mood":"good"}],"phone":null}'
TOO_MANY = '{"summary":"Clinic.","facts":[{"statement":"a"},{"statement":"b"},{"statement":"c"}],"phone":null}'


def completion(text: str | None = GOOD, *, finish: str = "stop", refusal: str | None = None, **usage: Any) -> Reply:
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return reply(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_764_000_000,
            "model": "gpt-4o-mini-2024-07-18",
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
            "usage": {"prompt_tokens": 1_210, "completion_tokens": 85, "total_tokens": 1_295, **usage},
        }
    )


def error(status: int, kind: str, code: str | None = None, words: str = "...", **headers: str) -> Reply:
    return reply({"error": {"message": words, "type": kind, "param": None, "code": code}}, status, **headers)


async def ask(*replies: Reply) -> tuple[Research | None, RecordingAsks]:
    asks = RecordingAsks(*replies)
    answer = await OpenAIChat(asks).parse(MODEL, "You read sites.", "<site>...</site>", Research, max_tokens=2_000)
    return answer.value, asks


@pytest.fixture
def contract() -> Contract:
    return Contract("openai/openai-chat.trimmed.json", prefix="/v1")


async def test_a_request_is_one_the_contract_allows(contract: Contract) -> None:
    _, asks = await ask(completion(TOO_MANY), completion())
    for request in asks.requests:
        contract.check(request)
        assert (request.method, request.path) == ("POST", "/v1/chat/completions")
        assert request.body["max_completion_tokens"] == 2_000
        assert [turn["role"] for turn in request.body["messages"]][:2] == ["system", "user"]
        assert request.body["response_format"]["json_schema"]["strict"] is True


def test_every_property_is_required_no_other_is_allowed_and_bounds_are_said_in_words() -> None:
    schema = strict_schema(Research.model_json_schema())
    fact = schema["$defs"]["Fact"]
    assert (schema["required"], schema["additionalProperties"]) == (["summary", "facts", "phone"], False)
    assert (fact["required"], fact["additionalProperties"]) == (["statement", "mood"], False)
    assert fact["properties"]["statement"] == {
        "description": "In one sentence. {maxLength: 60}",
        "type": "string",
    }
    assert fact["properties"]["mood"] == {"$ref": "#/$defs/Mood"}
    assert schema["properties"]["facts"]["description"] == "{maxItems: 2}"
    assert "default" not in schema["properties"]["phone"]


async def test_an_answer_is_an_instance_of_the_schema() -> None:
    value, asks = await ask(completion())
    assert value == Research.model_validate_json(GOOD)
    assert len(asks.calls) == 1


@pytest.mark.parametrize("misfit", [TOO_MANY, "no JSON at all", '{"facts": []}'])
async def test_an_answer_that_breaks_its_bounds_is_corrected_once(misfit: str) -> None:
    value, asks = await ask(completion(misfit), completion())
    assert value is not None
    first, second = (request.body["messages"] for request in asks.requests)
    assert second[:2] == first
    assert second[2] == {"role": "assistant", "content": misfit}
    assert "breaks these rules" in second[3]["content"]


async def test_a_second_misfit_is_refused() -> None:
    with pytest.raises(VendorRefused, match="Research after a correction"):
        await ask(completion(TOO_MANY), completion(TOO_MANY))


@pytest.mark.parametrize(
    ("unusable", "words"),
    [
        (completion(None, refusal="I cannot help with that."), "refusal"),
        (completion(GOOD[:20], finish="length"), "length"),
        (completion(None, finish="content_filter"), "content_filter"),
        (completion(None), "no text at stop"),
        (completion(finish="tool_calls"), "no text at tool_calls"),
        (reply({"choices": []}), "no text at no finish reason"),
    ],
)
async def test_a_stop_without_a_usable_answer_is_refused_with_what_to_do(unusable: Reply, words: str) -> None:
    judgement = judge(unusable)
    assert (judgement.verdict, judgement.message) == (Verdict.REFUSED, words)
    assert judgement.remedy or words.startswith("no text")


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (error(401, "invalid_request_error", "invalid_api_key"), Verdict.CREDENTIALS),
        (error(403, "invalid_request_error", "unsupported_country_region_territory"), Verdict.CREDENTIALS),
        (error(404, "invalid_request_error", "model_not_found"), Verdict.REFUSED),
        (error(400, "invalid_request_error", "context_length_exceeded"), Verdict.REFUSED),
        (error(429, "requests", "rate_limit_exceeded"), Verdict.RETRY),
        (error(429, "tokens", "rate_limit_exceeded"), Verdict.RETRY),
        (error(429, "insufficient_quota", "insufficient_quota"), Verdict.QUOTA),
        (error(429, "insufficient_quota"), Verdict.QUOTA),
        (error(500, "server_error"), Verdict.RETRY),
        (error(503, "server_error"), Verdict.RETRY),
        (Reply(502, "<html>Bad gateway</html>"), Verdict.RETRY),
        (Reply(200, "<html>proxy</html>"), Verdict.RETRY),
    ],
)
async def test_an_error_has_its_meaning(given: Reply, verdict: Verdict) -> None:
    assert judge(given).verdict is verdict
    with pytest.raises(ERRORS[verdict]):
        await ask(given)


def test_the_pause_that_is_asked_for_is_kept() -> None:
    assert judge(error(429, "requests", "rate_limit_exceeded", retry_after="20")).retry_after_seconds == 20


@pytest.mark.parametrize("status", [401, 403, 404, 429])
def test_what_names_the_key_or_the_account_is_not_passed_on(status: int) -> None:
    words = "Incorrect API key provided: sk-abc***1234, organization org-77."
    said = judge(error(status, "invalid_request_error", "some_code", words))
    assert said.message == "some_code"


async def test_tokens_are_charged_by_class_and_cached_ones_apart() -> None:
    _, asks = await ask(completion())
    given = completion(
        prompt_tokens_details={"cached_tokens": 1_024}, completion_tokens_details={"reasoning_tokens": 40}
    )
    assert asks.operation.charge(given) == [
        Usage(f"{MODEL}:input", Decimal(186)),
        Usage(f"{MODEL}:cached_input", Decimal(1_024)),
        Usage(f"{MODEL}:output", Decimal(85)),
    ]


async def test_a_refused_completion_is_billed_and_an_error_is_not() -> None:
    _, asks = await ask(completion())
    assert asks.operation.charge(completion(None, refusal="No."))
    assert asks.operation.charge(error(500, "server_error")) == ()


async def test_what_is_reserved_covers_prompt_and_answer() -> None:
    asks = RecordingAsks(completion())
    await OpenAIChat(asks).parse(MODEL, "system", "word " * 3_000, Research, max_tokens=2_000)
    reserved = {usage.unit: usage.quantity for usage in asks.operation.expected}
    assert reserved[f"{MODEL}:output"] == 2_000
    assert 5_000 < reserved[f"{MODEL}:input"] < 6_500


async def test_the_fingerprint_covers_model_prompt_and_schema() -> None:
    async def mark(model: str, prompt: str, schema: type[BaseModel]) -> bytes:
        asks = RecordingAsks(completion())
        await OpenAIChat(asks).parse(model, "system", prompt, schema, max_tokens=100)
        return fingerprint(*asks.calls[0], "organization")

    class Other(BaseModel):
        summary: str

    same = await mark(MODEL, "a", Research)
    assert same == await mark(MODEL, "a", Research)
    assert (
        len(
            {
                same,
                await mark("gpt-5.4", "a", Research),
                await mark(MODEL, "b", Research),
                await mark(MODEL, "a", Other),
            }
        )
        == 4
    )


@pytest.mark.parametrize("model", [OpenAIChat(RecordingAsks(completion())), Claude(RecordingAsks(reply({})))])
async def test_it_has_the_same_face_as_claude(model: LanguageModel) -> None:
    assert {"model", "system", "prompt", "schema", "max_tokens", "is_private"} <= set(type(model).parse.__annotations__)


async def test_a_model_tells_its_end_and_one_that_the_key_may_not_use_is_a_miss(contract: Contract) -> None:
    told = {"id": MODEL, "object": "model", "created": 1, "owned_by": "openai", "shutdown_date": "2027-01-01"}
    asks = RecordingAsks(reply(told), error(404, "invalid_request_error", "model_not_found"))
    chat = OpenAIChat(asks)
    known, unknown = (await chat.model_info(MODEL)).value, (await chat.model_info("gpt-0")).value
    assert known is not None
    assert (known.id, known.shutdown_date, unknown) == (MODEL, "2027-01-01", None)
    assert asks.requests[0].path == f"/v1/models/{MODEL}"


@pytest.mark.parametrize(
    ("given", "seconds"), [("1s", 1), ("6m0s", 360), ("120ms", 0.12), ("1h2m3.5s", 3_723.5), ("", 0)]
)
def test_the_limits_that_a_reply_tells_are_read(given: str, seconds: float) -> None:
    told = reply(
        {},
        x_ratelimit_limit_requests="500",
        x_ratelimit_remaining_requests="7",
        x_ratelimit_reset_requests=given,
    )
    [window] = VENDOR.told(told)
    assert (window.window_seconds, window.limit, window.remaining) == (60, 500, 7)
    assert window.resets_in_seconds == pytest.approx(seconds)
    assert VENDOR.told(completion()) == ()


def test_the_tenants_own_key_is_used() -> None:
    assert VENDOR.service == "openai"
    assert VENDOR.authorize("k") == ({"Authorization": "Bearer k"}, ())
