"""Anthropic's Messages API: messages, batches, token counts, models. VENDORS.md section 8. `claude.py` makes the answers."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from leadgen.sandbox.anthropic_batches import MessageBatches
from leadgen.sandbox.anthropic_messages import MessageWriter
from leadgen.sandbox.anthropic_models import MODELS, PRICES, model_named
from leadgen.sandbox.anthropic_rules import Refused, check_message, check_version, closed, texts
from leadgen.sandbox.anthropic_tokens import PromptCache, count
from leadgen.sandbox.calls import CallLog
from leadgen.sandbox.clock import Clock
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
_BATCHES = "/v1/messages/batches"
_COUNTED_APART = ("messages", "count_tokens", "batches_create", "batches_get", "batches_list", "batches_results")


def anthropic(seed: int, calls: CallLog, clock: Clock) -> Vendor:
    """The service. The same seed and prompt give the same answer."""
    writer = MessageWriter(seed, PromptCache(clock))
    api = _Api(writer)
    batches = MessageBatches(clock, calls, writer)

    def batch(name: str, method: str, path: str, answer: Callable[[Request, str], Reply]) -> Operation:
        guarded = api.guarded(lambda request: answer(request, _key(request) or ""))
        return Operation(f"batches_{name}", method, f"{_BATCHES}{path}", guarded, metered=name == "create")

    return Vendor(
        name="anthropic",
        operations=(
            Operation("messages", "POST", "/v1/messages", api.guarded(api.create)),
            Operation("count_tokens", "POST", "/v1/messages/count_tokens", api.guarded(api.count), metered=False),
            batch("create", "POST", "", batches.create),
            batch("list", "GET", "", batches.list),
            batch("get", "GET", "/{id}", batches.get),
            batch("delete", "DELETE", "/{id}", batches.delete),
            batch("cancel", "POST", "/{id}/cancel", batches.cancel),
            batch("results", "GET", "/{id}/results", batches.results),
            Operation("models_list", "GET", "/v1/models", api.guarded(api.list_models), metered=False),
            Operation("models_get", "GET", "/v1/models/{id}", api.guarded(api.get_model), metered=False),
        ),
        limits=tuple(Limit(1_000, 60, name) for name in _COUNTED_APART),
        prices=PRICES,
        key=_key,
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


def _key(request: Request) -> str | None:
    return request.bearer() or request.headers.get("x-api-key")


def _rate_headers(windows: Sequence[Window]) -> Sequence[Header]:
    """The API tells of its minute, whatever other limits a test has set."""
    for window in (window for window in windows if window.limit.seconds == 60):
        resets = datetime.now(UTC) + timedelta(seconds=window.resets_in_seconds)
        return (
            ("anthropic-ratelimit-requests-limit", str(window.limit.requests)),
            ("anthropic-ratelimit-requests-remaining", str(max(0, window.limit.requests - window.used))),
            ("anthropic-ratelimit-requests-reset", resets.isoformat(timespec="seconds")),
        )
    return ()


class _Api:
    """The operations, and the numbers of their answers."""

    def __init__(self, writer: MessageWriter) -> None:
        self._writer = writer
        self._numbers = itertools.count(1)

    def guarded(self, answer: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
        """The operation with its refusals turned into the API's errors, and a request id on every answer."""

        def guarded(request: Request) -> Reply:
            try:
                reply = answer(request)
            except Refused as refusal:
                return self.error(refusal.status, refusal.message, kind=refusal.kind)
            return replace(reply, headers=(("request-id", self._request_id()), *reply.headers))

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
        message = self._writer.write(request, _key(request) or "")
        return json_reply(200, message.body, billed=message.billed)

    def count(self, request: Request) -> Reply:
        """How many tokens a message would read."""
        body, _ = check_message(request, counting=True)
        return json_reply(200, {"input_tokens": count(*texts(body))})

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
        return json_reply(200, answer)

    def get_model(self, request: Request) -> Reply:
        """One model, retired ones too."""
        check_version(request)
        model = model_named(request.values["id"])
        if model is None:
            raise Refused(f"model: {request.values['id']}", 404, "not_found_error")
        return json_reply(200, model.info())

    def _request_id(self) -> str:
        return f"req_{next(self._numbers):024d}"
