"""The store as plain dictionaries: the reference that others are compared with, and the fake that tests use.

It is written to be seen to be right: acknowledgements are counted anew from what is kept, nothing is indexed.
Nothing survives the process.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from replay.ports import (
    AppendBatch,
    Appended,
    DeclareGap,
    EndSession,
    Gap,
    Identifier,
    KeepServerEvent,
    Load,
    Match,
    OpenLoad,
    OpenSession,
    RotateToken,
    Store,
    StoredBatch,
)
from storage.codes import sought
from storage.memory_codes import MemoryCodes
from storage.memory_desk import MemoryDesk
from storage.memory_erasing import MemoryErasing
from storage.memory_findings import MemoryFindings
from storage.memory_promos import MemoryPromos
from storage.memory_sealing import MemorySealing
from storage.memory_server_events import MemoryServerEvents
from storage.memory_shown_prices import MemoryShownPrices
from storage.memory_visit import Visit
from storage.objects import MemoryObjects
from storage.terms import BY_WORDS, best_match, terms

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from replay.model.identity import Reading
    from replay.ports import (
        BatchOutline,
        Commit,
        IdentifierKind,
        Objects,
        Operation,
        SealedObject,
        Session,
        Site,
    )
    from storage.memory_visit import PageLoad

__all__ = ["MemoryStore"]

_GONE = Appended(outcome="gone", acked=0)


class MemoryStore(
    MemoryErasing, MemoryFindings, MemoryDesk, MemoryPromos, MemoryCodes, MemoryShownPrices, Store
):
    """A ``Store`` that forgets everything when it is dropped."""

    def __init__(self, objects: Objects | None = None) -> None:
        # One by one: between them stand protocols, which do not pass it on.
        MemoryErasing.__init__(self)
        MemoryServerEvents.__init__(self)
        MemoryDesk.__init__(self)
        MemoryPromos.__init__(self)
        MemoryCodes.__init__(self)
        self._visits: dict[str, Visit] = {}
        self._sealing = MemorySealing(self._visits, objects or MemoryObjects())
        self._sites: dict[str, Site] = {}

    async def commit(self, operations: Commit) -> list[Appended | Load | None]:
        self._check(operations)
        return [self._carry_out(operation) for operation in operations]

    def _check(self, operations: Commit) -> None:
        """Find what would fail before anything is changed, so that all or nothing holds."""
        ids = {*self._visits, *self._erased}
        codes = {visit.session.code for visit in self._visits.values()}
        for operation in operations:
            if isinstance(operation, OpenSession):
                session = operation.session
                if session.id in ids or session.code in codes:
                    raise ValueError(f"the session id {session.id} or its code {session.code} is taken")
                ids.add(session.id)
                codes.add(session.code)

    def _carry_out(self, operation: Operation) -> Appended | Load | None:
        if isinstance(operation, OpenSession):
            self._visits[operation.session.id] = Visit(operation.session, brought=operation.brought)
            return None
        if isinstance(operation, KeepServerEvent):
            return self.keep_server_event(operation)
        visit = self._visits.get(operation.session)
        if visit is None:
            return _GONE if isinstance(operation, (AppendBatch, DeclareGap)) else None
        if isinstance(operation, OpenLoad):
            return visit.open_load(operation)
        if isinstance(operation, RotateToken):
            visit.rotate(operation)
            return None
        if isinstance(operation, EndSession):
            visit.end(operation)
            return None
        page_load = visit.page_loads.get(operation.load)
        if page_load is None:
            return _GONE if isinstance(operation, (AppendBatch, DeclareGap)) else None
        if isinstance(operation, AppendBatch):
            appended = visit.append(page_load, self.hash_codes(visit, operation))
            if appended.outcome == "stored":
                self.reword_texts(visit)
                self.note_sightings(visit.session.id, visit.session.site, operation.sightings)
            return appended
        if isinstance(operation, DeclareGap):
            return page_load.declare(operation)
        if page_load.measure(operation):
            visit.judging.take(operation)
        return None

    async def probe(self) -> None:
        pass

    async def put_site(self, site: Site) -> None:
        # Through JSON and back, as every durable store has to: nothing is shared with the caller.
        self._sites[site.key] = replace(site, settings=json.loads(json.dumps(dict(site.settings))))

    async def site(self, key: str) -> Site | None:
        return self._sites.get(key)

    async def sites(self) -> list[Site]:
        return sorted(self._sites.values(), key=lambda site: (site.name, site.key))

    async def session(self, id: str) -> Session | None:
        visit = self._visits.get(id)
        return visit.session if visit else None

    async def sessions(self, *, limit: int, before_ms: int | None = None) -> list[Session]:
        sessions = [visit.session for visit in self._visits.values()]
        if before_ms is not None:
            sessions = [session for session in sessions if session.seen_ms < before_ms]
        return sorted(sessions, key=_newest, reverse=True)[:limit]

    async def load(self, session: str, id: str) -> Load | None:
        page_load = self._page_loads(session).get(id)
        return page_load.as_load() if page_load else None

    async def loads(self, session: str) -> list[Load]:
        return [page_load.as_load() for page_load in self._page_loads(session).values()]

    async def batches(
        self, session: str, track: int, *, load: str | None = None, after: int = 0
    ) -> list[StoredBatch]:
        return await self._sealing.batches(session, track, load, after)

    async def outline(self, session: str, track: int) -> list[BatchOutline]:
        return await self._sealing.outline(session, track)

    async def gaps(self, session: str) -> list[Gap]:
        declared = [
            gap
            for page_load in self._page_loads(session).values()
            for gap in sorted(page_load.gaps, key=lambda gap: (gap.track, gap.first, gap.last))
        ]
        return await self._sealing.gaps(session, declared)

    async def unsealed(self, *, quiet_since_ms: int, idle_since_ms: int, limit: int) -> list[str]:
        return self._sealing.unsealed(quiet_since_ms, idle_since_ms, limit)

    async def sealed(self, session: str) -> SealedObject | None:
        return self._sealing.sealed(session)

    async def rows(self, session: str) -> list[StoredBatch]:
        return self._sealing.rows(session)

    async def announce_object(self, name: str) -> int | None:
        return self._sealing.announce(name)

    async def seal(
        self,
        session: str,
        sealed: SealedObject,
        *,
        announced: int,
        replaces: str | None,
        rows: Sequence[StoredBatch],
    ) -> bool:
        return self._sealing.seal(session, sealed, announced, replaces, rows)

    async def abandon_objects(self) -> list[str]:
        return self._sealing.abandon()

    async def withdraw_object(self, name: str) -> None:
        if self._sealing.withdraw(name):
            self.count_object(name)

    async def identifiers(self, session: str) -> list[Identifier]:
        visit = self._visits.get(session)
        return visit.oldest_identifiers() if visit else []

    async def carried(
        self, sessions: Sequence[str], kinds: Collection[IdentifierKind]
    ) -> Mapping[str, Sequence[Identifier]]:
        return {
            session: [one for one in await self.identifiers(session) if one.kind in kinds]
            for session in sessions
        }

    async def find(
        self,
        kind: IdentifierKind,
        value: str,
        *,
        prefix: bool = False,
        near: bool = False,
        limit: int = 20,
    ) -> list[Match]:
        value = sought(kind, value, prefix, self._code_key)
        wanted, near = terms(kind, value), near and kind in BY_WORDS
        found = []
        for visit in self._visits.values():
            carried = (one for one in visit.identifiers.values() if one.kind == kind)
            identifier = best_match(carried, wanted, prefix=prefix, near=near) if wanted else None
            if identifier is not None:
                found.append(Match(session=visit.session, identifier=identifier))
        if kind == "order" and wanted and not prefix:
            known = {match.session.id for match in found}
            found += [one for one in self.named_otherwise(value) if one.session.id not in known]
            found = found or self.customers_of(value, limit)
        return sorted(found, key=lambda match: _newest(match.session), reverse=True)[:limit]

    async def find_any(
        self, readings: Sequence[Reading], *, near: bool = False, limit: int = 20
    ) -> list[Match]:
        found: dict[IdentifierKind, list[Match]] = {}
        for kind, value, prefix in readings:
            if not found.get(kind):
                found[kind] = await self.find(kind, value, prefix=prefix, near=near, limit=limit)
        return [match for matches in found.values() for match in matches]

    async def close(self) -> None:
        """Nothing to let go of."""

    def _page_loads(self, session: str) -> dict[str, PageLoad]:
        visit = self._visits.get(session)
        return visit.page_loads if visit else {}


def _newest(session: Session) -> tuple[int, str]:
    return session.seen_ms, session.id
