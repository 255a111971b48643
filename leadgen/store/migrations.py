"""Schema versions: plain SQL files, carried out by Alembic, one transaction each.

`sql/versions/NNNN_name.sql` goes up, `NNNN_name.down.sql` beside it goes back; without the latter the migration is
one-way. Alembic keeps the current version and the order; its revisions are made from the files, so that a migration is
one or two SQL files and nothing else.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from alembic.runtime.migration import MigrationContext, MigrationStep, RevisionStep
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionMap
from psycopg import Error
from sqlalchemy import Connection, NullPool, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from leadgen.errors import InputError, SchemaOutdated
from leadgen.store import queries
from leadgen.store.connections import connection_errors

PACKAGE = Path(__file__).resolve().parent.parent
FILE_NAME = re.compile(r"(?P<revision>\d{4})_(?P<name>[a-z0-9_]+)\.sql")
BASE = "base"
VERSION_TABLE = {"version_table_schema": "public"}  # wherever the connection's search path leads


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """Where a database stands. `current` is None before the first migration; `pending` are the revisions still to run.

    `half_finished` is None, or says in words why the schema is not at any version that our migrations can leave.
    """

    current: str | None
    head: str
    pending: tuple[str, ...]
    half_finished: str | None


def sql_folder() -> Path:
    """Where the SQL files are: in the installed package, or at the root of a checkout."""
    installed = PACKAGE / "sql"
    return installed if installed.is_dir() else PACKAGE.parent / "sql"


def migrate(url: str, *, folder: Path | None = None) -> MigrationStatus:
    """Runs every pending migration; a second process waits for the first and finds nothing left to do.

    Raises:
        SchemaOutdated: the database is half migrated or newer than this code, or a migration failed and was undone.
        DatabaseDown, ConfigurationError: it cannot be reached.
    """
    revisions = _Revisions(folder or sql_folder())
    with _locked_connection(url) as connection:
        status = _status(connection, revisions)
        _refuse_half_finished(status)
        _run(connection, [revisions.step(revision, up=True) for revision in status.pending])
        return _status(connection, revisions)


def downgrade(url: str, revision: str, *, folder: Path | None = None) -> MigrationStatus:
    """Goes back to `revision`, or to before the first one with "base".

    Raises:
        InputError: there is no such revision below the current one, or the way there is one-way. Nothing is changed.
        SchemaOutdated, DatabaseDown, ConfigurationError: as `migrate`.
    """
    revisions = _Revisions(folder or sql_folder())
    with _locked_connection(url) as connection:
        status = _status(connection, revisions)
        _refuse_half_finished(status)
        applied = [r for r in revisions.order if r not in status.pending]
        if revision != BASE and revision not in applied:
            raise InputError(
                f"{revision} is not a migration of this database.", remedy=f"Give {BASE} or one of {applied}."
            )
        undone = applied[applied.index(revision) + 1 :] if revision != BASE else applied
        one_way = [r for r in undone if not revisions.down_file(r).exists()]
        if one_way:
            raise InputError(
                f"migration {one_way[-1]} is one-way: what it removed cannot be made again.",
                remedy="Restore a backup from before it.",
            )
        _run(connection, [revisions.step(r, up=False) for r in reversed(undone)])
        return _status(connection, revisions)


def status(url: str, *, folder: Path | None = None) -> MigrationStatus:
    """Where the database stands; changes nothing."""
    with _connection(url) as connection:
        return _status(connection, _Revisions(folder or sql_folder()))


def require_current(url: str) -> None:
    """Raises SchemaOutdated unless the database is exactly at this code's version."""
    found = status(url)
    _refuse_half_finished(found)
    if found.pending:
        raise SchemaOutdated(
            f"the database is at migration {found.current or BASE}, this code needs {found.head}.",
            remedy="Run `leadgen migrate`.",
        )


class _Revisions:
    """The SQL files as Alembic's revisions, each resting on the one before."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, Path] = {}
        for path in sorted((folder / "versions").iterdir()):
            if match := FILE_NAME.fullmatch(path.name):
                if match["revision"] in self._files:
                    raise SchemaOutdated(
                        f"two migrations have the number {match['revision']}.", remedy="Renumber the newer one."
                    )
                self._files[match["revision"]] = path
        self.order = list(self._files)
        self._directory = ScriptDirectory(folder)
        self._directory.revision_map = RevisionMap(self._scripts)

    def step(self, revision: str, *, up: bool) -> RevisionStep:
        """Alembic's step over one revision."""
        script = self._directory.get_revision(revision)
        make = MigrationStep.upgrade_from_script if up else MigrationStep.downgrade_from_script
        return make(self._directory.revision_map, script)

    def down_file(self, revision: str) -> Path:
        """The file that undoes a revision; absent for a one-way migration."""
        return self._files[revision].with_suffix(".down.sql")

    def _scripts(self) -> Iterator[Script]:
        for before, (revision, path) in zip([None, *self.order], self._files.items(), strict=False):
            module = ModuleType(path.stem, path.stem)
            vars(module).update(
                down_revision=before,
                upgrade=_sender(path),
                downgrade=_sender(self.down_file(revision)),
            )
            yield Script(module, revision, path)


def _status(connection: Connection, revisions: _Revisions) -> MigrationStatus:
    with connection.begin():
        heads = MigrationContext.configure(connection, opts=VERSION_TABLE).get_current_heads()
        has_schema = connection.exec_driver_sql(queries.HAS_SCHEMA).scalar()
    half_finished = None
    if len(heads) > 1:
        half_finished = f"it says to be at several migrations at once: {', '.join(heads)}."
    elif heads and heads[0] not in revisions.order:
        half_finished = f"it is at migration {heads[0]}, which this code does not know: newer code has migrated it."
    elif not heads and has_schema:
        half_finished = "it holds our tables and no migration's number."
    current = heads[0] if heads and half_finished is None else None
    done = revisions.order.index(current) + 1 if current else 0
    return MigrationStatus(
        heads[0] if heads else None, revisions.order[-1], tuple(revisions.order[done:]), half_finished
    )


def _refuse_half_finished(found: MigrationStatus) -> None:
    if found.half_finished:
        raise SchemaOutdated(
            f"the database's schema is not one of ours: {found.half_finished}",
            remedy="Update the code if it is the older one; else restore a backup or begin with an empty database.",
        )


def _run(connection: Connection, steps: list[RevisionStep]) -> None:
    if not steps:
        return
    context = MigrationContext.configure(
        connection, opts={**VERSION_TABLE, "fn": lambda _heads, _context: steps, "transaction_per_migration": True}
    )
    with context.begin_transaction():
        context.run_migrations(connection=connection)


def _sender(file: Path) -> Callable[[Connection], None]:
    def run(connection: Connection) -> None:
        _execute(connection, file)

    return run


def _execute(connection: Connection, file: Path) -> None:
    """Sends a whole file to the server as it stands: psycopg reads no placeholders where there are no parameters."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise TypeError("the connection has no driver")
    try:
        driver.execute(file.read_text(encoding="utf-8"))
    except Error as error:
        raise SchemaOutdated(
            f"migration {file.name} failed and was rolled back: {error}",
            remedy="The database is as it was. Remove what stands in the way and run `leadgen migrate` again.",
        ) from error


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with connection_errors():
        try:
            with engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise error.orig or error from error


@contextmanager
def _locked_connection(url: str) -> Iterator[Connection]:
    with _connection(url) as connection:
        with connection.begin():
            connection.exec_driver_sql(queries.LOCK_MIGRATIONS)
        yield connection  # the lock ends with the connection
