"""Facts that were measured, not read: what PageSpeed and the listings say, as statements with their figures as quote."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

SLOW_SCORE = 50  # Lighthouse calls 0-49 poor (web.dev, "Lighthouse performance scoring")
MANY_REVIEWS = 20


@dataclass(frozen=True, slots=True)
class MeasuredFact:
    """A statement, its figure as it was measured, and the field whose receipt proves it."""

    kind: Literal["fact", "pain_point"]
    statement: str
    quote: str
    field: str


def measured_facts(profile: Mapping[str, Any]) -> list[MeasuredFact]:
    """The facts worth saying about a website profile (columns of enrichment_data); a missing figure says nothing."""
    facts = []
    mobile = profile.get("mobile_score")
    if mobile is not None and mobile < SLOW_SCORE:
        facts.append(
            MeasuredFact(
                "pain_point",
                f"The website scores {mobile} of 100 for performance on mobile phones.",
                f"mobile performance score: {mobile} of 100",
                "mobile_score",
            )
        )
    if profile.get("has_ssl") is False:
        facts.append(
            MeasuredFact("pain_point", "The website is served without HTTPS.", "scheme of the page: http", "has_ssl")
        )
    rating, reviews = profile.get("google_rating"), profile.get("google_review_count")
    if rating is not None and reviews and reviews >= MANY_REVIEWS:
        facts.append(
            MeasuredFact(
                "fact",
                f"Customers rate the business {rating} of 5 in {reviews} Google reviews.",
                f"rating: {rating} of 5, reviews: {reviews}",
                "google_rating",
            )
        )
    return facts
