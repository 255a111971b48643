"""The dispatcher: hears of an event in the outbox and launches its run at once.

    python -m leadgen_assets.platform.dispatcher

The business transaction wrote the event; this process only moves it on. What does not fit into Dagster's queue it holds
back, and lets in by turns between organizations. Of several dispatchers one dispatches, the others stand by. An event
is marked only after its run is in Dagster's storage, and its run is looked for before it is launched: a crash between
the two launches nothing twice. Does not import Dagster, so it starts at once.
"""

import argparse
import signal
import time
from collections.abc import Iterable, Sequence
from threading import Event as Flag
from typing import Any

import httpx
import psycopg
import structlog
from psycopg.rows import dict_row

from leadgen.errors import ConfigurationError, TransientError
from leadgen.settings import settings
from leadgen_assets.platform import queries
from leadgen_assets.platform.dagster_api import DagsterApi
from leadgen_assets.platform.requests import Event

POLL_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 60.0
MOST_QUEUED = 8  # runs in Dagster's queue, which is read whole at every look
MOST_QUEUED_PER_ORGANIZATION = 2
PAGE = 100

log = structlog.get_logger(__name__)


class Dispatcher:
    """One connection to the outbox, one to Dagster."""

    def __init__(self, outbox: psycopg.Connection[dict[str, Any]], dagster: DagsterApi) -> None:
        self._outbox = outbox
        self._dagster = dagster
        self._not_before: dict[int, float] = {}  # of events that failed: monotonic seconds

    def run(self, stop: Flag) -> None:
        """Dispatches until `stop` is set. Raises psycopg.OperationalError where the database is lost."""
        if not self._become_the_one():
            log.info("standing by: another dispatcher dispatches")
            while not stop.is_set() and not self._become_the_one():
                stop.wait(POLL_SECONDS)
        self._outbox.execute(queries.LISTEN_FOR_EVENTS)
        log.info("dispatching")
        while not stop.is_set():
            try:
                self.dispatch()
            except (httpx.HTTPError, TransientError) as error:
                log.warning("Dagster cannot be asked", error=repr(error))
            list(self._outbox.notifies(timeout=POLL_SECONDS, stop_after=1))

    def dispatch(self) -> None:
        """Launches what waits and fits. Raises httpx.HTTPError or TransientError where Dagster cannot be asked."""
        events = [Event.of(row) for row in self._outbox.execute(queries.WAITING, {"at_most": PAGE})]
        if not events:
            return
        queued = self._dagster.queued_by_organization()
        for event in self._due(events):
            organization = str(event.organization_id)
            if queued.total() >= MOST_QUEUED:
                return
            if queued[organization] < MOST_QUEUED_PER_ORGANIZATION and self._launch(event):
                queued[organization] += 1

    def _become_the_one(self) -> bool:
        row = self._outbox.execute(queries.BECOME_DISPATCHER).fetchone()
        return row is not None and row["mine"]

    def _due(self, events: Iterable[Event]) -> list[Event]:
        now = time.monotonic()
        return [event for event in events if self._not_before.get(event.id, now) <= now]

    def _launch(self, event: Event) -> bool:
        try:
            run_id = self._dagster.run_of(event) or self._dagster.launch(event)
        except (httpx.HTTPError, TransientError) as error:
            self._outbox.execute(queries.ATTEMPTED, {"event": event.id})
            delay = min(2.0**event.launch_attempts, LONGEST_BACKOFF_SECONDS)
            self._not_before[event.id] = time.monotonic() + delay
            log.warning("not launched", event_id=event.id, next_try_seconds=delay, error=repr(error))
            return False
        self._outbox.execute(queries.LAUNCHED, {"event": event.id, "run": run_id})
        self._not_before.pop(event.id, None)
        log.info("launched", event_id=event.id, run_id=run_id)
        return True


def main(arguments: Sequence[str] | None = None) -> None:
    """The command. Reconnects for as long as it runs."""
    parser = argparse.ArgumentParser(description="Launches the runs that the outbox asks for.")
    port = settings().dagster_port
    parser.add_argument("--dagster-url", default=f"http://127.0.0.1:{port}", required=port is None)
    options = parser.parse_args(arguments)
    stop = Flag()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())

    dagster = DagsterApi(options.dagster_url)
    while not stop.is_set():
        try:
            with psycopg.connect(
                pipeline_url(),
                autocommit=True,
                row_factory=dict_row,
                application_name="leadgen dispatcher",
            ) as outbox:
                Dispatcher(outbox, dagster).run(stop)
        except psycopg.OperationalError as error:
            log.warning("the database does not answer", error=str(error))
            stop.wait(POLL_SECONDS)
    dagster.close()


def pipeline_url() -> str:
    """The pipeline role's URL. Raises ConfigurationError."""
    url = settings().pipeline_database_url
    if url is None:
        raise ConfigurationError(
            "the dispatcher has no database.", remedy="Set LEADGEN_PIPELINE_DATABASE_URL, or use `leadgen up`."
        )
    return url.get_secret_value()


if __name__ == "__main__":
    main()
