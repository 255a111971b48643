"""Email addresses on a page, also those written so that simple harvesters miss them."""

import re
from collections.abc import Iterable, Sequence
from html import unescape
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from leadgen.domain.enrichment.markup import Link
from leadgen.domain.enrichment.obfuscation import hidden_addresses, in_scripts, plain, without_trap
from leadgen.domain.identity.domains import host_of, is_under_public_suffix, registrable_domain
from leadgen.domain.identity.words import word_set

_LOCAL = r"[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}"
_HOST_LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
_DOMAIN = rf"(?:{_HOST_LABEL}\.)+[A-Za-z]{{2,24}}"
_ADDRESS = re.compile(rf"(?<![A-Za-z0-9._%+-])({_LOCAL})@({_DOMAIN})(?![A-Za-z0-9-])")
_SPACED_DOMAIN = rf"(?:{_HOST_LABEL}\s?\.\s?)+[A-Za-z]{{2,24}}"
_SPACED_ADDRESS = re.compile(rf"(?<![A-Za-z0-9._%+-])({_LOCAL})\s?@\s?({_SPACED_DOMAIN})(?![A-Za-z0-9-])")

# "name (at) domain dot com": brackets make the word certain; bare " at " counts only with a spelled-out dot after it
_AT = r"\s*[\(\[\{<]\s*(?:at|ät|a|@|arroba|chez)\s*[\)\]\}>]\s*"
_DOT = r"\s*[\(\[\{<]\s*(?:dot|\.|punkt|punto|point)\s*[\)\]\}>]\s*"
_LABEL = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}"
_SPELLED = re.compile(
    rf"\b({_LOCAL})(?:{_AT}({_LABEL}(?:(?:{_DOT}|\s+dot\s+|\.){_LABEL})+)|\s+at\s+({_LABEL}(?:(?:{_DOT}"
    rf"|\s+dot\s+){_LABEL})+))\b",
    re.IGNORECASE,
)
_ANY_DOT = re.compile(rf"{_DOT}|\s+dot\s+", re.IGNORECASE)
_MAY_BE_SPELLED = re.compile(r"[\(\[\{<]\s*(?:at|ät|a|@|arroba|chez)\s*[\)\]\}>]|\sdot\s", re.IGNORECASE)
# "info at lamar.com": with these words no sentence means the place
_MAILBOX_AT = re.compile(
    rf"\b(info|office|hello|admin|reception|enquiries|inquiries)\s+at\s+({_DOMAIN})\b", re.IGNORECASE
)
_GLUED = re.compile(r"(?<=[a-z])[A-Z].*$")  # "lamar.comPhone": the next word has lost its blank

_MAILTO = re.compile(r"mailto:([^\"'?<>\s\\]{3,120})", re.IGNORECASE)
_NAMED_MAILTO = re.compile(
    r"mailto:[^?<>]{0,120}<([^<>\s]{3,120})>", re.IGNORECASE
)  # "mailto:Ana Ruiz <ana@lamar.com>"

_CLOUDFLARE_LINK = "/cdn-cgi/l/email-protection#"

_FILE_ENDINGS = word_set(
    "png jpg jpeg gif svg webp avif ico css js mjs json map woff woff2 ttf eot mp4 webm pdf php html htm min"
)
_NOT_OF_A_BUSINESS = word_set(
    """example.com example.org example.net domain.com yourdomain.com mydomain.com yourcompany.com yoursite.com
    yourwebsite.com company.com website.com mysite.com site.com email.com mail.com test.com sentry.io
    wixpress.com sentry.wixpress.com sentry-next.wixpress.com mysquarespace.com group.calendar.google.com
    placeholder.com godaddy.com"""
)
_PLACEHOLDERS = word_set("you your youremail your-email youraddress yourname name username user email someone")


