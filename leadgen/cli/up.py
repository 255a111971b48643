"""`leadgen up`: everything for use, until Ctrl-C."""

import asyncio
from collections.abc import Callable

from leadgen.cli import ports, world_choice
from leadgen.cli.database_part import DatabasePart
from leadgen.cli.folders import Folders
from leadgen.cli.parts import Plan, parts_of
from leadgen.cli.session import exclusive
from leadgen.cli.supervisor import Supervisor, supervised
from leadgen.cli.world_choice import WorldChoice
from leadgen.settings import VENDORS, Settings


async def run_everything(settings: Settings, tell: Callable[[str], None]) -> None:
    """Runs all parts until cancelled. Raises the LeadGenError of a part that does not start."""
    with exclusive(settings, "up", tell) as folders:
        plan = plan_for_use(settings, folders)
        supervisor = Supervisor(
            parts_of(plan, DatabasePart(settings)),
            command="up",
            record_file=folders.record,
            restarts=True,
            addresses=plan.addresses,
            tell=tell,
        )
        tell(f"Starting; logs are in {folders.logs}.")
        async with supervised(supervisor):
            for name, url in plan.addresses.items():
                tell(f"{name:<14} {url}")
            tell(_who_answers(plan))
            tell("Sign in: `leadgen sign-in EMAIL` prints a link; add --organization NAME the first time.")
            tell("Ctrl-C stops everything.")
            await supervisor.while_running(_for_ever())


def plan_for_use(settings: Settings, folders: Folders) -> Plan:
    """Every part on its port; the sandbox, with the world it played last, where a vendor has no key.

    Raises ConfigurationError for a port that is in use.
    """
    world = None
    wanted = {"api_port": settings.api_port, "dagster_port": settings.dagster_port}
    if without_key(settings):
        world = world_choice.last_played(folders.world) or WorldChoice()
        wanted |= {name: getattr(settings, name) for name in ports.SANDBOX_PORTS}
        world_choice.remember(world, folders.world)
    return Plan(settings, folders, ports.require(wanted), world, live=True)


def without_key(settings: Settings) -> list[str]:
    """The vendors that have no key."""
    return [name for name in VENDORS if not settings.vendor(name).key]


def _who_answers(plan: Plan) -> str:
    played = without_key(plan.settings)
    if not played:
        return "Every vendor has a key: all calls go to the real services."
    return f"The sandbox plays the vendors without a key: {', '.join(played)}."


async def _for_ever() -> None:
    await asyncio.Event().wait()
