"""The sandbox's listing vendors asked in this process, over as many made-up listings as wanted: no server, no database."""

import math
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from leadgen.domain.geo import EARTH_RADIUS_METERS, Circle, Point
from leadgen.errors import VendorUnavailable
from leadgen.providers.calls import Answer, Lookup, Operation, Receipt, Reply, Request, Sender
from leadgen.sandbox import google_places, wire, yelp
from leadgen.sandbox.lookup import Lookup as World
from leadgen.sandbox.world import VendorListing
from leadgen.sandbox.world import World as Truth

T = TypeVar("T")

Source = Literal["google_maps", "yelp"]


def scattered(circle: Circle, count: int, seed: int, *, crowded: float, reach: float = 1.0) -> list[Point]:
    """`count` points within `reach` radii: this share of them `crowded` around eight spots, the rest anywhere."""
    rng = random.Random(seed)

    def anywhere(furthest: float) -> Point:
        away = math.degrees(furthest * math.sqrt(rng.random()) * circle.radius_meters / EARTH_RADIUS_METERS)
        turn, latitude = rng.uniform(0, math.tau), circle.center.latitude
        east = away * math.cos(turn) / math.cos(math.radians(latitude))
        return Point(latitude + away * math.sin(turn), circle.center.longitude + east)

    spots = [anywhere(0.7) for _ in range(8)]
    spread = math.degrees(0.04 * circle.radius_meters / EARTH_RADIUS_METERS)
    points: list[Point] = []
    while len(points) < count:
        if rng.random() < crowded:
            spot = rng.choice(spots)
            points.append(Point(rng.gauss(spot.latitude, spread), rng.gauss(spot.longitude, spread)))
        else:
            points.append(anywhere(reach))
    return points


def listings(source: Source, points: list[Point]) -> list[VendorListing]:
    """A dentist at each point."""
    category = {"google_maps": "dentist", "yelp": "dentists"}[source]
    return [
        VendorListing(
            source, f"{source}-{n}", str(n), f"Dentist {n}", category, "Dentists", None, None, f"{n} Oak Street", "Austin",
            "TX", "78701", "US", point, 4.0, n % 400, is_closed=False,
        )
        for n, point in enumerate(points)
    ]  # fmt: skip


class ListedWorld:
    """Answers our clients from the sandbox's own code, and counts what they ask. `dies_after`: the call that finds nobody."""

    def __init__(self, circle: Circle, found: list[VendorListing], *, dies_after: int | None = None) -> None:
        lookup = World(Truth(1, "dentists", circle, {}, tuple(found), ()))
        self._answer = {
            "google_places": google_places.google_places(lookup).operations[0].answer,
            "yelp": yelp.yelp(lookup).operations[0].answer,
        }
        self._left = math.inf if dies_after is None else dies_after
        self.calls: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()

    async def ask(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        *,
        send: Sender | None = None,
        find: Lookup | None = None,
    ) -> Answer[T]:
        """One call, as the client layer makes it."""
        if self._left <= 0:
            raise VendorUnavailable(operation.vendor.name, operation.name, "the process is gone")
        self._left -= 1
        self.calls[operation.name] += 1
        self.asked[repr((operation.name, request.query, request.body))] += 1
        headers = {name.lower(): value for name, value in request.headers.items()}
        answered = self._answer[operation.vendor.name](
            wire.Request(request.method, request.path, request.query, headers, request.body)
        )
        reply = Reply(answered.status, answered.body.decode())
        receipt = Receipt(operation.vendor.name, operation.name, self.calls.total(), datetime.now(UTC), cached=False)
        return Answer(read(reply.json()), receipt)
