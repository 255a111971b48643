"""Our own fetcher reads first; Firecrawl is paid only where a browser is needed, and never to get around robots.txt."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leadgen.errors import ConfigurationError
from leadgen.providers.calls import Answer, Receipt
from leadgen.providers.firecrawl import ScrapedPage
from leadgen.providers.site_reader import SiteReader

URL = "https://dentist.example/"
TEXT = "We mend teeth with care and without fear. " * 20


def page(**changes: Any) -> ScrapedPage:
    values: dict[str, Any] = {
        "url": URL,
        "status_code": 200,
        "markdown": TEXT,
        "raw_html": f"<p>{TEXT}</p>",
        "links": (),
        "title": None,
        "description": None,
        "language": None,
        "error": None,
    }
    return ScrapedPage(**{**values, **changes})


class Reads:
    """Stands in for a vendor's client: gives this page, or raises."""

    def __init__(self, vendor: str, found: ScrapedPage | Exception | None) -> None:
        self.vendor = vendor
        self.found = found
        self.asked = 0

    async def fetch(self, url: str) -> Answer[ScrapedPage]:
        self.asked += 1
        if isinstance(self.found, Exception):
            raise self.found
        return Answer(self.found, Receipt(self.vendor, "read", 1, datetime.now(UTC), cached=False))

    scrape = fetch


async def read(own: ScrapedPage | None, rendered: ScrapedPage | Exception | None) -> tuple[Answer[ScrapedPage], int]:
    firecrawl = Reads("firecrawl", rendered)
    answer = await SiteReader(Reads("own_fetcher", own), firecrawl).read(URL)  # type: ignore[arg-type]
    return answer, firecrawl.asked


EMPTY = {"markdown": "", "raw_html": '<div id="root"></div><script src="app.js"></script>'}


async def test_what_our_own_fetcher_has_read_is_not_paid_for() -> None:
    answer, asked = await read(page(), page())
    assert (answer.receipt.vendor, asked) == ("own_fetcher", 0)


async def test_where_nothing_is_there_firecrawl_is_not_asked_either() -> None:
    answer, asked = await read(None, page())
    assert (answer.value, asked) == (None, 0)


@pytest.mark.parametrize("own", [page(**EMPTY), page(status_code=403, markdown="", raw_html="Forbidden")])
async def test_a_page_for_browsers_and_a_site_that_turns_programs_away_are_rendered(own: ScrapedPage) -> None:
    answer, asked = await read(own, page(title="Rendered"))
    assert answer.value is not None
    assert (answer.value.title, answer.receipt.vendor, asked) == ("Rendered", "firecrawl", 1)


async def test_what_robots_txt_keeps_from_us_stays_unread() -> None:
    answer, asked = await read(page(status_code=None, markdown="", raw_html="", error="robots.txt says no"), page())
    assert answer.value is not None
    assert (answer.value.markdown, asked) == ("", 0)


@pytest.mark.parametrize("rendered", [None, ConfigurationError("firecrawl has no key.")])
async def test_what_cannot_be_rendered_is_left_as_we_read_it(rendered: Exception | None) -> None:
    own = page(**EMPTY)
    answer, _ = await read(own, rendered)
    assert (answer.value, answer.receipt.vendor) == (own, "own_fetcher")
