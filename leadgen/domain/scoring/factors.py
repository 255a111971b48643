"""How each fact becomes a share of its factor's points: 0 is worst, 1 best, None unknown. Each with its reason.

This is the reference. `leadgen/store/scoring/queries.py` says the same over whole sets in SQL, with the thresholds and words
that stand here as its parameters; tests/store/test_scoring_sql.py holds the two together.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from leadgen.domain.geo import METERS_PER_MILE
from leadgen.domain.scoring.facts import Criteria, LeadFacts, WebsiteStatus
from leadgen.domain.scoring.offer import Offer, OfferKind, Polarity
from leadgen.domain.scoring.profile import FactorName


class Assessment(NamedTuple):
    """A share of a factor's points (0..1, None when the fact is unknown) and why, in words."""

    share: float | None
    reason: str


STATUS_WORDS: dict[WebsiteStatus, str] = {
    "none": "no website",
    "social": "only a social page",
    "unreachable": "website unreachable",
    "parked": "domain is parked",
    "weak": "weak website",
    "good": "good website",
    "unknown": "website unknown",
}
_STATUS_BY_POLARITY: dict[Polarity, Mapping[WebsiteStatus, float]] = {
    "weak": {"none": 1.0, "social": 0.95, "parked": 0.9, "unreachable": 0.8, "weak": 0.75, "good": 0.0},
    "good": {"none": 0.0, "social": 0.1, "parked": 0.05, "unreachable": 0.1, "weak": 0.5, "good": 1.0},
    "neutral": {"none": 0.2, "social": 0.3, "parked": 0.2, "unreachable": 0.25, "weak": 0.55, "good": 0.85},
}
# Search ranking and booking are sold to those who have a site to improve; a missing one is the next best.
_STATUS_BY_KIND: dict[OfferKind, Mapping[WebsiteStatus, float]] = {
    "seo": {"weak": 1.0, "none": 0.7, "social": 0.65, "parked": 0.6, "unreachable": 0.55, "good": 0.3},
    "booking": {"weak": 0.9, "social": 0.8, "none": 0.7, "good": 0.6, "unreachable": 0.4, "parked": 0.4},
    "marketing": {"weak": 1.0, "social": 0.9, "none": 0.8, "parked": 0.7, "unreachable": 0.6, "good": 0.3},
}

# From where to where a fact tells: below the first it gives nothing, from the second on all. Chosen so that the tiers
# of ordinary local businesses spread (tests/domain/scoring/test_score.py holds the population).
FEW_REVIEWS, MANY_REVIEWS = 10, 100
ONE_PERSON, ENOUGH_EMPLOYEES = 1, 50
ENOUGH_YEARS = 20
FAST_MS, SLOW_MS = 1_500, 6_000
POOR_RATING, FINE_RATING = 3.7, 4.7
ENOUGH_NETWORKS = 3
ENOUGH_TECHNOLOGIES = 5
NEAR_SHARE = 0.4  # of the radius
PHONE_ONLY = 0.1


def _turned(quality: float, polarity: Polarity) -> float:
    """What a quality of the site (0..1) is worth: turned round for those who sell the improvement."""
    return 1 - quality if polarity == "weak" else quality


def _no_site(facts: LeadFacts, offer: Offer) -> Assessment:
    """For measures of a site that is not there: unknown when nobody looked, else as if it were the worst."""
    if facts.has_own_site is False:
        return Assessment(_turned(0.0, offer.polarity), "no site of its own")
    return Assessment(None, "not measured")


def worth_of_statuses(offer: Offer) -> Mapping[WebsiteStatus, float]:
    """What each state of the website is worth to those who sell this, 0..1; a state that is not known is missing."""
    by_kind = None if offer.asked_polarity else _STATUS_BY_KIND.get(offer.kind)
    return by_kind or _STATUS_BY_POLARITY[offer.polarity]


def _website(facts: LeadFacts, offer: Offer, _: Criteria) -> Assessment:
    worth = worth_of_statuses(offer)
    return Assessment(worth.get(facts.website_status), STATUS_WORDS[facts.website_status])


