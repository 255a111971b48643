"""Claude through Anthropic's own SDK: an answer in the shape of a pydantic model.

Facts (VENDORS.md section 8): the shape goes into `output_config.format`; the server keeps its types but not
its bounds, so the answer is validated here; no sampling parameters, forced tools, prefill or disabled
thinking (each a 400); a thinking block may come first and counts in `max_tokens`; `refusal` and `max_tokens`
stops carry text that need not parse, so the stop reason is looked at first. A prompt is cached by the vendor
from 512 to 4,096 tokens on, by model; below that it is not, and nothing is said.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Told, Usage, Vendor, Verdict
from leadgen.providers.claude_usage import CacheTime, TokenUsage, most_billed
from leadgen.providers.judging import judge_status, pause_asked, seconds_until
from leadgen.providers.structured import Outcome, Turn, in_shape, most_tokens, read_shape

M = TypeVar("M", bound=BaseModel)

Effort = Literal["low", "medium", "high", "xhigh", "max"]
Thinking = Literal["adaptive", "between_tools"]

API_VERSION = {"anthropic-version": "2026-10-21"}  # of the calls that go by plain HTTP; the SDK sends its own
CACHED_FROM_TOKENS = 4_096  # the highest of the models' minimums: for models that the settings do not name
ANSWERS_KEPT = timedelta(days=90)  # an answer is a pure function of its prompt
OTHER_MODEL = "Set LEADGEN_RESEARCH_MODEL and LEADGEN_WRITING_MODEL to models that are served today."
# stop reasons that leave no usable answer, with what to do about each
UNUSABLE_STOPS = {
    "refusal": "Reword this task's prompt, or leave this business out.",
    "max_tokens": "Raise max_tokens of this task; thinking counts in it.",
    "model_context_window_exceeded": "Shorten the text that this task sends.",
}


def _told(reply: Reply) -> Sequence[Told]:
    """The minute's requests: what is left, and when it is whole again (RFC 3339)."""
    try:
        limit = int(reply.headers["anthropic-ratelimit-requests-limit"])
        remaining = int(reply.headers["anthropic-ratelimit-requests-remaining"])
        resets = seconds_until(datetime.fromisoformat(reply.headers["anthropic-ratelimit-requests-reset"]))
    except (KeyError, ValueError):
        return ()
    return (Told(60.0, limit, remaining, resets),)


VENDOR = Vendor("anthropic", lambda key: ({"Authorization": f"Bearer {key}"}, ()), service="anthropic", told=_told)


class _Block(BaseModel):
    type: str
    text: str = ""


class _StopDetails(BaseModel):
    category: str | None = None


class _Message(BaseModel):
    content: list[_Block] = []
    stop_reason: str | None = None
    stop_details: _StopDetails | None = None
    usage: TokenUsage = TokenUsage()

    @property
    def text(self) -> str:
        """What the model says, without its thinking."""
        return "".join(block.text for block in self.content if block.type == "text")


class _Error(BaseModel):
    type: str = ""
    message: str = ""


class _ErrorBody(BaseModel):
    error: _Error = _Error()


class _Count(BaseModel):
    input_tokens: int


