"""The sandbox as one ASGI application: every vendor under `/{vendor}`, the world's sites, and the admin door."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal

from starlette.applications import Starlette
from starlette.routing import Mount

from leadgen.sandbox import admin
from leadgen.sandbox.calls import CallLog
from leadgen.sandbox.clock import Clock
from leadgen.sandbox.faults import Faults
from leadgen.sandbox.gate import House, VendorGate
from leadgen.sandbox.hold import Holds
from leadgen.sandbox.hosting import SitesByHost, site_by_path
from leadgen.sandbox.limits import Allowance, RateLimits
from leadgen.sandbox.lookup import Lookup
from leadgen.sandbox.mail_server import PARTS, MailPorts, MailServer
from leadgen.sandbox.truth import describe
from leadgen.sandbox.vendors import all_vendors
from leadgen.sandbox.webhooks import Webhooks
from leadgen.sandbox.world import World


def create_app(
    world: World,
    *,
    prices: Mapping[str, Mapping[str, Decimal]] | None = None,
    limits: Mapping[str, Allowance] | None = None,
    mail: MailPorts | None = None,
) -> Starlette:
    """The application for one world.

    `prices` are micros of a dollar per unit, by vendor and unit; they replace the vendors' own where given.
    `limits` replace what a vendor's plan allows, by vendor (`*`: every vendor that is not named).
    `mail` is where the mail server listens while the application runs; None: there is none.
    """
    lookup = Lookup(world)
    charged: dict[str, dict[str, Decimal]] = {}
    house = House(CallLog(charged), RateLimits(limits), Faults(), Holds(), Clock(), Webhooks())
    vendors = all_vendors(lookup, house.calls, house.clock, house.webhooks)
    charged.update({vendor.name: {**vendor.prices, **(prices or {}).get(vendor.name, {})} for vendor in vendors})
    server = MailServer(lookup, house, ports=mail or MailPorts(None, None))
    names = frozenset(vendor.name for vendor in vendors) | PARTS

    @asynccontextmanager
    async def with_mail(_application: Starlette) -> AsyncIterator[None]:
        async with server:
            yield

    door = Starlette(
        routes=[*admin.routes(world, house, names, describe), admin.mail_route(server.ports)],
        exception_handlers={admin.BadOrder: admin.bad_order},
    )
    return Starlette(
        routes=[
            SitesByHost(lookup),
            *(Mount(f"/{vendor.name}", app=VendorGate(vendor, house)) for vendor in vendors),
            Mount("/__sandbox", app=door),
            site_by_path(lookup),
        ],
        lifespan=with_mail,
    )