def _measured(score: int | None, what: str, facts: LeadFacts, offer: Offer) -> Assessment:
    if facts.has_own_site is False or score is None:
        return _no_site(facts, offer)
    return Assessment(_turned(_clamped(score / 100), offer.polarity), f"{what} {score}/100")


def _mobile(facts: LeadFacts, offer: Offer, _: Criteria) -> Assessment:
    return _measured(facts.mobile_score, "on a phone", facts, offer)


def _search(facts: LeadFacts, offer: Offer, _: Criteria) -> Assessment:
    return _measured(facts.website_score, "for search engines", facts, offer)


def _security(facts: LeadFacts, offer: Offer, _: Criteria) -> Assessment:
    if facts.has_own_site is False or facts.has_ssl is None:
        return _no_site(facts, offer)
    return Assessment(_turned(float(facts.has_ssl), offer.polarity), "https" if facts.has_ssl else "no https")


def _speed(facts: LeadFacts, offer: Offer, _: Criteria) -> Assessment:
    if facts.has_own_site is False or facts.page_speed_ms is None:
        return _no_site(facts, offer)
    quality = 1 - _between(facts.page_speed_ms, FAST_MS, SLOW_MS)
    return Assessment(_turned(quality, offer.polarity), f"loads in {_tenths(facts.page_speed_ms / 1000)} s")


def _booking(facts: LeadFacts, offer: Offer, _: Criteria) -> Assessment:
    if facts.has_booking is None:
        return _no_site(facts, offer)
    reason = "takes bookings online" if facts.has_booking else "no online booking"
    return Assessment(_turned(float(facts.has_booking), offer.polarity), reason)


def _social_gap(facts: LeadFacts, offer: Offer, _: Criteria) -> Assessment:
    if facts.socials is None:
        return Assessment(None, "not looked for")
    presence = _clamped(len(facts.socials) / ENOUGH_NETWORKS)
    return Assessment(_turned(presence, offer.polarity), f"on {len(facts.socials)} social networks")


def _technology(facts: LeadFacts, _: Offer, __: Criteria) -> Assessment:
    if facts.technologies is None:
        return (
            Assessment(0.0, "no site of its own") if facts.has_own_site is False else Assessment(None, "not looked for")
        )
    return Assessment(
        _clamped(len(facts.technologies) / ENOUGH_TECHNOLOGIES), f"{len(facts.technologies)} technologies in use"
    )


def _reviews(facts: LeadFacts, _: Offer, __: Criteria) -> Assessment:
    if facts.review_count is None:
        return Assessment(None, "unknown")
    count = max(facts.review_count, 0)
    return Assessment(
        _between(math.log(1 + count), math.log(1 + FEW_REVIEWS), math.log(1 + MANY_REVIEWS)), f"{count} reviews"
    )


def _employees(facts: LeadFacts, _: Offer, __: Criteria) -> Assessment:
    if facts.employees is None:
        return Assessment(None, "unknown")
    share = _between(math.log(1 + facts.employees), math.log(1 + ONE_PERSON), math.log(1 + ENOUGH_EMPLOYEES))
    return Assessment(share, f"{facts.employee_count_range} employees")


def _age(facts: LeadFacts, _: Offer, __: Criteria) -> Assessment:
    years = facts.years_in_business
    if years is None:
        return Assessment(None, "unknown")
    return Assessment(_clamped(years / ENOUGH_YEARS), f"{years} years in business")


def _contact(facts: LeadFacts, _: Offer, __: Criteria) -> Assessment:
    if facts.has_deliverable_contact is None:
        return Assessment(None, "not looked for")
    if facts.has_deliverable_contact:
        return Assessment(1.0, "a deliverable address")
    return Assessment(PHONE_ONLY, "a phone only") if facts.has_phone else Assessment(0.0, "no deliverable address")


def _decision_maker(facts: LeadFacts, _: Offer, __: Criteria) -> Assessment:
    if facts.has_decision_maker is None:
        return Assessment(None, "not looked for")
    return Assessment(float(facts.has_decision_maker), "known" if facts.has_decision_maker else "not known")


