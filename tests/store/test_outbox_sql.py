"""The outbox: what a business transaction promised is found, by whoever asks, until it is launched."""

from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest
from databases import Connect, MakeTenant, Tenant
from psycopg.errors import InsufficientPrivilege

from leadgen.store.connections import Connections

pytestmark = pytest.mark.parametrize("server", ["embedded", "system"], indirect=True)
Promise = Callable[[psycopg.Connection, Tenant], int]


@pytest.fixture
def dispatcher(connect: Connect, database_urls: Connections) -> psycopg.Connection:
    """The pipeline before it works for anyone."""
    return connect(database_urls.pipeline)


@pytest.fixture
def member(connect: Connect, database_urls: Connections) -> Callable[[Tenant], psycopg.Connection]:
    def open_as(tenant: Tenant) -> psycopg.Connection:
        return connect(database_urls.api, organization_id=tenant.organization_id, user_id=tenant.user_id)

    return open_as


def promise(connection: psycopg.Connection, tenant: Tenant) -> int:
    """Writes an event, as the API does in the transaction that creates a campaign."""
    inserted = connection.execute(
        "insert into outbox (organization_id, campaign_id, kind) values (%s, %s, 'campaign.created') returning id",
        (tenant.organization_id, tenant.campaign_id),
    )
    return inserted.fetchone()[0]


def waiting(dispatcher: psycopg.Connection, *, older_than: str = "0", at_most: int = 100) -> list[int]:
    found = dispatcher.execute("select event_id from app.outbox_waiting(%s, %s)", (older_than, at_most))
    return [event for (event,) in found]


def launch(dispatcher: psycopg.Connection, event: int, run: str = "run") -> None:
    dispatcher.execute("select app.outbox_launched(%s, %s)", (event, run))


def test_the_event_of_a_slow_transaction_is_not_lost_and_holds_up_no_other(
    dispatcher: psycopg.Connection, member: Callable[[Tenant], psycopg.Connection], make_tenant: MakeTenant
) -> None:
    slow, quick = make_tenant(), make_tenant()
    unfinished = member(slow)
    unfinished.autocommit = False
    late = promise(unfinished, slow)
    early = promise(member(quick), quick)
    assert waiting(dispatcher) == [early]
    launch(dispatcher, early)
    unfinished.commit()
    assert late < early
    assert waiting(dispatcher) == [late]


def test_what_is_rolled_back_was_never_promised(
    dispatcher: psycopg.Connection, member: Callable[[Tenant], psycopg.Connection], make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    connection = member(tenant)
    connection.autocommit = False
    promise(connection, tenant)
    connection.rollback()
    assert waiting(dispatcher) == []


def test_organizations_take_turns(
    dispatcher: psycopg.Connection, member: Callable[[Tenant], psycopg.Connection], make_tenant: MakeTenant
) -> None:
    busy, patient = make_tenant(), make_tenant()
    first, second, third = (promise(member(busy), busy) for _ in range(3))
    only = promise(member(patient), patient)
    assert waiting(dispatcher) == [first, only, second, third]
    assert waiting(dispatcher, at_most=2) == [first, only]


def test_the_sweep_leaves_young_events_to_the_dispatcher(
    dispatcher: psycopg.Connection, member: Callable[[Tenant], psycopg.Connection], make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    promise(member(tenant), tenant)
    assert waiting(dispatcher, older_than="1 hour") == []


def test_an_event_is_launched_once(
    dispatcher: psycopg.Connection, member: Callable[[Tenant], psycopg.Connection], make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    connection = member(tenant)
    event = promise(connection, tenant)
    launch(dispatcher, event, "first run")
    launch(dispatcher, event, "second run")
    assert waiting(dispatcher) == []
    assert connection.execute("select run_id from outbox").fetchall() == [("first run",)]


def test_each_attempt_to_launch_is_counted(
    dispatcher: psycopg.Connection, member: Callable[[Tenant], psycopg.Connection], make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    event = promise(member(tenant), tenant)
    dispatcher.execute("select app.outbox_attempted(%s)", (event,))
    found = dispatcher.execute("select launch_attempts, organization_id from app.outbox_waiting('0', 10)").fetchall()
    assert found == [(1, tenant.organization_id)]


def test_listeners_hear_of_an_event_when_it_is_committed(
    dispatcher: psycopg.Connection, member: Callable[[Tenant], psycopg.Connection], make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    dispatcher.execute("listen leadgen_outbox")
    connection = member(tenant)
    connection.autocommit = False
    promise(connection, tenant)
    promise(connection, tenant)
    connection.commit()
    heard = list(dispatcher.notifies(timeout=30, stop_after=1))
    assert [(notice.channel, notice.payload) for notice in heard] == [("leadgen_outbox", "")]


def test_the_api_cannot_ask_the_dispatchers_questions(
    member: Callable[[Tenant], psycopg.Connection], make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    for question in (
        "select app.outbox_waiting('0', 1)",
        "select app.outbox_launched(1, 'run')",
        "select app.outbox_attempted(1)",
        f"select app.campaign_organization('{tenant.campaign_id}')",
    ):
        with pytest.raises(InsufficientPrivilege):
            member(tenant).execute(question)


def test_a_run_learns_whose_campaign_it_materializes(dispatcher: psycopg.Connection, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    asked = "select app.campaign_organization(%s)"
    assert dispatcher.execute(asked, (tenant.campaign_id,)).fetchone() == (tenant.organization_id,)
    assert dispatcher.execute(asked, (UUID(int=0),)).fetchone() == (None,)
