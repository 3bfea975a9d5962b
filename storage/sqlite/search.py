"""Finding sessions by what they carry, the newest first, however common it is.

First the values that match are looked up, then those who carry them. As long as the values are a few
thousand, their carriers are merged newest first; the index says how far back one has to look
(``index.RANK_SLACK_MS``). Where there are more, hardly a session is without one: the latest sessions are gone
through, and only if that was wrong are all values merged.

Each row that is read gives up Python's lock and has to win it back from a busy event loop: what belongs
together is read as one row of JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from replay.ports import IdentifierKind, Match, Session
from storage.codes import sought
from storage.sqlite import reads
from storage.sqlite.codes import code_key
from storage.sqlite.index import KIND_NUMBERS, RANK_SLACK_MS
from storage.sqlite.server_events import customers_of, named_otherwise
from storage.terms import BY_WORDS, best_match, near_words, terms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from replay.model.identity import Reading
    from storage.sqlite.rows import Value

__all__ = ["Search", "find"]

MERGED_COUNT = 3_000
"""Most values that are merged at once: to look each of them up takes some milliseconds."""
COMPARED_COUNT = 20_000
"""Most values of which one word is known to be right and the others are looked at."""
RECENT_COUNT = 3_500
"""Latest sessions that are gone through where very many values match."""
HEADS_COUNT = 100
"""Values, those that were carried last, whose first carriers say how far back one has to look."""

_LAST_CHARACTER = "\U0010ffff"
_LAST_BEFORE_SURROGATES = "\ud7ff"
_FIRST_AFTER_SURROGATES = "\ue000"

_NEWEST = """
    WITH latest AS MATERIALIZED (
      SELECT wanted.value AS value, (
        SELECT ranked_ms FROM carrier WHERE carrier.value = wanted.value ORDER BY ranked_ms DESC LIMIT 1
      ) AS ranked_ms
      FROM json_each(:values) AS wanted
    ),
    head AS (
      SELECT carrier.ranked_ms, session
      FROM (SELECT value FROM latest ORDER BY ranked_ms DESC LIMIT :heads) AS top
      CROSS JOIN carrier ON carrier.value = top.value AND carrier.ranked_ms >= coalesce((
        SELECT ranked_ms FROM carrier AS last WHERE last.value = top.value
        ORDER BY ranked_ms DESC LIMIT 1 OFFSET :limit - 1
      ), 0)
    ),
    since AS MATERIALIZED (
      SELECT coalesce((
        SELECT max(ranked_ms) FROM head GROUP BY session ORDER BY 1 DESC LIMIT 1 OFFSET :limit - 1
      ), 0) - :slack AS ms
    ),
    found AS (
      SELECT DISTINCT session
      FROM since CROSS JOIN latest ON latest.ranked_ms >= ms
      CROSS JOIN carrier ON carrier.value = latest.value AND carrier.ranked_ms >= ms
    )
    SELECT json_group_array(key) FROM (
      SELECT key FROM found CROSS JOIN session ON key = session ORDER BY seen_ms DESC, id DESC LIMIT :limit
    )
