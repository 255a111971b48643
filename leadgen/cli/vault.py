"""`leadgen vault`: renews the keys that guard the tenants' credentials, and checks that everything opens."""

# ruff: noqa: PLC0415 - as in `main`, whose shared parts are imported here so that it can import this

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from leadgen.store.database import Database
    from leadgen.store.vault import MasterKeys, Vault, VaultReport

T = TypeVar("T")

commands = typer.Typer(no_args_is_help=True, help="Renew and check the keys that guard the tenants' credentials.")


@commands.command(name="rotate-master")
def rotate_master_() -> None:
    """Wrap all secrets with the current master key: the first of LEADGEN_MASTER_KEY, the former ones behind it.

    Give the new value to every running part first. Credentials stay readable throughout.
    """
    from leadgen.cli.main import explained
    from leadgen.store.vault.upkeep import rotate_master

    with explained():
        keys = _master_keys()
        report = _run(rotate_master, keys)
        typer.echo(f"Wrapped {report.handled} secrets with the master key {keys.current_id}.")
        _end(report, "`leadgen vault check` says which master keys are still in use.")


@commands.command(name="rotate-organizations")
def rotate_organizations_(
    older_than: Annotated[int, typer.Option(min=0, metavar="DAYS", help="Only secrets of at least this age.")] = 0,
) -> None:
    """Give each organization a new secret and seal its credentials under it, the oldest secret first."""
    from leadgen.cli.main import explained
    from leadgen.store.vault.upkeep import rotate_organizations

    with explained():
        report = _run(lambda database, vault: rotate_organizations(database, vault, older_than), _master_keys())
        _end(report, f"Sealed {report.handled} credentials under new secrets.")


@commands.command(name="check")
def check_() -> None:
    """Open every stored credential, and say which master keys are in use. Exit code 1 where something does not open."""
    from leadgen.cli.main import explained
    from leadgen.store.vault.upkeep import check

    with explained():
        keys = _master_keys()
        state = _run(check, keys)
        for key_id, secrets in state.master_keys.items():
            current = ", the current one," if key_id == keys.current_id else ""
            typer.echo(f"The master key {key_id}{current} wraps {secrets} secrets.")
        _end(state.credentials, f"{state.credentials.handled} credentials open.")


def _master_keys() -> "MasterKeys":
    """The configured keys. Raises ConfigurationError where there are none."""
    from leadgen.cli.main import configuration
    from leadgen.store.vault import configured_master_keys

    keys = configured_master_keys(configuration())
    keys.require()
    return keys


def _run(work: "Callable[[Database, Vault], Awaitable[T]]", keys: "MasterKeys") -> T:
    """Does the work on the owner's database."""
    from leadgen.cli.interrupts import run_until_interrupted
    from leadgen.cli.main import configuration
    from leadgen.store.connections import resolve
    from leadgen.store.database import Database
    from leadgen.store.vault import Vault

    async def connected() -> T:
        owner = resolve(configuration()).owner
        async with Database(owner, connections=1, application="leadgen vault") as database:
            return await work(database, Vault(keys))

    return run_until_interrupted(connected())


def _end(report: "VaultReport", good: str) -> None:
    """Says what did not open, with exit code 1, or how it went."""
    for failure in report.unreadable:
        typer.echo(failure, err=True)
    if report.unreadable:
        typer.echo(f"{len(report.unreadable)} do not open; give up no master key before they do.", err=True)
        raise typer.Exit(1)
    typer.echo(good)
