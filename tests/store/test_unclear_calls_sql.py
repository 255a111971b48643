"""A call whose answer was lost, and that may not be repeated, waits for the vendor's word or a person's."""

from collections.abc import Callable

import psycopg
import pytest
from databases import Connect, MakeTenant
from workers import Worker

from leadgen.store.connections import Connections

Kill = Callable[[psycopg.Connection], None]


@pytest.fixture
def worker(connect: Connect, database_urls: Connections, make_tenant: MakeTenant) -> Worker:
    tenant = make_tenant()
    return Worker(connect(database_urls.pipeline, organization_id=tenant.organization_id), tenant.campaign_id)


@pytest.fixture
def lost(worker: Worker) -> int:
    """The ledger line of a call that acts on the world and whose answer was lost."""
    (call,) = worker.open("send", repeatable=0)
    worker.settle(call["call_id"], status="abandoned")
    return call["call_id"]


@pytest.fixture
def owner(connect: Connect, database_urls: Connections) -> psycopg.Connection:
    return connect(database_urls.owner)


def decide(worker: Worker, call_id: int, said: str) -> bool:
    return worker.connection.execute("select app.decide_unclear_call(%s, %s) as done", (call_id, said)).fetchone()[
        "done"
    ]


def test_it_is_not_made_again_and_names_the_earlier_call(worker: Worker, lost: int) -> None:
    (again,) = worker.open("send", repeatable=0)
    assert (again["outcome"], again["call_id"]) == ("unclear", lost)
    assert worker.spend() == (0, 10, 0), "it is counted as paid, once"


def test_a_dead_workers_call_is_not_made_again_either(
    worker: Worker, connect: Connect, database_urls: Connections, kill: Kill
) -> None:
    organization = worker.connection.execute("select app.pipeline_organization_id() as id").fetchone()["id"]
    dead = Worker(connect(database_urls.pipeline, organization_id=organization), worker.campaign_id)
    dead.open("send", repeatable=0)
    dead.open("read")
    kill(dead.connection)
    worker.abandon_dead_calls()
    assert worker.outcomes("send", repeatable=0) == ["unclear"]
    assert worker.outcomes("read") == ["opened"]


def test_a_person_may_say_to_make_it_again(worker: Worker, lost: int) -> None:
    assert decide(worker, lost, "repeat")
    assert worker.outcomes("send", repeatable=0) == ["opened"]


def test_a_person_may_say_to_leave_it(worker: Worker, lost: int) -> None:
    assert decide(worker, lost, "drop")
    assert worker.outcomes("send", repeatable=0) == ["dropped"]


def test_it_is_decided_once_and_only_where_there_is_something_to_decide(worker: Worker, lost: int) -> None:
    assert decide(worker, lost, "drop")
    assert not decide(worker, lost, "repeat")
    (settled,) = worker.pay("other")
    assert not decide(worker, settled["call_id"], "repeat")


def test_what_waits_for_a_word_is_listed(worker: Worker, lost: int) -> None:
    (cheap,) = worker.open("read")
    worker.settle(cheap["call_id"], status="abandoned")
    listed = "select call_id from app.unclear_calls(10)"
    assert [row["call_id"] for row in worker.connection.execute(listed).fetchall()] == [lost]
    decide(worker, lost, "drop")
    assert worker.connection.execute(listed).fetchall() == []


def test_the_vendors_word_settles_it_and_the_answer_is_known_from_then_on(worker: Worker, lost: int) -> None:
    worker.settle(lost, cost=6, body="sent")
    assert worker.spend() == (0, 6, 0)
    (again,) = worker.open("send", repeatable=0)
    assert (again["outcome"], again["body"]) == ("cached", "sent")


def test_what_was_not_carried_out_is_given_back_and_may_be_made(worker: Worker, lost: int) -> None:
    worker.settle(lost, cost=0, status="failed")
    assert worker.spend() == (0, 0, 0)
    assert worker.outcomes("send", repeatable=0) == ["opened"]


def test_a_private_answer_belongs_to_its_tenant(worker: Worker, connect: Connect, database_urls: Connections) -> None:
    (call,) = worker.open("draft", private=True)
    worker.settle(call["call_id"])
    owners = "select count(*) from provider_answers where organization_id is not null"
    assert connect(database_urls.owner).execute(owners).fetchone()[0] == 1


def test_what_the_vendor_recognises_may_be_repeated_as_long_as_it_does(
    worker: Worker, owner: psycopg.Connection
) -> None:
    (call,) = worker.open("mail", repeatable=72_000)
    worker.settle(call["call_id"], status="abandoned")
    assert worker.outcomes("mail", repeatable=72_000) == ["opened"]
    worker.settle(worker.line_of("mail"), status="abandoned")
    owner.execute("update provider_calls set repeatable_until = now() - interval '1 second'")
    assert worker.outcomes("mail", repeatable=72_000) == ["unclear"]