"""
"""The newest of those sessions that carry one of the values. Of each value its newest carrier is looked up.
The first carriers of those values that were carried last are sessions enough to know since when the newest
are ranked; where they are not, because there are hardly any sessions, all carriers are gone through."""


def find(db: sqlite3.Connection, readings: Sequence[Reading], near: bool, limit: int) -> list[Match]:
    """For each kind what the first of its readings finds that finds anything: up to ``limit`` sessions that
    carry the normalised value, newest first."""
    db.execute("BEGIN")  # so that all that follows sees one state of the store
    try:
        found: dict[IdentifierKind, list[Match]] = {}
        for kind, value, prefix in readings:
            # A code is looked for as it is indexed.
            value = sought(kind, value, prefix, code_key(db) if kind == "promo" else b"")  # noqa: PLW2901
            wanted = terms(kind, value)
            if wanted and limit >= 1 and not found.get(kind):
                search = Search(
                    db=db, kind=kind, wanted=wanted, prefix=prefix, near=near and kind in BY_WORDS
                )
                found[kind] = search.newest(limit)
                if kind == "order" and not prefix:
                    found[kind] = _with_other_numbers(found[kind], named_otherwise(db, value, limit), limit)
                    found[kind] = found[kind] or customers_of(db, value, limit)
        return [match for matches in found.values() for match in matches]
    finally:
        if db.in_transaction:  # some errors end it by themselves
            db.execute("ROLLBACK")


def _with_other_numbers(found: list[Match], others: list[Match], limit: int) -> list[Match]:
    known = {match.session.id for match in found}
    every = [*found, *(match for match in others if match.session.id not in known)]
    return sorted(every, key=lambda match: (match.session.seen_ms, match.session.id), reverse=True)[:limit]


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
    heads_count: int = HEADS_COUNT
    spelt: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What was found by ``spellings``."""

    def newest(self, limit: int) -> list[Match]:
        """The matching sessions that were seen last, each with the identifier to show."""
        values = self.values(self.merged_count)
        if values is not None:
            return self.matches(self.merged(values, limit))
        recent = self.recent(limit)
        return self.matches(recent if len(recent) == limit else self.merged(self.values(None) or [], limit))

    def values(self, most: int | None) -> list[int] | None:
        """The keys of the values that match; None if there are (or may well be) more than ``most``."""
        condition, bounds = self.condition()
        if self.kind not in BY_WORDS:
            return self.keys(f"SELECT key FROM value WHERE {condition}", bounds, most)  # noqa: S608
        if len(self.wanted) == 1:
            return self.keys(*self.listed(self.wanted[0]), most)
        listed = {word: self.listed(word) for word in self.wanted}
        count, rarest = min((self.count(*listed[word]), word) for word in self.wanted)
        if most is not None and count > self.compared_count:
            return None
        with_rarest, beginning = listed[rarest]
        return self.keys(
            f"SELECT value.key FROM ({with_rarest}) AS listed CROSS JOIN value ON value.key = listed.key"  # noqa: S608
            f" WHERE {condition}",
            [*beginning, *bounds],
            most,
        )

    def keys(self, sql: str, bounds: list[Value], most: int | None) -> list[int] | None:
        """The only column; None if there are more than ``most`` rows. A key may come several times."""
        limit = -1 if most is None else most + 1
        (text,) = self.db.execute(
            f"SELECT json_group_array(key) FROM (SELECT * FROM ({sql}) LIMIT ?)",  # noqa: S608
            [*bounds, limit],
        ).fetchone()
        keys: list[int] = json.loads(text)
        return None if most is not None and len(keys) > most else keys

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
        sql, values = f"SELECT value AS key FROM word WHERE kind = ? AND {condition}", [number, *bounds]  # noqa: S608
        for other in self.spellings(word):
            sql += " UNION ALL SELECT value AS key FROM word WHERE kind = ? AND word = ?"
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
            (text,) = self.db.execute(
                "SELECT json_group_array(DISTINCT word) FROM word"
                " WHERE kind = ? AND word IN (SELECT value FROM json_each(?))",
                (KIND_NUMBERS[self.kind], json.dumps(list(near_words(word)))),
            ).fetchone()
            known = self.spelt[word] = tuple(json.loads(text))
        return known

    def recent(self, limit: int) -> list[int]:
        """Of the latest sessions those that match, newest first; fewer than ``limit`` says nothing."""
        condition, bounds = self.condition()
        (text,) = self.db.execute(
            "SELECT json_group_array(key) FROM (SELECT session.key FROM session WHERE seen_ms >= coalesce("  # noqa: S608
            "(SELECT seen_ms FROM session ORDER BY seen_ms DESC LIMIT 1 OFFSET ?), 0)"
            " AND EXISTS (SELECT 1 FROM carried CROSS JOIN value ON value.key = carried.value"
            f" WHERE carried.session = session.key AND carried.kind = ? AND {condition})"
            " ORDER BY seen_ms DESC, id DESC LIMIT ?)",
            [self.recent_count, KIND_NUMBERS[self.kind], *bounds, limit],
        ).fetchone()
        keys: list[int] = json.loads(text)
        return keys

    def merged(self, values: list[int], limit: int) -> list[int]:
        """Those who carry one of the values, newest first."""
        if not values:
            return []
        (text,) = self.db.execute(
            _NEWEST,
            {
                "values": json.dumps(values),
                "heads": self.heads_count,
                "limit": limit,
                "slack": RANK_SLACK_MS,
            },
        ).fetchone()
        keys: list[int] = json.loads(text)
        return keys

    def matches(self, keys: list[int]) -> list[Match]:
        """The sessions, each with the identifier to show for it."""
        if not keys:
            return []
        condition, bounds = self.condition()
        rows = self.db.execute(
            f"SELECT {reads.SESSION}, (SELECT json_group_array({reads.IDENTIFIER}) FROM {reads.CARRIED}"  # noqa: S608
            f" WHERE carried.session = session.key AND carried.kind = ? AND {condition})"
            " FROM (SELECT key AS place, value AS wanted FROM json_each(?)) CROSS JOIN session"
            " ON session.key = wanted ORDER BY place",
            [KIND_NUMBERS[self.kind], *bounds, json.dumps(keys)],
        ).fetchall()
        matches = []
        for *session, carried in rows:
            identifiers = map(reads.identifier, json.loads(carried))
            identifier = best_match(identifiers, self.wanted, prefix=self.prefix, near=self.near)
            if identifier is not None:
                matches.append(Match(session=reads.as_value(Session, session), identifier=identifier))
        return matches


def _after(beginning: str) -> str | None:
    """The first text, by code points, that comes after every text with this beginning."""
    head = beginning.rstrip(_LAST_CHARACTER)
    if not head:
        return None
    last = head[-1]
    return head[:-1] + (_FIRST_AFTER_SURROGATES if last == _LAST_BEFORE_SURROGATES else chr(ord(last) + 1))
