"""Finding sessions by what they carry, the newest first, however common the term is.

A whole term is read in its own order. A beginning of terms is gathered and sorted while it is rare; where it
is common, the newest sessions of that kind are gone through instead until enough have it. Reading ends when
the index says that nothing newer can follow (``index.RANK_SLACK_MS``).
"""

from __future__ import annotations

from contextlib import closing
from heapq import heappush, heappushpop
from typing import TYPE_CHECKING

from replay.ports import Identifier, IdentifierKind, Match
from storage.sqlite import reads
from storage.sqlite.index import KIND_NUMBERS, RANK_SLACK_MS
from storage.sqlite.reads import as_value
from storage.terms import best_match, terms

if TYPE_CHECKING:
    import sqlite3

__all__ = ["GATHERED_COUNT", "find"]

GATHERED_COUNT = 4_000
"""Up to this many rows a beginning counts as rare: reading them takes a few milliseconds."""

_LAST_CHARACTER = "\U0010ffff"
_LAST_BEFORE_SURROGATES = "\ud7ff"
_FIRST_AFTER_SURROGATES = "\ue000"


def find(
    db: sqlite3.Connection,
    kind: IdentifierKind,
    value: str,
    prefix: bool,
    limit: int,
    *,
    gathered_count: int = GATHERED_COUNT,
) -> list[Match]:
    """Up to ``limit`` sessions that carry the normalised value, newest first."""
    wanted = terms(kind, value)
    if not wanted or limit < 1:
        return []
    db.execute("BEGIN")  # so that all that follows sees one state of the store
    try:
        with closing(_candidates(db, kind, wanted, prefix, gathered_count)) as candidates:
            best = _newest(candidates, limit, lambda key: _carried(db, key, kind, wanted, prefix))
        return [Match(session=_session(db, key), identifier=identifier) for key, identifier in best]
    finally:
        db.execute("ROLLBACK")


def _newest(
    db: sqlite3.Connection, kind: IdentifierKind, wanted: tuple[str, ...], prefix: bool, limit: int
) -> list[Match]:
    found: dict[int, tuple[int, str]] = {}
    newest: list[int] = []
    with closing(_candidates(db, kind, wanted, prefix)) as candidates:
        for key, ranked_ms, seen_ms, session in candidates:
            if len(newest) == limit and ranked_ms + RANK_SLACK_MS < newest[0]:
                break
            if key in found or (len(wanted) > 1 and _carried(db, key, kind, wanted, prefix) is None):
                continue
            found[key] = seen_ms, session
            if len(newest) < limit:
                heappush(newest, seen_ms)
            else:
                heappushpop(newest, seen_ms)
    matches = []
    for key in sorted(found, key=found.__getitem__, reverse=True)[:limit]:
        session_found = reads.session(db, found[key][1])
        identifier = _carried(db, key, kind, wanted, prefix)
        if session_found is not None and identifier is not None:
            matches.append(Match(session=session_found, identifier=identifier))
    return matches


def _candidates(
    db: sqlite3.Connection, kind: IdentifierKind, wanted: tuple[str, ...], prefix: bool
) -> sqlite3.Cursor:
    """Rows of (session's key, ranked_ms, seen_ms, id) that have all terms, by ``ranked_ms``, newest first.

    A session may come several times, and its terms may stem from different identifiers. Only names that are
    written here are put into the SQL; every value is bound.
    """
    number = KIND_NUMBERS[kind]
    count, lead = min((_count(db, number, term, prefix), term) for term in wanted)
    common = prefix and count == GATHERED_COUNT
    condition, values = _condition("lead", lead, prefix)
    for place, term in enumerate(wanted):
        if term != lead:
            alias = f"also{place}"
            also, bounds = _condition(alias, term, prefix)
            condition += (
                f" AND EXISTS (SELECT 1 FROM term AS {alias} WHERE {alias}.kind = lead.kind"  # noqa: S608
                f" AND {alias}.ranked_ms = lead.ranked_ms AND {alias}.session = lead.session AND {also})"
            )
            values += bounds
    return db.execute(
        "SELECT session.key, lead.ranked_ms, seen_ms, session.id"  # noqa: S608
        f" FROM term AS lead {'INDEXED BY term_by_rank' if common else ''}"
        f" CROSS JOIN session ON session.key = lead.session WHERE lead.kind = ? AND {condition}"
        " ORDER BY lead.ranked_ms DESC, lead.session",
        [number, *values],
    )


def _count(db: sqlite3.Connection, number: int, term: str, prefix: bool) -> int:
    """How many rows begin with the term (or are it), but not further than to ``GATHERED_COUNT``."""
    condition, values = _condition("term", term, prefix)
    count: int = db.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM term WHERE kind = ? AND {condition} LIMIT {GATHERED_COUNT})",  # noqa: S608
        [number, *values],
    ).fetchone()[0]
    return count


def _condition(table: str, term: str, prefix: bool) -> tuple[str, list[str]]:
    if not prefix:
        return f"{table}.term = ?", [term]
    after = _after(term)
    if after is None:
        return f"{table}.term >= ?", [term]
    return f"{table}.term >= ? AND {table}.term < ?", [term, after]


def _after(beginning: str) -> str | None:
    """The first text, by code points, that comes after every text with this beginning."""
    head = beginning.rstrip(_LAST_CHARACTER)
    if not head:
        return None
    last = head[-1]
    return head[:-1] + (_FIRST_AFTER_SURROGATES if last == _LAST_BEFORE_SURROGATES else chr(ord(last) + 1))


def _carried(
    db: sqlite3.Connection, session: int, kind: IdentifierKind, wanted: tuple[str, ...], prefix: bool
) -> Identifier | None:
    rows = db.execute(
        "SELECT kind, value, shown, at_ms, verified FROM identifier WHERE session = ? AND kind = ?",
        (session, kind),
    )
    return best_match((as_value(Identifier, row) for row in rows), wanted, prefix=prefix)
