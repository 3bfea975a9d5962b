"""The live bus: what is published while one is inside, in order, and who watches whom."""

from __future__ import annotations

import asyncio

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


async def test_the_page_learns_every_change(bus: Bus) -> None:
    told: list[bool] = []
    with bus.connected("visit", told.append):
        assert told == []
        async with bus.watch("visit"):
            assert told == [True]
        assert told == [True, False]
    async with bus.watch("visit"):
        assert told == [True, False], "it is gone"


async def test_a_page_that_comes_later_learns_that_it_is_watched(bus: Bus) -> None:
    told: list[bool] = []
    async with bus.watch("visit"):
        with bus.connected("visit", told.append):
            assert told == [True]


async def test_every_new_watcher_is_announced_to_every_page_of_the_session(bus: Bus) -> None:
    first: list[bool] = []
    second: list[bool] = []
    other: list[bool] = []
    with (
        bus.connected("visit", first.append),
        bus.connected("visit", second.append),
        bus.connected("other", other.append),
    ):
        async with bus.watch("visit"):
            async with bus.watch("visit"):
                assert first == [True, True]
            assert first == [True, True], "one of two left: nothing changed"
        assert first == second == [True, True, False]
        assert other == []


async def test_live_while_at_least_one_page_is_connected(bus: Bus) -> None:
    assert not bus.live("visit")
    told: list[bool] = []
    with bus.connected("visit", told.append):
        with bus.connected("visit", told.append):
            assert bus.live("visit")
        assert bus.live("visit")
        assert not bus.live("other")
    assert not bus.live("visit")
