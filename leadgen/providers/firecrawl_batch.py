"""Firecrawl's site map and batches: which pages a site has, and many pages in one order.

Facts (VENDORS.md section 7): a map costs one credit; a batch is started, then looked at until it is `completed`, and each of
its pages costs what a scrape does, taken from the order's `creditsUsed` when it is over. There is no idempotency: a start
whose answer was lost is not repeated.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Usage, Verdict
from leadgen.providers.firecrawl import PAGE_TIMEOUT_MS, VENDOR, ScrapedPage, judge_scrape, read_document
from leadgen.providers.judging import judge_status

BatchState = Literal["scraping", "completed", "failed", "cancelled"]
MOST_LINKS = 100
MOST_PAGES = 1_000


class _Link(BaseModel):
    url: str
    title: str | None = None
    description: str | None = None


class _MapBody(BaseModel):
    links: list[_Link] = []


class _StartedBody(BaseModel):
    id: str


class _StatusBody(BaseModel):
    status: BatchState
    total: int = 0
    completed: int = 0
    credits_used: int = Field(default=0, alias="creditsUsed")
    next: str | None = None
    data: list[dict[str, Any]] = []


class _CreditsBody(BaseModel):
    remaining: float = Field(alias="remainingCredits")
    plan: float = Field(default=0, alias="planCredits")


@dataclass(frozen=True, slots=True)
class SiteLink:
    """A page of a site, with the words it is announced by."""

    url: str
    title: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """How far an order is. `pages` are those of this part of the answer; `next` leads to the next part."""

    state: BatchState
    total: int
    completed: int
    credits_used: int
    pages: tuple[ScrapedPage, ...]
    next: str | None


def _status_of(reply: Reply) -> _StatusBody | None:
    try:
        return _StatusBody.model_validate(reply.json()) if reply.status == HTTPStatus.OK else None
    except ValidationError:
        return None


def _judge_map(reply: Reply) -> Judgement:
    judgement = judge_scrape(reply) if reply.status != HTTPStatus.OK else judge_status(reply)
    if judgement.verdict is Verdict.ANSWER and not _MapBody.model_validate(reply.json()).links:
        return Judgement(Verdict.MISS, "the site has no pages")
    return judgement


def _judge(reply: Reply) -> Judgement:
    return judge_status(reply) if reply.status == HTTPStatus.OK else judge_scrape(reply)


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
    """The order of so many pages. What they cost is known, and booked, when it is started: a credit each."""
    price = (Usage("credit", Decimal(pages)),)
    return Operation(
        vendor=VENDOR,
        name="batch_start",
        judge=_judge,
        charge=lambda reply: price if reply.status == HTTPStatus.OK else (),
        expected=price,
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
CREDITS = Operation(
    vendor=VENDOR,
    name="credits",
    judge=_judge,
    charge=lambda _reply: (),
    expected=(),
    time_to_live=timedelta(0),
    is_private=True,
)


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

    async def start(self, urls: Sequence[str], *, purpose: str) -> Answer[str]:
        """Orders these pages and gives the order's id. `purpose` names the order on our side: it is made once.

        Raises:
            ValueError: no page, or more than a thousand.
            OutcomeUnclear: an order of this purpose may have been made.
            VendorError: as `Asks.ask`.
        """
        if not 1 <= len(urls) <= MOST_PAGES:
            raise ValueError(f"1 to {MOST_PAGES} pages at once, not {len(urls)}")
        body = {
            "urls": list(urls),
            "formats": ["markdown", "rawHtml", "links"],
            "timeout": PAGE_TIMEOUT_MS,
            "parsers": [],
        }
        request = Request("POST", "/v2/batch/scrape", body=body, purpose=purpose)
        return await self._asks.ask(start_of(len(urls)), request, lambda answer: _StartedBody.model_validate(answer).id)

    async def status(self, batch_id: str) -> Answer[Batch]:
        """How far an order is, with the pages that are done.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(BATCH_STATUS, Request("GET", f"/v2/batch/scrape/{batch_id}"), _read_batch)

    async def credits_left(self) -> Answer[int]:
        """The credits that the key's team has left; free, never stored.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(
            CREDITS,
            Request("GET", "/v2/team/credit-usage"),
            lambda body: int(_CreditsBody.model_validate(body["data"]).remaining),
        )


def signed_by_firecrawl(body: bytes, signature: str, secret: str) -> bool:
    """Whether a webhook is Firecrawl's: `X-Firecrawl-Signature` is `sha256=` and the HMAC-SHA256 of the raw body."""
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"sha256={expected}".encode(), signature.encode(errors="replace"))


def _read_links(body: Any) -> tuple[SiteLink, ...]:
    return tuple(SiteLink(link.url, link.title, link.description) for link in _MapBody.model_validate(body).links)


def _read_batch(body: Any) -> Batch:
    said = _StatusBody.model_validate(body)
    pages = tuple(read_document(document) for document in said.data)
    return Batch(said.status, said.total, said.completed, said.credits_used, pages, said.next)
