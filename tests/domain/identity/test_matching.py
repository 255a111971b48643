"""Pairs: what the score says, and why."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.discovery.listing import Listing
from leadgen.domain.geo import Point
from leadgen.domain.identity.matching import compare
from leadgen.domain.identity.records import Record

LAMAR = Record(
    id="google_maps:1",
    source="google_maps",
    name="Lamar Family Dental",
    address="1200 S Lamar Blvd",
    city="Austin",
    state="TX",
    postal_code="78704",
    phone="(512) 478-0143",
    website="https://lamarfamilydental.com/",
    latitude=30.2521,
    longitude=-97.7636,
    category="dentist",
)

maybe_text = st.none() | st.text(max_size=20)
records = st.builds(
    Record,
    id=st.text(min_size=1, max_size=5),
    source=st.sampled_from(["google_maps", "yelp"]),
    name=maybe_text | st.sampled_from(["Lamar Dental", "Lamar Dental 2", "Lamar Dentistry", "ผลดี", "Co Gos"]),
    address=maybe_text | st.sampled_from(["1200 S Lamar Blvd", "1204 S Lamar", "9 High St"]),
    city=maybe_text,
    postal_code=maybe_text,
    phone=maybe_text | st.sampled_from(["5124780143", "+15124780143", "(512) 478-9999"]),
    website=maybe_text | st.sampled_from(["lamar.com", "facebook.com/lamar"]),
    latitude=st.none() | st.floats(30, 30.01),
    longitude=st.none() | st.floats(-97.01, -97),
)


def test_two_spellings_of_one_business_are_the_same_and_the_reason_says_why() -> None:
    yelp = replace(
        LAMAR,
        id="yelp:a",
        source="yelp",
        name="Lamar Family Dentistry",
        address="1200 South Lamar Boulevard, Ste 4",
        phone="+15124780143",
        website=None,
        category="dentists",
    )
    match = compare(LAMAR, yelp)
    assert match.band == "same"
    assert "same phone" in match.reason
    assert "same address" in match.reason


def test_a_branch_elsewhere_is_another_business() -> None:
    branch = replace(
        LAMAR, id="google_maps:2", address="9020 Burnet Rd", postal_code="78758", phone="(512) 555-1999",
        latitude=30.3755, longitude=-97.7215,
    )  # fmt: skip
    match = compare(LAMAR, branch)
    assert match.band == "different"
    assert match.elsewhere


def test_two_practices_behind_one_door_are_not_merged() -> None:
    neighbour = replace(
        LAMAR, id="y", name="Zilker Family Dental", phone="(512) 478-7777", website="https://zilkerdental.com"
    )
    assert compare(LAMAR, neighbour).band != "same"


def test_a_shared_domain_alone_makes_nothing_the_same() -> None:
    a = Record(id="1", source="import", name="Lamar Dental", website="https://dso.com/lamar")
    b = Record(id="2", source="import", name="Barton Dental", website="https://dso.com/barton")
    assert compare(a, b).band == "different"


def test_nothing_known_is_never_the_same() -> None:
    assert compare(Record("1", "yelp"), Record("2", "google_maps")).band != "same"


@given(records, records)
def test_a_score_is_symmetric_and_between_0_and_1(a: Record, b: Record) -> None:
    assert compare(a, b).score == pytest.approx(compare(b, a).score, abs=1e-12)
    assert 0 <= compare(a, b).score <= 1


def test_a_listing_becomes_a_record() -> None:
    listing = Listing(
        source="yelp", source_id="x1", name="Lamar", zip_code="78704", location=Point(30.1, -97.2), country="US"
    )
    record = Record.of(listing)
    assert (record.id, record.postal_code, record.latitude, record.longitude) == ("yelp:x1", "78704", 30.1, -97.2)


class TestWhatSourcesGetWrong:
    def test_a_place_at_zero_zero_is_no_place(self) -> None:
        assert compare(LAMAR, replace(LAMAR, id="2", latitude=0.0, longitude=0.0)).band == "same"

    def test_swapped_coordinates_are_put_right_and_impossible_ones_ignored(self) -> None:
        here = replace(LAMAR, latitude=30.2477, longitude=-97.7679)
        assert compare(here, replace(here, latitude=-97.7679, longitude=30.2477)).band == "same"
        assert compare(here, replace(here, latitude=float("nan"), longitude=30.0)).band == "same"
        assert compare(here, replace(here, latitude=999.0, longitude=999.0)).band == "same"

    def test_one_name_in_two_cities_is_two_businesses_when_nothing_finer_is_known(self) -> None:
        houston = Record("1", "a", "Lone Star Cafe", city="Houston", state="TX")
        assert compare(houston, Record("2", "b", "Lone Star Cafe", city="Austin", state="Texas")).band != "same"
        assert compare(houston, Record("2", "b", "Lone Star Cafe", city="Houston", state="Texas")).band == "same"

    def test_one_name_in_two_states_is_two_businesses(self) -> None:
        texas = Record("1", "a", "Hochheimer Plumbing", state="TX")
        assert compare(texas, Record("2", "b", "Hochheimer Plumbing", state="Oregon")).band != "same"

    def test_initials_and_the_name_they_stand_for_are_alike(self) -> None:
        short = Record("1", "a", "IHOP", "1 Oak St", "Austin")
        assert compare(short, Record("2", "b", "International House of Pancakes", "1 Oak St", "Austin")).band == "same"

    def test_a_name_in_another_script_says_nothing(self) -> None:
        greek = Record("1", "a", "Ταβέρνα Νίκος", phone="+302101234567")
        assert compare(greek, Record("2", "b", "Taverna Nikos", phone="+302101234567")).band == "same"

    @pytest.mark.parametrize(
        "name", ["Smith Holdings LLC dba Lamar Family Dental", "Lamar Family Dental (formerly Oak)"]
    )
    def test_the_name_a_business_trades_under_counts(self, name: str) -> None:
        assert compare(Record("1", "a", "Lamar Family Dental"), Record("2", "b", name)).band == "same"

    def test_a_name_that_many_places_have_is_not_enough(self) -> None:
        playground = Record("1", "a", "Playground")
        assert compare(playground, replace(playground, id="2")).band == "review"
        here = replace(playground, latitude=30.25, longitude=-97.77)
        assert compare(here, replace(here, id="2")).band == "same"
