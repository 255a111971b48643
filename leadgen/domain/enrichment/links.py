"""Where a page's links lead: social profiles of the business, and pages of the site that name people and contacts."""

import re
from collections.abc import Iterable
from urllib.parse import urldefrag, urlsplit

from leadgen.domain.enrichment.markup import Link
from leadgen.domain.identity.domains import registrable_domain
from leadgen.domain.identity.words import word_set

_NETWORKS = {
    "facebook.com": "facebook", "fb.com": "facebook", "fb.me": "facebook", "instagram.com": "instagram",
    "linkedin.com": "linkedin", "twitter.com": "x", "x.com": "x", "youtube.com": "youtube", "youtu.be": "youtube",
    "tiktok.com": "tiktok", "yelp.com": "yelp",
}  # fmt: skip
_NAMES_A_NETWORK = re.compile("|".join(map(re.escape, _NETWORKS)), re.IGNORECASE)
_NOT_A_PROFILE = re.compile(
    r"^/?$|^/(?:sharer|share|dialog|plugins|tr|intent|hashtag|search|home|login|l\.php|watch|embed|results|p|reel"
    r"|privacy|policies|legal|help|about|shareArticle|sharing|groups/feed|wix|squarespace|wordpress|godaddy|weebly"
    r"|writeareview|i)(?:[/.?]|$)",
    re.IGNORECASE,
)
_SHARES = re.compile(r"(?:^|&)(?:u|url|text|mini|status)=", re.IGNORECASE)

_WORD = re.compile(r"[^\W\d_]+")
_CONTACT_WORDS = word_set(
    """contact contacts contactus kontakt impressum imprint contacto contatti contactez touch reach location
    locations directions mentions"""
)
_TEAM_WORDS = word_set(
    """about aboutus team teams staff people doctors doctor dentists providers attorneys lawyers company family
    crew meet who leadership management history story bio bios ueber über uns propos equipe équipe nosotros
    quienes somos siamo founders owner owners"""
)
_LONGEST_LABEL = 40  # characters: a longer link text is a headline
_NO_PAGE = re.compile(r"\.(?:pdf|jpe?g|png|gif|webp|svg|zip|docx?|xlsx?|mp[34]|ics)$", re.IGNORECASE)


def find_social(links: Iterable[Link], declared: Iterable[str]) -> dict[str, str]:
    """The business's profile at each network (`facebook`, `instagram`, `linkedin`, `x`, `youtube`, `tiktok`, `yelp`).

    `declared` are the `sameAs` addresses of its schema.org data, which come first. Share buttons are no profiles.
    """
    found: dict[str, str] = {}
    for url in [*declared, *(link.url for link in links)]:
        if not _NAMES_A_NETWORK.search(url):
            continue
        network = _NETWORKS.get(registrable_domain(url) or "")
        if network is None or network in found:
            continue
        parts = urlsplit(url if "//" in url else f"https://{url}")
        if not _NOT_A_PROFILE.match(parts.path) and not _SHARES.search(parts.query):
            found[network] = url.strip()
    return found


def find_site_pages(links: Iterable[Link], url: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Pages of the same site that tell contacts, and pages that tell who works there, as absolute URLs, likeliest
    first.

    A page named so by its address comes before one that is so only by the words of the link.
    """
    own = registrable_domain(url)
    here = urldefrag(url)[0].rstrip("/")
    ranks: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for target, text in dict.fromkeys((urldefrag(link.url)[0], link.text) for link in links):
        path = urlsplit(target).path
        path_words = _WORD.findall(path.lower())
        words = _WORD.findall(text.lower()) if len(text) <= _LONGEST_LABEL else []
        for pages, telling in zip(ranks, (_CONTACT_WORDS, _TEAM_WORDS), strict=True):
            in_path = not telling.isdisjoint(path_words)
            if not in_path and telling.isdisjoint(words):
                continue
            is_page = target.startswith(("http://", "https://")) and not _NO_PAGE.search(path)
            if is_page and target.rstrip("/") != here and registrable_domain(target) == own:
                rank = (0 if in_path else 1) * 10 + path.strip("/").count("/")
                pages[target] = min(rank, pages.get(target, rank))
    contact, team = (tuple(sorted(pages, key=pages.__getitem__)) for pages in ranks)
    return contact, tuple(page for page in team if page not in contact)
