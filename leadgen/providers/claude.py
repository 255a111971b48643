"""Claude through Anthropic's own SDK: an answer in the shape of a pydantic model.

Facts (VENDORS.md section 8): the shape goes into `output_config.format`; the server keeps its types but not
its bounds, so the answer is validated here; no sampling parameters, forced tools, prefill or disabled
thinking (each a 400); a thinking block may come first and counts in `max_tokens`; `refusal` and `max_tokens`
stops carry text that need not parse, so the stop reason is looked at first. Prompts over 100,000 tokens cost
more on Haiku; ours stay far below.

An answer that does not fit its shape is shown to the model once, with what is wrong, as a call of its own:
paid, stored and receipted like any other, so that a rerun gives the same result for nothing. A second misfit
is refused.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Generic, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from leadgen.errors import VendorRefused
from leadgen.providers.calls import (
    Answer,
    Asks,
    Judgement,
    Operation,
    Reply,
    Request,
    Told,
    Usage,
    Vendor,
    Verdict,
)
from leadgen.providers.judging import judge_status, pause_asked, seconds_until

M = TypeVar("M", bound=BaseModel)

BYTES_PER_TOKEN = 3  # fewer than English has, so that what is reserved covers the bill
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


class _Usage(BaseModel):
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None


class _Message(BaseModel):
    content: list[_Block] = []
    stop_reason: str | None = None
    stop_details: _StopDetails | None = None
    usage: _Usage = _Usage()

    @property
    def text(self) -> str:
        """What the model says, without its thinking."""
        return "".join(block.text for block in self.content if block.type == "text")


class _Error(BaseModel):
    type: str = ""
    message: str = ""


class _ErrorBody(BaseModel):
    error: _Error = _Error()


@dataclass(frozen=True, slots=True)
class _Fitting(Generic[M]):
    value: M


@dataclass(frozen=True, slots=True)
class _Misfit:
    text: str
    problems: tuple[str, ...]


class Claude:
    """Answers of a language model, as values."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def parse(
        self,
        model: str,
        system: str,
        prompt: str,
        schema: type[M],
        *,
        max_tokens: int,
        is_private: bool = False,
    ) -> Answer[M]:
        """The model's answer to `prompt` as an instance of `schema`, its bounds checked.

        `model` is an id of Anthropic's with prices in the settings. Untrusted text belongs into `prompt`,
        delimited. `is_private`: prompt or answer are the tenant's own, and the answer is shared with nobody.

        Raises:
            VendorRefused: the model refuses, stopped before its end, is not served, or missed the shape
            twice. VendorError: as `Asks.ask`.
        """
        from leadgen.providers import claude_sdk  # noqa: PLC0415  its import takes seconds

        messages = [{"role": "user", "content": prompt}]
        for _ in range(2):
            params = {
                "model": model,
                "max_tokens": max_tokens,
                "system": system,
                "messages": messages,
                "output_config": {"format": {"type": "json_schema", "schema": claude_sdk.wire_schema(schema)}},
            }
            answer = await self._asks.ask(
                _operation(params, is_private=is_private),
                Request("POST", "/v1/messages", body=params),
                lambda body: _read(body, schema),
                send=claude_sdk.send_with_sdk,
            )
            outcome = answer.value
            if isinstance(outcome, _Fitting):
                return Answer(outcome.value, answer.receipt)
            if outcome is not None:
                messages = [*messages, *_correction(outcome)]
        raise VendorRefused(
            VENDOR.name,
            "messages",
            f"the answer does not fit {schema.__name__} after a correction",
            remedy="Loosen the bounds of this task's answer or say them in its prompt.",
        )

    async def close(self) -> None:
        """Closes the connections of the running event loop, if any were opened."""
        if sdk := sys.modules.get("leadgen.providers.claude_sdk"):
            await sdk.close_sdk_clients()


def _operation(params: dict[str, Any], *, is_private: bool) -> Operation:
    """A call's rules: the most it can cost and its units depend on the model and the prompt's length."""
    model = params["model"]
    input_tokens = math.ceil(len(orjson.dumps(params)) / BYTES_PER_TOKEN)
    return Operation(
        vendor=VENDOR,
        name="messages",
        judge=judge,
        charge=lambda reply: _charge(reply, model),
        expected=(
            Usage(f"{model}:input", Decimal(input_tokens)),
            Usage(f"{model}:output", Decimal(params["max_tokens"])),
        ),
        time_to_live=timedelta(days=90),  # a pure function of its prompt
        is_private=is_private,
    )


def _read(body: Any, schema: type[M]) -> _Fitting[M] | _Misfit:
    text = _Message.model_validate(body).text
    try:
        return _Fitting(schema.model_validate_json(text))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        return _Misfit(text, tuple(f"{'.'.join(map(str, p['loc'])) or 'answer'}: {p['msg']}" for p in problems))


def _correction(misfit: _Misfit) -> list[dict[str, str]]:
    problems = "\n".join(f"- {problem}" for problem in misfit.problems)
    return [
        {"role": "assistant", "content": misfit.text},
        {
            "role": "user",
            "content": f"That answer breaks these rules:\n{problems}\nGive the whole answer again, corrected.",
        },
    ]


def judge(reply: Reply) -> Judgement:
    """What a reply of the Messages API means; an answer is a message that came to its end and says
    something."""
    if reply.status == HTTPStatus.OK:
        return _judge_message(reply)
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


def _charge(reply: Reply, model: str) -> Sequence[Usage]:
    """Tokens by class. Refused and cut-off messages are billed like any other."""
    if reply.status != HTTPStatus.OK:
        return ()
    try:
        usage = _Message.model_validate(reply.json()).usage
    except ValidationError:
        return ()
    classes = {
        "input": usage.input_tokens,
        "output": usage.output_tokens,
        "cache_read": usage.cache_read_input_tokens,
        "cache_write": usage.cache_creation_input_tokens,
    }
    return [Usage(f"{model}:{name}", Decimal(tokens)) for name, tokens in classes.items() if tokens]
