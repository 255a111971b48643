"""Firecrawl's batches: many pages in one order. VENDORS.md section 7.

Ten pages at a time are read (fewer where the order says so), each in two seconds of the sandbox's time (`POST
/__sandbox/clock` moves it there). What is done is shown in parts of 25 pages, and kept for a day. Webhooks leave every two
seconds, and when an order is asked about; they are signed with `WEBHOOK_SECRET`.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from leadgen.sandbox.clock import Clock
from leadgen.sandbox.firecrawl_rules import SCRAPE_KEYS, BadRequest, ScrapeOrder, check_keys, readable
from leadgen.sandbox.webhooks import Webhooks
from leadgen.sandbox.wire import Reply, Request, json_reply, names

WEBHOOK_SECRET = "sandbox-firecrawl-secret"  # noqa: S105  of the account's settings, where the real one makes it up
AT_ONCE = 10
PAGE_TIME = timedelta(seconds=2)
PAGES_A_PART = 25
_OWN_KEYS = names("urls webhook maxConcurrency ignoreInvalidURLs")
_HOOK_KEYS = names("url headers metadata events")
_EVENTS = names("completed page failed started")
_KEPT = timedelta(hours=24)

Read = Callable[[ScrapeOrder], dict[str, Any] | None]  # one page of an order; None where nobody answers to the name


@dataclass(frozen=True, slots=True)
class _Hook:
    """Whom an order's events are told."""

    url: str
    headers: Mapping[str, str]
    metadata: Mapping[str, Any]
    events: frozenset[str]


