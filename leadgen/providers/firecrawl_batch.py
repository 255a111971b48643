"""Firecrawl's site map and batches: which pages a site has, and many pages in one order.

Facts (VENDORS.md section 7): a map costs one credit; a batch is started, then looked at until it is `completed`, and each of
its pages costs what a scrape does, booked when it is started. Its pages come in parts, each of which names the next by
address, and are kept for a day. There is no idempotency: a start whose answer was lost is not repeated. What happens to an
order is told by webhook too (`firecrawl_webhooks.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import BaseModel, Field, ValidationError

from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Usage, Verdict
from leadgen.providers.firecrawl import PAGE_TIMEOUT_MS, VENDOR, ScrapedPage, judge_scrape, read_document
from leadgen.providers.judging import judge_status

BatchState = Literal["scraping", "completed", "failed", "cancelled"]
MOST_LINKS = 100
MOST_PAGES = 1_000
Part = tuple[tuple[str, str], ...]  # which part of an order's pages: the query that Firecrawl asks to be asked with


class _Link(BaseModel):
    url: str
    title: str | None = None
    description: str | None = None


class _MapBody(BaseModel):
    links: list[_Link] = []


class _StartedBody(BaseModel):
    id: str
    invalid_urls: list[str] | None = Field(default=None, alias="invalidURLs")


class _StatusBody(BaseModel):
    status: BatchState
    total: int = 0
    completed: int = 0
    credits_used: int = Field(default=0, alias="creditsUsed")
    next: str | None = None
    data: list[dict[str, Any]] = []


class _Credits(BaseModel):
    remaining: float = Field(alias="remainingCredits")


class _CreditsBody(BaseModel):
    data: _Credits


class _QueueBody(BaseModel):
    jobs: int = Field(default=0, alias="jobsInQueue")
    active: int = Field(default=0, alias="activeJobsInQueue")
    waiting: int = Field(default=0, alias="waitingJobsInQueue")
    most_at_once: int = Field(default=0, alias="maxConcurrency")


@dataclass(frozen=True, slots=True)
class SiteLink:
    """A page of a site, with the words it is announced by."""

    url: str
    title: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """How far an order is. `pages` are those of this part of the answer; `next` is the part behind it, None at the end.

    While an order is `scraping`, the part behind those that are done may be empty yet.
    """

    state: BatchState
    total: int
    completed: int
    credits_used: int
    pages: tuple[ScrapedPage, ...]
    next: Part | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The pages that the key's team has under way or waiting, and how many Firecrawl reads for it at once."""

    jobs: int
    active: int
    waiting: int
    most_at_once: int


def _started(reply: Reply) -> _StartedBody | None:
    try:
        return _StartedBody.model_validate(reply.json()) if reply.status == HTTPStatus.OK else None
    except ValidationError:
        return None


def _judge_map(reply: Reply) -> Judgement:
    judgement = judge_scrape(reply) if reply.status != HTTPStatus.OK else judge_status(reply)
    if judgement.verdict is Verdict.ANSWER and not _MapBody.model_validate(reply.json()).links:
        return Judgement(Verdict.MISS, "the site has no pages")
    return judgement


def _judge(reply: Reply) -> Judgement:
    return judge_status(reply) if reply.status == HTTPStatus.OK else judge_scrape(reply)


def _judge_pages(reply: Reply) -> Judgement:
    """Pages are taken when all are there: those of a part would change from one look to the next."""
    judgement = _judge(reply)
    if judgement.verdict is Verdict.ANSWER and _StatusBody.model_validate(reply.json()).status == "scraping":
        return Judgement(Verdict.REFUSED, "the order is not done yet", remedy="Look at its status first.")
    return judgement


_ONE_CREDIT = (Usage("credit", Decimal(1)),)
MAP = Operation(
    vendor=VENDOR,
    name="map",
    judge=_judge_map,
    charge=lambda reply: _ONE_CREDIT if reply.status == HTTPStatus.OK else (),
    expected=_ONE_CREDIT,
    time_to_live=timedelta(days=7),
    miss_time_to_live=timedelta(days=1),
)


def start_of(pages: int) -> Operation:
    """The order of so many pages. What they cost is known, and booked, when it is started: a credit each that is taken."""

    def charge(reply: Reply) -> Sequence[Usage]:
        started = _started(reply)
        taken = pages - len(started.invalid_urls or ()) if started else 0
        return (Usage("credit", Decimal(taken)),) if taken > 0 else ()

    return Operation(
        vendor=VENDOR,
        name="batch_start",
        judge=_judge,
        charge=charge,
        expected=(Usage("credit", Decimal(pages)),),
        time_to_live=timedelta(days=3650),
        acts_on_world=True,
        is_private=True,
    )


