"""The websites of a world: which pages a site has, and how fast and how well built it is."""

import random
from collections.abc import Sequence
from dataclasses import replace

from leadgen.sandbox.fiction.pages import Pages
from leadgen.sandbox.fiction.register import slug
from leadgen.sandbox.fiction.technologies import choose_technologies
from leadgen.sandbox.fiction.trades import Trade
from leadgen.sandbox.world import Business, Site, SiteKind


def make_site(
    rng: random.Random,
    business: Business,
    trade: Trade,
    domain: str,
    kind: SiteKind,
    *,
    branches: Sequence[Business] = (),
    injected: bool = False,
) -> Site:
    """The site of a business whose people, mailboxes and facts are known.

    A chain's site has a page for each of its `branches`. Only good and weak sites tell anything; only they can be
    `injected` with hidden instructions to language models.
    """
    https = business.website is not None and business.website.startswith("https://")
    if kind in {"parked", "social_only", "unreachable"}:
        return _site_without_content(rng, business, domain, kind, https)
    technologies = choose_technologies(rng, trade, kind)
    locations = {branch_path(branch): branch for branch in branches}
    owner = replace(business, name=business.name.split(" - ")[0]) if branches else business
    writer = Pages(rng, owner, trade, domain, kind, technologies, locations, https=https, injected=injected)
    pages = {"/": writer.home()}
    if kind == "good":
        pages |= {"/about": writer.about(), "/contact": writer.contact()}
        if writer.has_services_page:
            pages["/services"] = writer.services()
    elif writer.has_contact_page:
        pages["/contact"] = writer.contact()
    pages |= {path: writer.branch(branch) for path, branch in locations.items()}
    good = kind == "good"
    return Site(
        domain=domain,
        kind=kind,
        https=https,
        pages=pages,
        mobile_score=rng.randint(55, 98) if good else rng.randint(8, 52),
        seo_score=rng.randint(78, 100) if good else rng.randint(35, 75),
        load_ms=rng.randint(700, 2900) if good else rng.randint(3000, 11_000),
        technologies=technologies,
        injected=injected,
    )


def branch_path(branch: Business) -> str:
    """Where a chain's site speaks of one branch."""
    place = slug(f"{branch.city or ''} {branch.street or ''}", "-")[:48].strip("-")
    return f"/locations/{place or 'branch'}-{slug(branch.id)[-8:]}"


def _site_without_content(rng: random.Random, business: Business, domain: str, kind: SiteKind, https: bool) -> Site:
    pages: dict[str, str] = {}
    if kind == "parked":
        pages["/"] = (
            f"<!DOCTYPE html>\n<html><head><title>{domain}</title></head>\n<body><h1>{domain}</h1>\n"
            "<p>This domain is parked. Interested in this domain? It may be for sale.</p>\n"
            '<div id="related">Related searches: insurance, loans, travel</div></body></html>\n'
        )
    elif kind == "social_only":
        page = f"https://www.facebook.com/{slug(business.name) or 'pages'}"
        pages["/"] = (
            f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>Facebook page</title></head>\n'
            f'<body><p>Find us on <a href="{page}">Facebook</a></p></body></html>\n'
        )
    return Site(
        domain=domain,
        kind=kind,
        https=https,
        pages=pages,
        mobile_score=rng.randint(70, 99) if kind == "social_only" else None,
        seo_score=rng.randint(20, 50) if kind == "social_only" else None,
        load_ms=rng.randint(200, 900),
        technologies=(),
    )
