"""Findings in the database: which sessions are due, what they are judged on, and what was found.

Many sessions are read and written in as few statements as one, and of findings only the rows are written that
differ.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from dataclasses import astuple, replace
from typing import TYPE_CHECKING, Any

from replay.model.finding import Evidence, Finding, in_order
from replay.model.track import Track
from replay.ports import FindingIndex, Load, SessionFacts, StoredBatch
from storage.sealer import SEAL_MAX_BYTES
from storage.sqlite import server_events
from storage.sqlite.brought import brought
from storage.sqlite.connection import Asking
from storage.sqlite.reads import as_value
from storage.sqlite.rows import execute_rows
from storage.sqlite.sealing import at_one_moment
from storage.sqlite.shown_prices import put_shown_prices

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from replay.ports import Judged

__all__ = ["FINDING", "SqliteFindings", "finding_of"]

FINDING = "rule, subject, signature, version, outcome, severity, said, shown, decided_ms, minor, currency"
_KEY_COUNT = 4
"""Columns of a finding's key: those of ``FINDING`` follow the session."""


class SqliteFindings(Asking, FindingIndex):
    """What ``SqliteStore`` does about findings."""

    @abstractmethod
    async def batches(
        self, session: str, track: int, *, load: str | None = None, after: int = 0
    ) -> list[StoredBatch]: ...

    async def due_sessions(self, now_ms: int, limit: int) -> list[str]:
        return await self._read(_due_sessions, now_ms, limit)

    async def session_facts(self, asked: Mapping[str, Mapping[str, int]]) -> Mapping[str, SessionFacts]:
        facts, sealed = await self._read(_session_facts, asked)
        for session in sealed:
            after = asked[session]
            known = {load.id for load in facts[session].loads}
            wanted = [
                one
                for one in await self.batches(session, Track.FACTS)
                if one.load in known and one.number > after.get(one.load, 0)
            ]
            facts[session] = replace(facts[session], batches=tuple(wanted))
        return facts

    async def facts_bytes(self, sessions: Sequence[str]) -> Mapping[str, int]:
        return await self._read(_facts_bytes, sessions)

    async def put_findings(self, judged: Sequence[Judged]) -> list[bool]:
        return await self._write(_put_findings, judged) if judged else []

    async def findings(self, session: str) -> list[Finding]:
        return await self._read(_findings, session)

    async def session_ids(self, after: str, limit: int) -> list[str]:
        return await self._read(_session_ids, after, limit)


def _due_sessions(db: sqlite3.Connection, now_ms: int, limit: int) -> list[str]:
    due = db.execute(
        "SELECT id FROM session WHERE judge_ms <= ? ORDER BY judge_ms, id LIMIT ?", (now_ms, limit)
    )
    return [session for (session,) in due.fetchall()]


def _session_ids(db: sqlite3.Connection, after: str, limit: int) -> list[str]:
    ids = db.execute("SELECT id FROM session WHERE id > ? ORDER BY id LIMIT ?", (after, limit))
    return [session for (session,) in ids.fetchall()]


def _session_facts(
    db: sqlite3.Connection, asked: Mapping[str, Mapping[str, int]]
) -> tuple[dict[str, SessionFacts], list[str]]:
    """The facts that stand in rows, and which of the sessions have an object beside."""
    with at_one_moment(db):
        wanted = (json.dumps(list(asked)),)
        sessions = db.execute(
            "SELECT session.id, site, facts_count, clocks_count, told_count, sealed.session IS NOT NULL"
            " FROM json_each(?)"
            " JOIN session ON session.id = value LEFT JOIN sealed ON sealed.session = session.key",
            wanted,
        ).fetchall()
        loads = db.execute(
            "SELECT load.key, session.id, load.id, tab, ordinal, opened_ms, offset_ms, offset_error_ms,"
            " facts_acked, picture_acked FROM json_each(?) JOIN session ON session.id = value"
            " JOIN load ON load.session = session.key ORDER BY ordinal",
            wanted,
        ).fetchall()
        after = [(key, asked[session].get(load, 0)) for key, session, load, *_ in loads]
        batches = db.execute(
            "SELECT load, track, number, payload, digest, received_ms, first_ms, last_ms, checkpoint"
            " FROM json_each(?) AS wanted JOIN batch ON batch.load = wanted.value ->> 0"
            " AND track = ? AND number > wanted.value ->> 1 ORDER BY wanted.key, number",
            (json.dumps(after), Track.FACTS),
        ).fetchall()
        told = server_events.told(db, [session for session, *_ in sessions])
        since = server_events.orders_since(db, list({site for _, site, *_ in sessions}))
        own = brought(db, [session for session, *_ in sessions])
    ids = {key: (session, load) for key, session, load, *_ in loads}
    own_loads: dict[str, list[Load]] = {}
    for _, *load in loads:
        own_loads.setdefault(load[0], []).append(as_value(Load, load))
    own_batches: dict[str, list[StoredBatch]] = {}
    for key, *batch in batches:
        session, load_id = ids[key]
        own_batches.setdefault(session, []).append(as_value(StoredBatch, (load_id, *batch)))
    facts = {
        session: SessionFacts(
            site=site,
            facts_count=facts_count,
            clocks_count=clocks_count,
            told_count=told_count,
            told=tuple(told.get(session, ())),
            orders_since_ms=own[session].orders_since_ms if session in own else since[site],
            brought=own.get(session),
            loads=tuple(own_loads.get(session, ())),
            batches=tuple(own_batches.get(session, ())),
        )
        for session, site, facts_count, clocks_count, told_count, _ in sessions
    }
    return facts, [session for session, *_, sealed in sessions if sealed]


