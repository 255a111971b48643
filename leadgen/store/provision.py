"""Makes the roles and databases the platform connects as; safe to repeat.

The roles own nothing in the main database, are no superusers and do not bypass row security; `leadgen_dagster` owns
Dagster's database.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg import Connection
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import Identifier, Literal
from sqlalchemy import make_url

from leadgen.errors import ConfigurationError
from leadgen.settings import Settings
from leadgen.store import queries
from leadgen.store.connections import (
    API_ROLE,
    DAGSTER_ROLE,
    EMBEDDED_DATABASE,
    PIPELINE_ROLE,
    Connections,
    connect,
    credentials_file,
    embedded_server,
    libpq_url,
    read_passwords,
    resolve,
    uses_embedded,
)

__all__ = ["Connections", "provision", "resolve"]


@dataclass(frozen=True, slots=True)
class _Role:
    name: str
    variable: str
    given_url: str | None  # the operator's own: then its password is theirs too


def provision(settings: Settings) -> Connections:
    """Makes what is missing of databases, roles and passwords, and returns the URLs. Does not migrate.

    The embedded server must run. Passwords are those of the role URLs in the settings or, where there are none, made
    once and kept in `credentials.json` (0600) in the home folder.

    Raises:
        ConfigurationError: the owner may not make roles, or a role exists whose password is not known here.
        DatabaseDown: the server does not answer.
    """
    embedded = uses_embedded(settings)
    if embedded:
        with connect(embedded_server(settings).url()) as connection:
            _make_database(connection, EMBEDDED_DATABASE, None)
    owner = resolve(settings).owner
    roles = [
        _Role(API_ROLE, "LEADGEN_API_DATABASE_URL", libpq_url(settings.api_database_url)),
        _Role(PIPELINE_ROLE, "LEADGEN_PIPELINE_DATABASE_URL", libpq_url(settings.pipeline_database_url)),
        _Role(DAGSTER_ROLE, "LEADGEN_DAGSTER_DATABASE_URL", libpq_url(settings.dagster_database_url)),
    ]
    main = str(make_url(owner).database)
    with connect(owner) as connection:
        connection.execute(queries.LOCK_PROVISIONING)
        try:
            existing = _make_roles(connection, roles, settings, may_reset=embedded)
            for name in (API_ROLE, PIPELINE_ROLE):
                connection.execute(queries.MAY_CONNECT.format(database=Identifier(main), role=Identifier(name)))
            if embedded:
                connection.execute(queries.CLOSE_TO_OTHERS.format(database=Identifier(main)))
            if settings.dagster_database_url is None:
                _make_database(connection, f"{main}_dagster", DAGSTER_ROLE)
            connections = resolve(settings)
            urls = {API_ROLE: connections.api, PIPELINE_ROLE: connections.pipeline, DAGSTER_ROLE: connections.dagster}
            for role in existing:
                if role.given_url is None and not _accepted(urls[role.name]):
                    _set_password(connection, role.name, read_passwords(settings)[role.name], exists=True)
        except InsufficientPrivilege as error:
            raise ConfigurationError(
                f"the owner of the database may not make what is needed: {error.diag.message_primary}.",
                remedy="Give its role CREATEROLE and CREATEDB, or make the roles yourself and set"
                f" {', '.join(role.variable for role in roles)}.",
            ) from error
    return connections


def _make_roles(connection: Connection, roles: list[_Role], settings: Settings, *, may_reset: bool) -> list[_Role]:
    """Makes the missing roles and returns those that were there."""
    passwords = dict(read_passwords(settings))
    existing = [role for role in roles if _exists(connection, role.name)]
    for role in roles:
        if role.given_url is None and role.name not in passwords:
            if role in existing and not may_reset:
                raise ConfigurationError(
                    f"the role {role.name} exists on this server and its password is not known here.",
                    remedy=f"Copy {credentials_file(settings).name} from the installation that made it, or set"
                    f" {role.variable}.",
                )
            passwords[role.name] = secrets.token_urlsafe(24)
    _write_passwords(settings, passwords)  # before the server knows them: a crash in between is repaired by repeating
    for role in roles:
        if role not in existing:
            password = make_url(role.given_url).password if role.given_url else passwords[role.name]
            _set_password(connection, role.name, str(password or ""), exists=False)
    return existing


def _accepted(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def _exists(connection: Connection, role: str) -> bool:
    row = connection.execute(queries.ROLE, (role,)).fetchone()
    if row is not None and any(row):
        raise ConfigurationError(
            f"the role {role} is a superuser or bypasses row security: tenants would not be kept apart.",
            remedy=f"Run `alter role {role} nosuperuser nobypassrls` as a superuser.",
        )
    return row is not None


def _set_password(connection: Connection, role: str, password: str, *, exists: bool) -> None:
    # only a verifier goes to the server, so that no statement log holds the password
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    statement = queries.SET_PASSWORD if exists else queries.CREATE_ROLE
    connection.execute(statement.format(role=Identifier(role), password=Literal(verifier)))


def _make_database(connection: Connection, name: str, owner: str | None) -> None:
    row = connection.execute(queries.DATABASE_EXISTS, (name,)).fetchone()
    if row is not None and row[0]:
        return
    if owner is None:
        connection.execute(queries.CREATE_DATABASE.format(database=Identifier(name)))
        return
    superuser = connection.execute(queries.IS_SUPERUSER).fetchone()
    if superuser is None or not superuser[0]:
        connection.execute(queries.JOIN_ROLE.format(role=Identifier(owner)))
    connection.execute(queries.CREATE_DATABASE_OF.format(database=Identifier(name), role=Identifier(owner)))
    connection.execute(queries.CLOSE_TO_OTHERS.format(database=Identifier(name)))


def _write_passwords(settings: Settings, passwords: Mapping[str, str]) -> None:
    path = credentials_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(passwords, file, indent=2)
    draft.replace(path)
