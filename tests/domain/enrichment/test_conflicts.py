"""Whom to believe where sources differ, and that nobody's word is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.enrichment.conflicts import PRECEDENCE, Claim, decide, title_conflicts
from leadgen.domain.enrichment.contacts import Candidate

ONE, TWO, THREE = "+15124780143", "+15124780144", "+15124780145"


def test_the_sites_own_number_holds_over_googles_over_yelps() -> None:
    decision = decide("phone", [Claim("yelp", THREE, 3), Claim("google_maps", TWO, 2), Claim("site", ONE, 1)])
    assert decision is not None
    assert decision.chosen == Claim("site", ONE, 1)
    assert decision.others == (Claim("google_maps", TWO, 2), Claim("yelp", THREE, 3))
    assert decision.chosen_by == "site before google_maps, yelp for phone"
    without_site = decide("phone", [Claim("yelp", THREE, 3), Claim("google_maps", TWO, 2)])
    assert without_site is not None
    assert without_site.chosen.value == TWO


def test_of_a_sites_several_numbers_the_one_that_another_source_knows_holds() -> None:
    decision = decide("phone", [Claim("site", ONE), Claim("site", TWO), Claim("google_maps", "(512) 478-0144")])
    assert decision is not None
    assert decision.chosen.value == TWO
    assert (decision.agreeing, decision.others) == (("google_maps",), ())


@pytest.mark.parametrize(
    ("site", "google", "agree"),
    [
        ("1204 South Lamar Boulevard, Austin, TX 78704", "1204 S Lamar Blvd", True),
        ("1204 S Lamar Blvd", "1210 S Lamar Blvd", False),
        ("Suite 5, 1204 S Lamar Blvd", "1204 S Lamar Blvd #7", True),
    ],
)
def test_addresses_differ_where_their_house_numbers_do(site: str, google: str, agree: bool) -> None:
    decision = decide("address", [Claim("site", site), Claim("google_maps", google)])
    assert decision is not None
    assert (decision.others == ()) is agree


def test_nothing_said_decides_nothing() -> None:
    assert decide("phone", []) is None
    assert decide("phone", [Claim("site", "call us"), Claim("an oracle", ONE)]) is None


def test_titles_of_one_person_are_compared_across_sources() -> None:
    found = [
        Candidate("Ana Ruiz", "Owner", None, "site"),
        Candidate("Ana M. Ruiz", "Dentist", "ana@lamar.example", "hunter"),
        Candidate("Ben Cole", "Manager", "ben@lamar.example", "hunter"),
    ]
    conflicts = title_conflicts(found, {"site": 1, "hunter": 2}.get)
    assert [(c.chosen, c.others) for c in conflicts] == [(Claim("site", "Owner", 1), (Claim("hunter", "Dentist", 2),))]


claims = st.builds(
    Claim, st.sampled_from([*PRECEDENCE["phone"], "unknown"]), st.sampled_from([ONE, TWO, THREE, "none"])
)


@given(st.lists(claims, max_size=8))
def test_the_most_trusted_speaker_holds_each_other_speaker_agrees_or_is_kept(said: list[Claim]) -> None:
    decision = decide("phone", said)
    speakers = {c.source for c in said if c.source in PRECEDENCE["phone"] and c.value != "none"}
    if decision is None:
        assert not speakers
        return
    first = min(speakers, key=PRECEDENCE["phone"].index)
    assert decision.chosen.source == first
    assert decision.chosen in said
    assert {first, *decision.agreeing, *(c.source for c in decision.others)} == speakers
    assert len(speakers) == 1 + len(decision.agreeing) + len(decision.others)
    assert all(c.value != decision.chosen.value for c in decision.others)
