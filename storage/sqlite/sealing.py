"""Sealing in the database: rows out, the object's name in, and what of the rows is kept to know them again.

Of a digest the first bytes stay, in order of the numbers: they tell whether a page that was not told of its
acknowledgement sends the same once more. Nobody gains by finding other bytes that begin alike, since what is
kept does not change by it.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from replay.ports import SealedObject, StoredBatch
from storage.runs import runs
from storage.sealed import Parts
from storage.sqlite import reads
from storage.sqlite.reads import as_value
from storage.sqlite.rows import execute_rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

__all__ = [
    "KNOWN_BYTES",
    "abandon_objects",
    "announce_object",
    "at_one_moment",
    "gap_parts",
    "known_digest",
    "outline_parts",
    "parts",
    "rows",
    "seal",
    "sealed",
    "unsealed",
    "withdraw_object",
]

KNOWN_BYTES = 16
"""How much of a digest is kept of a batch that is in an object."""

_BATCHES = (
    "SELECT load.id, track, number, payload, digest, received_ms, first_ms, last_ms, checkpoint"
    " FROM session JOIN load ON load.session = session.key JOIN batch ON batch.load = load.key"
    " WHERE session.id = ? ORDER BY ordinal, track, number"
)


def unsealed(db: sqlite3.Connection, quiet_since_ms: int, idle_since_ms: int, limit: int) -> list[str]:
    # From one page load with rows to the next by the index: what is long sealed costs nothing.
    found = db.execute(
        "WITH RECURSIVE holder (load) AS ("
        " SELECT min(load) FROM batch UNION ALL"
        " SELECT (SELECT min(load) FROM batch WHERE load > holder.load) FROM holder WHERE load IS NOT NULL)"
        " SELECT DISTINCT session.id FROM holder JOIN load ON load.key = holder.load"
        " JOIN session ON session.key = load.session"
        " WHERE seen_ms <= ?1 AND (ended_ms <= ?1 OR seen_ms < ?2) LIMIT ?3",
        (quiet_since_ms, idle_since_ms, limit),
    )
    return [name for (name,) in found]


def sealed(db: sqlite3.Connection, session: str) -> SealedObject | None:
    row = db.execute(
        "SELECT object, sha256, size_bytes, sealed_ms"
        " FROM session JOIN sealed ON sealed.session = session.key WHERE session.id = ?",
        (session,),
    ).fetchone()
    return as_value(SealedObject, row) if row else None


def rows(db: sqlite3.Connection, session: str) -> list[StoredBatch]:
    return [as_value(StoredBatch, row) for row in db.execute(_BATCHES, (session,))]


def parts(db: sqlite3.Connection, session: str, track: int, load: str | None, after: int) -> Parts:
    """What there is of a track at one moment: rows, and the object that holds the others."""
    with at_one_moment(db):
        return Parts(
            sealed=sealed(db, session),
            loads=_loads(db, session),
            rows=reads.batches(db, session, track, load, after),
        )


def outline_parts(db: sqlite3.Connection, session: str, track: int) -> Parts:
    """What there is of a track at one moment, but for the payloads."""
    with at_one_moment(db):
        return Parts(
            sealed=sealed(db, session),
            loads=_loads(db, session),
            outlines=reads.outline(db, session, track),
        )


def gap_parts(db: sqlite3.Connection, session: str) -> Parts:
    """What was declared lost, and what is in the session's object, at one moment."""
    with at_one_moment(db):
        held = db.execute(
            "SELECT load.id, track, first, last FROM session JOIN load ON load.session = session.key"
            " JOIN sealed_run ON sealed_run.load = load.key WHERE session.id = ?",
            (session,),
        ).fetchall()
        return Parts(
            sealed=sealed(db, session), loads=_loads(db, session), gaps=reads.gaps(db, session), held=held
        )


def _loads(db: sqlite3.Connection, session: str) -> list[str]:
    found = db.execute(
        "SELECT load.id FROM session JOIN load ON load.session = session.key WHERE session.id = ?"
        " ORDER BY ordinal",
        (session,),
    )
    return [name for (name,) in found]