BATCH_STATUS = Operation(
    vendor=VENDOR,
    name="batch_status",
    judge=_judge,
    charge=lambda _reply: (),
    expected=(),
    time_to_live=timedelta(0),
    is_private=True,
)
BATCH_PAGES = replace(  # Firecrawl keeps them for a day, we as long as pages that are read one by one
    BATCH_STATUS, name="batch_pages", judge=_judge_pages, time_to_live=timedelta(days=7)
)
CREDITS = replace(BATCH_STATUS, name="credits")
QUEUE = replace(BATCH_STATUS, name="queue")


class FirecrawlBatches:
    """Maps and batches."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def map(self, url: str, *, search: str = "", limit: int = MOST_LINKS) -> Answer[tuple[SiteLink, ...]]:
        """The pages of a site, those that fit `search` first; a miss where it has none. A credit.

        Raises:
            VendorError: as `Asks.ask`.
        """
        body: dict[str, Any] = {"url": url, "limit": limit}
        if search:
            body["search"] = search
        return await self._asks.ask(MAP, Request("POST", "/v2/map", body=body), _read_links)

    async def start(self, urls: Sequence[str], *, purpose: str, webhook_url: str = "") -> Answer[str]:
        """Orders these pages and gives the order's id. `purpose` names the order on our side: it is made once.

        Addresses that are none are left out. `webhook_url` is told when all is done, or has failed.

        Raises:
            ValueError: no page, or more than a thousand.
            OutcomeUnclear: an order of this purpose may have been made.
            VendorError: as `Asks.ask`.
        """
        if not 1 <= len(urls) <= MOST_PAGES:
            raise ValueError(f"1 to {MOST_PAGES} pages at once, not {len(urls)}")
        body: dict[str, Any] = {
            "urls": list(urls),
            "formats": ["markdown", "rawHtml", "links"],
            "timeout": PAGE_TIMEOUT_MS,
            "parsers": [],
            "ignoreInvalidURLs": True,
        }
        if webhook_url:
            body["webhook"] = {"url": webhook_url, "events": ["completed", "failed"]}
        request = Request("POST", "/v2/batch/scrape", body=body, purpose=purpose)
        return await self._asks.ask(start_of(len(urls)), request, lambda answer: _StartedBody.model_validate(answer).id)

    async def status(self, batch_id: str) -> Answer[Batch]:
        """How far an order is now, with the first part of the pages that are done; never stored.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(BATCH_STATUS, _look(batch_id), _read_batch)

    async def pages(self, batch_id: str, part: Part = ()) -> Answer[Batch]:
        """One part of the pages of an order that is over: the first, or the one that another part calls its next.

        Raises:
            VendorRefused: it is not over, or Firecrawl has forgotten it.
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(BATCH_PAGES, _look(batch_id, part), _read_batch)

    async def all_pages(self, batch_id: str) -> tuple[ScrapedPage, ...]:
        """The pages of an order that is over, of all its parts.

        Raises:
            VendorError: as `pages`.
        """
        pages: list[ScrapedPage] = []
        part: Part | None = ()
        while part is not None:
            batch = (await self.pages(batch_id, part)).value
            if batch is None:
                break
            pages.extend(batch.pages)
            part = batch.next if batch.pages else None
        return tuple(pages)

    async def queue(self) -> Answer[Queue]:
        """How much the key's team has under way; free, never stored.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(QUEUE, Request("GET", "/v2/team/queue-status"), _read_queue)

    async def credits_left(self) -> Answer[int]:
        """The credits that the key's team has left; free, never stored.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(
            CREDITS,
            Request("GET", "/v2/team/credit-usage"),
            lambda body: int(_CreditsBody.model_validate(body).data.remaining),
        )


def _look(batch_id: str, part: Part = ()) -> Request:
    return Request("GET", f"/v2/batch/scrape/{quote(batch_id, safe='')}", part)


def _read_queue(body: Any) -> Queue:
    said = _QueueBody.model_validate(body)
    return Queue(said.jobs, said.active, said.waiting, said.most_at_once)


def _read_links(body: Any) -> tuple[SiteLink, ...]:
    return tuple(SiteLink(link.url, link.title, link.description) for link in _MapBody.model_validate(body).links)


def _read_batch(body: Any) -> Batch:
    said = _StatusBody.model_validate(body)
    pages = tuple(read_document(document) for document in said.data)
    following = tuple(parse_qsl(urlsplit(said.next or "").query)) or None
    return Batch(said.status, said.total, said.completed, said.credits_used, pages, following)
