"""One costly question at a time, and those about one session together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from viewer.turns import Turns


class Worker:
    """Notes what is asked, and answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[frozenset[int]] = []
        self.running = 0
        self.is_asked = asyncio.Event()
        self.may_end = asyncio.Event()

    async def __call__(self, asked: frozenset[int]) -> Mapping[int, str]:
        assert self.running == 0
        self.running += 1
        self.asked.append(asked)
        self.is_asked.set()
        await self.may_end.wait()
        self.running -= 1
        if 0 in asked:
            raise ValueError("nought")
        return {one: str(one) for one in asked}


async def test_who_asks_meanwhile_is_answered_together_and_nothing_runs_beside() -> None:
    turns, worker = Turns[int, str](3), Worker()
    first = asyncio.create_task(turns.ask("a", frozenset({1}), worker))
    await worker.is_asked.wait()
    later = [asyncio.create_task(turns.ask("a", frozenset({one}), worker)) for one in (1, 2, 3, 4)]
    later.append(asyncio.create_task(turns.ask("b", frozenset({9}), worker)))
    await asyncio.sleep(0)
    worker.may_end.set()
    answers = await asyncio.gather(first, *later)
    found = [answer[one] for answer, one in zip(answers, (1, 1, 2, 3, 4, 9), strict=True)]
    assert found == ["1", "1", "2", "3", "4", "9"]
    assert worker.asked == [{1}, {1, 2, 3}, {4}, {9}]


async def test_a_turn_goes_on_when_one_has_left_and_a_failure_is_of_that_turn_alone() -> None:
    turns, worker = Turns[int, str](3), Worker()
    left = asyncio.create_task(turns.ask("a", frozenset({0}), worker))
    await worker.is_asked.wait()
    left.cancel()
    stays = asyncio.create_task(turns.ask("a", frozenset({0, 1}), worker))
    await asyncio.sleep(0)
    assert worker.running == 1
    worker.may_end.set()
    with pytest.raises(ValueError, match="nought"):
        await stays
    assert await turns.ask("a", frozenset({2}), worker) == {2: "2"}
