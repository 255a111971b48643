"""A campaign over a small made-up world, and the settings its runs read."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from databases import MakeTenant
from in_process import OFFER, PROSPECTS, Environment, Pipeline
from psycopg.types.json import Jsonb
from sandbox_server import serving

from leadgen.sandbox.made import make_world
from leadgen.sandbox.world import World
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


@contextmanager
def _pipeline(world: World, urls: Connections, make_tenant: MakeTenant) -> Iterator[Pipeline]:
    tenant = make_tenant()
    with serving(world) as url:
        pipeline = Pipeline(urls, url, world, tenant.campaign_id)
        pipeline.change(
            "update campaigns set business_type = %s, target_location = 'Austin, TX', target_radius_miles = 15,"
            " offer = %s, status = 'queued' where id = %s",
            world.category,
            Jsonb(OFFER),
            tenant.campaign_id,
        )
        pipeline.sandbox("PUT", "/limits", {"*": {"rates": []}})
        yield pipeline


@pytest.fixture
def pipeline(database_urls: Connections, make_tenant: MakeTenant, environment: Environment) -> Iterator[Pipeline]:
    """A campaign over a small made-up world."""
    with _pipeline(make_world(seed=3, prospects=PROSPECTS), database_urls, make_tenant) as running:
        environment(
            LEADGEN_PIPELINE_DATABASE_URL=database_urls.pipeline,
            LEADGEN_SANDBOX_URL=running.sandbox_url,
            LEADGEN_FETCHER_SANDBOX=running.sandbox_url,
        )
        yield running
