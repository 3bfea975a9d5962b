"""The live bus of a single process: what was committed goes to the desks that watch, and the wish to watch
goes back to the page's connection.

A watcher's queue is bounded in bytes. One that falls behind is cut off and loses what it had not read, so
that it can never slow the collector or fill the memory; it begins again from the store. Everything here runs
in one event loop and never waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from replay.ports import Bus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

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
        self._pages: dict[str, list[_Connected]] = {}

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

    def connected(self, session: str, tell: Callable[[bool], None]) -> _Connected:
        return _Connected(self._pages, session, tell, watched=self.watched(session))

    def live(self, session: str) -> bool:
        return session in self._pages

    def _tell(self, session: str, *, on: bool) -> None:
        for page in tuple(self._pages.get(session, ())):
            page.tell(on)


class _Connected:
    """One connected page. There are thousands that nobody watches: it has no queue and no task."""

    __slots__ = ("_pages", "_session", "_watched", "tell")

    def __init__(
        self,
        pages: dict[str, list[_Connected]],
        session: str,
        tell: Callable[[bool], None],
        *,
        watched: bool,
    ) -> None:
        self._pages = pages
        self._session = session
        self._watched = watched
        self.tell = tell

    def __enter__(self) -> None:
        self._pages.setdefault(self._session, []).append(self)
        if self._watched:
            self.tell(True)

    def __exit__(self, *error: object) -> None:
        _remove(self._pages, self._session, self)


class _Watcher:
    """The queue of one watcher."""

    def __init__(self, max_bytes: int) -> None:
        self._wake = asyncio.Event()
        self._ended = False
        self._max_bytes = max_bytes
        self._waiting: deque[Published] = deque()
        self._waiting_bytes = 0

    def end(self) -> None:
        self._ended = True
        self._wake.set()

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
            if self._ended:
                raise StopAsyncIteration
            self._wake.clear()
            await self._wake.wait()
        published = self._waiting.popleft()
        self._waiting_bytes -= weight(published)
        return published


def _remove(places: dict[str, list[Item]], key: str, item: Item) -> None:
    places[key].remove(item)
    if not places[key]:
        del places[key]
