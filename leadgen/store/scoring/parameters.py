"""What the scorer's statement is told: the profile, the offer and the criteria of one campaign as bound parameters.

The thresholds and words are those of `leadgen/domain/scoring`, so that they stand once.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from psycopg.types.json import Jsonb

from leadgen.domain.geo import METERS_PER_MILE
from leadgen.domain.scoring import factors
from leadgen.domain.scoring.factors import STATUS_WORDS, worth_of_statuses
from leadgen.domain.scoring.facts import RANGE_OF_NUMBERS, Criteria
from leadgen.domain.scoring.offer import Offer
from leadgen.domain.scoring.profile import FACTORS_OF, Profile
from leadgen.domain.scoring.rules import Cap, Condition, Rule, small_letters
from leadgen.domain.scoring.score import LIMIT, LIMIT_WORDS, NEUTRAL_SHARE

Parameters = dict[str, Any]

_THRESHOLDS: Parameters = {
    "fast_ms": factors.FAST_MS,
    "slow_ms": factors.SLOW_MS,
    "few_reviews": math.log(1 + factors.FEW_REVIEWS),
    "many_reviews": math.log(1 + factors.MANY_REVIEWS),
    "one_person": math.log(1 + factors.ONE_PERSON),
    "enough_employees": math.log(1 + factors.ENOUGH_EMPLOYEES),
    "enough_years": factors.ENOUGH_YEARS,
    "poor_rating": factors.POOR_RATING,
    "fine_rating": factors.FINE_RATING,
    "enough_networks": factors.ENOUGH_NETWORKS,
    "enough_technologies": factors.ENOUGH_TECHNOLOGIES,
    "near_share": factors.NEAR_SHARE,
    "whole_radius": 1.0,
    "phone_only": factors.PHONE_ONLY,
    "neutral": NEUTRAL_SHARE,
    "meters_per_mile": METERS_PER_MILE,
    "range_of_numbers": RANGE_OF_NUMBERS,
    "status_words": Jsonb(STATUS_WORDS),
    "limit_line": Jsonb({"factor": LIMIT, "most": 0, "reason": LIMIT_WORDS, "known": True}),
}


def scorer_parameters(
    profile: Profile, offer: Offer, criteria: Mapping[str, Any] | None, radius_meters: float | None, as_of_year: int
) -> Parameters:
    """Everything but the facts. `criteria` is the campaign's `target_criteria`, `radius_meters` of its circle."""
    asked = Criteria.of(criteria)
    weak = offer.polarity == "weak"
    return {
        **_THRESHOLDS,
        **_weights(profile, offer),
        **asdict(asked),
        "criteria_asked": sum(value is not None and value is not False for value in asdict(asked).values()),
        "worth_of_statuses": Jsonb(worth_of_statuses(offer)),
        "turn": -1.0 if weak else 1.0,
        "turned_zero": 1.0 if weak else 0.0,
        "radius_meters": radius_meters or None,
        "as_of_year": as_of_year,
        "adjusts": bool(profile.rules or profile.caps),
        "rules": Jsonb([_rule(n, rule) for n, rule in enumerate(profile.rules)]),
        "caps": Jsonb([_cap(n, cap) for n, cap in enumerate(profile.caps)]),
        "profile_version": profile.version,
    }


def _weights(profile: Profile, offer: Offer) -> Parameters:
    found: Parameters = {}
    askable = sum(abs(rule.points) for rule in profile.rules)
    for component, weights in profile.weights(offer.kind).items():
        for name in FACTORS_OF[component]:
            most = weights.get(name, 0)
            askable += most
            column = name.replace(" ", "_")
            begins = f'{{"component": "{component}", "factor": "{name}", "most": {most}, "points": '
            found[f"{column}_most"] = most
            found[f"{column}_name"] = name
            found[f"{column}_line"] = begins if most else None
    return {**found, "askable_points": askable}


def _rule(n: int, rule: Rule) -> Parameters:
    line = {"component": rule.component, "factor": rule.name, "most": abs(rule.points)}
    unknown = f"{rule.when.field.replace('_', ' ')} unknown"
    return {
        **_condition(n, rule.when),
        "component": rule.component,
        "name": rule.name,
        "points": rule.points,
        "line": {**line, "points": rule.points, "reason": rule.when.words, "known": True},
        "unknown_line": {**line, "points": 0, "reason": unknown, "known": False},
    }


def _cap(n: int, cap: Cap) -> Parameters:
    line = {"component": cap.component, "factor": cap.name, "most": 0, "reason": cap.when.words, "known": True}
    return {**_condition(n, cap.when), "component": cap.component, "most": cap.most, "line": line}


def _condition(n: int, when: Condition) -> Parameters:
    return {
        "n": n,
        "field": when.field,
        "operator": when.operator,
        "number": when.number,
        "texts": [small_letters(text) for text in when.texts],
    }
