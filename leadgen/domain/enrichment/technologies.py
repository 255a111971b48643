"""What a site is built with, recognised by the marks in `technology_rules`."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from leadgen.domain.enrichment.markup import Link
from leadgen.domain.enrichment.technology_rules import RULES, RULES_VERSION, Rule

__all__ = ["RULES_VERSION", "Technology", "find_technologies"]


@dataclass(frozen=True, slots=True)
class Technology:
    """A product or service the site uses, and what for: `cms`, `ecommerce`, `booking`, `chat`, `analytics`, ..."""

    name: str
    category: str


_LOADED = "script[src],link[href],iframe[src],img[src],form[action],embed[src],source[src]"
_ADDRESS_IN_SCRIPT = re.compile(r"//((?:[a-z0-9-]+\.)+[a-z]{2,12})(/[a-z0-9_./-]{0,40})?", re.IGNORECASE)

Place: TypeAlias = tuple[str, str]
"""Host and path of an address, lower case."""


def _index(rules: Iterable[Rule], field: str) -> Mapping[str, list[tuple[str, Rule]]]:
    """Rules by the host they name, each with the path that must follow it ("" for any)."""
    by_host: dict[str, list[tuple[str, Rule]]] = defaultdict(list)
    for rule in rules:
        for place in getattr(rule, field):
            host, slash, path = place.partition("/")
            by_host[host].append((slash + path, rule))
    return by_host


_BY_HOST = _index(RULES, "hosts")
_BY_LINK = _index(RULES, "linked")
_BY_MARKUP = tuple((mark, rule) for rule in RULES for mark in rule.markup)


def _places(urls: Iterable[str]) -> Iterator[Place]:
    for url in urls:
        try:
            parts = urlsplit(url.strip().lower())
        except ValueError:
            continue
        if parts.netloc:
            yield parts.netloc.partition(":")[0], parts.path


def _match(places: Iterable[Place], index: Mapping[str, list[tuple[str, Rule]]]) -> Iterator[Rule]:
    for host, path in set(places):
        labels = host.split(".")
        for start in range(len(labels) - 1):
            for needed, rule in index.get(".".join(labels[start:]), ()):
                if path.startswith(needed):
                    yield rule


def _loaded(tree: LexborHTMLParser) -> Iterator[str]:
    for node in tree.css(_LOADED):
        attributes = node.attributes
        yield attributes.get("src") or attributes.get("href") or attributes.get("action") or ""


def _named_in_scripts(tree: LexborHTMLParser) -> Iterator[Place]:
    for script in tree.css("script:not([src])"):
        if "json" in (script.attributes.get("type") or ""):
            continue  # data, not code: its addresses are the business's own links
        for match in _ADDRESS_IN_SCRIPT.finditer(script.text()):
            yield match[1].lower(), (match[2] or "").lower()


def find_technologies(
    html: str,
    tree: LexborHTMLParser,
    links: Iterable[Link],
    headers: Mapping[str, str] | None = None,
) -> tuple[Technology, ...]:
    """The technologies of a page, in the rule set's order. Read it before scripts are removed from the tree.

    `headers` are the answer's, cookies included; without them some back ends stay unseen.
    """
    found: set[tuple[str, str]] = set()

    def take(rules: Iterable[Rule]) -> None:
        found.update((rule.name, rule.category) for rule in rules)

    take(_match([*_places(_loaded(tree)), *_named_in_scripts(tree)], _BY_HOST))
    take(_match(_places(link.url for link in links), _BY_LINK))
    lowered = html.lower()
    take(rule for mark, rule in _BY_MARKUP if mark in lowered)
    generators = [(node.attributes.get("content") or "").lower() for node in tree.css('meta[name="generator" i]')]
    for generator in generators:
        take(rule for rule in RULES if any(name in generator for name in rule.generators))
    if headers:
        spelled = "\n".join(f"{name}: {value}" for name, value in headers.items()).lower()
        cookies = [
            part.strip()
            for name, value in headers.items()
            if name.lower() == "set-cookie"
            for part in re.split(r"[,;]", value.lower())
        ]
        take(rule for rule in RULES if any(mark in spelled for mark in rule.headers))
        take(rule for rule in RULES if any(cookie.startswith(rule.cookies) for cookie in cookies if rule.cookies))
    return tuple(
        Technology(*key) for key in dict.fromkeys((rule.name, rule.category) for rule in RULES) if key in found
    )
