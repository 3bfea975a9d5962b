"""Promo codes in the database: under their hashes, and who carries them.

Kind 9 of the index were codes as they are, of versions that had no hashes. ``hash_old_codes`` puts them under
kind 12 when the file is opened, in one transaction: all or nothing, and nothing the next time. Findings of
the sessions that carry codes quote them; these sessions are due to be judged, which masks them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from replay.model.identity import TEXT_KINDS
from replay.model.personal_code import CARRIERS_MAX_COUNT
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

__all__ = ["OLD_KIND", "SqliteCodes", "code_key", "hash_codes", "hash_old_codes"]

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


def hash_codes(db: sqlite3.Connection, sessions: Iterable[RankedSession]) -> None:
    """Put what the sessions newly carry as it is indexed."""
    touched = [
        one for one in sessions if any(kind == "promo" or kind in TEXT_KINDS for kind, _ in one.carried)
    ]
    key = code_key(db) if touched else b""
    for session in touched:
        has_texts = any(kind in TEXT_KINDS for kind, _ in session.carried)
        carried = _carried(db, session.key, ("promo",)) if has_texts else []
        new = hashed(session.carried.values(), carried, key)
        session.carried = {}
        for one in new:
            session.carry(one)


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
    for (session,) in db.execute(carrying, (number,)).fetchall():
        _reword_texts(db, session)


def _reword_texts(db: sqlite3.Connection, session: int) -> None:
    """Take the codes of a session out of the texts that it is found by."""
    texts = _carried(db, session, TEXT_KINDS)
    told = without_codes(texts, _carried(db, session, ("promo",))) if texts else ()
    if told == tuple(texts):
        return
    keys = db.execute(f"SELECT value FROM carried WHERE session = ? AND kind IN ({_TEXTS})", (session,))  # noqa: S608
    drop(db, session, [key for (key,) in keys.fetchall()])
    row = db.execute("SELECT key, seen_ms, ranked_ms FROM session WHERE key = ?", (session,)).fetchone()
    ranked = RankedSession(*row)
    for one in told:
        ranked.carry(one)
    index_identifiers(db, [ranked])


_TEXTS = ", ".join(str(KIND_NUMBERS[kind]) for kind in TEXT_KINDS)


def _carried(db: sqlite3.Connection, session: int, kinds: Sequence[IdentifierKind]) -> list[Identifier]:
    """What a session, by its key, carries of these kinds."""
    (text,) = db.execute(
        f"SELECT json_group_array({reads.IDENTIFIER}) FROM {reads.CARRIED}"  # noqa: S608
        " WHERE carried.session = ? AND carried.kind IN (SELECT value FROM json_each(?))",
        (session, json.dumps([KIND_NUMBERS[kind] for kind in kinds])),
    ).fetchone()
    return [reads.identifier(row) for row in json.loads(text)]
