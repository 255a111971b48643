"""The SQL of administration: roles, databases, locks. Identifiers are composed, values bound."""

from typing import LiteralString

from psycopg.sql import SQL

# Any two numbers, as long as nothing else in the database takes them
LOCK_PROVISIONING: LiteralString = "select pg_advisory_lock(7430, 1)"
LOCK_MIGRATIONS: LiteralString = "select pg_advisory_lock(7430, 2)"

# One round trip opens a tenant's transaction: both settings are local to it, so a pooled connection keeps nothing.
ENTER_TENANT: LiteralString = (
    "select set_config('app.organization_id', %s, true), set_config('request.jwt.claim.sub', %s, true)"
)

HAS_SCHEMA: LiteralString = (
    "select to_regclass('public.organizations') is not null or to_regnamespace('app') is not null"
)

DATABASE_EXISTS: LiteralString = "select exists (select 1 from pg_catalog.pg_database where datname = %s)"
CREATE_DATABASE = SQL("create database {database}")
CREATE_DATABASE_OF = SQL("create database {database} owner {role}")
CLOSE_TO_OTHERS = SQL("revoke connect on database {database} from public")
MAY_CONNECT = SQL("grant connect on database {database} to {role}")

ROLE: LiteralString = "select rolsuper, rolbypassrls from pg_catalog.pg_roles where rolname = %s"
CREATE_ROLE = SQL(
    "create role {role} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password {password}"
)
SET_PASSWORD = SQL("alter role {role} password {password}")
IS_SUPERUSER: LiteralString = "select rolsuper from pg_catalog.pg_roles where rolname = current_user"
JOIN_ROLE = SQL("grant {role} to current_user")
