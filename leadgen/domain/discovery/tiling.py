"""Covering a circle with searches that return only so many results each.

A search that returns the vendor's maximum hides the rest, so its tile is split across its longer side until every tile
returns less or is as small as the floor. Halves, not quarters: a half of a full tile is on average 69 % full (ln 2, as the
pages of any tree that splits in two), a quarter 46 %, and each tile that is not full costs calls. Tiles are known by their
path, so that an interrupted discovery goes on where it was: `""` is the box around the circle, then one letter a level for
the half that was taken (s, n, w, e).
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

from leadgen.domain.geo import Circle, Point, Rectangle, distance_meters

TileState = Literal["done", "split", "saturated"]

GOOGLE_CAP = 60  # results of one text search over all its pages
YELP_CAP = 240
_MARGIN_DEGREES = 1e-7  # about a centimeter: boxes are half open, the circle's northernmost point belongs to one too


@dataclass(frozen=True, slots=True)
class Tile:
    """A box of the tree over a circle; `path` as the module says."""

    path: str
    box: Rectangle

    def halves(self) -> tuple["Tile", "Tile"]:
        """The two tiles of the next level: across the longer side, so that tiles stay near to squares."""
        box, middle = self.box, self.box.center
        height = distance_meters(Point(box.south, middle.longitude), Point(box.north, middle.longitude))
        width = distance_meters(Point(middle.latitude, box.west), Point(middle.latitude, box.east))
        if height > width:
            return (
                Tile(self.path + "s", replace(box, north=middle.latitude)),
                Tile(self.path + "n", replace(box, south=middle.latitude)),
            )
        return (
            Tile(self.path + "w", replace(box, east=middle.longitude)),
            Tile(self.path + "e", replace(box, west=middle.longitude)),
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
        tiles = [half for tile in tiles for half in tile.halves() if touches(circle, half.box)]
    return tuple(tiles)


def after_search(
    tile: Tile, found: int, cap: int, circle: Circle, floor_meters: float
) -> tuple[TileState, tuple[Tile, ...]]:
    """What a search that returned `found` results of at most `cap` means for its tile, and the tiles to search next.

    `done`: all there is was returned. `split`: the maximum was returned, search the children. `saturated`: the maximum
    was returned, and the tile's diagonal is shorter than twice `floor_meters`; some results stay hidden.
    """
    if found < cap:
        return "done", ()
    if not may_split(tile, floor_meters):
        return "saturated", ()
    return "split", tuple(half for half in tile.halves() if touches(circle, half.box))


def may_split(tile: Tile, floor_meters: float) -> bool:
    """Whether a tile is large enough to be split."""
    return tile.box.diagonal_meters / 2 >= floor_meters


def fewest_tiles(places: int, cap: int) -> int:
    """How many tiles any cover needs, whatever its shapes: each shows all it holds only below the cap."""
    return max(1, math.ceil(places / (cap - 1)))


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