def _accept(local: str, domain: str) -> str | None:
    """The address in lower case, None for files with an `@` in their name, addresses of templates, and what stands
    under no top level that exists.
    """
    local, _, domain = without_trap(f"{local}@{domain}").partition("@")
    if not is_under_public_suffix(domain):
        domain = _GLUED.sub("", domain)
    local, domain = local.lower().strip(".'-"), domain.lower()
    if not is_under_public_suffix(domain):
        return None
    if domain.rpartition(".")[2] in _FILE_ENDINGS or not local or ".." in local:
        return None
    if domain in _NOT_OF_A_BUSINESS or (local in _PLACEHOLDERS and domain.startswith(("your", "domain", "example"))):
        return None
    if re.fullmatch(r"[0-9a-f]{24,}", local):  # keys of error trackers look like addresses
        return None
    return f"{local}@{domain}"


def decode_cloudflare(code: str) -> str | None:
    """The address behind Cloudflare's `data-cfemail`: hex bytes, each XORed with the first."""
    try:
        key, *data = bytes.fromhex(code)
    except ValueError:
        return None
    return bytes(byte ^ key for byte in data).decode("utf-8", "replace")


def _in_text(text: str, own_host: str | None) -> Iterable[str | None]:
    if "@" in text:
        for match in _ADDRESS.finditer(text):
            yield _accept(match[1], match[2])
        if own_host and re.search(r"\s@|@\s", text):
            # "info @ domain.com" is an address only on that domain's own page: elsewhere it may mean the place
            for match in _SPACED_ADDRESS.finditer(text):
                domain = re.sub(r"\s", "", match[2])
                if host_of(domain) == own_host:
                    yield _accept(match[1], domain)
    if own_host and " at " in text.lower():
        for match in _MAILBOX_AT.finditer(text):
            if host_of(match[2]) == own_host:
                yield _accept(match[1], match[2])
    if _MAY_BE_SPELLED.search(text):
        for match in _SPELLED.finditer(text):
            domain = _ANY_DOT.sub(".", match[2] or match[3])
            if re.fullmatch(_DOMAIN, domain):
                yield _accept(match[1], domain)


def _in_mailto(html: str) -> Iterable[str | None]:
    """Links in a text. The markup as it came is searched, since scripts write links too."""
    for match in _NAMED_MAILTO.finditer(html):
        yield from _in_text(unescape(match[1]), None)
    for match in _MAILTO.finditer(html):
        for address in re.split(r"[,;\s]+", unescape(unquote(match[1]))):
            yield from _in_text(address, None)


def _protected(tree: LexborHTMLParser, links: Iterable[Link]) -> Iterable[str | None]:
    codes = [node.attributes.get("data-cfemail") or "" for node in tree.css("[data-cfemail]")]
    codes += [link.url.partition(_CLOUDFLARE_LINK)[2] for link in links if _CLOUDFLARE_LINK in link.url]
    for code in codes:
        yield from _in_text(decode_cloudflare(code) or "", None)


def _of_own_domain(html: str, url: str) -> Iterable[str | None]:
    """Addresses of the page's own domain in the data that its scripts show later; others there are the makers'."""
    own = registrable_domain(url)
    if own and own in html:
        spelled = re.compile(rf"(?<![A-Za-z0-9._%+/-])({_LOCAL})@((?:[\w-]+\.)*{re.escape(own)})(?![\w-])")
        for script in in_scripts(html):
            for match in spelled.finditer(script):
                yield _accept(match[1], match[2])


def find_emails(
    html: str, tree: LexborHTMLParser, links: Sequence[Link], lines: Iterable[str], declared: Iterable[str], url: str
) -> tuple[str, ...]:
    """Every address of the page once, lower case: those linked or declared first, then those in the text in order.

    `html` is the page as it came, `lines` its text, `declared` what its schema.org data calls an email. Understands
    `mailto:` links, Cloudflare's protection, the
    tricks of `obfuscation.py`, and spellings such as `name (at) domain dot com`.
    """
    spelled_in_entities = "\n".join(unquote(link.url) for link in links if link.url[:7].lower() == "mailto:")
    found = [*_in_mailto(html), *_in_mailto(spelled_in_entities), *_protected(tree, links)]
    for text in hidden_addresses(html, tree):
        found += _in_text(plain(text), None)
    for address in declared:
        found += _in_text(address.removeprefix("mailto:"), None)
    own_host = host_of(url)
    found += _of_own_domain(html, url)
    for line in lines:
        found += _in_text(plain(line), own_host)
    return tuple(dict.fromkeys(address for address in found if address))
