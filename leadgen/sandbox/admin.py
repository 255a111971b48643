"""The sandbox's own door, `/__sandbox`: what was called, what is true, and how the vendors shall misbehave.

    GET  /health, /state, /truth     seed; sizes and parked requests; what is true of the world
    GET  /calls                      per vendor: operations, fingerprints, most in flight, violations, bill
    POST /calls/reset
    PUT  /faults  {vendor: {latency_ms, error_rate, error_status, reset_rate, timeout_rate, outage, seed}}
    PUT  /limits  {vendor: {rates: [{requests, seconds, operation}], quota}}
    PUT  /webhooks {copies, shuffled, lost, held, seed}   how webhooks travel;  GET  what was sent, with its answers
    POST /webhooks/replay {number}   sends one again;  GET /webhooks/settled  answers when none is under way
    POST /clock   {seconds}          moves the vendors' time forward;  GET  what it is
    POST /hold    {vendor, after}    parks requests, but the first `after`;  POST /release {vendor}
    GET  /mail                       the ports of the mail server: {smtp, imap}, those that are open
    GET  /wait?vendor=&parked=&seconds=   answers when so many requests are parked

A PUT replaces the whole table: vendors that it does not name go back to normal. `*` stands for all that are not named.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from leadgen.sandbox.faults import Fault
from leadgen.sandbox.gate import House
from leadgen.sandbox.limits import Allowance
from leadgen.sandbox.webhooks import Delivery, Unreliability
from leadgen.sandbox.wire import Limit
from leadgen.sandbox.world import World


class BadOrder(ValueError):
    """What was asked of the sandbox cannot be done; the message says why."""


def routes(
    world: World, house: House, vendors: frozenset[str], describe: Callable[[World], Mapping[str, Any]]
) -> list[Route]:
    """The admin endpoints. `describe` tells the world's truth as JSON values."""

    async def health(_request: Request) -> Response:
        return _json({"status": "ok", "seed": world.seed})

    async def state(_request: Request) -> Response:
        parked = {name: house.holds.parked(name) for name in sorted(vendors) if house.holds.parked(name)}
        return _json({**counts(world), "parked": parked})

    async def calls(_request: Request) -> Response:
        return _json(house.calls.report())

    async def reset_calls(_request: Request) -> Response:
        house.calls.reset()
        return _json({"status": "ok"})

    async def truth(_request: Request) -> Response:
        return _json(describe(world))

    async def set_faults(request: Request) -> Response:
        table = _table(await request.body(), vendors)
        house.faults.replace({name: _fault(value) for name, value in table.items()})
        return _json({"status": "ok"})

    async def set_limits(request: Request) -> Response:
        table = _table(await request.body(), vendors)
        house.limits.replace({name: _allowance(value) for name, value in table.items()})
        return _json({"status": "ok"})

    async def hold(request: Request) -> Response:
        order = _order(await request.body(), vendors, {"vendor", "after"})
        house.holds.hold(order["vendor"], int(order.get("after", 0)))
        return _json({"status": "ok"})

    async def release(request: Request) -> Response:
        order = _order(await request.body(), vendors, {"vendor"})
        house.holds.release(order["vendor"])
        return _json({"status": "ok"})

    async def wait(request: Request) -> Response:
        """Answers when `parked` requests of `vendor` wait, or after `seconds`: tests wait here, not in a sleep."""
        query = request.query_params
        vendor, parked = query.get("vendor", "*"), int(query.get("parked", 1))
        reached = await house.holds.wait_for(vendor, parked, float(query.get("seconds", 30)))
        return _json({"reached": reached, "parked": house.holds.parked(vendor)})

    return [
        *_outside_routes(house),
        Route("/health", health),
        Route("/state", state),
        Route("/calls", calls),
        Route("/calls/reset", reset_calls, methods=["POST"]),
        Route("/truth", truth),
        Route("/faults", set_faults, methods=["PUT"]),
        Route("/limits", set_limits, methods=["PUT"]),
        Route("/hold", hold, methods=["POST"]),
        Route("/release", release, methods=["POST"]),
        Route("/wait", wait),
    ]


