"""Promo codes in the database: under their hashes, and who carries them.

Kind 9 of the index were codes as they are, of versions that had no hashes. ``hash_old_codes`` puts them under
kind 12 when the file is opened, in one transaction: all or nothing, and nothing the next time. Findings of
the sessions that carry codes quote them; these sessions are due to be judged, which masks them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from replay.model.personal_code import CARRIERS_MAX_COUNT, QUOTING, TELLING
from replay.ports import CodeIndex
from storage.codes import WHO, code_hash, hashed, without_codes
from storage.sqlite import reads
from storage.sqlite.connection import Asking, transaction
from storage.sqlite.index import KIND_NUMBERS, RankedSession, drop, index_identifiers

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from replay.ports import Identifier, IdentifierKind

__all__ = ["OLD_KIND", "SqliteCodes", "code_key", "hash_codes", "hash_old_codes", "reword_texts"]

OLD_KIND = 9

_CARRIERS = (
    "SELECT json_group_array(who) FILTER (WHERE who <> '[]') FROM (SELECT ("
    " SELECT json_group_array(carried.kind || ':' || carried.value) FROM carried"
    " WHERE carried.session = session.key AND kind IN (SELECT value FROM json_each(?1)) AND verified) AS who"
    " FROM value CROSS JOIN carrier ON carrier.value = value.key"
    " CROSS JOIN session ON session.key = carrier.session"
    " WHERE value.kind = ?2 AND value.value = ?3 AND session.site = ?4"
    " ORDER BY carrier.ranked_ms DESC LIMIT ?5)"
)


class SqliteCodes(Asking, CodeIndex):
    """What ``SqliteStore`` does about promo codes."""

    async def code_carriers(
        self, site: str, codes: Collection[str]
    ) -> Mapping[str, Sequence[AbstractSet[str]]]:
        return await self._read(_carriers, site, codes) if codes else {}


def _carriers(db: sqlite3.Connection, site: str, codes: Collection[str]) -> dict[str, list[AbstractSet[str]]]:
    who = json.dumps([KIND_NUMBERS[kind] for kind in WHO])
    found: dict[str, list[AbstractSet[str]]] = {}
    for code in codes:
        (text,) = db.execute(
            _CARRIERS, (who, KIND_NUMBERS["promo"], code, site, CARRIERS_MAX_COUNT)
        ).fetchone()
        found[code] = [frozenset(json.loads(one)) for one in json.loads(text)]
    return found


def code_key(db: sqlite3.Connection) -> bytes:
    """The store's key."""
    key: bytes = db.execute("SELECT key FROM code_key").fetchone()[0]
    return key


def hash_codes(db: sqlite3.Connection, sessions: Iterable[RankedSession]) -> list[int]:
    """Put what the sessions newly carry as it is indexed. Answers, by their keys, the sessions with codes
    that they did not carry before: what they are found by already may quote them (``reword_texts``)."""
    touched = [one for one in sessions if any(kind in TELLING for kind, _ in one.carried)]
    if not touched:
        return []
    key, carried = code_key(db), _carried(db, [one.key for one in touched], ("promo",))
    bringing = []
    for session in touched:
        known = carried[session.key]
        new = hashed(session.carried.values(), known, key)
        session.carried = {}
        for one in new:
            session.carry(one)
        if not {one.value for one in new if one.kind == "promo"} <= {one.value for one in known}:
            bringing.append(session.key)
    return bringing


def hash_old_codes(db: sqlite3.Connection) -> None:
    """Put codes that are indexed as they are under their hashes."""
    if db.execute("SELECT 1 FROM value WHERE kind = ? LIMIT 1", (OLD_KIND,)).fetchone():
        transaction(db, _hash_old)


def _hash_old(db: sqlite3.Connection) -> None:
    key = code_key(db)
    old = db.execute("SELECT key, value FROM value WHERE kind = ?", (OLD_KIND,)).fetchall()
    number = KIND_NUMBERS["promo"]
    db.executemany(
        "UPDATE value SET kind = ?, value = ? WHERE key = ?",
        [(number, code_hash(key, value), place) for place, value in old],
    )
    db.execute("UPDATE carried SET kind = ? WHERE kind = ?", (number, OLD_KIND))
    carrying = "SELECT session FROM carried WHERE kind = ?"
    db.execute(
        f"UPDATE session SET judge_ms = 0 WHERE key IN ({carrying})"  # noqa: S608
        " AND EXISTS (SELECT 1 FROM finding WHERE finding.session = session.key)",
        (number,),
    )
    reword_texts(db, [session for (session,) in db.execute(carrying, (number,)).fetchall()])


def reword_texts(db: sqlite3.Connection, sessions: Sequence[int]) -> None:
    """Take the codes of sessions, by their keys, out of the texts that they are found by."""
    for session in sessions:
        texts = _carried(db, [session], QUOTING)[session]
        told = without_codes(texts, _carried(db, [session], ("promo",))[session]) if texts else ()
        if told != tuple(texts):
            _index_anew(db, session, told)


def _index_anew(db: sqlite3.Connection, session: int, told: Iterable[Identifier]) -> None:
    keys = db.execute(f"SELECT value FROM carried WHERE session = ? AND kind IN ({_TEXTS})", (session,))  # noqa: S608
    drop(db, session, [key for (key,) in keys.fetchall()])
    row = db.execute("SELECT key, seen_ms, ranked_ms FROM session WHERE key = ?", (session,)).fetchone()
    ranked = RankedSession(*row)
    for one in told:
        ranked.carry(one)
    index_identifiers(db, [ranked])


_TEXTS = ", ".join(str(KIND_NUMBERS[kind]) for kind in QUOTING)


def _carried(
    db: sqlite3.Connection, sessions: Sequence[int], kinds: Sequence[IdentifierKind]
) -> dict[int, list[Identifier]]:
    """What sessions, by their keys, carry of these kinds."""
    (text,) = db.execute(
        f"SELECT json_group_array(json_array(carried.session, {reads.IDENTIFIER}))"  # noqa: S608
        f" FROM json_each(?) AS wanted CROSS JOIN {reads.CARRIED}"
        " WHERE carried.session = wanted.value AND carried.kind IN (SELECT value FROM json_each(?))",
        (json.dumps(list(sessions)), json.dumps([KIND_NUMBERS[kind] for kind in kinds])),
    ).fetchone()
    found: dict[int, list[Identifier]] = {session: [] for session in sessions}
    for session, row in json.loads(text):
        found[session].append(reads.identifier(row))
    return found
