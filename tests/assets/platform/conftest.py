"""One orchestra a module, over databases of its own."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import dagster as dg
import pytest
from databases import Servers
from orchestra import Orchestra

from leadgen.store.connections import DAGSTER_ROLE


@pytest.fixture(scope="module")
def orchestra(servers: Servers) -> Iterator[Orchestra]:
    """None of its processes started."""
    server = servers.running("embedded")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="leadgen-")))
        main = server.connections(stack.enter_context(server.database(template=server.template)))
        storage = server.connections(stack.enter_context(server.database(owner=DAGSTER_ROLE)))
        orchestra = Orchestra(folder, dagster_url=storage.dagster, pipeline_url=main.pipeline, owner_url=main.owner)
        yield orchestra
        for name in list(orchestra.processes):
            orchestra.end(name, signal.SIGKILL)


@pytest.fixture
def instance(orchestra: Orchestra, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance as `dagster.yaml` configures it, over the orchestra's database."""
    for name, value in orchestra.environment.items():
        if name != "PYTHONPATH":
            monkeypatch.setenv(name, value)
    with dg.DagsterInstance.get() as instance:
        yield instance
