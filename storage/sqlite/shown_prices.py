"""Prices that sessions were shown, in the database."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

from replay.model.shown_price import ShownPrice
from replay.ports import Others, ShownPriceIndex
from replay.ports.shown_prices import (
    CARTS_MAX_COUNT,
    MOST_MAX_COUNT,
    OTHERS_MAX_COUNT,
    OTHERS_WINDOW_MS,
    OtherPrice,
)
from storage.sqlite.connection import Asking
from storage.sqlite.reads import as_value
from storage.sqlite.rows import execute_rows
from storage.sqlite.sealing import at_one_moment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

__all__ = ["SqliteShownPrices", "cart_totals", "put_shown_prices"]

_PRICE = "sku, place, raw, minor, currency, why, shown_ms"


class SqliteShownPrices(Asking, ShownPriceIndex):
    """What ``SqliteStore`` does about them."""

    async def shown_prices(self, session: str) -> list[tuple[ShownPrice, Others | None]]:
        return await self._read(_shown_prices, session)

    async def shown_prices_are_whole(self) -> None:
        await self._write(_are_whole)

    async def cart_totals(self, session: str, currency: str, *, before_ms: int) -> list[int]:
        return await self._read(cart_totals, session, currency, before_ms)


def put_shown_prices(db: sqlite3.Connection, shown: Mapping[int, tuple[ShownPrice, ...]]) -> None:
    """These are all prices of these sessions, by key. The caller holds the transaction."""
    execute_rows(db, "DELETE FROM shown_price WHERE session IN (VALUES {values})", [(key,) for key in shown])
    rows = [(key, *astuple(price)) for key, prices in shown.items() for price in prices]
    execute_rows(
        db,
        f"INSERT INTO shown_price (session, {_PRICE}, site)"  # noqa: S608
        " SELECT given.*, CASE WHEN office IS NULL THEN site END"
        " FROM (VALUES {values}) AS given JOIN session ON session.key = given.column1",
        rows,
    )


def _shown_prices(db: sqlite3.Connection, session: str) -> list[tuple[ShownPrice, Others | None]]:
    with at_one_moment(db):
        rows = db.execute(
            f"SELECT session.key, session.site, {_PRICE} FROM session"  # noqa: S608
            " JOIN shown_price ON session = session.key WHERE id = ? AND place <> 'total'"
            " ORDER BY sku, place, raw",
            (session,),
        ).fetchall()
        lack = db.execute(
            "SELECT until_ms FROM shown_prices_lack JOIN session USING (site) WHERE id = ?", (session,)
        ).fetchone()
        whole_ms = lack[0] + OTHERS_WINDOW_MS if lack else 0
        found = []
        for key, site, *row in rows:
            price = as_value(ShownPrice, row)
            found.append((price, None if price.minor is None else _others(db, key, site, price, whole_ms)))
        return found


def _are_whole(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM shown_prices_lack")


def cart_totals(db: sqlite3.Connection, session: str, currency: str, before_ms: int) -> list[int]:
    """See ``ShownPriceIndex.cart_totals``."""
    rows = db.execute(
        "SELECT minor FROM (SELECT price.minor, price.currency FROM session AS own"
        " CROSS JOIN shown_price AS price ON price.site = own.site AND price.sku = ''"
        " AND price.place = 'total' AND price.minor IS NOT NULL"
        " AND price.site IS NOT NULL AND price.shown_ms <= ? AND price.session <> own.key"
        " WHERE own.id = ? ORDER BY price.shown_ms DESC LIMIT ?) WHERE currency = ?",
        (before_ms, session, CARTS_MAX_COUNT, currency),
    )
    return [minor for (minor,) in rows.fetchall()]


def _others(db: sqlite3.Connection, session: int, site: str, price: ShownPrice, whole_ms: int) -> Others:
    rows = db.execute(
        "WITH near AS ("
        " SELECT session, minor, currency FROM shown_price WHERE site = ? AND sku = ? AND place = ?"
        " AND minor IS NOT NULL AND site IS NOT NULL AND shown_ms BETWEEN ? AND ? AND session <> ?"
        " ORDER BY shown_ms DESC LIMIT ?)"
        " SELECT minor, currency, count(DISTINCT session), (SELECT count(DISTINCT session) FROM near),"
        " (SELECT count(*) FROM near) FROM near GROUP BY minor, currency ORDER BY 3 DESC, minor, currency",
        (
            site,
            price.sku,
            price.place,
            price.shown_ms - OTHERS_WINDOW_MS,
            price.shown_ms + OTHERS_WINDOW_MS,
            session,
            OTHERS_MAX_COUNT + 1,
        ),
    ).fetchall()
    same, rest = 0, []
    for minor, currency, count, *_ in rows:
        if (minor, currency) == (price.minor, price.currency):
            same = count
        else:
            rest.append(OtherPrice(minor=minor, currency=currency, count=count))
    *_, others, looked_at = rows[0] if rows else (0, 0)
    return Others(
        same=same,
        others=others,
        is_all=looked_at <= OTHERS_MAX_COUNT,
        most=tuple(rest[:MOST_MAX_COUNT]),
        is_whole=price.shown_ms > whole_ms,
    )
