"""Listings are found by words and place as a plain scan would find them, only faster."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.geo import Circle, Point, Rectangle
from leadgen.sandbox.search import ListingIndex, Matches, Query, stem, stems
from leadgen.sandbox.world import VendorListing

DEGREES = st.floats(-0.5, 0.5, allow_nan=False)
POINTS = st.builds(lambda lat, lng: Point(30 + lat, -97 + lng), DEGREES, DEGREES)


def listing(
    number: int, *, name: str = "Somebody", category: str = "dentist", at: Point | None = None
) -> VendorListing:
    return VendorListing(
        source="google_maps",
        source_id=f"id{number:05}",
        business_id=f"b{number}",
        name=name,
        category=category,
        category_title=category.replace("_", " ").title(),
        phone=None,
        website=None,
        street=None,
        city="Austin",
        state="TX",
        zip_code=None,
        country="US",
        location=at or Point(30.0, -97.0),
        rating=None,
        review_count=0,
        is_closed=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ("dentist", "dentists", "dental", "dentistry"),
        ("plumber", "plumbers", "plumbing"),
        ("bakery", "bakeries", "baker"),
        ("attorney", "attorneys"),
        ("electrician", "electricians"),
    ],
)
def test_words_of_one_trade_have_one_stem(words: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words}) == 1


def test_a_query_is_parted_into_what_and_where() -> None:
    assert Query.of("best dentists near Austin, TX") == Query(stems("dentist"), "Austin, TX")
    assert Query.of("hair salons") == Query(stems("hair salon"), "")


@given(st.lists(POINTS, max_size=40), POINTS, POINTS)
def test_the_grid_finds_in_a_box_what_a_scan_finds(points: list[Point], a: Point, b: Point) -> None:
    found = Matches([listing(number, at=point) for number, point in enumerate(points)])
    south, north = sorted((a.latitude, b.latitude))
    west, east = sorted((a.longitude, b.longitude))
    inside = [
        entry
        for entry in found.listings
        if south <= entry.location.latitude <= north and west <= entry.location.longitude <= east
    ]

    assert found.within(Rectangle(south, west, north, east)) == inside
    assert found.within(Rectangle(south, west, north, east), 3) == inside[:3]


@given(st.lists(POINTS, max_size=40), POINTS, st.floats(0, 60_000))
def test_the_grid_finds_in_a_circle_what_a_scan_finds(points: list[Point], center: Point, radius: float) -> None:
    circle = Circle(center, radius)
    found = Matches([listing(number, at=point) for number, point in enumerate(points)])

    assert found.around(circle) == [entry for entry in found.listings if circle.contains(entry.location)]


def test_what_is_of_the_category_comes_first_and_is_never_left_out() -> None:
    others = [listing(number, name="Bright Smiles", category="plumber") for number in range(100, 300)]
    dentists = [listing(number) for number in range(50)]
    named = [listing(number, name="Dental Supplies", category="store") for number in range(60, 70)]
    found = ListingIndex([*others, *named, *dentists], seed=1).matching(stems("dentists")).listings

    assert list(found[:60]) == dentists + named
    assert 0 < len(found) - 60 < 30


def test_a_word_in_common_brings_up_a_share() -> None:
    salons = [listing(number, name="Nail Salon", category="nail_salon") for number in range(200)]
    found = ListingIndex(salons, seed=1).matching(stems("hair salon")).listings

    assert 20 < len(found) < 90


def test_a_word_that_nobody_has_finds_nothing() -> None:
    assert ListingIndex([listing(1)], seed=1).matching(stems("zeppelins")).listings == []
