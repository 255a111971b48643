"""Slack's incoming webhooks. VENDORS.md section 13.

The key is the last part of the path. How it ends decides what became of the webhook: `-removed`, `-gone` (its channel),
`-archived`, `-prohibited`. Every answer is a bare word. What was posted is read back at `/messages` behind the path, which
the real Slack has not.
"""

from collections import defaultdict
from typing import Any

from leadgen.sandbox.wire import Limit, Operation, Reply, Request, Vendor, Window, json_reply

_PATH = "/services/{team}/{bot}/{token}"
_MOST_BLOCKS = 50
_MOST_TEXT = 40_000
_ENDS: dict[str, tuple[int, str]] = {
    "-removed": (404, "no_service"),
    "-gone": (404, "channel_not_found"),
    "-archived": (410, "channel_is_archived"),
    "-prohibited": (403, "action_prohibited"),
}


def slack() -> Vendor:
    """The service, with the messages of every webhook."""
    service = _Slack()
    return Vendor(
        name="slack",
        operations=(
            Operation("post", "POST", _PATH, service.post),
            Operation("messages", "GET", f"{_PATH}/messages", service.messages, metered=False),
        ),
        limits=(Limit(1, 1, "post"),),
        prices={},
        key=_token,
        unauthorized=lambda _key: _word(403, "invalid_token"),
        unknown=lambda _request: _word(404, "no_service"),
        throttled=_throttled,
        quota_spent=lambda _operation: _word(429, "rate_limited"),
        failure=lambda status: _word(status or 500, "rollup_error"),
    )


def _word(status: int, word: str) -> Reply:
    return Reply(status, word.encode(), (), "text/plain")


def _throttled(_operation: Operation, window: Window) -> Reply:
    seconds = str(max(1, round(window.resets_in_seconds)))
    return Reply(429, b"rate_limited", (("retry-after", seconds),), "text/plain")


def _token(request: Request) -> str | None:
    return request.values.get("token")


class _Slack:
    """What was posted, by webhook."""

    def __init__(self) -> None:
        self._posted: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def post(self, request: Request) -> Reply:
        """One message into the webhook's channel."""
        token = _token(request) or ""
        for end, (status, word) in _ENDS.items():
            if token.endswith(end):
                return _word(status, word)
        wrong = _wrong(request.payload)
        if wrong:
            return _word(400, wrong)
        self._posted[token].append(request.payload)
        return _word(200, "ok")

    def messages(self, request: Request) -> Reply:
        """What was posted, the eldest first."""
        return json_reply(200, self._posted[_token(request) or ""])


def _wrong(payload: Any) -> str | None:
    if not isinstance(payload, dict):
        return "invalid_payload"
    text, blocks = payload.get("text"), payload.get("blocks")
    if not isinstance(text, str | None) or not isinstance(payload.get("attachments"), list | None):
        return "invalid_payload"
    if not (text or blocks or payload.get("attachments")):
        return "no_text"
    if blocks is not None and not _are_blocks(blocks):
        return "invalid_blocks"
    return "msg_too_long" if len(text or "") > _MOST_TEXT else None


def _are_blocks(blocks: Any) -> bool:
    return (
        isinstance(blocks, list)
        and len(blocks) <= _MOST_BLOCKS
        and all(isinstance(block, dict) and isinstance(block.get("type"), str) for block in blocks)
    )
