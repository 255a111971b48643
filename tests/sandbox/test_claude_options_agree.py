"""Claude's prompt cache, counts and models: our client and the sandbox understand each other, and both reckon the same bill."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel
from sandbox_server import Sandbox

from leadgen.domain.money import micros
from leadgen.providers.calls import Answer, Lookup, Operation, Receipt, Request, Sender, Verdict
from leadgen.providers.claude import Claude, Question
from leadgen.providers.claude_sdk import close_sdk_clients
from leadgen.providers.wire import Wire
from leadgen.settings import Settings

T = TypeVar("T")
SONNET = "claude-sonnet-5-5"
BRIEF = "What the campaign offers, and to whom. " * 400


class Reading(BaseModel):
    facts: list[str]
    summary: str


class SentByEither:
    """Sends each call by the sender it names, else by plain HTTP, and adds up what it costs."""

    def __init__(self, sandbox: Sandbox, wire: Wire) -> None:
        self._key = sandbox.key
        self._wire = wire
        self._settings = Settings(_env_file=None).anthropic.model_copy(update={"base_url": f"{sandbox.url}/anthropic"})
        self.micros = 0
        self.units: set[str] = set()

    async def ask(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        *,
        send: Sender | None = None,
        find: Lookup | None = None,
    ) -> Answer[T]:
        if send:
            reply = await send(request, self._settings, self._key)
        else:
            reply = await self._wire.send(operation.vendor, request, self._settings, self._key)
        prices = self._settings.prices
        charged, expected = (
            sum(micros(usage.quantity, prices[usage.unit]) for usage in usages)
            for usages in (operation.charge(reply), operation.expected)
        )
        assert charged <= expected, "what is reserved covers what is billed"
        self.micros += charged
        self.units |= {usage.unit for usage in operation.charge(reply)}
        is_answer = operation.judge(reply).verdict is Verdict.ANSWER
        receipt = Receipt(operation.vendor.name, operation.name, 1, datetime.now(UTC), cached=False)
        return Answer(read(reply.json()) if is_answer else None, receipt)


@pytest.fixture
async def asks(sandbox: Sandbox) -> AsyncIterator[SentByEither]:
    async with Wire() as wire:
        asking = SentByEither(sandbox, wire)
        yield asking
        await close_sdk_clients()
        assert asking.micros == sandbox.counts("anthropic")["bill"]["micros"]


@pytest.mark.parametrize(("time", "written"), [("5m", "cache_write"), ("1h", "cache_write_1h")])
async def test_a_shared_prompt_is_written_once_and_read_ever_after(asks: SentByEither, time: Any, written: str) -> None:
    claude = Claude(asks, Settings(_env_file=None).prompt_cache_from_tokens)
    for page in ("<page>Open.</page>", "<page>Closed.</page>"):
        answer = await claude.parse(
            SONNET, BRIEF, page, Reading, max_tokens=2_000, cache=time, thinking="between_tools"
        )
        assert answer.value is not None
    assert {f"{SONNET}:{written}", f"{SONNET}:cache_read"} < asks.units


async def test_a_short_prompt_is_asked_as_ever(asks: SentByEither) -> None:
    await Claude(asks).parse(SONNET, "Read.", "<page>Open.</page>", Reading, max_tokens=2_000, cache="5m", effort="low")
    assert asks.units == {f"{SONNET}:input", f"{SONNET}:output"}


async def test_tokens_are_counted_and_models_told_for_nothing(asks: SentByEither) -> None:
    claude = Claude(asks)
    question = Question(SONNET, "Read.", "word " * 100, Reading, max_tokens=2_000, thinking="between_tools")
    counted = (await claude.count_tokens(question)).value
    retired = (await claude.model_info("claude-sonnet-4-20250514")).value
    assert counted is not None
    assert counted > 125
    assert retired is not None
    assert (retired.lifecycle, (await claude.model_info("claude-unheard-of")).value) == ("retired", None)
    assert asks.micros == 0
