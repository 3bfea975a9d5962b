"""The live bus: what is published while one is inside, in order, and who watches whom."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from replay.ports import Bus, Published, StoredBatch
from storage.bus import LocalBus


@pytest.fixture
def bus() -> Bus:
    return LocalBus()


def published(number: int, session: str = "visit") -> Published:
    return Published(
        session=session,
        batches=(
            StoredBatch(
                load="load",
                track=0,
                number=number,
                payload=b"x" * 100,
                digest=b"",
                received_ms=0,
                first_ms=0,
                last_ms=0,
                checkpoint=False,
            ),
        ),
    )


async def test_a_watcher_sees_its_session_from_entering_on(bus: Bus) -> None:
    bus.publish(published(1))
    async with bus.watch("visit") as watching:
        for number in (2, 3):
            bus.publish(published(number))
            bus.publish(published(number, session="other"))
        assert await anext(watching) == published(2)
        assert await anext(watching) == published(3)


async def test_a_waiting_watcher_is_woken(bus: Bus) -> None:
    async with bus.watch("visit") as watching:
        waiting = asyncio.ensure_future(anext(watching))
        await asyncio.sleep(0)
        bus.publish(published(1))
        assert await waiting == published(1)


async def test_all_watchers_see_the_same(bus: Bus) -> None:
    async with bus.watch("visit") as one, bus.watch("visit") as two:
        bus.publish(published(1))
        assert await anext(one) == await anext(two) == published(1)


async def test_a_watcher_that_left_is_told_nothing_more(bus: Bus) -> None:
    async with bus.watch("visit") as watching:
        pass
    bus.publish(published(1))
    assert [one async for one in watching] == []


async def test_watched_while_at_least_one_is_inside(bus: Bus) -> None:
    assert not bus.watched("visit")
    async with bus.watch("visit"):
        async with bus.watch("visit"):
            assert bus.watched("visit")
        assert bus.watched("visit")
        assert not bus.watched("other")
    assert not bus.watched("visit")


async def test_a_watcher_that_fails_is_gone_too(bus: Bus) -> None:
    with pytest.raises(ZeroDivisionError):
        async with bus.watch("visit"):
            raise ZeroDivisionError
    assert not bus.watched("visit")


async def test_the_page_learns_the_present_state_and_every_change(bus: Bus) -> None:
    async with bus.on_watch("visit") as wishes:
        assert await anext(wishes) is False
        async with bus.watch("visit"):
            assert await anext(wishes) is True
        assert await anext(wishes) is False


async def test_a_page_that_comes_later_learns_that_it_is_watched(bus: Bus) -> None:
    async with bus.watch("visit"), bus.on_watch("visit") as wishes:
        assert await anext(wishes) is True


async def test_every_new_watcher_is_announced(bus: Bus) -> None:
    async with bus.on_watch("visit") as wishes, bus.watch("visit"):
        assert await anext(wishes) is True
        async with bus.watch("visit"):
            assert await anext(wishes) is True
        waiting = asyncio.ensure_future(anext(wishes))
        await asyncio.sleep(0)
        assert not waiting.done(), "one of two left: nothing changed"
        async with bus.watch("visit"):
            assert await waiting is True


async def test_who_reads_late_learns_the_latest_only(bus: Bus) -> None:
    async with bus.on_watch("visit") as wishes:
        assert await anext(wishes) is False
        async with bus.watch("visit"):
            pass
        waiting = asyncio.ensure_future(anext(wishes))
        await asyncio.sleep(0)
        assert not waiting.done(), "came and went: still unwatched"
        async with bus.watch("visit"):
            assert await waiting is True
            async with AsyncExitStack() as inside:
                await inside.enter_async_context(bus.watch("visit"))
            assert await anext(wishes) is True
        async with bus.watch("visit"):
            assert await anext(wishes) is True, "left and came again: a checkpoint is needed"


async def test_wishes_end_with_their_context(bus: Bus) -> None:
    async with bus.on_watch("visit") as wishes:
        assert await anext(wishes) is False
        waiting = asyncio.ensure_future(anext(wishes))
        await asyncio.sleep(0)
    with pytest.raises(StopAsyncIteration):
        await waiting


async def test_live_while_at_least_one_page_is_connected(bus: Bus) -> None:
    assert not bus.live("visit")
    async with bus.connected("visit"):
        async with bus.connected("visit"):
            assert bus.live("visit")
        assert bus.live("visit")
        assert not bus.live("other")
    assert not bus.live("visit")
