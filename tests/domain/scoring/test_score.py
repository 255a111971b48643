"""Scores: every point has its factor, the offer turns the website, and the unknown counts in the middle."""

import math
import random
from collections import Counter
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.scoring.facts import Criteria, LeadFacts, WebsiteStatus, middle_of_range
from leadgen.domain.scoring.offer import KINDS, Offer
from leadgen.domain.scoring.profile import COMPONENTS, DEFAULT_PROFILE, PROFILE_VERSION
from leadgen.domain.scoring.score import Score, explain, score, tier_of

STATUSES: tuple[WebsiteStatus, ...] = get_args(WebsiteStatus)
AGENCY = Offer(kind="website", sells="websites")

maybe_bool = st.none() | st.booleans()
facts_of_any_lead = st.builds(
    LeadFacts,
    website_status=st.sampled_from(STATUSES),
    website_score=st.none() | st.integers(0, 100),
    mobile_score=st.none() | st.integers(0, 100),
    has_ssl=maybe_bool,
    page_speed_ms=st.none() | st.integers(0, 60_000),
    has_booking=maybe_bool,
    technologies=st.none() | st.just(()) | st.just(("WordPress", "Stripe")),
    socials=st.none() | st.frozensets(st.sampled_from(["facebook", "instagram", "x", "linkedin", "tiktok"])),
    rating=st.none() | st.floats(0, 5),
    review_count=st.none() | st.integers(0, 100_000),
    employee_count_range=st.none() | st.sampled_from(["1-10", "11-50", "201+", "7", "many", "1,001-5,000"]),
    year_founded=st.none() | st.integers(1000, 2100),
    as_of_year=st.none() | st.just(2026),
    has_deliverable_contact=maybe_bool,
    has_decision_maker=maybe_bool,
    has_phone=maybe_bool,
    is_relevant=maybe_bool,
    distance_meters=st.none() | st.floats(0, 200_000),
    radius_meters=st.none() | st.floats(0, 160_000),
)
offers = st.builds(
    Offer, kind=st.sampled_from(KINDS), asked_polarity=st.sampled_from([None, "weak", "good", "neutral"])
)
criteria_as_stored = st.fixed_dictionaries(
    {},
    optional={
        "minEmployees": st.integers(0, 100),
        "max_employees": st.integers(0, 100),
        "mustHaveWebsite": st.booleans(),
        "must_have_email": st.booleans(),
        "min_rating": st.floats(0, 5),
        "min_reviews": st.integers(0, 500),
        "something else": st.text(),
    },
)


def points(result: Score, factor: str) -> int:
    return next(f.points for f in result.factors if f.factor == factor)


class TestAddingUp:
    @given(facts_of_any_lead, offers, criteria_as_stored)
    def test_factors_components_and_score_agree(self, facts: LeadFacts, offer: Offer, criteria: dict[str, Any]) -> None:
        result = score(facts, offer, criteria)
        parts = (result.website_quality, result.business_size, result.engagement, result.fit)
        assert sum(f.points for f in result.factors) == result.score == sum(parts)
        for component, total in zip(COMPONENTS, parts, strict=True):
            assert sum(f.points for f in result.factors if f.component == component) == total

    @given(facts_of_any_lead, offers, criteria_as_stored)
    def test_everything_is_within_its_bounds(self, facts: LeadFacts, offer: Offer, criteria: dict[str, Any]) -> None:
        result = score(facts, offer, criteria)
        assert 0 <= result.score <= 100
        assert all(0 <= getattr(result, component) <= 25 for component in COMPONENTS)
        assert all(0 <= f.points <= f.most for f in result.factors)
        assert 0 <= result.confidence <= 1
        assert result.tier == tier_of(result.score)
        assert result.profile_version == PROFILE_VERSION

    @given(facts_of_any_lead, offers)
    def test_the_same_facts_give_the_same_score(self, facts: LeadFacts, offer: Offer) -> None:
        assert score(facts, offer) == score(replace(facts), replace(offer))

    @pytest.mark.parametrize(
        ("at", "tier"), [(100, "A"), (75, "A"), (74, "B"), (50, "B"), (49, "C"), (25, "C"), (24, "D"), (0, "D")]
    )
    def test_tiers_change_at_75_50_and_25(self, at: int, tier: str) -> None:
        assert tier_of(at) == tier

    def test_a_profile_whose_factors_do_not_add_up_is_refused(self) -> None:
        with pytest.raises(ValueError, match="25"):
            replace(DEFAULT_PROFILE, fit={"category": 8})


