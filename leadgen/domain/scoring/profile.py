"""The scoring profile: how many points each factor can give. Data, so that it can be versioned and changed.

Each component's factors add up to 25, the whole to 100. How a fact becomes a share of a factor's points stands in
`factors.py`; what stands here is only how much each factor weighs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from leadgen.domain.scoring.offer import OfferKind

Component = Literal["website_quality", "business_size", "engagement", "fit"]
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

COMPONENTS: tuple[Component, ...] = get_args(Component)
COMPONENT_POINTS = 25

Weights = Mapping[FactorName, int]


@dataclass(frozen=True, slots=True)
class Profile:
    """Points a factor can give, by component. Opportunity on the website depends on what is sold.

    Raises:
        ValueError: the factors of a component do not add up to 25.
    """

    version: str
    website_quality: Mapping[OfferKind, Weights]
    business_size: Weights
    engagement: Weights
    fit: Weights

    def __post_init__(self) -> None:
        for weights in (*self.website_quality.values(), self.business_size, self.engagement, self.fit):
            if sum(weights.values()) != COMPONENT_POINTS:
                raise ValueError(f"factors of a component add up to {COMPONENT_POINTS} points, not {dict(weights)}.")

    def weights(self, kind: OfferKind) -> dict[Component, Weights]:
        """The points of every factor for an offer of this kind."""
        return {
            "website_quality": self.website_quality[kind],
            "business_size": self.business_size,
            "engagement": self.engagement,
            "fit": self.fit,
        }


PROFILE_VERSION = "2026-11.1"

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
