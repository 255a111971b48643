"""The whole platform as `leadgen up` runs it, for tests that need the real daemon."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
from psycopg.rows import dict_row

from leadgen.settings import Settings
from leadgen.store.campaigns import CampaignSpec, create_campaign, create_tenant
from leadgen.store.connections import Connections, resolve
from leadgen.store.database import Database

STOP_SECONDS = 120
PATIENCE_SECONDS = 240
LOOK_AGAIN_SECONDS = 0.1
AT_REST = {"ready", "paused", "failed"}

OFFER = {
    "kind": "website",
    "sells": "websites with online booking for local businesses",
}


@dataclass(frozen=True)
class Platform:
    """A running platform and the ways to look into it."""

    home: Path
    urls: Connections
    sandbox_url: str

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """Rows as the owner sees them."""
        with psycopg.connect(self.urls.owner, row_factory=dict_row) as connection:
            return connection.execute(sql, parameters).fetchall()

    def change(self, sql: str, *parameters: Any) -> None:
        """A change by the owner."""
        with psycopg.connect(self.urls.owner) as connection:
            connection.execute(sql, parameters)

    def sandbox(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the sandbox's own administration."""
        answer = httpx.request(method, f"{self.sandbox_url}/__sandbox{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    async def create_campaign(self, slug: str = "demo-agency", *, lead_cap: int | None = None) -> UUID:
        """A campaign for what the sandbox's world is about, of the organization of this slug, which signs its drafts."""
        truth = self.sandbox("GET", "/truth")
        offer = {**OFFER, "sender": {"name": "Dana Demo", "company": slug}}
        spec = CampaignSpec(truth["category"], truth["category"], truth["place"], 15, offer=offer, lead_cap=lead_cap)
        async with Database(self.urls.owner, connections=1) as database:
            async with database.nobody() as transaction:
                tenant = await create_tenant(transaction, slug=slug, name=slug, owner_email=f"owner@{slug}.example")
            async with database.tenant(tenant.organization_id, tenant.owner_id) as transaction:
                return await create_campaign(transaction, tenant.organization_id, spec)

    async def at_rest(self, campaign_id: UUID) -> dict[str, Any]:
        """The campaign's row once it no longer moves."""

        async def look() -> dict[str, Any] | None:
            row = self.rows("select * from campaigns where id = %s", campaign_id)[0]
            return row if row["status"] in AT_REST else None

        return await eventually(look, "the campaign comes to rest")

    async def finished_runs(self, campaign_id: UUID, count: int) -> None:
        """Returns when Dagster has ended this many runs of the campaign."""

        async def look() -> bool:
            with psycopg.connect(self.urls.dagster) as connection:
                ended = connection.execute(
                    "select count(*) from runs where partition = %s and status in ('SUCCESS', 'FAILURE')",
                    (str(campaign_id),),
                ).fetchone()
            return bool(ended and ended[0] >= count)

        await eventually(look, "the runs end")


async def eventually(look: Callable[[], Awaitable[Any]], what: str) -> Any:
    """What `look` finds, once it finds something."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := await look()):  # noqa: ASYNC110  other processes set no event of ours
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
    except TimeoutError:
        raise AssertionError(f"waited {PATIENCE_SECONDS} seconds in vain until {what}") from None
    return found


def run_processes(platform: Platform, campaign_id: UUID, *, ended: bool = False) -> list[int]:
    """The processes of the campaign's runs under way (or, `ended`, of those over), by Dagster's own events, newest first."""
    with psycopg.connect(platform.urls.dagster) as connection:
        rows = connection.execute(
            "select e.event from event_logs e join runs r on r.run_id = e.run_id"
            " where r.partition = %s and (r.status in ('SUCCESS', 'FAILURE', 'CANCELED')) = %s"
            " and e.event like '%%Started process for run (pid: %%' order by e.id desc",
            (str(campaign_id), ended),
        ).fetchall()
    return [int(event.partition("Started process for run (pid: ")[2].partition(")")[0]) for (event,) in rows]


@asynccontextmanager
async def held(platform: Platform, vendor: str) -> AsyncIterator[None]:
    """Every call to the vendor waits inside the sandbox until the block ends."""
    platform.sandbox("POST", "/hold", {"vendor": vendor})
    try:
        yield
    finally:
        platform.sandbox("POST", "/release", {"vendor": vendor})


@contextmanager
def running_platform(home: Path, *, prospects: int, variables: Mapping[str, str] | None = None) -> Iterator[Platform]:
    """`leadgen up` in a home of its own, on free ports, with a world of its own. `variables`: settings beside these."""
    home.mkdir(parents=True)
    (home / "world.json").write_text(json.dumps({"seed": 1, "prospects": prospects}))
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LEADGEN_")}
    ports = {f"LEADGEN_{part}_PORT": "" for part in ("API", "DAGSTER", "SANDBOX", "SANDBOX_SMTP", "SANDBOX_IMAP")}
    environment = {**ours, **ports, **(variables or {}), "LEADGEN_HOME": str(home)}
    command = [str(Path(sys.executable).with_name("leadgen"))]
    log = (home / "up.log").open("w")
    process = subprocess.Popen([*command, "up"], env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        addresses = asyncio.run(_addresses(process, command, environment, home))
        settings = Settings(_env_file=None, home=home)
        yield Platform(home, resolve(settings), addresses["sandbox"])
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
        log.close()


async def _addresses(
    process: "subprocess.Popen[bytes]", command: list[str], environment: dict[str, str], home: Path
) -> dict[str, str]:
    async def look() -> dict[str, str] | None:
        assert process.poll() is None, (home / "up.log").read_text()
        asked = await asyncio.create_subprocess_exec(
            *command, "status", "--json", env=environment, stdout=asyncio.subprocess.PIPE
        )
        told, _ = await asked.communicate()
        state = json.loads(told or b"{}")
        ready = state.get("running") and all(part["state"] == "ready" for part in state["parts"])
        return state["addresses"] if ready else None

    return await eventually(look, "every part is ready")
