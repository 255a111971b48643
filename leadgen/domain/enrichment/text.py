"""The main content of a page as Markdown: what the business says, without menus, sidebars, comments and hidden text.

How: elements that are boilerplate by tag or by name go; of what is left, the deepest element that still holds most of
the running text is the content; headings and lead text that stand before it come along; blocks of mere links go.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser

from leadgen.domain.enrichment.hidden import remove_hidden, without_invisible
from leadgen.domain.enrichment.markup import Block, read_blocks
from leadgen.domain.identity.words import word_set

_NOT_CONTENT = (
    "script,style,svg,iframe,object,embed,canvas,select,button,input,textarea,label,nav,aside,footer,figcaption,rt,rp,"
    "[role=navigation],[role=contentinfo],[role=search],[role=dialog],[role=banner],[role=complementary],[role=alert]"
)
_BOILERPLATE_WORDS = word_set(
    """nav navi navbar navigation topnav mainnav subnav menu submenu mainmenu sidebar sidebars footer foot
    breadcrumb breadcrumbs cookie cookies consent gdpr share sharing sharedaddy social socials comment comments
    commentlist kommentar kommentare disqus respond related recommended recommendations newsletter newsletters
    subscribe subscription popup modal advert adverts advertisement ad ads adsense sponsor sponsored pagination
    pager tagcloud byline login search searchform toolbar skip topbar copyright rating ratings print paywall
    poll toc addtoany authorbox caption"""
)  # not "widget" or "banner": site builders name everything so
_BOILERPLATE_ENDINGS = ("footer", "sidebar", "navigation", "breadcrumb", "breadcrumbs", "comments")
_BOILERPLATE_NAMES = word_set(
    """meta tag tags author entry-meta post-meta post-tags author-box author-info entry-footer post-footer
    post-navigation"""
)
_LAYOUT_PREFIXES = word_set("has with no not is left right")  # "has-sidebar" names the page, not the sidebar
_ENTRY = re.compile(r"(?:^|\s)(?:hentry|type-(?:post|page)|post-\d+)(?:\s|$)")  # WordPress lists tags and author there
_NAME_PART = re.compile(r"[_-]+|(?<=[a-z])(?=[A-Z])")
_WHOLE_PAGE_TAGS = frozenset({"html", "body", "main", "article"})

_WHOLE_SHARE = 0.5  # a "boilerplate" element with this share of all text is a wrapper with an unlucky name
_CONTENT_SHARE = 0.75  # measured: F1 stays within half a point between 0.6 and 0.8
# Lengths in characters
_RUNNING_TEXT = 40  # shorter blocks do not tell content from menu
_LITTLE_TEXT = 500
_LEAD_TEXT = 60
_LABEL = 80  # a longer block that ends in a colon is a sentence


@lru_cache(maxsize=16_384)
def _names_boilerplate(names: str) -> bool:
    """Whether class names and id say that the element is not content."""
    if _ENTRY.search(names):
        return False
    for name in names.split():
        if name.lower() in _BOILERPLATE_NAMES:
            return True
        parts = [part.lower() for part in _NAME_PART.split(name) if part]
        if parts and parts[0] in _LAYOUT_PREFIXES:
            continue
        if any(part in _BOILERPLATE_WORDS or part.endswith(_BOILERPLATE_ENDINGS) for part in parts):
            return True
    return False


def _remove_boilerplate(tree: LexborHTMLParser) -> None:
    for node in tree.css(_NOT_CONTENT):
        node.decompose()
    if tree.body is None:
        return
    most = _WHOLE_SHARE * len(tree.body.text())
    for node in tree.css("[class],[id]"):
        if node.tag in _WHOLE_PAGE_TAGS:
            continue
        attributes = node.attributes
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if _names_boilerplate(names) and len(node.text()) < most:
            node.decompose()


def _content_element(blocks: Iterable[Block]) -> int | None:
    """The deepest element that holds most of the running text; None for pages of so little text that all of it counts."""
    weights: Counter[int] = Counter()
    depth_of: dict[int, int] = {}
    total = 0
    for block in blocks:
        size = len(block.text)
        if size < _RUNNING_TEXT or block.is_mostly_links:
            continue
        total += size
        for depth, element in enumerate(block.path[:-1]):  # a paragraph alone is no content element
            weights[element] += size
            depth_of[element] = depth
    if total < _LITTLE_TEXT:
        return None
    holders = [element for element, weight in weights.items() if weight >= _CONTENT_SHARE * total]
    return max(holders, key=depth_of.__getitem__, default=None)


def _lead(blocks: Sequence[Block]) -> list[Block]:
    """The page's title and the lead that stand before the content element."""
    titles = [at for at, block in enumerate(blocks) if block.tag == "h1"]
    if not titles:
        return []
    return [
        block
        for block in blocks[titles[-1] :]
        if block.tag == "h1" or (len(block.text) >= _LEAD_TEXT and not block.link_length)
    ]


def _heads(block: Block) -> bool:
    return block.is_heading or (block.text.endswith(":") and len(block.text) <= _LABEL)


def _without_link_lists(blocks: Iterable[Block]) -> list[Block]:
    """Blocks of mere links go, and with them the headings over them; a heading over nothing goes too."""
    kept: list[Block] = []
    headings: list[Block] = []
    for block in blocks:
        if block.is_mostly_links:
            headings.clear()
        elif _heads(block):
            headings.append(block)
        else:
            kept += headings
            kept.append(block)
            headings.clear()
    return kept


def _as_markdown(block: Block) -> str:
    if block.is_heading:
        return f"{'#' * int(block.tag[1])} {block.text}"
    if block.tag in {"li", "dd"}:
        return f"- {block.text}"
    return block.text


def _join(blocks: Sequence[Block]) -> str:
    lines: list[str] = []
    for before, block in zip((None, *blocks), blocks, strict=False):
        together = before is not None and before.tag == block.tag and block.tag in {"li", "dd", "tr"}
        lines.append(("\n" if together else "\n\n") + _as_markdown(block))
    return "".join(lines).strip()


def main_text(tree: LexborHTMLParser) -> str:
    """The main content as Markdown: headings, list items and table rows marked, inline markup dropped so that
    a quote of the page is found in it. Takes what is not content out of the tree, so it comes last.
    """
    remove_hidden(tree)
    _remove_boilerplate(tree)
    if tree.body is None:
        return ""
    blocks = read_blocks(tree.body)
    content = _content_element(blocks)
    if content is not None:
        first = next(at for at, block in enumerate(blocks) if content in block.path)
        blocks = _lead(blocks[:first]) + [block for block in blocks if content in block.path]
    return unicodedata.normalize("NFC", without_invisible(_join(_without_link_lists(blocks))))
