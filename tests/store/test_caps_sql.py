"""Caps beyond a campaign's budget: per organization, vendor and period; none is passed by a micro, whoever races."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from databases import Connect, MakeTenant, Tenant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workers import Worker

from leadgen.store.connections import Connections

Cap = Callable[..., None]


@pytest.fixture
def cap(connect: Connect, database_urls: Connections) -> Cap:
    """Sets a cap of a tenant."""
    owner = connect(database_urls.owner)

    def set_cap(tenant: Tenant, micros: int, *, vendor: str = "*", period: str = "day") -> None:
        owner.execute(
            "insert into spending_caps (organization_id, vendor, period, cap_micros) values (%s, %s, %s, %s)",
            (tenant.organization_id, vendor, period, micros),
        )

    return set_cap


@pytest.fixture
def hire(connect: Connect, database_urls: Connections) -> Callable[[Tenant], Worker]:
    return lambda tenant: Worker(
        connect(database_urls.pipeline, organization_id=tenant.organization_id), tenant.campaign_id
    )


def spent(worker: Worker) -> dict[str, tuple[int, int]]:
    """The organization's reserved and spent micros by vendor."""
    rows = worker.connection.execute("select vendor, reserved_micros, spent_micros from organization_spend").fetchall()
    return {row["vendor"]: (row["reserved_micros"], row["spent_micros"]) for row in rows}


def test_an_organizations_spend_is_kept_by_vendor_and_day(
    hire: Callable[[Tenant], Worker], make_tenant: MakeTenant
) -> None:
    worker = hire(make_tenant())
    worker.pay("a", "b", cost=7)
    worker.open("c", cost=5, vendor="yelp")
    assert spent(worker) == {"hunter": (0, 14), "yelp": (5, 0)}


def test_a_vendors_cap_refuses_this_vendor_and_no_other(
    hire: Callable[[Tenant], Worker], make_tenant: MakeTenant, cap: Cap
) -> None:
    tenant = make_tenant()
    cap(tenant, 25, vendor="hunter")
    worker = hire(tenant)
    assert worker.outcomes("a", "b", "c", cost=10) == ["opened", "opened", "refused"]
    assert worker.outcomes("d", cost=10, vendor="yelp") == ["opened"]
    (refused,) = worker.open("e", cost=10)
    assert refused["cap"] == "hunter/day"
    assert 0 < refused["wait_seconds"] <= 86_400, "it frees when the day is over"


def test_the_tightest_cap_decides_and_what_is_free_still_passes(
    hire: Callable[[Tenant], Worker], make_tenant: MakeTenant, cap: Cap
) -> None:
    tenant = make_tenant(budget_micros=1_000)
    cap(tenant, 500, period="month")
    cap(tenant, 30, period="day")
    worker = hire(tenant)
    assert [row["cap"] for row in worker.open("a", "b", cost=20)] == [None, "*/day"]
    assert worker.outcomes("free", cost=0) == ["opened"]


def test_a_cap_holds_over_all_campaigns_of_an_organization_and_for_no_other_organization(
    hire: Callable[[Tenant], Worker], make_tenant: MakeTenant, cap: Cap, connect: Connect, database_urls: Connections
) -> None:
    tenant, stranger = make_tenant(), make_tenant("Stranger")
    cap(tenant, 10)
    hire(tenant).pay("a", cost=10)
    elsewhere = Worker(connect(database_urls.pipeline, organization_id=tenant.organization_id), None)
    assert elsewhere.outcomes("b", cost=1) == ["refused"]
    assert hire(stranger).outcomes("b", cost=1) == ["opened"]


def test_what_a_call_did_not_cost_is_free_for_others(
    hire: Callable[[Tenant], Worker], make_tenant: MakeTenant, cap: Cap
) -> None:
    tenant = make_tenant()
    cap(tenant, 10)
    worker = hire(tenant)
    (call,) = worker.open("a", cost=10)
    assert worker.outcomes("b", cost=5) == ["refused"]
    worker.settle(call["call_id"], cost=4)
    assert worker.outcomes("b", cost=5) == ["opened"]


def test_a_dead_workers_calls_count_as_spent(
    hire: Callable[[Tenant], Worker], make_tenant: MakeTenant, kill: Callable[..., None]
) -> None:
    tenant = make_tenant()
    dead, living = hire(tenant), hire(tenant)
    dead.open("a", cost=10)
    kill(dead.connection)
    assert living.abandon_dead_calls() == 1
    assert spent(living) == {"hunter": (0, 10)}


@given(costs=st.lists(st.integers(0, 40), min_size=1, max_size=12), caps=st.tuples(*[st.integers(0, 200)] * 3))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_calls_passes_any_cap(
    hire: Callable[[Tenant], Worker],
    make_tenant: MakeTenant,
    cap: Cap,
    costs: list[int],
    caps: tuple[int, int, int],
) -> None:
    tenant = make_tenant(budget_micros=caps[0])
    cap(tenant, caps[1], vendor="hunter")
    cap(tenant, caps[2], period="month")
    worker = hire(tenant)
    taken = 0
    for number, cost in enumerate(costs):
        fits = cost == 0 or taken + cost <= min(caps)
        assert worker.outcomes(f"{tenant.campaign_id} {number}", cost=cost) == ["opened" if fits else "refused"]
        taken += cost if fits else 0


def test_twenty_racing_workers_of_two_campaigns_never_pass_a_cap(
    hire: Callable[[Tenant], Worker], make_tenant: MakeTenant, cap: Cap
) -> None:
    tenant = make_tenant()
    cap(tenant, 500, period="month")
    workers = [hire(tenant) for _ in range(20)]
    ready = Barrier(len(workers))

    def race(worker: Worker) -> int:
        ready.wait()
        opened = [
            worker.open(*(f"{worker.number} {start + n}" for n in range(10)), cost=1, vendor=vendor)
            for start, vendor in ((0, "hunter"), (10, "yelp"), (20, "hunter"), (30, "apollo"), (40, "yelp"))
        ]
        return sum(row["outcome"] == "opened" for rows in opened for row in rows)

    with ThreadPoolExecutor(len(workers)) as pool:
        assert sum(pool.map(race, workers)) == 500
    assert sum(reserved for reserved, _ in spent(workers[0]).values()) == 500
