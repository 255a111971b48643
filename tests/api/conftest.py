"""The real application on a real migrated database, and people who signed in through a real link."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import httpx
import psycopg
import pytest
from api_clients import ORIGIN, MakeLink, OpenBrowser, SignIn
from api_seeds import Seeds
from databases import Tenant
from fastapi import FastAPI
from starlette.datastructures import State

from leadgen.settings import settings
from leadgen.store.access import create_sign_in_link
from leadgen.store.connections import Connections
from leadgen.store.database import Database
from leadgen_api.app import create_app


@pytest.fixture(scope="session")
def application() -> FastAPI:
    """The application, assembled once: its many routes take longer than a test."""
    return create_app(secret="a secret of the tests")


@pytest.fixture
async def app(
    application: FastAPI, database_urls: Connections, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FastAPI]:
    """The running application, connected as its own role."""
    monkeypatch.setenv("LEADGEN_API_DATABASE_URL", database_urls.api)
    settings.cache_clear()
    application.state = State()
    async with application.router.lifespan_context(application):
        yield application
    settings.cache_clear()


@pytest.fixture
async def open_browser(app: FastAPI) -> AsyncIterator[OpenBrowser]:
    """Opens clients that nobody has signed in with yet; redirects are not followed."""
    async with AsyncExitStack() as stack:

        def open_client() -> httpx.AsyncClient:
            client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN)
            stack.push_async_callback(client.aclose)
            return client

        yield open_client


@pytest.fixture
def stranger(open_browser: OpenBrowser) -> httpx.AsyncClient:
    """A client without a session."""
    return open_browser()


@pytest.fixture
def seeds(database_urls: Connections) -> Iterator[Seeds]:
    """Writes what the pipeline would write."""
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        yield Seeds(database_urls.owner, connection)


@pytest.fixture
def make_link(database_urls: Connections, seeds: Seeds) -> MakeLink:
    """Makes the path of a sign-in link for a tenant's member, as `leadgen sign-in` does."""

    async def make(tenant: Tenant) -> str:
        async with Database(database_urls.owner, connections=1) as owner, owner.nobody() as transaction:
            return await create_sign_in_link(transaction, seeds.email_of(tenant))

    return make


@pytest.fixture
def sign_in(open_browser: OpenBrowser, make_link: MakeLink) -> SignIn:
    """Signs a tenant's member in and returns the client that has the session."""

    async def enter(tenant: Tenant) -> httpx.AsyncClient:
        client = open_browser()
        response = await client.post(await make_link(tenant))
        assert response.status_code == 303, response.text
        return client

    return enter
