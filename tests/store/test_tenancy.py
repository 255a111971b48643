"""Tenant A sees, changes and adds nothing of tenant B, in any table, as either role, whatever it claims to be."""

from collections.abc import Callable

import psycopg
import pytest
from databases import Connect, MakeTenant, Server, Tenant
from psycopg.errors import ForeignKeyViolation, InsufficientPrivilege
from psycopg.sql import SQL
from strangers import TenantRelation, add_row_everywhere, tenant_relations

from leadgen.store.connections import Connections
from leadgen.store.database import Database

pytestmark = pytest.mark.parametrize("server", ["embedded", "system"], indirect=True)
Enter = Callable[..., psycopg.Connection]

# Whose rows count: shared answers belong to nobody
FOREIGN = "select count(*) from {} where organization_id is distinct from %s and organization_id is not null"


@pytest.fixture
def as_member(connect: Connect, database_urls: Connections) -> Enter:
    """The API's connection, in a tenant's name."""

    def enter(tenant: Tenant, **claims: object) -> psycopg.Connection:
        who = {"organization_id": tenant.organization_id, "user_id": tenant.user_id}
        return connect(database_urls.api, **{**who, **claims})

    return enter


@pytest.fixture
def as_run(connect: Connect, database_urls: Connections) -> Enter:
    """The pipeline's connection, in a tenant's name."""

    def enter(tenant: Tenant, **claims: object) -> psycopg.Connection:
        return connect(database_urls.pipeline, **{"organization_id": tenant.organization_id, **claims})

    return enter


@pytest.fixture
def full_tenants(make_tenant: MakeTenant, connect: Connect, database_urls: Connections) -> tuple[Tenant, Tenant]:
    """Two tenants with a row in every table."""
    ours, theirs = make_tenant("Ours"), make_tenant("Theirs")
    add_row_everywhere(connect(database_urls.owner), ours.organization_id, theirs.organization_id)
    return ours, theirs


@pytest.fixture
def relations(connect: Connect, database_urls: Connections) -> list[TenantRelation]:
    return tenant_relations(connect(database_urls.owner))


def may(connection: psycopg.Connection, privilege: str, relation: TenantRelation) -> bool:
    name = f"public.{relation.name}"
    return connection.execute("select has_any_column_privilege(%s, %s)", (name, privilege)).fetchone()[0]


def touched(connection: psycopg.Connection, statement: SQL, *values: object) -> int:
    """The rows a statement reached; 0 where it is refused. Nothing stays changed."""
    with connection.transaction(force_rollback=True):
        try:
            with connection.transaction():
                return connection.execute(statement, values).rowcount
        except InsufficientPrivilege:
            return 0


def assert_stays_inside(
    connection: psycopg.Connection, relations: list[TenantRelation], ours: Tenant, theirs: Tenant
) -> None:
    seen = 0
    for relation in relations:
        if may(connection, "select", relation):
            own = SQL("select count(*) from {} where organization_id = %s").format(relation.identifier)
            assert connection.execute(own, (ours.organization_id,)).fetchone()[0] == 1, relation.name
            foreign = SQL(FOREIGN).format(relation.identifier)
            assert connection.execute(foreign, (ours.organization_id,)).fetchone() == (0,), relation.name
            seen += 1
        if relation.is_table:
            change = SQL("update {} set organization_id = organization_id where organization_id = %s")
            delete = SQL("delete from {} where organization_id = %s")
            take = SQL("update {} set organization_id = %s where organization_id = %s")
            theirs_id, ours_id = theirs.organization_id, ours.organization_id
            assert touched(connection, change.format(relation.identifier), theirs_id) == 0, relation.name
            assert touched(connection, delete.format(relation.identifier), theirs_id) == 0, relation.name
            assert touched(connection, take.format(relation.identifier), ours_id, theirs_id) == 0, relation.name
            assert touched(connection, take.format(relation.identifier), theirs_id, ours_id) == 0, relation.name
            if may(connection, "insert", relation):
                insert = SQL("insert into {} (organization_id) values (%s)").format(relation.identifier)
                with pytest.raises(InsufficientPrivilege):
                    connection.execute(insert, (theirs_id,))
    assert seen >= 10


