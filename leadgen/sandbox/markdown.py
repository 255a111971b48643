"""A page's HTML as a scraping service gives it back: as Markdown, cleaned, with its links and its head's words."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import urldefrag, urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from leadgen.sandbox.wire import names

_DROPPED = ["script", "style", "noscript", "template", "svg", "iframe"]
_BOILERPLATE = ["header", "footer", "nav", "aside", ".header", ".footer", ".nav", ".menu", ".sidebar"]
_BLOCKS = names(
    "address article aside blockquote body br button center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr label li main nav ol option p pre section table td textarea th tr ul"
)


@lru_cache(maxsize=8_192)
def to_markdown(html: str, *, main_only: bool) -> str:
    """Headings, paragraphs, lists and links. With `main_only` headers, footers and menus are left out."""
    body = _cleaned(html, main_only=main_only).body
    if body is None:
        return ""
    pieces: list[str] = []
    _write(body, pieces)
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in "".join(pieces).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


@lru_cache(maxsize=8_192)
def cleaned_html(html: str, *, main_only: bool) -> str:
    """The body without scripts and styles."""
    body = _cleaned(html, main_only=main_only).body
    return (body.html or "") if body else ""


def _cleaned(html: str, *, main_only: bool) -> LexborHTMLParser:
    tree = LexborHTMLParser(html)
    tree.strip_tags(_DROPPED)
    if main_only:
        for selector in _BOILERPLATE:
            for node in tree.css(selector):
                node.decompose()
    return tree


@lru_cache(maxsize=8_192)
def links(html: str, url: str) -> tuple[str, ...]:
    """All targets of the page's links, absolute, each once, in order."""
    found: dict[str, None] = {}
    for node in LexborHTMLParser(html).css("a[href]"):
        target = (node.attributes.get("href") or "").strip()
        if target and not target.lower().startswith("javascript:"):
            found[urldefrag(urljoin(url, target)).url] = None
    return tuple(found)


@lru_cache(maxsize=8_192)
def head(html: str) -> dict[str, Any]:
    """Title, description, language and viewport, where the page has them."""
    tree = LexborHTMLParser(html)
    words: dict[str, Any] = {}
    title = tree.css_first("title")
    if title:
        words["title"] = title.text(strip=True)
    for node in tree.css("meta[name][content]"):
        name = (node.attributes.get("name") or "").lower()
        if name in {"description", "viewport", "generator", "keywords", "robots"}:
            words[name] = node.attributes.get("content") or ""
    root = tree.css_first("html")
    if root and root.attributes.get("lang"):
        words["language"] = root.attributes["lang"]
    return words


def _write(node: LexborNode, pieces: list[str]) -> None:
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text":
            pieces.append(re.sub(r"\s+", " ", child.text(deep=False)))
        elif tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            pieces.append(f"\n\n{'#' * int(tag[1])} {_inline(child)}\n\n")
        elif tag == "li":
            pieces.append(f"\n- {_inline(child)}")
        elif tag == "a":
            pieces.append(f"[{_inline(child)}]({child.attributes.get('href') or ''})")
        elif tag == "br":
            pieces.append("\n")
        elif tag in _BLOCKS:
            pieces.append("\n\n")
            _write(child, pieces)
            pieces.append("\n\n")
        else:
            _write(child, pieces)


def _inline(node: LexborNode) -> str:
    pieces: list[str] = []
    _write(node, pieces)
    return " ".join("".join(pieces).split())
