"""Text that a visitor of the page does not see: taken out before anything reads the page as content.

A page can address a model in text that people never notice; what is not shown is not part of what the business says.
Comments, scripts and attributes are no text to begin with. Styles in files of their own cannot be seen from here.
"""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_HIDDEN_ELEMENTS = "[hidden],[aria-hidden=true],template,noscript,dialog:not([open]),input[type=hidden]"
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0?\.?0*\s*(?:;|!|$)"
    r"|font-size\s*:\s*[01]?(?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|(?:left|top|right|text-indent|margin-left|margin-top)\s*:\s*-\d{3,}(?:\.\d+)?(?:px|em|rem|pt|%)"
    r"|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?\s*\)"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%|color\s*:\s*transparent",
    re.IGNORECASE,
)
_COLLAPSED = re.compile(r"(?:max-)?(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|!|$)", re.IGNORECASE)
_OVERFLOW_HIDDEN = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
_WHITE = r"(?:#fff(?:fff)?(?![0-9a-f])|white(?![\w-])|rgba?\(\s*255\s*,\s*255\s*,\s*255\b)"
_WHITE_TEXT = re.compile(rf"(?:^|[;\s{{])color\s*:\s*{_WHITE}", re.IGNORECASE)
_OTHER_BACKGROUND = re.compile(
    rf"background(?:-color|-image)?\s*:\s*(?!{_WHITE}|none|transparent|inherit)\S", re.IGNORECASE
)

# Class names by which stylesheets hide text for all but screen readers
_HIDDEN_CLASSES = ".sr-only,.visually-hidden,.visuallyhidden,.screen-reader-text,.d-none,.u-hidden,.is-hidden"

_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STYLE_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE_SELECTOR = re.compile(r"[a-z]*[.#][a-z_][\w-]*", re.IGNORECASE)

_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]")
"""Soft hyphens, direction marks and tag characters, which carry text past a reader's eye. The joiners U+200C and
U+200D stay: Persian, Bengali and emoji need them."""


def without_invisible(text: str) -> str:
    """The text without characters that print nothing."""
    return _INVISIBLE.sub("", text)


def hides(style: str) -> bool:
    """Whether a `style` attribute or rule body makes its element invisible."""
    return bool(_HIDING_STYLE.search(style) or (_COLLAPSED.search(style) and _OVERFLOW_HIDDEN.search(style)))


def _selectors_that_hide(tree: LexborHTMLParser) -> list[str]:
    """Class and id selectors that the page's own style elements hide. Rules inside @media may not apply: left out."""
    found = []
    for style in tree.css("style"):
        sheet = _STYLE_COMMENT.sub("", style.text())
        if not _HIDING_STYLE.search(sheet):
            continue
        for selectors, body in _STYLE_RULE.findall(_without_at_blocks(sheet)):
            if hides(body):
                found += [name for name in map(str.strip, selectors.split(",")) if _SIMPLE_SELECTOR.fullmatch(name)]
    return found


def _without_at_blocks(sheet: str) -> str:
    """The sheet without @-rules that hold rules of their own."""
    kept, depth, start, in_block = [], 0, 0, False
    for brace in re.finditer(r"[{}]", sheet):
        if brace[0] == "{":
            if depth == 0:
                head = sheet[start : brace.start()].rpartition(";")[2]
                in_block = head.lstrip().startswith("@")
            depth += 1
        else:
            depth = max(0, depth - 1)
            if depth == 0:
                if not in_block:
                    kept.append(sheet[start : brace.end()])
                start = brace.end()
    return "".join(kept)


def _is_white_on_white(node: LexborNode) -> bool:
    """Whether white text stands on no other background that the markup names."""
    above: LexborNode | None = node
    while above is not None:
        attributes = above.attributes
        if attributes.get("bgcolor") or _OTHER_BACKGROUND.search(attributes.get("style") or ""):
            return False
        above = above.parent
    return True


def remove_hidden(tree: LexborHTMLParser) -> None:
    """Take everything a visitor does not see out of the tree (in place)."""
    shown_to_all = {"html", "body"}  # hidden until a script runs, on pages that avoid flicker
    for selector in _selectors_that_hide(tree):
        for node in tree.css(selector):
            if node.tag not in shown_to_all:
                node.decompose()
    for node in tree.css(f"{_HIDDEN_ELEMENTS},{_HIDDEN_CLASSES}"):
        if node.tag not in shown_to_all:
            node.decompose()
    for node in tree.css("[style],font[color]"):
        style = node.attributes.get("style") or f"color:{node.attributes.get('color')}"
        if node.tag in shown_to_all:
            continue
        if hides(style) or (_WHITE_TEXT.search(style) and _is_white_on_white(node)):
            node.decompose()
