"""`leadgen import`: a file of leads into a campaign, or what would become of it."""

import csv
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import cast, get_args
from uuid import UUID

from leadgen.domain.spreadsheet import harmless
from leadgen.errors import InputError
from leadgen.settings import Settings
from leadgen.store.connections import resolve
from leadgen.store.database import Database
from leadgen.store.imports import Choices, Counts, Import, Importer, Preview, open_file, queries
from leadgen.store.imports.choices import Duplicates, KnownLeads

SHOWN_PROBLEMS = 10
REMARKS_AT_ONCE = 5_000
REMARK_COLUMNS = ("line", "kind", "column_name", "value", "problem", "remedy")

_WORDS = {
    "added": "added",
    "updated": "updated",
    "joined": "joined to an earlier row of the same business",
    "duplicates": "in the campaign already",
    "known": "in another campaign",
    "refreshed": "updated in another campaign",
    "excluded": "on the exclusion list",
    "bad": "bad",
}


def choices_of(
    duplicates: str,
    known_leads: str,
    columns: Sequence[str],
    country: str | None,
    sheet: str | None,
    *,
    keep_excluded: bool,
) -> Choices:
    """The choices as they are typed; `columns` as `Customer=company_name`.

    Raises:
        InputError: one is none of those there are.
    """
    for given, known in ((duplicates, get_args(Duplicates)), (known_leads, get_args(KnownLeads))):
        if given not in known:
            raise InputError(f"{given!r} is no choice.", remedy=f"Choose one of {', '.join(known)}.")
    pairs = [column.rpartition("=") for column in columns]
    if any(not column or not field for column, _, field in pairs):
        raise InputError("A mapping has no column or no field.", remedy="Write it as `Customer=company_name`.")
    return Choices(
        duplicates=cast("Duplicates", duplicates),
        known_leads=cast("KnownLeads", known_leads),
        excluded="keep" if keep_excluded else "exclude",
        country=country.upper() if country else None,
        sheet=sheet,
        columns={column.strip(): field.strip() for column, _, field in pairs},
    )


async def import_leads(
    settings: Settings,
    path: Path,
    campaign_id: UUID,
    choices: Choices,
    *,
    dry_run: bool = False,
    errors: Path | None = None,
    tell: Callable[[str], None] = print,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Imports the file and tells the counts. `errors`: where to write what is to be said of single lines, as CSV.

    Interrupted, it has kept all it told of; the same command goes on there.

    Raises:
        InputError: the file or its columns cannot be used, or there is no such campaign.
        DatabaseDown: the database does not answer.
    """
    file = open_file(path, sheet=choices.sheet)
    async with Database(resolve(settings).pipeline, connections=1, application="leadgen import") as database:
        async with database.nobody() as transaction:
            organization_id = await transaction.value(queries.CAMPAIGN_ORGANIZATION, {"campaign": campaign_id})
        if organization_id is None:
            raise InputError(f"There is no campaign {campaign_id}.", remedy="Check its id.")
        importer = Importer(partial(database.tenant, organization_id), organization_id, campaign_id, choices)
        if dry_run:
            for line in preview_lines(await importer.preview(file)):
                tell(line)
            return
        begun = await importer.begin(file)
        if begun.position and not begun.was_done:
            tell(f"Going on behind line {begun.position}.")

        def show(now: Import) -> None:
            progress(f"line {now.position:,}: {now.counts.added:,} added of {now.counts.rows:,} rows")

        ended = await importer.run(file, begun, show)
        for line in result_lines(ended):
            tell(line)
        if errors is not None:
            tell(f"{await _write_remarks(importer, ended.id, errors):,} remarks: {errors}")


def preview_lines(preview: Preview) -> Sequence[str]:
    """A dry run in lines: the columns, the first rows, what would become of all, and the first problems."""
    lines = [f"{field} <- {column}" for field, column in preview.columns.items()]
    if preview.ignored:
        lines.append(f"Not imported: {', '.join(preview.ignored)}")
    for row in preview.rows:
        listing = row.listing
        said = (
            (listing.name, listing.phone, listing.website, listing.address, listing.city) if listing else ("no lead",)
        )
        lines.append(f"line {row.line}: {', '.join(filter(None, said))}")
    lines += [
        f"line {problem.line}{f', {problem.column}' if problem.column else ''}: {problem.problem}. {problem.remedy}"
        for problem in preview.problems[:SHOWN_PROBLEMS]
    ]
    return [*lines, f"Would be: {counts_line(preview.counts)}. Nothing was written."]


def result_lines(ended: Import) -> Sequence[str]:
    """How an import ended, in lines."""
    if ended.was_done:
        return [
            "This file was imported with these choices before: nothing was added.",
            f"Then: {counts_line(ended.counts)}.",
        ]
    state = "Imported" if ended.state == "done" else f"{ended.state.capitalize()} at line {ended.position:,}"
    lines = [f"{state}: {counts_line(ended.counts)}; {ended.counts.contacts:,} contacts."]
    if ended.counts.cells_left_out:
        lines.append(f"{ended.counts.cells_left_out:,} cells could not be read and were left out.")
    return lines


def counts_line(counts: Counts) -> str:
    """The counts that are not zero, in words."""
    told = [f"{getattr(counts, name):,} {words}" for name, words in _WORDS.items() if getattr(counts, name)]
    return ", ".join(told) or "no rows"


async def _write_remarks(importer: Importer, import_id: UUID, path: Path) -> int:
    written, after = 0, {"line": 0, "id": 0}
    named = {"organization": importer.organization_id, "import": import_id, "limit": REMARKS_AT_ONCE}
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(REMARK_COLUMNS)
            while True:
                async with importer.tenant() as transaction:
                    rows = await transaction.all(queries.REMARKS, {**named, **after})
                if not rows:
                    return written
                out.writerows([harmless(str(row[name] or "")) for name in REMARK_COLUMNS] for row in rows)
                written += len(rows)
                after = {"line": rows[-1]["line"], "id": rows[-1]["id"]}
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.", remedy="Name another file.") from error
