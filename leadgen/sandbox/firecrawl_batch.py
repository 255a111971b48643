"""Firecrawl's batches: many pages in one order. An order is half done when it is first looked at, and done the second time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from leadgen.sandbox.clock import Clock
from leadgen.sandbox.lookup import identifier
from leadgen.sandbox.wire import Reply, Request, json_reply

_OWN_KEYS = ("urls", "webhook", "maxConcurrency", "ignoreInvalidURLs")
_KEPT = timedelta(hours=24)

Scrape = Callable[[dict[str, Any]], dict[str, Any] | None]  # one page of an order; None where the URL cannot be read


@dataclass(slots=True)
class _Batch:
    id: str
    pages: list[dict[str, Any]]
    total: int
    created_at: str
    expires_at: str
    looks: int = 0


class Batches:
    """The orders of all teams. `scrape` reads a page as a scrape order of one URL does; it raises for a bad order."""

    def __init__(self, clock: Clock, scrape: Scrape) -> None:
        self._clock = clock
        self._scrape = scrape
        self._batches: dict[str, _Batch] = {}

    def start(self, request: Request) -> Reply:
        """Takes an order; it is billed a credit a page."""
        payload = request.payload if isinstance(request.payload, dict) else {}
        urls = payload.get("urls")
        if not isinstance(urls, list) or not urls or not all(isinstance(url, str) for url in urls):
            return json_reply(
                400, {"success": False, "code": "BAD_REQUEST", "error": "Bad Request", "details": [{"path": ["urls"]}]}
            )
        options = {name: value for name, value in payload.items() if name not in _OWN_KEYS}
        read = {url: self._scrape({**options, "url": url}) for url in urls}
        now = self._clock.now()
        batch = _Batch(
            id=identifier("batch", len(self._batches), *urls),
            pages=[document for document in read.values() if document is not None],
            total=len(urls),
            created_at=now.isoformat(),
            expires_at=(now + _KEPT).isoformat(),
        )
        self._batches[batch.id] = batch
        answer = {
            "success": True,
            "id": batch.id,
            "url": f"https://api.firecrawl.dev/v2/batch/scrape/{batch.id}",
            "invalidURLs": [url for url, document in read.items() if document is None],
        }
        return json_reply(200, answer, billed=(("credit", Decimal(len(urls))),))

    def status(self, request: Request) -> Reply:
        """How far an order is, with what is done of it."""
        batch = self._batches.get(request.values["id"])
        if batch is None:
            return json_reply(404, {"success": False, "error": "Job not found"})
        batch.looks += 1
        is_done = batch.looks > 1
        pages = batch.pages if is_done else batch.pages[: len(batch.pages) // 2]
        return json_reply(
            200,
            {
                "success": True,
                "status": "completed" if is_done else "scraping",
                "total": batch.total,
                "completed": len(pages),
                "creditsUsed": len(pages),
                "expiresAt": batch.expires_at,
                "createdAt": batch.created_at,
                "data": pages,
            },
        )
