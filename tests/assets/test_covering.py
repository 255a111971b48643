"""Covering a circle against vendors that hide what is beyond their maximum: all is found, little paid, nothing asked twice."""

import pytest
from listed_world import ListedWorld, listings, scattered

from leadgen.domain.discovery.coverage import SearchedTile
from leadgen.domain.discovery.tiling import GOOGLE_CAP, fewest_tiles
from leadgen.domain.geo import Circle, Point
from leadgen.errors import VendorUnavailable
from leadgen.providers.google_places import GooglePlaces
from leadgen.providers.yelp import Yelp
from leadgen_assets.discovery.catalogue import Catalogue, Found
from leadgen_assets.discovery.search import Source, TilePath, cover, google, yelp

AUSTIN = Circle.of_miles(Point(30.2672, -97.7431), 25)
PLACES = 5_000


class Discovery:
    """What a pass over one source keeps."""

    def __init__(self, circle: Circle = AUSTIN) -> None:
        self.circle = circle
        self.catalogue = Catalogue(circle, "dentists", None)
        self.tiles: dict[TilePath, SearchedTile] = {}
        self.kept: list[Found] = []

    async def take(self, tile: SearchedTile, found: list[Found]) -> None:
        self.tiles[tile.source, tile.path] = tile
        self.kept += self.catalogue.wanted(found)

    async def run(self, source: Source) -> None:
        await cover(self.circle, source, dict(self.tiles), self.take)

    def states(self, state: str) -> int:
        return sum(tile.state == state for tile in self.tiles.values())


def inside(points: list[Point]) -> int:
    return sum(map(AUSTIN.contains, points))


@pytest.mark.parametrize("crowded", [0.0, 0.5])
async def test_google_finds_all_five_thousand_and_nobody_outside(crowded: float) -> None:
    points = scattered(AUSTIN, PLACES, seed=1, crowded=crowded)
    world, discovery = ListedWorld(AUSTIN, listings("google_maps", points)), Discovery()
    await discovery.run(google(GooglePlaces(world), "dentists", AUSTIN))
    locations = [one.listing.location for one in discovery.kept]
    assert len(discovery.kept) == inside(points)
    assert all(location and AUSTIN.contains(location) for location in locations)
    assert world.calls["search_text"] <= 1.3 * PLACES / 20, "pages of twenty: hardly more than hold them all"
    assert discovery.states("saturated") == 0


async def test_google_is_paid_for_tiles_that_show_all_they_hold_only() -> None:
    points = scattered(AUSTIN, PLACES, seed=2, crowded=0.0)
    world, discovery = ListedWorld(AUSTIN, listings("google_maps", points)), Discovery()
    await discovery.run(google(GooglePlaces(world), "dentists", AUSTIN))
    ends = discovery.states("done")
    assert ends <= 1.5 * fewest_tiles(PLACES, GOOGLE_CAP)
    assert world.calls["search_text"] == sum(
        -(-tile.found // 20) or 1 for tile in discovery.tiles.values() if tile.state == "done"
    )
    assert max(world.asked.values()) == 1


async def test_yelp_is_read_one_page_where_its_total_says_that_it_hides_more() -> None:
    points = scattered(AUSTIN, 2_000, seed=3, crowded=0.5)
    world, discovery = ListedWorld(AUSTIN, listings("yelp", points)), Discovery()
    await discovery.run(yelp(Yelp(world), "dentists", AUSTIN))
    assert len(discovery.kept) == inside(points)
    read_to_the_end = sum(
        -(-min(tile.found, 240) // 48) or 1 for tile in discovery.tiles.values() if tile.state == "done"
    )
    assert world.calls["search"] == read_to_the_end + discovery.states("split")


async def test_a_circle_wider_than_yelp_searches_is_covered_whole() -> None:
    wide = Circle.of_miles(AUSTIN.center, 100)
    points = [point for point in scattered(wide, 600, seed=4, crowded=0.0) if wide.contains(point)]
    world, discovery = ListedWorld(wide, listings("yelp", points)), Discovery(wide)
    await discovery.run(yelp(Yelp(world), "dentists", wide))
    assert len(discovery.kept) == len(points)


async def test_a_tower_with_more_than_the_maximum_is_read_as_far_as_it_goes_and_told() -> None:
    tower = listings("google_maps", [Point(30.2691, -97.7455)] * 100)
    world, discovery = ListedWorld(AUSTIN, tower), Discovery()
    await discovery.run(google(GooglePlaces(world), "dentists", AUSTIN))
    assert len(discovery.kept) == GOOGLE_CAP
    assert discovery.states("saturated") == 1


async def test_an_interrupted_discovery_does_not_look_at_split_tiles_again() -> None:
    found = listings("google_maps", scattered(AUSTIN, 600, seed=5, crowded=0.5))
    discovery, dying = Discovery(), ListedWorld(AUSTIN, found, dies_after=40)
    with pytest.raises(VendorUnavailable):
        await discovery.run(google(GooglePlaces(dying), "dentists", AUSTIN))
    before = {path for path, tile in discovery.tiles.items() if tile.state == "split"}
    assert before
    world = ListedWorld(AUSTIN, found)
    await discovery.run(google(GooglePlaces(world), "dentists", AUSTIN))
    whole = Discovery()
    fresh = ListedWorld(AUSTIN, found)
    await whole.run(google(GooglePlaces(fresh), "dentists", AUSTIN))
    assert discovery.tiles == whole.tiles
    assert world.calls["probe"] == fresh.calls["probe"] - 3 * len(before)
