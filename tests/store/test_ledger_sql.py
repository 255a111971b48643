"""The ledger's functions: an answer is paid once, a budget is never passed, a dead worker's calls are declared."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier

import psycopg
import pytest
from databases import Connect, MakeTenant, Tenant
from workers import Worker

from leadgen.store.connections import Connections

ON_BOTH_SERVERS = pytest.mark.parametrize("server", ["embedded", "system"], indirect=True)
Hire = Callable[..., Worker]
Kill = Callable[[psycopg.Connection], None]
UntilBlocked = Callable[[psycopg.Connection], None]


@pytest.fixture
def hire(connect: Connect, database_urls: Connections) -> Hire:
    """A worker of a tenant's campaign, on a connection of its own."""

    def worker(tenant: Tenant, *, of_campaign: bool = True) -> Worker:
        connection = connect(database_urls.pipeline, organization_id=tenant.organization_id)
        return Worker(connection, tenant.campaign_id if of_campaign else None)

    return worker


@pytest.fixture
def worker(hire: Hire, make_tenant: MakeTenant) -> Worker:
    return hire(make_tenant())


def test_what_is_asked_first_is_opened_and_its_money_reserved(worker: Worker) -> None:
    assert worker.outcomes("a", "b") == ["opened", "opened"]
    assert worker.spend() == (20, 0, 0)


@ON_BOTH_SERVERS
def test_a_settled_answer_is_paid_once_and_known_afterwards(worker: Worker) -> None:
    (first,) = worker.pay("a", cost=7, body='{"email": "x"}')
    (again,) = worker.open("a")
    assert (again["outcome"], again["body"], again["http_status"]) == ("cached", '{"email": "x"}', 200)
    assert again["call_id"] != first["call_id"], "a use has a ledger line of its own"
    assert worker.line(again["call_id"])["saved_micros"] == 7
    assert worker.line(again["call_id"])["answer_id"] == worker.line(first["call_id"])["answer_id"]
    assert worker.spend() == (0, 7, 7)


def test_the_real_cost_replaces_the_reservation(worker: Worker) -> None:
    (call,) = worker.open("a", cost=50)
    worker.settle(call["call_id"], cost=3)
    assert worker.spend() == (0, 3, 0)


def test_a_failed_call_stores_nothing_and_releases_its_money(worker: Worker) -> None:
    worker.pay("a", cost=0, status="failed")
    assert worker.spend() == (0, 0, 0)
    assert worker.outcomes("a") == ["opened"]


def test_an_answer_without_a_time_to_live_is_not_kept(worker: Worker) -> None:
    worker.pay("a", seconds=0)
    assert worker.outcomes("a") == ["opened"]


def test_a_stale_answer_is_bought_anew_and_replaced(
    worker: Worker, connect: Connect, database_urls: Connections
) -> None:
    worker.pay("a", body="old")
    connect(database_urls.owner).execute("update provider_answers set expires_at = now() - interval '1 second'")
    assert worker.outcomes("a", only_known=True) == ["unknown"]
    (fresh,) = worker.pay("a", body="new")
    assert fresh["outcome"] == "opened"
    assert worker.open("a")[0]["body"] == "new"


def test_looking_only_opens_nothing_but_notes_each_use(worker: Worker) -> None:
    assert worker.outcomes("a", only_known=True) == ["unknown"]
    assert worker.spend() == (0, 0, 0)
    worker.pay("a")
    assert worker.outcomes("a", "b", only_known=True) == ["cached", "unknown"]
    assert worker.spend() == (0, 10, 10)


def test_settling_twice_counts_once(worker: Worker) -> None:
    (call,) = worker.pay("a", cost=8)
    worker.settle(call["call_id"], cost=8)
    assert worker.spend() == (0, 8, 0)


def test_calls_outside_a_campaign_have_no_budget_and_are_remembered_too(hire: Hire, make_tenant: MakeTenant) -> None:
    worker = hire(make_tenant(budget_micros=0), of_campaign=False)
    worker.pay("a")
    assert worker.outcomes("a") == ["cached"]


# One flight for one answer


