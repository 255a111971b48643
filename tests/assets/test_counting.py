"""How many places there are is told from few free looks: near to the truth, and with an interval that says how near."""

from typing import Any

import pytest
from listed_world import ListedWorld, listings, scattered

from leadgen.domain.discovery.estimate_size import Range
from leadgen.domain.discovery.tiling import GOOGLE_CAP, Tile
from leadgen.domain.geo import Circle, Point
from leadgen.errors import VendorRefused
from leadgen.providers.calls import Answer, Operation, Request
from leadgen.providers.google_places import GooglePlaces
from leadgen_api.discovery.counting import count_places

AUSTIN = Circle.of_miles(Point(30.2672, -97.7431), 25)
FLOOR_METERS = 150.0


async def counted(places: int, crowded: float, seed: int) -> tuple[Range, int, ListedWorld]:
    """The count, the truth, and the world that was asked. As many places lie around the circle as in it."""
    points = scattered(AUSTIN, 2 * places, seed, crowded=crowded, reach=1.5)
    world = ListedWorld(AUSTIN, listings("google_maps", points))
    google = GooglePlaces(world)

    async def count(tile: Tile) -> int:
        return await google.count("dentists", tile.box)

    told = await count_places(AUSTIN, count, GOOGLE_CAP, FLOOR_METERS)
    return told, sum(map(AUSTIN.contains, points)), world


@pytest.mark.parametrize("places", [50, 400, 1_000])
@pytest.mark.parametrize("crowded", [0.0, 0.5])
async def test_the_interval_of_a_count_holds_the_truth(places: int, crowded: float) -> None:
    told, truth, _ = await counted(places, crowded, seed=places)
    assert told.low <= truth <= told.high
    if places >= 400:
        assert told.likely == pytest.approx(truth, rel=0.1)


async def test_a_count_of_thousands_asks_for_less_than_finding_them_would() -> None:
    told, truth, world = await counted(5_000, 0.0, seed=1)
    assert told.likely == pytest.approx(truth, rel=0.15)
    assert world.calls["probe"] == world.calls.total()
    assert world.calls.total() < 600


async def test_an_empty_circle_takes_one_look() -> None:
    world = ListedWorld(AUSTIN, [])
    google = GooglePlaces(world)

    async def count(tile: Tile) -> int:
        return await google.count("dentists", tile.box)

    assert await count_places(AUSTIN, count, GOOGLE_CAP, FLOOR_METERS) == Range(0, 0, 0)
    assert world.calls.total() == 1


class StaleTokens(ListedWorld):
    """Refuses every later page, as Google does when a stored page's token has gone stale."""

    async def ask(self, operation: Operation, request: Request, *arguments: Any, **options: Any) -> Answer[Any]:
        """As its parent, but for later pages."""
        if "pageToken" in request.body:
            raise VendorRefused("google_places", operation.name, "the token is stale", http_status=400)
        return await super().ask(operation, request, *arguments, **options)


async def test_a_stale_token_ends_a_count_at_what_was_seen() -> None:
    points = scattered(AUSTIN, 200, seed=1, crowded=0.0)
    google = GooglePlaces(StaleTokens(AUSTIN, listings("google_maps", points)))
    assert await google.count("dentists", AUSTIN.bounding_box()) == 20
