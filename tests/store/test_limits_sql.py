"""The limiter's functions: no window ever holds more than its limit, no scope more calls than it has places."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from threading import Barrier
from uuid import UUID, uuid4

import psycopg
import pytest
from databases import Connect
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadgen.store.connections import Connections

scope_numbers = count()
ON_BOTH_SERVERS = pytest.mark.parametrize("server", ["embedded", "system"], indirect=True)
Kill = Callable[[psycopg.Connection], None]
OpenPipeline = Callable[[], psycopg.Connection]

# Long against any delay of the machine: instants are compared to a hundredth of it, and nobody waits for it
WINDOW = 100_000.0
TOLERANCE = timedelta(seconds=WINDOW / 100)


def take(connection: psycopg.Connection, n: int = 1, *, most: int = 7, scope: str = "hunter/60s") -> list[datetime]:
    """When each of n permits may be used."""
    now, waits = connection.execute(
        "select clock_timestamp(), app.take_permits(%s, %s, %s, %s)", (scope, most, WINDOW, n)
    ).fetchone()
    assert len(waits) == n
    return [now + timedelta(seconds=wait) for wait in waits]


def assert_within_limit(instants: list[datetime], most: int) -> None:
    """Whatever a window's first permit is, the one that would be too many lies outside."""
    instants = sorted(instants)
    for first, too_many in zip(instants, instants[most:], strict=False):
        assert too_many - first > timedelta(seconds=WINDOW) - TOLERANCE


@pytest.fixture
def open_pipeline(connect: Connect, database_urls: Connections) -> OpenPipeline:
    return lambda: connect(database_urls.pipeline)


@ON_BOTH_SERVERS
@pytest.mark.parametrize("most", [1, 7, 40])
def test_racing_processes_never_pass_a_limit_in_any_window(open_pipeline: OpenPipeline, most: int) -> None:
    connections = [open_pipeline() for _ in range(4)]
    ready = Barrier(len(connections))

    def work(connection: psycopg.Connection) -> list[datetime]:
        ready.wait()
        return [instant for n in (1, 5, 1, 3) for instant in take(connection, n, most=most)]

    with ThreadPoolExecutor(len(connections)) as pool:
        instants = [instant for each in pool.map(work, connections) for instant in each]
    assert_within_limit(instants, most)
    turns = (len(instants) - 1) // most
    latest = timedelta(seconds=WINDOW * turns * 22 / 20) + TOLERANCE
    assert max(instants) - min(instants) < latest, "a tenth of the limit is left for late calls, no more"


