"""Erasing in the database: whom it concerns, what goes with a session, and that nothing of it stays behind.

SQLite overwrites what is deleted (``secure_delete``, see ``storage.sqlite.connection``), but where rows were
moved to another page before, a copy can be left in the free part of the first. Only ``VACUUM``, which writes
the file anew, leaves none: hence ``scrub``.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import TYPE_CHECKING, TypeVar

from replay.ports import ClockLook, Erased, ErasureIndex, Receipt, StoreUnavailable, asset_object
from storage.sqlite import server_events
from storage.sqlite.brought import drop_office
from storage.sqlite.connection import CHANGE_BYTES, Asking
from storage.sqlite.index import KIND_NUMBERS, forget
from storage.sqlite.problems import forget_hits

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    from replay.model.server_event import About
    from replay.ports import IdentifierKind, SealedObject
    from storage.sealed import SealedReader

__all__ = ["SqliteErasing", "erase"]

T = TypeVar("T")

SLICE_BYTES = 8 * 1024 * 1024
"""Payloads of batches that are deleted in one transaction: those who send wait for it."""


class SqliteErasing(Asking, ErasureIndex):
    """What ``SqliteStore`` does about erasing."""

    _sealed: SealedReader

    @abstractmethod
    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T: ...

    @abstractmethod
    def _note_logged(self, size: int) -> None: ...

    @abstractmethod
    async def sealed(self, session: str) -> SealedObject | None: ...

    async def carriers(self, kind: IdentifierKind, value: str) -> Mapping[str, bool]:
        return await self._read(_carriers, kind, value)

    async def expired(self, before_ms: Mapping[str, int], limit: int) -> Mapping[str, int]:
        return await self._read(_expired, before_ms, limit)

    async def condemn(
        self,
        receipt: Receipt,
        sessions: Sequence[str],
        about: Sequence[About] = (),
        *,
        site: str | None = None,
    ) -> None:
        await self._write(_condemn, receipt, sessions, about, site)

    async def erase(self, session: str, *, unseen_since_ms: int | None = None) -> Erased | None:
        sealed = await self.sealed(session)
        parts = []
        while went := await self._write(_erase_and_count, session, unseen_since_ms):
            part, changes = went
            parts.append(part)
            # One that has begun to go is not kept in half.
            unseen_since_ms = None
            # What is overwritten goes through the log, too.
            self._note_logged(part.bytes + changes * CHANGE_BYTES)
        if sealed is not None:
            self._sealed.forget(sealed)
        return _sum_of(parts)

    async def strange_assets(self, names: Sequence[str]) -> list[str]:
        return await self._read(_strange_assets, names)

    async def scrub(self) -> None:
        await self._run(_scrub)

    async def finish_erasure(self, receipt: str, finished_ms: int) -> None:
        await self._write(_finish, receipt, finished_ms)

    async def put_clock_look(self, look: ClockLook) -> None:
        await self._write(_put_clock_look, look)

    async def clock_look(self) -> ClockLook | None:
        return await self._read(_clock_look)

    async def receipts(self) -> list[Receipt]:
        return await self._read(_receipts)


def _carriers(db: sqlite3.Connection, kind: IdentifierKind, value: str) -> dict[str, bool]:
    rows = db.execute(
        "SELECT session.id, verified FROM value JOIN carrier ON carrier.value = value.key"
        " JOIN carried ON carried.session = carrier.session AND carried.kind = value.kind"
        " AND carried.value = value.key JOIN session ON session.key = carrier.session"
        " WHERE value.kind = ? AND value.value = ?",
        (KIND_NUMBERS[kind], value),
    )
    return {session: bool(verified) for session, verified in rows}


def _expired(db: sqlite3.Connection, before_ms: Mapping[str, int], limit: int) -> dict[str, int]:
    # By the index over all sites; on the way lie only sessions of sites that keep theirs longer.
    rows = db.execute(
        "SELECT session.id, kept.value FROM session"
        " CROSS JOIN json_each(?1) AS kept ON kept.key = session.site"
        " WHERE seen_ms < kept.value AND seen_ms < ?2 ORDER BY seen_ms, session.id LIMIT ?3",
        (json.dumps(dict(before_ms)), max(before_ms.values(), default=0), limit),
    )
    return dict(rows.fetchall())


def _condemn(
    db: sqlite3.Connection,
    receipt: Receipt,
    sessions: Sequence[str],
    about: Sequence[About],
    site: str | None,
) -> None:
    dropped = server_events.drop_about(db, about, site, receipt.asked_ms)
    db.execute(
        "INSERT INTO erasure (id, command, asked_by, asked_ms, batches_count, objects_count, erased_bytes,"
        " server_events_count) VALUES (?, ?, ?, ?, 0, 0, 0, ?)",
        (receipt.id, receipt.command, receipt.asked_by, receipt.asked_ms, dropped),
    )
    db.execute(
        "INSERT INTO erased (session, erasure) SELECT session.id, ?1 FROM json_each(?2)"
        " JOIN session ON session.id = value WHERE true ON CONFLICT DO NOTHING",
        (receipt.id, json.dumps(list(sessions))),
    )


def _erase_and_count(
    db: sqlite3.Connection, session: str, unseen_since_ms: int | None
) -> tuple[Erased, int] | None:
    before = db.total_changes
    part = erase(db, session, unseen_since_ms)
    return None if part is None else (part, db.total_changes - before)


def erase(db: sqlite3.Connection, session: str, unseen_since_ms: int | None) -> Erased | None:
    """What went of the session, which is gone when there is nothing more: of one that has many batches these
    go first, part by part."""
    found = db.execute(
        "SELECT session.key, erasure FROM session LEFT JOIN erased ON erased.session = id"
        " WHERE id = ?1 AND (?2 IS NULL OR seen_ms < ?2)",
        (session, unseen_since_ms),
    ).fetchone()
    if found is None:
        return None
    key, receipt = found
    rows, size, is_last = _delete_rows(db, key)
    batches, references, abandoned_bytes = len(rows), 0, 0
    if is_last:
        (sealed,) = db.execute(
            "SELECT coalesce(sum(last - first + 1), 0)"
            " FROM load JOIN sealed_run ON sealed_run.load = load.key WHERE session = ?",
            (key,),
        ).fetchone()
        batches += sealed
        references, abandoned_bytes = _delete_session(db, key, receipt)
    db.execute(
        "UPDATE erasure SET batches_count = batches_count + ?, erased_bytes = erased_bytes + ? WHERE id = ?",
        (batches, size, receipt),
    )
    return Erased(batches=batches, bytes=size, references=references, abandoned_bytes=abandoned_bytes)


def _sum_of(parts: Sequence[Erased]) -> Erased | None:
    if not parts:
        return None
    return Erased(
        batches=sum(part.batches for part in parts),
        bytes=sum(part.bytes for part in parts),
        references=sum(part.references for part in parts),
        abandoned_bytes=sum(part.abandoned_bytes for part in parts),
    )


def _delete_rows(db: sqlite3.Connection, session: int) -> tuple[list[int], int, bool]:
    """Keys and size of the session's next batches, which are gone, and whether they were the last."""
    keys: list[int] = []
    size = 0
    rows = db.execute(
        "SELECT batch.key, length(payload) FROM load JOIN batch ON batch.load = load.key WHERE session = ?",
        (session,),
    ).fetchall()
    for key, length in rows:
        if keys and size + length > SLICE_BYTES:
            break
        keys.append(key)
        size += length
    db.execute("DELETE FROM batch WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(keys),))
    return keys, size, len(keys) == len(rows)


def _delete_session(db: sqlite3.Connection, session: int, receipt: str | None) -> tuple[int, int]:
    """Everything but batches; how many references went with it, and the bytes of objects to be deleted."""
    forget(db, session)
    forget_hits(db, session)
    brought = drop_office(db, session)
    db.execute(
        "UPDATE erasure SET server_events_count = server_events_count + ? WHERE id = ?", (brought, receipt)
    )
    (only_here, references) = db.execute(
        "SELECT json_group_array(asset), count(*) FROM session_asset AS here WHERE session = ?1"
        " AND NOT EXISTS (SELECT 1 FROM session_asset WHERE asset = here.asset AND session <> ?1)",
        (session,),
    ).fetchone()
    objects = {
        asset_object(digest): size
        for digest, size in db.execute(
            "SELECT hash, bytes FROM asset_version WHERE hash IS NOT NULL"
            " AND asset IN (SELECT value FROM json_each(?1))"
            " AND NOT EXISTS (SELECT 1 FROM asset_version AS other WHERE other.hash = asset_version.hash"
            " AND other.asset NOT IN (SELECT value FROM json_each(?1)))",
            (only_here,),
        )
    }
    objects.update(db.execute("SELECT object, size_bytes FROM sealed WHERE session = ?", (session,)))
    db.execute("DELETE FROM session WHERE key = ?", (session,))
    db.execute("DELETE FROM asset WHERE key IN (SELECT value FROM json_each(?))", (only_here,))
    db.executemany(
        "INSERT OR REPLACE INTO announced_object (name, abandoned, erasure, size_bytes) VALUES (?, 1, ?, ?)",
        [(name, receipt, size) for name, size in objects.items()],
    )
    return references, sum(objects.values())


def _strange_assets(db: sqlite3.Connection, names: Sequence[str]) -> list[str]:
    rows = db.execute(
        "SELECT value FROM json_each(?1) WHERE NOT EXISTS"
        " (SELECT 1 FROM asset_version WHERE hash = substr(value, ?2))",
        (json.dumps(list(names)), len(asset_object("")) + 1),
    )
    return [name for (name,) in rows]


def _scrub(db: sqlite3.Connection) -> None:
    """Not inside a transaction."""
    # The log first: if somebody reads it, the long way over the file would be for nothing.
    _empty_log(db)
    db.execute("VACUUM")
    _empty_log(db)


def _empty_log(db: sqlite3.Connection) -> None:
    busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreUnavailable(
            "What was erased is still in the database's log, which cannot be emptied while somebody reads:"
            " perhaps a backup, or a database shell."
        )


def _finish(db: sqlite3.Connection, receipt: str, finished_ms: int) -> None:
    db.execute(
        "UPDATE erasure SET finished_ms = ? WHERE id = ? AND finished_ms IS NULL", (finished_ms, receipt)
    )


def _put_clock_look(db: sqlite3.Connection, look: ClockLook) -> None:
    db.execute(
        "INSERT OR REPLACE INTO clock_look (id, looked_ms, doubt_s, from_ms, to_ms) VALUES (1, ?, ?, ?, ?)",
        (look.looked_ms, look.doubt_s, look.from_ms, look.to_ms),
    )


def _clock_look(db: sqlite3.Connection) -> ClockLook | None:
    row = db.execute("SELECT looked_ms, doubt_s, from_ms, to_ms FROM clock_look").fetchone()
    if row is None:
        return None
    looked_ms, doubt_s, from_ms, to_ms = row
    return ClockLook(looked_ms=looked_ms, doubt_s=doubt_s, from_ms=from_ms, to_ms=to_ms)


def _receipts(db: sqlite3.Connection) -> list[Receipt]:
    rows = db.execute(
        "SELECT id, command, asked_by, asked_ms, finished_ms, batches_count, objects_count, erased_bytes,"
        " server_events_count, (SELECT json_group_array(json_array(erased.session,"
        " EXISTS (SELECT 1 FROM session WHERE session.id = erased.session)))"
        " FROM erased WHERE erased.erasure = erasure.id) FROM erasure ORDER BY asked_ms, id"
    )
    return [_receipt(*row) for row in rows]


def _receipt(
    id: str,
    command: str,
    asked_by: str,
    asked_ms: int,
    finished_ms: int | None,
    batches: int,
    objects: int,
    size: int,
    told: int,
    sessions: str,
) -> Receipt:
    here = sorted(json.loads(sessions))
    return Receipt(
        id=id,
        command=command,
        asked_by=asked_by,
        asked_ms=asked_ms,
        finished_ms=finished_ms,
        sessions=tuple(session for session, is_here in here if not is_here),
        condemned=tuple(session for session, is_here in here if is_here),
        batches=batches,
        objects=objects,
        bytes=size,
        server_events=told,
    )
