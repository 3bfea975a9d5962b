"""The bounds of the local bus: a slow watcher is cut off at its cap, and nothing of it stays behind."""

from __future__ import annotations

import asyncio

import pytest

from storage.bus import LocalBus, weight
from tests.contract.test_bus import published

ONE_BYTES = weight(published(1))


async def test_at_the_cap_a_watcher_is_kept() -> None:
    bus = LocalBus(watcher_bytes=3 * ONE_BYTES)
    async with bus.watch("visit") as watching:
        for number in (1, 2, 3):
            bus.publish(published(number))
        assert [await anext(watching) for _ in range(3)] == [published(number) for number in (1, 2, 3)]


async def test_beyond_the_cap_a_watcher_is_cut_off_and_forgets() -> None:
    bus = LocalBus(watcher_bytes=3 * ONE_BYTES)
    async with bus.watch("visit") as slow, bus.watch("visit") as fast:
        for number in (1, 2, 3, 4, 5):
            bus.publish(published(number))
            assert await anext(fast) == published(number)
        with pytest.raises(StopAsyncIteration):
            await anext(slow)
        assert bus.watched("visit")


async def test_what_was_read_makes_room() -> None:
    bus = LocalBus(watcher_bytes=2 * ONE_BYTES)
    async with bus.watch("visit") as watching:
        bus.publish(published(1))
        for number in range(2, 50):
            bus.publish(published(number))
            assert await anext(watching) == published(number - 1)


async def test_a_single_publication_may_be_larger_than_the_cap() -> None:
    bus = LocalBus(watcher_bytes=1)
    async with bus.watch("visit") as watching:
        bus.publish(published(1))
        assert await anext(watching) == published(1)


async def test_nothing_is_kept_of_sessions_that_nobody_is_in() -> None:
    bus = LocalBus()
    told: list[bool] = []
    async with bus.watch("visit"):
        with bus.connected("visit", told.append):
            pass
    bus.publish(published(1))
    assert not any(vars(bus)[name] for name in ("_watchers", "_pages"))


async def test_a_cancelled_watcher_leaves_nothing_behind() -> None:
    bus = LocalBus()
    inside = asyncio.Event()

    async def watch() -> None:
        async with bus.watch("visit") as watching:
            inside.set()
            await anext(watching)

    watcher = asyncio.ensure_future(watch())
    await inside.wait()
    watcher.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watcher
    assert not bus.watched("visit")
