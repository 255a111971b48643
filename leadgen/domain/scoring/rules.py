"""What a profile adds to its weights: points for any fact, also negative ones, and caps. Data, as the weights are.

A rule whose fact is unknown gives nothing and lowers the confidence. A cap whose fact is unknown does not hold.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from leadgen.domain.scoring.facts import LeadFacts

Component = Literal["website_quality", "business_size", "engagement", "fit"]
COMPONENTS: tuple[Component, ...] = get_args(Component)
COMPONENT_POINTS = 25

Operator = Literal["at_least", "at_most", "yes", "no", "one_of", "known", "unknown"]
FieldKind = Literal["number", "yes_or_no", "text", "list"]

FIELDS: Mapping[str, FieldKind] = {
    "website_status": "text",
    "website_score": "number",
    "mobile_score": "number",
    "has_ssl": "yes_or_no",
    "page_speed_ms": "number",
    "has_booking": "yes_or_no",
    "technologies": "list",
    "socials": "list",
    "cms": "text",
    "ecommerce_platform": "text",
    "rating": "number",
    "review_count": "number",
    "employees": "number",
    "years_in_business": "number",
    "category": "text",
    "city": "text",
    "state": "text",
    "zip_code": "text",
    "distance_meters": "number",
    "has_phone": "yes_or_no",
    "has_deliverable_contact": "yes_or_no",
    "has_decision_maker": "yes_or_no",
    "contact_title": "text",
}
"""The facts a rule may ask about, of the company and of its contacts."""

_OPERATORS: Mapping[FieldKind, frozenset[Operator]] = {
    "number": frozenset(["at_least", "at_most", "known", "unknown"]),
    "yes_or_no": frozenset(["yes", "no", "known", "unknown"]),
    "text": frozenset(["one_of", "known", "unknown"]),
    "list": frozenset(["one_of", "known", "unknown"]),
}
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
LONGEST_NAME = 80
MOST_POINTS = 100


def small_letters(text: str) -> str:
    """ASCII letters made small: what Postgres does in every locale."""
    return text.translate(_SMALL)


@dataclass(frozen=True, slots=True)
class Condition:
    """A question to one fact. `number` is for `at_least` and `at_most`, `texts` for `one_of`, where capitals do not count.

    Raises:
        ValueError: the fact is unknown to us, or cannot be asked this.
    """

    field: str
    operator: Operator
    number: float | None = None
    texts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        kind = FIELDS.get(self.field)
        if kind is None:
            raise ValueError(f"there is no fact {self.field!r}; facts are: {', '.join(FIELDS)}.")
        if self.operator not in _OPERATORS[kind]:
            raise ValueError(f"{self.field} cannot be asked {self.operator!r}, only {sorted(_OPERATORS[kind])}.")
        if (self.number is not None) != (self.operator in {"at_least", "at_most"}):
            raise ValueError(f"`{self.operator}` of {self.field}: a number goes with at_least and at_most, only there.")
        if bool(self.texts) != (self.operator == "one_of"):
            raise ValueError(f"`{self.operator}` of {self.field}: texts go with one_of, only there.")

    @property
    def words(self) -> str:
        """The condition as a reader says it: `rating at least 4.5`."""
        name = self.field.replace("_", " ")
        match self.operator:
            case "at_least" | "at_most":
                return f"{name} {self.operator.replace('_', ' ')} {self.number:g}"
            case "one_of":
                return f"{name}: {', '.join(self.texts)}"
            case _:
                return f"{name}: {self.operator}"

    def holds(self, facts: LeadFacts) -> bool | None:
        """Whether the fact is as asked; None when it is unknown."""
        value = value_of(facts, self.field)
        if self.operator in {"known", "unknown"}:
            return (value is not None) == (self.operator == "known")
        if value is None:
            return None
        if isinstance(value, bool):
            return value == (self.operator == "yes")
        if isinstance(value, str | tuple):
            wanted = {small_letters(text) for text in self.texts}
            return any(small_letters(v) in wanted for v in ((value,) if isinstance(value, str) else value))
        bound = self.number or 0.0
        return bool(value >= bound if self.operator == "at_least" else value <= bound)


def value_of(facts: LeadFacts, field: str) -> Any:
    """A fact by the name a rule gives it: a number, bool, text or tuple of texts; None when it is unknown."""
    value: Any = getattr(facts, field)
    if field == "website_status" and value == "unknown":
        return None
    return tuple(value) if isinstance(value, frozenset) else value


@dataclass(frozen=True, slots=True)
class Rule:
    """Points, negative ones too, that a component gets where the condition holds.

    Raises:
        ValueError: it has no name or gives no points.
    """

    name: str
    component: Component
    when: Condition
    points: int

    def __post_init__(self) -> None:
        _named(self.name, self.component)
        if not 1 <= abs(self.points) <= MOST_POINTS:
            raise ValueError(f"the rule {self.name!r} gives or takes 1 to {MOST_POINTS} points.")


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that a component may have where the condition holds.

    Raises:
        ValueError: it has no name or does not cap.
    """

    name: str
    component: Component
    when: Condition
    most: int

    def __post_init__(self) -> None:
        _named(self.name, self.component)
        if not 0 <= self.most < COMPONENT_POINTS:
            raise ValueError(f"the cap {self.name!r} lies from 0 to {COMPONENT_POINTS - 1}.")


def _named(name: str, component: str) -> None:
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise ValueError(f"a rule or cap has a name of one line of up to {LONGEST_NAME} characters.")
    if component not in COMPONENTS:
        raise ValueError(f"there is no component {component!r}; components are: {', '.join(COMPONENTS)}.")
