"""A real Postgres for every test that needs one: one server a session, one fresh migrated database a test."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import hypothesis
import pytest
from databases import MakeTenant, Server, Servers, insert_tenant

from leadgen.store.connections import DAGSTER_ROLE, Connections
from leadgen.store.embedded import EmbeddedPostgres

# Databases in memory spare the disk's pauses, a few times the tests' own time on a busy machine
MEMORY = Path("/dev/shm")
ROOM_NEEDED_BYTES = 4 * 1024**3


# Rules of the database and of whole worlds set numbers of their own.
hypothesis.settings.register_profile("suite", max_examples=50)
hypothesis.settings.load_profile("suite")

# Files that take a minute or more, whole platforms among them. They begin first, so that the others fill the time beside them.
LONG = (
    "test_campaign_under_faults.py",
    "test_whole_campaign.py",
    "test_orchestration.py",
    "test_interruption.py",
    "test_demo.py",
    "test_vault_rotation.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, in the order of `LONG`; all others stay as they are."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


# A shell that runs the tests in the background has them ignore SIGINT, `nohup` SIGHUP; Dagster would hand that on to SIGTERM,
# and the processes that tests start would inherit all.
for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)


@pytest.fixture(scope="session")
def reachable_folder() -> Iterator[Path]:
    """A temporary folder that every account may enter; pytest's own are closed to the one Postgres runs as for root."""
    folder = Path(tempfile.mkdtemp(prefix="leadgen-tests-", dir=MEMORY if _memory_is_roomy() else None))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _memory_is_roomy() -> bool:
    if not MEMORY.is_dir() or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return False
    return shutil.disk_usage(MEMORY).free > ROOM_NEEDED_BYTES


@pytest.fixture(scope="session")
def servers(reachable_folder: Path) -> Iterator[Servers]:
    servers = Servers(reachable_folder)
    yield servers
    servers.stop()


@pytest.fixture
def server(request: pytest.FixtureRequest, servers: Servers) -> Server:
    """The embedded server; `@pytest.mark.parametrize("server", ["embedded", "system"], indirect=True)` tries both."""
    return servers.running(getattr(request, "param", "embedded"))


@pytest.fixture(scope="session")
def postgres(servers: Servers) -> EmbeddedPostgres:
    """The session's embedded server."""
    return servers.running("embedded").postgres


@pytest.fixture
def empty_database(server: Server) -> Iterator[Connections]:
    """A database before its first migration."""
    with server.database() as name:
        yield server.connections(name)


@pytest.fixture
def database_urls(server: Server) -> Iterator[Connections]:
    """A migrated database of this test's own. Dagster's database is made by `dagster_url` alone."""
    with server.database(template=server.template) as name:
        yield server.connections(name)


@pytest.fixture
def dagster_url(server: Server) -> Iterator[str]:
    """An empty database that Dagster's role owns."""
    with server.database(owner=DAGSTER_ROLE) as name:
        yield server.connections(name).dagster


@pytest.fixture
def make_tenant(database_urls: Connections) -> MakeTenant:
    """Makes tenants of this test's database: see `databases.insert_tenant`."""
    return partial(insert_tenant, database_urls.owner)
