"""One web page read whole: contacts and facts from the markup as it came, text from the main content."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

from leadgen.domain.enrichment import business
from leadgen.domain.enrichment.emails import find_emails
from leadgen.domain.enrichment.language import find_language
from leadgen.domain.enrichment.links import find_site_pages, find_social
from leadgen.domain.enrichment.markup import Link, read_blocks, read_links, squeeze
from leadgen.domain.enrichment.obfuscation import remove_traps
from leadgen.domain.enrichment.people import Person, find_people
from leadgen.domain.enrichment.phones import find_phones
from leadgen.domain.enrichment.structured import Item, read_items, strings, types_of
from leadgen.domain.enrichment.technologies import RULES_VERSION, Technology, find_technologies
from leadgen.domain.enrichment.text import main_text

_BOOKING_WORDS = re.compile(
    r"\b(?:book|schedule|request|make|reserve)\s+(?:an?\s+|your\s+|my\s+)?(?:appointment|visit|online|now"
    r"|consultation|table|service"
    r"|reservation|cleaning|session|class)|\bbook\s+(?:online|now|here)\b|\bonline\s+(?:booking|scheduling"
    r"|reservations?)\b"
    r"|\btermin\s+(?:buchen|vereinbaren)|\bprendre\s+rendez-vous|\breservar\b|\breserve\s+now\b",
    re.IGNORECASE,
)
_LONGEST_BUTTON = 40


@dataclass(frozen=True, slots=True)
class PageFindings:
    """What one page says. Empty tuples and None where it is silent.

    Contacts (`emails`, `phones` in E.164 with the `faxes` among them last, `people`, `address`, `social` by network)
    come from the whole page; `text` is its main content as Markdown without hidden text, `said` all its lines.
    `contact_pages` and `team_pages` are absolute URLs of the same site worth reading next, likeliest first. `technologies`
    were recognised with the rules of `rules_version`.
    """

    url: str
    title: str | None = None
    description: str | None = None
    language: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    faxes: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    address: str | None = None
    social: dict[str, str] = field(default_factory=dict)
    technologies: tuple[Technology, ...] = ()
    cms: str | None = None
    ecommerce: str | None = None
    has_booking: bool = False
    has_contact_form: bool = False
    has_chat: bool = False
    has_analytics: bool = False
    has_pixel: bool = False
    has_payment: bool = False
    has_viewport: bool = False
    year_founded: int | None = None
    copyright_year: int | None = None
    opening_hours: tuple[str, ...] = ()
    schema_types: tuple[str, ...] = ()
    contact_pages: tuple[str, ...] = ()
    team_pages: tuple[str, ...] = ()
    text: str = ""
    said: str = ""
    rules_version: str = RULES_VERSION


def _meta(tree: LexborHTMLParser, *names: str) -> str | None:
    for name in names:
        node = tree.css_first(f'meta[name="{name}" i]') or tree.css_first(f'meta[property="{name}" i]')
        content = squeeze((node.attributes.get("content") if node else None) or "")
        if content:
            return content
    return None


def _has_contact_form(tree: LexborHTMLParser) -> bool:
    """A form that asks for an address and a message, or says it is one for contact."""
    for form in tree.css("form"):
        has_message = form.css_first("textarea") is not None
        has_address = form.css_first('input[type="email" i],input[name*="mail" i],input[name*="phone" i]') is not None
        attributes = form.attributes
        names = " ".join(str(attributes.get(name) or "") for name in ("id", "class", "name", "action")).lower()
        if (has_message and has_address) or ((has_message or has_address) and "contact" in names):
            return True
    return False


def _invites_booking(tree: LexborHTMLParser, links: list[Link]) -> bool:
    """Whether a link or button asks to book online; one that only dials a number does not count."""
    shown = [link.text for link in links if not link.url.startswith(("tel:", "mailto:"))]
    shown += [squeeze(node.text()) for node in tree.css("button,input[type=submit]")]
    return any(len(text) <= _LONGEST_BUTTON and _BOOKING_WORDS.search(text) for text in shown)


def _schema_types(items: list[Item]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for item in items for name in types_of(item)))


def read_page(html: str, url: str, *, region: str = "US", headers: Mapping[str, str] | None = None) -> PageFindings:
    """Read a page. `url` is where it was found after redirects, `region` (ISO 3166 alpha-2) reads its phone numbers,
    `headers` are the answer's, where known. Never fails on bad markup.
    """
    tree = LexborHTMLParser(html)
    base = tree.css_first("base[href]")
    links = read_links(tree, (base.attributes.get("href") if base else None) or url, url)
    items = read_items(tree)
    technologies = find_technologies(html, tree, links, headers)
    by_category = {technology.category: technology.name for technology in reversed(technologies)}
    title = tree.css_first("title")

    has_contact_form = _has_contact_form(tree)
    invites_booking = _invites_booking(tree, links)
    title_text = squeeze(title.text()) if title else ""
    description = _meta(tree, "description", "og:description")
    has_viewport = tree.css_first('meta[name="viewport" i]') is not None

    for node in tree.css("script,style,template,svg"):
        node.decompose()
    remove_traps(tree)
    lines = [line for block in (read_blocks(tree.body) if tree.body else ()) for line in block.text.split("\n")]
    said = "\n".join(lines)
    phones, faxes = find_phones(links, lines, [text for item in items for text in strings(item, "telephone")], region)
    emails = find_emails(html, tree, links, lines, [text for item in items for text in strings(item, "email")], url)
    contact_pages, team_pages = find_site_pages(links, url)
    return PageFindings(
        url=url,
        title=title_text or None,
        description=description,
        language=find_language(tree, said),
        emails=emails,
        phones=phones,
        faxes=faxes,
        people=find_people(lines, items, emails),
        address=business.find_address(lines, items),
        social=find_social(links, [text for item in items for text in strings(item, "sameAs")]),
        technologies=technologies,
        cms=by_category.get("cms"),
        ecommerce=by_category.get("ecommerce"),
        has_booking="booking" in by_category or invites_booking,
        has_contact_form=has_contact_form,
        has_chat="chat" in by_category,
        has_analytics=not by_category.keys().isdisjoint({"analytics", "tag_manager"}),
        has_pixel="pixel" in by_category,
        has_payment=not by_category.keys().isdisjoint({"payment", "ecommerce"}),
        has_viewport=has_viewport,
        year_founded=business.find_year_founded(lines, items),
        copyright_year=business.find_copyright_year(lines),
        opening_hours=business.find_opening_hours(lines, items),
        schema_types=_schema_types(items),
        contact_pages=contact_pages,
        team_pages=team_pages,
        text=main_text(tree),
        said=said,
    )