def _outside_routes(house: House) -> list[Route]:
    """What the vendors tell by webhook, and the time they go by."""

    async def webhooks(request: Request) -> Response:
        if request.method == "PUT":
            order = _closed(_object(await request.body()), set(Unreliability.__dataclass_fields__))
            house.webhooks.set(Unreliability(**order))
        return _json({"sent": [_delivery(delivery) for delivery in house.webhooks.sent]})

    async def replay(request: Request) -> Response:
        number = _closed(_object(await request.body()), {"number"}).get("number", 0)
        if not house.webhooks.replay(int(number)):
            raise BadOrder(f"there is no webhook {number}")
        return _json({"status": "ok"})

    async def settled(_request: Request) -> Response:
        await house.webhooks.settled()
        return _json({"status": "ok"})

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            seconds = float(_closed(_object(await request.body()), {"seconds"}).get("seconds", 0))
            if seconds < 0:
                raise BadOrder("the time only goes forward")
            house.clock.advance(seconds)
        return _json({"now": house.clock.now().isoformat()})

    return [
        Route("/webhooks", webhooks, methods=["GET", "PUT"]),
        Route("/webhooks/replay", replay, methods=["POST"]),
        Route("/webhooks/settled", settled),
        Route("/clock", clock, methods=["GET", "POST"]),
    ]


def mail_route(ports: Callable[[], Mapping[str, int]]) -> Route:
    """Where the mail server listens."""

    async def mail(_request: Request) -> Response:
        return _json(ports())

    return Route("/mail", mail)


def bad_order(_request: Request, error: Exception) -> Response:
    """The answer to an order that cannot be carried out."""
    return _json({"error": str(error)}, status=400)


def counts(world: World) -> dict[str, Any]:
    """How big the world is."""
    return {
        "seed": world.seed,
        "category": world.category,
        "circle": {
            "latitude": world.circle.center.latitude,
            "longitude": world.circle.center.longitude,
            "radius_meters": world.circle.radius_meters,
        },
        "businesses": len(world.businesses),
        "wanted": len(world.wanted()),
        "listings": Counter(listing.source for listing in world.listings),
        "sites": Counter(site.kind for site in world.sites.values()),
        "people": sum(len(business.people) for business in world.businesses.values()),
        "mailboxes": Counter(mailbox.kind for mailbox in world.mailboxes.values()),
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "number": delivery.number,
        "vendor": delivery.vendor,
        "url": delivery.url,
        "body": delivery.body.decode(errors="replace"),
        "headers": dict(delivery.headers),
        "statuses": delivery.statuses,
    }


def _json(value: Mapping[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(value), status_code=status, media_type="application/json")


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise BadOrder(f"the body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise BadOrder("the body must be an object")
    return value


def _known(name: object, vendors: frozenset[str]) -> str:
    if not isinstance(name, str) or (name != "*" and name not in vendors):
        raise BadOrder(f"unknown vendor {name!r}; known: *, {', '.join(sorted(vendors))}")
    return name


def _closed(value: Any, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadOrder(f"{value!r} must be an object")
    unknown = sorted(value.keys() - known)
    if unknown:
        raise BadOrder(f"unknown fields {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    return value


def _table(body: bytes, vendors: frozenset[str]) -> dict[str, Any]:
    return {_known(name, vendors): value for name, value in _object(body).items()}


def _order(body: bytes, vendors: frozenset[str], known: set[str]) -> dict[str, Any]:
    order = _closed(_object(body), known)
    return {**order, "vendor": _known(order.get("vendor", "*"), vendors)}


def _fault(value: Any) -> Fault:
    return Fault(**_closed(value, set(Fault.__dataclass_fields__)))


def _allowance(value: Any) -> Allowance:
    fields = _closed(value, {"rates", "quota"})
    rates, quota = fields.get("rates"), fields.get("quota")
    try:
        return Allowance(
            None if rates is None else tuple(_limit(rate) for rate in rates),
            None if quota is None else Decimal(str(quota)),
        )
    except InvalidOperation as error:
        raise BadOrder(f"quota {quota!r} is not a number") from error


def _limit(value: Any) -> Limit:
    fields = _closed(value, {"requests", "seconds", "operation"})
    if not fields.keys() >= {"requests", "seconds"}:
        raise BadOrder("a rate needs requests and seconds")
    return Limit(**fields)
