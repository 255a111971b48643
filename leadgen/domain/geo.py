"""Places on the globe: points in degrees (WGS 84), distances in meters."""

import math
from dataclasses import dataclass

EARTH_RADIUS_METERS = 6_371_008.8  # mean radius, IUGG
METERS_PER_MILE = 1_609.344


@dataclass(frozen=True, slots=True)
class Point:
    """A place: latitude -90..90, longitude -180..180, degrees."""

    latitude: float
    longitude: float


def distance_meters(a: Point, b: Point) -> float:
    """Great-circle distance by the haversine formula, which stays exact for short distances."""
    lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
    d_lat = lat_b - lat_a
    d_lng = math.radians(b.longitude - a.longitude)
    h = math.sin(d_lat / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(d_lng / 2) ** 2
    return 2 * EARTH_RADIUS_METERS * math.asin(min(1.0, math.sqrt(h)))


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A box between two parallels and two meridians. Does not cross the antimeridian."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, point: Point) -> bool:
        """Half open (south and west belong, north and east do not), so that tiles share no point."""
        return self.south <= point.latitude < self.north and self.west <= point.longitude < self.east

    def quarters(self) -> tuple["Rectangle", "Rectangle", "Rectangle", "Rectangle"]:
        """The four equal boxes of a quadtree: south-west, south-east, north-west, north-east."""
        lat = (self.south + self.north) / 2
        lng = (self.west + self.east) / 2
        return (
            Rectangle(self.south, self.west, lat, lng),
            Rectangle(self.south, lng, lat, self.east),
            Rectangle(lat, self.west, self.north, lng),
            Rectangle(lat, lng, self.north, self.east),
        )

    @property
    def center(self) -> Point:
        """The middle of the box."""
        return Point((self.south + self.north) / 2, (self.west + self.east) / 2)

    @property
    def diagonal_meters(self) -> float:
        """From the south-west to the north-east corner."""
        return distance_meters(Point(self.south, self.west), Point(self.north, self.east))


@dataclass(frozen=True, slots=True)
class Circle:
    """All points within `radius_meters` of the center."""

    center: Point
    radius_meters: float

    @classmethod
    def of_miles(cls, center: Point, miles: float) -> "Circle":
        """A circle whose radius is given in miles."""
        return cls(center, miles * METERS_PER_MILE)

    def contains(self, point: Point) -> bool:
        """Whether the great-circle distance is within the radius."""
        return distance_meters(self.center, point) <= self.radius_meters

    def bounding_box(self) -> Rectangle:
        """The smallest box between parallels and meridians that holds the circle."""
        d_lat = math.degrees(self.radius_meters / EARTH_RADIUS_METERS)
        south, north = self.center.latitude - d_lat, self.center.latitude + d_lat
        widest = math.cos(math.radians(max(abs(south), abs(north))))
        d_lng = d_lat / max(widest, 1e-6)
        return Rectangle(
            max(south, -90.0),
            max(self.center.longitude - d_lng, -180.0),
            min(north, 90.0),
            min(self.center.longitude + d_lng, 180.0),
        )
