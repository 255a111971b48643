"""What the Messages API demands of a request: closed bodies, and what newer models and API versions refuse."""

from collections.abc import Collection, Iterator
from typing import Any

import orjson

from leadgen.sandbox.answer_schema import fault_of
from leadgen.sandbox.anthropic_models import Model, model_named
from leadgen.sandbox.wire import Request, names

VERSIONS = ("2023-06-01", "2026-10-21")
_SAMPLING = ("temperature", "top_p", "top_k")
_COUNTED = names("messages model cache_control output_config speed system thinking tool_choice tools")
_CREATED = _COUNTED | names(
    "max_tokens container diagnostics inference_geo metadata service_tier stop_sequences stream"
)
_EFFORTS = ("low", "medium", "high", "xhigh", "max")
_THINKING = ("enabled", "disabled", "between_tools", "adaptive")
_MOST_MARKS = 4
_BLOCKS = ("text", "thinking", "redacted_thinking", "tool_use", "tool_result")


class Refused(ValueError):
    """The request breaks a rule. `status` and `kind` as the API gives them."""

    def __init__(self, message: str, status: int = 400, kind: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind


def check_version(request: Request) -> str:
    """The API version that the request asks for. Raises Refused."""
    version = request.headers.get("anthropic-version")
    if version is None:
        raise Refused("anthropic-version: header is required")
    if version not in VERSIONS:
        raise Refused(f'anthropic-version: "{version}" is not a valid version')
    return version


def check_message(request: Request, *, counting: bool = False) -> tuple[dict[str, Any], Model]:
    """The body and its model, checked; for `count_tokens` if `counting`. Raises Refused."""
    version = check_version(request)
    body = request.payload
    if not isinstance(body, dict):
        raise Refused("The request body is not valid JSON")
    for name in ("model", "messages") if counting else ("model", "max_tokens", "messages"):
        if name not in body:
            raise Refused(f"{name}: Field required")
    model = model_named(body["model"])
    if model is None or model.lifecycle == "retired":
        raise Refused(f"model: {body['model']}", 404, "not_found_error")
    for name in _SAMPLING:
        if name in body and (model.strict or version == VERSIONS[-1]):
            raise Refused(f"{name}: sampling parameters are not supported for this model and API version")
    closed(body, (_COUNTED if counting else _CREATED) | set(_SAMPLING), "")
    if not counting and (not _is_int(body["max_tokens"]) or body["max_tokens"] < 1):
        raise Refused("max_tokens: Input should be greater than or equal to 1")
    if body.get("stream"):
        raise Refused("stream: the sandbox answers in one piece only")
    _check_messages(body["messages"], model)
    _check_texts(body.get("system", ""), "system")
    _check_marks(body)
    _check_thinking(body.get("thinking"), model)
    _check_tools(body, model)
    _check_output(body.get("output_config"))
    return body, model


def closed(value: dict[str, Any], known: Collection[str], where: str) -> None:
    """Refuses fields that the API does not know."""
    unknown = sorted(value.keys() - set(known))
    if unknown:
        raise Refused(f"{where}{unknown[0]}: Extra inputs are not permitted")


def texts(body: dict[str, Any]) -> Iterator[str]:
    """All text that the model reads: system, messages, tools, schema."""
    yield from _texts_of(body.get("system", ""))
    for message in body["messages"]:
        yield from _texts_of(message["content"])
    for extra in (body.get("tools"), body.get("output_config")):
        if extra:
            yield orjson.dumps(extra).decode()


def _texts_of(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    else:
        for block in content:
            text = block.get("text") or block.get("content") or ""
            yield from _texts_of(text)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_messages(messages: Any, model: Model) -> None:
    if not isinstance(messages, list) or not messages:
        raise Refused("messages: at least one message is required")
    for index, message in enumerate(messages):
        where = f"messages.{index}"
        if not isinstance(message, dict):
            raise Refused(f"{where}: Input should be an object")
        closed(message, ("role", "content"), f"{where}.")
        if message.get("role") not in {"user", "assistant", "system"}:
            raise Refused(f"{where}.role: Input should be 'user', 'assistant' or 'system'")
        if "content" not in message:
            raise Refused(f"{where}.content: Field required")
        _check_texts(message["content"], f"{where}.content")
        if not message["content"]:
            raise Refused(f"{where}: all messages must have non-empty content")
    turns = [message["role"] for message in messages if message["role"] != "system"]
    if not turns or turns[0] != "user":
        raise Refused('messages: first message must use the "user" role')
    if turns[-1] == "assistant" and model.strict:
        raise Refused(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )


def _check_texts(content: Any, where: str) -> None:
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        raise Refused(f"{where}: Input should be a valid string or list")
    for index, block in enumerate(content):
        place = f"{where}.{index}"
        if not isinstance(block, dict) or block.get("type") not in _BLOCKS:
            raise Refused(f"{place}: Input tag does not match any of the expected tags: {', '.join(_BLOCKS)}")
        if block["type"] == "text":
            closed(block, ("type", "text", "cache_control", "citations"), f"{place}.text.")
            if not isinstance(block.get("text"), str):
                raise Refused(f"{place}.text.text: Field required")
            if not block["text"]:
                raise Refused(f"{place}: text content blocks must be non-empty")
            _check_cache_control(block.get("cache_control"), place)


def _check_cache_control(value: Any, where: str) -> None:
    if value is None:
        return
    if not isinstance(value, dict) or value.get("type") != "ephemeral":
        raise Refused(f"{where}.cache_control.type: Input should be 'ephemeral'")
    closed(value, ("type", "ttl"), f"{where}.cache_control.")
    if value.get("ttl", "5m") not in {"5m", "1h"}:
        raise Refused(f"{where}.cache_control.ttl: Input should be '5m' or '1h'")


def _check_marks(body: dict[str, Any]) -> None:
    """The request's marks for the prompt cache: four at most."""
    _check_cache_control(body.get("cache_control"), "body")
    contents = [body.get("system", ""), *(message["content"] for message in body["messages"])]
    blocks = [block for content in contents if isinstance(content, list) for block in content]
    marks = [body, *blocks, *body.get("tools", ())]
    marked = sum(bool(part.get("cache_control")) for part in marks if isinstance(part, dict))
    if marked > _MOST_MARKS:
        raise Refused(f"A maximum of {_MOST_MARKS} blocks with cache_control may be provided. Found {marked}.")


def _check_thinking(thinking: Any, model: Model) -> None:
    if thinking is None:
        return
    if not isinstance(thinking, dict) or thinking.get("type") not in _THINKING:
        raise Refused(f"thinking.type: Input should be one of {', '.join(_THINKING)}")
    closed(thinking, ("type", "budget_tokens", "display"), "thinking.")
    if model.thinks and thinking["type"] in {"enabled", "disabled"}:
        raise Refused(f"thinking.type: '{thinking['type']}' is not supported for this model")


def _check_tools(body: dict[str, Any], model: Model) -> None:
    tools, choice = body.get("tools", []), body.get("tool_choice")
    if not isinstance(tools, list):
        raise Refused("tools: Input should be a valid list")
    for index, tool in enumerate(tools):
        if not isinstance(tool, dict) or not {"name", "input_schema"} <= tool.keys():
            raise Refused(f"tools.{index}.custom.input_schema: Field required")
    if choice is None:
        return
    kind = choice.get("type") if isinstance(choice, dict) else None
    if kind not in {"auto", "any", "tool", "none"}:
        raise Refused("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'")
    if kind in {"any", "tool"} and model.strict:
        raise Refused(f"tool_choice: forced tool use (type '{kind}') is not supported for this model")


def _check_output(config: Any) -> None:
    if config is None:
        return
    if not isinstance(config, dict):
        raise Refused("output_config: Input should be an object")
    closed(config, ("effort", "format"), "output_config.")
    if config.get("effort") not in {None, *_EFFORTS}:
        raise Refused(f"output_config.effort: Input should be one of {', '.join(_EFFORTS)}")
    form = config.get("format")
    if form is None:
        return
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        raise Refused("output_config.format.type: Input should be 'json_schema'")
    closed(form, ("type", "schema"), "output_config.format.")
    if "schema" not in form:
        raise Refused("output_config.format.schema: Field required")
    fault = fault_of(form["schema"])
    if fault:
        raise Refused(f"output_config.format.schema: {fault}")
