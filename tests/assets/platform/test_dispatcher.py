"""The dispatcher over a real outbox, beside a Dagster that refuses."""

from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest
from databases import MakeTenant
from psycopg.rows import dict_row

from leadgen.store.connections import Connections
from leadgen_assets.platform.dagster_api import DagsterRefused
from leadgen_assets.platform.dispatcher import MOST_QUEUED, MOST_QUEUED_PER_ORGANIZATION, Dispatcher
from leadgen_assets.platform.requests import Event


class ScriptedDagster:
    """Launches what it does not refuse; `queued` runs of an organization stand in its queue."""

    def __init__(self) -> None:
        self.refuses: set[int] = set()
        self.queued: Counter[str] = Counter()
        self.launched: list[int] = []

    def queued_by_organization(self) -> Counter[str]:
        return Counter(self.queued)

    def run_of(self, event: Event) -> str | None:
        return None

    def launch(self, event: Event) -> str:
        if event.id in self.refuses:
            raise DagsterRefused("the code location is loading")
        self.launched.append(event.id)
        return f"run of {event.id}"


@pytest.fixture
def dagster() -> ScriptedDagster:
    return ScriptedDagster()


@pytest.fixture
def dispatcher(database_urls: Connections, dagster: ScriptedDagster) -> Iterator[Dispatcher]:
    with psycopg.connect(database_urls.pipeline, autocommit=True, row_factory=dict_row) as outbox:
        yield Dispatcher(outbox, dagster)


@pytest.fixture
def owner(database_urls: Connections) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        yield connection


def emit(owner: psycopg.Connection, make_tenant: MakeTenant, events: int) -> list[int]:
    """Events of one new organization."""
    tenant = make_tenant()
    return [
        owner.execute(
            "insert into outbox (organization_id, campaign_id, kind) values (%s, %s, 'campaign.created') returning id",
            (tenant.organization_id, tenant.campaign_id),
        ).fetchone()[0]
        for _ in range(events)
    ]


def marks(owner: psycopg.Connection, event: int) -> tuple[str | None, int]:
    return owner.execute("select run_id, launch_attempts from outbox where id = %s", (event,)).fetchone()


def test_a_refused_event_waits_and_is_not_lost(
    dispatcher: Dispatcher, dagster: ScriptedDagster, owner: psycopg.Connection, make_tenant: MakeTenant
) -> None:
    (refused,), (other,) = emit(owner, make_tenant, 1), emit(owner, make_tenant, 1)
    dagster.refuses = {refused}
    dispatcher.dispatch()
    assert marks(owner, refused) == (None, 1)
    assert marks(owner, other) == (f"run of {other}", 0)

    dagster.refuses = set()
    dispatcher.dispatch()
    assert marks(owner, refused) == (None, 1)  # its time has not come

    dispatcher._not_before.clear()
    dispatcher.dispatch()
    assert marks(owner, refused) == (f"run of {refused}", 1)


def test_organizations_take_turns_and_the_queue_stays_short(
    dispatcher: Dispatcher, dagster: ScriptedDagster, owner: psycopg.Connection, make_tenant: MakeTenant
) -> None:
    first, second, third = (emit(owner, make_tenant, 5) for _ in range(3))
    dispatcher.dispatch()
    assert dagster.launched == [first[0], second[0], third[0], first[1], second[1], third[1]]
    assert len(dagster.launched) == 3 * MOST_QUEUED_PER_ORGANIZATION


def test_a_full_queue_gets_no_more(
    dispatcher: Dispatcher, dagster: ScriptedDagster, owner: psycopg.Connection, make_tenant: MakeTenant
) -> None:
    emit(owner, make_tenant, 2)
    dagster.queued = Counter({"others": MOST_QUEUED - 1})
    dispatcher.dispatch()
    assert len(dagster.launched) == 1
