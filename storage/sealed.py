"""Reading what was sealed: the object's batches among the rows that came later, or the gap that it left.

An object is used only if its hash is the one in the database, so that one that was damaged, cut or exchanged
is never played as if it were the recording. What it held is then told as gaps, with the reason. The last few
objects stay open: the desk asks for a session's facts, gaps and pictures one after the other.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from replay.ports import BatchOutline, Gap, Objects, SealedObject, StoredBatch
from replay.recording.sealed import DamagedObject, Sealed, SealedBatch, open_sealed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

__all__ = ["OPEN_MAX_BYTES", "OPEN_MAX_COUNT", "Parts", "SealedReader", "as_sealed"]

OPEN_MAX_BYTES = 32 * 1024 * 1024
"""How much of objects, as they are stored, stays open; the one in use does, however large."""

OPEN_MAX_COUNT = 8
"""How many stay open: beside itself a small object may hold megabytes of what its frames repeat."""

_NAMES = tuple(one.name for one in fields(SealedBatch) if one.name != "sent_bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the database has of a session at one moment: ``held`` are load, track, first and last number of
    what is in the object; page loads stand in their order."""

    sealed: SealedObject | None
    loads: Sequence[str]
    rows: list[StoredBatch] = field(default_factory=list)
    outlines: list[BatchOutline] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    held: Sequence[tuple[str, int, int, int]] = ()


class SealedReader:
    """Reads objects for a store."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._opened: OrderedDict[SealedObject, Sealed] = OrderedDict()
        self._opening: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._forgotten_count = 0

    async def batches(
        self, read: Callable[[], Awaitable[Parts]], track: int, load: str | None, after: int
    ) -> list[StoredBatch]:
        """The batches of ``Store.batches``; ``read`` answers rows and object."""
        parts, sealed, _ = await self._parts(read)
        if sealed is None:
            return parts.rows
        held = await asyncio.to_thread(
            lambda: [_as_stored(one) for one in sealed.batches(track, load=load, after=after)]
        )
        places = {load: place for place, load in enumerate(parts.loads)}
        return sorted([*held, *parts.rows], key=lambda one: (places[one.load], one.number))

    async def outline(self, read: Callable[[], Awaitable[Parts]], track: int) -> list[BatchOutline]:
        """The outlines of ``Store.outline``; ``read`` answers those of rows, and the object."""
        parts, sealed, _ = await self._parts(read)
        if sealed is None:
            return parts.outlines
        held = [
            BatchOutline(
                load=load,
                track=track,
                number=number,
                first_ms=first_ms,
                last_ms=last_ms,
                checkpoint=checkpoint,
                sent_bytes=sent_bytes,
            )
            for load, number, first_ms, last_ms, checkpoint, sent_bytes in sealed.outline(track)
        ]
        places = {load: place for place, load in enumerate(parts.loads)}
        return sorted([*held, *parts.outlines], key=lambda one: (places[one.load], one.number))

    async def gaps(self, read: Callable[[], Awaitable[Parts]]) -> list[Gap]:
        """The gaps of ``Store.gaps``; ``read`` answers what was declared, and what is in the object."""
        parts, _, damage = await self._parts(read)
        if damage is None:
            return parts.gaps
        reason = f"the stored recording is damaged: {damage}"
        lost = [
            Gap(load=load, track=track, first=first, last=last, reason=reason, damaged=True)
            for load, track, first, last in parts.held
        ]
        places = {load: place for place, load in enumerate(parts.loads)}
        return sorted(
            [*parts.gaps, *lost], key=lambda gap: (places[gap.load], gap.track, gap.first, gap.last)
        )

    async def open(self, object: SealedObject, *, known_at: int) -> Sealed:
        """What is in the object. If one was forgotten since the store told of it, when so many were
        (``known_at``), it is not held: it may be the one. Raises ``DamagedObject``, ``StoreUnavailable``."""
        # Facts, pictures and gaps are asked for at once: one of them reads, the others wait for it.
        async with self._opening.setdefault(object.name, asyncio.Lock()):
            sealed = self._opened.get(object)
            if sealed is None:
                data = await self._objects.get(object.name)
                if data is None:
                    raise DamagedObject("it is missing")
                sealed = await asyncio.to_thread(open_sealed, data, object.sha256)
                if known_at != self._forgotten_count:
                    return sealed
                self._opened[object] = sealed
        self._opened.move_to_end(object)
        while len(self._opened) > OPEN_MAX_COUNT or (
            len(self._opened) > 1 and sum(one.size_bytes for one in self._opened) > OPEN_MAX_BYTES
        ):
            self._opened.popitem(last=False)
        return sealed

    def forget(self, object: SealedObject) -> None:
        """It was erased."""
        self._forgotten_count += 1
        self._opened.pop(object, None)

    async def _parts(
        self, read: Callable[[], Awaitable[Parts]]
    ) -> tuple[Parts, Sealed | None, DamagedObject | None]:
        """The parts, and the object, opened or damaged. A session may be sealed anew and the object deleted
        while it is read: then the database says otherwise when it is asked again."""
        known_at, parts = self._forgotten_count, await read()
        while parts.sealed is not None:
            try:
                return parts, await self.open(parts.sealed, known_at=known_at), None
            except DamagedObject as damage:
                asked, known_at, parts = parts.sealed, self._forgotten_count, await read()
                if parts.sealed == asked:
                    return parts, None, damage
        return parts, None, None


def as_sealed(batch: StoredBatch) -> SealedBatch:
    """A row as it is sealed."""
    return SealedBatch(**{name: getattr(batch, name) for name in _NAMES}, sent_bytes=len(batch.payload))


def _as_stored(batch: SealedBatch) -> StoredBatch:
    values = {name: getattr(batch, name) for name in _NAMES}
    return StoredBatch(**values, digest=hashlib.sha256(batch.payload).digest())
