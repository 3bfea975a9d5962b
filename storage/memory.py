"""The store as plain dictionaries: the reference that others are compared with, and the fake that tests use.

It is written to be seen to be right: acknowledgements are counted anew from what is kept, nothing is indexed.
Nothing survives the process.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from replay.model.identity import TEXT_KINDS, TEXTS_MAX_COUNT
from replay.model.session import show_code
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
    MeasureClock,
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
from storage.memory_findings import Judging, MemoryFindings
from storage.memory_promos import MemoryPromos
from storage.memory_sealing import MemorySealing
from storage.memory_server_events import MemoryServerEvents
from storage.memory_shown_prices import MemoryShownPrices
from storage.objects import MemoryObjects
from storage.terms import BY_WORDS, best_match, terms

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from replay.model.identity import Reading
    from replay.ports import (
        BatchOutline,
        Brought,
        Commit,
        IdentifierKind,
        Objects,
        Operation,
        SealedObject,
        Session,
        Site,
    )

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
        self._visits: dict[str, _Visit] = {}
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
            self._visits[operation.session.id] = _Visit(operation.session, brought=operation.brought)
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

    def _page_loads(self, session: str) -> dict[str, _PageLoad]:
        visit = self._visits.get(session)
        return visit.page_loads if visit else {}


def _newest(session: Session) -> tuple[int, str]:
    return session.seen_ms, session.id


@dataclass(slots=True)
class _Visit:
    """A session and everything that hangs on it."""

    session: Session
    page_loads: dict[str, _PageLoad] = field(default_factory=dict)
    identifiers: dict[tuple[IdentifierKind, str], Identifier] = field(default_factory=dict)
    judging: Judging = field(default_factory=Judging)
    brought: Brought | None = None

    def __post_init__(self) -> None:
        session = self.session
        code = Identifier(
            kind="code",
            value=session.code,
            shown=show_code(session.code),
            at_ms=session.started_ms,
            verified=True,
        )
        self.carry(code)

    @property
    def office(self) -> str:
        """Under which name what its shop's systems say is kept; a site's key has no blank."""
        return self.session.site if self.brought is None else f"session {self.session.id}"

    def open_load(self, operation: OpenLoad) -> Load:
        if operation.id not in self.page_loads:
            load = Load(
                session=operation.session,
                id=operation.id,
                tab=operation.tab,
                ordinal=len(self.page_loads) + 1,
                opened_ms=operation.opened_ms,
            )
            self.page_loads[operation.id] = _PageLoad(load)
        return self.page_loads[operation.id].as_load()

    def append(self, page_load: _PageLoad, operation: AppendBatch) -> Appended:
        outcome = page_load.append(operation)
        if outcome == "stored":
            seen_ms = max(self.session.seen_ms, operation.received_ms)
            self.session = replace(self.session, seen_ms=seen_ms)
            self.judging.take(operation)
            for identifier in operation.identifiers:
                self.carry(identifier)
            for consequence in operation.then:
                if isinstance(consequence, RotateToken):
                    self.rotate(consequence)
                else:
                    self.end(consequence)
        return Appended(outcome=outcome, acked=page_load.acked(operation.track))

    def rotate(self, operation: RotateToken) -> None:
        before = self.session
        self.session = replace(before, token_hash=operation.token_hash)
        if not operation.unheard:
            self.session = replace(
                self.session, previous_token_hash=before.token_hash, rotated_ms=operation.rotated_ms
            )

    def end(self, operation: EndSession) -> None:
        if self.session.ended_ms is None:
            self.session = replace(self.session, ended_ms=operation.ended_ms, ended_why=operation.why)

    def carry(self, identifier: Identifier) -> None:
        """Keep one of each kind and value: the earliest, verified if any of them was."""
        key = identifier.kind, identifier.value
        texts_count = sum(kind == identifier.kind in TEXT_KINDS for kind, _ in self.identifiers)
        if texts_count >= TEXTS_MAX_COUNT and key not in self.identifiers:
            return
        known = self.identifiers.setdefault(key, identifier)
        earliest = identifier if identifier.at_ms < known.at_ms else known
        self.identifiers[key] = replace(earliest, verified=known.verified or identifier.verified)

    def oldest_identifiers(self) -> list[Identifier]:
        return sorted(self.identifiers.values(), key=lambda one: (one.at_ms, one.kind, one.value))


@dataclass(slots=True)
class _PageLoad:
    """A page load with its two tracks; ``load`` leaves the acknowledgements to ``as_load``."""

    load: Load
    batches: tuple[dict[int, StoredBatch], dict[int, StoredBatch]] = field(default_factory=lambda: ({}, {}))
    held: tuple[dict[int, bytes], dict[int, bytes]] = field(default_factory=lambda: ({}, {}))
    """Digests of what is in the session's object."""
    gaps: list[Gap] = field(default_factory=list)

    def as_load(self) -> Load:
        return replace(self.load, facts_acked=self.acked(0), picture_acked=self.acked(1))

    def acked(self, track: int) -> int:
        kept = [(number, number) for number in (*self.batches[track], *self.held[track])]
        lost = [(gap.first, gap.last) for gap in self.gaps if gap.track == track]
        acked = 0
        for first, last in sorted(kept + lost):
            if first > acked + 1:
                break
            acked = max(acked, last)
        return acked

    def append(self, operation: AppendBatch) -> Literal["stored", "duplicate", "conflict"]:
        row = self.batches[operation.track].get(operation.number)
        known = row.digest if row else self.held[operation.track].get(operation.number)
        if known is not None:
            return "duplicate" if known == operation.digest else "conflict"
        self.batches[operation.track][operation.number] = StoredBatch(
            load=operation.load,
            track=operation.track,
            number=operation.number,
            payload=operation.payload,
            digest=operation.digest,
            received_ms=operation.received_ms,
            first_ms=operation.first_ms,
            last_ms=operation.last_ms,
            checkpoint=operation.checkpoint,
        )
        return "stored"

    def declare(self, operation: DeclareGap) -> Appended:
        gap = Gap(
            load=operation.load,
            track=operation.track,
            first=operation.first,
            last=operation.last,
            reason=operation.reason,
        )
        known = any((one.track, one.first, one.last) == (gap.track, gap.first, gap.last) for one in self.gaps)
        if not known:
            self.gaps.append(gap)
        return Appended(outcome="duplicate" if known else "stored", acked=self.acked(gap.track))

    def measure(self, operation: MeasureClock) -> bool:
        """Take a measurement if it is better; whether that changes the offset."""
        known = self.load
        if known.offset_error_ms is None or operation.error_ms < known.offset_error_ms:
            self.load = replace(known, offset_ms=operation.offset_ms, offset_error_ms=operation.error_ms)
        return self.load.offset_ms != known.offset_ms
