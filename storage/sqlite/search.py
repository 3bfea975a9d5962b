"""Finding sessions by what they carry, the newest first, however common it is.

First the values that match are looked up, then those who carry them. As long as the values are a few
thousand, their carriers are merged newest first, and reading ends where the index says that nothing newer
can follow (``index.RANK_SLACK_MS``). Where there are more, hardly a session is without one: the latest
sessions are gone through, and only if that was wrong are all values merged.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass, field
from heapq import heappop, heappush, heappushpop, heapreplace
from typing import TYPE_CHECKING

from replay.ports import IdentifierKind, Match
from storage.sqlite import reads
from storage.sqlite.index import KIND_NUMBERS, RANK_SLACK_MS
from storage.terms import BY_WORDS, best_match, near_words, terms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Generator, Iterable

    from storage.sqlite.rows import Value

__all__ = ["Search", "find"]

MERGED_COUNT = 4_000
"""Most values that are merged at once: to look each of them up takes some milliseconds."""
COMPARED_COUNT = 20_000
"""Most values of which one word is known to be right and the others are looked at."""
RECENT_COUNT = 5_000
"""Latest sessions that are gone through where very many values match."""

_LAST_CHARACTER = "\U0010ffff"
_LAST_BEFORE_SURROGATES = "\ud7ff"
_FIRST_AFTER_SURROGATES = "\ue000"


def find(
    db: sqlite3.Connection, kind: IdentifierKind, value: str, prefix: bool, near: bool, limit: int
) -> list[Match]:
    """Up to ``limit`` sessions that carry the normalised value, newest first."""
    wanted = terms(kind, value)
    if not wanted or limit < 1:
        return []
    db.execute("BEGIN")  # so that all that follows sees one state of the store
    try:
        search = Search(db=db, kind=kind, wanted=wanted, prefix=prefix, near=near and kind in BY_WORDS)
        return search.newest(limit)
    finally:
        if db.in_transaction:  # some errors end it by themselves
            db.execute("ROLLBACK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One question, asked inside a transaction. Only names that are written here are put into the SQL; every
    value is bound."""

    db: sqlite3.Connection
    kind: IdentifierKind
    wanted: tuple[str, ...]
    prefix: bool
    near: bool = False
    merged_count: int = MERGED_COUNT
    compared_count: int = COMPARED_COUNT
    recent_count: int = RECENT_COUNT
    spelt: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What was found by ``spellings``."""

    def newest(self, limit: int) -> list[Match]:
        """The matching sessions that were seen last, each with the identifier to show."""
        values = self.values(self.merged_count)
        if values is None:
            recent = self.recent(limit)
            if len(recent) == limit:
                return self.matches(recent)
            values = self.values(None) or []
        return self.matches(self.merged(values, limit))

    def values(self, most: int | None) -> list[int] | None:
        """The keys of the values that match; None if there are (or may well be) more than ``most``."""
        condition, bounds = self.condition()
        if self.kind not in BY_WORDS:
            return self.keys(f"SELECT key FROM value WHERE {condition}", bounds, most)  # noqa: S608
        listed = {word: self.listed(word) for word in self.wanted}
        count, rarest = min((self.count(*listed[word]), word) for word in self.wanted)
        if most is not None and count > self.compared_count:
            return None
        with_rarest, beginning = listed[rarest]
        if len(self.wanted) == 1:
            return self.keys(with_rarest, beginning, most)
        return self.keys(
            f"SELECT key FROM ({with_rarest}) AS listed CROSS JOIN value ON key = listed.value"  # noqa: S608
            f" WHERE {condition}",
            [*beginning, *bounds],
            most,
        )

    def keys(self, sql: str, bounds: list[Value], most: int | None) -> list[int] | None:
        """The first column, each once; None if there are more than ``most`` rows."""
        rows = self.db.execute(f"{sql} LIMIT ?", [*bounds, -1 if most is None else most + 1]).fetchall()
        return None if most is not None and len(rows) > most else list(dict.fromkeys(key for (key,) in rows))

    def count(self, sql: str, bounds: list[Value]) -> int:
        """How many rows there are, counted no further than is of interest."""
        rows = self.db.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) LIMIT ?)",  # noqa: S608
            [*bounds, self.compared_count + 1],
        )
        count: int = rows.fetchone()[0]
        return count

    def listed(self, word: str) -> tuple[str, list[Value]]:
        """The statement for the values that have the word, by the list of words."""
        number = KIND_NUMBERS[self.kind]
        condition, bounds = self.range("word", word)
        sql, values = f"SELECT value FROM word WHERE kind = ? AND {condition}", [number, *bounds]  # noqa: S608
        for other in self.spellings(word):
            sql += " UNION ALL SELECT value FROM word WHERE kind = ? AND word = ?"
            values += [number, other]
        return sql, values

    def condition(self) -> tuple[str, list[Value]]:
        """What a row of ``value`` has to fulfil."""
        conditions = ["value.kind = ?"]
        values: list[Value] = [KIND_NUMBERS[self.kind]]
        for word in self.wanted:
            if self.kind in BY_WORDS:
                spaced = [f" {word}" if self.prefix else f" {word} "]
                spaced += [f" {other} " for other in self.spellings(word)]
                one_of = " OR ".join(["instr(' ' || value.value || ' ', ?)"] * len(spaced))
                conditions.append(f"({one_of})")
                values += spaced
            else:
                condition, bounds = self.range("value.value", word)
                conditions.append(condition)
                values += bounds
        return " AND ".join(conditions), values

    def range(self, column: str, term: str) -> tuple[str, list[Value]]:
        """What the column has to fulfil for the term."""
        if not self.prefix:
            return f"{column} = ?", [term]
        after = _after(term)
        if after is None:
            return f"{column} >= ?", [term]
        return f"{column} >= ? AND {column} < ?", [term, after]

    def spellings(self, word: str) -> tuple[str, ...]:
        """The words near it that anybody carries."""
        if not self.near:
            return ()
        known = self.spelt.get(word)
        if known is None:
            rows = self.db.execute(
                "SELECT DISTINCT word FROM word WHERE kind = ? AND word IN (SELECT value FROM json_each(?))",
                (KIND_NUMBERS[self.kind], json.dumps(list(near_words(word)))),
            )
            known = self.spelt[word] = tuple(one for (one,) in rows)
        return known

    def recent(self, limit: int) -> list[int]:
        """Of the latest sessions those that match, newest first; fewer than ``limit`` says nothing."""
        condition, bounds = self.condition()
        rows = self.db.execute(
            "SELECT session.key FROM session WHERE seen_ms >= coalesce("  # noqa: S608
            "(SELECT seen_ms FROM session ORDER BY seen_ms DESC LIMIT 1 OFFSET ?), 0)"
            " AND EXISTS (SELECT 1 FROM carried CROSS JOIN value ON value.key = carried.value"
            f" WHERE carried.session = session.key AND carried.kind = ? AND {condition})"
            " ORDER BY seen_ms DESC, id DESC LIMIT ?",
            [self.recent_count, KIND_NUMBERS[self.kind], *bounds, limit],
        )
        return [key for (key,) in rows]

    def merged(self, values: list[int], limit: int) -> list[int]:
        """Those who carry one of the values, newest first."""
        found: dict[int, tuple[int, str]] = {}
        newest: list[int] = []
        with closing(self.carriers(values)) as carriers:
            for ranked_ms, key in carriers:
                if len(newest) == limit and ranked_ms + RANK_SLACK_MS < newest[0]:
                    break
                if key in found:
                    continue
                row = self.db.execute("SELECT seen_ms, id FROM session WHERE key = ?", (key,)).fetchone()
                found[key] = row
                if len(newest) < limit:
                    heappush(newest, row[0])
                else:
                    heappushpop(newest, row[0])
        return sorted(found, key=found.__getitem__, reverse=True)[:limit]

    def carriers(self, values: list[int]) -> Generator[tuple[int, int], None, None]:
        """When a session that carries one of the values was ranked, and its key, newest first; one may come
        several times. A value is read from when its turn has come."""
        waiting = self.db.execute(
            "SELECT (SELECT ranked_ms FROM carrier WHERE carrier.value = wanted.value"
            " ORDER BY ranked_ms DESC LIMIT 1) AS latest_ms, value FROM json_each(?) AS wanted"
            " WHERE latest_ms NOT NULL ORDER BY latest_ms DESC",
            (json.dumps(values),),
        )
        heads: list[_Head] = []
        for place, (latest_ms, value) in enumerate(waiting):
            yield from _ranked_since(heads, latest_ms)
            rows = self.db.execute(
                "SELECT ranked_ms, session FROM carrier WHERE value = ? ORDER BY ranked_ms DESC", (value,)
            )
            ranked_ms, session = rows.fetchone()
            heappush(heads, (-ranked_ms, place, session, rows))
        yield from _ranked_since(heads, 0)

    def matches(self, keys: Iterable[int]) -> list[Match]:
        """The sessions, each with the identifier to show for it."""
        condition, bounds = self.condition()
        matches = []
        for key in keys:
            rows = self.db.execute(
                f"{reads.CARRIED} WHERE carried.session = ? AND carried.kind = ? AND {condition}",
                [key, KIND_NUMBERS[self.kind], *bounds],
            )
            identifier = best_match(
                map(reads.identifier, rows), self.wanted, prefix=self.prefix, near=self.near
            )
            session = reads.session_by_key(self.db, key)
            if session is not None and identifier is not None:
                matches.append(Match(session=session, identifier=identifier))
        return matches


_Head = tuple[int, int, int, "sqlite3.Cursor"]
"""The next carrier of one value: its rank (negative, as a heap has the least on top), which of the values it
is, its key, and those who follow."""


def _ranked_since(heads: list[_Head], ms: int) -> Generator[tuple[int, int], None, None]:
    """Take the carriers that are ranked at ``ms`` or later."""
    while heads and -heads[0][0] >= ms:
        ranked, place, session, rows = heads[0]
        yield -ranked, session
        row = rows.fetchone()
        if row is None:
            heappop(heads)
        else:
            heapreplace(heads, (-row[0], place, row[1], rows))


def _after(beginning: str) -> str | None:
    """The first text, by code points, that comes after every text with this beginning."""
    head = beginning.rstrip(_LAST_CHARACTER)
    if not head:
        return None
    last = head[-1]
    return head[:-1] + (_FIRST_AFTER_SURROGATES if last == _LAST_BEFORE_SURROGATES else chr(ord(last) + 1))
