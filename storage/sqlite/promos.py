"""Promo registries in the database: an entry is one row, with every wording that it had."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from replay.model.promo import Promo, exact_codes
from replay.model.schema import decode, encode
from replay.ports import PromoIndex
from storage.sqlite.connection import Asking, transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

__all__ = ["SqlitePromos", "index_old_promos"]

_BEGINNING = "SELECT DISTINCT value FROM promo_code WHERE value >= ? AND value < ? ORDER BY value LIMIT ?"
_LAST_CHARACTER = "\U0010ffff"


class SqlitePromos(Asking, PromoIndex):
    """What ``SqliteStore`` does about promises."""

    async def promos(self, site: str) -> tuple[Promo, ...]:
        return await self._read(_promos, site)

    async def put_promo(self, site: str, promo: Promo, *, replaces: Promo | None) -> bool:
        return await self.put_promos(site, [(promo, replaces)])

    async def put_promos(self, site: str, changes: Sequence[tuple[Promo, Promo | None]]) -> bool:
        return await self._write(_put, site, changes)

    async def registered_codes(self, beginning: str, limit: int) -> list[str]:
        return await self._read(_registered_codes, beginning, limit)

    async def drop_promo(self, site: str, id: str) -> bool:
        return await self._write(_drop, site, id)


def _promos(db: sqlite3.Connection, site: str) -> tuple[Promo, ...]:
    rows = db.execute("SELECT id, promises FROM promo WHERE site = ? ORDER BY id", (site,))
    return tuple(_promo(*row) for row in rows)


def _promo(id: str, promises: str) -> Promo:
    return decode(Promo, {"id": id, "promises": json.loads(promises)})


def _put(db: sqlite3.Connection, site: str, changes: Sequence[tuple[Promo, Promo | None]]) -> bool:
    known = {promo.id: promo for promo in _promos(db, site)}
    for promo, replaces in changes:
        if known.get(promo.id) != replaces:
            return False
        known[promo.id] = promo
    db.executemany(
        "INSERT OR REPLACE INTO promo (site, id, promises) VALUES (?, ?, ?)",
        [(site, promo.id, json.dumps(encode(promo)["promises"], ensure_ascii=False)) for promo, _ in changes],
    )
    _index(db, site, [promo for promo, _ in changes])
    return True


def _drop(db: sqlite3.Connection, site: str, id: str) -> bool:
    db.execute("DELETE FROM promo_code WHERE site = ? AND promo = ?", (site, id))
    return db.execute("DELETE FROM promo WHERE site = ? AND id = ?", (site, id)).rowcount == 1


def _index(db: sqlite3.Connection, site: str, promos: Sequence[Promo]) -> None:
    """Write down by which codes these are known now."""
    db.executemany(
        "DELETE FROM promo_code WHERE site = ? AND promo = ?", [(site, promo.id) for promo in promos]
    )
    db.executemany(
        "INSERT INTO promo_code (value, site, promo) VALUES (?, ?, ?)",
        [(value, site, promo.id) for promo in promos for value in exact_codes(promo)],
    )


def _registered_codes(db: sqlite3.Connection, beginning: str, limit: int) -> list[str]:
    rows = db.execute(_BEGINNING, (beginning, beginning + _LAST_CHARACTER, limit))
    return [value for (value,) in rows]


def index_old_promos(db: sqlite3.Connection) -> None:
    """Write down the codes of promos that came before there was an index of them, once."""
    if db.execute("SELECT EXISTS (SELECT 1 FROM promo_unindexed)").fetchone()[0]:
        transaction(db, _index_old)


def _index_old(db: sqlite3.Connection) -> None:
    for (site,) in db.execute("DELETE FROM promo_unindexed RETURNING site").fetchall():
        _index(db, site, _promos(db, site))
