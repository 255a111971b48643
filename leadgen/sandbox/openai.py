"""OpenAI's chat completions and models. VENDORS.md section 15. `claude.py` makes the answers."""

import hashlib
import itertools
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import orjson

from leadgen.sandbox.claude import answer_to
from leadgen.sandbox.openai_rules import Refused, check_chat, schema_of
from leadgen.sandbox.wire import Header, Limit, Operation, Reply, Request, Vendor, Window, json_reply

MODELS = ("gpt-5.4", "gpt-5.4-mini", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini")
PRICES = {
    "gpt-4o-mini:input": Decimal("0.15"),
    "gpt-4o-mini:cached_input": Decimal("0.075"),
    "gpt-4o-mini:output": Decimal("0.60"),
}
_TYPES = {401: "invalid_request_error", 429: "requests", 500: "server_error", 503: "server_error"}
_CHARACTERS_PER_TOKEN = 4
_CACHED_FROM, _CACHED_IN = 1_024, 128  # tokens: shorter prompts are not cached, longer ones in such pieces
_CREATED = 1_764_000_000


def openai(seed: int) -> Vendor:
    """The service. The same seed and prompt give the same answer."""
    api = _Api(seed)
    return Vendor(
        name="openai",
        operations=(
            Operation("chat", "POST", "/v1/chat/completions", api.guarded(api.complete)),
            Operation("models_list", "GET", "/v1/models", api.guarded(api.list_models), metered=False),
            Operation("models_get", "GET", "/v1/models/{id}", api.guarded(api.get_model), metered=False),
        ),
        limits=(Limit(500, 60, "chat"),),
        prices=PRICES,
        key=lambda request: request.bearer(),
        unauthorized=_unauthorized,
        unknown=lambda request: _error(404, f"Invalid URL ({request.method} {request.path})"),
        throttled=_throttled,
        quota_spent=lambda _operation: _error(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            code="insufficient_quota",
            kind="insufficient_quota",
        ),
        failure=lambda status: _error(status or 500, "The server had an error while processing your request."),
        rate_headers=_rate_headers,
    )


def _error(
    status: int,
    message: str,
    *,
    param: str | None = None,
    code: str | None = None,
    kind: str | None = None,
    headers: Sequence[Header] = (),
) -> Reply:
    """`{"error": {"message", "type", "param", "code"}}`."""
    error = {
        "message": message,
        "type": kind or _TYPES.get(status, "invalid_request_error"),
        "param": param,
        "code": code,
    }
    return json_reply(status, {"error": error}, headers=headers)


def _unauthorized(key: str | None) -> Reply:
    if key is None:
        return _error(401, "You didn't provide an API key.")
    shown = f"{key[:3]}***{key[-4:]}" if len(key) > 8 else "***"
    return _error(401, f"Incorrect API key provided: {shown}.", code="invalid_api_key")


def _throttled(_operation: Operation, window: Window) -> Reply:
    message = (
        f"Rate limit reached in organization org-sandbox on requests per min (RPM): Limit {window.limit.requests}."
    )
    seconds = max(1, round(window.resets_in_seconds))
    return _error(429, message, code="rate_limit_exceeded", headers=(("retry-after", str(seconds)),))


def _rate_headers(windows: Sequence[Window]) -> Sequence[Header]:
    """The API tells of its minute, whatever other limits a test has set."""
    for window in (window for window in windows if window.limit.seconds == 60):
        minutes, seconds = divmod(round(window.resets_in_seconds), 60)
        return (
            ("x-ratelimit-limit-requests", str(window.limit.requests)),
            ("x-ratelimit-remaining-requests", str(max(0, window.limit.requests - window.used))),
            ("x-ratelimit-reset-requests", f"{minutes}m{seconds}s" if minutes else f"{seconds}s"),
        )
    return ()


class _Api:
    """The operations, and which prompts each key has had cached."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._numbers = itertools.count(1)
        self._seen: set[tuple[str, str]] = set()

    def guarded(self, answer: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
        """The operation with its refusals turned into the API's errors."""

        def guarded(request: Request) -> Reply:
            try:
                return answer(request)
            except Refused as refusal:
                return _error(refusal.status, refusal.message, param=refusal.param, code=refusal.code)

        return guarded

    def complete(self, request: Request) -> Reply:
        """One completion."""
        body = check_chat(request.payload)
        model = _model_named(body["model"])
        schema = schema_of(body)
        asked = {
            "system": "\n".join(_text(m["content"]) for m in body["messages"] if m["role"] in {"system", "developer"}),
            "messages": [
                {"role": m["role"], "content": _text(m["content"])}
                for m in body["messages"]
                if m["role"] in {"user", "assistant"}
            ],
            "output_config": {"format": {"type": "json_schema", "schema": schema}} if schema else None,
        }
        text, finish = _cut(answer_to(asked, self._seed), body)
        texts = [_text(message["content"]) for message in body["messages"]]
        read = _tokens(*texts, orjson.dumps(schema).decode() if schema else "")
        cached, written = self._cached(request.bearer() or "", model, texts[0]), _tokens(text)
        mark = hashlib.sha256(orjson.dumps([self._seed, body], option=orjson.OPT_SORT_KEYS)).hexdigest()
        completion = {
            "id": f"chatcmpl-{mark[:24]}",
            "object": "chat.completion",
            "created": _CREATED,
            "model": model,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text, "refusal": None, "annotations": []},
                    "logprobs": None,
                    "finish_reason": finish,
                }
            ],
            "usage": {
                "prompt_tokens": read,
                "completion_tokens": written,
                "total_tokens": read + written,
                "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
            },
            "service_tier": "default",
        }
        classes = {"input": read - cached, "cached_input": cached, "output": written}
        billed = tuple((f"{model}:{name}", Decimal(tokens)) for name, tokens in classes.items() if tokens)
        return json_reply(
            200, completion, headers=(("x-request-id", f"req_{next(self._numbers):024d}"),), billed=billed
        )

    def list_models(self, _request: Request) -> Reply:
        """The models of the key."""
        return json_reply(200, {"object": "list", "data": [_model_info(model) for model in MODELS]})

    def get_model(self, request: Request) -> Reply:
        """One model."""
        return json_reply(200, _model_info(_model_named(request.values["id"])))

    def _cached(self, key: str, model: str, beginning: str) -> int:
        """How many tokens of a prompt's first message were read from the cache; whole pieces only."""
        tokens = len(beginning) // _CHARACTERS_PER_TOKEN
        if tokens < _CACHED_FROM:
            return 0
        mark = (key, hashlib.sha256(f"{model}\n{beginning}".encode()).hexdigest())
        is_known = mark in self._seen
        self._seen.add(mark)
        return tokens // _CACHED_IN * _CACHED_IN if is_known else 0


def _model_named(name: Any) -> str:
    if name not in MODELS:
        raise Refused(
            f"The model `{name}` does not exist or you do not have access to it.", status=404, code="model_not_found"
        )
    return str(name)


def _model_info(model: str) -> dict[str, Any]:
    return {"id": model, "object": "model", "created": _CREATED, "owned_by": "openai", "shutdown_date": None}


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(part["text"] for part in content)


def _tokens(*parts: str) -> int:
    return sum(-(-len(part) // _CHARACTERS_PER_TOKEN) for part in parts)


def _cut(text: str, body: dict[str, Any]) -> tuple[str, str]:
    most = body.get("max_completion_tokens") or body.get("max_tokens")
    if most and len(text) > most * _CHARACTERS_PER_TOKEN:
        return text[: most * _CHARACTERS_PER_TOKEN], "length"
    return text, "stop"
