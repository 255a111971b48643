"""Imports that run while their requests are answered: each in a thread with a connection of its own."""

import asyncio
import threading
from functools import partial
from types import TracebackType
from uuid import UUID

import structlog

from leadgen.errors import LeadGenError
from leadgen.store.database import Database
from leadgen.store.imports import Choices, Import, Importer, ImportFile
from leadgen_api.access.sessions import Member
from leadgen_api.problems import Problem

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 2  # in this process: an import takes a core


class _Ending(LeadGenError):
    """The API ends: the import stops behind its batch, and goes on when its file is given again."""


class RunningImports:
    """Use as `async with`: at its end every import stops behind the batch it is at."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._ending = threading.Event()

    async def __aenter__(self) -> "RunningImports":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        await self.settled()

    def require_place(self) -> None:
        """Raises Problem where as many imports run here as may."""
        if len(self._tasks) >= MOST_AT_ONCE:
            detail = "Other imports are running. Try again when one has ended."
            raise Problem(503, "imports-busy", detail, headers={"retry-after": "30"})

    def start(self, member: Member, campaign_id: UUID, choices: Choices, file: ImportFile, begun: Import) -> None:
        """Runs an import that was begun, unless it runs here already. Its file is removed at the end."""
        if begun.id in self._tasks:
            file.path.unlink(missing_ok=True)
            return
        work = asyncio.to_thread(self._run, member, campaign_id, choices, file, begun)
        task = asyncio.create_task(work)
        self._tasks[begun.id] = task
        task.add_done_callback(partial(self._ended, begun.id))

    async def settled(self) -> None:
        """Returns when none runs any more."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))
            await asyncio.sleep(0)

    def _run(self, member: Member, campaign_id: UUID, choices: Choices, file: ImportFile, begun: Import) -> None:
        async def run() -> None:
            async with Database(self._url, connections=1, application="leadgen import") as database:
                tenant = partial(database.tenant, member.organization_id, member.user_id)
                importer = Importer(tenant, member.organization_id, campaign_id, choices, member.user_id)
                await importer.run(file, begun, self._heard)

        try:
            asyncio.run(run())
        except LeadGenError as error:
            log.warning("import ended early", import_id=str(begun.id), error=type(error).__name__)
        finally:
            file.path.unlink(missing_ok=True)

    def _ended(self, import_id: UUID, task: asyncio.Task[None]) -> None:
        self._tasks.pop(import_id, None)
        if error := task.exception():
            log.error("import failed", import_id=str(import_id), error=type(error).__name__)

    def _heard(self, _: Import) -> None:
        if self._ending.is_set():
            raise _Ending("The API ends.")
