"""A profile is data: it survives its document, its rules and caps are lines of the score, mistakes are named."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from scoring_strategies import facts_in_the_database, offers, profiles

from leadgen.domain.scoring.document import document_of, profile_of
from leadgen.domain.scoring.facts import LeadFacts
from leadgen.domain.scoring.offer import Offer
from leadgen.domain.scoring.profile import COMPONENTS, DEFAULT_PROFILE, Profile
from leadgen.domain.scoring.rules import Cap, Condition, Rule
from leadgen.domain.scoring.score import LIMIT, Factor, score

AGENCY = Offer(kind="website")
NEAR_AND_FINE = LeadFacts(
    website_status="weak", has_booking=False, rating=4.8, review_count=300, has_deliverable_contact=True,
    has_decision_maker=True, is_relevant=True, distance_meters=100.0, radius_meters=10_000.0, cms="WordPress",
)  # fmt: skip


def with_rules(*rules: Rule, caps: tuple[Cap, ...] = ()) -> Profile:
    return replace(DEFAULT_PROFILE, rules=rules, caps=caps)


def line(facts: LeadFacts, profile: Profile, name: str) -> Factor | None:
    return next((f for f in score(facts, AGENCY, None, profile).factors if f.factor == name), None)


@given(profiles)
def test_a_profile_survives_its_document(profile: Profile) -> None:
    again = profile_of(document_of(profile), 7)
    assert document_of(again) == document_of(profile)
    assert again.version.endswith("/7")


def test_what_a_document_leaves_out_is_as_built_in() -> None:
    assert replace(profile_of({}, 1), version=DEFAULT_PROFILE.version) == DEFAULT_PROFILE


@pytest.mark.parametrize(
    "document", [{"rules": [{}]}, {"fit": ["category"]}, {"fit": {"category": "25"}}, {"rules": 7}, {"x": 1}]
)
def test_what_is_no_profile_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"profile|part|factor"):
        profile_of(document, None)


@pytest.mark.parametrize(
    ("field", "operator", "more", "words"),
    [
        ("mood", "yes", {}, "no fact"),
        ("rating", "yes", {}, "cannot be asked"),
        ("rating", "at_least", {}, "number"),
        ("category", "one_of", {}, "texts"),
        ("has_ssl", "yes", {"number": 1.0}, "number"),
    ],
)
def test_a_fact_can_be_asked_only_what_it_can_answer(field: str, operator: Any, more: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Condition(field, operator, **more)


@given(facts_in_the_database, offers, profiles)
def test_under_any_profile_the_lines_add_up_and_stay_within_their_components(
    facts: LeadFacts, offer: Offer, profile: Profile
) -> None:
    result = score(facts, offer, None, profile)
    assert sum(f.points for f in result.factors) == result.score
    for component in COMPONENTS:
        part = getattr(result, component)
        assert 0 <= part <= 25
        assert part == sum(f.points for f in result.factors if f.component == component)
    assert 0 <= result.confidence <= 1


def test_a_rule_gives_and_takes_points() -> None:
    profile = with_rules(
        Rule("WordPress", "website_quality", Condition("cms", "one_of", texts=("wordpress",)), 3),
        Rule("no booking", "engagement", Condition("has_booking", "no"), -7),
        Rule("poor", "engagement", Condition("rating", "at_most", number=3.0), -9),
    )
    assert line(NEAR_AND_FINE, profile, "WordPress") == Factor(
        "website_quality", "WordPress", 3, 3, "cms: wordpress", known=True
    )
    assert line(NEAR_AND_FINE, profile, "no booking") == Factor("engagement", "no booking", -7, 7, "has booking: no")
    assert line(NEAR_AND_FINE, profile, "poor") is None


def test_a_rule_on_an_unknown_fact_gives_nothing_lowers_the_confidence_and_says_so() -> None:
    profile = with_rules(Rule("old", "business_size", Condition("years_in_business", "at_least", number=30.0), 5))
    result, before = score(NEAR_AND_FINE, AGENCY, None, profile), score(NEAR_AND_FINE, AGENCY)
    assert result.score == before.score
    assert result.confidence < before.confidence
    assert line(NEAR_AND_FINE, profile, "old") == Factor(
        "business_size", "old", 0, 5, "years in business unknown", known=False
    )
    assert "without effect: old" in result.notes


def test_of_several_caps_the_lowest_holds_and_the_limit_is_a_line_too() -> None:
    near = Condition("distance_meters", "at_most", number=500.0)
    caps = (Cap("nearly", "fit", near, 9), Cap("too near", "fit", near, 4))
    profile = with_rules(Rule("close", "engagement", near, 100), caps=caps)
    result = score(NEAR_AND_FINE, AGENCY, None, profile)
    assert (result.fit, result.engagement) == (4, 25)
    assert line(NEAR_AND_FINE, profile, "nearly") is None
    taken = line(NEAR_AND_FINE, profile, LIMIT)
    assert taken is not None
    assert taken.points < 0


def test_a_rule_of_capitals_reads_small_letters_and_others_alike() -> None:
    condition = Condition("city", "one_of", texts=("AUSTIN",))
    assert condition.holds(LeadFacts(city="austin"))
    assert not condition.holds(LeadFacts(city="Dallas"))
    assert condition.holds(LeadFacts()) is None
