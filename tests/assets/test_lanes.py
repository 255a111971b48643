"""Lanes: every result is saved exactly once, and what is under way when something fails is finished and saved."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen_assets import lanes
from leadgen_assets.lanes import in_lanes


@given(
    turns=st.lists(st.integers(0, 5), max_size=60),
    saving=st.integers(0, 5),
    width=st.integers(1, 20),
    batch=st.integers(1, 10),
)
def test_every_result_is_saved_once_however_lanes_and_saving_take_turns(
    turns: list[int], saving: int, width: int, batch: int
) -> None:
    saved: list[int] = []

    async def handle(item: tuple[int, int]) -> int:
        number, pauses = item
        for _ in range(pauses):
            await asyncio.sleep(0)
        return number

    async def save(results: Sequence[int]) -> None:
        for _ in range(saving):
            await asyncio.sleep(0)
        saved.extend(results)

    handled = asyncio.run(in_lanes(list(enumerate(turns)), handle, save, lanes=width, batch=batch))
    assert handled == len(turns)
    assert sorted(saved) == list(range(len(turns)))


async def test_no_new_item_starts_after_a_failure_and_what_was_under_way_is_saved() -> None:
    started: list[int] = []
    saved: list[int] = []
    failed = asyncio.Event()

    async def handle(item: int) -> int:
        started.append(item)
        if item == 2:
            failed.set()
            raise RuntimeError("the vendor is down")
        await failed.wait()
        return item

    async def save(results: Sequence[int]) -> None:
        saved.extend(results)

    with pytest.raises(RuntimeError, match="the vendor is down"):
        await in_lanes(range(10), handle, save, lanes=3)
    assert started == [0, 1, 2]
    assert sorted(saved) == [0, 1]


async def test_a_failure_to_save_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "SAVE_EVERY_SECONDS", 0)

    async def handle(item: int) -> int:
        await asyncio.sleep(0)
        return item

    async def save(_results: Sequence[int]) -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="the disk is full"):
        await in_lanes(range(1_000), handle, save, lanes=2, batch=1)
