"""Websites as identity evidence: the registrable domain, and which hosts are shared by strangers.

A domain is evidence, not identity: a chain's branches share one, and a social page belongs to everybody.
"""

from functools import lru_cache
from urllib.parse import urlsplit

import tldextract

from leadgen.domain.identity.words import word_set

# Offline by construction: the list that ships with the package, private suffixes (wixsite.com, github.io) included.
_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

SOCIAL_HOSTS = word_set(
    """facebook.com fb.com fb.me instagram.com twitter.com x.com linkedin.com tiktok.com youtube.com
    youtu.be pinterest.com snapchat.com threads.net t.me telegram.me whatsapp.com wa.me vk.com ok.ru line.me
    nextdoor.com tumblr.com weibo.com messenger.com m.me"""
)
LINK_PAGE_HOSTS = word_set(
    """linktr.ee linktree.com beacons.ai bio.link bio.site lnk.bio campsite.bio msha.ke taplink.cc solo.to
    carrd.co about.me allmylinks.com linkin.bio hoo.be flowcode.com flow.page bit.ly goo.gl tinyurl.com
    g.page maps.app.goo.gl"""
)
SITE_BUILDER_HOSTS = word_set(
    """wixsite.com wix.com weebly.com squarespace.com godaddysites.com wordpress.com blogspot.com
    blogger.com business.site negocio.site placeweb.site ueniweb.com webnode.com webnode.page jimdo.com
    jimdosite.com jimdofree.com strikingly.com yolasite.com webflow.io myshopify.com square.site webs.com
    site123.me wixstudio.io tripod.com angelfire.com homestead.com vistaprintdigital.com webself.net
    mystrikingly.com github.io netlify.app vercel.app web.app herokuapp.com google.com sites.google.com
    mozello.com ucraft.net zyrosite.com"""
)
DIRECTORY_HOSTS = word_set(
    """yelp.com tripadvisor.com foursquare.com yellowpages.com mapquest.com bbb.org angi.com angieslist.com
    thumbtack.com houzz.com healthgrades.com zocdoc.com vitals.com webmd.com avvo.com justia.com findlaw.com
    opentable.com resy.com toasttab.com grubhub.com doordash.com ubereats.com seamless.com slicelife.com
    booking.com expedia.com hotels.com airbnb.com vrbo.com agoda.com zillow.com realtor.com redfin.com
    trulia.com booksy.com vagaro.com fresha.com styleseat.com schedulicity.com mindbodyonline.com
    eventbrite.com meetup.com etsy.com ebay.com amazon.com groupon.com care.com indeed.com glassdoor.com
    crunchbase.com wikipedia.org just-eat.co.uk lieferando.de deliveroo.co.uk thefork.com doctolib.fr
    doctolib.de gelbeseiten.de paginegialle.it pagesjaunes.fr yell.com ifood.com.br rappi.com zomato.com
    swiggy.com apple.com"""
)
SHARED_HOSTS = SOCIAL_HOSTS | LINK_PAGE_HOSTS | SITE_BUILDER_HOSTS | DIRECTORY_HOSTS


@lru_cache(maxsize=4_096)  # one page is asked for its host, its domain and its key in turn
def host_of(url: str | None) -> str | None:
    """The lower-case host of a URL or bare host name, without `www.`; None when there is none."""
    if not url or "." not in url:
        return None
    text = url.strip()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname
    except ValueError:
        return None
    if not host or host.startswith(".") or "." not in host:
        return None
    bare = host.rstrip(".").removeprefix("www.")
    return bare if "." in bare else host


@lru_cache(maxsize=65_536)
def _registrable(host: str) -> tuple[str | None, str]:
    """The registrable domain and the public suffix it stands under (`me.wixsite.com`, `wixsite.com`)."""
    found = _extract(host)
    if found.suffix:
        return found.top_domain_under_public_suffix or None, found.suffix
    if found.ipv4 or found.ipv6:
        return None, ""
    *_, name, suffix = host.split(".")  # the list's default rule: an unlisted top level is a suffix
    return (f"{name}.{suffix}" if name else None), suffix


@lru_cache(maxsize=65_536)
def is_under_public_suffix(host: str) -> bool:
    """Whether the host's top level is one that is given out, or `.example`, which documents and test worlds use."""
    return bool(_extract(host).suffix) or host.lower().endswith(".example")


def registrable_domain(url: str | None) -> str | None:
    """What one can register under the public suffix list, private part included: `shop.example.co.uk` ->
    `example.co.uk`, `me.wixsite.com` stays itself.
    """
    host = host_of(url)
    return _registrable(host)[0] if host else None


def _shared_host(url: str | None) -> str | None:
    """The shared host that a page stands on, None when it stands on its own."""
    host = host_of(url)
    if host is None:
        return None
    domain, suffix = _registrable(host)
    return next((name for name in (host, domain, suffix) if name in SHARED_HOSTS), None)


def is_shared_host(url: str | None) -> bool:
    """Whether the page stands on a host that strangers share: social, link page, site builder or directory."""
    return _shared_host(url) is not None


def is_social_page(url: str | None) -> bool:
    """Whether the page is a social profile or a page of links: a business whose only site it is has no site."""
    return _shared_host(url) in SOCIAL_HOSTS | LINK_PAGE_HOSTS


def site_domain(url: str | None) -> str | None:
    """The registrable domain that belongs to the business itself; None for shared hosts and for no website."""
    return None if is_shared_host(url) else registrable_domain(url)


def page_key(url: str | None) -> str | None:
    """What names one page of a shared host (`facebook.com/joes-bakery`, `joes.wixsite.com`); None for own sites."""
    shared = _shared_host(url)
    if shared is None or url is None:
        return None
    owner = (host_of(url) or "").removesuffix(shared).rstrip(".")
    if owner and owner not in {"m", "mobile", "web"}:
        return f"{owner}.{shared}"
    text = url.strip()
    path = urlsplit(text if "//" in text else f"//{text}").path.strip("/").casefold()
    return f"{shared}/{path}" if path else None
