"""Is every visit as it was kept: batch by batch in the database, or in its object?

A page's batches are numbered, and what was acknowledged has to be there or be declared lost. The bytes of a
batch have a digest of their own; those that are in an object have its hash, and the beginnings of the digests
that they had before.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from replay.cli.checks.database import RESTORE
from replay.cli.checks.finding import LISTED_COUNT, Examined, Finding, listed
from replay.model.bounds import Malformed
from replay.model.session import show_code
from replay.model.track import Track
from replay.protocol.codec import decode_chunk_header, decode_facts
from replay.recording.sealed import DamagedObject, SealedBatch, open_sealed
from storage.sqlite.sealing import KNOWN_BYTES

__all__ = ["COPY_OBJECT", "check_gaps", "check_visits"]

COPY_OBJECT = (
    "If a backup has it whole, copy it from the backup's folder `objects` to where objects are kept, and "
    "look again."
)

_AT_ONCE_COUNT = 200

Place = tuple[int, int]
"""A page load (by its key) and a track."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """What the database says of a session, at one moment."""

    id: str
    code: str
    loads: Mapping[int, str]
    told: Mapping[Place, tuple[int, int]]
    """Up to which number everything was acknowledged, and the highest one."""
    numbers: Mapping[Place, list[int]]
    gaps: Mapping[Place, list[tuple[int, int]]]
    runs: Mapping[Place, list[tuple[int, int, bytes]]]
    sealed: tuple[str, bytes, int] | None

    @property
    def name(self) -> str:
        return f"Session {show_code(self.code)} ({self.id})"


def check_visits(examined: Examined) -> Iterator[Finding]:
    """Look at every session; beside a server again at what seems wrong, for it may just have changed."""
    db = examined.db
    (count,) = db.execute("SELECT count(*) FROM session").fetchone()
    done = last = 0
    while keys := [
        key
        for (key,) in db.execute(
            "SELECT key FROM session WHERE key > ? ORDER BY key LIMIT ?", (last, _AT_ONCE_COUNT)
        )
    ]:
        for key in keys:
            found = list(_look_at(examined, key))
            if found and examined.served:
                again = set(_look_at(examined, key))
                found = [one for one in found if one in again]
            yield from found
            examined.breathe()
        done, last = done + len(keys), keys[-1]
        examined.tell("sessions", min(done, count), count)


def check_gaps(examined: Examined) -> Iterator[Finding]:
    """What pages said that they lost."""
    sessions, kinds = examined.db.execute(
        "SELECT count(DISTINCT session), count(DISTINCT reason) FROM gap JOIN load ON load.key = gap.load"
    ).fetchone()
    if sessions:
        rows = examined.db.execute(
            "SELECT reason, count(DISTINCT session) FROM gap JOIN load ON load.key = gap.load"
            " GROUP BY reason ORDER BY 2 DESC, 1 LIMIT ?",
            (LISTED_COUNT,),
        )
        reasons = listed([f"{reason} ({count})" for reason, count in rows], kinds)
        yield Finding(
            level="note", what=f"{sessions} sessions have gaps that their pages declared: {reasons}."
        )


def _look_at(examined: Examined, key: int) -> Iterator[Finding]:
    db = examined.db
    db.execute("BEGIN")
    try:
        visit = _visit(db, key)
        if visit is None:
            return
        yield from _unkept(visit)
        if not examined.quick:
            yield from _damaged_rows(examined, visit, key)
    finally:
        db.execute("ROLLBACK")
    if visit.sealed is not None:
        yield from _damaged_object(examined, visit, *visit.sealed)


def _visit(db: sqlite3.Connection, key: int) -> _Visit | None:
    row = db.execute("SELECT id, code FROM session WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    loads: dict[int, str] = {}
    told: dict[Place, tuple[int, int]] = {}
    numbers: dict[Place, list[int]] = defaultdict(list)
    gaps: dict[Place, list[tuple[int, int]]] = defaultdict(list)
    runs: dict[Place, list[tuple[int, int, bytes]]] = defaultdict(list)
    for load, name, *said in db.execute(
        "SELECT key, id, facts_acked, facts_last, picture_acked, picture_last FROM load WHERE session = ?",
        (key,),
    ):
        loads[load] = name
        told[load, Track.FACTS], told[load, Track.PICTURE] = (said[0], said[1]), (said[2], said[3])
    for load, track, number in db.execute(_ROWS.format(columns="load, track, number"), (key,)):
        numbers[load, track].append(number)
    for load, track, first, last in db.execute(
        "SELECT load, track, first, last FROM gap WHERE load IN (SELECT key FROM load WHERE session = ?)",
        (key,),
    ):
        gaps[load, track].append((first, last))
    for load, track, first, last, digests in db.execute(
        "SELECT load, track, first, last, digests FROM sealed_run"
        " WHERE load IN (SELECT key FROM load WHERE session = ?)",
        (key,),
    ):
        runs[load, track].append((first, last, digests))
    sealed = db.execute("SELECT object, sha256, size_bytes FROM sealed WHERE session = ?", (key,)).fetchone()
    return _Visit(row[0], row[1], loads, told, numbers, gaps, runs, sealed)


_ROWS = (
    "SELECT {columns} FROM batch WHERE load IN (SELECT key FROM load WHERE session = ?)"
    " ORDER BY load, track, number"
)


def _unkept(visit: _Visit) -> Iterator[Finding]:
    """Everything that was acknowledged is there, in an object that there is, or was declared lost."""
    if visit.runs and visit.sealed is None:
        yield Finding(
            level="wrong",
            what=f"{visit.name}: its batches went into an object, and the database does not say which.",
            do=RESTORE,
        )
    for place, (acked, last) in visit.told.items():
        kept = [(number, number) for number in visit.numbers.get(place, ())]
        kept += visit.gaps.get(place, ())
        kept += [(first, end) for first, end, _ in visit.runs.get(place, ())]
        reached = highest = 0
        for first, end in sorted(kept):
            highest = max(highest, end)
            if first <= reached + 1:
                reached = max(reached, end)
        track = Track(place[1]).name.lower()
        where = f"{track} of page load {visit.loads[place[0]]}"
        if reached < acked:
            yield Finding(
                level="wrong",
                what=f"{visit.name}: {where} was acknowledged up to {acked}, and {reached + 1} is not there.",
                do=RESTORE,
            )
        if highest > last:
            yield Finding(
                level="wrong",
                what=f"{visit.name}: {where} has number {highest}, and its page load knows up to {last}.",
                do=RESTORE,
            )


def _damaged_rows(examined: Examined, visit: _Visit, key: int) -> Iterator[Finding]:
    changed: list[str] = []
    unreadable: list[str] = []
    for load, track, number, digest, payload in examined.db.execute(
        _ROWS.format(columns="load, track, number, digest, payload"), (key,)
    ):
        place = f"{Track(track).name.lower()} {number} of page load {visit.loads[load]}"
        if hashlib.sha256(payload).digest() != digest:
            changed.append(place)
        elif not _is_readable(track, payload):
            unreadable.append(place)
        examined.breathe()
    if changed:
        yield Finding(
            level="wrong",
            what=f"{visit.name}: not what was kept, the checksum differs: {listed(changed)}.",
            do=RESTORE,
        )
    if unreadable:
        yield Finding(
            level="wrong",
            what=f"{visit.name}: as it was sent, and not readable by this version: {listed(unreadable)}.",
            do="Look at it with the version that recorded it.",
        )


def _is_readable(track: int, payload: bytes) -> bool:
    try:
        if track == Track.FACTS:
            decode_facts(payload)
        else:
            decode_chunk_header(payload)
    except Malformed:
        return False
    return True


def _damaged_object(
    examined: Examined, visit: _Visit, name: str, sha256: bytes, size: int
) -> Iterator[Finding]:
    fault: str | None = None
    if examined.quick:
        fault = None if examined.is_there(name) else "is missing"
    else:
        data, fault = examined.read(name, sha256.hex(), size)
        if data is not None:
            try:
                fault = _disagreement(examined, visit, data, sha256)
            except (DamagedObject, ValueError) as error:
                fault = f"cannot be opened: {error}"
    if fault is not None:
        yield Finding(
            level="wrong", what=f"{visit.name}: its recording, object {name}, {fault}.", do=COPY_OBJECT
        )


def _disagreement(examined: Examined, visit: _Visit, data: bytes, sha256: bytes) -> str | None:
    """How the object differs from what the database knows of it."""
    sealed = open_sealed(data, sha256)
    known = {
        (visit.loads[load], track, number): digests[at * KNOWN_BYTES : (at + 1) * KNOWN_BYTES]
        for (load, track), runs in visit.runs.items()
        for first, last, digests in runs
        for at, number in enumerate(range(first, last + 1))
    }
    count = 0
    for track in Track:
        for batch in sealed.batches(track):
            count += 1
            examined.breathe()
            digest = known.get((batch.load, track, batch.number))
            where = f"{track.name.lower()} {batch.number} of page load {batch.load}"
            if digest is None:
                return f"holds {where}, and the database does not know that"
            if not _is_as_kept(batch, digest):
                return f"holds {where} otherwise than it was sent"
    return None if count == len(known) else f"holds {count} batches, and the database knows {len(known)}"


def _is_as_kept(batch: SealedBatch, digest: bytes) -> bool:
    # Pictures come out in another compression: for them stands the hash of the object.
    if len(digest) != KNOWN_BYTES:
        return False
    if batch.track != Track.FACTS:
        return True
    return hashlib.sha256(batch.payload).digest().startswith(digest) and _is_readable(
        batch.track, batch.payload
    )
