"""What several sources say of one thing: whether they agree, whom to believe where they do not, and by which rule."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from leadgen.domain.enrichment.contacts import SOURCES, Candidate
from leadgen.domain.enrichment.mailbox_names import split_name
from leadgen.domain.identity.phones import e164

Field = Literal["phone", "address", "year_founded", "contact_title"]

PRECEDENCE: dict[Field, tuple[str, ...]] = {
    "phone": ("site", "google_maps", "yelp", "apollo", "manual", "import"),
    "address": ("google_maps", "site", "yelp", "apollo", "manual", "import"),
    "year_founded": ("site", "research"),
    "contact_title": SOURCES,
}
"""Whom to believe, first to last. Numbers: who answers them. Places: who has put them on the map. Years: a reading by rule
before a model's."""

_WITHIN_A_HOUSE = re.compile(
    r"\b(?:suite|ste|unit|apt|room|rm|floor|fl|bldg|building)\b\.?\s*#?\s*\w+|#\s*\w+", re.IGNORECASE
)
_HOUSE_NUMBER = re.compile(r"\b(\d{1,6})\b(?!(?:st|nd|rd|th)\b)")


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says. `call_id` is the call that it said it in; None for what came without one."""

    source: str
    value: str
    call_id: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The claim that holds, and by which rule. `agreeing` are the other sources that say the same; `others` the claims of
    sources that say something else, empty where there is no conflict.
    """

    field: Field
    chosen: Claim
    chosen_by: str
    agreeing: tuple[str, ...]
    others: tuple[Claim, ...]


def _same_number(value: str) -> str | None:
    return e164(value) or None


def _same_place(value: str) -> str | None:
    """Spellings of a street differ, its house number does not; an address without one says too little."""
    found = _HOUSE_NUMBER.search(_WITHIN_A_HOUSE.sub(" ", value))
    return found[1] if found else None


def _same_words(value: str) -> str | None:
    return " ".join(re.findall(r"\w+", value.casefold())) or None


_MEANING: dict[Field, Callable[[str], str | None]] = {
    "phone": _same_number,
    "address": _same_place,
    "year_founded": _same_words,
    "contact_title": _same_words,
}


def decide(field: Field, claims: Iterable[Claim]) -> Decision | None:
    """Which claim holds; None where nobody says anything.

    The source that comes first in `PRECEDENCE` is believed. Where it says several things (a site that prints two numbers),
    the one that another source says too. A source contradicts only by what it says, never by further values beside one
    that agrees.
    """
    meaning = _MEANING[field]
    order = PRECEDENCE[field]
    said = [(meaning(claim.value), claim) for claim in claims if claim.source in order]
    said = sorted(((key, claim) for key, claim in said if key), key=lambda one: order.index(one[1].source))
    if not said:
        return None
    first = said[0][1].source
    own = [(key, claim) for key, claim in said if claim.source == first]
    elsewhere = {key for key, claim in said if claim.source != first}
    key, chosen = next((one for one in own if one[0] in elsewhere), own[0])
    agreeing = tuple(dict.fromkeys(c.source for k, c in said if k == key and c.source != first))
    contradicting = {c.source: c for k, c in reversed(said) if c.source not in {first, *agreeing}}
    others = tuple(contradicting[source] for source in order if source in contradicting)
    return Decision(field, chosen, _rule(field, first, agreeing, others), agreeing, others)


def _rule(field: Field, first: str, agreeing: Sequence[str], others: Sequence[Claim]) -> str:
    if not others:
        return "all sources agree" if agreeing else "the only source"
    return f"{first} before {', '.join(claim.source for claim in others)} for {field}"


def title_conflicts(found: Iterable[Candidate], calls: Callable[[str], int | None]) -> tuple[Decision, ...]:
    """Where sources give the same person different titles. `calls` tells the call behind a source."""
    by_person: dict[tuple[str, ...], list[Claim]] = {}
    for candidate in found:
        if candidate.name and candidate.title:
            person = tuple(part.casefold() for part in split_name(candidate.name))
            claim = Claim(candidate.source, candidate.title, calls(candidate.source))
            by_person.setdefault(person, []).append(claim)
    decisions = (decide("contact_title", claims) for claims in by_person.values())
    return tuple(decision for decision in decisions if decision and decision.others)
