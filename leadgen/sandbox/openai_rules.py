"""What OpenAI demands of a chat completion: known arguments, a strict schema for structured output."""

from collections.abc import Iterator
from typing import Any

from leadgen.sandbox.wire import names

_ARGUMENTS = names(
    "model messages max_completion_tokens max_tokens response_format reasoning_effort verbosity temperature top_p n stop seed"
    " user safety_identifier metadata store service_tier prompt_cache_key tools tool_choice parallel_tool_calls logprobs"
    " top_logprobs presence_penalty frequency_penalty logit_bias modalities stream stream_options"
)
_ROLES = names("system developer user assistant")
_FORMATS = names("text json_object json_schema")
_EFFORTS = names("none minimal low medium high xhigh")
_STRICT_WORDS = names(
    "type properties required additionalProperties items enum const anyOf $ref $defs definitions description title pattern"
    " format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems"
)


class Refused(ValueError):
    """The request breaks a rule. `status`, `param` and `code` as the API gives them."""

    def __init__(self, message: str, param: str | None = None, *, status: int = 400, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.status = status
        self.code = code


def check_chat(body: Any) -> dict[str, Any]:
    """The body, checked. Raises Refused."""
    if not isinstance(body, dict):
        raise Refused("We could not parse the JSON body of your request.")
    for unknown in sorted(body.keys() - _ARGUMENTS):
        raise Refused(f"Unknown parameter: '{unknown}'.", unknown, code="unknown_parameter")
    for name in ("model", "messages"):
        if name not in body:
            raise Refused(f"Missing required parameter: '{name}'.", name, code="missing_required_parameter")
    if body.get("stream"):
        raise Refused("The sandbox answers in one piece only.", "stream", code="unsupported_value")
    _check_messages(body["messages"])
    for name in ("max_completion_tokens", "max_tokens"):
        most = body.get(name)
        if most is not None and (not isinstance(most, int) or most < 1):
            raise Refused(f"Invalid '{name}': expected a value >= 1.", name, code="integer_below_min_value")
    if body.get("reasoning_effort") not in {None, *_EFFORTS}:
        raise Refused("Invalid value for 'reasoning_effort'.", "reasoning_effort", code="invalid_value")
    _check_format(body.get("response_format"))
    return body


def schema_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """The schema that the answer shall have, if one is asked for."""
    asked = body.get("response_format") or {}
    schema: dict[str, Any] | None = asked["json_schema"].get("schema") if asked.get("type") == "json_schema" else None
    return schema


def _check_messages(messages: Any) -> None:
    if not isinstance(messages, list) or not messages:
        raise Refused("Invalid 'messages': empty array.", "messages", code="empty_array")
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise Refused(f"Invalid value for '{where}.role'.", f"{where}.role", code="invalid_value")
        content = message.get("content")
        if isinstance(content, list):
            texts = [part for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)]
            is_text = bool(texts) and len(texts) == len(content)
        else:
            is_text = isinstance(content, str)
        if not is_text:
            raise Refused(f"Invalid value for '{where}.content'.", f"{where}.content", code="invalid_type")


def _check_format(form: Any) -> None:
    if form is None:
        return
    if not isinstance(form, dict) or form.get("type") not in _FORMATS:
        raise Refused("Invalid value for 'response_format.type'.", "response_format.type", code="invalid_value")
    if form["type"] != "json_schema":
        return
    asked = form.get("json_schema")
    if not isinstance(asked, dict) or not isinstance(asked.get("name"), str):
        param = "response_format.json_schema.name"
        raise Refused(f"Missing required parameter: '{param}'.", param, code="missing_required_parameter")
    if not asked["name"].replace("_", "").replace("-", "").isalnum() or len(asked["name"]) > 64:
        raise Refused("Invalid 'response_format.json_schema.name'.", "response_format.json_schema.name")
    fault = next(_faults(asked.get("schema"), ()), None) if asked.get("strict") else None
    if fault:
        raise Refused(f"Invalid schema for response_format '{asked['name']}': {fault}", "response_format")


def _faults(schema: Any, at: tuple[str, ...]) -> Iterator[str]:
    """What strict mode has against a schema, with its place."""
    context = f"In context={at}"
    if not isinstance(schema, dict):
        yield f"{context}, schema must be an object."
        return
    for word in sorted(schema.keys() - _STRICT_WORDS):
        yield f"{context}, '{word}' is not permitted."
    if "$ref" in schema and len(schema) > 1 and at:
        yield f"{context}, $ref cannot have keywords {sorted(schema.keys() - {'$ref'})}."
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            yield f"{context}, 'additionalProperties' is required to be supplied and to be false."
        if set(schema.get("required", ())) != set(schema.get("properties", {})):
            yield f"{context}, 'required' is required to be supplied and to be an array including every key in properties."
    if not any(word in schema for word in ("type", "anyOf", "enum", "const", "$ref")):
        yield f"{context}, schema must have a 'type' key."
    for name, inner in (*schema.get("properties", {}).items(), *schema.get("$defs", {}).items()):
        yield from _faults(inner, (*at, name))
    if "items" in schema:
        yield from _faults(schema["items"], (*at, "items"))
    for branch in schema.get("anyOf", ()):
        yield from _faults(branch, (*at, "anyOf"))
