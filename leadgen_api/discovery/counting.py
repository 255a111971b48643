"""How many places a source holds in a circle, from few looks at tiles: the full ones are followed down one of their halves.

The estimate of a tree's size by random descents (Knuth 1975, Math. Comp. 29): a half taken by chance stands for both. It
begins below several full tiles, so that crowded and thin parts are both looked at, and both halves are always counted.
"""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from leadgen.domain.discovery.estimate_size import Range
from leadgen.domain.discovery.tiling import Tile, first_tiles, may_split, touches
from leadgen.domain.geo import Circle, Point

_BEGIN_BELOW = 24  # full tiles: each is followed down by itself
_GRID = 8  # points a side, at which it is looked how much of a tile lies in the circle
_SPREAD = 0.6  # a descent's usual error, relative to what it finds: measured on crowded towns
_EDGE_SPREAD = 1.0  # how unevenly the places of a tile lie on both sides of the circle's edge

Count = Callable[[Tile], Awaitable[int]]  # how many places a tile holds, the cap where it is full


@dataclass(slots=True)
class _Tally:
    """Places counted so far, and by how much the count may be wrong."""

    places: float = 0.0
    error: float = 0.0


async def count_places(circle: Circle, count: Count, cap: int, floor_meters: float, seed: int = 1) -> Range:
    """The places in the circle. Asks `count` of some two hundred tiles at most; of as few as three where few places are."""
    rng = random.Random(seed)  # noqa: S311  # chooses which half is looked at
    tally = _Tally()
    full: Sequence[Tile] = first_tiles(circle)
    full = await _look(circle, full, count, cap, floor_meters, tally)
    while full and len(full) < _BEGIN_BELOW:
        halves = [half for tile in full for half in tile.halves() if touches(circle, half.box)]
        full = await _look(circle, halves, count, cap, floor_meters, tally)
    descents = await asyncio.gather(*(_descend(circle, tile, count, cap, floor_meters, rng) for tile in full))
    likely = tally.places + sum(descents)
    error = tally.error + _SPREAD * math.sqrt(sum(found**2 for found in descents))
    return Range(max(0.0, likely - error), likely, likely + error)


async def _descend(
    circle: Circle, tile: Tile, count: Count, cap: int, floor_meters: float, rng: random.Random
) -> float:
    found, stands_for = 0.0, 1
    while True:
        tally = _Tally()
        halves = [half for half in tile.halves() if touches(circle, half.box)]
        full = await _look(circle, halves, count, cap, floor_meters, tally)
        found += stands_for * tally.places
        if not full:
            return found
        stands_for *= len(full)
        tile = rng.choice(full)


async def _look(
    circle: Circle, tiles: Sequence[Tile], count: Count, cap: int, floor_meters: float, tally: _Tally
) -> list[Tile]:
    """Counts tiles into the tally, as much of each as lies in the circle; returns those that are full instead."""
    full = []
    for tile, found in zip(tiles, await asyncio.gather(*map(count, tiles)), strict=True):
        if found >= cap and may_split(tile, floor_meters):
            full.append(tile)
        else:
            share = _share_inside(circle, tile)
            tally.places += found * share
            tally.error += _EDGE_SPREAD * found * share * (1 - share)
    return full


def _share_inside(circle: Circle, tile: Tile) -> float:
    box = tile.box
    steps = [(step + 0.5) / _GRID for step in range(_GRID)]
    points = [
        Point(box.south + up * (box.north - box.south), box.west + along * (box.east - box.west))
        for up in steps
        for along in steps
    ]
    return sum(map(circle.contains, points)) / len(points)
