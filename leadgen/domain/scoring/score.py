"""The score of a lead: four components of 0-25 points, each the sum of its lines, and a tier.

A component's lines are its factors, then what the profile's rules give and take, the cap that holds, and the limit of 0 to 25
where the rest would pass it.

Fit (is it the business we look for) and opportunity (does it need what the tenant sells) are separate: the website
component is opportunity, and its direction follows from the offer. An unknown fact gives the middle of its factor and
lowers the confidence; it never counts as bad. SQL says the same over whole sets (`leadgen/store/scoring/queries.py`).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from leadgen.domain.scoring.factors import ASSESS
from leadgen.domain.scoring.facts import Criteria, LeadFacts
from leadgen.domain.scoring.offer import Offer
from leadgen.domain.scoring.profile import (
    COMPONENT_POINTS,
    COMPONENTS,
    DEFAULT_PROFILE,
    FACTORS_OF,
    PROFILE_VERSION,
    Component,
    Profile,
)
from leadgen.domain.scoring.rules import Cap

__all__ = ["PROFILE_VERSION", "Factor", "Score", "Tier", "explain", "score", "tier_of"]

Tier = Literal["A", "B", "C", "D"]

NEUTRAL_SHARE = 0.5
LIMIT = "limit"
LIMIT_WORDS = f"a component has 0 to {COMPONENT_POINTS} points"


@dataclass(frozen=True, slots=True)
class Factor:
    """One line of a score. `points` of the `most` it could give, or take; a cap and the limit only take.

    `known` is False where the fact is unknown: a factor then gives its middle, a rule nothing.
    """

    component: Component
    factor: str
    points: int
    most: int
    reason: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Score:
    """0-100 points. `factors` add up to it exactly. `confidence` 0..1 is the share of points that rest on facts."""

    score: int
    tier: Tier
    website_quality: int
    business_size: int
    engagement: int
    fit: int
    factors: tuple[Factor, ...]
    confidence: float
    notes: str
    profile_version: str = PROFILE_VERSION


def tier_of(points: int) -> Tier:
    """A from 75, B from 50, C from 25, else D."""
    return "A" if points >= 75 else "B" if points >= 50 else "C" if points >= 25 else "D"


def score(
    facts: LeadFacts, offer: Offer, criteria: Mapping[str, Any] | None = None, profile: Profile = DEFAULT_PROFILE
) -> Score:
    """Score one lead. `criteria` is the campaign's `target_criteria` as stored.

    The same facts, offer, criteria and profile always give the same score.
    """
    asked = Criteria.of(criteria)
    lines = [*_factors(facts, offer, asked, profile)]
    rules = [(rule, rule.when.holds(facts)) for rule in profile.rules]
    notes = _notes(lines, [rule.name for rule, holds in rules if holds is None])
    known = sum(f.most for f in lines if f.known) + sum(abs(rule.points) for rule, holds in rules if holds is not None)
    askable = sum(f.most for f in lines) + sum(abs(rule.points) for rule, _ in rules)
    for rule, holds in rules:
        if holds is not False:
            reason = rule.when.words if holds else f"{rule.when.field.replace('_', ' ')} unknown"
            points = rule.points if holds else 0
            lines.append(Factor(rule.component, rule.name, points, abs(rule.points), reason, known=bool(holds)))
    lines += _caps(lines, [cap for cap in profile.caps if cap.when.holds(facts)])
    lines += _limits(lines)
    total = sum(f.points for f in lines)
    return Score(
        score=total,
        tier=tier_of(total),
        website_quality=_sum_of(lines, "website_quality"),
        business_size=_sum_of(lines, "business_size"),
        engagement=_sum_of(lines, "engagement"),
        fit=_sum_of(lines, "fit"),
        factors=tuple(lines),
        confidence=known / askable,
        notes=notes,
        profile_version=profile.version,
    )


def _factors(facts: LeadFacts, offer: Offer, asked: Criteria, profile: Profile) -> Iterator[Factor]:
    for component, weights in profile.weights(offer.kind).items():
        for name in FACTORS_OF[component]:
            if most := weights.get(name, 0):
                share, reason = ASSESS[name](facts, offer, asked)
                points = _rounded(most * (NEUTRAL_SHARE if share is None else share))
                yield Factor(component, name, points, most, reason, known=share is not None)


def _caps(lines: Sequence[Factor], holding: Sequence[Cap]) -> list[Factor]:
    """What the lowest cap of each component takes; of equal ones the first."""
    taken = []
    for component in COMPONENTS:
        reached = _sum_of(lines, component)
        caps = [cap for cap in holding if cap.component == component and cap.most < reached]
        if caps:
            cap = min(caps, key=lambda c: c.most)
            taken.append(Factor(component, cap.name, cap.most - reached, 0, cap.when.words))
    return taken


def _limits(lines: Sequence[Factor]) -> list[Factor]:
    limits = []
    for component in COMPONENTS:
        reached = _sum_of(lines, component)
        beyond = min(max(reached, 0), COMPONENT_POINTS) - reached
        if beyond:
            limits.append(Factor(component, LIMIT, beyond, 0, LIMIT_WORDS))
    return limits


def _sum_of(lines: Sequence[Factor], component: Component) -> int:
    return sum(f.points for f in lines if f.component == component)


def explain(result: Score) -> str:
    """A score in one line: `A 81: no website 24/25, size 15/25 (120 reviews), ...`."""
    website = next(f for f in result.factors if f.component == "website_quality")
    told = website.reason if website.known else "website unknown"
    return (
        f"{result.tier} {result.score}: {told} {result.website_quality}/{COMPONENT_POINTS}, "
        f"size {result.business_size}/{COMPONENT_POINTS} ({_foremost(result, 'business_size')}), "
        f"engagement {result.engagement}/{COMPONENT_POINTS} ({_foremost(result, 'engagement')}), "
        f"fit {result.fit}/{COMPONENT_POINTS} ({_foremost(result, 'fit')}), confidence {result.confidence:.0%}"
    )


def _foremost(result: Score, component: Component) -> str:
    """The reason of the known factor that gave or took the most."""
    known = [f for f in result.factors if f.component == component and f.known]
    return max(known, key=lambda f: abs(f.points - f.most / 2)).reason if known else "unknown"


def _notes(factors: Sequence[Factor], silent_rules: Sequence[str]) -> str:
    unknown = [f.factor for f in factors if not f.known]
    said = [f"Unknown, so counted in the middle: {', '.join(unknown)}."] if unknown else []
    said += [f"Unknown, so without effect: {', '.join(silent_rules)}."] if silent_rules else []
    return " ".join(said)


def _rounded(points: float) -> int:
    """To the nearest whole point, halves up, so that one and the same share never rounds two ways."""
    return math.floor(points + 0.5)
