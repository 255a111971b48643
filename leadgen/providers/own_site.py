"""A page read by our own fetcher, with Firecrawl's result: for tenants, and for leads without Firecrawl.

Pages go through the layer like any vendor's answers: free, but stored and shared. Where nothing is for the public to read
the answer is a miss, as Firecrawl's is; where a site is there but its page is not ours to read (robots.txt, a PDF, too
large) it is a page without content that says so. Pages are read as they are sent: no JavaScript runs.
"""

import time
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import httpx
from pydantic import BaseModel
from selectolax.lexbor import LexborHTMLParser

from leadgen.domain.enrichment.markup import read_links
from leadgen.domain.enrichment.page import read_page
from leadgen.providers.calls import Answer, Asks, Judgement, NoAnswer, Operation, Reply, Request, Usage, Vendor, Verdict
from leadgen.providers.fetcher.fetcher import Fetched, Fetcher, Limits
from leadgen.providers.fetcher.refusal import Reason
from leadgen.providers.firecrawl import ScrapedPage
from leadgen.providers.judging import MESSAGE_LENGTH
from leadgen.settings import VendorSettings

VENDOR = Vendor("own_fetcher", lambda _key: ({}, ()), is_one_service=False)
# The site is there, but its page is not for us.
KEPT_FROM_US: frozenset[Reason] = frozenset({"robots", "size", "type", "encoding"})
ONLINE_SECONDS = 60.0  # an answer this young proves that our own network works


class _Page(BaseModel):
    """A fetched page as it is stored."""

    url: str
    status: int | None
    html: str
    refused: str | None
    reason: Reason | None


def _judge(reply: Reply) -> Judgement:
    page = _Page.model_validate(reply.json())
    status = page.status or 0
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE} or status >= 500:
        return Judgement(Verdict.MISS, f"the site answers {status}")
    if page.reason in KEPT_FROM_US:
        return Judgement(Verdict.ANSWER)
    if page.refused is not None or not page.html.strip():
        return Judgement(Verdict.MISS, (page.refused or "the page is empty")[:MESSAGE_LENGTH])
    return Judgement(Verdict.ANSWER)


_ONE_PAGE = (Usage("page", Decimal(1)),)
FETCH = Operation(
    vendor=VENDOR,
    name="fetch",
    judge=_judge,
    charge=lambda _reply: _ONE_PAGE,
    expected=_ONE_PAGE,
    time_to_live=timedelta(days=7),
    miss_time_to_live=timedelta(days=1),
)


class OwnSite:
    """Pages of websites, without a vendor. `fetcher` belongs to the caller, who closes it."""

    def __init__(self, asks: Asks, fetcher: Fetcher) -> None:
        self._asks = asks
        self._fetcher = fetcher
        self._online_until = float("-inf")

    async def fetch(self, url: str) -> Answer[ScrapedPage]:
        """One page; a miss where nothing is there for the public: no such host or page, a broken server, an empty
        document, an address that is not public.

        Raises:
            VendorError: as `Asks.ask`; VendorUnavailable where this machine is offline.
        """

        async def send(_request: Request, settings: VendorSettings, _key: str) -> Reply:
            fetched = await self._fetcher.fetch(url, limits=Limits(seconds=settings.timeout_seconds))
            self._require_online(fetched)
            return Reply(HTTPStatus.OK, _stored(fetched))

        request = Request("GET", "/fetch", (("url", _normalized(url)),))
        return await self._asks.ask(FETCH, request, _scraped, send=send)

    def _require_online(self, fetched: Fetched) -> None:
        """Raises NoAnswer where the network fails and nothing proves that it is the site's own fault."""
        if fetched.status is not None:
            self._online_until = time.monotonic() + ONLINE_SECONDS
        elif fetched.reason == "offline" and time.monotonic() > self._online_until:
            raise NoAnswer(fetched.refused or "offline", sent=False)


def _normalized(url: str) -> str:
    """One spelling for what is one page."""
    try:
        return str(httpx.URL(url.strip()).copy_with(fragment=None))
    except (httpx.InvalidURL, ValueError):
        return url


def _stored(fetched: Fetched) -> str:
    page = _Page(
        url=fetched.final_url,
        status=fetched.status,
        html=fetched.text.replace("\x00", ""),  # Postgres stores no NUL
        refused=fetched.refused,
        reason=fetched.reason,
    )
    return page.model_dump_json()


def _scraped(stored: Any) -> ScrapedPage:
    page = _Page.model_validate(stored)
    found = read_page(page.html, page.url)
    return ScrapedPage(
        url=page.url,
        status_code=page.status,
        markdown=found.text,
        raw_html=page.html,
        links=_links(page),
        title=found.title,
        description=found.description,
        language=found.language,
        error=page.refused,
    )


def _links(page: _Page) -> tuple[str, ...]:
    tree = LexborHTMLParser(page.html)
    base = tree.css_first("base[href]")
    links = read_links(tree, (base.attributes.get("href") if base else None) or page.url, page.url)
    return tuple(dict.fromkeys(link.url for link in links))
