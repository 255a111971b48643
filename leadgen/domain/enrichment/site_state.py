"""What stands at an address where a business's site should be and is not: a seller of domains, a host's placeholder, a site
under construction or expired, another business.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from leadgen.domain.enrichment.page import PageFindings
from leadgen.domain.identity.domains import is_shared_host, registrable_domain
from leadgen.domain.identity.names import fold, name_words
from leadgen.domain.identity.words import CONNECTIVES, LEGAL_FORMS, TRADE_WORDS, word_set


@dataclass(frozen=True, slots=True)
class Business:
    """Whose site it should be: the name, and the phone numbers (E.164) by which its page is recognised too."""

    name: str = ""
    phones: tuple[str, ...] = ()


NOBODY = Business()

_SELLERS = word_set(
    """sedo.com sedoparking.com parkingcrew.net bodis.com hugedomains.com dan.com afternic.com above.com
    undeveloped.com domainmarket.com parklogic.com voodoo.com domcop.com buydomains.com uniregistry.com
    squadhelp.com atom.com parkeddomain.com namebright.com cashparking.com skenzo.com searchhounds.com
    expireddomains.com dynadot.com domainname.de epik.com brandbucket.com domainagents.com domain.io
    parkingpage.namecheap.com smartname.com domainsponsor.com tonic.to fabulous.com oversee.net sav.com"""
)
_FOR_SALE = re.compile(
    r"\b(?:this|the) (?:domain|web ?site|site|web ?page)(?: name)? (?:\S+ )?(?:is|may be|has been"
    r"|was)(?: \w+)? (?:for sale|parked"
    r"|registered|expired|suspended)|\bdomain (?:name )?(?:is )?(?:for sale|parking|parked)"
    r"|\bbuy this domain\b|\bparked (?:free|domain)|\binquire about this domain\b|\bis parked\b"
    r"|\bmake an offer on this domain\b|\bget this domain\b|\bparked, courtesy of\b|\bpremium domain\b"
    r"|\bwas (?:recently )?registered (?:at|with|by|through)\b|\bdomain (?:ist|steht) .{0,20}(?:zu verkaufen|zum verkauf)"
    r"|\bdieses? domain (?:wurde|ist) .{0,20}registriert|\bdomaine (?:est )?à vendre\b|\bdominio en venta\b",
    re.IGNORECASE,
)
_EXPIRED = re.compile(
    r"\bdomain (?:name )?(?:\S+ )?(?:has |is )?expired\b|\b(?:web ?site|account|subscription|plan|hosting)"
    r" (?:has |is )?(?:been )?(?:expired|suspended|deactivated|disabled|cancel+ed)\b|\bthis account has expired\b"
    r"|\bno longer (?:available|active|in business)\b"
    r"|\bpermanently closed\b|\bthis (?:shop|store) is (?:currently )?unavailable\b"
    r"|\bisn['’]t connected to a website\b|\bsite not published\b|\bnothing (?:here|to see) yet\b",
    re.IGNORECASE,
)
_CONSTRUCTION = re.compile(
    r"\bunder construction\b|\b(?:coming|opening|launching) soon\b|\bwebsite is (?:being built|on its way)\b"
    r"|\bnew (?:web)?site (?:is )?(?:coming|on (?:its|the) way|in progress)|\bfuture home of\b|\bunder maintenance\b"
    r"|\bscheduled maintenance\b|\bsite (?:is )?in progress\b|\bim aufbau\b|\bhier entsteht\b|\ben construction\b"
    r"|\ben construcci[oó]n\b|\bpr[oó]ximamente\b|\bsito in costruzione\b|\bbient[oô]t (?:disponible|en ligne)\b",
    re.IGNORECASE,
)
_OF_THE_HOST = re.compile(
    r"\bapache2? .{0,20}default page|\bwelcome to nginx\b|\bit works!|\bindex of /|\bdefault (?:web ?site|web ?page|page)\b"
    r"|\bsite not found\b|\bjust another wordpress site|\bsample page\b.{0,200}\bhello world\b"
    r"|\biis windows server\b|\bweb server['’]s default page\b|\bdomain default page\b|\bhosted by .{0,40}placeholder"
    r"|\berror establishing a database connection\b|\bthere['’]s nothing here\b|\bno web ?site (?:is )?configured\b"
    r"|\bplease contact your hosting provider\b|\bcongratulations!? your (?:new )?(?:web)?site is\b",
    re.IGNORECASE | re.DOTALL,
)
_PLACEHOLDER_WORDS = 120  # a page with more words than this is a site that merely announces something
_LEAST_LETTERS = 3  # of a word that tells one business from another
_LIKELY_ANNOUNCEMENT = 40  # words: more beside "coming soon" are the business's own


def _sayings(page: PageFindings) -> Iterable[str]:
    """What the page is by its words, most certain first."""
    shown = f"{page.title or ''}\n{page.description or ''}\n{page.text}"
    if len(page.said.split()) <= _PLACEHOLDER_WORDS:  # what a bare page says is often no paragraph
        shown += f"\n{page.said}"
    if _FOR_SALE.search(shown):
        yield "the domain is parked or for sale"
    if _EXPIRED.search(shown):
        yield "expired, suspended or closed"
    if _CONSTRUCTION.search(shown):
        yield "under construction"
    if _OF_THE_HOST.search(shown):
        yield "a placeholder page of the host"


def no_site_yet(page: PageFindings, final_url: str | None) -> str | None:
    """Why the page is no site yet or any more; None for a site.

    A page that has much to say is a site that merely announces something; so is one with a way to reach the business and
    more than a line beside "coming soon".
    """
    if registrable_domain(final_url) in _SELLERS:
        return "leads to a marketplace for domains"
    words = len(page.text.split())
    if words > _PLACEHOLDER_WORDS:
        return None
    if any(technology.category == "parking" for technology in page.technologies):
        return "the domain is parked or for sale"
    reason = next(iter(_sayings(page)), None)
    is_reachable = bool(page.emails or page.phones) and words > _LIKELY_ANNOUNCEMENT
    return None if reason == "under construction" and is_reachable else reason


def another_business(page: PageFindings, url: str, final_url: str, business: Business) -> str | None:
    """That the address leads to somebody else's site: another domain, whose page has neither a telling word of the
    business's name nor its number. A name that is all trade and place tells too little.
    """
    asked, reached = registrable_domain(url), registrable_domain(final_url)
    if not asked or not reached or asked == reached or is_shared_host(final_url):
        return None
    telling = {
        word
        for word in name_words(business.name)
        if len(word) >= _LEAST_LETTERS and word not in TRADE_WORDS | CONNECTIVES | LEGAL_FORMS
    }
    said = set(re.findall(r"\w+", fold(f"{page.title or ''} {page.description or ''} {page.text} {page.said}")))
    spelled = fold(reached)
    if not telling or telling & said or any(word in spelled for word in telling):
        return None
    if set(business.phones) & set(page.phones):
        return None
    return "leads to another business's site"