class _ModelBody(BaseModel):
    id: str
    lifecycle: str = "active"
    retires_at: datetime | None = None
    max_input_tokens: int | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model as its vendor describes it: `lifecycle` is active, deprecated or retired; sizes are in tokens."""

    id: str
    lifecycle: str
    retires_at: datetime | None
    max_input_tokens: int | None
    max_tokens: int | None


@dataclass(frozen=True, slots=True)
class Question(Generic[M]):
    """A prompt and the shape of its answer; `Claude.parse` explains the fields.

    Asked at once or in a batch it is the same question, with the same fingerprint.
    """

    model: str
    system: str
    prompt: str
    schema: type[M]
    max_tokens: int
    is_private: bool = False
    effort: Effort | None = None
    thinking: Thinking | None = None

    @property
    def turns(self) -> Sequence[Turn]:
        """The conversation's beginning."""
        return [{"role": "user", "content": self.prompt}]

    def params(self, turns: Sequence[Turn]) -> dict[str, Any]:
        """The Messages request, as the API takes it."""
        return {**self._head(turns), "max_tokens": self.max_tokens}

    def counted(self) -> dict[str, Any]:
        """The same for the counting of its tokens."""
        return self._head(self.turns)

    def request(self, turns: Sequence[Turn]) -> Request:
        """The call, as it is fingerprinted."""
        return Request("POST", "/v1/messages", body=self.params(turns))

    def read(self, body: Any) -> Outcome[M]:
        """The answer out of a message."""
        return read_shape(_Message.model_validate(body).text, self.schema)

    def operation(
        self, turns: Sequence[Turn], *, cached: Mapping[CacheTime, int] | None = None, in_batch: bool = False
    ) -> Operation:
        """The call's rules: the most it can cost and its units depend on the model and the prompt's length."""
        tokens = most_tokens(self.params(turns))
        return replace(
            messages_of(self.model, in_batch=in_batch),
            expected=most_billed(self.model, tokens, self.max_tokens, cached=cached or {}, in_batch=in_batch),
            is_private=self.is_private,
        )

    def _head(self, turns: Sequence[Turn]) -> dict[str, Any]:
        from leadgen.providers import claude_sdk  # noqa: PLC0415  its import takes seconds

        output: dict[str, Any] = {"format": {"type": "json_schema", "schema": claude_sdk.wire_schema(self.schema)}}
        if self.effort:
            output["effort"] = self.effort
        head = {"model": self.model, "system": self.system, "messages": list(turns), "output_config": output}
        return {**head, "thinking": {"type": self.thinking}} if self.thinking else head


class Claude:
    """Answers of a language model, as values.

    `cached_from` says, by model, from how many tokens on its vendor caches a prompt.
    """

    def __init__(self, asks: Asks, cached_from: Mapping[str, int] | None = None) -> None:
        self._asks = asks
        self._cached_from = cached_from or {}

    async def parse(
        self,
        model: str,
        system: str,
        prompt: str,
        schema: type[M],
        *,
        max_tokens: int,
        is_private: bool = False,
        effort: Effort | None = None,
        thinking: Thinking | None = None,
        cache: CacheTime | None = None,
    ) -> Answer[M]:
        """The model's answer to `prompt` as an instance of `schema`, its bounds checked.

        `model` is an id of Anthropic's with prices in the settings. Untrusted text belongs into `prompt`,
        delimited. `is_private`: prompt or answer are the tenant's own, and the answer is shared with nobody.
        `thinking`: between_tools has the model answer without thinking first. `cache`: many calls share `system`;
        where it is long enough the vendor keeps it for that long and reads it again at a fraction of its price.

        Raises:
            VendorRefused: the model refuses, stopped before its end, is not served, or missed the shape
            twice. VendorError: as `Asks.ask`.
        """
        return await self.ask(
            Question(model, system, prompt, schema, max_tokens, is_private, effort, thinking), cache=cache
        )

    async def ask(self, question: Question[M], *, cache: CacheTime | None = None) -> Answer[M]:
        """The answer to a question, as `parse`."""
        from leadgen.providers import claude_sdk  # noqa: PLC0415  its import takes seconds

        system_tokens = most_tokens(question.system)
        is_long = system_tokens >= self._cached_from.get(question.model, CACHED_FROM_TOKENS)
        cached = {cache: system_tokens} if cache and is_long else {}
        send = claude_sdk.sender_that_caches(cache) if cache and is_long else claude_sdk.send_with_sdk
        return await in_shape(
            VENDOR.name,
            "messages",
            question.schema,
            question.turns,
            lambda turns: self._asks.ask(
                question.operation(turns, cached=cached), question.request(turns), question.read, send=send
            ),
        )

    async def count_tokens(self, question: Question[M]) -> Answer[int]:
        """How many tokens the model reads in a question, the shape of its answer included; free.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = Request("POST", "/v1/messages/count_tokens", body=question.counted(), headers=API_VERSION)
        operation = COUNT_PRIVATELY if question.is_private else COUNT
        return await self._asks.ask(operation, request, lambda body: _Count.model_validate(body).input_tokens)

    async def model_info(self, model: str) -> Answer[ModelInfo]:
        """What Anthropic says of a model; None where it knows none of this id. Free, never stored.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(MODEL_INFO, Request("GET", f"/v1/models/{model}", headers=API_VERSION), _read_model)

    async def close(self) -> None:
        """Closes the connections of the running event loop, if any were opened."""
        if sdk := sys.modules.get("leadgen.providers.claude_sdk"):
            await sdk.close_sdk_clients()


