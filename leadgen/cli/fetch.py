"""`leadgen fetch`: reads pages with our own fetcher, by hand, and says of each what became of it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from leadgen.domain.enrichment.text import main_text
from leadgen.providers.fetcher.fetcher import Fetched, Fetcher
from leadgen.settings import Settings

PAGES_AT_ONCE = 10


async def fetch_all(settings: Settings, urls: Sequence[str], show: Callable[[Fetched], None]) -> bool:
    """Shows each page in the order of the URLs, as soon as it is its turn. Returns whether all were read.

    Raises ConfigurationError where LEADGEN_FETCHER_SANDBOX is not a loopback address.
    """
    places = asyncio.Semaphore(PAGES_AT_ONCE)
    async with Fetcher(sandbox_url=settings.fetcher_sandbox) as fetcher:

        async def fetch(url: str) -> Fetched:
            async with places:
                return await fetcher.fetch(url)

        async with asyncio.TaskGroup() as group:
            fetching = [group.create_task(fetch(url)) for url in urls]
            all_read = True
            for task in fetching:
                fetched = await task
                show(fetched)
                all_read = all_read and fetched.refused is None
    return all_read


def as_json(fetched: Fetched, *, with_text: bool) -> dict[str, Any]:
    """The document of one URL. `reason` is the kind of refusal, for programs; `text` the main content as Markdown."""
    document: dict[str, Any] = {
        "url": fetched.url,
        "final_url": fetched.final_url,
        "status": fetched.status,
        "refused": fetched.refused,
        "reason": fetched.reason,
        "bytes": fetched.size,
        "content_type": fetched.content_type,
        "seconds": round(fetched.seconds, 3),
    }
    return document | ({"text": readable(fetched)} if with_text else {})


def as_lines(fetched: Fetched, *, with_text: bool) -> str:
    """The same for a person."""
    if fetched.refused is not None:
        return f"refused  {fetched.url}: {fetched.refused}"
    moved = f" -> {fetched.final_url}" if fetched.final_url != fetched.url else ""
    line = f"{fetched.status}  {fetched.url}{moved}  {fetched.size:,} bytes, {fetched.seconds:.1f} s"
    return f"{line}\n\n{readable(fetched)}\n" if with_text else line


def readable(fetched: Fetched) -> str:
    """The page's main content as Markdown; empty where it was refused."""
    return main_text(LexborHTMLParser(fetched.text))
