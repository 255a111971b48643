"""The scoring profile: how many points each factor can give, and the rules and caps beside them. Data, so that it can be
versioned and changed.

Each component's factors add up to 25, the whole to 100. How a fact becomes a share of a factor's points stands in
`factors.py`; what stands here is only how much each factor weighs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from leadgen.domain.scoring.offer import KINDS, OfferKind
from leadgen.domain.scoring.rules import COMPONENT_POINTS, COMPONENTS, Cap, Component, Rule

__all__ = ["COMPONENTS", "COMPONENT_POINTS", "Component"]

FactorName = Literal[
    "website",
    "mobile",
    "search",
    "security",
    "speed",
    "booking",
    "social gap",
    "technology",
    "reviews",
    "employees",
    "age",
    "contact",
    "decision maker",
    "rating",
    "socials",
    "category",
    "distance",
    "criteria",
]
FACTORS: tuple[FactorName, ...] = get_args(FactorName)
"""In the order in which a score lists them."""

FACTORS_OF: Mapping[Component, tuple[FactorName, ...]] = {
    "website_quality": FACTORS[:8],
    "business_size": FACTORS[8:11],
    "engagement": FACTORS[11:15],
    "fit": FACTORS[15:],
}

Weights = Mapping[FactorName, int]

MOST_RULES = 50


@dataclass(frozen=True, slots=True)
class Profile:
    """Points a factor can give, by component. Opportunity on the website depends on what is sold.

    Raises:
        ValueError: the factors of a component do not add up to 25, or are not of that component.
    """

    version: str
    website_quality: Mapping[OfferKind, Weights]
    business_size: Weights
    engagement: Weights
    fit: Weights
    rules: tuple[Rule, ...] = ()
    caps: tuple[Cap, ...] = ()

    def __post_init__(self) -> None:
        missing = [kind for kind in KINDS if kind not in self.website_quality]
        if missing:
            raise ValueError(f"website_quality says nothing of these offers: {', '.join(missing)}.")
        for kind in KINDS:
            for component, weights in self.weights(kind).items():
                _check(component, weights)
        if len(self.rules) + len(self.caps) > MOST_RULES:
            raise ValueError(f"a profile has at most {MOST_RULES} rules and caps.")

    def weights(self, kind: OfferKind) -> dict[Component, Weights]:
        """The points of every factor for an offer of this kind."""
        return {
            "website_quality": self.website_quality[kind],
            "business_size": self.business_size,
            "engagement": self.engagement,
            "fit": self.fit,
        }


def _check(component: Component, weights: Weights) -> None:
    strange = [name for name in weights if name not in FACTORS_OF[component]]
    if strange:
        known = ", ".join(FACTORS_OF[component])
        raise ValueError(f"{component} has no factor {', '.join(strange)}; its factors are: {known}.")
    if any(points < 0 for points in weights.values()):
        raise ValueError(f"a factor of {component} cannot weigh less than nothing; a rule may take points.")
    if sum(weights.values()) != COMPONENT_POINTS:
        raise ValueError(f"factors of {component} add up to {COMPONENT_POINTS} points, not {dict(weights)}.")


PROFILE_VERSION = "2026-11.2"

_PRESENCE: Weights = {"website": 15, "mobile": 5, "security": 5}

DEFAULT_PROFILE = Profile(
    version=PROFILE_VERSION,
    website_quality={
        "website": {"website": 18, "mobile": 4, "security": 2, "booking": 1},
        "seo": {"website": 10, "search": 9, "mobile": 4, "speed": 2},
        "booking": {"booking": 15, "website": 8, "mobile": 2},
        "marketing": {"website": 10, "social gap": 9, "mobile": 3, "search": 3},
        "software": {"website": 10, "technology": 8, "mobile": 4, "security": 3},
        "services": _PRESENCE,
        "other": _PRESENCE,
    },
    business_size={"reviews": 19, "employees": 4, "age": 2},
    engagement={"contact": 15, "decision maker": 5, "rating": 4, "socials": 1},
    fit={"category": 8, "distance": 12, "criteria": 5},
)
