"""The tree of tiles over a circle: nothing is missed, nothing is searched twice, few searches are wasted."""

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadgen.domain.discovery.tiling import (
    Tile,
    TileState,
    after_search,
    fewest_tiles,
    first_tiles,
    touches,
)
from leadgen.domain.geo import EARTH_RADIUS_METERS, Circle, Point, Rectangle, distance_meters

CAP = 60
FLOOR_METERS = 100.0
AUSTIN = Circle.of_miles(Point(30.2672, -97.7431), 25)

circles = st.builds(
    Circle,
    st.builds(Point, st.floats(-66, 66), st.floats(-170, 170)),
    st.floats(500, 160_934.4),
)
unit = st.floats(0, 1)


def at(circle: Circle, turn: float, share: float) -> Point:
    """The point in direction `turn` (of a full turn) at `share` of the radius, by the spherical law of cosines."""
    bearing, angle = 2 * math.pi * turn, share * circle.radius_meters / EARTH_RADIUS_METERS
    lat = math.radians(circle.center.latitude)
    lat2 = math.asin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing))
    lng2 = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(lat), math.cos(angle) - math.sin(lat) * math.sin(lat2)
    )
    return Point(math.degrees(lat2), circle.center.longitude + math.degrees(lng2))


def leaves(circle: Circle, depth: int) -> list[Tile]:
    tiles = list(first_tiles(circle))
    for _ in range(depth):
        tiles = [child for tile in tiles for child in after_search(tile, CAP, CAP, circle, 0.001)[1]]
    return tiles


def clustered(circle: Circle, count: int, seed: int) -> list[Point]:
    """Places as they lie: half in a few dense quarters, half anywhere."""
    rng = random.Random(seed)
    centers = [at(circle, rng.random(), rng.random() * 0.7) for _ in range(6)]
    points: list[Point] = []
    while len(points) < count:
        if rng.random() < 0.5:
            center = rng.choice(centers)
            point = Point(center.latitude + rng.gauss(0, 0.01), center.longitude + rng.gauss(0, 0.01))
        else:
            point = at(circle, rng.random(), math.sqrt(rng.random()))
        if circle.contains(point):
            points.append(point)
    return points


def discover(circle: Circle, points: Sequence[Point]) -> tuple[set[int], dict[str, TileState]]:
    """A discovery against a vendor that returns at most CAP of what lies in the box."""
    found: set[int] = set()
    states: dict[str, TileState] = {}
    queue = list(first_tiles(circle))
    while queue:
        tile = queue.pop()
        hits = [n for n, point in enumerate(points) if tile.box.contains(point)][:CAP]
        found.update(hits)
        states[tile.path], children = after_search(tile, len(hits), CAP, circle, FLOOR_METERS)
        queue += children
    return found, states


@given(circles, unit, unit, st.integers(0, 10))
def test_every_point_of_the_circle_is_in_exactly_one_leaf(
    circle: Circle, turn: float, share: float, depth: int
) -> None:
    point = at(circle, turn, share * 0.999_999)
    assert sum(leaf.box.contains(point) for leaf in leaves(circle, depth)) == 1


@given(circles)
def test_leaves_outside_the_circle_are_not_searched(circle: Circle) -> None:
    corners = [leaf for leaf in leaves(circle, 6) if not touches(circle, leaf.box)]
    assert corners == []
    assert len(leaves(circle, 6)) < 64


@given(circles, st.integers(0, 10))
def test_tiles_stay_near_to_squares(circle: Circle, depth: int) -> None:
    for leaf in leaves(circle, depth):
        box, middle = leaf.box, leaf.box.center
        height = distance_meters(Point(box.south, middle.longitude), Point(box.north, middle.longitude))
        width = distance_meters(Point(middle.latitude, box.west), Point(middle.latitude, box.east))
        assert max(height, width) <= 2.1 * min(height, width)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 1_500))
def test_all_places_are_found_under_the_cap(seed: int, count: int) -> None:
    points = clustered(AUSTIN, count, seed)
    found, states = discover(AUSTIN, points)
    assert len(found) == count
    assert "saturated" not in states.values()


@pytest.mark.parametrize("seed", range(3))
def test_five_thousand_places_take_hardly_more_tiles_than_any_cover_needs(seed: int) -> None:
    points = [at(AUSTIN, rng.random(), math.sqrt(rng.random())) for rng in [random.Random(seed)] for _ in range(5_000)]
    found, states = discover(AUSTIN, points)
    assert len(found) == 5_000
    read_to_the_end = sum(state != "split" for state in states.values())
    assert read_to_the_end <= 1.5 * fewest_tiles(5_000, CAP)


def test_five_thousand_places_in_clusters_take_few_more() -> None:
    found, states = discover(AUSTIN, clustered(AUSTIN, 5_000, 3))
    assert len(found) == 5_000
    read_to_the_end = sum(state != "split" for state in states.values())
    assert read_to_the_end <= 1.8 * fewest_tiles(5_000, CAP)


@pytest.mark.parametrize(("places", "tiles"), [(0, 1), (59, 1), (60, 2), (5_000, 85)])
def test_no_cover_has_fewer_tiles_than_its_places_fill(places: int, tiles: int) -> None:
    assert fewest_tiles(places, CAP) == tiles


def test_more_identical_places_than_the_cap_saturate_the_floor_and_end() -> None:
    tower = [Point(30.2672, -97.7431)] * 200
    found, states = discover(AUSTIN, tower)
    assert len(found) == CAP
    assert list(states.values()).count("saturated") == 1


def test_a_tile_at_the_floor_is_not_split() -> None:
    tile = first_tiles(Circle(Point(0, 0), 40.0))[0]
    assert after_search(tile, CAP, CAP, Circle(Point(0, 0), 40.0), FLOOR_METERS) == ("saturated", ())
    assert after_search(tile, CAP - 1, CAP, Circle(Point(0, 0), 40.0), FLOOR_METERS) == ("done", ())


def test_a_vendor_that_limits_the_width_gets_tiles_it_can_search() -> None:
    wide = Circle.of_miles(Point(30.2672, -97.7431), 100)
    tiles = first_tiles(wide, widest_meters=80_000)
    assert all(tile.circle_around().radius_meters <= 40_000 * 1.01 for tile in tiles)


@given(circles, unit, unit)
def test_the_circle_around_a_tile_holds_it(circle: Circle, north: float, east: float) -> None:
    tile = first_tiles(circle)[0]
    box = tile.box
    point = Point(box.south + north * (box.north - box.south), box.west + east * (box.east - box.west))
    around = tile.circle_around()
    assert distance_meters(around.center, point) <= around.radius_meters * 1.01


@pytest.mark.parametrize("latitude", [0.0, 45.0, 64.0])
def test_a_box_that_only_bulges_into_the_circle_is_touched(latitude: float) -> None:
    circle = Circle(Point(latitude, 0.0), 160_000)
    edge = at(circle, 0.25, 0.9999)  # due east the great circle leaves the parallel
    box = Rectangle(edge.latitude, edge.longitude - 1e-6, edge.latitude + 1, edge.longitude + 1)
    assert touches(circle, box)
