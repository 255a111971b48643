"""No site has to bear more of us than two requests at once and, after the first two, a page a second."""

import asyncio

import pytest

from leadgen.providers.fetcher import courtesy
from leadgen.providers.fetcher.courtesy import Courtesy


class Time:
    """A clock that waiting moves on."""

    def __init__(self) -> None:
        self.now = 100.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def courtesy(self) -> Courtesy:
        return Courtesy(page_every_seconds=1.0, now=lambda: self.now, sleep=self.sleep)


async def visits(time: Time, polite: Courtesy, host: str, n: int, *, page: bool = True) -> list[float]:
    """When each of n visits began."""
    began = []
    for _ in range(n):
        async with polite.visit(host, page=page):
            began.append(time.now)
    return began


async def test_a_page_and_its_redirect_go_at_once_and_further_ones_each_second() -> None:
    time = Time()

    assert await visits(time, time.courtesy(), "smile.com", 5) == [100, 100, 101, 102, 103]


async def test_after_a_pause_two_go_at_once_again() -> None:
    time = Time()
    polite = time.courtesy()
    await visits(time, polite, "smile.com", 4)
    time.now = 200.0

    assert await visits(time, polite, "smile.com", 3) == [200, 200, 201]


async def test_hosts_do_not_wait_for_one_another() -> None:
    time = Time()
    polite = time.courtesy()

    assert [at for n in range(20) for at in await visits(time, polite, f"{n}.com", 1)] == [100] * 20


async def test_files_that_are_no_pages_are_not_counted() -> None:
    time = Time()

    assert await visits(time, time.courtesy(), "smile.com", 20, page=False) == [100] * 20


async def test_at_most_two_are_at_one_host_at_once() -> None:
    polite = Courtesy(page_every_seconds=0)
    inside = most_inside = 0
    full, leave = asyncio.Event(), asyncio.Event()

    async def visit() -> None:
        nonlocal inside, most_inside
        async with polite.visit("smile.com"):
            inside += 1
            most_inside = max(most_inside, inside)
            if inside == 2:
                full.set()
            await leave.wait()
            inside -= 1

    visitors = [asyncio.create_task(visit()) for _ in range(6)]
    await full.wait()
    leave.set()
    await asyncio.gather(*visitors)

    assert most_inside == 2


async def test_hosts_are_forgotten_when_they_are_owed_nothing_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "HOSTS_REMEMBERED", 2)
    time = Time()
    polite = time.courtesy()
    await visits(time, polite, "old.com", 1)
    time.now = 200.0
    await visits(time, polite, "busy.com", 2)
    await visits(time, polite, "new.com", 1)

    assert set(polite._hosts) == {"busy.com", "new.com"}
    assert await visits(time, polite, "busy.com", 1) == [201]
