"""The index by which sessions are found: it is kept newest first without being rewritten at every batch.

A session's terms stand at ``ranked_ms``, which is its ``seen_ms`` as it was up to ``RANK_SLACK_MS`` before.
A search reads terms newest first, puts the sessions in their true order, and knows from the slack when
nothing newer can follow. Few visits are long enough to be ranked twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, get_args

from replay.ports import Identifier, IdentifierKind
from storage.sqlite.rows import execute_rows
from storage.terms import terms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from storage.sqlite.rows import Row

__all__ = ["KIND_NUMBERS", "RANK_SLACK_MS", "RankedSession", "index_identifiers"]

RANK_SLACK_MS = 10 * 60 * 1_000

KIND_NUMBERS = {
    "code": 1,
    "customer_id": 2,
    "email": 3,
    "phone": 4,
    "name": 5,
    "order": 6,
    "sku": 7,
    "product": 8,
    "promo": 9,
}
"""How kinds are written in ``term``, the largest of the small tables. Never change a number."""

if set(KIND_NUMBERS) != set(get_args(IdentifierKind)):
    raise RuntimeError("every kind of identifier needs a number")


@dataclass(slots=True)
class RankedSession:
    """A session during a commit: when it was seen, where it is ranked, and what it newly carries."""

    key: int
    seen_ms: int
    ranked_ms: int
    carried: dict[tuple[str, str], Identifier] = field(default_factory=dict)

    def carry(self, identifier: Identifier) -> None:
        """Take one identifier in: of each kind and value the earliest, verified if any of them is."""
        key = identifier.kind, identifier.value
        known = self.carried.setdefault(key, identifier)
        if known is not identifier:
            earliest = identifier if identifier.at_ms < known.at_ms else known
            self.carried[key] = replace(earliest, verified=known.verified or identifier.verified)


def index_identifiers(db: sqlite3.Connection, sessions: Iterable[RankedSession]) -> None:
    """Write down when the sessions were seen, and what they carry."""
    touched = list(sessions)
    for session in touched:
        if session.seen_ms - session.ranked_ms > RANK_SLACK_MS:
            _rank_anew(db, session)
    if touched:
        db.execute(
            "UPDATE session SET seen_ms = value ->> 1, ranked_ms = value ->> 2"
            " FROM json_each(?) WHERE session.key = value ->> 0",
            (json.dumps([(session.key, session.seen_ms, session.ranked_ms) for session in touched]),),
        )
    carried = [(session, identifier) for session in touched for identifier in session.carried.values()]
    execute_rows(
        db,
        "INSERT INTO identifier (session, kind, value, shown, at_ms, verified) VALUES {values}"
        " ON CONFLICT (session, kind, value) DO UPDATE SET"
        " shown = iif(excluded.at_ms < at_ms, excluded.shown, shown),"
        " at_ms = min(at_ms, excluded.at_ms), verified = max(verified, excluded.verified)"
        " WHERE excluded.at_ms < at_ms OR excluded.verified > verified",
        [(session.key, one.kind, one.value, one.shown, one.at_ms, one.verified) for session, one in carried],
    )
    _insert_terms(db, (row for session, one in carried for row in _rows(session, one.kind, one.value)))


def _rank_anew(db: sqlite3.Connection, session: RankedSession) -> None:
    """Move what is indexed of a session to where its ``seen_ms`` is now."""
    known: list[tuple[IdentifierKind, str]] = db.execute(
        "SELECT kind, value FROM identifier WHERE session = ?", (session.key,)
    ).fetchall()
    old = {row for kind, value in known for row in _rows(session, kind, value)}
    db.executemany("DELETE FROM term WHERE kind = ? AND term = ? AND ranked_ms = ? AND session = ?", old)
    session.ranked_ms = session.seen_ms
    _insert_terms(db, (row for kind, value in known for row in _rows(session, kind, value)))


def _rows(session: RankedSession, kind: IdentifierKind, value: str) -> Iterable[tuple[int, str, int, int]]:
    number = KIND_NUMBERS[kind]
    return ((number, term, session.ranked_ms, session.key) for term in terms(kind, value))


def _insert_terms(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    execute_rows(
        db, "INSERT OR IGNORE INTO term (kind, term, ranked_ms, session) VALUES {values}", list(set(rows))
    )
