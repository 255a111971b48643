"""What scoring may look at. None means unknown, which is never the same as bad."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

WebsiteStatus = Literal["none", "social", "unreachable", "parked", "weak", "good", "unknown"]

WITHOUT_SITE: frozenset[WebsiteStatus] = frozenset(["none", "social", "unreachable", "parked"])
"""States in which there is no page of the business's own to measure."""

RANGE_OF_NUMBERS = "[ ]*([0-9][0-9,]{0,11})[ ]*(?:[-–][ ]*([0-9][0-9,]{0,11})[ ]*)?[+ ]*"
"""A range as vendors write it, in the syntax that Python and Postgres read alike. Nothing in it needs quoting."""

_RANGE = re.compile(RANGE_OF_NUMBERS)


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """One business as scoring sees it.

    `mobile_score` and `website_score` are 0-100 (Lighthouse: performance on a phone, search engine optimisation),
    `page_speed_ms` milliseconds, `rating` 0-5, `employee_count_range` as vendors write it (`11-50`, `201+`, `7`),
    `socials` the names of networks it is on, `distance_meters` from the campaign's center, whose `radius_meters` it
    lies in, `as_of_year` the year in which `year_founded` is judged.
    """

    website_status: WebsiteStatus = "unknown"
    website_score: int | None = None
    mobile_score: int | None = None
    has_ssl: bool | None = None
    page_speed_ms: int | None = None
    has_booking: bool | None = None
    technologies: tuple[str, ...] | None = None
    socials: frozenset[str] | None = None

    rating: float | None = None
    review_count: int | None = None
    employee_count_range: str | None = None
    year_founded: int | None = None
    as_of_year: int | None = None

    has_deliverable_contact: bool | None = None
    has_decision_maker: bool | None = None
    has_phone: bool | None = None

    is_relevant: bool | None = None
    distance_meters: float | None = None
    radius_meters: float | None = None

    # Only rules look at these
    category: str | None = None
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None
    cms: str | None = None
    ecommerce_platform: str | None = None
    contact_title: str | None = None

    @property
    def has_own_site(self) -> bool | None:
        """Whether there is a site to look at; None when nobody looked."""
        return None if self.website_status == "unknown" else self.website_status not in WITHOUT_SITE

    @property
    def employees(self) -> float | None:
        """The middle of the range of employees; of an open range its start."""
        return middle_of_range(self.employee_count_range)

    @property
    def years_in_business(self) -> int | None:
        """Whole years since it was founded."""
        if self.year_founded is None or self.as_of_year is None:
            return None
        return max(self.as_of_year - self.year_founded, 0)


def middle_of_range(text: str | None) -> float | None:
    """`11-50` is 30.5, `201+` and `7` are what they say; None for what is no range of numbers."""
    match = _RANGE.fullmatch(text or "")
    if match is None:
        return None
    ends = [int(end.replace(",", "")) for end in match.groups() if end is not None]
    return sum(ends) / len(ends)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the campaign asks of a business beyond its trade and place. None asks nothing."""

    min_employees: int | None = None
    max_employees: int | None = None
    min_rating: float | None = None
    min_reviews: int | None = None
    must_have_website: bool = False
    must_have_email: bool = False

    @classmethod
    def of(cls, target_criteria: Mapping[str, Any] | None) -> "Criteria":
        """From a campaign's `target_criteria`: keys in snake or camel case (`minEmployees`), others are ignored."""
        given = {_snake(key): value for key, value in (target_criteria or {}).items()}
        return cls(
            min_employees=_whole(given.get("min_employees")),
            max_employees=_whole(given.get("max_employees")),
            min_rating=_number(given.get("min_rating")),
            min_reviews=_whole(given.get("min_reviews")),
            must_have_website=given.get("must_have_website") is True,
            must_have_email=given.get("must_have_email") is True,
        )


def _snake(key: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in key)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)
