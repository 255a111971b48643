"""A row in every tenant table, made from the catalogue, so that a table added tomorrow is walked too."""

from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Composed, Identifier

# Any value of a type: the walk asks who sees a row, not what it says
VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "gen_random_uuid()::text",
    "bytea": "decode(md5(random()::text), 'hex')",
    "jsonb": "'{}'::jsonb",
    "boolean": "false",
    "integer": "1",
    "bigint": "1",
    "double precision": "1",
    "numeric": "1",
    "timestamp with time zone": "now()",
    "date": "current_date",
    "ARRAY": "'{}'",
}

TENANT_RELATIONS = """
    select c.relname, c.relkind = 'r' as is_table
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
     order by c.relname
"""

NEEDED_COLUMNS = """
    select column_name, data_type from information_schema.columns
     where table_schema = 'public' and table_name = %s and column_name <> 'organization_id'
       and is_nullable = 'NO' and column_default is null and is_identity = 'NO' and is_generated = 'NEVER'
"""

CHECKS = """
    select conrelid::regclass::text, conname from pg_constraint
     where contype = 'c' and connamespace = 'public'::regnamespace
"""


@dataclass(frozen=True)
class TenantRelation:
    name: str
    is_table: bool

    @property
    def identifier(self) -> Composed:
        return SQL("public.{}").format(Identifier(self.name))


def tenant_relations(connection: psycopg.Connection) -> list[TenantRelation]:
    return [TenantRelation(*row) for row in connection.execute(TENANT_RELATIONS).fetchall()]


def add_row_everywhere(connection: psycopg.Connection, *organizations: UUID) -> None:
    """Gives each organization a row in every tenant table, against checks and foreign keys."""
    for table, check in connection.execute(CHECKS).fetchall():
        connection.execute(f'alter table {table} drop constraint "{check}"'.encode())
    connection.execute("set session_replication_role = replica")
    for table in (relation for relation in tenant_relations(connection) if relation.is_table):
        needed = connection.execute(NEEDED_COLUMNS, (table.name,)).fetchall()
        columns = SQL(", ").join([Identifier("organization_id"), *(Identifier(name) for name, _ in needed)])
        values = "".join(f", {VALUES[kind]}" for _, kind in needed)
        insert = SQL(
            "insert into {} ({}) select %(id)s {} where not exists (select from {} where organization_id = %(id)s)"
        )
        for organization in organizations:
            connection.execute(
                insert.format(table.identifier, columns, SQL(values), table.identifier), {"id": organization}
            )
    connection.execute("set session_replication_role = origin")