class TestOpportunity:
    @given(facts_of_any_lead, st.sampled_from(["none", "social", "parked", "unreachable"]))
    def test_for_an_agency_a_lead_without_site_outranks_the_same_with_a_good_one(
        self, facts: LeadFacts, status: WebsiteStatus
    ) -> None:
        good = replace(facts, website_status="good", has_booking=True, mobile_score=90, has_ssl=True)
        assert score(replace(good, website_status=status), AGENCY).score > score(good, AGENCY).score

    @given(facts_of_any_lead)
    def test_for_software_a_good_site_outranks_none(self, facts: LeadFacts) -> None:
        offer = Offer(kind="software")
        without, good = replace(facts, website_status="none"), replace(facts, website_status="good")
        assert score(good, offer).score > score(without, offer).score

    @given(facts_of_any_lead, offers)
    def test_the_offer_turns_nothing_but_the_website(self, facts: LeadFacts, offer: Offer) -> None:
        one, other = score(facts, offer), score(facts, AGENCY)
        assert (one.business_size, one.engagement, one.fit) == (other.business_size, other.engagement, other.fit)

    def test_no_booking_is_what_booking_software_looks_for(self) -> None:
        offer = Offer(kind="booking")
        lead = LeadFacts(website_status="good", has_booking=False)
        assert score(lead, offer).score > score(replace(lead, has_booking=True), offer).score + 10


class TestUnknown:
    def test_a_lead_of_which_nothing_is_known_is_in_the_middle_with_no_confidence_in_its_facts(self) -> None:
        result = score(LeadFacts(), AGENCY)
        assert 45 <= result.score <= 55
        assert result.confidence < 0.1
        assert "website" in result.notes

    @given(
        facts_of_any_lead, offers, st.sampled_from(["rating", "review_count", "has_deliverable_contact", "is_relevant"])
    )
    def test_forgetting_a_fact_never_raises_the_confidence(self, facts: LeadFacts, offer: Offer, fact: str) -> None:
        assert score(replace(facts, **{fact: None}), offer).confidence <= score(facts, offer).confidence

    @given(facts_of_any_lead)
    def test_an_unknown_fact_gives_no_less_than_the_worst_and_no_more_than_the_best(self, facts: LeadFacts) -> None:
        unknown = points(score(replace(facts, has_deliverable_contact=None), AGENCY), "contact")
        worst = points(score(replace(facts, has_deliverable_contact=False, has_phone=False), AGENCY), "contact")
        best = points(score(replace(facts, has_deliverable_contact=True), AGENCY), "contact")
        assert worst < unknown < best

    def test_all_facts_known_is_full_confidence(self) -> None:
        lead = ordinary(random.Random(1), complete=True)
        assert score(lead, AGENCY).confidence == 1.0
        assert score(lead, AGENCY).notes == ""


class TestMonotonic:
    @given(facts_of_any_lead, offers, st.integers(0, 1_000), st.integers(0, 1_000))
    def test_more_reviews_never_lower_a_score(self, facts: LeadFacts, offer: Offer, a: int, b: int) -> None:
        few, many = sorted((a, b))
        assert (
            score(replace(facts, review_count=few), offer).score
            <= score(replace(facts, review_count=many), offer).score
        )

    @given(facts_of_any_lead, offers, st.floats(0, 5), st.floats(0, 5))
    def test_a_better_rating_never_lowers_a_score(self, facts: LeadFacts, offer: Offer, a: float, b: float) -> None:
        low, high = sorted((a, b))
        assert score(replace(facts, rating=low), offer).score <= score(replace(facts, rating=high), offer).score

    @given(facts_of_any_lead, offers, st.floats(0, 50_000), st.floats(0, 50_000))
    def test_farther_away_never_raises_a_score(self, facts: LeadFacts, offer: Offer, a: float, b: float) -> None:
        near, far = sorted((a, b))
        here = replace(facts, radius_meters=40_000.0)
        assert (
            score(replace(here, distance_meters=near), offer).score
            >= score(replace(here, distance_meters=far), offer).score
        )

    @given(facts_of_any_lead, offers, st.sampled_from(["has_deliverable_contact", "has_decision_maker", "is_relevant"]))
    def test_what_helps_never_lowers_a_score(self, facts: LeadFacts, offer: Offer, fact: str) -> None:
        without, with_it = replace(facts, **{fact: False}), replace(facts, **{fact: True})
        assert score(without, offer).score <= score(with_it, offer).score

    @given(facts_of_any_lead, st.integers(0, 100), st.integers(0, 100))
    def test_a_worse_page_on_the_phone_is_more_opportunity_for_an_agency(
        self, facts: LeadFacts, a: int, b: int
    ) -> None:
        low, high = sorted((a, b))
        assert (
            score(replace(facts, mobile_score=low), AGENCY).score
            >= score(replace(facts, mobile_score=high), AGENCY).score
        )


