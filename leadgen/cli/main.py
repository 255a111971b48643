"""The `leadgen` command. Each subcommand reads its options and calls the module of its name.

That module is imported in the command, so that `leadgen status` answers at once and does not load what a demo needs.
"""

# ruff: noqa: PLC0415

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer
from pydantic import ValidationError

from leadgen.cli import calls, vault
from leadgen.errors import ConfigurationError, LeadGenError
from leadgen.settings import Settings, settings

if TYPE_CHECKING:
    from leadgen.cli.report import DemoResult
    from leadgen.providers.fetcher.fetcher import Fetched

INTERRUPTED = 130  # what a shell reports for a command that Ctrl-C ended

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(calls.commands, name="calls")
app.add_typer(vault.commands, name="vault")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def leadgen() -> None:
    """Finds local businesses that fit what you sell, ranks them, and drafts emails to the best."""


@app.command()
def up() -> None:
    """Run everything for use until Ctrl-C: database, pipeline, API and pages, sandbox for vendors without a key."""
    from leadgen.cli.interrupts import run_until_interrupted
    from leadgen.cli.up import run_everything

    with explained():
        run_until_interrupted(run_everything(configuration(), typer.echo))


@app.command()
def down() -> None:
    """Stop what runs in this checkout, and what an interrupted run has left."""
    from leadgen.cli.down import bring_down

    with explained():
        stopped = bring_down(configuration())
        typer.echo(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


@app.command(name="status")
def status_(as_document: AsJson = False) -> None:
    """Show what runs, and where. Exit code 1 where nothing does."""
    from leadgen.cli import status
    from leadgen.cli.screen import console_for

    with explained():
        running = status.current(configuration())
        if as_document:
            print_json(status.as_json(running))
        else:
            console_for(stderr=False).print(status.screen(running))
        if running is None or not running.is_supervised:
            raise typer.Exit(1)


@app.command(name="sign-in")
def sign_in(
    email: str,
    organization: Annotated[str | None, typer.Option(help="Make this organization, owned by the person.")] = None,
) -> None:
    """Print a link that signs a person in once."""
    from leadgen.cli.interrupts import run_until_interrupted
    from leadgen.cli.sign_in import make_link

    with explained():
        typer.echo(run_until_interrupted(make_link(configuration(), email, organization)))


@app.command()
def migrate() -> None:
    """Bring the database's roles and schema to this version of the code."""
    from leadgen.cli.database_part import migrate_now

    with explained():
        found = migrate_now(configuration())
        typer.echo(f"The schema is at migration {found.current}.")


@app.command(name="doctor")
def doctor_(
    as_document: AsJson = False,
    keys: Annotated[bool, typer.Option("--keys", help="Ask each vendor, for nothing, whether its key works.")] = False,
) -> None:
    """Check versions, database, roles, keys, ports, disk; say what to do. Exit code 1 where something fails."""
    from leadgen.cli import doctor
    from leadgen.cli.interrupts import run_until_interrupted
    from leadgen.cli.screen import console_for

    with explained():
        checks = doctor.examine(configuration())
        if keys:
            checks += run_until_interrupted(doctor.examine_keys(configuration()))
        if as_document:
            print_json(doctor.as_json(checks))
        else:
            console_for(stderr=False).print(doctor.screen(checks))
        if not doctor.is_healthy(checks):
            raise typer.Exit(1)


@app.command()
def demo(
    prospects: Annotated[int | None, typer.Option(min=1, help="Businesses to find [60, or all of the file's].")] = None,
    seed: Annotated[int, typer.Option(help="The made-up world's seed.")] = 1,
    world: Annotated[Path | None, typer.Option(help="CSV of listings to play instead of a made-up world.")] = None,
    business: Annotated[str | None, typer.Option(help="What to look for [dentists, or the file's commonest].")] = None,
    near: Annotated[str | None, typer.Option(help="LAT,LON of the center [the file's densest place].")] = None,
    radius_miles: Annotated[float, typer.Option(min=0.1, max=100)] = 15,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start from nothing: remove the embedded database.")] = False,
    keep_up: Annotated[bool, typer.Option("--keep-up", help="Leave everything running at the end.")] = False,
    as_document: AsJson = False,
) -> None:
    """Run a campaign from creation to ranked leads and drafts. Exit code 0 only if all of it happened."""
    from leadgen.cli.demo import DemoOptions, run_demo
    from leadgen.cli.interrupts import run_until_interrupted
    from leadgen.cli.report import as_json
    from leadgen.cli.screen import console_for, progress_view, result_screen
    from leadgen.cli.world_choice import choose

    console = console_for(stderr=as_document)

    def show(result: "DemoResult") -> None:
        if as_document:
            print_json(as_json(result))
        else:
            console.print(result_screen(result))

    with explained():
        chosen = choose(
            seed=seed, prospects=prospects, radius_miles=radius_miles, file=world, business=business, near=near
        )
        result = run_until_interrupted(
            run_demo(
                configuration(),
                DemoOptions(chosen, fresh=fresh, keep_up=keep_up),
                tell=console.print,
                progress=progress_view(console),
                show=show,
            )
        )
    shortfalls = result.shortfalls()
    for shortfall in shortfalls:
        typer.echo(shortfall, err=True)
    if shortfalls:
        raise typer.Exit(1)


@app.command(name="fetch")
def fetch_(
    urls: Annotated[list[str], typer.Argument(metavar="URL...")],
    text: Annotated[bool, typer.Option("--text", help="Print the main content of each page too.")] = False,
    as_documents: Annotated[bool, typer.Option("--json", help="Print one JSON document a line for each URL.")] = False,
) -> None:
    """Read web pages as the pipeline does without Firecrawl. Exit code 1 where one is refused or cannot be read."""
    from leadgen.cli import fetch
    from leadgen.cli.interrupts import run_until_interrupted

    def show(fetched: "Fetched") -> None:
        if as_documents:
            typer.echo(json.dumps(fetch.as_json(fetched, with_text=text), ensure_ascii=False))
        else:
            typer.echo(fetch.as_lines(fetched, with_text=text))

    with explained():
        if not run_until_interrupted(fetch.fetch_all(configuration(), urls, show)):
            raise typer.Exit(1)


@app.command(name="match")
def match_(
    left: Path,
    right: Annotated[Path | None, typer.Argument()] = None,
    out: Annotated[Path, typer.Option(help="The file to write: left_id, right_id, score, reason.")] = Path("pairs.csv"),
    one_source: Annotated[bool, typer.Option("--one-source", help="A file may list a business twice.")] = False,
) -> None:
    """Find which listings of two CSV files (or within one) are the same business, with the reason of each pair."""
    from leadgen.cli import match

    with explained():
        typer.echo(match.run(left, right, out, one_source=one_source), err=True)


@app.command(name="import")
def import_(
    file: Path,
    campaign: Annotated[UUID, typer.Option(help="The campaign that gets the leads.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    duplicates: Annotated[str, typer.Option(help="Leads the campaign has: skip, update or duplicate.")] = "skip",
    known_leads: Annotated[str, typer.Option(help="Leads of other campaigns: exclude, refresh or keep.")] = "exclude",
    keep_excluded: Annotated[bool, typer.Option("--keep-excluded", help="Ignore the exclusion list.")] = False,
    country: Annotated[str | None, typer.Option(help="Of rows that name none, as US.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Of an XLSX file [the first].")] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help="A column's field.")
    ] = None,
    errors: Annotated[Path | None, typer.Option(help="Write what is wrong, by line, to this CSV file.")] = None,
) -> None:
    """Bring leads from a CSV, TSV or XLSX file into a campaign. Given again, a file adds nothing, or goes on."""
    from leadgen.cli.import_leads import choices_of, import_leads
    from leadgen.cli.interrupts import run_until_interrupted

    with explained():
        choices = choices_of(duplicates, known_leads, columns or [], country, sheet, keep_excluded=keep_excluded)
        run_until_interrupted(
            import_leads(
                configuration(),
                file,
                campaign,
                choices,
                dry_run=dry_run,
                errors=errors,
                tell=typer.echo,
                progress=lambda line: typer.echo(line, err=True),
            )
        )


@app.command(name="read-site")
def read_site_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    base_url: Annotated[str | None, typer.Option(help="Where the pages come from.")] = None,
    as_documents: Annotated[bool, typer.Option("--json", help="Print one JSON document a line for each file.")] = False,
) -> None:
    """Read pages of a website from HTML files: contacts, people, technologies, and the main content as Markdown."""
    from leadgen.cli import read_site

    with explained():
        for file in files:
            found = read_site.read(file, base_url)
            if as_documents:
                typer.echo(json.dumps(read_site.as_json(file, found), ensure_ascii=False))
            else:
                typer.echo(read_site.as_lines(file, found))