@dataclass(slots=True)
class _Batch:
    id: str
    orders: list[ScrapeOrder]
    at_once: int
    created_at: datetime
    hook: _Hook | None
    pages: list[dict[str, Any]] = field(default_factory=list)
    tried: int = 0
    is_told: bool = False

    @property
    def ends_at(self) -> datetime:
        return self.created_at + PAGE_TIME * -(-len(self.orders) // self.at_once)

    def due(self, now: datetime) -> int:
        """How many of its pages have had their time."""
        return min(len(self.orders), (now - self.created_at) // PAGE_TIME * self.at_once)


class Batches:
    """The orders of all teams; each key sees its own."""

    def __init__(self, clock: Clock, webhooks: Webhooks, read: Read) -> None:
        self._clock = clock
        self._webhooks = webhooks
        self._read = read
        self._batches: dict[tuple[str, str], _Batch] = {}

    def start(self, request: Request) -> Reply:
        """Takes an order; it is billed a credit for each page that is taken."""
        try:
            orders, invalid, payload = _checked(request.payload)
            hook = _hook(payload.get("webhook"))
        except BadRequest as error:
            return error.reply
        key, now = request.bearer() or "", self._clock.now()
        batch = _Batch(
            id=str(uuid5(NAMESPACE_URL, f"{key} {len(self._batches)} {now.isoformat()}")),
            orders=orders,
            at_once=min(AT_ONCE, payload.get("maxConcurrency", AT_ONCE)),
            created_at=now,
            hook=hook,
        )
        self._batches[key, batch.id] = batch
        self._tell(batch, "started", [])
        self._follow(batch)
        answer = {"success": True, "id": batch.id, "url": f"https://api.firecrawl.dev/v2/batch/scrape/{batch.id}"}
        if payload.get("ignoreInvalidURLs", True):
            answer["invalidURLs"] = invalid
        return json_reply(200, answer, billed=(("credit", Decimal(len(orders))),) if orders else ())

    def status(self, request: Request) -> Reply:
        """How far an order is, with a part of what is done of it."""
        batch = self._batches.get((request.bearer() or "", request.values["id"]))
        now = self._clock.now()
        if batch is None or now >= batch.created_at + _KEPT:
            return json_reply(404, {"success": False, "error": "Job not found"})
        self._go_on(batch)
        skip = request.one("skip") or "0"
        if not skip.isdecimal() or {name for name, _ in request.query} - {"skip"}:
            return BadRequest("Invalid input: expected number", "invalid_type", ["skip"]).reply
        is_done = now >= batch.ends_at
        part = batch.pages[int(skip) : int(skip) + PAGES_A_PART]
        following = int(skip) + len(part)
        answer = {
            "success": True,
            "status": "completed" if is_done else "scraping",
            "total": len(batch.orders),
            "completed": len(batch.pages),
            "creditsUsed": batch.tried,
            "createdAt": batch.created_at.isoformat(),
            "expiresAt": (batch.created_at + _KEPT).isoformat(),
            "duration": (min(now, batch.ends_at) - batch.created_at).total_seconds(),
            "data": part,
        }
        if is_done:
            answer["completedAt"] = batch.ends_at.isoformat()
        if not is_done or following < len(batch.pages):
            answer["next"] = f"https://api.firecrawl.dev/v2/batch/scrape/{batch.id}?skip={following}"
        return json_reply(200, answer)

    def queue(self, request: Request) -> Reply:
        """What a team has under way."""
        key, now = request.bearer() or "", self._clock.now()
        own = [batch for (owner, _), batch in self._batches.items() if owner == key]
        for batch in own:
            self._go_on(batch)
        unread = [len(batch.orders) - batch.tried for batch in own]
        active = sum(min(left, batch.at_once) for left, batch in zip(unread, own, strict=True))
        ends = [batch.ends_at for batch in own if batch.orders and batch.ends_at <= now]
        return json_reply(
            200,
            {
                "success": True,
                "jobsInQueue": sum(unread),
                "activeJobsInQueue": active,
                "waitingJobsInQueue": sum(unread) - active,
                "maxConcurrency": AT_ONCE,
                "mostRecentSuccess": max(ends).isoformat() if ends else None,
            },
        )

    def _follow(self, batch: _Batch) -> None:
        self._go_on(batch)
        if batch.hook and not batch.is_told:
            asyncio.get_running_loop().call_later(PAGE_TIME.total_seconds(), self._follow, batch)

    def _go_on(self, batch: _Batch) -> None:
        """Reads what is due by now, and tells of it."""
        now = self._clock.now()
        for order in batch.orders[batch.tried : batch.due(now)]:
            batch.tried += 1
            page = self._read(order)
            if page is None:
                self._tell(batch, "page", [], success=False, error=f"DNS resolution failed: {order.url}")
            else:
                batch.pages.append(page)
                self._tell(batch, "page", [page])
        if batch.tried == len(batch.orders) and not batch.is_told:
            batch.is_told = True
            self._tell(batch, "completed", [])

    def _tell(self, batch: _Batch, event: str, data: list[Any], *, success: bool = True, error: str = "") -> None:
        hook = batch.hook
        if hook is None or event not in hook.events:
            return
        what = {
            "success": success,
            "type": f"batch_scrape.{event}",
            "id": batch.id,
            "webhookId": str(uuid5(NAMESPACE_URL, f"{batch.id} {event} {batch.tried}")),
            "data": data,
            "metadata": hook.metadata,
        }
        body = orjson.dumps({**what, "error": error} if error else what)
        signature = hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            **hook.headers,
            "content-type": "application/json",
            "X-Firecrawl-Signature": f"sha256={signature}",
        }
        self._webhooks.post("firecrawl", hook.url, body, headers)


def _checked(payload: Any) -> tuple[list[ScrapeOrder], list[str], dict[str, Any]]:
    """The pages of an order, the URLs that are none, and the body. Raises BadRequest."""
    if not isinstance(payload, dict):
        raise BadRequest("Invalid input: expected object", "invalid_type", [])
    check_keys(payload, SCRAPE_KEYS - {"url"} | _OWN_KEYS)
    urls = payload.get("urls")
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise BadRequest("Invalid input: expected array", "invalid_type", ["urls"])
    if not urls:
        raise BadRequest("Too small: expected array to have >=1 items", "too_small", ["urls"])
    at_once = payload.get("maxConcurrency", AT_ONCE)
    if isinstance(at_once, bool) or not isinstance(at_once, int) or at_once < 1:
        raise BadRequest("Invalid input: expected number", "invalid_type", ["maxConcurrency"])
    options = {name: value for name, value in payload.items() if name not in _OWN_KEYS}
    orders, invalid = [], []
    for url in urls:
        try:
            whole = readable(url, "urls")
        except BadRequest:
            if payload.get("ignoreInvalidURLs", True) is False:
                raise
            invalid.append(url)
        else:
            orders.append(ScrapeOrder.of({**options, "url": whole}))
    return orders, invalid, payload


def _hook(given: Any) -> _Hook | None:
    if given is None:
        return None
    if isinstance(given, str):
        given = {"url": given}
    if not isinstance(given, dict) or not isinstance(given.get("url"), str):
        raise BadRequest("Invalid input: expected string, received undefined", "invalid_type", ["webhook", "url"])
    check_keys(given, _HOOK_KEYS)
    events = given.get("events", sorted(_EVENTS))
    if not isinstance(events, list) or not set(events) <= _EVENTS:
        raise BadRequest("Invalid option", "invalid_value", ["webhook", "events"])
    return _Hook(given["url"], given.get("headers", {}), given.get("metadata", {}), frozenset(events))
