"""Domains for listings of real businesses: like their own, but under a top-level domain that resolves nowhere."""

import re
from urllib.parse import urlsplit

from leadgen.sandbox.fiction.register import TOP_LEVEL_DOMAIN

# Hosts where a business has a page among others', so that the domain says nothing of it.
_SHARED_HOSTS = frozenset(
    """
    facebook instagram twitter x linkedin youtube tiktok pinterest yelp google goo linktr tripadvisor booking expedia
    business bit t
    """.split()  # noqa: SIM905 - reads better than a list of quoted words
)
# Hosts that give each customer a subdomain.
_SITE_BUILDERS = frozenset(
    """
    wixsite weebly wordpress blogspot squarespace godaddysites webnode jimdo site123 placeweb myshopify square
    """.split()  # noqa: SIM905
)
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "gov", "ac", "edu"})


def fictional_domain(website: str) -> str | None:
    """`http://www.sntbiotech.com/` gives `sntbiotech.example`; None for pages on hosts that many share."""
    try:
        host = urlsplit(website if "//" in website else f"//{website}").hostname or ""
    except ValueError:
        return None
    labels = host.removeprefix("www.").split(".")
    if len(labels) < 2 or all(label.isdigit() for label in labels):
        return None
    suffix = 2 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 1
    *subdomains, own = labels[:-suffix]
    if own in _SITE_BUILDERS:
        own = subdomains[-1] if subdomains else ""
    own = re.sub(r"[^a-z0-9-]", "", own).strip("-")
    return f"{own}.{TOP_LEVEL_DOMAIN}" if own and own not in _SHARED_HOSTS else None
