"""Servers, databases and tenants for tests; the fixtures in `conftest` hand them out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from leadgen.settings import Settings
from leadgen.store.binaries import system_binaries
from leadgen.store.connections import EMBEDDED_DATABASE, Connections
from leadgen.store.embedded import EmbeddedPostgres
from leadgen.store.migrations import migrate
from leadgen.store.provision import provision

# A crash of the machine may cost the test databases; nothing else is different from the real thing.
FASTER = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "64MB"}


class Server:
    """A running Postgres with the platform's roles and a migrated database, to be cloned for each test."""

    def __init__(self, home: Path, bin_dir: Path | None) -> None:
        self.settings = Settings(_env_file=None, home=home, pg_bin=bin_dir, database_url=None)
        self.postgres = EmbeddedPostgres(home / "postgres", bin_dir, options=FASTER)
        self.postgres.start()
        self.template = EMBEDDED_DATABASE
        self._connections = provision(self.settings)
        migrate(self._connections.owner)
        self._numbers = count(1)

    @contextmanager
    def database(self, *, template: str | None = None, owner: str | None = None) -> Iterator[str]:
        """The name of a database that exists for the duration."""
        name = f"test_{next(self._numbers)}"
        making = SQL("create database {} template {} strategy file_copy").format(
            Identifier(name), Identifier(template or "template1")
        )
        if owner is not None:
            making += SQL(" owner {}").format(Identifier(owner))
        with self.superuser() as connection:
            connection.execute(making)
            try:
                yield name
            finally:
                connection.execute(SQL("drop database {} with (force)").format(Identifier(name)))

    @contextmanager
    def superuser(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        """An autocommitting connection that no row security binds."""
        with psycopg.connect(self.postgres.url(database), autocommit=True) as connection:
            yield connection

    def connections(self, database: str) -> Connections:
        """The four roles' URLs of a database of this server."""

        ours = self._connections
        urls = (ours.owner, ours.api, ours.pipeline, ours.dagster)
        return Connections(*(make_url(u).set(database=database).render_as_string(hide_password=False) for u in urls))


class Servers:
    """The servers of this session by kind: `embedded`, and `system` where the machine has a Postgres of its own."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._running: dict[str, Server] = {}

    def running(self, kind: str) -> Server:
        """The server of this kind, started when it is first asked for."""
        if kind not in self._running:
            bin_dir = None
            if kind == "system":
                bin_dir = system_binaries()
                if bin_dir is None:
                    pytest.skip("this machine has no Postgres of its own")
            self._running[kind] = Server(self._home / kind, bin_dir)
        return self._running[kind]

    def stop(self) -> None:
        """Stops and deletes them all."""
        for server in self._running.values():
            server.postgres.remove()


@dataclass(frozen=True)
class Tenant:
    """An organization with one member and one campaign."""

    organization_id: UUID
    user_id: UUID
    campaign_id: UUID


tenant_numbers = count(1)


def insert_tenant(
    url: str, name: str = "Tenant", *, role: str = "owner", budget_micros: int | None = None, status: str = "draft"
) -> Tenant:
    """Makes an organization with a member (`role`) and a campaign (`budget_micros`; None: without limit)."""
    number = next(tenant_numbers)
    with psycopg.connect(url) as connection:
        user_id, organization_id = connection.execute(
            """
            with person as (insert into users (email) values (%(email)s) returning id),
                 organization as (insert into organizations (name, slug) values (%(name)s, %(slug)s) returning id),
                 member as (insert into organization_members (organization_id, user_id, role)
                            select o.id, p.id, %(role)s from organization o, person p)
            select p.id, o.id from person p, organization o
            """,
            {"email": f"person{number}@example.com", "name": name, "slug": f"tenant-{number}", "role": role},
        ).fetchone()
        campaign_id = connection.execute(
            """
            insert into campaigns
              (organization_id, created_by, name, business_type, target_location, budget_micros, status)
            values (%s, %s, 'Dentists in Austin', 'dentist', 'Austin, TX', %s, %s) returning id
            """,
            (organization_id, user_id, budget_micros, status),
        ).fetchone()[0]
    return Tenant(organization_id, user_id, campaign_id)


MakeTenant = Callable[..., Tenant]
Connect = Callable[..., psycopg.Connection]
