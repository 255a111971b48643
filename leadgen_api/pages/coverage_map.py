"""The tiles of a coverage certificate as a drawing: boxes in a square of 100 by 100, north above."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from leadgen_api.discovery.schemas import Coverage

SIDE = 100.0


@dataclass(frozen=True, slots=True)
class Box:
    """One tile as it is drawn, and what a reader is told of it."""

    x: float
    y: float
    width: float
    height: float
    state: str
    words: str


def boxes_of(coverage: Coverage, source: str) -> list[Box]:
    """One source's tiles, of those searched to their end."""
    tiles = [
        (feature["geometry"]["coordinates"][0], feature["properties"])
        for feature in coverage.map["features"]
        if feature["properties"]["source"] == source
    ]
    if not tiles:
        return []
    points = [(longitude, _mercator(latitude)) for ring, _ in tiles for longitude, latitude in ring]
    west, north = min(x for x, _ in points), max(y for _, y in points)
    scale = SIDE / max(max(x for x, _ in points) - west, north - min(y for _, y in points))

    def drawn() -> Iterator[Box]:
        for ring, told in tiles:
            left, right = ring[0][0], ring[1][0]
            bottom, top = _mercator(ring[0][1]), _mercator(ring[2][1])
            yield Box(
                round((left - west) * scale, 2),
                round((north - top) * scale, 2),
                round((right - left) * scale, 2),
                round((top - bottom) * scale, 2),
                told["state"],
                f"{told['found']} results, {told['inside']} kept" + (", more hidden" * (told["state"] == "saturated")),
            )

    return list(drawn())


def _mercator(latitude: float) -> float:
    """Degrees north as a map draws them, so that a circle stays one."""
    return math.degrees(math.asinh(math.tan(math.radians(latitude))))
