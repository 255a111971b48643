"""Gives planned businesses what every world adds to them: size, age, services, facts, people, mailboxes and a site."""

import math
import random
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from leadgen.sandbox.fiction.chance import chance, draw
from leadgen.sandbox.fiction.copywriting import THIS_YEAR, choose_facts, choose_services
from leadgen.sandbox.fiction.sites import branch_path, make_site
from leadgen.sandbox.fiction.staff import UNDELIVERABLE, MailRegime, make_staff
from leadgen.sandbox.fiction.trades import Trade
from leadgen.sandbox.world import Business, Mailbox, Site, SiteKind

DELIVERABLE_SHARE = 0.70  # of the wanted businesses: a working mailbox that a source knows
_SITES_PER_INJECTION = 25

# How the sites of businesses that have one of their own are.
SITE_KINDS: dict[SiteKind, float] = {
    "good": 0.55,
    "weak": 0.31,
    "parked": 0.045,
    "social_only": 0.035,
    "unreachable": 0.06,
}


@dataclass(frozen=True, slots=True)
class Web:
    """The domain of a business and what stands there. Businesses that share a domain are branches of one chain."""

    domain: str
    kind: SiteKind

    @property
    def has_mail(self) -> bool:
        """Whether the business uses the domain for mail; who only forwards it to a social page does not."""
        return self.kind != "social_only"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided of one business.

    `business` has a name and a place only; without `web` it gets no site and no mailboxes.
    `delivers`: at least one of its mailboxes works and can be learnt.
    """

    business: Business
    trade: Trade
    web: Web | None
    owner_last_name: str | None = None
    delivers: bool = False


def with_mail_decided(rng: random.Random, plans: Sequence[Plan], wanted: Collection[str]) -> list[Plan]:
    """The plans with `delivers` set, the same for all of a domain, so that `DELIVERABLE_SHARE` of `wanted` deliver."""
    sharers = Counter(p.web.domain for p in plans if p.web and p.web.has_mail and p.business.id in wanted)
    room = round(DELIVERABLE_SHARE * len(wanted))
    delivers: dict[str, bool] = {}
    for domain in rng.sample(sorted(sharers), len(sharers)):
        delivers[domain] = sharers[domain] <= room
        room -= sharers[domain] if delivers[domain] else 0
    for plan in plans:
        if plan.web is not None and plan.web.domain not in delivers:
            delivers[plan.web.domain] = rng.random() < DELIVERABLE_SHARE
    return [replace(p, delivers=delivers[p.web.domain]) if p.web is not None else p for p in plans]


def furnish(plans: Iterable[Plan], seed: int) -> tuple[dict[str, Business], dict[str, Site], dict[str, Mailbox]]:
    """Businesses by id in the order of the plans, sites by domain, mailboxes by address."""
    plans = tuple(plans)
    by_web: dict[Web, list[Plan]] = {}
    for plan in plans:
        if plan.web is not None:
            by_web.setdefault(plan.web, []).append(plan)
    furnished = {p.business.id: _peopled(p, seed, None, "hidden", set()) for p in plans if p.web is None}
    sites: dict[str, Site] = {}
    readable_sites = 0
    for web, sharers in by_web.items():
        readable = web.kind in {"good", "weak"}
        readable_sites += readable
        injected = readable and readable_sites % _SITES_PER_INJECTION == _SITES_PER_INJECTION // 2
        members, sites[web.domain] = _furnish_sharers(sharers, web, seed, injected=injected)
        furnished |= {member.id: member for member in members}
    businesses = {plan.business.id: furnished[plan.business.id] for plan in plans}
    mailboxes = {mailbox.address: mailbox for b in businesses.values() for mailbox in b.mailboxes}
    return businesses, sites, mailboxes


def _furnish_sharers(plans: Sequence[Plan], web: Web, seed: int, *, injected: bool) -> tuple[list[Business], Site]:
    """The businesses of one domain: the first one's people and mailboxes stand on the site that all share."""
    head, *others = plans
    regime: MailRegime = "delivers" if head.delivers else draw(chance(seed, "mail", web.domain), UNDELIVERABLE)
    taken: set[str] = set()
    first = _peopled(head, seed, web, regime, taken)
    rest = [_peopled(plan, seed, web, regime, taken, on_site=False) for plan in others]
    branches = [first, *rest] if rest else []
    rng = chance(seed, "site", web.domain)
    site = make_site(rng, first, head.trade, web.domain, web.kind, branches=branches, injected=injected)
    shared = tuple(mailbox for mailbox in first.mailboxes if mailbox.on_site)
    members = [replace(first, site=site)]
    members += [replace(branch, site=site, mailboxes=branch.mailboxes + shared) for branch in rest]
    if rest and site.pages:
        members = [replace(member, website=f"{member.website}{branch_path(member)}") for member in members]
    return members, site


def _peopled(
    plan: Plan, seed: int, web: Web | None, regime: MailRegime, taken: set[str], *, on_site: bool = True
) -> Business:
    business, trade = plan.business, plan.trade
    rng = chance(seed, "business", business.id)
    employees = min(max(round(math.exp(rng.gauss(math.log(trade.typical_employees), 0.6))), 1), 150)
    founded = THIS_YEAR - 2 - min(int(rng.expovariate(1 / 14)), 90) if rng.random() < 0.9 else None
    services = choose_services(rng, trade)
    staff = make_staff(
        rng,
        trade,
        employees=employees,
        owner_last_name=plan.owner_last_name,
        domain=web.domain if web and web.has_mail else None,
        site_kind=web.kind if web and on_site else None,
        regime=regime,
        taken=taken,
    )
    return replace(
        business,
        employees=employees,
        year_founded=founded,
        people=staff.people,
        mailboxes=staff.mailboxes,
        services=services,
        facts=choose_facts(rng, trade, services, business.city, founded),
    )
