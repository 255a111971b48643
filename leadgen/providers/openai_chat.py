"""OpenAI's chat completions, for tenants who bring a key of their own: the same face as Claude's.

Facts (VENDORS.md section 15 and the vendor's description of its API): the shape goes into `response_format` as a strict JSON
schema, in which every property is required and no other is allowed; what it does not enforce is checked here. A refusal comes
in `message.refusal`, an answer cut short as the finish reason `length`. Cached tokens are part of `prompt_tokens` and cheaper;
reasoning is part of `completion_tokens`. A 429 is a rate, or, as `insufficient_quota`, an account without money.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Told, Usage, Vendor, Verdict
from leadgen.providers.judging import judge_status
from leadgen.providers.structured import Outcome, Turn, in_shape, most_tokens, read_shape

M = TypeVar("M", bound=BaseModel)

OTHER_MODEL = "Choose a model that this key may use."
TOP_UP = "Add credit at OpenAI, or raise the account's monthly limit."
# finish reasons that leave no usable answer, with what to do about each
UNUSABLE_FINISHES = {
    "length": "Raise max_tokens of this task; reasoning counts in it.",
    "content_filter": "Reword this task's prompt, or leave this business out.",
}
REFUSED_REMEDY = "Reword this task's prompt, or leave this business out."
SPENT_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})

# What a strict schema may say of a value; the rest is said in its description and checked here
_STRICT_WORDS = frozenset(
    {"type", "properties", "required", "items", "enum", "const", "anyOf", "$ref", "$defs", "description"}
)
_DURATION = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}


def _told(reply: Reply) -> Sequence[Told]:
    """The minute's requests: what is left, and when it is whole again (a duration, as `6m0s`)."""
    try:
        limit = int(reply.headers["x-ratelimit-limit-requests"])
        remaining = int(reply.headers["x-ratelimit-remaining-requests"])
        parts = list(_DURATION.finditer(reply.headers["x-ratelimit-reset-requests"]))
    except (KeyError, ValueError):
        return ()
    resets = sum(float(part["number"]) * _SECONDS[part["unit"]] for part in parts)
    return (Told(60.0, limit, remaining, resets),)


VENDOR = Vendor("openai", lambda key: ({"Authorization": f"Bearer {key}"}, ()), service="openai", told=_told)


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message = _Message()
    finish_reason: str | None = None


class _PromptDetails(BaseModel):
    cached_tokens: int | None = None


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _PromptDetails | None = None


class _Completion(BaseModel):
    choices: list[_Choice]
    usage: _Usage | None = None

    @property
    def first(self) -> _Choice:
        """The only choice we ask for."""
        return self.choices[0] if self.choices else _Choice()


class _Error(BaseModel):
    message: str = ""
    type: str | None = None
    code: str | int | None = None


class _ErrorBody(BaseModel):
    error: _Error = _Error()


class _ModelBody(BaseModel):
    id: str
    shutdown_date: str | None = None


@dataclass(frozen=True, slots=True)
class OpenAIModel:
    """A model that the key may use; `shutdown_date` (ISO) where its end is announced."""

    id: str
    shutdown_date: str | None


class OpenAIChat:
    """Answers of a language model, as values."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def parse(
        self, model: str, system: str, prompt: str, schema: type[M], *, max_tokens: int, is_private: bool = False
    ) -> Answer[M]:
        """The model's answer to `prompt` as an instance of `schema`, its bounds checked.

        `model` is an id of OpenAI's with prices in the settings. Untrusted text belongs into `prompt`, delimited. The answer
        is the tenant's own in any case: its key has bought it.

        Raises:
            VendorRefused: the model refuses, stopped before its end, is not served, or missed the shape twice.
            VendorError: as `Asks.ask`.
        """

        def ask(turns: Sequence[Turn]) -> Any:
            body = {
                "model": model,
                "messages": list(turns),
                "max_completion_tokens": max_tokens,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {
                        "name": re.sub(r"[^a-zA-Z0-9_-]", "_", schema.__name__)[:64],
                        "strict": True,
                        "schema": strict_schema(schema.model_json_schema()),
                    },
                },
            }
            return self._asks.ask(
                _operation(model, most_tokens(body), max_tokens, is_private=is_private),
                Request("POST", "/v1/chat/completions", body=body),
                lambda answer: _read(answer, schema),
            )

        turns: list[Turn] = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        return await in_shape(VENDOR.name, "chat", schema, turns, ask)

    async def model_info(self, model: str) -> Answer[OpenAIModel]:
        """What OpenAI says of a model; None where this key cannot use it. Free, never stored.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(MODEL_INFO, Request("GET", f"/v1/models/{model}"), _read_model)


