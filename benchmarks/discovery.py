"""How completely a circle is covered, and with how many searches, against Google's and Yelp's own limits.

    python benchmarks/discovery.py [--places N ...]

The sandbox's vendors answer in this process, over places scattered in and around 25 miles of Austin: evenly, half of them in
eight crowds, or three in four. `fewest` is how many tiles any cover needs, whatever its shapes: each shows all it holds only
below the vendor's maximum; the first `ratio` is of the tiles read to their end to that. `paid` are the calls that are paid,
`least` the pages that hold all places once, and the second `ratio` the one to the other; `free` are calls that cost nothing.
"""

import argparse
import asyncio
import math
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "assets"))

from listed_world import ListedWorld, Source, listings, scattered

from leadgen.domain.discovery.coverage import SearchedTile
from leadgen.domain.discovery.tiling import fewest_tiles
from leadgen.domain.geo import Circle, Point
from leadgen.providers.google_places import GooglePlaces
from leadgen.providers.yelp import Yelp
from leadgen_assets.discovery.catalogue import Catalogue, Found
from leadgen_assets.discovery.search import cover, google, yelp

AUSTIN = Circle.of_miles(Point(30.2672, -97.7431), 25)
CROWDED = {"even": 0.0, "half": 0.5, "crowds": 0.75}
PAGE = {"google_maps": 20, "yelp": 48}


@dataclass
class Pass:
    """What one pass over a source kept."""

    tiles: list[SearchedTile] = field(default_factory=list)
    kept: list[Found] = field(default_factory=list)
    catalogue: Catalogue = field(default_factory=lambda: Catalogue(AUSTIN, "dentists", None))

    async def take(self, tile: SearchedTile, found: list[Found]) -> None:
        """Keeps what is wanted."""
        self.tiles.append(tile)
        self.kept += self.catalogue.wanted(found)


async def measure(name: Source, places: int, crowded: float, seed: int) -> str:
    """One line of the table."""
    points = scattered(AUSTIN, places, seed, crowded=crowded)
    truth = sum(map(AUSTIN.contains, points))
    world, made = ListedWorld(AUSTIN, listings(name, points)), Pass()
    sources = {
        "google_maps": google(GooglePlaces(world), "dentists", AUSTIN),
        "yelp": yelp(Yelp(world), "dentists", AUSTIN),
    }
    source = sources[name]
    await cover(AUSTIN, source, {}, made.take)
    outside = sum(not (found.listing.location and AUSTIN.contains(found.listing.location)) for found in made.kept)
    ends = sum(tile.state != "split" for tile in made.tiles)
    fewest, free = fewest_tiles(len(points), source.cap), world.calls["probe"]
    paid, least = world.calls.total() - free, math.ceil(len(points) / PAGE[name])
    return (
        f"{len(made.kept) / truth:8.2%} {outside:8} {ends:6} {fewest:7} {ends / fewest:6.2f} {paid:6} {least:6}"
        f" {paid / least:6.2f} {free:6}"
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", type=int, nargs="*", default=[200, 1_000, 5_000, 10_000])
    asked = parser.parse_args()
    print("source       places lie        recall  outside  tiles  fewest  ratio  paid  least  ratio   free")
    for name in ("google_maps", "yelp"):
        for places in asked.places:
            for lie, crowded in CROWDED.items():
                line = asyncio.run(measure(name, places, crowded, seed=places))
                print(f"{name:11} {places:7} {lie:8} {line}", flush=True)


if __name__ == "__main__":
    main()