def test_a_member_stays_inside_its_organization_in_every_table(
    full_tenants: tuple[Tenant, Tenant], relations: list[TenantRelation], as_member: Enter
) -> None:
    ours, theirs = full_tenants
    assert_stays_inside(as_member(ours), relations, ours, theirs)


def test_a_run_stays_inside_its_organization_in_every_table(
    full_tenants: tuple[Tenant, Tenant], relations: list[TenantRelation], as_run: Enter
) -> None:
    ours, theirs = full_tenants
    assert_stays_inside(as_run(ours), relations, ours, theirs)


def test_who_has_no_right_to_be_here_sees_nothing(
    full_tenants: tuple[Tenant, Tenant], relations: list[TenantRelation], as_member: Enter, as_run: Enter
) -> None:
    ours, theirs = full_tenants
    strangers = {
        "a forged organization": as_member(ours, organization_id=theirs.organization_id),
        "no user": as_member(ours, user_id=""),
        "an unknown user": as_member(ours, user_id="00000000-0000-0000-0000-000000000000"),
        "no organization": as_member(ours, organization_id=""),
        "a run of nobody": as_run(ours, organization_id=""),
    }
    for stranger, connection in strangers.items():
        for relation in relations:
            if may(connection, "select", relation):
                count = SQL("select count(*) from {}").format(relation.identifier)
                assert connection.execute(count).fetchone() == (0,), f"{stranger} in {relation.name}"


def test_a_member_sees_its_organization_and_its_colleagues_and_no_one_else(
    make_tenant: MakeTenant, as_member: Enter, connect: Connect, database_urls: Connections
) -> None:
    ours, theirs = make_tenant("Ours"), make_tenant("Theirs")
    colleague = make_tenant("Elsewhere")
    connect(database_urls.owner).execute(
        "insert into organization_members (organization_id, user_id, role) values (%s, %s, 'member')",
        (ours.organization_id, colleague.user_id),
    )
    connection = as_member(ours)
    assert connection.execute("select id from organizations").fetchall() == [(ours.organization_id,)]
    people = connection.execute("select id from users").fetchall()
    assert set(people) == {(ours.user_id,), (colleague.user_id,)}
    renamed = connection.execute("update users set full_name = 'Changed' where id <> %s", (ours.user_id,))
    assert renamed.rowcount == 0
    renamed = connection.execute("update organizations set name = 'Changed' where id = %s", (theirs.organization_id,))
    assert renamed.rowcount == 0


def test_no_one_changes_an_email_address_or_a_plan_by_hand(make_tenant: MakeTenant, as_member: Enter) -> None:
    connection = as_member(make_tenant())
    for statement in ("update users set email = 'other@example.com'", "update organizations set plan = 'enterprise'"):
        with pytest.raises(InsufficientPrivilege):
            connection.execute(statement)


def test_a_campaign_does_not_move_to_another_organization_even_for_a_member_of_both(
    make_tenant: MakeTenant, as_member: Enter, connect: Connect, database_urls: Connections
) -> None:
    ours, theirs = make_tenant(), make_tenant()
    connect(database_urls.owner).execute(
        "insert into organization_members (organization_id, user_id, role) values (%s, %s, 'owner')",
        (theirs.organization_id, ours.user_id),
    )
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        as_member(ours).execute("update campaigns set organization_id = %s", (theirs.organization_id,))


def test_a_child_cannot_point_at_a_foreign_campaign(make_tenant: MakeTenant, as_run: Enter) -> None:
    ours, theirs = make_tenant(), make_tenant()
    with pytest.raises(ForeignKeyViolation):
        as_run(ours).execute(
            "insert into prospects (organization_id, campaign_id, company_name, source) values (%s, %s, 'X', 'yelp')",
            (ours.organization_id, theirs.campaign_id),
        )


@pytest.mark.parametrize(("role", "deleted"), [("owner", 1), ("admin", 1), ("member", 0), ("viewer", 0)])
def test_only_owners_and_admins_delete_a_campaign(
    make_tenant: MakeTenant, as_member: Enter, role: str, deleted: int
) -> None:
    assert as_member(make_tenant(role=role)).execute("delete from campaigns").rowcount == deleted