def _rating(facts: LeadFacts, _: Offer, __: Criteria) -> Assessment:
    if facts.rating is None:
        return Assessment(None, "unknown")
    return Assessment(_between(facts.rating, POOR_RATING, FINE_RATING), f"rated {_tenths(facts.rating)}")


def _socials(facts: LeadFacts, _: Offer, __: Criteria) -> Assessment:
    if facts.socials is None:
        return Assessment(None, "not looked for")
    return Assessment(_clamped(len(facts.socials) / ENOUGH_NETWORKS), f"on {len(facts.socials)} social networks")


def _category(facts: LeadFacts, _: Offer, __: Criteria) -> Assessment:
    if facts.is_relevant is None:
        return Assessment(None, "unknown")
    return Assessment(float(facts.is_relevant), "the business sought" if facts.is_relevant else "another business")


def _distance(facts: LeadFacts, _: Offer, __: Criteria) -> Assessment:
    if facts.distance_meters is None or not facts.radius_meters:
        return Assessment(None, "unknown")
    share = 1 - _between(facts.distance_meters / facts.radius_meters, NEAR_SHARE, 1.0)
    return Assessment(share, f"{_tenths(facts.distance_meters / METERS_PER_MILE)} miles from the center")


def _criteria(facts: LeadFacts, _: Offer, criteria: Criteria) -> Assessment:
    """The share of the campaign's criteria that are met; the middle when nothing is asked, for it tells nothing."""
    checks = dict(_checks(facts, criteria))
    if not checks:
        return Assessment(0.5, "nothing asked")
    missed = [name for name, met in checks.items() if met is False]
    open_ones = [name for name, met in checks.items() if met is None]
    if len(open_ones) == len(checks):
        return Assessment(None, f"unknown: {', '.join(open_ones)}")
    share = sum(0.5 if met is None else float(met) for met in checks.values()) / len(checks)
    said = [f"missed: {', '.join(missed)}"] if missed else []
    said += [f"unknown: {', '.join(open_ones)}"] if open_ones else []
    return Assessment(share, "; ".join(said) or "all met")


def _checks(facts: LeadFacts, criteria: Criteria) -> list[tuple[str, bool | None]]:
    def at_least(value: float | None, least: float) -> bool | None:
        return None if value is None else value >= least

    checks: list[tuple[str, bool | None]] = []
    if criteria.min_employees is not None:
        checks.append(("enough employees", at_least(facts.employees, criteria.min_employees)))
    if criteria.max_employees is not None:
        below = None if facts.employees is None else facts.employees <= criteria.max_employees
        checks.append(("not too many employees", below))
    if criteria.min_rating is not None:
        checks.append(("rating", at_least(facts.rating, criteria.min_rating)))
    if criteria.min_reviews is not None:
        checks.append(("reviews", at_least(facts.review_count, criteria.min_reviews)))
    if criteria.must_have_website:
        checks.append(("website", facts.has_own_site))
    if criteria.must_have_email:
        checks.append(("email", facts.has_deliverable_contact))
    return checks


def _between(value: float, worst: float, best: float) -> float:
    """Where a value lies from `worst` (0) to `best` (1)."""
    return _clamped((value - worst) / (best - worst))


def _clamped(share: float) -> float:
    return min(max(share, 0.0), 1.0)


def _tenths(value: float) -> str:
    """One decimal, halves up: Postgres rounds its floating point numbers otherwise than Python."""
    tenths = math.floor(value * 10 + 0.5)
    return f"{tenths // 10}.{tenths % 10}"


ASSESS: dict[FactorName, Callable[[LeadFacts, Offer, Criteria], Assessment]] = {
    "website": _website,
    "mobile": _mobile,
    "search": _search,
    "security": _security,
    "speed": _speed,
    "booking": _booking,
    "social gap": _social_gap,
    "technology": _technology,
    "reviews": _reviews,
    "employees": _employees,
    "age": _age,
    "contact": _contact,
    "decision maker": _decision_maker,
    "rating": _rating,
    "socials": _socials,
    "category": _category,
    "distance": _distance,
    "criteria": _criteria,
}