def _read_model(body: Any) -> ModelInfo:
    said = _ModelBody.model_validate(body)
    return ModelInfo(said.id, said.lifecycle, said.retires_at, said.max_input_tokens, said.max_tokens)


def judge(reply: Reply) -> Judgement:
    """What a reply of the Messages API means; an answer is a message that came to its end and says
    something."""
    return _judge_message(reply) if reply.status == HTTPStatus.OK else judge_plain(reply)


def judge_plain(reply: Reply) -> Judgement:
    """What a reply of the other operations means: the API's errors are the same everywhere."""
    try:
        error = _ErrorBody.model_validate(reply.json()).error
    except ValidationError:
        error = _Error()
    message = f"{error.type}: {error.message}".strip(": ")
    judgement = judge_status(reply, message)
    if reply.status == HTTPStatus.NOT_FOUND:
        return Judgement(Verdict.REFUSED, judgement.message, remedy=OTHER_MODEL)
    should_retry = reply.headers.get("x-should-retry")
    if should_retry == "true" or (reply.status == HTTPStatus.CONFLICT and should_retry != "false"):
        return Judgement(Verdict.RETRY, judgement.message, pause_asked(reply))
    if should_retry == "false" and judgement.verdict is Verdict.RETRY:
        is_limit = reply.status == HTTPStatus.TOO_MANY_REQUESTS
        return Judgement(Verdict.QUOTA if is_limit else Verdict.REFUSED, judgement.message)
    return judgement


def _judge_message(reply: Reply) -> Judgement:
    try:
        message = _Message.model_validate(reply.json())
    except ValidationError:
        return Judgement(Verdict.RETRY, "the answer is not a message")
    stop = message.stop_reason or "no stop reason"
    if stop in UNUSABLE_STOPS:
        category = message.stop_details.category if message.stop_details else None
        said = f"{stop} ({category})" if category else stop
        return Judgement(Verdict.REFUSED, said, remedy=UNUSABLE_STOPS[stop])
    if stop != "end_turn" or not message.text:
        return Judgement(Verdict.REFUSED, f"no text at {stop}")
    return Judgement(Verdict.ANSWER)


def _charge(reply: Reply, model: str, *, in_batch: bool) -> Sequence[Usage]:
    """Tokens by class. Refused and cut-off messages are billed like any other."""
    if reply.status != HTTPStatus.OK:
        return ()
    try:
        usage = _Message.model_validate(reply.json()).usage
    except ValidationError:
        return ()
    return usage.billed(model, in_batch=in_batch)


def messages_of(model: str, *, in_batch: bool = False) -> Operation:
    """The rules of every message of a model's; what one can cost depends on the question."""
    return Operation(
        vendor=VENDOR,
        name="messages",
        judge=judge,
        charge=lambda reply: _charge(reply, model, in_batch=in_batch),
        expected=(),
        time_to_live=ANSWERS_KEPT,
    )


def _judge_model(reply: Reply) -> Judgement:
    judgement = judge_plain(reply)
    return Judgement(Verdict.MISS, judgement.message) if reply.status == HTTPStatus.NOT_FOUND else judgement


COUNT = Operation(
    vendor=VENDOR,
    name="count_tokens",
    judge=judge_plain,
    charge=lambda _reply: (),
    expected=(),
    time_to_live=ANSWERS_KEPT,
    limit_scope="count_tokens",
)
COUNT_PRIVATELY = replace(COUNT, is_private=True)
MODEL_INFO = Operation(
    vendor=VENDOR,
    name="model",
    judge=_judge_model,
    charge=lambda _reply: (),
    expected=(),
    time_to_live=timedelta(0),
    limit_scope="models",
)
