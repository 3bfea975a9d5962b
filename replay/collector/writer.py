"""Group commit: everything that waits goes to the store in one transaction.

While one commit is being synced the next group gathers, so that the cost of a sync is shared by all pages
that are sending. The queue is bounded in bytes; a caller that finds it full waits, and with it its page.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from replay.ports import (
    AppendBatch,
    Appended,
    DeclareGap,
    Load,
    OpenLoad,
    OpenSession,
    Operation,
    Store,
    StoreUnavailable,
)

__all__ = ["QUEUE_BYTES", "Outcome", "SessionGone", "Writer"]

QUEUE_BYTES = 32 * 1024 * 1024
"""Payload bytes that may wait for a commit."""
GROUP_BYTES = 8 * 1024 * 1024
"""Payload bytes of one transaction (a single larger submission still goes as one)."""
COMMITS_APART_S = 0.02
"""Least time from one commit's beginning to the next one's: a lone page does not wait, and many share their
syncs. That is less than an agent can see of a page, and a third of what a busy collector's batches cost."""
OPERATION_BYTES = 4 * 1024
"""What an operation counts for beside its payload: the pages that it changes, not the little that it holds.
Without it a flood of tiny ones would make a commit that takes seconds."""
PROBE_EVERY_S = 2.0
"""How often a store that could keep nothing is tried again only because somebody asks for its health."""

logger = logging.getLogger("replay.collector")

Outcome = Appended | Load | None


class SessionGone(Exception):
    """The session was erased."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    operations: tuple[Operation, ...]
    size: int
    done: asyncio.Future[list[Outcome]]


class Writer:
    """The only caller of ``Store.commit`` in a running collector."""

    def __init__(self, store: Store, *, queue_bytes: int = QUEUE_BYTES) -> None:
        self._store = store
        self._queue_bytes = queue_bytes
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0
        self._work = asyncio.Event()
        self._freed = asyncio.Event()
        self._closing = False
        self._probing = asyncio.Lock()
        self._began_s = -COMMITS_APART_S
        """When the last commit began, by the loop's clock."""
        self._tried_s = 0.0
        """When a commit or a probe last succeeded or failed, by the loop's clock."""
        self.failure: StoreUnavailable | None = None
        """Why the last commit or probe failed; None when it succeeded."""

    async def submit(self, *operations: Operation) -> list[Outcome]:
        """Commit the operations together, in order, and answer one outcome each.

        Raises ``StoreUnavailable`` if nothing can be kept, ``ValueError`` for a taken id or code; then none
        of *these* operations was kept, and those of others are not affected.
        """
        size = sum(_size(operation) for operation in operations)
        while self._bytes and self._bytes + size > self._queue_bytes:
            self._freed.clear()
            await self._freed.wait()
        if self._closing:
            raise StoreUnavailable("The collector is stopping. Send again to the next one.")
        self._bytes += size
        waiting = _Waiting(operations, size, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._work.set()
        return await waiting.done

    async def append(self, operation: AppendBatch | DeclareGap) -> Appended:
        """Commit one batch or gap. Raises as ``submit``."""
        (outcome,) = await self.submit(operation)
        if not isinstance(outcome, Appended):
            raise TypeError(f"the store answered an append with {outcome!r}")
        return outcome

    async def open_load(self, operation: OpenLoad, *, first: OpenSession | None = None) -> Load:
        """Open a page load, after its session where that is ``first``. Raises as ``submit``, and
        ``SessionGone``."""
        operations: tuple[Operation, ...] = (operation,) if first is None else (first, operation)
        outcome = (await self.submit(*operations))[-1]
        if outcome is None:
            raise SessionGone
        if not isinstance(outcome, Load):
            raise TypeError(f"the store answered the opening of a page load with {outcome!r}")
        return outcome

    async def run(self) -> None:
        """Commit until ``close``; then commit what still waits and return. Where something else ends it,
        whoever waits is told."""
        try:
            while True:
                await self._work.wait()
                self._work.clear()
                while self._waiting:
                    await self._gather()
                    await self._commit(self._take())
                if self._closing:
                    return
        finally:
            self._closing = True
            _fail(self._waiting, _stopped())
            self._waiting.clear()
            self._bytes = 0
            self._freed.set()

    async def probe(self) -> None:
        """After a failure, find out by a tiny write whether the store can keep something again. Who asks too
        soon after the last attempt is told nothing new."""
        if self.failure is None or self._probing.locked():
            return
        async with self._probing:
            loop = asyncio.get_running_loop()
            if loop.time() - self._tried_s < PROBE_EVERY_S:
                return
            try:
                await self._store.probe()
            except StoreUnavailable as error:
                self._note(error)
            else:
                self._note(None)

    def close(self) -> None:
        """Accept nothing more; ``run`` returns when everything accepted is answered."""
        self._closing = True
        self._work.set()

    async def _gather(self) -> None:
        """Let more come where the last commit began only just now, unless there is enough for one."""
        loop = asyncio.get_running_loop()
        rest_s = self._began_s + COMMITS_APART_S - loop.time()
        if rest_s > 0 and self._bytes < GROUP_BYTES and not self._closing:
            await asyncio.sleep(rest_s)
        self._began_s = loop.time()

    def _take(self) -> list[_Waiting]:
        group = [self._waiting.popleft()]
        size = group[0].size
        while self._waiting and size + self._waiting[0].size <= GROUP_BYTES:
            group.append(self._waiting.popleft())
            size += group[-1].size
        return group

    async def _commit(self, group: list[_Waiting]) -> None:
        try:
            await self._commit_or_split(group)
        finally:
            self._bytes -= sum(waiting.size for waiting in group)
            self._freed.set()

    async def _commit_or_split(self, group: list[_Waiting]) -> None:
        try:
            outcomes = await self._store.commit([item for waiting in group for item in waiting.operations])
        except StoreUnavailable as error:
            self._note(error)
            _fail(group, error)
        except Exception as error:
            # One submission is at fault: its id or code is taken, or it holds what nobody foresaw. Alone, it
            # is the one to tell; among others, find it.
            if len(group) > 1:
                for waiting in group:
                    await self._commit_or_split([waiting])
            elif isinstance(error, ValueError):
                _fail(group, error)
            else:
                logger.exception("a commit failed")
                unforeseen = StoreUnavailable(
                    "A commit failed for a reason that nobody foresaw: see the log."
                )
                self._note(unforeseen)
                _fail(group, unforeseen)
        except BaseException:
            _fail(group, _stopped())
            raise
        else:
            self._note(None)
            start = 0
            for waiting in group:
                end = start + len(waiting.operations)
                if not waiting.done.done():
                    waiting.done.set_result(outcomes[start:end])
                start = end

    def _note(self, failure: StoreUnavailable | None) -> None:
        self._tried_s = asyncio.get_running_loop().time()
        if self.failure is None and failure is not None:
            logger.error("store unavailable", extra={"why": str(failure)})
        elif self.failure is not None and failure is None:
            logger.warning("store available again")
        self.failure = failure


def _stopped() -> StoreUnavailable:
    return StoreUnavailable("The collector stops. Nothing of this was kept.")


def _fail(group: Iterable[_Waiting], error: Exception) -> None:
    for waiting in group:
        if not waiting.done.done():
            waiting.done.set_exception(error)


def _size(operation: Operation) -> int:
    return OPERATION_BYTES + (len(operation.payload) if isinstance(operation, AppendBatch) else 0)
