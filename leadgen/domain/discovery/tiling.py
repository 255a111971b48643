"""Covering a circle with searches that return only so many results each.

A search that returns the vendor's maximum hides the rest, so its tile is split into four (a quadtree) until every tile
returns less or is as small as the floor. Tiles are known by their path, so that an interrupted discovery goes on
where it was: `""` is the box around the circle, then one digit a level (0 south-west, 1 south-east, 2 north-west,
3 north-east).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from leadgen.domain.geo import Circle, Point, Rectangle, distance_meters

TileState = Literal["done", "split", "saturated"]

GOOGLE_CAP = 60  # results of one text search over all its pages
YELP_CAP = 240
_MARGIN_DEGREES = 1e-7  # about a centimeter: boxes are half open, the circle's northernmost point belongs to one too


@dataclass(frozen=True, slots=True)
class Tile:
    """A box of the quadtree over a circle; `path` as the module says."""

    path: str
    box: Rectangle

    def quarters(self) -> tuple["Tile", "Tile", "Tile", "Tile"]:
        """The four tiles of the next level."""
        south_west, south_east, north_west, north_east = self.box.quarters()
        return (
            Tile(self.path + "0", south_west),
            Tile(self.path + "1", south_east),
            Tile(self.path + "2", north_west),
            Tile(self.path + "3", north_east),
        )

    def circle_around(self) -> Circle:
        """The smallest circle around the tile's center that holds the tile: for vendors that search circles."""
        center, box = self.box.center, self.box
        corners = (
            Point(box.south, box.west),
            Point(box.south, box.east),
            Point(box.north, box.west),
            Point(box.north, box.east),
        )
        return Circle(center, max(distance_meters(center, corner) for corner in corners))


def first_tiles(circle: Circle, widest_meters: float = math.inf) -> tuple[Tile, ...]:
    """The tiles to search first: one around the circle, or smaller ones where a vendor limits the width of a search.

    `widest_meters` is the longest diagonal a tile may have (twice the radius that the vendor allows).
    """
    tiles = [_root(circle)]
    while any(tile.box.diagonal_meters > widest_meters for tile in tiles):
        tiles = [quarter for tile in tiles for quarter in tile.quarters() if touches(circle, quarter.box)]
    return tuple(tiles)


def after_search(
    tile: Tile, found: int, cap: int, circle: Circle, floor_meters: float
) -> tuple[TileState, tuple[Tile, ...]]:
    """What a search that returned `found` results of at most `cap` means for its tile, and the tiles to search next.

    `done`: all there is was returned. `split`: the maximum was returned, search the children. `saturated`: the maximum
    was returned, and children would have a diagonal shorter than `floor_meters`; some results stay hidden.
    """
    if found < cap:
        return "done", ()
    if tile.box.diagonal_meters / 2 < floor_meters:
        return "saturated", ()
    return "split", tuple(quarter for quarter in tile.quarters() if touches(circle, quarter.box))


def tiles_left(circle: Circle, states: Mapping[str, TileState], widest_meters: float = math.inf) -> tuple[Tile, ...]:
    """The tiles still to search, given by path the states of those that were: where a discovery goes on."""
    left: list[Tile] = []
    seen = list(first_tiles(circle, widest_meters))
    while seen:
        tile = seen.pop()
        state = states.get(tile.path)
        if state is None:
            left.append(tile)
        elif state == "split":
            seen += [quarter for quarter in tile.quarters() if touches(circle, quarter.box)]
    return tuple(sorted(left, key=lambda tile: (len(tile.path), tile.path)))


def touches(circle: Circle, box: Rectangle) -> bool:
    """Whether any point of the box lies inside the circle, exactly on the sphere.

    Of a meridian, the point nearest to the center lies poleward of the center's own parallel, at
    tan(lat) = tan(center lat) / cos(difference of longitude). For circles of 100 miles that matters.
    """
    center = circle.center
    nearest_longitude = min(max(center.longitude, box.west), box.east)
    across = math.radians(center.longitude - nearest_longitude)
    latitude = math.degrees(math.atan2(math.sin(math.radians(center.latitude)), _cos_product(center, across)))
    return circle.contains(Point(min(max(latitude, box.south), box.north), nearest_longitude))


def _cos_product(center: Point, across: float) -> float:
    return math.cos(math.radians(center.latitude)) * math.cos(across)


def _root(circle: Circle) -> Tile:
    box = circle.bounding_box()
    return Tile(
        "",
        Rectangle(
            box.south - _MARGIN_DEGREES,
            box.west - _MARGIN_DEGREES,
            box.north + _MARGIN_DEGREES,
            box.east + _MARGIN_DEGREES,
        ),
    )
