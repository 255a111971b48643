"""The catalogue keeps the rules: each lint in sql/lints finds nothing here, and finds what it is there for."""

from pathlib import Path

import psycopg
import pytest
from databases import Connect

from leadgen.store.connections import Connections
from leadgen.store.migrations import sql_folder

LINTS = sorted((sql_folder() / "lints").glob("*.sql"))

# One breach a lint must see
BREACHES = {
    "row_security_not_forced": "alter table campaigns no force row level security",
    "tables_without_tenant": "create table notes (id int)",
    "tenant_may_be_missing": "alter table outbox alter organization_id drop not null",
    "privilege_without_policy": "drop policy pipeline_scope on organizations",
    "policy_without_tenant": "create policy open on campaigns to leadgen_api using (true)",
    "policy_asks_for_each_row": "create policy slow on campaigns to leadgen_api using (app.has_role('owner'))",
    "foreign_keys_without_index": "drop index evidence_prospect",
    "foreign_keys_across_tenants": "alter table prospects add foreign key (campaign_id) references campaigns (id)",
    "functions_with_open_search_path": "create function app.f() returns int language sql return 1",
    "functions_open_to_public": "grant execute on function app.worker_class() to public",
    "tables_open_to_public": "grant select on campaigns to public",
    "application_roles_with_power": "alter table outbox owner to leadgen_api",
    "views_of_their_owner": "create view all_campaigns as select * from campaigns",
    "duplicate_indexes": "create index again on campaigns (organization_id, status)",
}


def findings(connection: psycopg.Connection, lint: Path) -> list[tuple[object, ...]]:
    return connection.execute(lint.read_bytes()).fetchall()


@pytest.mark.parametrize("server", ["embedded", "system"], indirect=True)
def test_the_catalogue_keeps_every_rule(database_urls: Connections, connect: Connect) -> None:
    owner = connect(database_urls.owner)
    assert {lint.stem: found for lint in LINTS if (found := findings(owner, lint))} == {}


def test_every_lint_sees_the_breach_it_is_for(database_urls: Connections, connect: Connect) -> None:
    owner = connect(database_urls.owner)
    for lint in LINTS:
        with owner.transaction(force_rollback=True):
            owner.execute(BREACHES[lint.stem])
            assert findings(owner, lint), lint.stem
