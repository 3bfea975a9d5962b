"""Sealing as plain dictionaries: the part of the in-memory store that is compared with the database's."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from replay.ports import BatchOutline
from storage.runs import runs
from storage.sealed import Parts, SealedReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replay.ports import Gap, Objects, SealedObject, StoredBatch
    from storage.memory_visit import Visit

__all__ = ["MemorySealing"]


class MemorySealing:
    """What the store knows of sealed sessions, over its visits, and the reading of them."""

    def __init__(self, visits: dict[str, Visit], objects: Objects) -> None:
        self._visits = visits
        self._sealed: dict[str, SealedObject] = {}
        self._announcements = count(1)
        self._announced: dict[str, int | None] = {}
        """Objects that are no session's, with the number of the announcement, or None if abandoned."""
        self._reader = SealedReader(objects)

    def unsealed(self, quiet_since_ms: int, idle_since_ms: int, limit: int) -> list[str]:
        found = []
        for session, visit in self._visits.items():
            seen_ms, ended_ms = visit.session.seen_ms, visit.session.ended_ms
            ended = ended_ms is not None and ended_ms <= quiet_since_ms
            if seen_ms <= quiet_since_ms and (ended or seen_ms < idle_since_ms) and self.rows(session):
                found.append(session)
        return found[:limit]

    def sealed(self, session: str) -> SealedObject | None:
        return self._sealed.get(session)

    def rows(self, session: str) -> list[StoredBatch]:
        visit = self._visits.get(session)
        return [
            batch
            for page_load in (visit.page_loads.values() if visit else ())
            for track in page_load.batches
            for _, batch in sorted(track.items())
        ]

    async def batches(self, session: str, track: int, load: str | None, after: int) -> list[StoredBatch]:
        async def read() -> Parts:
            wanted = [
                one
                for one in self.rows(session)
                if one.track == track and one.number > after and load in (None, one.load)
            ]
            return Parts(sealed=self._sealed.get(session), loads=self._loads(session), rows=wanted)

        return await self._reader.batches(read, track, load, after)

    async def outline(self, session: str, track: int) -> list[BatchOutline]:
        async def read() -> Parts:
            outlines = [
                BatchOutline(
                    load=one.load,
                    track=track,
                    number=one.number,
                    first_ms=one.first_ms,
                    last_ms=one.last_ms,
                    checkpoint=one.checkpoint,
                    sent_bytes=len(one.payload),
                )
                for one in self.rows(session)
                if one.track == track
            ]
            return Parts(sealed=self._sealed.get(session), loads=self._loads(session), outlines=outlines)

        return await self._reader.outline(read, track)

    async def gaps(self, session: str, declared: list[Gap]) -> list[Gap]:
        async def read() -> Parts:
            return Parts(
                sealed=self._sealed.get(session),
                loads=self._loads(session),
                gaps=declared,
                held=runs(self._held(session)),
            )

        return await self._reader.gaps(read)

    def announce(self, name: str) -> int | None:
        if name in self._announced or any(one.name == name for one in self._sealed.values()):
            return None
        self._announced[name] = announced = next(self._announcements)
        return announced

    def seal(
        self,
        session: str,
        sealed: SealedObject,
        announced: int,
        replaces: str | None,
        rows: Sequence[StoredBatch],
    ) -> bool:
        visit, current = self._visits.get(session), self._sealed.get(session)
        there = self.rows(session)
        if (
            visit is None
            or self._announced.get(sealed.name) != announced
            or (current.name if current else None) != replaces
            or any(one not in there for one in rows)
        ):
            return False
        if current:
            self._announced[current.name] = None
        del self._announced[sealed.name]
        self._sealed[session] = sealed
        for one in rows:
            page_load = visit.page_loads[one.load]
            page_load.held[one.track][one.number] = page_load.batches[one.track].pop(one.number).digest
        return True

    def abandon(self) -> list[str]:
        self._announced = dict.fromkeys(self._announced)
        return list(self._announced)

    def withdraw(self, name: str) -> bool:
        """Whether it was abandoned, and is forgotten now."""
        if name not in self._announced or self._announced[name] is not None:
            return False
        del self._announced[name]
        return True

    def drop(self, session: str) -> SealedObject | None:
        """Abandon the object of a session that is erased."""
        sealed = self._sealed.pop(session, None)
        if sealed is not None:
            self._announced[sealed.name] = None
            self._reader.forget(sealed)
        return sealed

    def abandon_one(self, name: str) -> None:
        self._announced[name] = None

    def keep(self, name: str) -> None:
        """It is used again."""
        self._announced.pop(name, None)

    def _loads(self, session: str) -> list[str]:
        visit = self._visits.get(session)
        return list(visit.page_loads) if visit else []

    def _held(self, session: str) -> list[tuple[str, int, int]]:
        visit = self._visits.get(session)
        return [
            (load, track, number)
            for load, page_load in (visit.page_loads.items() if visit else ())
            for track, held in enumerate(page_load.held)
            for number in held
        ]
