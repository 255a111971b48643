"""The database as a part: the embedded server where none is configured, with its roles and schema in place."""

import asyncio
from collections.abc import Callable

from leadgen.cli.part import PartFailed
from leadgen.cli.process_table import Identity
from leadgen.settings import Settings
from leadgen.store.connections import Connections, embedded_server, uses_embedded
from leadgen.store.migrations import MigrationStatus, migrate
from leadgen.store.provision import provision

LOOK_EVERY_SECONDS = 1.0


class DatabasePart:
    """Ready when the roles exist and the schema is current; `connections` are known from then on.

    The embedded server is no child of ours and would outlive us, so it is stopped here and not by its process.
    """

    name = "database"
    after: tuple[str, ...] = ()

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server = embedded_server(settings) if uses_embedded(settings) else None
        self._preparing: asyncio.Future[Connections] | None = None
        self._connections: Connections | None = None

    @property
    def connections(self) -> Connections:
        """The URLs of the roles. Raises PartFailed before the database is ready."""
        if self._connections is None:
            raise PartFailed("The database is not ready.")
        return self._connections

    async def start(self, spawned: Callable[[Identity], None]) -> None:  # noqa: ARG002 - no child of ours
        """Starts the embedded server where it is ours, makes the roles, migrates."""
        self._preparing = asyncio.ensure_future(asyncio.to_thread(self._prepare))
        self._connections = await asyncio.shield(self._preparing)

    async def ended(self) -> str:
        """Returns when the embedded server has ended; never for a database that is not ours to run."""
        if self._server is None:
            await asyncio.Event().wait()
        while await asyncio.to_thread(self._is_running):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        return "The embedded database has ended by itself."

    async def stop(self) -> None:
        """Stops the embedded server, once a start under way has come to its end."""
        if self._preparing is not None:
            await asyncio.wait([self._preparing])
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)

    def _prepare(self) -> Connections:
        if self._server is not None:
            self._server.start()
        connections = provision(self._settings)
        migrate(connections.owner)
        return connections

    def _is_running(self) -> bool:
        return self._server is not None and self._server.is_running()


def migrate_now(settings: Settings) -> MigrationStatus:
    """Makes the roles and migrates; an embedded server that was at rest is put to rest again.

    Raises the LeadGenError of a database that cannot be reached, or whose schema is not one of ours.
    """
    server = embedded_server(settings) if uses_embedded(settings) else None
    at_rest = server is not None and not server.is_running()
    try:
        if server is not None:
            server.start()
        return migrate(provision(settings).owner)
    finally:
        if server is not None and at_rest:
            server.stop()
