"""One commit inside its transaction: the operations in order, with as few statements as may be.

What appends need is read for the whole commit at once, changed in memory and written back at the end. The
ordinary batch, next of its track, needs nothing else. Whatever is out of order, repeated or declared lost
goes through the tables, after what was collected so far has been written there.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from replay.model.session import show_code
from replay.model.track import Track
from replay.ports import (
    AppendBatch,
    Appended,
    DeclareGap,
    EndSession,
    Identifier,
    KeepServerEvent,
    MeasureClock,
    OpenLoad,
    OpenSession,
    RotateToken,
)
from storage.sqlite import reads, sealing, server_events
from storage.sqlite.assets import note_sightings
from storage.sqlite.brought import keep_brought
from storage.sqlite.codes import hash_codes, reword_texts
from storage.sqlite.index import RankedSession, index_identifiers
from storage.sqlite.rows import execute_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replay.ports import Commit, Load, Operation, Sighting
    from storage.sqlite.rows import Row

__all__ = ["carry_out"]

_GONE = Appended(outcome="gone", acked=0)

_INSERT_BATCHES = (
    "INSERT INTO batch (load, track, number, received_ms, first_ms, last_ms, checkpoint, digest, payload)"
    " VALUES {values}"
)


def carry_out(db: sqlite3.Connection, operations: Commit) -> list[Appended | Load | None]:
    """Carry out the operations; answer one outcome each. The caller holds the transaction."""
    unit = _Unit(db)
    unit.fetch(
        (operation.session, operation.load)
        for operation in operations
        if isinstance(operation, (AppendBatch, DeclareGap))
    )
    outcomes = [unit.apply(operation) for operation in operations]
    unit.write()
    for judge_ms, keys in unit.told.items():
        server_events.judge_about(db, keys, judge_ms)
    return outcomes


@dataclass(slots=True)
class _Track:
    """How far a track is acknowledged, and the highest number that is kept or declared lost."""

    acked: int
    last: int


@dataclass(slots=True)
class _LoadState:
    """What is known of a page load while the commit runs."""

    key: int
    session: RankedSession
    tracks: tuple[_Track, _Track]


@dataclass(slots=True)
class _Unit:
    """A commit in the making."""

    db: sqlite3.Connection
    loads: dict[tuple[str, str], _LoadState | None] = field(default_factory=dict)
    sessions: dict[int, RankedSession] = field(default_factory=dict)
    batches: list[Row] = field(default_factory=list)
    """Rows that are not written yet."""
    seen: list[tuple[int, Sighting]] = field(default_factory=list)
    """What sessions, by their keys, referred to."""
    told: dict[int, list[int]] = field(default_factory=dict)
    """Server events that came, by when the sessions are to be judged that they concern."""

    def fetch(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Read the page loads that are not known yet; remember which ones do not exist."""
        missing = list({pair: None for pair in wanted if pair not in self.loads})
        self.loads.update(dict.fromkeys(missing))
        found = execute_rows(
            self.db,
            "WITH wanted (place, session, load) AS (VALUES {values})"
            " SELECT json_group_array(json_array(place, load.key, facts_acked, facts_last, picture_acked,"
            " picture_last, session.key, seen_ms, ranked_ms)) FROM wanted"
            " JOIN session ON session.id = wanted.session"
            " JOIN load ON load.session = session.key AND load.id = wanted.load",
            [(place, *pair) for place, pair in enumerate(missing)],
        )
        for (text,) in found:
            for place, key, facts_acked, facts_last, picture_acked, picture_last, *ranked in json.loads(text):
                tracks = _Track(facts_acked, facts_last), _Track(picture_acked, picture_last)
                owner = self.sessions.setdefault(ranked[0], RankedSession(*ranked))
                self.loads[missing[place]] = _LoadState(key, owner, tracks)

    def apply(self, operation: Operation) -> Appended | Load | None:
        if isinstance(operation, AppendBatch):
            return self.append(operation)
        if isinstance(operation, DeclareGap):
            return self.declare(operation)
        if isinstance(operation, KeepServerEvent):
            kept, key = server_events.keep(self.db, operation)
            if key is not None:
                self.told.setdefault(operation.judge_ms, []).append(key)
            return kept
        if isinstance(operation, OpenSession):
            self.open_session(operation)
        elif isinstance(operation, OpenLoad):
            return self.open_load(operation)
        elif isinstance(operation, MeasureClock):
            self.db.execute(
                "UPDATE session SET clocks_count = clocks_count + 1,"
                " judge_ms = coalesce(min(judge_ms, ?5), judge_ms, ?5)"
                " WHERE id = ?3 AND EXISTS (SELECT 1 FROM load"
                " WHERE load.session = session.key AND load.id = ?4 AND offset_ms IS NOT ?1"
                " AND (offset_error_ms IS NULL OR offset_error_ms > ?2))",
                (
                    operation.offset_ms,
                    operation.error_ms,
                    operation.session,
                    operation.load,
                    operation.judge_ms,
                ),
            )
            self.db.execute(
                "UPDATE load SET offset_ms = ?1, offset_error_ms = ?2 WHERE id = ?4"
                " AND session = (SELECT key FROM session WHERE id = ?3)"
                " AND (offset_error_ms IS NULL OR offset_error_ms > ?2)",
                (operation.offset_ms, operation.error_ms, operation.session, operation.load),
            )
        elif isinstance(operation, RotateToken):
            if not operation.unheard:
                self.db.execute(
                    "UPDATE session SET previous_token_hash = token_hash, rotated_ms = ? WHERE id = ?",
                    (operation.rotated_ms, operation.session),
                )
            self.db.execute(
                "UPDATE session SET token_hash = ? WHERE id = ?", (operation.token_hash, operation.session)
            )
        elif isinstance(operation, EndSession):
            self.db.execute(
                "UPDATE session SET ended_ms = ?, ended_why = ? WHERE id = ? AND ended_ms IS NULL",
                (operation.ended_ms, operation.why, operation.session),
            )
        return None

    def open_session(self, operation: OpenSession) -> None:
        session = operation.session
        try:
            key = self.db.execute(
                "INSERT INTO session (id, site, code, token_hash, started_ms, seen_ms, ranked_ms, ended_ms,"
                " ended_why, consent, previous_token_hash, rotated_ms)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11)",
                (
                    session.id,
                    session.site,
                    session.code,
                    session.token_hash,
                    session.started_ms,
                    session.seen_ms,
                    session.ended_ms,
                    session.ended_why,
                    session.consent,
                    session.previous_token_hash,
                    session.rotated_ms,
                ),
            ).lastrowid
        except sqlite3.IntegrityError as error:
            raise ValueError(f"the session id {session.id} or its code {session.code} is taken") from error
        if key is None:
            raise RuntimeError("an inserted row has a key")
        if operation.brought is not None:
            keep_brought(self.db, session.id, operation.brought)
        opened = RankedSession(key, session.seen_ms, session.seen_ms)
        opened.carry(
            Identifier(
                kind="code",
                value=session.code,
                shown=show_code(session.code),
                at_ms=session.started_ms,
                verified=True,
            )
        )
        self.sessions[key] = opened

    def open_load(self, operation: OpenLoad) -> Load | None:
        added = self.db.execute(
            "INSERT INTO load (session, id, tab, opened_ms, ordinal) SELECT key, ?2, ?3, ?4,"
            " (SELECT count(*) + 1 FROM load WHERE load.session = session.key)"
            " FROM session WHERE session.id = ?1 ON CONFLICT (session, id) DO NOTHING",
            (operation.session, operation.id, operation.tab, operation.opened_ms),
        ).rowcount
        if added:
            self.loads.pop((operation.session, operation.id), None)
        else:
            self.write_loads()
        return reads.load(self.db, operation.session, operation.id)

    def append(self, operation: AppendBatch) -> Appended:
        load = self.load(operation)
        if load is None:
            return _GONE
        track = load.tracks[operation.track]
        if operation.number <= track.last:
            known = self.digest(load, operation)
            if known is not None:
                same = operation.digest.startswith(known)
                return Appended(outcome="duplicate" if same else "conflict", acked=track.acked)
        self.batches.append(
            (
                load.key,
                operation.track,
                operation.number,
                operation.received_ms,
                operation.first_ms,
                operation.last_ms,
                operation.checkpoint,
                operation.digest,
                operation.payload,
            )
        )
        load.session.seen_ms = max(load.session.seen_ms, operation.received_ms)
        if operation.track == Track.FACTS:
            load.session.change(operation.judge_ms)
        for identifier in operation.identifiers:
            load.session.carry(identifier)
        self.seen += [(load.session.key, one) for one in operation.sightings]
        self.advance(load, operation.track, operation.number, operation.number)
        for consequence in operation.then:
            self.apply(consequence)
        return Appended(outcome="stored", acked=track.acked)

    def declare(self, operation: DeclareGap) -> Appended:
        load = self.load(operation)
        if load is None:
            return _GONE
        added = self.db.execute(
            "INSERT INTO gap (load, track, first, last, reason) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (load, track, first, last) DO NOTHING",
            (load.key, operation.track, operation.first, operation.last, operation.reason),
        ).rowcount
        self.advance(load, operation.track, operation.first, operation.last)
        acked = load.tracks[operation.track].acked
        return Appended(outcome="stored" if added else "duplicate", acked=acked)

    def load(self, operation: AppendBatch | DeclareGap) -> _LoadState | None:
        pair = operation.session, operation.load
        self.fetch([pair])
        return self.loads[pair]

    def digest(self, load: _LoadState, operation: AppendBatch) -> bytes | None:
        """The digest of what is kept under the number, or the beginning of it, if anything is."""
        self.write_batches()
        place = load.key, operation.track, operation.number
        row = self.db.execute(
            "SELECT digest FROM batch WHERE load = ? AND track = ? AND number = ?", place
        ).fetchone()
        return row[0] if row else sealing.known_digest(self.db, *place)

    def advance(self, load: _LoadState, track_number: int, first: int, last: int) -> None:
        """Take note that ``first`` to ``last`` are kept or lost, and acknowledge as far as that leads."""
        track = load.tracks[track_number]
        if first <= track.acked + 1 and last > track.acked:
            track.acked = last
            if track.last > last:
                self.write_batches()
                track.acked = self.reach(load, track_number, last)
        track.last = max(track.last, last)

    def reach(self, load: _LoadState, track_number: int, acked: int) -> int:
        """How far what is kept or lost leads on from ``acked`` without a hole."""
        rows = self.db.execute(
            "SELECT number, number FROM batch WHERE load = ?1 AND track = ?2 AND number > ?3"
            " UNION ALL SELECT first, last FROM gap WHERE load = ?1 AND track = ?2 AND last > ?3"
            " UNION ALL SELECT first, last FROM sealed_run WHERE load = ?1 AND track = ?2 AND last > ?3"
            " ORDER BY 1",
            (load.key, track_number, acked),
        )
        for first, last in rows:
            if first > acked + 1:
                break
            acked = max(acked, last)
        return acked

    def write(self) -> None:
        """Write everything that was changed in memory only."""
        self.write_batches()
        self.write_loads()
        bringing = hash_codes(self.db, self.sessions.values())
        index_identifiers(self.db, self.sessions.values())
        reword_texts(self.db, bringing)
        note_sightings(self.db, self.seen)

    def write_batches(self) -> None:
        execute_rows(self.db, _INSERT_BATCHES, self.batches)
        self.batches.clear()

    def write_loads(self) -> None:
        rows = [
            (load.key, *(number for track in load.tracks for number in (track.acked, track.last)))
            for load in self.loads.values()
            if load is not None
        ]
        if rows:
            self.db.execute(
                "UPDATE load SET facts_acked = value ->> 1, facts_last = value ->> 2,"
                " picture_acked = value ->> 3, picture_last = value ->> 4"
                " FROM json_each(?) WHERE load.key = value ->> 0",
                (json.dumps(rows),),
            )
