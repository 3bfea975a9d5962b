"""Costly questions about sessions, one at a time: reading a long visit takes the processor from everybody.

Whoever asks about a session while a question about it waits is answered together with that one. Nothing is
kept once it was answered, so that of who is erased nothing stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

__all__ = ["Turns"]

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
Work = Callable[[frozenset[Asked]], Awaitable[Mapping[Asked, Answer]]]


class Turns(Generic[Asked, Answer]):
    """``together_count``: how much of a session is asked in one turn."""

    def __init__(self, together_count: int) -> None:
        self._together_count = together_count
        self._one = asyncio.Lock()
        self._waiting: dict[str, _Turn[Asked, Answer]] = {}

    async def ask(
        self, session: str, asked: frozenset[Asked], work: Work[Asked, Answer]
    ) -> Mapping[Asked, Answer]:
        """What ``work`` answers, in a turn of the session's: it may have been asked for more. A turn goes on
        when who asked has left, for others may wait for it."""
        turn = self._waiting.get(session)
        if turn is None or len(turn.asked | asked) > self._together_count:
            turn = _Turn()
            turn.task = asyncio.ensure_future(self._run(session, turn, work))
            # Of whom nobody waits for any more nobody hears.
            turn.task.add_done_callback(lambda task: task.cancelled() or task.exception())
            self._waiting[session] = turn
        turn.asked |= asked
        return await asyncio.shield(turn.task)

    async def _run(
        self, session: str, turn: _Turn[Asked, Answer], work: Work[Asked, Answer]
    ) -> Mapping[Asked, Answer]:
        async with self._one:
            if self._waiting.get(session) is turn:
                del self._waiting[session]
            return await work(turn.asked)


class _Turn(Generic[Asked, Answer]):
    asked: frozenset[Asked] = frozenset()
    task: asyncio.Future[Mapping[Asked, Answer]]
