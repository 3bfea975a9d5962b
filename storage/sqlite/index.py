"""The index by which sessions are found: each value stands once, and behind it who carries it, newest first.

A session stands there at ``ranked_ms``, which is its ``seen_ms`` as it was up to ``RANK_SLACK_MS`` before, so
that the index is not rewritten at every batch. A search puts the sessions in their true order, and knows from
the slack when nothing newer can follow. Few visits are long enough to be ranked twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, get_args

from replay.model.identity import TEXT_KINDS, TEXTS_MAX_COUNT
from replay.ports import Identifier, IdentifierKind
from storage.sqlite.rows import execute_rows
from storage.terms import BY_WORDS, terms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

__all__ = ["KINDS", "KIND_NUMBERS", "RANK_SLACK_MS", "RankedSession", "drop", "forget", "index_identifiers"]

RANK_SLACK_MS = 10 * 60 * 1_000

KIND_NUMBERS: dict[IdentifierKind, int] = {
    "code": 1,
    "customer_id": 2,
    "email": 3,
    "phone": 4,
    "name": 5,
    "order": 6,
    "sku": 7,
    "product": 8,
    "message": 10,
    "error": 11,
    "promo": 12,
}
"""How kinds are written. Never change a number, nor give 9 to another (see ``storage.sqlite.codes``)."""

KINDS = {number: kind for kind, number in KIND_NUMBERS.items()}

if set(KIND_NUMBERS) != set(get_args(IdentifierKind)):
    raise RuntimeError("every kind of identifier needs a number")


_OF_SESSION = "value IN (SELECT value FROM carried WHERE session = ?1)"
_LISTED = "value IN (SELECT value FROM json_each(?2))"


@dataclass(slots=True)
class RankedSession:
    """A session during a commit: when it was seen, where it is ranked, what it newly carries, how
    often facts came meanwhile and when it is to be judged for that."""

    key: int
    seen_ms: int
    ranked_ms: int
    carried: dict[tuple[IdentifierKind, str], Identifier] = field(default_factory=dict)
    facts_count: int = 0
    judge_ms: int | None = None

    def change(self, judge_ms: int | None) -> None:
        """Facts came, for which it is to be judged at ``judge_ms``."""
        self.facts_count += 1
        if judge_ms is not None and (self.judge_ms is None or judge_ms < self.judge_ms):
            self.judge_ms = judge_ms

    def carry(self, identifier: Identifier) -> None:
        """Take one identifier in: of each kind and value the earliest, verified if any of them is."""
        key = identifier.kind, identifier.value
        known = self.carried.setdefault(key, identifier)
        if known is not identifier:
            earliest = identifier if identifier.at_ms < known.at_ms else known
            self.carried[key] = replace(earliest, verified=known.verified or identifier.verified)


def index_identifiers(db: sqlite3.Connection, sessions: Iterable[RankedSession]) -> None:
    """Write down when the sessions were seen, what came, and what they carry."""
    touched = list(sessions)
    for session in touched:
        if session.seen_ms - session.ranked_ms > RANK_SLACK_MS:
            _rank_anew(db, session)
    if touched:
        db.execute(
            "UPDATE session SET seen_ms = value ->> 1, ranked_ms = value ->> 2,"
            " facts_count = facts_count + (value ->> 3),"
            " judge_ms = coalesce(min(judge_ms, value ->> 4), judge_ms, value ->> 4)"
            " FROM json_each(?) WHERE session.key = value ->> 0",
            (
                json.dumps(
                    [(one.key, one.seen_ms, one.ranked_ms, one.facts_count, one.judge_ms) for one in touched]
                ),
            ),
        )
    _bound_texts(db, touched)
    carried = [(session, identifier) for session in touched for identifier in session.carried.values()]
    values = _values(db, [identifier for _, identifier in carried])
    rows = []
    for session, one in carried:
        key, shown = values[one.kind, one.value]
        written = None if one.shown == shown else one.shown
        rows.append((session.key, KIND_NUMBERS[one.kind], key, written, one.at_ms, one.verified))
    execute_rows(
        db,
        "INSERT INTO carried (session, kind, value, shown, at_ms, verified) VALUES {values}"
        " ON CONFLICT (session, kind, value) DO UPDATE SET"
        " shown = iif(excluded.at_ms < at_ms, excluded.shown, shown),"
        " at_ms = min(at_ms, excluded.at_ms), verified = max(verified, excluded.verified)"
        " WHERE excluded.at_ms < at_ms OR excluded.verified > verified",
        rows,
    )
    execute_rows(
        db,
        "INSERT OR IGNORE INTO carrier (value, ranked_ms, session) VALUES {values}",
        [(values[one.kind, one.value][0], session.ranked_ms, session.key) for session, one in carried],
    )


def forget(db: sqlite3.Connection, session: int) -> None:
    """Take a session out of the index, and with it every value that nobody else carries. Whoever deletes a
    session calls this before."""
    drop(
        db, session, [key for (key,) in db.execute("SELECT value FROM carried WHERE session = ?", (session,))]
    )


def drop(db: sqlite3.Connection, session: int, keys: Sequence[int]) -> None:
    """Take these values, by their keys, from a session, and out of the index what nobody else carries."""
    values = json.dumps(keys)
    db.execute(
        f"DELETE FROM carrier WHERE {_LISTED} AND session = ?1"  # noqa: S608
        " AND ranked_ms = (SELECT ranked_ms FROM session WHERE key = ?1)",
        (session, values),
    )
    db.execute(f"DELETE FROM carried WHERE session = ?1 AND {_LISTED}", (session, values))  # noqa: S608
    unused = db.execute(
        "SELECT key, kind, value FROM value WHERE key IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM carrier WHERE carrier.value = value.key)",
        (values,),
    ).fetchall()
    for key, kind, value in unused:
        db.executemany(
            "DELETE FROM word WHERE kind = ? AND word = ? AND value = ?",
            [(kind, word, key) for word in terms(KINDS[kind], value)],
        )
        db.execute("DELETE FROM value WHERE key = ?", (key,))


def _rank_anew(db: sqlite3.Connection, session: RankedSession) -> None:
    """Move a session to where its ``seen_ms`` is now."""
    db.execute(
        f"UPDATE carrier SET ranked_ms = ?3 WHERE {_OF_SESSION} AND session = ?1 AND ranked_ms = ?2",  # noqa: S608
        (session.key, session.ranked_ms, session.seen_ms),
    )
    session.ranked_ms = session.seen_ms


def _bound_texts(db: sqlite3.Connection, sessions: Sequence[RankedSession]) -> None:
    """Leave out the texts that are more than a session keeps."""
    for session in sessions:
        for kind in TEXT_KINDS:
            texts = [value for known, value in session.carried if known == kind]
            if texts:
                rows = db.execute(
                    "SELECT value.value FROM carried JOIN value ON value.key = carried.value"
                    " WHERE session = ? AND carried.kind = ?",
                    (session.key, KIND_NUMBERS[kind]),
                )
                kept = {value for (value,) in rows}
                for text in texts:
                    if text not in kept and len(kept) >= TEXTS_MAX_COUNT:
                        del session.carried[kind, text]
                    kept.add(text)


def _values(
    db: sqlite3.Connection, identifiers: Iterable[Identifier]
) -> dict[tuple[IdentifierKind, str], tuple[int, str]]:
    """Key and first writing of each identifier's value; those that are new are written down."""
    wanted: dict[tuple[IdentifierKind, str], Identifier] = {}
    for one in identifiers:
        wanted.setdefault((one.kind, one.value), one)
    known: dict[tuple[IdentifierKind, str], tuple[int, str]] = {}
    found = execute_rows(
        db,
        "WITH wanted (kind, value) AS (VALUES {values}) SELECT kind, value, key, shown FROM wanted"
        " JOIN value USING (kind, value)",
        [(KIND_NUMBERS[kind], value) for kind, value in wanted],
    )
    known.update({(KINDS[kind], value): (key, shown) for kind, value, key, shown in found})
    new = [
        (KIND_NUMBERS[kind], value, one.shown)
        for (kind, value), one in wanted.items()
        if (kind, value) not in known
    ]
    added = execute_rows(
        db, "INSERT INTO value (kind, value, shown) VALUES {values} RETURNING kind, value, key, shown", new
    )
    known.update({(KINDS[kind], value): (key, shown) for kind, value, key, shown in added})
    execute_rows(
        db,
        "INSERT INTO word (kind, word, value) VALUES {values}",
        [
            (kind, word, key)
            for kind, value, key, _ in added
            if KINDS[kind] in BY_WORDS
            for word in terms(KINDS[kind], value)
        ],
    )
    return known
