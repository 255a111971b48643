"""Where the owner is no superuser, as managed services give one, row security binds it: merging works there too."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from databases import Server, insert_tenant
from merging_world import MergingWorld
from sqlalchemy import make_url

from leadgen.store.connections import Connections
from leadgen.store.database import Database
from leadgen.store.merges import merge_prospects, undo_merge
from leadgen.store.migrations import migrate


@pytest.fixture
def managed_urls(server: Server) -> Iterator[Connections]:
    """A database that an ordinary role owns and has migrated."""
    with server.superuser() as connection:
        connection.execute("create role merging_customer login password 'customer' createrole")
    try:
        with server.database(owner="merging_customer") as name:
            urls = server.connections(name)
            owner = make_url(urls.owner).set(username="merging_customer", password="customer")
            with server.superuser(name) as connection:
                connection.execute("grant all on schema public to merging_customer")
            managed = Connections(owner.render_as_string(hide_password=False), urls.api, urls.pipeline, None)
            migrate(managed.owner)
            yield managed
    finally:
        with server.superuser() as connection:
            connection.execute("drop role merging_customer")


async def test_prospects_are_merged_and_unmerged_under_an_ordinary_owner(
    managed_urls: Connections, server: Server
) -> None:
    name = make_url(managed_urls.owner).database
    superuser = make_url(server.postgres.url()).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(superuser, autocommit=True) as connection:
        world = MergingWorld(connection, insert_tenant(superuser))
        kept, gone = world.prospect(), world.prospect()
        world.contact(gone, "ana@oak.example", primary=True)
        for prospect in (kept, gone):
            world.enriched(prospect)
            world.scored(prospect)
        before = world.everything()
        async with Database(managed_urls.api, connections=1) as database:
            merged: UUID
            async with database.tenant(world.tenant.organization_id, world.tenant.user_id) as transaction:
                merged = await merge_prospects(transaction, keep=kept, merge=gone, person=world.tenant.user_id)
            assert world.rows("select count(*) from listings where prospect_id = %s", kept) == [(2,)]
            async with database.tenant(world.tenant.organization_id, world.tenant.user_id) as transaction:
                await undo_merge(transaction, merged, person=world.tenant.user_id)
        assert world.everything() == before