@contextmanager
def at_one_moment(db: sqlite3.Connection) -> Iterator[None]:
    """Everything read inside is as it was at the first reading."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")


def known_digest(db: sqlite3.Connection, load: int, track: int, number: int) -> bytes | None:
    """The beginning of the digest of a batch that is in an object, or None if it is in none."""
    row = db.execute(
        "SELECT substr(digests, (?3 - first) * ?4 + 1, ?4) FROM sealed_run"
        " WHERE load = ?1 AND track = ?2 AND first <= ?3 AND last >= ?3",
        (load, track, number, KNOWN_BYTES),
    ).fetchone()
    return row[0] if row else None


def announce_object(db: sqlite3.Connection, name: str) -> int | None:
    row = db.execute(
        "INSERT INTO announced_object (name, abandoned) SELECT ?1, 0"
        " WHERE NOT EXISTS (SELECT 1 FROM sealed WHERE object = ?1) ON CONFLICT DO NOTHING RETURNING key",
        (name,),
    ).fetchone()
    return row[0] if row else None


def seal(
    db: sqlite3.Connection,
    session: str,
    object: SealedObject,
    announced: int,
    replaces: str | None,
    batches: Sequence[StoredBatch],
) -> bool:
    found = db.execute("SELECT key FROM session WHERE id = ?", (session,)).fetchone()
    current = sealed(db, session)
    stands = db.execute(
        "SELECT 1 FROM announced_object WHERE key = ? AND name = ? AND NOT abandoned",
        (announced, object.name),
    ).fetchone()
    if found is None or not stands or (current.name if current else None) != replaces:
        return False
    loads = dict(db.execute("SELECT id, key FROM load WHERE session = ?", found).fetchall())
    keys = _keys(db, loads, batches)
    if len(keys) != len(batches):
        return False
    # The replaced one is abandoned by a trigger.
    db.execute("DELETE FROM sealed WHERE session = ?", found)
    db.execute("DELETE FROM announced_object WHERE key = ?", (announced,))
    db.execute(
        "INSERT INTO sealed (session, object, sha256, size_bytes, sealed_ms) VALUES (?, ?, ?, ?, ?)",
        (found[0], object.name, object.sha256, object.size_bytes, object.sealed_ms),
    )
    known = {(one.load, one.track, one.number): one.digest[:KNOWN_BYTES] for one in batches}
    execute_rows(
        db,
        "INSERT INTO sealed_run (load, track, first, last, digests) VALUES {values}",
        [
            (loads[load], track, first, last, b"".join(known[load, track, n] for n in range(first, last + 1)))
            for load, track, first, last in runs(known)
        ],
    )
    db.execute("DELETE FROM batch WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(keys),))
    return True


def _keys(db: sqlite3.Connection, loads: dict[str, int], batches: Sequence[StoredBatch]) -> list[int]:
    """The rows of just these batches, as far as they are there. One step, however many: see ``rows``."""
    wanted = [(loads.get(one.load), one.track, one.number, one.digest.hex()) for one in batches]
    (found,) = db.execute(
        "SELECT json_group_array(batch.key) FROM json_each(?) AS one JOIN batch"
        " ON batch.load = one.value ->> 0 AND track = one.value ->> 1 AND number = one.value ->> 2"
        " AND lower(hex(digest)) = one.value ->> 3",
        (json.dumps(wanted),),
    ).fetchone()
    keys: list[int] = json.loads(found)
    return keys


def abandon_objects(db: sqlite3.Connection) -> list[str]:
    db.execute("UPDATE announced_object SET abandoned = 1")
    return [name for (name,) in db.execute("SELECT name FROM announced_object")]


def withdraw_object(db: sqlite3.Connection, name: str) -> None:
    db.execute(
        "UPDATE erasure SET objects_count = objects_count + 1, erased_bytes = erased_bytes + size_bytes"
        " FROM announced_object WHERE name = ? AND abandoned AND erasure.id = announced_object.erasure",
        (name,),
    )
    db.execute("DELETE FROM announced_object WHERE name = ? AND abandoned", (name,))
