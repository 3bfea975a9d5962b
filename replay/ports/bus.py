"""The live bus: what became durable, to those who watch; the wish to watch, to the collector."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from replay.ports.records import Gap, StoredBatch

__all__ = ["Bus", "Published"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became durable in one session: watchers are shown this and nothing else."""

    session: str
    batches: tuple[StoredBatch, ...] = ()
    gaps: tuple[Gap, ...] = ()
    load_opened: bool = False
    ended: bool = False
    findings: bool = False
    """What is found in it is not what it was."""
    told: bool = False
    """What its shop's systems say of its customer is not what it was."""


class Bus(Protocol):
    """Carries commits to live watchers, and the wish to watch back to the collector."""

    def publish(self, published: Published) -> None:
        """Never blocks and never fails. A watcher that does not keep up is cut off: what still waits for it
        is dropped and its iterator ends."""
        ...

    def watch(self, session: str) -> AbstractAsyncContextManager[AsyncIterator[Published]]:
        """Everything published for the session from entering on. While at least one watcher is inside,
        ``watched`` is true."""
        ...

    def watched(self, session: str) -> bool: ...

    def connected(self, session: str, tell: Callable[[bool], None]) -> AbstractContextManager[None]:
        """The collector holds this while a page of the session is connected. Meanwhile ``tell`` is called
        with each change of ``watched``, at once if the session is watched already, and for every new watcher
        with ``True`` again, so that it can be given a checkpoint. It must not fail or wait."""
        ...

    def live(self, session: str) -> bool:
        """Whether a page of the session is connected now."""
        ...
