"""The live bus of a single process: what was committed goes to the desks that watch, and the wish to watch
goes back to the page's connection.

A watcher's queue is bounded in bytes. One that falls behind is cut off and loses what it had not read, so
that it can never slow the collector or fill the memory; it begins again from the store. Everything here runs
in one event loop and never waits.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from replay.ports import Bus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from replay.ports import Published

__all__ = ["WATCHER_BYTES", "LocalBus", "weight"]

Item = TypeVar("Item")

WATCHER_BYTES = 8 * 1024 * 1024
"""How much may wait for one watcher before it is cut off. A single publication may be larger."""

_ITEM_BYTES = 500
"""What a batch, a gap or an empty publication weighs beside its payload."""


def weight(published: Published) -> int:
    """The bytes that a publication is counted with in a queue."""
    payloads = sum(len(batch.payload) for batch in published.batches)
    return payloads + _ITEM_BYTES * (1 + len(published.batches) + len(published.gaps))


class LocalBus(Bus):
    """A ``Bus`` inside one process."""

    def __init__(self, *, watcher_bytes: int = WATCHER_BYTES) -> None:
        self._watcher_bytes = watcher_bytes
        self._watchers: dict[str, list[_Watcher]] = {}
        self._wishes: dict[str, list[_Wish]] = {}
        self._connected: Counter[str] = Counter()

    def publish(self, published: Published) -> None:
        for watcher in self._watchers.get(published.session, ()):
            watcher.put(published)

    @asynccontextmanager
    async def watch(self, session: str) -> AsyncIterator[AsyncIterator[Published]]:
        watcher = _Watcher(self._watcher_bytes)
        self._watchers.setdefault(session, []).append(watcher)
        self._tell(session, on=True)
        try:
            yield watcher
        finally:
            watcher.end()
            _remove(self._watchers, session, watcher)
            if not self.watched(session):
                self._tell(session, on=False)

    def watched(self, session: str) -> bool:
        return session in self._watchers

    @asynccontextmanager
    async def on_watch(self, session: str) -> AsyncIterator[AsyncIterator[bool]]:
        wish = _Wish(self.watched(session))
        self._wishes.setdefault(session, []).append(wish)
        try:
            yield wish
        finally:
            wish.end()
            _remove(self._wishes, session, wish)

    @asynccontextmanager
    async def connected(self, session: str) -> AsyncIterator[None]:
        self._connected[session] += 1
        try:
            yield
        finally:
            self._connected[session] -= 1
            if not self._connected[session]:
                del self._connected[session]

    def live(self, session: str) -> bool:
        return session in self._connected

    def _tell(self, session: str, *, on: bool) -> None:
        for wish in self._wishes.get(session, ()):
            wish.put(on)


class _Signal:
    """Wakes the one task that reads, and says when there is no more."""

    def __init__(self) -> None:
        self._wake = asyncio.Event()
        self._ended = False

    def end(self) -> None:
        self._ended = True
        self._wake.set()

    async def _woken(self) -> None:
        """Return when something may have changed; end the iteration when nothing can come any more."""
        if self._ended:
            raise StopAsyncIteration
        self._wake.clear()
        await self._wake.wait()


class _Watcher(_Signal):
    """The queue of one watcher."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self._max_bytes = max_bytes
        self._waiting: deque[Published] = deque()
        self._waiting_bytes = 0

    def put(self, published: Published) -> None:
        if self._ended:
            return
        size = weight(published)
        if self._waiting and self._waiting_bytes + size > self._max_bytes:
            self._waiting.clear()
            self._waiting_bytes = 0
            self.end()
            return
        self._waiting.append(published)
        self._waiting_bytes += size
        self._wake.set()

    def __aiter__(self) -> AsyncIterator[Published]:
        return self

    async def __anext__(self) -> Published:
        while not self._waiting:
            await self._woken()
        published = self._waiting.popleft()
        self._waiting_bytes -= weight(published)
        return published


class _Wish(_Signal):
    """The latest word on whether a session is watched. Only the latest waits, so there is nothing to bound:
    a watcher that came and went between two reads needs no checkpoint, one that came after another left does.
    """

    def __init__(self, now: bool) -> None:
        super().__init__()
        self._told: bool | None = None
        self._latest: bool | None = now

    def put(self, on: bool) -> None:
        self._latest = None if not on and self._told is False else on
        self._wake.set()

    def __aiter__(self) -> AsyncIterator[bool]:
        return self

    async def __anext__(self) -> bool:
        while self._latest is None:
            await self._woken()
        self._told, self._latest = self._latest, None
        return self._told


def _remove(places: dict[str, list[Item]], key: str, item: Item) -> None:
    places[key].remove(item)
    if not places[key]:
        del places[key]
