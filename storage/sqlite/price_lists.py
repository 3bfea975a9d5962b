"""Prices of stores in the database: which of them is in force, and those of the articles that sessions saw.

A feed can tell thousands of prices of one article, and an article can be seen in every session. So each is
found by an index, no more of an article is read than is told of a session, and a new price is held against
its neighbours only.
"""

from __future__ import annotations

import heapq
import json
from itertools import islice
from typing import TYPE_CHECKING

from replay.model.server_event import Concerning, event_of
from replay.ports.server_events import TOLD_MAX_COUNT
from storage.sqlite.brought import OFFICE
from storage.sqlite.index import KIND_NUMBERS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from replay.ports import KeepServerEvent

__all__ = ["FOREVER_MS", "keep", "told"]

FOREVER_MS = 2**62
"""From when the time counts of a price that has no end."""
_ARTICLE = KIND_NUMBERS["sku"]
_Place = tuple[int, int]
"""When a price was told, and its key: the newest come first."""


def keep(db: sqlite3.Connection, operation: KeepServerEvent, site: str, key: int) -> None:
    """Note a price that is kept already. Of the prices of one article in one store that have no end only the
    latest goes on without one; what a session brought goes with the session."""
    event = operation.event
    sku = next((value for kind, value in operation.about if kind == "sku"), None)
    if sku is None:
        return
    since_ms = event.occurred_ms if event.from_ms is None else event.from_ms
    place = (site, sku, event.store, since_ms, key)
    db.execute(
        "INSERT INTO price_list (site, sku, store, since_ms, event, occurred_ms, received_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*place, event.occurred_ms, operation.received_ms),
    )
    if operation.session is not None:
        return
    # Before it came only the last could be without an end.
    (before,) = db.execute(
        "SELECT max(event) FROM (SELECT event FROM price_list WHERE (site, sku, store) = (?1, ?2, ?3)"
        " AND (since_ms, event) < (?4, ?5) ORDER BY since_ms DESC, event DESC LIMIT 1)",
        place,
    ).fetchone()
    (next_received_ms,) = db.execute(
        "SELECT min(received_ms) FROM price_list WHERE (site, sku, store) = (?1, ?2, ?3)"
        " AND (since_ms, event) > (?4, ?5)",
        place,
    ).fetchone()
    if next_received_ms is None:
        next_received_ms, ended = operation.received_ms, before
    else:
        ended = key
    db.execute(
        "UPDATE server_event SET kept_from_ms = max(received_ms, ?2) WHERE key = ?1 AND kept_from_ms = ?3",
        (ended, next_received_ms, FOREVER_MS),
    )


def told(db: sqlite3.Connection, sessions: Sequence[str]) -> dict[str, list[Concerning]]:
    """The newest prices of the articles that each of the sessions saw."""
    seen: dict[str, list[tuple[str, str]]] = {}
    for session, office, sku in db.execute(
        f"SELECT session.id, {OFFICE} AS office, value.value FROM json_each(?) AS wanted"  # noqa: S608
        " JOIN session ON session.id = wanted.value JOIN carried ON carried.session = session.key"
        f" AND carried.kind = {_ARTICLE} JOIN value ON value.key = carried.value"
        f" WHERE EXISTS (SELECT 1 FROM price_list WHERE site = {OFFICE} AND sku = value.value)",
        (json.dumps(list(sessions)),),
    ):
        seen.setdefault(session, []).append((office, sku))
    newest: dict[tuple[str, str], list[_Place]] = {}
    prices: dict[str, list[Concerning]] = {}
    for session, articles in seen.items():
        for article in articles:
            if article not in newest:
                newest[article] = _newest(db, *article)
        merged = heapq.merge(*(newest[article] for article in articles), reverse=True)
        keys = [key for _, key in islice(merged, TOLD_MAX_COUNT)]
        prices[session] = [
            Concerning(event=event_of(content), received_ms=received_ms, by="price")
            for content, received_ms in db.execute(
                "SELECT content, received_ms FROM json_each(?) AS wanted"
                " JOIN server_event ON server_event.key = wanted.value",
                (json.dumps(keys),),
            )
        ]
    return prices


def _newest(db: sqlite3.Connection, office: str, sku: str) -> list[_Place]:
    return db.execute(
        "SELECT occurred_ms, event FROM price_list WHERE site = ? AND sku = ?"
        " ORDER BY occurred_ms DESC, event DESC LIMIT ?",
        (office, sku, TOLD_MAX_COUNT),
    ).fetchall()
