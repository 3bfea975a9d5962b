"""What the store knows of sealed sessions: which object a session's batches went into, and what of them.

Sealing is a change of place, and at every moment a batch is in exactly one: its row goes in the same
transaction in which the object that holds it becomes the session's. Objects are put before and deleted after,
outside of any transaction; so a name is announced before its object is put and withdrawn after it is deleted,
and whatever ends in between leaves a name behind by which it is found again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from replay.ports.records import StoredBatch

__all__ = ["SealedObject", "SealingIndex"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedObject:
    """The object that holds a session's batches, or most of them: those that came later are rows still."""

    name: str
    sha256: bytes
    size_bytes: int
    sealed_ms: int


class SealingIndex(Protocol):
    """The part of the store that sealing works with."""

    async def unsealed(self, *, quiet_since_ms: int, idle_since_ms: int, limit: int) -> list[str]:
        """Ids of sessions that are over and have rows to seal: ended or last seen before ``idle_since_ms``,
        and nothing of either since ``quiet_since_ms``. In no order."""
        ...

    async def sealed(self, session: str) -> SealedObject | None: ...

    async def rows(self, session: str) -> list[StoredBatch]:
        """Batches that are in no object, byte for byte as sent, by load ordinal, track and number."""
        ...

    async def announce_object(self, name: str) -> int | None:
        """Write down that an object of this name will be put; the number of this announcement. None if the
        name is taken: announced by somebody else, about to be deleted, or a session's already. Then it must
        not be put now."""
        ...

    async def seal(
        self,
        session: str,
        sealed: SealedObject,
        *,
        announced: int,
        replaces: str | None,
        rows: Sequence[StoredBatch],
    ) -> bool:
        """The object becomes the session's and the rows that are in it go, in one transaction. Their digests
        stay, so that a batch that is sent again is still known.

        False, and nothing is changed, if it is not so any more: the session's object is not ``replaces``, a
        row is not there, the announcement was abandoned. The object that was replaced is to be deleted.
        """
        ...

    async def abandon_objects(self) -> list[str]:
        """Names of all objects that are to be deleted: replaced ones, those of sessions that were erased, and
        those that were announced and did not become a session's. From now on they cannot become one."""
        ...

    async def withdraw_object(self, name: str) -> None:
        """Forget the name of an abandoned object; it was deleted. If it went with an erased session, that
        session's receipt now counts it."""
        ...
