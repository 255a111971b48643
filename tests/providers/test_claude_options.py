"""Claude beyond the plain question: effort and thinking, the prompt cache, classes of tokens, counts, models."""

from decimal import Decimal
from typing import Any

import pytest
from test_claude import GOOD, MODEL, VERSION, Research, error, message
from vendor_contracts import Contract, RecordingAsks, reply

from leadgen.providers.calls import Usage, fingerprint
from leadgen.providers.claude import Claude, Question
from leadgen.settings import Settings

QUESTION = Question(MODEL, "You read sites.", "<site>...</site>", Research, max_tokens=2_000)
BRIEF = "What the campaign offers, and to whom. " * 500


@pytest.fixture
def contract() -> Contract:
    return Contract("anthropic/anthropic-messages-2026-10-21.derived.json")


def usage(**tokens: Any) -> list[Usage]:
    given = {"input_tokens": 0, "output_tokens": 0, **tokens}
    return list(QUESTION.operation(QUESTION.turns).charge(message(usage=given)))


async def test_effort_and_thinking_are_said_as_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(message())
    await Claude(asks).parse(
        MODEL, "Write.", "To whom?", Research, max_tokens=2_000, effort="low", thinking="between_tools"
    )
    [request] = asks.requests
    contract.check(request, key_headers=VERSION)
    assert request.body["output_config"]["effort"] == "low"
    assert request.body["thinking"] == {"type": "between_tools"}


async def test_what_is_not_asked_for_leaves_the_fingerprint_as_it_was() -> None:
    asks = RecordingAsks(message())
    await Claude(asks).ask(QUESTION)
    [(operation, request)] = asks.calls
    assert set(request.body) == {"model", "max_tokens", "system", "messages", "output_config"}
    assert set(request.body["output_config"]) == {"format"}
    assert fingerprint(operation, request, "platform").hex().startswith("0d94e494327c2b52")


async def test_a_cached_prompt_is_the_same_question_and_reserves_the_price_of_its_writing() -> None:
    marks, reserved = set(), []
    for cache in (None, "1h"):
        asks = RecordingAsks(message())
        await Claude(asks).parse(MODEL, BRIEF, "To whom?", Research, max_tokens=2_000, cache=cache)
        [(operation, request)] = asks.calls
        marks.add(fingerprint(operation, request, "platform"))
        reserved.append({usage.unit: usage.quantity for usage in operation.expected})
    assert len(marks) == 1
    written = reserved[1].pop(f"{MODEL}:cache_write_1h")
    assert written + reserved[1][f"{MODEL}:input"] == reserved[0][f"{MODEL}:input"]
    assert written > 6_000


@pytest.mark.parametrize(("cached_from", "is_marked"), [(4_096, True), (100_000, False)])
async def test_a_prompt_below_its_models_minimum_is_not_marked(cached_from: int, is_marked: bool) -> None:
    asks = RecordingAsks(message())
    claude = Claude(asks, {MODEL: cached_from})
    await claude.parse(MODEL, BRIEF, "To whom?", Research, max_tokens=2_000, cache="5m")
    assert (f"{MODEL}:cache_write" in {usage.unit for usage in asks.operation.expected}) is is_marked


def test_tokens_written_to_the_cache_are_told_apart_by_how_long_they_stay() -> None:
    assert usage(
        input_tokens=10,
        output_tokens=5,
        cache_read_input_tokens=100,
        cache_creation_input_tokens=50,
        cache_creation={"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 30},
    ) == [
        Usage(f"{MODEL}:input", Decimal(10)),
        Usage(f"{MODEL}:output", Decimal(5)),
        Usage(f"{MODEL}:cache_read", Decimal(100)),
        Usage(f"{MODEL}:cache_write", Decimal(20)),
        Usage(f"{MODEL}:cache_write_1h", Decimal(30)),
    ]


def test_a_prompt_over_100_000_tokens_costs_more_on_haiku_cached_or_not() -> None:
    assert {u.unit for u in usage(input_tokens=100_000, output_tokens=5)} == {f"{MODEL}:input", f"{MODEL}:output"}
    assert {u.unit for u in usage(input_tokens=60_000, cache_read_input_tokens=40_001, output_tokens=5)} == {
        f"{MODEL}:long_input",
        f"{MODEL}:long_output",
        f"{MODEL}:long_cache_read",
    }


def test_a_batch_is_half_price_in_every_class() -> None:
    prices = Settings(_env_file=None).anthropic.prices
    batched = {unit: price for unit, price in prices.items() if ":batch_" in unit}
    assert len(batched) == len(prices) / 2
    assert all(price * 2 == prices[unit.replace(":batch_", ":")] for unit, price in batched.items())


async def test_tokens_are_counted_for_nothing_and_the_count_is_kept(contract: Contract) -> None:
    asks = RecordingAsks(reply({"input_tokens": 1_210}))
    assert (await Claude(asks).count_tokens(QUESTION)).value == 1_210
    contract.check(asks.requests[0])
    assert (asks.operation.expected, asks.operation.time_to_live.days) == ((), 90)
    assert "max_tokens" not in asks.requests[0].body


async def test_the_count_of_a_tenants_own_prompt_is_its_own() -> None:
    asks = RecordingAsks(reply({"input_tokens": 5}))
    await Claude(asks).count_tokens(Question(MODEL, "", "To Ana ...", Research, 100, is_private=True))
    assert asks.operation.is_private


async def test_a_model_tells_its_life_and_size_and_an_unknown_one_is_a_miss(contract: Contract) -> None:
    told = {
        "id": MODEL,
        "type": "model",
        "lifecycle": "deprecated",
        "retires_at": "2026-11-30T00:00:00Z",
        "max_input_tokens": 1_000_000,
        "max_tokens": 128_000,
    }
    asks = RecordingAsks(reply(told), error(404, "not_found_error"))
    claude = Claude(asks)
    info, unknown = (await claude.model_info(MODEL)).value, (await claude.model_info("claude-unheard-of")).value
    assert info is not None
    assert (info.lifecycle, info.max_tokens, unknown) == ("deprecated", 128_000, None)
    assert info.retires_at is not None
    assert info.retires_at.date().isoformat() == "2026-11-30"
    assert asks.operation.time_to_live.total_seconds() == 0
    assert asks.requests[0].path == f"/v1/models/{MODEL}"


def test_the_answer_is_read_out_of_a_message() -> None:
    assert QUESTION.read(message().json()).value == Research.model_validate_json(GOOD)
