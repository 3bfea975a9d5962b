"""Does the index by which visits are found say the same as the visits?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from replay.cli.checks.database import RESTORE
from replay.cli.checks.finding import Examined, Finding, listed
from replay.model.session import show_code
from storage.sqlite.index import KIND_NUMBERS, KINDS
from storage.terms import BY_WORDS, terms

__all__ = ["check_index", "check_words"]

_WATCH = f"They can still be watched, by their ids from `replay session list`. {RESTORE}"

_AT_ONCE_COUNT = 1_000

_UNFOUND = (
    "SELECT DISTINCT session.code, session.id FROM carried JOIN session ON session.key = carried.session"
    " WHERE NOT EXISTS (SELECT 1 FROM carrier WHERE carrier.value = carried.value"
    " AND carrier.ranked_ms = session.ranked_ms AND carrier.session = carried.session)"
)
_NAMELESS = (
    "SELECT session.code, session.id FROM session WHERE NOT EXISTS (SELECT 1 FROM value JOIN carried"
    " ON carried.value = value.key WHERE value.kind = ? AND value.value = session.code"
    " AND carried.session = session.key AND carried.kind = value.kind)"
)
_VALUELESS = (
    "SELECT count(*) FROM carried LEFT JOIN value ON value.key = carried.value"
    " WHERE value.kind IS NULL OR value.kind <> carried.kind"
)
_LEFT = (
    "SELECT count(*) FROM carrier WHERE NOT EXISTS (SELECT 1 FROM value JOIN session JOIN carried"
    " ON carried.session = session.key AND carried.kind = value.kind AND carried.value = value.key"
    " WHERE value.key = carrier.value AND session.key = carrier.session"
    " AND session.ranked_ms = carrier.ranked_ms)"
)
_UNUSED = (
    "SELECT count(*) FROM value WHERE NOT EXISTS (SELECT 1 FROM carrier WHERE carrier.value = value.key)"
)


def check_index(examined: Examined) -> Iterator[Finding]:
    """Each visit is behind everything that it carries, and nothing else is."""
    db = examined.db
    unfound = db.execute(_UNFOUND).fetchall()
    if unfound:
        yield Finding(
            level="wrong",
            what=f"Sessions that are not found by all that they carry: {_names(unfound)}.",
            do=_WATCH,
        )
    nameless = db.execute(_NAMELESS, (KIND_NUMBERS["code"],)).fetchall()
    if nameless:
        yield Finding(
            level="wrong", what=f"Sessions that are not found by their code: {_names(nameless)}.", do=_WATCH
        )
    for sql, said in (
        (_VALUELESS, "entries of sessions name values that are not there"),
        (_LEFT, "entries of values name sessions that do not carry them"),
        (_UNUSED, "values are carried by no session"),
    ):
        examined.breathe()
        (count,) = db.execute(sql).fetchone()
        if count:
            yield Finding(level="wrong", what=f"In the index, {count} {said}.", do=RESTORE)


def check_words(examined: Examined) -> Iterator[Finding]:
    """Each value that is found by words is behind each of its words, and nothing else is."""
    db = examined.db
    kinds = [KIND_NUMBERS[kind] for kind in sorted(BY_WORDS)]
    missing = 0
    last = 0
    for kind in kinds:
        last = 0
        while rows := _values(db, kind, last):
            for key, value in rows:
                for word in terms(KINDS[kind], value):
                    missing += not _has(db, kind, word, key)
                examined.breathe()
            last = rows[-1][0]
    if missing:
        yield Finding(level="wrong", what=f"In the index, {missing} words of values are missing.", do=RESTORE)
    last_word = (0, "", 0)
    wrong = 0
    while words := db.execute(_WORDS, (*last_word, _AT_ONCE_COUNT)).fetchall():
        for kind, word, _, value in words:
            wrong += kind not in KINDS or value is None or word not in terms(KINDS[kind], value)
        examined.breathe()
        last_word = words[-1][:3]
    if wrong:
        yield Finding(
            level="wrong", what=f"In the index, {wrong} words stand for values without them.", do=RESTORE
        )


_WORDS = (
    "SELECT word.kind, word, word.value, value.value FROM word"
    " LEFT JOIN value ON value.key = word.value AND value.kind = word.kind"
    " WHERE (word.kind, word, word.value) > (?, ?, ?) ORDER BY word.kind, word, word.value LIMIT ?"
)


def _values(db: sqlite3.Connection, kind: int, after: int) -> list[tuple[int, str]]:
    return db.execute(
        "SELECT key, value FROM value WHERE key > ? AND kind = ? ORDER BY key LIMIT ?",
        (after, kind, _AT_ONCE_COUNT),
    ).fetchall()


def _has(db: sqlite3.Connection, kind: int, word: str, value: int) -> bool:
    found = db.execute("SELECT 1 FROM word WHERE kind = ? AND word = ? AND value = ?", (kind, word, value))
    return found.fetchone() is not None


def _names(rows: list[tuple[str, str]]) -> str:
    return listed([f"{show_code(code)} ({session})" for code, session in rows])
