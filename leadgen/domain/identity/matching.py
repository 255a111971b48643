"""Are two listings one business? A score with its reasons.

Evidence is added up as log-odds (Fellegi and Sunter 1969): each field that both sides have speaks for or against, a
field that one side lacks says nothing. One set of weights for all sources, rounded from what measured well on all sets
of `benchmarks/identity.py` together. A shared domain speaks only a little: a chain's branches all have it.
"""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from leadgen.domain.geo import distance_meters
from leadgen.domain.identity.addresses import LIKE_STREET, AddressLikeness, compare_addresses
from leadgen.domain.identity.names import compare_names, share_script
from leadgen.domain.identity.phones import is_shared_line, same_number
from leadgen.domain.identity.records import Record, Traits, traits_of

Band = Literal["same", "review", "different"]

SAME_FROM = 0.5
REVIEW_FROM = 0.25

# Log-odds. The prior is that of a pair that blocking proposes.
PRIOR = -1.9
NAME_BY_LIKENESS = ((0.0, -0.6), (0.4, -0.2), (0.7, 0.1), (0.9, 1.8), (1.0, 3.6))
NAME_REMAINDER = -1.6  # a unit of distinctive words that each side alone has
NAME_WEIGHT = 0.35  # a unit of distinctive words that both have
UNTELLING_NAME = -2.0  # Playground, Playground: alike, and said of many places
TELLING_FROM = 0.5
NUMBERS_DIFFER = -1.5
SPECIALISMS_DIFFER = -2.4
SCRIPTS_DIFFER = 0.0
PHONE_SAME = 1.9
SHARED_LINE_SAME = 0.6
PHONE_DIFFERENT = -0.7
DOOR_SAME = 2.2  # house number and street
NUMBER_SAME = 1.4  # house number, street unknown or spelt quite differently
STREET_SAME = 0.7  # no number on one side
UNIT_DIFFERENT = -1.2  # another suite behind the same door
NUMBER_NEAR = 0.0
NUMBER_DIFFERENT = -0.9  # on the same street
STREET_DIFFERENT = -2.0
ELSEWHERE = -1.2  # the places conflict and no phone or page says otherwise: branches of a chain
ELSEWHERE_SAME_LINE = -2.0
DOOR_AND_LINE_SAME = 1.2
ELSEWHERE_METERS = 600.0
PAGE_SAME = 2.0
DOMAIN_SAME = 0.3
DOMAIN_DIFFERENT = -0.2
POSTAL_CODE_DIFFERENT = -0.3
CITY_DIFFERENT = -0.3
CITY_ALONE_DIFFERENT = -2.5  # and nothing finer is known of the place
STATE_DIFFERENT = -1.0
STATE_ALONE_DIFFERENT = -2.4
CATEGORY_SAME = 0.3
CATEGORY_DIFFERENT = -0.5
DISTANCE_METERS = ((0.0, 1.9), (50.0, 1.6), (100.0, 0.4), (150.0, -0.7), (300.0, -1.5), (500.0, -2.9), (1000.0, -4.3))

NAME_AT_BEST = NAME_BY_LIKENESS[-1][1] + 2 * NAME_WEIGHT
_REVIEW_LOG_ODDS = math.log(REVIEW_FROM / (1 - REVIEW_FROM))


class Evidence(NamedTuple):
    """What one field says: `weight` in log-odds, positive for one business; `detail` in words."""

    field: str
    weight: float
    detail: str


@dataclass(frozen=True, slots=True)
class Match:
    """How likely two listings are one business (0..1), and why. `elsewhere`: they clearly stand in different places."""

    score: float
    evidence: tuple[Evidence, ...]
    elsewhere: bool = False

    @property
    def band(self) -> Band:
        """`same` is merged, `review` is for a person, `different` stays apart."""
        return "same" if self.score >= SAME_FROM else "review" if self.score >= REVIEW_FROM else "different"

    @property
    def reason(self) -> str:
        """The evidence in one line, the strongest first."""
        ranked = sorted(self.evidence, key=lambda e: -abs(e.weight))
        return "; ".join(f"{e.detail} ({e.weight:+.1f})" for e in ranked)


def compare(a: Record, b: Record) -> Match:
    """The match of two records. Symmetric; to compare many, compute the traits once and use `compare_traits`."""
    return compare_traits(traits_of(a), traits_of(b))


def compare_traits(a: Traits, b: Traits) -> Match:
    """The match of two records whose comparable form is known."""
    beside_name, elsewhere = _beside_name(a, b)
    return _match([*_name(a, b), *beside_name], elsewhere=elsewhere)


def plausible_match(a: Traits, b: Traits) -> Match | None:
    """The match, or None at a third of the cost when even one and the same name could not make it worth a review."""
    beside_name, elsewhere = _beside_name(a, b)
    if PRIOR + NAME_AT_BEST + sum(e.weight for e in beside_name) < _REVIEW_LOG_ODDS:
        return None
    return _match([*_name(a, b), *beside_name], elsewhere=elsewhere)


def _match(evidence: list[Evidence], *, elsewhere: bool) -> Match:
    log_odds = PRIOR + sum(e.weight for e in evidence)
    return Match(1 / (1 + math.exp(-log_odds)), tuple(evidence), elsewhere)


