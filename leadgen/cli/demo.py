"""`leadgen demo`: the main job from beginning to end, on a world that the sandbox plays.

A demo never calls a real service: what it shows must cost nothing and come out the same for everybody.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from leadgen.cli import campaign_report, ports, world_choice
from leadgen.cli.database_part import DatabasePart
from leadgen.cli.demo_campaign import DEMO_TENANT, campaign_for, watch
from leadgen.cli.folders import Folders
from leadgen.cli.parts import Plan, parts_of
from leadgen.cli.queries import FORGET_ANSWERS
from leadgen.cli.report import DemoResult
from leadgen.cli.screen import ProgressView
from leadgen.cli.session import exclusive, start_anew
from leadgen.cli.supervisor import Supervisor, supervised
from leadgen.cli.truth import read_truth
from leadgen.cli.world_choice import WorldChoice
from leadgen.settings import VENDORS, Settings
from leadgen.store.campaigns import Tenant, create_campaign, create_tenant
from leadgen.store.connections import Connections
from leadgen.store.database import Database


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What was asked for on the command line. `keep_up`: leave everything running at the end, until Ctrl-C."""

    world: WorldChoice
    fresh: bool = False
    keep_up: bool = False


async def run_demo(
    settings: Settings,
    options: DemoOptions,
    *,
    tell: Callable[[str], None],
    progress: ProgressView,
    show: Callable[[DemoResult], None],
) -> DemoResult:
    """Starts the parts, runs one campaign, shows its result and stops the parts.

    Raises the LeadGenError of whatever kept it from its end.
    """
    began = time.monotonic()
    with exclusive(settings, "demo", tell) as folders:
        if options.fresh:
            start_anew(settings, folders)
        if any(settings.vendor(name).key for name in VENDORS):
            tell("Your keys stay unused: the demo runs on the sandbox. `leadgen up` uses them.")
        plan = Plan(settings, folders, _free_ports(settings, options), options.world, live=False)
        database = DatabasePart(settings)
        supervisor = Supervisor(
            parts_of(plan, database),
            command="demo",
            record_file=folders.record,
            restarts=False,
            addresses=plan.addresses,
            tell=tell,
        )
        tell(f"Starting; logs are in {folders.logs}.")
        async with supervised(supervisor):
            started = time.monotonic() - began
            ready = ", ".join(f"{name} {seconds:.1f}" for name, seconds in supervisor.ready_after_seconds.items())
            tell(f"Everything runs after {started:.1f} s: {ready}.")
            result = await supervisor.while_running(
                _campaign(plan, database.connections, options.world, progress, tell)
            )
            result = _timed(result, time.monotonic() - began, started, supervisor.ready_after_seconds)
            show(result)
            if options.keep_up:
                tell("\n".join(f"{name:<14} {url}" for name, url in plan.addresses.items()))
                tell(f"`leadgen sign-in {DEMO_TENANT['owner_email']}` prints a link. Ctrl-C stops everything.")
                await supervisor.while_running(_for_ever())
    return result


def _free_ports(settings: Settings, options: DemoOptions) -> dict[str, int]:
    """The usual ports where they are free, else others. The pages are of use only to a demo that stays."""
    pages = {"api_port": ports.choose(settings.api_port)} if options.keep_up else {}
    return {
        **pages,
        "dagster_port": ports.choose(settings.dagster_port),
        "sandbox_port": ports.choose(settings.sandbox_port),
    }


async def _campaign(
    plan: Plan, connections: Connections, world: WorldChoice, progress: ProgressView, tell: Callable[[str], None]
) -> DemoResult:
    truth = await asyncio.to_thread(read_truth, plan.sandbox_url)
    tenant = await _tenant(connections.owner)
    async with Database(connections.pipeline, application="leadgen demo") as database:
        await _enter_world(database, tenant, world, plan.folders)
        spec = campaign_for(truth)
        async with database.tenant(tenant.organization_id) as transaction:
            campaign_id = await create_campaign(transaction, tenant.organization_id, spec, tenant.owner_id)
        tell(f"Campaign: {spec.name}.")
        with progress:
            await watch(database, tenant, campaign_id, progress)
        async with database.tenant(tenant.organization_id) as transaction:
            return await campaign_report.read(transaction, campaign_id, spec.name, truth)


async def _tenant(owner_url: str) -> Tenant:
    async with (
        Database(owner_url, connections=1, application="leadgen demo") as database,
        database.nobody() as transaction,
    ):
        return await create_tenant(transaction, **DEMO_TENANT)


async def _enter_world(database: Database, tenant: Tenant, world: WorldChoice, folders: Folders) -> None:
    """Forgets what vendors said of another world; what they said of this one stays known."""
    if world_choice.last_played(folders.world) == world:
        return
    async with database.tenant(tenant.organization_id) as transaction:
        await transaction.execute(FORGET_ANSWERS)
    world_choice.remember(world, folders.world)


def _timed(result: DemoResult, seconds: float, started: float, parts: dict[str, float]) -> DemoResult:
    """The result with the times only the demo itself knows; what no stage accounts for is the end."""
    rest = seconds - started - sum(result.timings.values())
    return replace(result, seconds=seconds, timings={"start": started, **result.timings, "end": rest}, parts=parts)


async def _for_ever() -> None:
    await asyncio.Event().wait()
