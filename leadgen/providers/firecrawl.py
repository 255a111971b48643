"""Firecrawl v2: a page as clean text for research and as raw HTML for contacts.

Facts (VENDORS.md section 7): the site's own 403 or 404 comes inside a 200 and is billed, 1 credit; what kept
a site from being read comes as `code` (as `SCRAPE_SITE_ERROR`) with a 500, or a 200 that says `success:
false` (as `SCRAPE_DNS_RESOLUTION_ERROR`, billed too): facts about the site, not failures of the call. A wrong
key is 401; 403 is a site that Firecrawl does not read. PDF pages are not parsed, since each would cost a
credit.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Usage, Vendor, Verdict
from leadgen.providers.judging import MESSAGE_LENGTH, judge_status

PAGE_TIMEOUT_MS = 60_000
# The site, not Firecrawl, is what is wrong.
UNREADABLE_SITE = frozenset(
    {
        "SCRAPE_DNS_RESOLUTION_ERROR",
        "SCRAPE_SITE_ERROR",
        "SCRAPE_SSL_ERROR",
        "SCRAPE_ALL_ENGINES_FAILED",
        "SCRAPE_UNSUPPORTED_FILE_ERROR",
    }
)

VENDOR = Vendor("firecrawl", lambda key: ({"Authorization": f"Bearer {key}"}, ()), service="firecrawl")

Words = str | list[str] | None  # page metadata that occurs once or several times


class _Metadata(BaseModel):
    title: Words = None
    description: Words = None
    language: Words = None
    source_url: str | None = Field(default=None, alias="sourceURL")
    url: str | None = None
    status_code: int | None = Field(default=None, alias="statusCode")
    error: str | None = None
    credits_used: int | None = Field(default=None, alias="creditsUsed")


class _Page(BaseModel):
    markdown: str | None = None
    raw_html: str | None = Field(default=None, alias="rawHtml")
    links: list[str] | None = None
    metadata: _Metadata = _Metadata()

    @property
    def is_gone(self) -> bool:
        """Nothing is there: no such page, a broken server, no content at all. A refusal (403) is something else."""
        status = self.metadata.status_code or 0
        return (
            status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE} or status >= 500 or not (self.markdown or self.raw_html)
        )


class _Response(BaseModel):
    success: bool = True
    code: str | None = None
    error: str | None = None
    data: _Page | None = None


def _response(reply: Reply) -> _Response:
    try:
        return _Response.model_validate(reply.json())
    except ValidationError:
        return _Response(success=False)


def judge_scrape(reply: Reply) -> Judgement:
    """What a reply to an order of pages means: what keeps a site from being read is a fact about the site."""
    said = _response(reply)
    if said.code in UNREADABLE_SITE:
        return Judgement(Verdict.MISS, said.code)
    if reply.status == HTTPStatus.OK and said.data is not None:
        if said.data.is_gone:
            return Judgement(Verdict.MISS, f"the site answers {said.data.metadata.status_code}")
        return Judgement(Verdict.ANSWER)
    reason = (f"{said.code or ''}: {said.error or ''}".strip(": ") or f"HTTP {reply.status}")[:MESSAGE_LENGTH]
    if reply.status == HTTPStatus.OK:
        return Judgement(Verdict.RETRY, reason)
    if reply.status == HTTPStatus.FORBIDDEN:
        return Judgement(Verdict.REFUSED, reason)
    return judge_status(reply, reason)


def _charge(reply: Reply) -> tuple[Usage, ...]:
    if reply.status != HTTPStatus.OK:
        return ()
    page = _response(reply).data
    used = page.metadata.credits_used if page else None
    return (Usage("credit", Decimal(1 if used is None else used)),)


SCRAPE = Operation(
    vendor=VENDOR,
    name="scrape",
    judge=judge_scrape,
    charge=_charge,
    expected=(Usage("credit", Decimal(1)),),
    time_to_live=timedelta(days=7),
    miss_time_to_live=timedelta(days=1),
)


@dataclass(frozen=True, slots=True)
class ScrapedPage:
    """A page as it was read.

    `url` is where redirects ended. `status_code` is the site's own answer; a refusal (401, 403, 429) is a
    page too, with whatever text it shows. `markdown` is the main content, `raw_html` the unmodified document.
    """

    url: str
    status_code: int | None
    markdown: str
    raw_html: str
    links: tuple[str, ...]
    title: str | None
    description: str | None
    language: str | None
    error: str | None


class Firecrawl:
    """Pages of websites."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def scrape(self, url: str) -> Answer[ScrapedPage]:
        """One page; a miss where nothing is there: no such host or page, a broken server, an empty document.

        Raises:
            VendorRefused: Firecrawl does not read this site, or the address is none.
            VendorError: as `Asks.ask`.
        """
        body = {
            "url": url,
            "formats": ["markdown", "rawHtml", "links"],
            "timeout": PAGE_TIMEOUT_MS,
            "parsers": [],
        }

        def read(answer: Any) -> ScrapedPage:
            page = _Response.model_validate(answer).data or _Page()
            return _scraped(page, url)

        return await self._asks.ask(SCRAPE, Request("POST", "/v2/scrape", body=body), read)


def read_document(document: Any) -> ScrapedPage:
    """A page as it comes in a batch, where its own metadata names it."""
    return _scraped(_Page.model_validate(document), "")


def _scraped(page: _Page, asked: str) -> ScrapedPage:
    about = page.metadata
    return ScrapedPage(
        url=about.url or about.source_url or asked,
        status_code=about.status_code,
        markdown=page.markdown or "",
        raw_html=page.raw_html or "",
        links=tuple(page.links or ()),
        title=_first(about.title),
        description=_first(about.description),
        language=_first(about.language),
        error=about.error,
    )


def _first(words: Words) -> str | None:
    if isinstance(words, list):
        return words[0] if words else None
    return words or None