def _facts_bytes(db: sqlite3.Connection, sessions: Sequence[str]) -> dict[str, int]:
    # How long a value is stands in its row: none of them is read.
    rows = db.execute(
        "SELECT session.id, CASE WHEN sealed.session IS NULL THEN (SELECT coalesce(sum(length(payload)), 0)"
        " FROM load JOIN batch ON batch.load = load.key AND track = ?"
        " WHERE load.session = session.key) ELSE ? END"
        " FROM json_each(?) JOIN session ON session.id = value"
        " LEFT JOIN sealed ON sealed.session = session.key",
        (Track.FACTS, SEAL_MAX_BYTES, json.dumps(list(sessions))),
    )
    return dict(rows.fetchall())


def _put_findings(db: sqlite3.Connection, judged: Sequence[Judged]) -> list[bool]:
    (text,) = db.execute(
        "SELECT json_group_object(session.id, session.key) FROM json_each(?)"
        " JOIN session ON session.id = value",
        (json.dumps([one.session for one in judged]),),
    ).fetchone()
    keys: dict[str, int] = json.loads(text)
    here = [(keys[one.session], one) for one in judged if one.session in keys]
    db.execute(
        "UPDATE session SET judge_ms = value ->> 2 FROM json_each(?)"
        " WHERE session.key = value ->> 0 AND facts_count + clocks_count + told_count = value ->> 1",
        (json.dumps([(key, one.changes_count, one.judge_ms) for key, one in here]),),
    )
    put_shown_prices(db, {key: one.shown for key, one in here if one.shown is not None})
    found = {key: one.findings for key, one in here if one.findings is not None}
    if found:
        rows = {row[:_KEY_COUNT]: row for key, findings in found.items() for row in _rows(key, findings)}
        stood = {
            row[:_KEY_COUNT]: row
            for row in db.execute(
                f"SELECT session, {FINDING} FROM finding WHERE session IN (SELECT value FROM json_each(?))",  # noqa: S608
                (json.dumps(list(found)),),
            ).fetchall()
        }
        execute_rows(
            db,
            "DELETE FROM finding WHERE (session, rule, subject, signature) IN (VALUES {values})",
            [key for key in stood if key not in rows],
        )
        changed = [row for key, row in rows.items() if stood.get(key) != row]
        execute_rows(
            db,
            f"INSERT OR REPLACE INTO finding (session, {FINDING}) VALUES {{values}}",  # noqa: S608
            changed,
        )
        before = [row for key, row in stood.items() if rows.get(key) != row]
        _mark_families(db, {(row[0], row[1], row[3]) for row in (*before, *changed) if row[5] == "fail"})
    return [one.session in keys for one in judged]


def _mark_families(db: sqlite3.Connection, families: set[tuple[Any, ...]]) -> None:
    """Findings of these sessions, rules and signatures that failed came, went or changed."""
    if families:
        db.execute(
            "INSERT INTO changed_family (site, rule, signature, changes_count)"
            " SELECT DISTINCT site, value ->> 1, value ->> 2, 1 FROM json_each(?)"
            " JOIN session ON session.key = value ->> 0 WHERE office IS NULL"
            " ON CONFLICT DO UPDATE SET changes_count = changes_count + 1",
            (json.dumps(sorted(families)),),
        )


def _rows(session: int, findings: Sequence[Finding]) -> list[tuple[Any, ...]]:
    return [
        (
            session,
            one.rule,
            one.subject,
            one.signature,
            one.version,
            one.outcome,
            one.severity,
            one.said,
            json.dumps([astuple(shown) for shown in one.shown], ensure_ascii=False),
            float(one.decided_ms),
            one.minor,
            one.currency,
        )
        for one in findings
    ]


def _findings(db: sqlite3.Connection, session: str) -> list[Finding]:
    rows = db.execute(
        f"SELECT {FINDING} FROM finding WHERE session = (SELECT key FROM session WHERE id = ?)",  # noqa: S608
        (session,),
    ).fetchall()
    return in_order(finding_of(row) for row in rows)


def finding_of(row: Sequence[Any]) -> Finding:
    """What ``FINDING`` answers."""
    values: dict[str, Any] = dict(zip(FINDING.split(", "), row, strict=True))
    shown = [
        Evidence(role=role, load=load, t=t, node=node, raw=raw)
        for role, load, t, node, raw in json.loads(values.pop("shown"))
    ]
    return Finding(**values, shown=tuple(shown))
