"""A website's page, read the cheapest way that suffices: by our own fetcher, and rendered by Firecrawl only where a browser is
needed or the site turns programs away.

What robots.txt keeps from us stays unread: a service that asks no leave is no way around it.
"""

from http import HTTPStatus

from leadgen.domain.enrichment.rendering import needs_rendering
from leadgen.errors import ConfigurationError
from leadgen.providers.calls import Answer
from leadgen.providers.firecrawl import Firecrawl, ScrapedPage
from leadgen.providers.own_site import OwnSite

TURNED_AWAY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})


class SiteReader:
    """Pages of websites."""

    def __init__(self, own: OwnSite, firecrawl: Firecrawl) -> None:
        self._own = own
        self._firecrawl = firecrawl

    async def read(self, url: str) -> Answer[ScrapedPage]:
        """One page; a miss where nothing is there for the public. The receipt names who read it.

        Raises:
            VendorError: as `Asks.ask`.
        """
        answer = await self._own.fetch(url)
        page = answer.value
        if page is None or not _wants_a_browser(page):
            return answer
        try:
            rendered = await self._firecrawl.scrape(url)
        except ConfigurationError:  # there is no Firecrawl here: what we read has to do
            return answer
        return rendered if rendered.value is not None else answer


def _wants_a_browser(page: ScrapedPage) -> bool:
    if page.error is not None:
        return False
    return page.status_code in TURNED_AWAY or needs_rendering(page.raw_html, page.markdown)
