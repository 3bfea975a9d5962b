"""Finding sessions by what they carry, the newest first, however common the term is.

A whole term is read in its own order. A beginning of terms is gathered and sorted while it is rare; where it
is common, the newest sessions of that kind are gone through instead until enough have it. Reading ends when
the index says that nothing newer can follow (``index.RANK_SLACK_MS``).
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from heapq import heappush, heappushpop
from typing import TYPE_CHECKING

from replay.ports import Identifier, IdentifierKind, Match
from storage.sqlite import reads
from storage.sqlite.index import KIND_NUMBERS, RANK_SLACK_MS
from storage.terms import best_match, terms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Generator

    from storage.sqlite.rows import Value

__all__ = ["GATHERED_COUNT", "Search", "find"]

GATHERED_COUNT = 4_000
"""Fewer rows than this count as rare: reading and sorting them takes a few milliseconds."""

_LAST_CHARACTER = "\U0010ffff"
_LAST_BEFORE_SURROGATES = "\ud7ff"
_FIRST_AFTER_SURROGATES = "\ue000"


def find(db: sqlite3.Connection, kind: IdentifierKind, value: str, prefix: bool, limit: int) -> list[Match]:
    """Up to ``limit`` sessions that carry the normalised value, newest first."""
    wanted = terms(kind, value)
    if not wanted or limit < 1:
        return []
    db.execute("BEGIN")  # so that all that follows sees one state of the store
    try:
        return Search(db=db, kind=kind, wanted=wanted, prefix=prefix).newest(limit)
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
    gathered_count: int = GATHERED_COUNT

    def newest(self, limit: int) -> list[Match]:
        """The matching sessions that were seen last, each with the identifier to show."""
        found: dict[int, tuple[int, str]] = {}
        newest: list[int] = []
        with closing(self.candidates()) as candidates:
            for key, ranked_ms in candidates:
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
        best = sorted(found, key=found.__getitem__, reverse=True)[:limit]
        return [match for key in best if (match := self.match(key, found[key][1])) is not None]

    def match(self, key: int, session: str) -> Match | None:
        """The session with the identifier to show for it."""
        rows = self.db.execute(
            "SELECT kind, value, shown, at_ms, verified FROM identifier WHERE session = ? AND kind = ?",
            (key, self.kind),
        )
        carried = (reads.as_value(Identifier, row) for row in rows)
        identifier = best_match(carried, self.wanted, prefix=self.prefix)
        carrier = reads.session(self.db, session)
        return Match(session=carrier, identifier=identifier) if carrier and identifier else None

    def candidates(self) -> Generator[tuple[int, int], None, None]:
        """The sessions that match, by key and ``ranked_ms``, newest first; one may come several times."""
        count, lead = min((self.count(term), term) for term in self.wanted)
        sql, values = self.leading(lead, common=count == self.gathered_count)
        others, bounds = self.beside(lead)
        if self.prefix and count < self.gathered_count:
            # These are read to the end to be sorted; whatever else there is to read is left to those few
            # that are looked at.
            probe = f"SELECT 1 FROM (SELECT ? AS session, ? AS ranked_ms, ? AS kind) AS lead WHERE {others}"  # noqa: S608
            for key, ranked_ms in self.db.execute(f"{sql} ORDER BY +lead.ranked_ms DESC", values):
                if self.db.execute(probe, [key, ranked_ms, values[0], *bounds]).fetchone():
                    yield key, ranked_ms
        else:
            order = "ORDER BY lead.ranked_ms DESC, lead.session"
            yield from self.db.execute(f"{sql} AND {others} {order}", values + bounds)

    def leading(self, term: str, *, common: bool) -> tuple[str, list[Value]]:
        """The statement, but for its order, for sessions that have the rarest term."""
        source = "term AS lead INDEXED BY term_by_rank" if self.prefix and common else "term AS lead"
        condition, bounds = self.condition("lead", term)
        sql = f"SELECT lead.session, lead.ranked_ms FROM {source} WHERE lead.kind = ? AND {condition}"  # noqa: S608
        return sql, [KIND_NUMBERS[self.kind], *bounds]

    def beside(self, lead: str) -> tuple[str, list[Value]]:
        """What a row that has the rarest term must fulfil to have all, and in one identifier."""
        conditions = ["TRUE"]
        values: list[Value] = []
        for place, term in enumerate(self.wanted):
            if term != lead:
                other = f"other{place}"
                condition, bounds = self.condition(other, term)
                conditions.append(
                    f"EXISTS (SELECT 1 FROM term AS {other} WHERE {other}.kind = lead.kind AND {condition}"  # noqa: S608
                    f" AND {other}.ranked_ms = lead.ranked_ms AND {other}.session = lead.session)"
                )
                values += bounds
        if len(self.wanted) > 1:
            inside = " AND instr(' ' || value || ' ', ?)" * len(self.wanted)
            conditions.append(
                f"EXISTS (SELECT 1 FROM identifier WHERE session = lead.session AND kind = ?{inside})"  # noqa: S608
            )
            values += [self.kind, *(f" {term}" if self.prefix else f" {term} " for term in self.wanted)]
        return " AND ".join(conditions), values

    def count(self, term: str) -> int:
        """How many rows have the term, counted no further than to ``gathered_count``."""
        condition, values = self.condition("term", term)
        rows = self.db.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM term WHERE kind = ? AND {condition} LIMIT ?)",  # noqa: S608
            [KIND_NUMBERS[self.kind], *values, self.gathered_count],
        )
        count: int = rows.fetchone()[0]
        return count

    def condition(self, table: str, term: str) -> tuple[str, list[Value]]:
        """What a row of ``table`` has to fulfil for the term."""
        if not self.prefix:
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