@app.command(name="parse-bounce")
def parse_bounce_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    as_documents: Annotated[bool, typer.Option("--json", help="Print one JSON document a line for each file.")] = False,
) -> None:
    """Tell what mails are (bounce, complaint, auto-reply, reply), whom a bounce names, why, and whether for good."""
    from leadgen.cli import parse_bounce

    with explained():
        for file in files:
            report = parse_bounce.read(file)
            if as_documents:
                typer.echo(json.dumps(parse_bounce.as_json(file, report), ensure_ascii=False))
            else:
                typer.echo(parse_bounce.as_lines(file, report))


@app.command(name="strip-reply")
def strip_reply_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    as_documents: Annotated[bool, typer.Option("--json", help="Print one JSON document a line for each file.")] = False,
) -> None:
    """Print the answers in mails without what they quote."""
    from leadgen.cli import strip_reply

    with explained():
        for file in files:
            stripped = strip_reply.read(file)
            if as_documents:
                typer.echo(json.dumps(strip_reply.as_json(file, stripped), ensure_ascii=False))
            else:
                typer.echo(strip_reply.as_lines(file, stripped))


@app.command(name="classify-reply")
def classify_reply_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    offline: Annotated[bool, typer.Option("--offline", help="By the rules alone; the unsure are marked.")] = False,
    country: Annotated[str, typer.Option(help="Whose business days count, as US.")] = "US",
    as_documents: Annotated[bool, typer.Option("--json", help="Print one JSON document a line for each file.")] = False,
) -> None:
    """Tell what replies want: interested, meeting, question, not now, unsubscribe and so on, with the words that say so."""
    from leadgen.cli import classify_reply

    with explained():
        unsure = 0
        for file in files:
            found = classify_reply.read(file)
            unsure += not found.is_sure
            if as_documents:
                typer.echo(json.dumps(classify_reply.as_json(file, found, country), ensure_ascii=False))
            else:
                typer.echo(classify_reply.as_lines(file, found, country))
        if unsure and not offline:
            typer.echo(classify_reply.ONLY_RULES, err=True)


@app.command()
def version() -> None:
    """Print the versions of LeadGen, Python and Dagster."""
    python = ".".join(map(str, sys.version_info[:3]))
    typer.echo(f"leadgen {metadata.version('leadgen')}, Python {python}, Dagster {metadata.version('dagster')}")


def configuration() -> Settings:
    """The settings. Raises ConfigurationError for one that cannot be read, without its value."""
    try:
        return settings()
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise ConfigurationError(
            f"A setting cannot be used: {wrong}.", remedy="Correct it in the environment or in .env."
        ) from error


@contextmanager
def explained() -> Iterator[None]:
    """Ends the command with a sentence and what to do, instead of a traceback, for every error we raise on purpose."""
    try:
        yield
    except LeadGenError as error:
        typer.echo(error.message, err=True)
        if error.remedy:
            typer.echo(error.remedy, err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        typer.echo("Interrupted; everything is stopped.", err=True)
        raise typer.Exit(INTERRUPTED) from None


def print_json(document: dict[str, Any]) -> None:
    """One document on stdout."""
    typer.echo(json.dumps(document, indent=1, ensure_ascii=False))
