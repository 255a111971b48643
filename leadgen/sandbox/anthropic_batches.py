"""Message Batches: many messages in one order, at half price. VENDORS.md section 8.

A batch ends 60 seconds of the sandbox's time after it was made (`POST /__sandbox/clock` moves it there), is billed when it
ends, and keeps its results for 29 days. An item whose `metadata.user_id` begins with `sandbox-expires` is never reached: its
batch ends when it expires, after 24 hours.
"""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from leadgen.sandbox.anthropic_messages import MessageWriter
from leadgen.sandbox.anthropic_rules import Refused, check_version, closed
from leadgen.sandbox.calls import CallLog
from leadgen.sandbox.clock import Clock
from leadgen.sandbox.wire import Reply, Request, json_reply

MOST_ITEMS = 100_000
MOST_BYTES = 256 * 1024**2
_WORKED_ON = timedelta(seconds=60)
_CANCELED_WITHIN = timedelta(seconds=5)
_EXPIRES_AFTER = timedelta(hours=24)
_KEPT = timedelta(days=29)
_CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_OUTCOMES = ("succeeded", "errored", "canceled", "expired")
_NEVER_REACHED = "sandbox-expires"


@dataclass(slots=True)
class _Batch:
    id: str
    key: str
    order: Request
    created_at: datetime
    ends_at: datetime
    canceled_at: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)
    results: bytes | None = None

    @property
    def items(self) -> list[dict[str, Any]]:
        requests: list[dict[str, Any]] = self.order.payload["requests"]
        return requests


class MessageBatches:
    """The batches of all keys; each key sees its own."""

    def __init__(self, clock: Clock, calls: CallLog, writer: MessageWriter) -> None:
        self._clock = clock
        self._calls = calls
        self._writer = writer
        self._batches: dict[str, _Batch] = {}
        self._made = 0

    def create(self, request: Request, key: str) -> Reply:
        """Takes an order. The items' parameters are looked at when their turn comes."""
        check_version(request)
        if len(request.body) > MOST_BYTES:
            raise Refused("Request exceeds the maximum size", 413, "request_too_large")
        items = _checked(request.payload)
        now = self._clock.now()
        self._made += 1
        mark = hashlib.sha256(f"{key} {self._made} {now.isoformat()}".encode()).hexdigest()
        is_stuck = any(_is_never_reached(item) for item in items)
        batch = _Batch(
            id=f"msgbatch_{mark[:24]}",
            key=key,
            order=request,
            created_at=now,
            ends_at=now + (_EXPIRES_AFTER if is_stuck else _WORKED_ON),
        )
        self._batches[batch.id] = batch
        return json_reply(200, self._shown(batch, request))

    def get(self, request: Request, key: str) -> Reply:
        """How far a batch is."""
        return json_reply(200, self._shown(self._of(request, key), request))

    def list(self, request: Request, key: str) -> Reply:
        """A key's batches, newest first, by pages."""
        check_version(request)
        closed(dict(request.query), ("limit", "after_id", "before_id"), "")
        limit = _page_size(request.one("limit"))
        batches = [batch for batch in reversed(self._batches.values()) if batch.key == key]
        ids = [batch.id for batch in batches]
        after, before = request.one("after_id"), request.one("before_id")
        if before in ids:
            end = ids.index(before)
            start = max(0, end - limit)
            has_more = start > 0
        else:
            start = ids.index(after) + 1 if after in ids else 0
            end = start + limit
            has_more = end < len(batches)
        page = batches[start:end]
        return json_reply(
            200,
            {
                "data": [self._shown(batch, request) for batch in page],
                "has_more": has_more,
                "first_id": page[0].id if page else None,
                "last_id": page[-1].id if page else None,
            },
        )

    def cancel(self, request: Request, key: str) -> Reply:
        """Stops a batch: it is `canceling` for some seconds, then ended, with what was not done canceled."""
        batch = self._of(request, key)
        now = self._clock.now()
        if now >= batch.ends_at:
            raise Refused(f"Batch {batch.id} has already ended and cannot be canceled")
        if batch.canceled_at is None:
            batch.canceled_at = now
            batch.ends_at = min(batch.ends_at, now + _CANCELED_WITHIN)
        return json_reply(200, self._shown(batch, request))

    def delete(self, request: Request, key: str) -> Reply:
        """Removes a batch that has ended."""
        batch = self._of(request, key)
        if self._clock.now() < batch.ends_at:
            raise Refused(f"Batch {batch.id} is still processing: cancel it first")
        self._finish(batch)
        del self._batches[batch.id]
        return json_reply(200, {"id": batch.id, "type": "message_batch_deleted"})

    def results(self, request: Request, key: str) -> Reply:
        """A line for each item, in no order."""
        batch = self._of(request, key)
        self._finish(batch)
        if batch.results is None or self._clock.now() >= batch.created_at + _KEPT:
            raise Refused(f"No results are available for batch {batch.id}", 404, "not_found_error")
        return Reply(200, batch.results, media_type="application/x-jsonl")

    def _of(self, request: Request, key: str) -> _Batch:
        check_version(request)
        batch = self._batches.get(request.values["id"])
        if batch is None or batch.key != key:
            raise Refused(f"message_batch_id: {request.values['id']}", 404, "not_found_error")
        return batch

    def _finish(self, batch: _Batch) -> None:
        """Does a batch's work, once its time is over."""
        if batch.results is not None or self._clock.now() < batch.ends_at:
            return
        lines = [(item["custom_id"], self._result(batch, item)) for item in batch.items]
        batch.counts.update(result["type"] for _, result in lines)
        lines.sort(key=lambda line: hashlib.sha256(f"{batch.id}{line[0]}".encode()).digest())
        batch.results = b"".join(
            orjson.dumps({"custom_id": custom_id, "result": result}) + b"\n" for custom_id, result in lines
        )

    def _result(self, batch: _Batch, item: dict[str, Any]) -> dict[str, Any]:
        if batch.canceled_at is not None:
            return {"type": "canceled"}
        if _is_never_reached(item):
            return {"type": "expired"}
        try:
            message = self._writer.write(replace(batch.order, payload=item["params"]), batch.key, in_batch=True)
        except Refused as refusal:
            error = {"type": refusal.kind, "message": refusal.message}
            return {"type": "errored", "error": {"type": "error", "error": error, "request_id": None}}
        self._calls.bill("anthropic", "batches_create", f"{batch.id} {item['custom_id']}", message.billed)
        return {"type": "succeeded", "message": message.body}

    def _shown(self, batch: _Batch, request: Request) -> dict[str, Any]:
        self._finish(batch)
        now = self._clock.now()
        has_ended = batch.results is not None
        status = "ended" if has_ended else "canceling" if batch.canceled_at else "in_progress"
        results = f"http://{request.headers.get('host', '')}/anthropic/v1/messages/batches/{batch.id}/results"
        is_archived = now >= batch.created_at + _KEPT
        return {
            "id": batch.id,
            "type": "message_batch",
            "processing_status": status,
            "request_counts": {
                "processing": 0 if has_ended else len(batch.items),
                **{outcome: batch.counts[outcome] for outcome in _OUTCOMES},
            },
            "created_at": batch.created_at.isoformat(),
            "expires_at": (batch.created_at + _EXPIRES_AFTER).isoformat(),
            "ended_at": batch.ends_at.isoformat() if has_ended else None,
            "cancel_initiated_at": batch.canceled_at.isoformat() if batch.canceled_at else None,
            "archived_at": (batch.created_at + _KEPT).isoformat() if is_archived else None,
            "results_url": results if has_ended and not is_archived else None,
        }


