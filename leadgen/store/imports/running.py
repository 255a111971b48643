"""An import from its first look at the file to its last row: previewed, begun, gone on with, stopped.

Rows go in batches, each one transaction with the line it ends on: whatever ends the process, the next one goes on there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from leadgen.domain.discovery.importing_columns import Field, choose_columns
from leadgen.domain.discovery.importing_rows import ImportedRow, RowProblem, RowReader
from leadgen.errors import InputError, TransientError
from leadgen.store.database import Transaction
from leadgen.store.imports import queries
from leadgen.store.imports.batches import Batch, Origin, batch_of, save
from leadgen.store.imports.choices import Choices, Counts
from leadgen.store.imports.exclusions import read_exclusions
from leadgen.store.imports.reading import ImportFile
from leadgen.store.imports.recognising import Recogniser

BATCH_ROWS = 1_000
SAMPLE_ROWS = 5_000  # rows from which the file's common words are learnt
SHOWN_ROWS = 10
SHOWN_PROBLEMS = 100
KNOWN_AT_ONCE = 5_000

Tenant = Callable[[], AbstractAsyncContextManager[Transaction]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import of this file would do. `counts` are of the whole file; `problems` are the first ones."""

    file: ImportFile
    columns: dict[Field, str]
    ignored: tuple[str, ...]
    rows: tuple[ImportedRow, ...]
    counts: Counts
    problems: tuple[RowProblem, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """An import as it stands. `was_done`: the file had been imported with these choices before, and nothing was added."""

    id: UUID
    campaign_id: UUID
    state: str
    detail: str | None
    position: int
    counts: Counts
    was_done: bool = False

    @classmethod
    def of(cls, row: dict[str, Any], *, was_done: bool = False) -> "Import":
        """From a row of `imports`."""
        return cls(
            row["id"],
            row["campaign_id"],
            row["state"],
            row["detail"],
            row["position"],
            Counts.of(row),
            was_done=was_done,
        )


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports into one campaign. `tenant` opens a transaction of its organization, `user_id` is who asked."""

    tenant: Tenant
    organization_id: UUID
    campaign_id: UUID
    choices: Choices
    user_id: UUID | None = None

    async def preview(self, file: ImportFile) -> Preview:
        """What `run` would do, with nothing written.

        Raises:
            InputError: the columns cannot be used, or there is no such campaign.
        """
        columns = self.columns(file)
        reader = self._reader(file, columns)
        recogniser = await self._recogniser(file, reader, None)
        counts, shown, problems = Counts(), list[ImportedRow](), list[RowProblem]()
        for row in _read(file, reader, 0):
            outcome = recogniser.decide(row).outcome
            setattr(counts, outcome, getattr(counts, outcome) + 1)
            counts.cells_left_out += sum(1 for problem in row.problems if problem.row_kept)
            if len(shown) < SHOWN_ROWS:
                shown.append(row)
            problems += row.problems[: SHOWN_PROBLEMS - len(problems)]
        ignored = tuple(header for header in file.headers if header not in columns.values())
        return Preview(file, columns, ignored, tuple(shown), counts, tuple(problems))

    async def begin(self, file: ImportFile) -> Import:
        """The import of this file with these choices: a new one, or the one that it was begun as before.

        Raises:
            InputError: the columns cannot be used, or there is no such campaign.
        """
        columns = self.columns(file)
        async with self.tenant() as transaction:
            await self._require_campaign(transaction)
            row = await transaction.one(
                queries.BEGIN,
                {
                    "organization": self.organization_id,
                    "campaign": self.campaign_id,
                    "user": self.user_id,
                    "file_name": file.name,
                    "file_sha256": file.sha256,
                    "choices_sha256": self.choices.sha256(),
                    "choices": Jsonb(self.choices.document()),
                    "columns": Jsonb(columns),
                },
            )
        if row is None:
            raise InputError("The import cannot be begun.", remedy="Try again.")
        return Import.of(row, was_done=row["state"] == "done")

    async def run(self, file: ImportFile, begun: Import, tell: Callable[[Import], None] = lambda _: None) -> Import:
        """Imports what is left, and returns the import as it ended: done, stopped, or failed with its reason.

        `tell` hears of every committed batch.

        Raises:
            InputError: the file cannot be read to its end.
            TransientError: another process imports the same file now.
        """
        if begun.was_done:
            return begun
        try:
            async for now in self._batches(file, begun):
                if now.state != "running":
                    return now
                tell(now)
        except InputError as error:
            await self._end(begun.id, "failed", str(error))
            raise
        return await self._end(begun.id, "done", None)

    def columns(self, file: ImportFile) -> dict[Field, str]:
        """The file's columns by field. Raises InputError where they cannot be used."""
        return choose_columns(file.headers, file.sample(), self.choices.columns)

    async def stop(self, import_id: UUID) -> Import:
        """Ends a running import behind the batch it is at; the same file given again goes on there."""
        return await self._end(import_id, "stopped", "Stopped by a person.")

    async def _batches(self, file: ImportFile, begun: Import) -> AsyncIterator[Import]:
        reader = self._reader(file, self.columns(file))
        recogniser = await self._recogniser(file, reader, begun.id)
        origin = Origin(self.organization_id, self.campaign_id, begun.id, file.name)
        position = begun.position
        rows = _read(file, reader, position)

        def prepared() -> Batch | None:
            decisions = [recogniser.decide(row) for row in islice(rows, BATCH_ROWS)]
            return batch_of(decisions, origin) if decisions else None

        # The next batch is read while the database writes this one
        batch = await asyncio.to_thread(prepared)
        while batch is not None:
            now, following = await asyncio.gather(
                self._commit(begun.id, origin, batch, position), asyncio.to_thread(prepared)
            )
            yield now
            if now.state != "running":
                return
            position, batch = now.position, following

    async def _commit(self, import_id: UUID, origin: Origin, batch: Batch, position: int) -> Import:
        named = {"organization": self.organization_id, "import": import_id}
        async with self.tenant() as transaction:
            row = await transaction.one(queries.LOCK, named)
            if row is None or row["state"] != "running":
                return Import.of(row or {})
            if row["position"] != position:
                raise TransientError("Another process imports this file now.", remedy="Look at its progress.")
            await save(transaction, batch, origin)
            counts = {name: getattr(batch.counts, name) for name in Counts.__slots__}
            row = await transaction.one(queries.ADVANCE, {**named, **counts, "to": batch.last_line})
        return Import.of(row or {})

    async def _recogniser(self, file: ImportFile, reader: RowReader, import_id: UUID | None) -> Recogniser:
        async with self.tenant() as transaction:
            await self._require_campaign(transaction)
            exclusions = await read_exclusions(transaction, self.organization_id)
            names = [reader.company_name(cells) for _, cells in islice(file.rows(), SAMPLE_ROWS)]
            recogniser = Recogniser(self.campaign_id, self.choices, exclusions, names)
            named = {"organization": self.organization_id, "campaign": self.campaign_id}
            elsewhere = () if self.choices.known_leads == "keep" else (queries.KNOWN_ELSEWHERE,)
            for sql in (queries.KNOWN_HERE, *elsewhere):
                async with transaction.cursor("known") as cursor:
                    await cursor.execute(sql, named)
                    while rows := await cursor.fetchmany(KNOWN_AT_ONCE):
                        for row in rows:
                            recogniser.remember(row, import_id)
        return recogniser

    async def _end(self, import_id: UUID, state: str, detail: str | None) -> Import:
        named = {"organization": self.organization_id, "import": import_id, "campaign": self.campaign_id}
        async with self.tenant() as transaction:
            ended = await transaction.execute(queries.END, {**named, "state": state, "detail": detail})
            row = await transaction.one(queries.IMPORT, named)
            if ended and row and (row["added"] or row["updated"]):
                await transaction.execute(queries.RESUME_CAMPAIGN, named)
        return Import.of(row or {})

    async def _require_campaign(self, transaction: Transaction) -> None:
        named = {"organization": self.organization_id, "campaign": self.campaign_id}
        if not await transaction.value(queries.CAMPAIGN, named):
            raise InputError(f"There is no campaign {self.campaign_id}.", remedy="Check its id.")

    def _reader(self, file: ImportFile, columns: dict[Field, str]) -> RowReader:
        numbered = self.choices.duplicates == "duplicate"
        return RowReader(file.headers, columns, country=self.choices.country, numbered=numbered)


def _read(file: ImportFile, reader: RowReader, after_line: int) -> Iterator[ImportedRow]:
    return (reader.read(line, cells) for line, cells in file.rows(after_line))