def _beside_name(a: Traits, b: Traits) -> tuple[list[Evidence], bool]:
    """The evidence of all fields but the name, and whether the two clearly stand in different places."""
    evidence = [*_phone(a, b), *_page(a, b)]
    same_line = any(e.weight > 0 for e in evidence)
    address = compare_addresses(a.address, b.address)
    distance = distance_meters(a.point, b.point) if a.point and b.point else None
    evidence += _address(address)
    evidence += _distance(distance)
    evidence += _equality("domain", a.domain, b.domain, DOMAIN_SAME, DOMAIN_DIFFERENT)
    evidence += _equality("postal code", a.postal_code, b.postal_code, 0.0, POSTAL_CODE_DIFFERENT)
    finer = distance is not None or address.number is not None or address.street is not None
    evidence += _overlap("city", a.places, b.places, 0.0, CITY_DIFFERENT if finer else CITY_ALONE_DIFFERENT)
    evidence += _equality("state", a.state, b.state, 0.0, STATE_DIFFERENT if finer else STATE_ALONE_DIFFERENT)
    evidence += _overlap("category", a.category, b.category, CATEGORY_SAME, CATEGORY_DIFFERENT)
    elsewhere = _is_elsewhere(address, distance)
    if elsewhere:
        evidence.append(Evidence("place", ELSEWHERE_SAME_LINE if same_line else ELSEWHERE, "stands elsewhere"))
    elif same_line and address.same_place:
        evidence.append(Evidence("place", DOOR_AND_LINE_SAME, "same address and phone"))
    return evidence, elsewhere


def _interpolate(knots: tuple[tuple[float, float], ...], at: float) -> float:
    """The value at `at` on the line through `knots` (ascending), flat outside."""
    before = knots[0]
    if at <= before[0]:
        return before[1]
    for knot in knots[1:]:
        if at <= knot[0]:
            share = (at - before[0]) / (knot[0] - before[0])
            return before[1] + share * (knot[1] - before[1])
        before = knot
    return before[1]


def _name(a: Traits, b: Traits) -> list[Evidence]:
    if not a.name or not b.name:
        return []
    if not share_script(a.name, b.name):
        return [Evidence("name", SCRIPTS_DIFFER, "names in different scripts")]
    name = compare_names(a.name, b.name)
    weight = _interpolate(NAME_BY_LIKENESS, name.likeness)
    weight += NAME_REMAINDER * min(name.smaller_rest, 2.0)
    weight += NAME_WEIGHT * min(name.shared, 2.0)
    found = [Evidence("name", weight, "same name" if name.likeness == 1 else f"names {name.likeness:.0%} alike")]
    if weight > 0 and max(sum(a.name.weights), sum(b.name.weights)) < TELLING_FROM:
        found.append(Evidence("name", max(UNTELLING_NAME, -weight), "a name that tells little"))
    if name.numbers_differ:
        found.append(Evidence("name", NUMBERS_DIFFER, "numbers in the names differ"))
    if name.specialisms_differ:
        found.append(Evidence("name", SPECIALISMS_DIFFER, "one is a part of the house"))
    return found


def _phone(a: Traits, b: Traits) -> list[Evidence]:
    if not a.phone or not b.phone:
        return []
    if not same_number(a.phone, b.phone):
        return [Evidence("phone", PHONE_DIFFERENT, "phones differ")]
    if is_shared_line(a.phone):
        return [Evidence("phone", SHARED_LINE_SAME, "same service line")]
    return [Evidence("phone", PHONE_SAME, "same phone")]


def _page(a: Traits, b: Traits) -> list[Evidence]:
    return [Evidence("page", PAGE_SAME, "same page")] if a.page and a.page == b.page else []


def _address(address: AddressLikeness) -> list[Evidence]:
    like_street = address.street is not None and address.street >= LIKE_STREET
    match address.number, address.street:
        case None, None:
            return []
        case None, _:
            weight, detail = (STREET_SAME, "same street") if like_street else (STREET_DIFFERENT, "streets differ")
        case "same", _ if like_street:
            weight, detail = DOOR_SAME, "same address"
        case "same", _:
            weight, detail = NUMBER_SAME, "same house number"
        case _, street if street is not None and not like_street:
            weight, detail = STREET_DIFFERENT, "addresses differ"
        case "near", _:
            weight, detail = NUMBER_NEAR, "a few houses away"
        case _:
            weight, detail = NUMBER_DIFFERENT, "house numbers differ"
    found = [Evidence("address", weight, detail)]
    if address.same_place and address.unit_differs:
        found.append(Evidence("address", UNIT_DIFFERENT, "another unit"))
    return found


def _distance(meters: float | None) -> list[Evidence]:
    return (
        [] if meters is None else [Evidence("distance", _interpolate(DISTANCE_METERS, meters), f"{meters:.0f} m apart")]
    )


def _is_elsewhere(address: AddressLikeness, meters: float | None) -> bool:
    """Whether the two clearly stand in different places."""
    if meters is not None and meters > ELSEWHERE_METERS:
        return True
    if meters is not None and meters < 75:
        return False
    if address.number == "different":
        return True
    return address.number == "near" and address.street is not None and address.street < 0.6


def _equality(field: str, a: str | None, b: str | None, same: float, different: float) -> list[Evidence]:
    if a is None or b is None:
        return []
    weight, word = (same, f"same {field}") if a == b else (different, f"{field} differs")
    return [Evidence(field, weight, word)] if weight else []


def _overlap(field: str, a: frozenset[str], b: frozenset[str], same: float, different: float) -> list[Evidence]:
    if not a or not b:
        return []
    weight, word = (different, f"{field} differs") if a.isdisjoint(b) else (same, f"same {field}")
    return [Evidence(field, weight, word)] if weight else []
