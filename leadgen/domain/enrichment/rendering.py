"""Whether a page shows itself only to a browser: what was sent is a program that writes the page.

Asked before a page is rendered for money. A page that says enough as it is needs no browser, whatever scripts it carries.
"""

import re

ENOUGH_WORDS = 60

# The empty element into which the common frameworks write a page (React, Next, Nuxt, Vue, Angular, Svelte, Gatsby, Wix).
_MOUNT = re.compile(
    r"<(?:div|main|body)[^>]*\bid=[\"']?(?:root|app|__next|__nuxt|___gatsby|svelte|app-root|SITE_CONTAINER)\b"
    r"|<app-root[\s>]|\bng-version=|data-reactroot|window\.__(?:NUXT|NEXT_DATA|INITIAL_STATE)__",
    re.IGNORECASE,
)
_ASKS_FOR_SCRIPTS = re.compile(
    r"(?:enable|turn on|requires?|needs?|activate)\W+(?:\w+\W+){0,3}javascript|javascript\W+(?:is|must be)\W+(?:\w+\W+){0,3}"
    r"(?:disabled|enabled|required)",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"checking your browser|just a moment\.\.\.|cf-browser-verification|/cdn-cgi/challenge", re.IGNORECASE
)
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)


def needs_rendering(html: str, text: str) -> bool:
    """Whether a browser would see more than `text`, the main content read out of `html`."""
    if len(text.split()) >= ENOUGH_WORDS or not _SCRIPT.search(html):
        return False
    return bool(_MOUNT.search(html) or _ASKS_FOR_SCRIPTS.search(html) or _CHALLENGE.search(html))
