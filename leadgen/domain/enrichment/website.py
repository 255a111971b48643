"""What a business's website is worth to a visitor: none, a social page, unreachable, parked, weak or good, and why.

The judgement is of the site alone. Whether a weak site makes a good lead follows from the offer and belongs to scoring.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from leadgen.domain.enrichment.page import PageFindings
from leadgen.domain.enrichment.site_state import NOBODY, Business, another_business, no_site_yet
from leadgen.domain.identity.domains import is_social_page

Status = Literal["none", "social", "unreachable", "parked", "weak", "good"]
OWN_WORDS: frozenset[Status] = frozenset({"social", "weak", "good"})
"""The states in which the page is the business's own: only then do its words and contacts count as theirs."""


@dataclass(frozen=True, slots=True)
class WebsiteStatus:
    """`score` is 0-100 for sites that could be read, None for the others. `reasons` are short phrases, what weighs most
    first; for a good site they name what it still lacks.
    """

    status: Status
    reasons: tuple[str, ...]
    score: int | None = None


_GONE = frozenset({404, 410})
_REFUSES_READERS = frozenset({401, 403, 405, 406, 429, 451})  # a site stands there; it only would not answer us
_SIGNPOST_WORDS = 25

_GOOD_SCORE = 60
_THIN_WORDS = 80
_SLOW_MS = 4_000  # Largest Contentful Paint over 4 s is "poor" (web.dev/lcp)
_POOR_MOBILE, _FAIR_MOBILE = 50, 90  # PageSpeed's own bands: 0-49 poor, 50-89 needs improvement
_STALE_YEARS = 3


Deduction: TypeAlias = tuple[int, str]
"""Points off 100, and the reason."""


def _for_phones(page: PageFindings, mobile_score: int | None) -> Iterable[Deduction]:
    if mobile_score is not None and mobile_score < _POOR_MOBILE:
        yield 25, f"poor on phones (mobile score {mobile_score})"
    elif not page.has_viewport:
        yield 25, "not made for phones"
    elif mobile_score is not None and mobile_score < _FAIR_MOBILE:
        yield 5, f"could be faster on phones (mobile score {mobile_score})"


def _for_visitors(page: PageFindings) -> Iterable[Deduction]:
    if len(page.text.split()) < _THIN_WORDS:
        yield 15, "hardly any text"
    if not (page.emails or page.phones or page.has_contact_form):
        yield 15, "no way to make contact"
    if not (page.has_booking or page.has_contact_form or page.ecommerce):
        yield 5, "nothing to book, order or fill in online"


def _for_upkeep(page: PageFindings, year: int | None) -> Iterable[Deduction]:
    if page.copyright_year and year and year - page.copyright_year >= _STALE_YEARS:
        yield 15, f"not updated since {page.copyright_year}"
    if any(technology.category == "outdated" or technology.name == "FrontPage" for technology in page.technologies):
        yield 15, "built with technology that browsers dropped"
    if not page.title or not page.description:
        yield 5, "no title or description for search engines"
    if not page.has_analytics:
        yield 3, "no analytics"


def _judged(
    page: PageFindings, mobile_score: int | None, has_ssl: bool, page_speed_ms: int | None, year: int | None
) -> WebsiteStatus:
    """A site that could be read, by what it lacks: safety and phones weigh most, then ways to act, then neglect."""
    found = [*_for_phones(page, mobile_score), *_for_visitors(page), *_for_upkeep(page, year)]
    if not has_ssl:
        found.append((20, "no HTTPS"))
    if page_speed_ms is not None and page_speed_ms > _SLOW_MS:
        found.append((10, f"slow ({page_speed_ms / 1000:.1f} s)"))
    score = max(0, 100 - sum(points for points, _ in found))
    reasons = tuple(reason for _, reason in sorted(found, key=lambda one: -one[0]))
    return WebsiteStatus("good" if score >= _GOOD_SCORE else "weak", reasons, score)


def _only_points_to_social(page: PageFindings) -> bool:
    """A page that says next to nothing itself and sends its visitor to a network."""
    silent = not (page.emails or page.phones or page.has_contact_form or page.contact_pages or page.team_pages)
    return bool(page.social) and silent and len(page.text.split()) < _SIGNPOST_WORDS


def _placeholder(page: PageFindings, url: str, final_url: str, business: Business) -> WebsiteStatus | None:
    """What stands where a site could: a signpost to a network, a page of whoever sells the domain, another's site."""
    if _only_points_to_social(page):
        return WebsiteStatus("social", ("its website only points to a social page",))
    reason = no_site_yet(page, final_url) or another_business(page, url, final_url, business)
    return WebsiteStatus("parked", (reason,)) if reason else None


def _unread(status_code: int | None) -> WebsiteStatus:
    """A site of which no page could be read. One that refuses readers like ours is there all the same."""
    if status_code is None:
        return WebsiteStatus("unreachable", ("nothing answers",))
    if status_code in _GONE:
        return WebsiteStatus("unreachable", (f"gone: answers with {status_code}",))
    if status_code in _REFUSES_READERS:
        return WebsiteStatus("good", (f"answers our reader with {status_code}; not judged",))
    return WebsiteStatus(
        "unreachable", (f"answers with {status_code}" if status_code >= 400 else "no page could be read",)
    )


def website_status(
    url: str | None,
    status_code: int | None,
    findings: PageFindings | None,
    mobile_score: int | None = None,
    *,
    page_speed_ms: int | None = None,
    final_url: str | None = None,
    year: int | None = None,
    business: Business = NOBODY,
) -> WebsiteStatus:
    """Judge a website by its front page.

    `status_code` is the answer's HTTP status, None when nothing answered; `mobile_score` PageSpeed's 0-100;
    `page_speed_ms` its largest contentful paint; `final_url` where redirects ended (default: the findings' URL);
    `year` the current year, without which age is not judged; `business` whose site it should be, without whose name a
    redirect to somebody else's goes unseen.
    """
    if not url or not url.strip():
        return WebsiteStatus("none", ("no website",))
    final_url = final_url or (findings.url if findings else None) or url
    if is_social_page(url):
        return WebsiteStatus("social", ("its website is a social page or a page of links",))
    if is_social_page(final_url):
        return WebsiteStatus("social", ("its website leads to a social page",))
    if findings is None or status_code is None or status_code >= 400:
        return _unread(status_code)
    return _placeholder(findings, url, final_url, business) or _judged(
        findings, mobile_score, final_url.startswith("https://"), page_speed_ms, year
    )
