"""`leadgen calls`: the outside calls that wait for a person's word, and the word.

A call whose answer was lost and that acts on the world, or was dear, is not made again by itself.
"""

# ruff: noqa: PLC0415 - as in `main`, whose shared parts are imported here so that it can import this

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import typer

from leadgen.domain.money import cents

if TYPE_CHECKING:
    from leadgen.store.database import Transaction

T = TypeVar("T")

SHOWN_AT_MOST = 100

commands = typer.Typer(no_args_is_help=True, help="Decide what becomes of calls whose answer was lost.")


@commands.command(name="unclear")
def unclear_() -> None:
    """List the calls that may have been carried out and are not repeated by themselves, the newest first."""
    from leadgen.cli.main import explained
    from leadgen.providers import queries

    async def waiting(transaction: "Transaction") -> list[dict[str, Any]]:
        return await transaction.all(queries.UNCLEAR_CALLS, {"at_most": SHOWN_AT_MOST})

    with explained():
        calls = _ask(waiting)
        for call in calls:
            typer.echo(
                f"{call['call_id']}  {call['opened_at']:%Y-%m-%d %H:%M}  {call['vendor']} {call['operation']}"
                f"  {cents(call['cost_micros']):.2f} cents  campaign {call['campaign_id'] or 'none'}"
            )
        if calls:
            typer.echo("Look each up at its vendor, then: leadgen calls repeat ID, or leadgen calls drop ID.")
        else:
            typer.echo("No call waits for a decision.")


@commands.command(name="repeat")
def repeat_(call_id: int) -> None:
    """It was not carried out: make it again when its campaign next comes to it."""
    _decide(call_id, "repeat", "It will be made again when its campaign is resumed.")


@commands.command(name="drop")
def drop_(call_id: int) -> None:
    """It was carried out, or is not wanted any more: leave it."""
    _decide(call_id, "drop", "It is left; its campaign goes on without it when it is resumed.")


def _decide(call_id: int, said: Literal["repeat", "drop"], done: str) -> None:
    from leadgen.cli.main import explained
    from leadgen.errors import InputError
    from leadgen.providers import queries

    async def decide(transaction: "Transaction") -> bool:
        return bool(await transaction.value(queries.DECIDE_UNCLEAR_CALL, {"call": call_id, "said": said}))

    with explained():
        if not _ask(decide):
            raise InputError(
                f"No call {call_id} waits for a decision.", remedy="`leadgen calls unclear` lists those that do."
            )
        typer.echo(done)


def _ask(work: "Callable[[Transaction], Awaitable[T]]") -> T:
    """Does the work in one transaction of the pipeline's role."""
    from leadgen.cli.interrupts import run_until_interrupted
    from leadgen.cli.main import configuration
    from leadgen.store.connections import resolve
    from leadgen.store.database import Database

    async def connected() -> T:
        pipeline = resolve(configuration()).pipeline
        async with (
            Database(pipeline, connections=1, application="leadgen calls") as database,
            database.nobody() as transaction,
        ):
            return await work(transaction)

    return run_until_interrupted(connected())
