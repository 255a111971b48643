"""A vendor that fails again and again is left alone for a while, by every process; then one call tries."""

from collections.abc import Callable

import psycopg
import pytest
from databases import Connect, MakeTenant
from workers import Worker

from leadgen.store.connections import Connections


@pytest.fixture
def worker(connect: Connect, database_urls: Connections, make_tenant: MakeTenant) -> Worker:
    tenant = make_tenant()
    return Worker(connect(database_urls.pipeline, organization_id=tenant.organization_id), tenant.campaign_id)


@pytest.fixture
def owner(connect: Connect, database_urls: Connections) -> psycopg.Connection:
    return connect(database_urls.owner)


@pytest.fixture
def fail(worker: Worker) -> Callable[..., None]:
    """Calls of a vendor that fail one after the other."""

    def failing(times: int, *, vendor: str = "hunter") -> None:
        for number in range(times):
            (call,) = worker.open(f"{vendor} {number}", vendor=vendor)
            worker.settle(call["call_id"], cost=0, status="failed", health="down")

    return failing


def later(owner: psycopg.Connection) -> None:
    """The time that the circuit is open for is over."""
    owner.execute("update app.circuits set open_until = now() - interval '1 second' where open_until is not null")


def test_ten_failures_in_a_row_open_the_circuit_and_nine_do_not(worker: Worker, fail: Callable[..., None]) -> None:
    fail(9)
    assert worker.outcomes("a") == ["opened"]
    fail(1)
    (parked,) = worker.open("b")
    assert parked["outcome"] == "parked"
    assert 0 < parked["wait_seconds"] <= 5
    assert worker.spend()[0] == 10, "nothing is reserved for what is not called"


def test_an_answer_between_failures_closes_it(worker: Worker, fail: Callable[..., None]) -> None:
    fail(9)
    worker.pay("good", health="up")
    fail(9)
    assert worker.outcomes("a") == ["opened"]


def test_other_vendors_and_other_keys_are_not_concerned(worker: Worker, fail: Callable[..., None]) -> None:
    fail(10)
    assert worker.outcomes("a", vendor="yelp") == ["opened"]
    assert worker.outcomes("a own", key_owner="organization") == ["opened"]


def test_what_is_known_is_told_all_the_same(worker: Worker, fail: Callable[..., None]) -> None:
    worker.pay("known")
    fail(10)
    assert worker.outcomes("known", "unknown") == ["cached", "parked"]


def test_after_the_pause_one_call_tries_and_the_others_wait_for_it(
    worker: Worker, fail: Callable[..., None], owner: psycopg.Connection
) -> None:
    fail(10)
    later(owner)
    first, second = worker.open("a", "b")
    assert (first["outcome"], second["outcome"]) == ("opened", "parked")
    worker.settle(first["call_id"], health="up")
    assert worker.outcomes("b", "c") == ["opened", "opened"]


def test_a_trial_that_fails_opens_it_again_for_longer(
    worker: Worker, fail: Callable[..., None], owner: psycopg.Connection
) -> None:
    fail(10)
    later(owner)
    (trial,) = worker.open("a")
    worker.settle(trial["call_id"], cost=0, status="failed", health="down")
    (parked,) = worker.open("b")
    assert 5 < parked["wait_seconds"] <= 10


def test_a_trial_whose_worker_died_does_not_keep_it_open_for_ever(
    worker: Worker, fail: Callable[..., None], owner: psycopg.Connection
) -> None:
    fail(10)
    later(owner)
    assert worker.outcomes("a") == ["opened"]
    assert worker.outcomes("b") == ["parked"]
    owner.execute("update app.circuits set trial_until = now() - interval '1 second'")
    assert worker.outcomes("b") == ["opened"]