class TestCriteria:
    def test_both_spellings_are_read_and_nonsense_is_ignored(self) -> None:
        assert Criteria.of({"minEmployees": 5, "must_have_email": True, "x": [1], "min_rating": "4"}) == Criteria(
            min_employees=5, must_have_email=True
        )
        assert Criteria.of(None) == Criteria()

    def test_a_missed_criterion_costs_points_and_is_named(self) -> None:
        lead = LeadFacts(employee_count_range="1-10", has_deliverable_contact=True)
        met, missed = score(lead, AGENCY, {"min_employees": 2}), score(lead, AGENCY, {"min_employees": 50})
        assert met.fit > missed.fit
        assert any("enough employees" in f.reason for f in missed.factors)

    @pytest.mark.parametrize(
        ("text", "middle"),
        [
            ("11-50", 30.5),
            ("1,001-5,000", 3000.5),
            ("201+", 201),
            ("7", 7),
            ("many", None),
            ("", None),
            (None, None),
            ("1-", None),
        ],
    )
    def test_ranges_of_employees_are_read(self, text: str | None, middle: float | None) -> None:
        assert middle_of_range(text) == middle


def test_a_score_is_explained_in_one_line() -> None:
    lead = LeadFacts(
        website_status="weak", mobile_score=20, has_ssl=False, review_count=120, rating=4.6, is_relevant=True,
        has_deliverable_contact=True, has_decision_maker=True, distance_meters=3_000, radius_meters=24_000,
    )  # fmt: skip
    result = score(lead, AGENCY)
    line = explain(result)
    assert line.startswith(f"{result.tier} {result.score}: weak website {result.website_quality}/25, size ")
    assert "\n" not in line


def ordinary(rng: random.Random, *, complete: bool = False) -> LeadFacts:
    """A local business as they are: a third with a good site, busy ones easier to reach, a few reviews or hundreds."""
    status: WebsiteStatus = rng.choices(STATUSES[:6], [15, 9, 3, 3, 35, 35])[0]
    own = status in {"weak", "good"} or complete
    busy = rng.gauss(0, 1)
    reachable = rng.random() < 1 / (1 + math.exp(-(0.6 * busy + (0.8 if own else -0.4))))
    return LeadFacts(
        website_status=status,
        website_score=rng.randint(30, 100) if own else None,
        mobile_score=(rng.randint(15, 60) if status == "weak" else rng.randint(55, 98)) if own else None,
        has_ssl=rng.random() < (0.95 if status == "good" else 0.7) if own else None,
        page_speed_ms=rng.randint(1_200, 9_000) if own else None,
        has_booking=rng.random() < 0.35 if own else None,
        technologies=tuple("abcdef"[: rng.randint(0, 6)]) if own else None,
        socials=frozenset(["facebook", "instagram", "x"][: rng.randint(0, 3)]) if own else None,
        rating=round(min(5.0, max(3.0, rng.gauss(4.3, 0.5))), 1),
        review_count=min(500, int(math.expm1(max(0.0, 3.3 + 1.5 * busy)))),
        employee_count_range="11-50" if complete else rng.choice(["1-10", "11-50", "51-200", None, None, None]),
        year_founded=2001 if complete else rng.choice([None, rng.randint(1980, 2025)]),
        as_of_year=2026,
        has_deliverable_contact=reachable,
        has_decision_maker=reachable and rng.random() < 0.5,
        has_phone=True,
        is_relevant=True,
        distance_meters=24_000 * math.sqrt(rng.random()),
        radius_meters=24_000,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_tiers_of_ordinary_businesses_spread(kind: Any) -> None:
    rng = random.Random(20)
    tiers = Counter(score(ordinary(rng), Offer(kind=kind)).tier for _ in range(3_000))
    share = {tier: tiers[tier] / 3_000 for tier in "ABCD"}
    assert 0.10 <= share["A"] <= 0.25, share
    assert 0.35 <= share["B"] <= 0.62, share
    assert 0.18 <= share["C"] <= 0.40, share
    assert share["D"] < 0.15, share
