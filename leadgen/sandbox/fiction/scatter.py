"""Where businesses stand: crowded downtown, in clusters along the way, thin elsewhere."""

import math
import random

from leadgen.domain.geo import EARTH_RADIUS_METERS, Circle, Point, distance_meters

EDGE_METERS = 150.0  # kept free on both sides of the circle's edge, so that no listing's jitter crosses it
_METERS_PER_DEGREE = math.radians(1) * EARTH_RADIUS_METERS


def moved(point: Point, east_meters: float, north_meters: float) -> Point:
    """A point that far away on a locally flat earth, rounded to 6 decimals (11 cm) as sources round."""
    meters_per_degree_east = _METERS_PER_DEGREE * math.cos(math.radians(point.latitude))
    return Point(
        round(point.latitude + north_meters / _METERS_PER_DEGREE, 6),
        round(point.longitude + east_meters / meters_per_degree_east, 6),
    )


def jittered(rng: random.Random, point: Point, circle: Circle, meters: float = 60.0) -> Point:
    """Up to `meters` away, on the same side of the circle's edge: a source's error never changes who is inside."""
    bearing, distance = rng.uniform(0, math.tau), meters * math.sqrt(rng.random())
    candidate = moved(point, distance * math.cos(bearing), distance * math.sin(bearing))
    return candidate if circle.contains(candidate) == circle.contains(point) else point


class Town:
    """A circle with its hot spots. Gives places inside it and in the ring around it, no two the same."""

    def __init__(self, rng: random.Random, circle: Circle) -> None:
        self._rng = rng
        self._circle = circle
        self._edge = min(EDGE_METERS, circle.radius_meters * 0.1)
        self._taken: set[Point] = set()
        radius = circle.radius_meters
        downtown = (circle.center, radius * 0.1)
        clusters = [
            (self._disc_point(radius * 0.9), radius * rng.uniform(0.02, 0.06)) for _ in range(rng.randint(7, 12))
        ]
        self._spots = [downtown, *clusters]
        self._weights = [4.0, *(rng.uniform(0.3, 1.5) for _ in clusters)]

    def inside(self) -> Point:
        """A place within the circle: three in four near a hot spot."""
        while True:
            if self._rng.random() < 0.25:
                point = self._disc_point(self._circle.radius_meters)
            else:
                center, spread = self._rng.choices(self._spots, self._weights)[0]
                point = moved(center, self._rng.gauss(0, spread), self._rng.gauss(0, spread))
            near_enough = distance_meters(self._circle.center, point) <= self._circle.radius_meters - self._edge
            if near_enough and self._take(point):
                return point

    def around(self) -> Point:
        """A place outside the circle, up to 1.6 radii from its center."""
        radius = self._circle.radius_meters
        while True:
            bearing = self._rng.uniform(0, math.tau)
            distance = self._rng.uniform(radius + self._edge, radius * 1.6 + self._edge)
            point = moved(self._circle.center, distance * math.cos(bearing), distance * math.sin(bearing))
            if distance_meters(self._circle.center, point) > radius + self._edge / 2 and self._take(point):
                return point

    def _disc_point(self, radius: float) -> Point:
        bearing, distance = self._rng.uniform(0, math.tau), radius * math.sqrt(self._rng.random())
        return moved(self._circle.center, distance * math.cos(bearing), distance * math.sin(bearing))

    def _take(self, point: Point) -> bool:
        if point in self._taken:
            return False
        self._taken.add(point)
        return True
