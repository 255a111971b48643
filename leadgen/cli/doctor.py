"""`leadgen doctor`: checks what the parts rest on, and says of each thing that is wrong what to do.

It changes nothing and starts nothing. Only `--keys` goes out, to ask each vendor of its key.
"""

import asyncio
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any, Literal

from rich.table import Table
from rich.text import Text

from leadgen.cli import ports, record
from leadgen.cli.folders import Folders
from leadgen.cli.process_table import is_alive
from leadgen.errors import LeadGenError
from leadgen.settings import VENDORS, Settings
from leadgen.store.binaries import find_binaries
from leadgen.store.connections import Connections, connect, embedded_server, resolve, uses_embedded
from leadgen.store.migrations import status as migration_status

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRES = 15
LITTLE_ROOM_BYTES = 2 * 1024**3
NO_ROOM_BYTES = 256 * 1024**2

STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `remedy`: what to do about it; empty where nothing is to be done."""

    name: str
    state: State
    message: str
    remedy: str = ""


def examine(settings: Settings) -> list[Check]:
    """Every check."""
    folders = Folders.of(settings)
    running = record.read(folders.record)
    supervised = running is not None and running.is_supervised
    return [
        _python(),
        *_pinned_versions(),
        *_database(settings),
        *_vendors(settings),
        *_ports(settings, supervised=supervised),
        _disk(settings),
        _leftovers(running),
    ]


async def examine_keys(settings: Settings) -> list[Check]:
    """Every key, asked of its vendor: goes out to each, and costs nothing."""
    from leadgen.providers.key_check import check_key  # noqa: PLC0415  it loads every vendor's file

    keys = {name: key.get_secret_value() for name in VENDORS if (key := settings.vendor(name).key)}
    reports = await asyncio.gather(*(check_key(name, key, settings) for name, key in keys.items()))
    states: dict[str, State] = {"ok": "ok", "unchecked": "ok", "limited": "warn", "unreachable": "warn"}
    return [
        Check(
            f"key {report.vendor}", states.get(report.state, "fail"), f"{report.vendor}: {report.words}", report.remedy
        )
        for report in reports
    ]


def as_json(checks: list[Check]) -> dict[str, Any]:
    """The document `leadgen doctor --json` prints."""
    return {"healthy": is_healthy(checks), "checks": [asdict(check) for check in checks]}


def screen(checks: list[Check]) -> Table:
    """The same for a person."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for check in checks:
        said = Text(check.message)
        if check.remedy:
            said.append(f"\n→ {check.remedy}", style="bold")
        table.add_row(Text(check.state, style=STYLES[check.state]), said)
    return table


def is_healthy(checks: list[Check]) -> bool:
    """Whether nothing fails; warnings do not count."""
    return all(check.state != "fail" for check in checks)


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Check(
            "python", "fail", f"Python {version} is too old.", "Make the environment with Python 3.11 or newer."
        )
    return Check("python", "ok", f"Python {version}")


def _pinned_versions() -> Iterator[Check]:
    """Packages that work only in one version: Dagster's libraries pin each other."""
    for requirement in metadata.requires("leadgen") or ():
        pinned = re.fullmatch(r"([\w.-]+)==([\w.]+)", requirement.split(";")[0].strip())
        if pinned and "extra ==" not in requirement:
            yield _pinned(pinned[1], pinned[2])


def _pinned(package: str, wanted: str) -> Check:
    try:
        installed = metadata.version(package)
    except metadata.PackageNotFoundError:
        installed = "not installed"
    if installed != wanted:
        return Check(package, "fail", f"{package} is {installed}, {wanted} is needed.", "Run `make setup`.")
    return Check(package, "ok", f"{package} {installed}")


def _database(settings: Settings) -> Iterator[Check]:
    try:
        if uses_embedded(settings):
            server = embedded_server(settings)
            if not server.is_running():
                find_binaries(settings.pg_bin, None)
                yield Check("database", "ok", "The embedded Postgres is at rest; `leadgen up` starts it.")
                return
        connections = resolve(settings)
        yield _server(connections)
        yield from _roles(connections)
        yield _schema(connections)
    except LeadGenError as error:
        yield _failed("database", error)


def _server(connections: Connections) -> Check:
    with connect(connections.owner) as connection:
        version = connection.info.server_version // 10_000
    if version < OLDEST_POSTGRES:
        return Check("database", "fail", f"Postgres {version} is too old.", f"Use Postgres {OLDEST_POSTGRES} or newer.")
    return Check("database", "ok", f"Postgres {version} answers")


def _roles(connections: Connections) -> Iterator[Check]:
    for role in ("api", "pipeline", "dagster"):
        try:
            connect(getattr(connections, role)).close()
        except LeadGenError as error:
            yield _failed(f"role {role}", error)
        else:
            yield Check(f"role {role}", "ok", f"The {role} role can connect")


def _schema(connections: Connections) -> Check:
    found = migration_status(connections.owner)
    if found.half_finished:
        return Check("schema", "fail", f"The schema is not one of ours: {found.half_finished}", "Restore a backup.")
    if found.pending:
        waiting = f"{len(found.pending)} migrations are waiting ({', '.join(found.pending)})."
        return Check("schema", "fail", waiting, "Run `leadgen migrate`.")
    return Check("schema", "ok", f"The schema is at migration {found.current}")


def _vendors(settings: Settings) -> Iterator[Check]:
    for name in VENDORS:
        if settings.vendor(name).key:
            yield Check(name, "ok", f"{name}: calls go to the real service, with your key")
        else:
            yield Check(name, "ok", f"{name}: no key, the sandbox plays it")


def _ports(settings: Settings, *, supervised: bool) -> Iterator[Check]:
    for setting in ("api_port", "dagster_port", *ports.SANDBOX_PORTS):
        port: int | None = getattr(settings, setting)
        if port is None:
            yield Check(setting, "ok", f"{setting}: any free one")
        elif ports.is_free(port):
            yield Check(setting, "ok", f"Port {port} is free")
        elif supervised:
            yield Check(setting, "ok", f"Port {port} is in use while LeadGen runs")
        else:
            yield _failed(setting, ports.in_use(setting, port))


def _disk(settings: Settings) -> Check:
    home = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free = shutil.disk_usage(home).free
    message = f"{free / 1024**3:.1f} GB free for {settings.home}"
    if free < NO_ROOM_BYTES:
        return Check("disk", "fail", message, "Free some, or set LEADGEN_HOME to a folder on another disk.")
    if free < LITTLE_ROOM_BYTES:
        return Check("disk", "warn", message, "Free some soon.")
    return Check("disk", "ok", message)


def _leftovers(running: record.Record | None) -> Check:
    if running is None or running.is_supervised:
        return Check("leftovers", "ok", "No interrupted run has left anything")
    left = [part.name for part in running.parts if part.process and is_alive(part.process)]
    message = f"`leadgen {running.command}` was killed and has left: {', '.join(left) or 'its record'}."
    return Check("leftovers", "warn", message, "Run `leadgen down`; the next `leadgen up` does it too.")


def _failed(name: str, error: LeadGenError) -> Check:
    return Check(name, "fail", error.message, error.remedy or "")
