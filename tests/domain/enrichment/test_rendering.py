"""A page is rendered for money only where a browser would see more than was sent."""

import pytest

from leadgen.domain.enrichment.rendering import ENOUGH_WORDS, needs_rendering

WORDS = "We mend teeth with care. " * ENOUGH_WORDS


@pytest.mark.parametrize(
    "html",
    [
        '<body><div id="root"></div><script src="/main.js"></script></body>',
        '<body><div id=__next></div><script src="/_next/x.js"></script></body>',
        "<body><app-root></app-root><script src=main.js></script></body>",
        "<noscript>You need to enable JavaScript to run this app.</noscript><script src=a.js></script>",
        "<script>window.__NUXT__={}</script>",
        "<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>",
    ],
)
def test_an_empty_page_that_a_program_writes_needs_a_browser(html: str) -> None:
    assert needs_rendering(html, "")


def test_a_page_that_says_enough_needs_none_whatever_it_is_built_with() -> None:
    assert not needs_rendering('<div id="__next">...</div><script></script>', WORDS)


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Under construction</h1>",
        "<h1>Closed</h1><script>track()</script>",
        '<div id="root">No scripts at all</div>',
        "",
    ],
)
def test_a_page_that_is_merely_short_needs_none(html: str) -> None:
    assert not needs_rendering(html, "Closed.")