def _operation(model: str, prompt_tokens: int, max_tokens: int, *, is_private: bool) -> Operation:
    return Operation(
        vendor=VENDOR,
        name="chat",
        judge=judge,
        charge=lambda reply: _charge(reply, model),
        expected=(
            Usage(f"{model}:input", Decimal(prompt_tokens)),
            Usage(f"{model}:output", Decimal(max_tokens)),
        ),
        time_to_live=timedelta(days=90),  # a pure function of its prompt
        is_private=is_private,
    )


def strict_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON schema as strict mode takes it: every property required, no others, the rest of its words in descriptions."""
    strict = {name: _strict_word(name, value) for name, value in schema.items() if name in _STRICT_WORDS}
    if "oneOf" in schema:
        strict["anyOf"] = [strict_schema(branch) for branch in schema["oneOf"]]
    if schema.get("type") == "object":
        strict["properties"] = strict.get("properties", {})
        strict["required"] = list(strict["properties"])
        strict["additionalProperties"] = False
    said = {
        name: value
        for name, value in schema.items()
        if name not in _STRICT_WORDS | {"oneOf", "title", "default", "additionalProperties", "discriminator"}
    }
    if "$ref" in strict:  # nothing may stand beside a reference but what it refers to
        return {name: strict[name] for name in ("$ref", "$defs") if name in strict}
    if said:
        rules = ", ".join(f"{name}: {value}" for name, value in said.items())
        strict["description"] = f"{strict.get('description', '')} {{{rules}}}".strip()
    return strict


def _strict_word(name: str, value: Any) -> Any:
    match name:
        case "properties" | "$defs":
            return {key: strict_schema(inner) for key, inner in value.items()}
        case "items":
            return strict_schema(value)
        case "anyOf":
            return [strict_schema(branch) for branch in value]
        case _:
            return value


def _read(body: Any, schema: type[M]) -> Outcome[M]:
    return read_shape(_Completion.model_validate(body).first.message.content or "", schema)


def judge(reply: Reply) -> Judgement:
    """What a reply means; an answer is a completion that came to its end and says something."""
    if reply.status == HTTPStatus.OK:
        return _judge_completion(reply)
    try:
        error = _ErrorBody.model_validate(reply.json()).error
    except ValidationError:
        error = _Error()
    code = str(error.code or error.type or "")
    judgement = judge_status(reply, code)
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS and {code, error.type} & SPENT_CODES:
        return Judgement(Verdict.QUOTA, judgement.message, remedy=TOP_UP)
    if reply.status == HTTPStatus.NOT_FOUND:
        return Judgement(Verdict.REFUSED, judgement.message, remedy=OTHER_MODEL)
    if judgement.verdict is Verdict.REFUSED:  # the sentences of other errors name keys and organizations
        return judge_status(reply, f"{code}: {error.message}".strip(": "))
    return judgement


def _judge_completion(reply: Reply) -> Judgement:
    try:
        choice = _Completion.model_validate(reply.json()).first
    except ValidationError:
        return Judgement(Verdict.RETRY, "the answer is not a completion")
    if choice.message.refusal:
        return Judgement(Verdict.REFUSED, "refusal", remedy=REFUSED_REMEDY)
    finish = choice.finish_reason or "no finish reason"
    if finish in UNUSABLE_FINISHES:
        return Judgement(Verdict.REFUSED, finish, remedy=UNUSABLE_FINISHES[finish])
    if finish != "stop" or not choice.message.content:
        return Judgement(Verdict.REFUSED, f"no text at {finish}")
    return Judgement(Verdict.ANSWER)


def _charge(reply: Reply, model: str) -> Sequence[Usage]:
    """Tokens by class. Refused and cut-off completions are billed like any other."""
    if reply.status != HTTPStatus.OK:
        return ()
    try:
        usage = _Completion.model_validate(reply.json()).usage or _Usage()
    except ValidationError:
        return ()
    cached = (usage.prompt_tokens_details.cached_tokens or 0) if usage.prompt_tokens_details else 0
    classes = {"input": usage.prompt_tokens - cached, "cached_input": cached, "output": usage.completion_tokens}
    return [Usage(f"{model}:{name}", Decimal(tokens)) for name, tokens in classes.items() if tokens > 0]


def _read_model(body: Any) -> OpenAIModel:
    said = _ModelBody.model_validate(body)
    return OpenAIModel(said.id, said.shutdown_date)


def _judge_model(reply: Reply) -> Judgement:
    if reply.status == HTTPStatus.NOT_FOUND:
        return Judgement(Verdict.MISS, "model_not_found")
    return judge_status(reply) if reply.status == HTTPStatus.OK else judge(reply)


MODEL_INFO = Operation(
    vendor=VENDOR,
    name="model",
    judge=_judge_model,
    charge=lambda _reply: (),
    expected=(),
    time_to_live=timedelta(0),
)
