"""Addresses that pages keep from harvesters: written by scripts, shifted, reversed, split, or put into attributes.

What a visitor's browser shows or dials is public; each form here is undone as a browser or a script of the page undoes it.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script\s*>", re.IGNORECASE | re.DOTALL)
_JOINED = re.compile(r"""["']\s*\+\s*["']""")
_CONTINUED = re.compile(r"""["']\s*;\s*(\w+)\s*=\s*\1\s*\+\s*["']""")
_AN_AT_IN_QUOTES = re.compile(r"""["'][^"'\n]{0,80}(?:@|&#0?64;|&#x40;|%40)""")
_PERCENT_CODED = re.compile(r"""(?:unescape|decodeURIComponent)\(\s*["']([^"']{8,2000})["']""")
_LITERAL = re.compile(r"""(["'])((?:(?!\1)[^\n]){5,300})\1""")
_LONGEST_SCRIPT = 50_000  # longer ones are libraries

_SHIFTED = re.compile(r"""(?:linkTo_)?UnCryptMailto\(\s*(?:%27|&#0*39;|["'])([^"')%&]{8,120})""", re.IGNORECASE)
_SHIFTED_RANGES = ((0x2B, 0x3A), (0x40, 0x5A), (0x61, 0x7A))  # TYPO3's: `+` to `:`, `@` to `Z`, `a` to `z`

_HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0", re.IGNORECASE)
_RIGHT_TO_LEFT = re.compile(r"direction\s*:\s*rtl", re.IGNORECASE)
_LONGEST_TRAP = 40  # characters of a hidden piece inside an address
_WHOLE = re.compile(r"\s*(?:mailto:)?([^\s@<>\"']{1,64}@[^\s@<>\"']{4,190})\s*", re.IGNORECASE)

_TELLING_ATTRIBUTES = ("data-email", "data-mail", "data-mailto", "data-user", "data-name", "data-local", "data-account")
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_SPELLED_WIDE = {0xFF20: "@", 0xFE6B: "@", 0xFF0E: ".", 0x3002: ".", 0xFF61: "."}
_TRAP_WORDS = re.compile(r"[._-]?(?:no-?spam|remove-?(?:this|me)|spam-?free)[._-]?", re.IGNORECASE)


def plain(text: str) -> str:
    """Without characters that nobody sees, and with wide `＠` and `．` as the plain ones."""
    return text if text.isascii() else text.translate(_INVISIBLE | _SPELLED_WIDE)


def without_trap(address: str) -> str:
    """Without the words a reader is asked to remove: `info@NOSPAM.lamar.com`."""
    local, _, domain = address.partition("@")
    bare = (_TRAP_WORDS.sub("", local), _TRAP_WORDS.sub("", domain))
    return "@".join(bare) if all(bare) else address


def remove_traps(tree: LexborHTMLParser) -> None:
    """Takes hidden pieces out of the middle of addresses: `info<span style="display:none">x</span>@lamar.com`."""
    for node in tree.css("span[style],b[style],i[style],em[style]"):
        parent = node.parent
        hides = _HIDES.search(node.attributes.get("style") or "") and len(node.text()) <= _LONGEST_TRAP
        if hides and parent is not None and "@" in parent.text() and len(parent.text()) <= 4 * _LONGEST_TRAP:
            node.decompose()


def _shifted_back(code: str) -> str | None:
    """TYPO3's link: each character moved by the same number of places within its range, which `mailto:` tells."""
    for places in range(1, 26):
        moved = "".join(_moved(character, places) for character in code)
        if moved.startswith("mailto:"):
            return moved
    return None


def _moved(character: str, places: int) -> str:
    for first, last in _SHIFTED_RANGES:
        if first <= ord(character) <= last:
            return chr(first + (ord(character) - places - first) % (last - first + 1))
    return character


def in_scripts(html: str) -> Iterator[str]:
    """What stands in the page's scripts, as it is written there: the data that they will show."""
    return (match[1] for match in _SCRIPT.finditer(html) if "@" in match[1])


def _put_together(html: str) -> Iterator[str]:
    """The strings that scripts put together and write."""
    for match in _SCRIPT.finditer(html):
        source = match[1]
        if len(source) > _LONGEST_SCRIPT or not _AN_AT_IN_QUOTES.search(source):
            continue
        for coded in _PERCENT_CODED.finditer(source):
            yield unquote(coded[1])
        if "+" in source:
            joined = _JOINED.sub("", _CONTINUED.sub("", _JOINED.sub("", source)))
            if joined != source:
                yield from (unescape(literal[2]) for literal in _LITERAL.finditer(joined) if literal[0] not in source)


def _in_attributes(node: LexborNode) -> Iterator[str]:
    attributes = {name: value or "" for name, value in node.attributes.items()}
    for name, value in attributes.items():
        if (name.startswith("data-") or name in {"alt", "value"}) and (whole := _WHOLE.fullmatch(unescape(value))):
            yield whole[1]
    user = next(
        (attributes[n] for n in ("data-user", "data-name", "data-local", "data-account") if n in attributes), ""
    )
    domain = next((attributes[n] for n in ("data-domain", "data-host", "data-website") if n in attributes), "")
    top_level = attributes.get("data-tld", "")
    if user and domain and "@" not in user:
        yield f"{user}@{domain}.{top_level}" if top_level and "." not in domain else f"{user}@{domain}"


def hidden_addresses(html: str, tree: LexborHTMLParser) -> Iterable[str]:
    """Texts in which such addresses stand in the open. `html` is the page as it came, `tree` may lack its scripts."""
    for match in _SHIFTED.finditer(html) if "CryptMailto" in html else ():
        if moved := _shifted_back(unescape(match[1])):
            yield moved
    yield from _put_together(html)
    for selector in (f"[{name}]" for name in _TELLING_ATTRIBUTES if name in html):
        for node in tree.css(selector):
            yield from _in_attributes(node)
    for node in tree.css('img[alt*="@"],input[name*="recipient" i][value*="@"],input[name="to" i][value*="@"]'):
        yield from _in_attributes(node)
    for node in tree.css('[style*="rtl" i],bdo[dir="rtl" i]') if "rtl" in html else ():
        if node.tag == "bdo" or _RIGHT_TO_LEFT.search(node.attributes.get("style") or ""):
            yield node.text().strip()[::-1]
