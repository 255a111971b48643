"""Anthropic's Messages API: messages, token counts, models. VENDORS.md section 8. `claude.py` makes the answers."""

import hashlib
import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from leadgen.sandbox.anthropic_models import MODELS, PRICES, Model, model_named
from leadgen.sandbox.anthropic_rules import Refused, check_message, check_version, closed, texts
from leadgen.sandbox.claude import answer_to
from leadgen.sandbox.faults import share
from leadgen.sandbox.wire import Header, Limit, Operation, Reply, Request, Vendor, Window, json_reply

_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_MESSAGES = {429: "This request would exceed your rate limit.", 504: "Request timed out", 529: "Overloaded"}
_THINKING_SHARE = 0.7  # of answers that a thinking model thinks about first
_CHARACTERS_PER_TOKEN = 4


def anthropic(seed: int) -> Vendor:
    """The service. The same seed and prompt give the same answer."""
    api = _Api(seed)
    return Vendor(
        name="anthropic",
        operations=(
            Operation("messages", "POST", "/v1/messages", api.guarded(api.create)),
            Operation("count_tokens", "POST", "/v1/messages/count_tokens", api.guarded(api.count), metered=False),
            Operation("models_list", "GET", "/v1/models", api.guarded(api.list_models), metered=False),
            Operation("models_get", "GET", "/v1/models/{id}", api.guarded(api.get_model), metered=False),
        ),
        limits=(Limit(1_000, 60, "messages"), Limit(1_000, 60, "count_tokens")),
        prices=PRICES,
        key=lambda request: request.bearer() or request.headers.get("x-api-key"),
        unauthorized=lambda key: api.error(401, "invalid x-api-key" if key else "x-api-key header is required"),
        unknown=lambda request: api.error(404, f"{request.method} {request.path}: Not found"),
        throttled=api.throttled,
        quota_spent=lambda _operation: api.error(
            402, "Your credit balance is too low to access the API. Please go to Plans & Billing to add credits."
        ),
        failure=lambda status: api.error(status or 529, _MESSAGES.get(status or 529, "Internal server error")),
        rate_headers=_rate_headers,
        telling_headers=("anthropic-version",),
    )


def _rate_headers(windows: Sequence[Window]) -> Sequence[Header]:
    for window in windows:
        resets = datetime.now(UTC) + timedelta(seconds=window.resets_in_seconds)
        return (
            ("anthropic-ratelimit-requests-limit", str(window.limit.requests)),
            ("anthropic-ratelimit-requests-remaining", str(max(0, window.limit.requests - window.used))),
            ("anthropic-ratelimit-requests-reset", resets.isoformat(timespec="seconds")),
        )
    return ()


class _Api:
    """The operations, and the numbers of their answers."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._numbers = itertools.count(1)

    def guarded(self, answer: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
        """The operation with its refusals turned into the API's errors, and a request id on every answer."""

        def guarded(request: Request) -> Reply:
            try:
                return answer(request)
            except Refused as refusal:
                return self.error(refusal.status, refusal.message, kind=refusal.kind)

        return guarded

    def error(self, status: int, message: str, *, kind: str | None = None, headers: Sequence[Header] = ()) -> Reply:
        """`{"type": "error", "error": {"type", "message"}, "request_id"}`."""
        request_id = self._request_id()
        error = {"type": kind or _KINDS.get(status, "api_error"), "message": message}
        return json_reply(
            status,
            {"type": "error", "error": error, "request_id": request_id},
            headers=(("request-id", request_id), *headers),
        )

    def throttled(self, _operation: Operation, window: Window) -> Reply:
        """429 with `retry-after`."""
        seconds = max(1, round(window.resets_in_seconds))
        return self.error(429, _MESSAGES[429], headers=(("retry-after", str(seconds)),))

    def create(self, request: Request) -> Reply:
        """One message."""
        body, model = check_message(request)
        mark = hashlib.sha256(orjson.dumps([self._seed, body], option=orjson.OPT_SORT_KEYS)).hexdigest()
        thinking = self._thinking(body, model, mark)
        text, stop_reason, stop_sequence = _cut(answer_to(body, self._seed), body, _tokens(thinking))
        content: list[dict[str, Any]] = []
        if thinking:
            content.append({"type": "thinking", "thinking": thinking, "signature": f"sandbox{mark}"})
        if text:
            content.append({"type": "text", "text": text, "citations": None})
        read, written = _tokens(*texts(body)), _tokens(thinking) + _tokens(text)
        message = {
            "id": f"msg_{mark[:24]}",
            "type": "message",
            "role": "assistant",
            "model": model.id,
            "content": content,
            "stop_reason": stop_reason,
            "stop_sequence": stop_sequence,
            "stop_details": None,
            "container": None,
            "usage": {
                "input_tokens": read,
                "output_tokens": written,
                "output_tokens_details": {"thinking_tokens": _tokens(thinking)},
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
                "service_tier": "standard",
            },
        }
        billed = ((f"{model.id}:input", Decimal(read)), (f"{model.id}:output", Decimal(written)))
        return json_reply(200, message, headers=(("request-id", self._request_id()),), billed=billed)

    def count(self, request: Request) -> Reply:
        """How many tokens a message would read."""
        body, _ = check_message(request, counting=True)
        return json_reply(200, {"input_tokens": _tokens(*texts(body))}, headers=(("request-id", self._request_id()),))

    def list_models(self, request: Request) -> Reply:
        """All models, newest first, by pages."""
        check_version(request)
        closed(dict(request.query), ("limit", "after_id", "before_id"), "")
        models = list(MODELS.values())
        ids = [model.id for model in models]
        after, limit = request.one("after_id"), int(request.one("limit") or 20)
        start = ids.index(after) + 1 if after in ids else 0
        page = models[start : start + limit]
        answer = {
            "data": [model.info() for model in page],
            "has_more": start + limit < len(models),
            "first_id": page[0].id if page else None,
            "last_id": page[-1].id if page else None,
        }
        return json_reply(200, answer, headers=(("request-id", self._request_id()),))

    def get_model(self, request: Request) -> Reply:
        """One model, retired ones too."""
        check_version(request)
        model = model_named(request.values["id"])
        if model is None:
            raise Refused(f"model: {request.values['id']}", 404, "not_found_error")
        return json_reply(200, model.info(), headers=(("request-id", self._request_id()),))

    def _thinking(self, body: dict[str, Any], model: Model, mark: str) -> str:
        """What a thinking model thinks up front; adaptive: sometimes nothing."""
        off = (body.get("thinking") or {}).get("type") in {"between_tools", "disabled"}
        if off or not model.thinks or share(mark) >= _THINKING_SHARE:
            return ""
        return "The request asks for an answer in a given shape. I keep to what the material says and cite it."

    def _request_id(self) -> str:
        return f"req_{next(self._numbers):024d}"


def _tokens(*parts: str) -> int:
    """Four characters a token, roughly what English takes."""
    return sum(-(-len(part) // _CHARACTERS_PER_TOKEN) for part in parts)


def _cut(text: str, body: dict[str, Any], spent: int) -> tuple[str, str, str | None]:
    """The text as far as stop sequences and `max_tokens` let it come, with the reason why it ended."""
    for sequence in body.get("stop_sequences", ()):
        if sequence in text:
            return text.partition(sequence)[0], "stop_sequence", sequence
    room = max(0, body["max_tokens"] - spent) * _CHARACTERS_PER_TOKEN
    if len(text) > room:
        return text[:room], "max_tokens", None
    return text, "end_turn", None
