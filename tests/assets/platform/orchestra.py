"""The orchestration as it runs in production, for tests: its processes, its events, its runs."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import dagster as dg
import httpx
import psycopg
from psycopg.rows import dict_row

from leadgen_assets.platform.requests import EVENT_TAG
from leadgen_assets.platform.worker_socket import NoWorker, Request, ask

T = TypeVar("T")

HERE = Path(__file__).parent
PROJECT = HERE.parents[2]
LOOK_EVERY_SECONDS = 0.02
GIVE_UP_AFTER_SECONDS = 120
ORGANIZATION = UUID(int=1)


def until(condition: Callable[[], T], what: str) -> T:
    """Waits for a condition to come true and returns its value."""
    give_up = time.monotonic() + GIVE_UP_AFTER_SECONDS
    while time.monotonic() < give_up:
        value = condition()
        if value:
            return value
        time.sleep(LOOK_EVERY_SECONDS)
    raise AssertionError(f"it never came to be that {what}")


class Orchestra:
    """Two processes: `dagster` (run worker, code server, web server and daemon, forked) and `dispatcher`."""

    def __init__(self, folder: Path, *, dagster_url: str, pipeline_url: str, owner_url: str) -> None:
        self.folder = folder
        self.owner_url = owner_url
        self.worker_socket = folder / "worker.sock"
        self.code_socket = folder / "code.sock"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "DAGSTER_HOME": str(PROJECT),
            "DAGSTER_PG_URL": dagster_url,
            "LEADGEN_PIPELINE_DATABASE_URL": pipeline_url,
            "LEADGEN_RUN_WORKER_SOCKET": str(self.worker_socket),
            "LEADGEN_CODE_SERVER_SOCKET": str(self.code_socket),
            "SAMPLE_FOLDER": str(folder),
            "PYTHONPATH": str(HERE),
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def command(self, name: str) -> list[str]:
        """The command line of a process."""
        if name != "dagster":
            return ["leadgen_assets.platform.dispatcher", "--dagster-url", self.address]
        parts = (
            f"code-server -s {self.code_socket} -m sample_definitions",
            f"web-server -p {self.port} -w {PROJECT / 'workspace.yaml'}",
            f"daemon -w {PROJECT / 'workspace.yaml'}",
        )
        also = [word for part in parts for word in ("--also", part)]
        socket_and_module = ["--socket", str(self.worker_socket), "-m", "sample_definitions"]
        return ["leadgen_assets.platform.run_worker", *socket_and_module, *also]

    def keep_up(self, *names: str) -> None:
        """Starts the processes that do not run, and waits until they are ready."""
        for name in names:
            if name not in self.processes:
                self.start(name)
        for name in names:
            until(lambda name=name: self.is_ready(name), f"{name} is ready")

    def start(self, name: str) -> None:
        """Starts a process."""
        with self.log(name).open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *self.command(name)],
                env=os.environ | self.environment,
                cwd=PROJECT,
                stdout=log,
                stderr=log,
            )

    def log(self, name: str) -> Path:
        """What a process says."""
        return self.folder / f"{name}.log"

    def is_ready(self, name: str) -> bool:
        """Whether the process does its work; fails where it has ended."""
        assert self.processes[name].poll() is None, self.log(name).read_text()[-3000:]
        if name == "dispatcher":
            return "dispatching" in self.log(name).read_text()
        return self.worker_answers() and self.code_location_is_loaded()

    def worker_answers(self) -> bool:
        """Whether the run worker listens."""
        try:
            ask(self.worker_socket, Request.CHECK, "none")
        except NoWorker:
            return False
        return True

    def code_location_is_loaded(self) -> bool:
        """Whether the web server can launch runs."""
        question = "{ repositoriesOrError { __typename ... on RepositoryConnection { nodes { name } } } }"
        try:
            with httpx.Client(trust_env=False, timeout=20) as client:
                answer = client.post(f"{self.address}/graphql", json={"query": question})
        except httpx.TransportError:
            return False
        return bool(answer.json()["data"]["repositoriesOrError"].get("nodes"))

    def end(self, name: str, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends a process and returns its exit code."""
        process = self.processes.pop(name)
        process.send_signal(how)
        try:
            return process.wait(GIVE_UP_AFTER_SECONDS)
        finally:
            process.kill()

    def emit(
        self,
        organization: UUID = ORGANIZATION,
        *,
        hold: bool = False,
        fail: str | None = None,
        kind: str = "campaign.created",
    ) -> int:
        """Writes a campaign and its event in one transaction, as the API does; returns the event's id.

        `hold`: its run waits in the third asset until `release`. `fail`: that asset fails, `permanent` or `transient`.
        """
        campaign = uuid4()
        if hold:
            self.steer(campaign, "hold", "")
        if fail:
            self.steer(campaign, "fail", fail)
        with psycopg.connect(self.owner_url) as connection:
            connection.execute(
                "insert into organizations (id, name, slug) values (%s, 'T', %s) on conflict do nothing",
                (organization, f"t-{organization}"),
            )
            connection.execute(
                "insert into campaigns (id, organization_id, name, business_type, target_location)"
                " values (%s, %s, 'C', 'dentist', 'Austin')",
                (campaign, organization),
            )
            row = connection.execute(
                "insert into outbox (organization_id, campaign_id, kind) values (%s, %s, %s) returning id",
                (organization, campaign, kind),
            ).fetchone()
        assert row is not None
        return row[0]

    def outbox(self, event: int) -> dict[str, Any]:
        """The event's row."""
        with psycopg.connect(self.owner_url, row_factory=dict_row) as connection:
            row = connection.execute("select * from outbox where id = %s", (event,)).fetchone()
        assert row is not None
        return row

    def steer(self, campaign: UUID, how: str, text: str) -> None:
        """Tells the sample definitions what to do with a campaign."""
        (self.folder / f"{campaign}.{how}").write_text(text)

    def held_process(self, event: int) -> int:
        """Waits until the event's run is held, and returns its process id."""
        file = self.folder / f"{self.outbox(event)['campaign_id']}.pid"
        until(file.exists, "the run waits in its asset")
        pid = int(file.read_text())
        file.unlink()
        return pid

    def release(self, event: int) -> None:
        """Lets a held run go on."""
        (self.folder / f"{self.outbox(event)['campaign_id']}.hold").unlink()


def runs_of(instance: dg.DagsterInstance, event: int) -> list[dg.DagsterRun]:
    """The runs of an event, the first first."""
    return list(instance.get_runs(dg.RunsFilter(tags={EVENT_TAG: str(event)}), ascending=True))


def ended(instance: dg.DagsterInstance, event: int, status: dg.DagsterRunStatus) -> dg.DagsterRun:
    """Waits until the event's latest run has ended as expected, and returns it."""

    def latest() -> dg.DagsterRun | None:
        runs = runs_of(instance, event)
        return runs[-1] if runs and runs[-1].status == status else None

    return until(latest, f"the run of event {event} is {status.value}")
