"""A campaign over a small made-up world, and the settings its runs read."""

from collections.abc import Iterator

import pytest
from databases import MakeTenant
from in_process import PROSPECTS, Environment, Pipeline, campaign_over

from leadgen.sandbox.made import make_world
from leadgen.settings import settings
from leadgen.store.connections import Connections


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    """Sets variables as an operator would, for settings that are read once."""

    def set_variables(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield set_variables
    settings.cache_clear()


@pytest.fixture
def pipeline(database_urls: Connections, make_tenant: MakeTenant, environment: Environment) -> Iterator[Pipeline]:
    """A campaign over a small made-up world."""
    with campaign_over(make_world(seed=3, prospects=PROSPECTS), database_urls, make_tenant) as running:
        environment(
            LEADGEN_PIPELINE_DATABASE_URL=database_urls.pipeline,
            LEADGEN_SANDBOX_URL=running.sandbox_url,
            LEADGEN_FETCHER_SANDBOX=running.sandbox_url,
        )
        yield running
