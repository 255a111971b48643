"""A web page as markup: decoding, links, and its text in blocks. What is found in it is the other modules' subject."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from leadgen.domain.identity.words import word_set

_BLOCK_TAGS = word_set(
    """address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol option p pre section select summary table tbody td
    tfoot th thead tr ul"""
)
_NEUTRAL_TAGS = word_set("div section article span center figure fieldset form main body header")
_STICKY_TAGS = frozenset({"li", "blockquote", "dd", "td", "th"})  # a div inside a list item is still that item
_CELL_BREAKERS = "p,div,table,ul,ol,dl,h1,h2,h3,h4,h5,h6,section,article,br"
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_SPACE = re.compile(r"\s+")
_ABSOLUTE = re.compile(r"https?://|mailto:|tel:", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_READ_AS = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "utf-16": "utf-8", "utf-16le": "utf-8", "utf-16be": "utf-8",
}  # fmt: skip
"""What browsers read instead of the charset a page names: it could not say UTF-16 in ASCII."""
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"})
"""Codecs of Python's that no browser has. A large page takes hours in those for host names; the others give half characters."""
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]+)", re.IGNORECASE)


def decode_html(data: bytes, content_type: str | None = None) -> str:
    """Bytes of a page as text: byte order mark, then the header's charset, then the page's own, then UTF-8, then
    Windows-1252, as browsers do (WHATWG encoding sniffing). Never fails: what cannot be decoded becomes U+FFFD.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace")
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    header = _HEADER_CHARSET.search(content_type or "")
    meta = _META_CHARSET.search(data, 0, 4096)
    declared = [header[1] if header else "", meta[1].decode("ascii") if meta else ""]
    for charset in [*filter(None, declared), "utf-8"]:
        try:
            if codecs.lookup(charset).name not in _NO_CHARSETS:
                return data.decode(_READ_AS.get(charset.lower(), charset))
        except (LookupError, UnicodeError):
            continue
    return data.decode("cp1252", "replace")


def squeeze(text: str) -> str:
    """The text with every run of white space as one blank, none at the ends."""
    return _SPACE.sub(" ", text).strip()


_LINE_BREAK = "\v"  # a `br`: unlike the source's own line ends it is one on the screen too


def _lines(parts: list[str]) -> str:
    text = "".join(parts)
    if _LINE_BREAK not in text:
        return squeeze(text)
    return "\n".join(filter(None, map(squeeze, text.split(_LINE_BREAK))))


@dataclass(frozen=True, slots=True)
class Block:
    """Text that stands on its own: a paragraph, heading, list item or cell.

    `text` has a line end where the page has a line break. `tag` is what it is (`p`, `h2`, `li`, `td`, `div`, ...),
    `link_length` how many of its characters are inside links, `path` the identities of the elements it stands in,
    outermost first.
    """

    tag: str
    text: str
    link_length: int
    path: tuple[int, ...]

    @property
    def is_heading(self) -> bool:
        """Whether it heads what follows."""
        return self.tag in HEADINGS

    @property
    def is_mostly_links(self) -> bool:
        """Whether more than half of it is link text, as in menus and link lists."""
        return self.link_length * 2 > len(self.text)


class _BlockReader:
    """Walks a tree with its own stack, since pages nest deeper than Python recurses."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._link_length = 0
        self._path: list[int] = []

    def _close(self, tag: str) -> None:
        if self._parts:
            text = _lines(self._parts)
            if text:
                self.blocks.append(Block(tag, text, min(self._link_length, len(text)), tuple(self._path)))
            self._parts.clear()
            self._link_length = 0

    def read(self, root: LexborNode) -> list[Block]:
        self._path.append(root.mem_id)
        # one frame an open element: its children still to come, the block tag in force, inside a link, opens a block
        stack: list[tuple[Iterator[LexborNode], str, bool, bool]] = [
            (root.iter(include_text=True), "body", False, True)
        ]
        while stack:
            children, tag, in_link, opens_block = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                if opens_block:
                    self._close(tag)
                    self._path.pop()
                continue
            name = child.tag or ""
            if name == "-text":
                text = child.text_content or ""
                if not text.isspace() or (self._parts and self._parts[-1] != _LINE_BREAK):
                    self._parts.append(text)
                if in_link:
                    self._link_length += len(text.strip())
            elif name == "br":
                if self._parts and self._parts[-1] == _LINE_BREAK:  # an empty line parts paragraphs
                    self._close(tag)
                else:
                    self._parts.append(_LINE_BREAK)
            elif name == "tr" and child.css_first(_CELL_BREAKERS) is None:
                self._close(tag)
                self._row(child)
            elif name in _BLOCK_TAGS:
                self._close(tag)
                self._path.append(child.mem_id)
                kept = tag if name in _NEUTRAL_TAGS and tag in _STICKY_TAGS else name
                stack.append((child.iter(include_text=True), kept, in_link, True))
            else:
                stack.append((child.iter(include_text=True), tag, in_link or name == "a", False))
        return self.blocks

    def _row(self, row: LexborNode) -> None:
        """A table row of plain cells is one block: `Monday | 9 am - 5 pm`."""
        self._path.append(row.mem_id)
        cells = (squeeze(cell.text()) for cell in row.iter())
        self._parts.append(" | ".join(cell for cell in cells if cell))
        self._link_length = sum(len(link.text(strip=True)) for link in row.css("a"))
        self._close("tr")
        self._path.pop()


def read_blocks(root: LexborNode) -> list[Block]:
    """All text under an element in reading order. Scripts and styles must have been taken out before."""
    return _BlockReader().read(root)


@dataclass(frozen=True, slots=True)
class Link:
    """An `a` or `area` of the page: its address made absolute, and the words it shows."""

    url: str
    text: str


def _joined(base: str, href: str) -> str | None:
    """The absolute address, None for what no parser takes."""
    try:
        absolute = href if _ABSOLUTE.match(href) else urljoin(base, href)
        if not absolute.isascii() or "[" in absolute or "]" in absolute:
            urlsplit(absolute)
    except ValueError:
        return None
    return absolute


def read_links(tree: LexborHTMLParser, base: str, url: str) -> list[Link]:
    """Every link of the page in order, `mailto:` and `tel:` included; those that cannot be parsed are left out.

    They are relative to `base` (the page's `<base href>`), which is itself relative to the page's `url`.
    """
    found = []
    base = _joined(url, base) or url
    for node in tree.css("a[href],area[href]"):
        attributes = node.attributes
        href = (attributes.get("href") or "").strip()
        if not href or href.startswith(("#", "javascript:")):
            continue
        address = _joined(base, href)
        if address is None:
            continue
        shown = squeeze(node.text()) or attributes.get("aria-label") or attributes.get("title") or ""
        found.append(Link(address, shown))
    return found