def test_a_call_in_flight_is_not_made_by_another_worker(hire: Hire, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    one, two = hire(tenant), hire(tenant)
    (call,) = one.open("a")
    assert two.outcomes("a", "b") == ["busy", "opened"]
    one.settle(call["call_id"])
    assert two.outcomes("a") == ["cached"]


def test_a_call_in_flight_is_not_made_again_by_its_own_worker(worker: Worker) -> None:
    worker.open("a")
    (again,) = worker.open("a")
    assert (again["outcome"], again["call_id"]) == ("busy", None)
    assert worker.spend() == (10, 0, 0)


def test_a_batch_that_asks_the_same_twice_makes_one_call(worker: Worker) -> None:
    assert worker.outcomes("a", "b", "a") == ["opened", "opened", "busy"]
    assert worker.spend() == (20, 0, 0)


def test_a_batch_that_asks_the_same_known_answer_twice_notes_two_uses(worker: Worker) -> None:
    worker.pay("a")
    first, second = worker.open("a", "a")
    assert first["outcome"] == second["outcome"] == "cached"
    assert first["call_id"] != second["call_id"]


def test_who_waits_for_an_intent_that_is_being_written_is_told_it_is_busy(
    hire: Hire, make_tenant: MakeTenant, until_blocked: UntilBlocked
) -> None:
    one, two = hire(make_tenant()), hire(make_tenant())
    one.connection.autocommit = False
    one.open("a")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(two.outcomes, "a")
        until_blocked(two.connection)
        one.connection.commit()
        assert waiting.result() == ["busy"]
    assert two.spend() == (0, 0, 0)


@ON_BOTH_SERVERS
def test_who_waits_while_the_answer_is_being_stored_gets_it_for_nothing(
    hire: Hire, make_tenant: MakeTenant, until_blocked: UntilBlocked
) -> None:
    one, two = hire(make_tenant()), hire(make_tenant())
    (call,) = one.open("a")
    one.connection.autocommit = False
    one.settle(call["call_id"], cost=9, body="answer")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(two.open, "a")
        until_blocked(two.connection)
        one.connection.commit()
        (found,) = waiting.result()
    assert (found["outcome"], found["body"]) == ("cached", "answer")
    assert two.line(found["call_id"])["status"] == "cached"
    assert two.spend() == (0, 0, 9)


def test_many_workers_that_want_the_same_answers_buy_each_once(
    hire: Hire, make_tenant: MakeTenant, connect: Connect, database_urls: Connections
) -> None:
    requests = [f"request {n}" for n in range(40)]
    tenants = [make_tenant(), make_tenant()]
    workers = [hire(tenants[n % 2]) for n in range(4)]
    ready = Barrier(len(workers))

    def work(seed: int) -> None:
        worker, wanted = workers[seed], requests.copy()
        Random(seed).shuffle(wanted)
        ready.wait()
        for n in range(0, len(wanted), 8):
            missing = wanted[n : n + 8]
            while missing:
                rows = worker.open(*missing)
                worker.settle(*[row["call_id"] for row in rows if row["outcome"] == "opened"])
                missing = [request for request, row in zip(missing, rows, strict=True) if row["outcome"] == "busy"]

    with ThreadPoolExecutor(len(workers)) as pool:
        list(pool.map(work, range(len(workers))))
    owner = connect(database_urls.owner)
    bought = owner.execute("select count(*), count(distinct fingerprint) from provider_calls where status = 'settled'")
    assert bought.fetchone() == (40, 40)
    assert owner.execute("select sum(spent_micros), sum(reserved_micros) from campaign_spend").fetchone() == (400, 0)


# Money


def test_the_call_that_would_pass_the_budget_is_refused(hire: Hire, make_tenant: MakeTenant) -> None:
    worker = hire(make_tenant(budget_micros=25))
    assert worker.outcomes("a", "b", "c") == ["opened", "opened", "refused"]
    assert worker.outcomes("d") == ["refused"]
    assert worker.spend() == (20, 0, 0)


def test_what_is_known_or_free_is_never_refused(hire: Hire, make_tenant: MakeTenant) -> None:
    worker = hire(make_tenant(budget_micros=10))
    worker.pay("a")
    assert worker.outcomes("b", "a") == ["refused", "cached"]
    assert worker.outcomes("free", cost=0) == ["opened"]


def test_money_that_was_not_needed_can_be_spent_on_the_next_call(hire: Hire, make_tenant: MakeTenant) -> None:
    worker = hire(make_tenant(budget_micros=10))
    (call,) = worker.open("a", cost=10)
    assert worker.outcomes("b", cost=5) == ["refused"]
    worker.settle(call["call_id"], cost=4)
    assert worker.outcomes("b", cost=6) == ["opened"]


@ON_BOTH_SERVERS
def test_racing_workers_never_pass_the_budget_and_leave_none_of_it_unused(hire: Hire, make_tenant: MakeTenant) -> None:
    tenant = make_tenant(budget_micros=105)
    workers = [hire(tenant) for _ in range(6)]
    ready = Barrier(len(workers))

    def work(number: int) -> int:
        ready.wait()
        return sum(workers[number].outcomes(f"{number}/{n}").count("opened") for n in range(5))

    with ThreadPoolExecutor(len(workers)) as pool:
        opened = sum(pool.map(work, range(len(workers))))
    assert opened == 10
    assert workers[0].spend() == (100, 0, 0)


# Death


@ON_BOTH_SERVERS
def test_the_open_calls_of_a_dead_worker_are_declared_and_counted(
    hire: Hire, make_tenant: MakeTenant, kill: Kill
) -> None:
    tenant = make_tenant()
    dead, living = hire(tenant), hire(tenant)
    (first, _) = dead.open("a", "b")
    dead.pay("c")
    living.open("d")
    kill(dead.connection)
    assert living.abandon_dead_calls() == 2
    line = living.line(first["call_id"])
    assert (line["status"], line["cost_micros"]) == ("abandoned", 10)
    assert "may have been paid" in line["failure"]
    assert living.spend() == (10, 30, 0)
    assert living.abandon_dead_calls() == 0


def test_the_flights_of_a_dead_worker_are_free_again(hire: Hire, make_tenant: MakeTenant, kill: Kill) -> None:
    dead, living = hire(make_tenant()), hire(make_tenant())
    dead.open("a")
    kill(dead.connection)
    assert living.outcomes("a") == ["busy"]
    living.abandon_dead_calls()
    assert living.outcomes("a") == ["opened"]


def test_the_calls_of_a_living_worker_are_left_alone(hire: Hire, make_tenant: MakeTenant) -> None:
    one, two = hire(make_tenant()), hire(make_tenant())
    one.open("a")
    assert two.abandon_dead_calls() == 0


def test_a_worker_that_was_declared_dead_too_early_still_settles_right(
    hire: Hire, make_tenant: MakeTenant, connect: Connect, database_urls: Connections
) -> None:
    tenant = make_tenant()
    early, other = hire(tenant), hire(tenant)
    (call,) = early.open("a", cost=10)
    early.connection.execute("select pg_advisory_unlock_all()")
    other.abandon_dead_calls()
    assert other.spend() == (0, 10, 0)
    early.settle(call["call_id"], cost=6, body="late")
    assert other.spend() == (0, 6, 0)
    assert other.open("a")[0]["body"] == "late"


def test_declaring_and_settling_at_once_count_a_call_once(
    hire: Hire, make_tenant: MakeTenant, until_blocked: UntilBlocked
) -> None:
    tenant = make_tenant()
    early, other = hire(tenant), hire(tenant)
    (call,) = early.open("a", cost=10)
    early.connection.execute("select pg_advisory_unlock_all()")
    other.connection.autocommit = False
    other.abandon_dead_calls()
    with ThreadPoolExecutor(1) as pool:
        settling = pool.submit(early.settle, call["call_id"], cost=6)
        until_blocked(early.connection)
        other.connection.commit()
        settling.result()
    assert early.spend() == (0, 6, 0)


def test_opening_and_declaring_the_same_campaigns_at_once_do_not_deadlock(
    hire: Hire, make_tenant: MakeTenant, until_blocked: UntilBlocked, kill: Kill
) -> None:
    tenant = make_tenant()
    dead, opening, declaring = hire(tenant), hire(tenant), hire(tenant)
    dead.open("b")
    kill(dead.connection)
    opening.connection.autocommit = False
    opening.open("a")
    with ThreadPoolExecutor(1) as pool:
        declared = pool.submit(declaring.abandon_dead_calls)
        until_blocked(declaring.connection)
        assert opening.outcomes("b") == ["busy"]
        opening.connection.commit()
        assert declared.result() == 1


# Whose answer it is


def test_what_the_platform_bought_is_known_to_every_tenant_and_what_a_tenants_key_bought_to_that_tenant(
    hire: Hire, make_tenant: MakeTenant, connect: Connect, database_urls: Connections
) -> None:
    a, b = make_tenant(), make_tenant()
    ours = hire(a)
    ours.pay("public")
    ours.pay("private", key_owner="organization")
    assert hire(b).outcomes("public", "private", only_known=True) == ["cached", "unknown"]
    stored = "select count(*) from provider_answers"
    assert connect(database_urls.pipeline, organization_id=b.organization_id).execute(stored).fetchone() == (1,)


@ON_BOTH_SERVERS
def test_members_see_the_answers_behind_their_own_lines_only(
    hire: Hire, make_tenant: MakeTenant, connect: Connect, database_urls: Connections
) -> None:
    a, b = make_tenant(), make_tenant()
    hire(a).pay("public")
    seen = "select count(*) from provider_answers"
    member_of_a = connect(database_urls.api, organization_id=a.organization_id, user_id=a.user_id)
    member_of_b = connect(database_urls.api, organization_id=b.organization_id, user_id=b.user_id)
    assert member_of_a.execute(seen).fetchone() == (1,)
    assert member_of_b.execute(seen).fetchone() == (0,)
    hire(b).open("public")
    assert member_of_b.execute(seen).fetchone() == (1,)


def test_a_line_that_points_at_a_strangers_answer_opens_it_to_no_one(
    hire: Hire, make_tenant: MakeTenant, connect: Connect, database_urls: Connections
) -> None:
    ours, theirs = make_tenant(), make_tenant()
    (private,) = hire(theirs).pay("private", key_owner="organization")
    owner = connect(database_urls.owner)
    (line,) = hire(ours).open("a")
    owner.execute(
        "update provider_calls set answer_id = (select answer_id from provider_calls where id = %s) where id = %s",
        (private["call_id"], line["call_id"]),
    )
    member = connect(database_urls.api, organization_id=ours.organization_id, user_id=ours.user_id)
    assert member.execute("select answer_id is not null from provider_calls").fetchall() == [(True,)]
    assert member.execute("select count(*) from provider_answers").fetchone() == (0,)
