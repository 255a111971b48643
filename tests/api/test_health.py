from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from api_clients import SignIn
from databases import MakeTenant, Server
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from leadgen.store.connections import Connections


@contextmanager
def without_database(server: Server, urls: Connections) -> Iterator[None]:
    """Postgres hangs up on this database and takes no new connections to it."""
    name = str(conninfo_to_dict(urls.api)["dbname"])
    with server.superuser() as superuser:
        superuser.execute(SQL("alter database {} allow_connections false").format(Identifier(name)))
        superuser.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
        yield
        superuser.execute(SQL("alter database {} allow_connections true").format(Identifier(name)))


async def test_a_serving_process_lives_and_is_ready(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/healthz")).json() == {"status": "alive"}
    assert (await stranger.get("/readyz")).json() == {"status": "ready"}


async def test_without_its_database_the_process_lives_and_is_not_ready(
    stranger: httpx.AsyncClient, server: Server, database_urls: Connections
) -> None:
    with without_database(server, database_urls):
        assert (await stranger.get("/healthz")).status_code == 200
        assert (await stranger.get("/readyz")).status_code == 503


async def test_without_the_database_requests_are_told_to_come_back(
    sign_in: SignIn, make_tenant: MakeTenant, server: Server, database_urls: Connections
) -> None:
    client = await sign_in(make_tenant())

    with without_database(server, database_urls):
        answer = await client.get("/v1/campaigns")

    problem = answer.json()
    assert answer.status_code == 503
    assert problem["type"] == "urn:leadgen:problem:database-down"
    assert int(answer.headers["retry-after"]) > 0


async def test_without_the_database_a_page_says_so(
    sign_in: SignIn, make_tenant: MakeTenant, server: Server, database_urls: Connections
) -> None:
    client = await sign_in(make_tenant())

    with without_database(server, database_urls):
        answer = await client.get("/campaigns")

    assert answer.status_code == 503
    assert "The database does not answer" in answer.text
