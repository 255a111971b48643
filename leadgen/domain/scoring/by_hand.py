"""A score that a member sets by hand: it stands over the computed one until it is taken back."""

from leadgen.domain.scoring.rules import COMPONENTS
from leadgen.domain.scoring.score import Factor, Score, tier_of

BY_HAND = "set by hand"


def score_by_hand(points: int, reason: str) -> Score:
    """The score of 0-100 with its reason, spread over the components as evenly as whole points allow."""
    parts = {component: points // 4 + (n < points % 4) for n, component in enumerate(COMPONENTS)}
    lines = tuple(Factor(component, BY_HAND, part, part, reason) for component, part in parts.items())
    return Score(points, tier_of(points), **parts, factors=lines, confidence=1.0, notes="", profile_version=BY_HAND)