@given(
    most=st.integers(1, 9),
    batches=st.lists(st.tuples(st.integers(1, 12), st.integers(0, 2)), min_size=1, max_size=8),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_window_holds_more_than_its_limit_whatever_is_asked_and_held(
    open_pipeline: OpenPipeline, most: int, batches: list[tuple[int, int]]
) -> None:
    connection = open_pipeline()
    scope = f"scope {next(scope_numbers)}"
    instants = []
    for n, windows_held in batches:
        instants += take(connection, n, most=most, scope=scope)
        connection.execute("select app.hold_scope(%s, %s)", (scope, windows_held * WINDOW))
    assert_within_limit(instants, most)


def test_what_the_limit_allows_waits_for_nothing(open_pipeline: OpenPipeline) -> None:
    connection = open_pipeline()
    waits = connection.execute("select app.take_permits('s', 5, 60, 3) || app.take_permits('s', 5, 60, 2)").fetchone()
    assert waits == ([0.0] * 5,)


def test_scopes_have_limits_of_their_own(open_pipeline: OpenPipeline) -> None:
    connection = open_pipeline()
    waits = connection.execute("select app.take_permits('s', 5, 60, 5) || app.take_permits('t', 5, 60, 5)").fetchone()
    assert waits == ([0.0] * 10,)


@ON_BOTH_SERVERS
def test_every_process_waits_until_the_vendor_said_and_the_longest_word_holds(open_pipeline: OpenPipeline) -> None:
    one, two = open_pipeline(), open_pipeline()
    (now,) = take(one)
    one.execute("select app.hold_scope('hunter/60s', 500000)")
    one.execute("select app.hold_scope('hunter/60s', 1)")
    assert min(take(two, 3)) > now + timedelta(seconds=500_000 - 1)


def test_a_scope_is_held_before_its_first_use(open_pipeline: OpenPipeline) -> None:
    connection = open_pipeline()
    connection.execute("select app.hold_scope('s', 1000)")
    waits = connection.execute("select app.take_permits('s', 5, 86400, 1)").fetchone()[0]
    assert 900 < waits[0] <= 1000


# Places


class Lessee:
    """A worker that holds places of one scope."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.number = connection.execute("select app.enter_worker()").fetchone()[0]
        self.in_flight = 0
        self.organization_id: UUID | None = None

    def lease(self, scope: str, most: int, want: int, in_flight: int = 0) -> int:
        """Asks with so many calls not yet ended, and then has as many in flight as it may."""
        leased = "select app.lease_slots(%s, %s, %s, %s, %s, %s)"
        asked = (self.number, scope, most, want, in_flight, self.organization_id)
        granted = self.connection.execute(leased, asked).fetchone()[0]
        self.in_flight = max(in_flight, granted)
        return granted


@pytest.fixture
def lessees(connect: Connect, database_urls: Connections) -> list[Lessee]:
    return [Lessee(connect(database_urls.pipeline)) for _ in range(4)]


@pytest.fixture
def held(connect: Connect, database_urls: Connections) -> Callable[[str], int]:
    """The places of a scope that are given out."""
    owner = connect(database_urls.owner)
    total = "select coalesce(sum(slots), 0) from app.slot_leases where scope = %s"
    return lambda scope: owner.execute(total, (scope,)).fetchone()[0]


def test_who_is_alone_gets_what_it_wants_up_to_the_limit(lessees: list[Lessee]) -> None:
    assert lessees[0].lease("s", most=10, want=4) == 4
    assert lessees[0].lease("s", most=10, want=40) == 10


def test_a_newcomer_gets_its_share_as_the_others_give_theirs_back(lessees: list[Lessee]) -> None:
    one, two, *_ = lessees
    assert one.lease("s", most=10, want=10) == 10
    assert two.lease("s", most=10, want=10) == 0
    assert one.lease("s", most=10, want=10, in_flight=8) == 5
    assert two.lease("s", most=10, want=10) == 2, "eight calls are still in flight"
    assert one.lease("s", most=10, want=10, in_flight=5) == 5
    assert two.lease("s", most=10, want=10) == 5


@ON_BOTH_SERVERS
def test_a_dead_workers_places_come_back_at_once(lessees: list[Lessee], kill: Kill) -> None:
    dead, living, *_ = lessees
    dead.lease("s", most=10, want=10)
    kill(dead.connection)
    assert living.lease("s", most=10, want=10) == 10


def test_a_living_workers_places_stay_its_own(lessees: list[Lessee]) -> None:
    one, two, *_ = lessees
    one.lease("s", most=10, want=10, in_flight=10)
    assert two.lease("s", most=10, want=10) == 0


def test_scopes_do_not_touch_each_other(lessees: list[Lessee]) -> None:
    one, two, *_ = lessees
    one.lease("s", most=10, want=10)
    assert two.lease("t", most=10, want=10) == 10


def test_of_fewer_places_than_workers_those_who_came_first_have_one(lessees: list[Lessee]) -> None:
    assert [lessee.lease("s", most=2, want=5) for lessee in reversed(lessees)] == [2, 0, 0, 0]
    for lessee in reversed(lessees):
        lessee.lease("s", most=2, want=5)
    assert [lessee.lease("s", most=2, want=5) for lessee in lessees] == [1, 1, 0, 0]


@given(
    most=st.integers(1, 12),
    wants=st.lists(st.integers(0, 15), min_size=4, max_size=4),
    steps=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 15), st.integers(0, 100)), max_size=12),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_places_are_never_given_twice_and_end_max_min_fair(
    lessees: list[Lessee], most: int, wants: list[int], steps: list[tuple[int, int, int]]
) -> None:
    scope = f"scope {next(scope_numbers)}"
    for lessee in lessees:
        lessee.in_flight = 0
    for who, want, percent_not_ended in steps:
        lessee = lessees[who]
        lessee.lease(scope, most, want, in_flight=lessee.in_flight * percent_not_ended // 100)
        assert sum(each.in_flight for each in lessees) <= most

    for _ in range(2):
        for lessee, want in zip(lessees, wants, strict=True):
            lessee.lease(scope, most, want)
            assert sum(each.in_flight for each in lessees) <= most
    shares = [lessee.lease(scope, most, want) for lessee, want in zip(lessees, wants, strict=True)]
    assert sum(shares) == min(most, sum(wants))
    unsatisfied = [share for share, want in zip(shares, wants, strict=True) if share < want]
    assert all(share <= want for share, want in zip(shares, wants, strict=True))
    assert not unsatisfied or max(shares) <= min(unsatisfied) + 1


def settle_leases(lessees: list[Lessee], most: int, wants: list[int]) -> list[int]:
    """Each worker's places when all have asked as often as it takes."""
    for _ in range(3):
        shares = [lessee.lease("fair", most, want) for lessee, want in zip(lessees, wants, strict=True)]
    return shares


def test_an_organization_with_many_runs_gets_no_more_places_than_one_with_few(lessees: list[Lessee]) -> None:
    many, alone = uuid4(), uuid4()
    for lessee in lessees[:3]:
        lessee.organization_id = many
    lessees[3].organization_id = alone
    assert settle_leases(lessees, 12, [12, 12, 12, 12]) == [2, 2, 2, 6]


def test_what_one_organization_does_not_want_the_others_have(lessees: list[Lessee]) -> None:
    many, alone = uuid4(), uuid4()
    for lessee in lessees[:3]:
        lessee.organization_id = many
    lessees[3].organization_id = alone
    assert settle_leases(lessees, 12, [9, 9, 9, 3]) == [3, 3, 3, 3]
    assert settle_leases(lessees, 12, [9, 1, 9, 1]) == [5, 1, 5, 1]


@given(
    most=st.integers(1, 12),
    wants=st.lists(st.integers(0, 12), min_size=4, max_size=4),
    owners=st.lists(st.integers(0, 2), min_size=4, max_size=4),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_organization_has_two_places_more_than_another_that_wants_more(
    lessees: list[Lessee], most: int, wants: list[int], owners: list[int]
) -> None:
    organizations = [uuid4() for _ in range(3)]
    for lessee, owner in zip(lessees, owners, strict=True):
        lessee.organization_id = organizations[owner]
    shares = settle_leases(lessees, most, wants)
    assert sum(shares) == min(most, sum(wants))
    has, wanted = Counter[int](), Counter[int]()
    for owner, share, want in zip(owners, shares, wants, strict=True):
        has[owner] += share
        wanted[owner] += want
    short = [has[owner] for owner in wanted if has[owner] < min(wanted[owner], most)]
    assert not short or max(has.values()) <= min(short) + 1


# The vendor's own count


def test_what_others_did_with_the_same_key_is_counted_in(open_pipeline: OpenPipeline) -> None:
    connection = open_pipeline()
    connection.execute("select app.correct_rate('c', 10, 86400, 3)")
    waits = connection.execute("select app.take_permits('c', 10, 86400, 4)").fetchone()[0]
    assert [wait < 3_600 for wait in waits] == [True, True, True, False]


def test_a_count_lower_than_ours_changes_nothing(open_pipeline: OpenPipeline) -> None:
    connection = open_pipeline()
    connection.execute("select app.take_permits('c', 10, 86400, 8)")
    connection.execute("select app.correct_rate('c', 10, 86400, 5)")
    waits = connection.execute("select app.take_permits('c', 10, 86400, 3)").fetchone()[0]
    assert [wait < 3_600 for wait in waits] == [True, True, False]


def test_racing_workers_never_hold_more_places_than_there_are(
    lessees: list[Lessee], held: Callable[[str], int]
) -> None:
    ready = Barrier(len(lessees))

    def work(lessee: Lessee) -> None:
        ready.wait()
        for want in range(1, 20):
            lessee.lease("s", most=7, want=want % 9, in_flight=lessee.in_flight)
            assert held("s") <= 7

    with ThreadPoolExecutor(len(lessees)) as pool:
        list(pool.map(work, lessees))