def _checked(payload: Any) -> list[dict[str, Any]]:
    """The items of an order, their frames checked. Raises Refused."""
    if not isinstance(payload, dict):
        raise Refused("The request body is not valid JSON")
    items = payload.get("requests")
    if not isinstance(items, list):
        raise Refused("requests: Field required")
    closed(payload, ("requests",), "")
    if not 1 <= len(items) <= MOST_ITEMS:
        raise Refused(f"requests: a batch has 1 to {MOST_ITEMS} requests")
    seen: set[str] = set()
    for index, item in enumerate(items):
        where = f"requests.{index}"
        if not isinstance(item, dict):
            raise Refused(f"{where}: Input should be an object")
        closed(item, ("custom_id", "params"), f"{where}.")
        custom_id = item.get("custom_id")
        if not isinstance(custom_id, str) or not _CUSTOM_ID.fullmatch(custom_id):
            raise Refused(f"{where}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{{1,64}}$'")
        if custom_id in seen:
            raise Refused(f"{where}.custom_id: duplicate custom_id {custom_id}")
        seen.add(custom_id)
        if not isinstance(item.get("params"), dict):
            raise Refused(f"{where}.params: Field required")
    return items


def _is_never_reached(item: dict[str, Any]) -> bool:
    metadata = item["params"].get("metadata")
    return isinstance(metadata, dict) and str(metadata.get("user_id", "")).startswith(_NEVER_REACHED)


def _page_size(given: str | None) -> int:
    if given is None:
        return 20
    if not given.isdecimal() or not 1 <= int(given) <= 1_000:
        raise Refused("limit: Input should be between 1 and 1000")
    return int(given)
