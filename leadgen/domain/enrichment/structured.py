"""schema.org data of a page, JSON-LD and microdata, as plain dictionaries.

An item is a dictionary of property to value; values are strings, dictionaries or lists of them, under `@type` the
item's types without their namespace.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from selectolax.lexbor import LexborHTMLParser, LexborNode

from leadgen.domain.enrichment.markup import squeeze

Item: TypeAlias = dict[str, Any]

_COMMA_TOO_MANY = re.compile(r",(\s*[}\]])")
_MOST_DEPTH = 12  # published graphs are flat; deeper nesting is somebody's joke
_MOST_ITEMS = 2_000


def _bare(name: object) -> str:
    return str(name).rstrip("/").rpartition("/")[2].rpartition("#")[2].rpartition(":")[2]


def types_of(item: Item) -> tuple[str, ...]:
    """The item's types, as in `("Dentist",)`."""
    declared = item.get("@type")
    return tuple(_bare(name) for name in (declared if isinstance(declared, list) else [declared]) if name)


def _parse_leniently(source: str) -> Any:
    """JSON as pages write it: wrapped in comments or CDATA, with raw line ends in strings; None when it is not JSON."""
    text = source.strip().removeprefix("<!--").removesuffix("-->").removeprefix("//<![CDATA[").removesuffix("//]]>")
    text = text.strip().rstrip(";")
    for spelling in (text, _COMMA_TOO_MANY.sub(r"\1", text)):
        try:
            return json.loads(spelling, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _items_in(value: Any, depth: int = 0) -> Iterator[Item]:
    """Every item of a JSON-LD value, nested ones too."""
    if depth > _MOST_DEPTH:
        return
    if isinstance(value, list):
        for element in value:
            yield from _items_in(element, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for nested in value.values():
            if isinstance(nested, dict | list):
                yield from _items_in(nested, depth + 1)


def _microdata_value(node: LexborNode) -> str:
    attributes = node.attributes
    for name in ("content", "datetime", "href", "src"):
        if attributes.get(name):
            return (attributes[name] or "").strip()
    return squeeze(node.text())


def _microdata(tree: LexborHTMLParser) -> Iterator[Item]:
    items: dict[int, Item] = {}
    for scope in tree.css("[itemscope]"):
        items[scope.mem_id] = {"@type": _bare(scope.attributes.get("itemtype") or "")}
    if not items:
        return
    for node in tree.css("[itemprop]"):
        owner = node.parent
        while owner is not None and owner.mem_id not in items:
            owner = owner.parent
        if owner is None:
            continue
        value = items.get(node.mem_id) or _microdata_value(node)
        for name in (node.attributes.get("itemprop") or "").split():
            known = items[owner.mem_id].get(name)
            if known is None:
                items[owner.mem_id][name] = value
            else:
                items[owner.mem_id][name] = [*(known if isinstance(known, list) else [known]), value]
    yield from items.values()


def read_items(tree: LexborHTMLParser) -> list[Item]:
    """All schema.org items of the page, nested ones as items of their own too. Read it before scripts are removed."""
    found: list[Item] = []
    for script in tree.css('script[type*="ld+json" i]'):
        found += _items_in(_parse_leniently(script.text()))
    found += _microdata(tree)
    return found[:_MOST_ITEMS]


def strings(item: Item, *names: str) -> list[str]:
    """The texts under the first-level properties named: lists opened, nested items by their `name`."""
    found = []
    for name in names:
        value = item.get(name)
        for element in value if isinstance(value, list) else [value]:
            text = element.get("name") or element.get("@id") if isinstance(element, dict) else element
            if isinstance(text, str | int | float) and squeeze(str(text)):
                found.append(squeeze(str(text)))
    return found