@pytest.mark.parametrize(("role", "seen"), [("owner", 1), ("admin", 1), ("member", 0)])
def test_only_owners_and_admins_handle_credentials(
    make_tenant: MakeTenant,
    as_member: Enter,
    as_run: Enter,
    connect: Connect,
    database_urls: Connections,
    role: str,
    seen: int,
) -> None:
    tenant = make_tenant(role=role)
    connect(database_urls.owner).execute(
        "insert into api_credentials (organization_id, service, credentials_encrypted) values (%s, 'hunter', 'x')",
        (tenant.organization_id,),
    )
    assert as_member(tenant).execute("select count(*) from api_credentials").fetchone() == (seen,)
    assert as_run(tenant).execute("select count(*) from api_credentials").fetchone() == (1,)


def test_who_is_no_member_any_more_sees_nothing_from_the_next_statement_on(
    make_tenant: MakeTenant, as_member: Enter, connect: Connect, database_urls: Connections
) -> None:
    tenant = make_tenant()
    connection = as_member(tenant)
    assert connection.execute("select count(*) from campaigns").fetchone() == (1,)
    connect(database_urls.owner).execute("delete from organization_members")
    assert connection.execute("select count(*) from campaigns").fetchone() == (0,)


async def test_a_pooled_connection_carries_no_tenant_over(
    make_tenant: MakeTenant, database_urls: Connections, server: Server
) -> None:
    tenant = make_tenant()
    count = "select count(*) from campaigns"
    claims = "select current_setting('app.organization_id') || current_setting('request.jwt.claim.sub')"

    async def fail_in_the_middle(database: Database) -> None:
        async with database.tenant(tenant.organization_id, tenant.user_id) as transaction:
            assert await transaction.value(count) == 1
            raise ZeroDivisionError

    async with Database(database_urls.api, connections=1) as database:
        async with database.tenant(tenant.organization_id, tenant.user_id) as transaction:
            assert await transaction.value(count) == 1
        async with database.nobody() as transaction:
            assert await transaction.value(count) == 0
        with pytest.raises(ZeroDivisionError):
            await fail_in_the_middle(database)
        async with database.nobody() as transaction:
            assert await transaction.value(claims) == ""
            assert await transaction.value(count) == 0


def test_the_counts_of_a_campaign_follow_its_prospects_up_and_down(make_tenant: MakeTenant, as_run: Enter) -> None:
    tenant = make_tenant()
    connection = as_run(tenant)
    connection.execute(
        "insert into prospects (organization_id, campaign_id, company_name, source)"
        " select %s, %s, 'Business ' || n, 'yelp' from generate_series(1, 5) n",
        (tenant.organization_id, tenant.campaign_id),
    )
    assert connection.execute("select total_prospects from campaigns").fetchone() == (5,)
    connection.execute("delete from prospects where company_name in ('Business 1', 'Business 2')")
    assert connection.execute("select total_prospects from campaigns").fetchone() == (3,)


def test_a_deleted_organization_takes_everything_of_its_own_with_it(
    make_tenant: MakeTenant, relations: list[TenantRelation], connect: Connect, database_urls: Connections
) -> None:
    tenant = make_tenant()
    owner = connect(database_urls.owner)
    owner.execute(
        "insert into outbox (organization_id, campaign_id, kind) values (%s, %s, 'campaign.created')",
        (tenant.organization_id, tenant.campaign_id),
    )
    owner.execute("delete from organizations")
    for relation in relations:
        assert owner.execute(SQL("select count(*) from {}").format(relation.identifier)).fetchone() == (0,)


def test_a_deleted_person_leaves_the_campaigns_behind(
    make_tenant: MakeTenant, connect: Connect, database_urls: Connections
) -> None:
    make_tenant()
    owner = connect(database_urls.owner)
    owner.execute("delete from users")
    assert owner.execute("select count(*), count(created_by) from campaigns").fetchone() == (1, 0)
