"""The score of a lead: four components of 0-25 points, each the sum of its factors, and a tier.

Fit (is it the business we look for) and opportunity (does it need what the tenant sells) are separate: the website
component is opportunity, and its direction follows from the offer. An unknown fact gives the middle of its factor and
lowers the confidence; it never counts as bad.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from leadgen.domain.scoring.factors import ASSESS
from leadgen.domain.scoring.facts import Criteria, LeadFacts
from leadgen.domain.scoring.offer import Offer
from leadgen.domain.scoring.profile import (
    COMPONENT_POINTS,
    COMPONENTS,
    DEFAULT_PROFILE,
    PROFILE_VERSION,
    Component,
    FactorName,
    Profile,
)

__all__ = ["PROFILE_VERSION", "Factor", "Score", "Tier", "explain", "score", "tier_of"]

Tier = Literal["A", "B", "C", "D"]

_NEUTRAL = 0.5


@dataclass(frozen=True, slots=True)
class Factor:
    """One line of a score: `points` of the `most` it could give. `known` is False where the middle was given."""

    component: Component
    factor: FactorName
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
    factors: list[Factor] = []
    for component, weights in profile.weights(offer.kind).items():
        for name, most in weights.items():
            share, reason = ASSESS[name](facts, offer, asked)
            points = _rounded(most * (_NEUTRAL if share is None else share))
            factors.append(Factor(component, name, points, most, reason, known=share is not None))
    by_component = {c: sum(f.points for f in factors if f.component == c) for c in COMPONENTS}
    total = sum(by_component.values())
    return Score(
        score=total,
        tier=tier_of(total),
        website_quality=by_component["website_quality"],
        business_size=by_component["business_size"],
        engagement=by_component["engagement"],
        fit=by_component["fit"],
        factors=tuple(factors),
        confidence=sum(f.most for f in factors if f.known) / sum(f.most for f in factors),
        notes=_notes(factors),
        profile_version=profile.version,
    )


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


def _notes(factors: list[Factor]) -> str:
    unknown = [f.factor for f in factors if not f.known]
    return f"Unknown, so counted in the middle: {', '.join(unknown)}." if unknown else ""


def _rounded(points: float) -> int:
    """To the nearest whole point, halves up, so that one and the same share never rounds two ways."""
    return math.floor(points + 0.5)
