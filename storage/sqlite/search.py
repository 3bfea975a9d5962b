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
    """One question, asked inside a transaction."""

    db: sqlite3.Connection
    kind: IdentifierKind
    wanted: tuple[str, ...]
    prefix: bool
    gathered_count: int = GATHERED_COUNT

    def newest(self, limit: int) -> list[Match]:
        """The matching sessions that were seen last, each with the identifier to show."""
        found: dict[int, tuple[int, str]] = {}
        newest: list[int] = []
        with closing(self.db.execute(*self.query())) as candidates:
            for key, ranked_ms, seen_ms, session in candidates:
                if len(newest) == limit and ranked_ms + RANK_SLACK_MS < newest[0]:
                    break
                if key in found:
                    continue
                found[key] = seen_ms, session
                if len(newest) < limit:
                    heappush(newest, seen_ms)
                else:
                    heappushpop(newest, seen_ms)
        best = sorted(found, key=found.__getitem__, reverse=True)[:limit]
        return [match for key in best if (match := self.match(key, found[key][1])) is not None]

    def match(self, key: int, session: str) -> Match | None:
        carrier, identifier = reads.session(self.db, session), self.identifier(key)
        return Match(session=carrier, identifier=identifier) if carrier and identifier else None

    def identifier(self, key: int) -> Identifier | None:
        """The identifier to show for a session that was found."""
        rows = self.db.execute(
            "SELECT kind, value, shown, at_ms, verified FROM identifier WHERE session = ? AND kind = ?",
            (key, self.kind),
        )
        carried = (reads.as_value(Identifier, row) for row in rows)
        return best_match(carried, self.wanted, prefix=self.prefix)

    def query(self) -> tuple[str, list[int | str]]:
        """The statement for rows of (key, ranked_ms, seen_ms, id) by ``ranked_ms``, newest first.

        A session may come several times. Only names that are written here are put into the SQL; every value
        is bound.
        """
        count, lead = min((self.count(term), term) for term in self.wanted)
        source, order = "term AS lead", "lead.ranked_ms DESC, lead.session"
        if self.prefix and count < self.gathered_count:
            order = "+lead.ranked_ms DESC"  # the plus sign: not by the order of time, which needs no sorting
        elif self.prefix:
            source += " INDEXED BY term_by_rank"
        condition, bounds = self.condition("lead", lead)
        values: list[int | str] = [KIND_NUMBERS[self.kind], *bounds]
        for place, term in enumerate(self.wanted):
            if term != lead:
                alias = f"also{place}"
                also, bounds = self.condition(alias, term)
                condition += (
                    f" AND EXISTS (SELECT 1 FROM term AS {alias} WHERE {alias}.kind = lead.kind"  # noqa: S608
                    f" AND {alias}.ranked_ms = lead.ranked_ms AND {alias}.session = lead.session AND {also})"
                )
                values += bounds
        if len(self.wanted) > 1:  # all terms are there, but are they of one identifier?
            condition += " AND EXISTS (SELECT 1 FROM identifier WHERE session = lead.session AND kind = ?"
            values.append(self.kind)
            for term in self.wanted:
                condition += " AND instr(' ' || value || ' ', ?)"
                values.append(f" {term}" if self.prefix else f" {term} ")
            condition += ")"
        return (
            "SELECT session.key, lead.ranked_ms, seen_ms, session.id"  # noqa: S608
            f" FROM {source} CROSS JOIN session ON session.key = lead.session"
            f" WHERE lead.kind = ? AND {condition} ORDER BY {order}"
        ), values

    def count(self, term: str) -> int:
        """How many rows have the term, counted no further than to ``gathered_count``."""
        condition, values = self.condition("term", term)
        rows = self.db.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM term WHERE kind = ? AND {condition} LIMIT ?)",  # noqa: S608
            [KIND_NUMBERS[self.kind], *values, self.gathered_count],
        )
        count: int = rows.fetchone()[0]
        return count

    def condition(self, table: str, term: str) -> tuple[str, list[str]]:
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
