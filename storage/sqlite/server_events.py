"""Server events in the database: kept once, read by what they are about, deleted when their time is over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from replay.model.identity import Identifier
from replay.model.server_event import (
    CUSTOMER_KINDS,
    concerning,
    content_of,
    digest_of,
    event_of,
    in_time,
    name_digest,
)
from replay.ports import Appended, Match, ServerEventIndex
from replay.ports.server_events import TOLD_MAX_COUNT
from storage.sqlite import price_lists, reads
from storage.sqlite.brought import OFFICE, OFFICES, brought, office_of
from storage.sqlite.connection import Asking
from storage.sqlite.index import KIND_NUMBERS, KINDS
from storage.sqlite.rows import execute_rows
from storage.sqlite.sealing import at_one_moment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping, Sequence

    from replay.model.server_event import About, Concerning
    from replay.ports import Brought, KeepServerEvent

__all__ = ["SqliteServerEvents", "customers_of", "drop_about", "judge_about", "keep", "named_otherwise"]
__all__ += ["orders_since", "told"]

EXPIRED_AT_ONCE_COUNT = 500
"""Events that one commit deletes: what pages send waits for no more."""
_ORDER = KIND_NUMBERS["order"]
_WAKING = ", ".join(str(KIND_NUMBERS[kind]) for kind in ("order", *CUSTOMER_KINDS))
_CUSTOMER = ", ".join(str(KIND_NUMBERS[kind]) for kind in CUSTOMER_KINDS)


def _same_orders(beside: str = "") -> str:
    """The events about the orders that those in ``given`` are about, with its column ``beside``. By the
    orders: from each event to each other one of the same order would be the square of them."""
    return (
        f" SELECT {beside}other.event FROM (SELECT DISTINCT {beside}own.site, own.value FROM given"  # noqa: S608
        f" JOIN server_event_about AS own ON own.event = given.event AND own.kind = {_ORDER}) AS mine"
        f" JOIN server_event_about AS other ON other.site = mine.site AND other.kind = {_ORDER}"
        " AND other.value = mine.value"
    )


class SqliteServerEvents(Asking, ServerEventIndex):
    """What ``SqliteStore`` does about server events."""

    async def told(self, session: str) -> list[Concerning]:
        return (await self._read(_told, [session])).get(session, [])

    async def brought(self, sessions: Collection[str]) -> Mapping[str, Brought]:
        return await self._read(brought, list(sessions)) if sessions else {}

    async def server_events_about(self, edges: Sequence[About]) -> Mapping[int, str]:
        return await self._read(_about, edges)

    async def expire_server_events(self, before_ms: Mapping[str, int]) -> int:
        count = 0
        while went := await self._write(_expire, before_ms):
            count += went
        return count


def keep(db: sqlite3.Connection, operation: KeepServerEvent) -> tuple[Appended, int | None]:
    """Keep one event; its key, if the sessions that it concerns are to be judged (``judge_about``): together
    with those of others, since thousands can be about the same order. The caller holds the transaction."""
    site, event = _office_for(db, operation), operation.event
    if site is None:
        return Appended(outcome="gone", acked=0), None
    digest = digest_of(event)
    known = db.execute(
        "SELECT digest FROM server_event WHERE site = ? AND system = ? AND id = ?",
        (site, event.system, event.id),
    ).fetchone()
    if known is not None:
        return Appended(outcome="duplicate" if known[0] == digest else "conflict", acked=0), None
    if db.execute("SELECT 1 FROM erased_event WHERE digest = ?", (name_digest(site, event),)).fetchone():
        return Appended(outcome="duplicate", acked=0), None
    is_price = event.kind == "price.list"
    kept_from_ms = operation.received_ms
    if is_price:
        kept_from_ms = price_lists.FOREVER_MS if event.to_ms is None else max(kept_from_ms, event.to_ms)
    (key,) = db.execute(
        "INSERT INTO server_event (site, system, id, kind, occurred_ms, received_ms, kept_from_ms, digest,"
        " content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING key",
        (
            site,
            event.system,
            event.id,
            event.kind,
            event.occurred_ms,
            operation.received_ms,
            kept_from_ms,
            digest,
            content_of(event),
        ),
    ).fetchone()
    execute_rows(
        db,
        "INSERT INTO server_event_about (site, kind, value, event) VALUES {values}",
        [(site, KIND_NUMBERS[kind], value, key) for kind, value in operation.about],
    )
    if is_price:
        price_lists.keep(db, operation, site, key)
    is_heard = not is_price and operation.session is None
    return Appended(outcome="stored", acked=0), key if is_heard else None


def _office_for(db: sqlite3.Connection, operation: KeepServerEvent) -> str | None:
    """Under which name it is kept; None if that is not here."""
    if operation.session is not None:
        return office_of(db, operation.session)
    row = db.execute("SELECT key FROM site WHERE key = ?", (operation.site,)).fetchone()
    return row[0] if row else None


def judge_about(db: sqlite3.Connection, keys: Sequence[int], judge_ms: int) -> None:
    """Have the sessions judged that these events, or others of the same order, concern."""
    db.execute(
        "WITH given (event) AS (SELECT value FROM json_each(?1)),"  # noqa: S608
        f" every (event) AS (SELECT event FROM given UNION{_same_orders()}),"
        " edge (site, kind, value) AS (SELECT DISTINCT site, kind, value FROM every"
        f" JOIN server_event_about USING (event) WHERE kind IN ({_WAKING}))"
        " UPDATE session SET told_count = told_count + 1,"
        " judge_ms = coalesce(min(judge_ms, ?2), judge_ms, ?2) WHERE (key, coalesce(office, site)) IN ("
        " SELECT carrier.session, edge.site FROM edge"
        " JOIN value ON value.kind = edge.kind AND value.value = edge.value"
        " JOIN carrier ON carrier.value = value.key)",
        (json.dumps(list(keys)), judge_ms),
    )


def drop_about(db: sqlite3.Connection, edges: Sequence[About], site: str | None, judge_ms: int) -> int:
    """Delete what ``server_events_about`` finds, of one site if given, never to keep it again; how many
    they were. The sessions that they concerned are to be judged at ``judge_ms``."""
    keys = [key for key, owner in _about(db, edges).items() if site in (None, owner)] if edges else []
    if not keys:
        return 0
    judge_about(db, keys, judge_ms)
    wanted = (json.dumps(list(keys)),)
    rows = db.execute(
        "SELECT site, content FROM server_event WHERE key IN (SELECT value FROM json_each(?))", wanted
    ).fetchall()
    db.executemany(
        "INSERT OR IGNORE INTO erased_event (digest) VALUES (?)",
        [(name_digest(site, event_of(content)),) for site, content in rows],
    )
    return db.execute(
        "DELETE FROM server_event WHERE key IN (SELECT value FROM json_each(?))", wanted
    ).rowcount


def told(db: sqlite3.Connection, sessions: Sequence[str]) -> dict[str, list[Concerning]]:
    """What concerns each of the sessions. The caller sees one moment."""
    if db.execute("SELECT EXISTS (SELECT 1 FROM server_event)").fetchone() == (0,):
        return {}
    wanted = (json.dumps(list(sessions)),)
    edges: dict[str, list[Identifier]] = {}
    for session, kind, value, at_ms, verified in db.execute(
        "SELECT session.id, carried.kind, value.value, at_ms, verified FROM json_each(?1) AS wanted"  # noqa: S608
        " JOIN session ON session.id = wanted.value JOIN carried ON carried.session = session.key"
        f" JOIN value ON value.key = carried.value WHERE carried.kind IN ({_WAKING})",
        wanted,
    ):
        edges.setdefault(session, []).append(
            Identifier(kind=KINDS[kind], value=value, shown=value, at_ms=at_ms, verified=bool(verified))
        )
    events: dict[str, list[tuple[str, int, str]]] = {}
    for session, *event in db.execute(
        "WITH given (session, event) AS (SELECT session.id, about.event FROM json_each(?1) AS wanted"  # noqa: S608
        " JOIN session ON session.id = wanted.value JOIN carried ON carried.session = session.key"
        f" AND carried.kind IN ({_WAKING}) JOIN value ON value.key = carried.value"
        f" JOIN server_event_about AS about ON about.site = {OFFICE} AND about.kind = carried.kind"
        " AND about.value = value.value),"
        " every (session, event) AS (SELECT session, event FROM given UNION"
        f"{_same_orders('session, ')}),"
        " ranked (session, event, place) AS (SELECT session, event, row_number() OVER"
        " (PARTITION BY session ORDER BY occurred_ms DESC, key DESC)"
        " FROM every JOIN server_event ON server_event.key = every.event)"
        " SELECT session, content, received_ms, (SELECT json_group_array(json_array(kind, value))"
        " FROM server_event_about AS about WHERE about.event = ranked.event)"
        " FROM ranked JOIN server_event ON server_event.key = ranked.event WHERE place <= ?2",
        (*wanted, TOLD_MAX_COUNT),
    ):
        events.setdefault(session, []).append((event[0], event[1], event[2]))
    found = price_lists.told(db, sessions)
    for session, told_here in events.items():
        found.setdefault(session, []).extend(
            concerning(
                [
                    (
                        event_of(content),
                        received_ms,
                        [(KINDS[kind], value) for kind, value in json.loads(own)],
                    )
                    for content, received_ms, own in told_here
                ],
                edges.get(session, []),
            )
        )
    return {session: in_time(every) for session, every in found.items()}


def customers_of(db: sqlite3.Connection, order: str, limit: int) -> list[Match]:
    """Sessions of customers who are verified there, and whose order it is as a system says."""
    return _sessions_of(db, order, limit, f"about.kind IN ({_CUSTOMER})", "verified")


def named_otherwise(db: sqlite3.Connection, order: str, limit: int) -> list[Match]:
    """Sessions that name the order by another of its numbers, as a system says."""
    return _sessions_of(db, order, limit, f"about.kind = {_ORDER} AND about.value <> own.value", "TRUE")


def _sessions_of(db: sqlite3.Connection, order: str, limit: int, edges: str, which: str) -> list[Match]:
    rows = db.execute(
        "SELECT session.id, session.started_ms, max(verified) FROM (SELECT DISTINCT own.site, about.kind,"  # noqa: S608
        f" about.value FROM {OFFICES} AS each"
        f" JOIN server_event_about AS own ON own.site = each.office AND own.kind = {_ORDER}"
        " AND own.value = ?"
        f" JOIN server_event_about AS about ON about.event = own.event AND {edges}"
        ") AS edge JOIN value ON value.kind = edge.kind"
        " AND value.value = edge.value JOIN carrier ON carrier.value = value.key"
        f" JOIN session ON session.key = carrier.session AND {OFFICE} = edge.site"
        " JOIN carried ON carried.session = session.key AND carried.kind = value.kind"
        f" AND carried.value = value.key WHERE {which}"
        " GROUP BY session.key ORDER BY seen_ms DESC, session.id DESC LIMIT ?",
        (order, limit),
    ).fetchall()
    found = []
    for key, started_ms, verified in rows:
        session = reads.session(db, key)
        if session is not None:
            edge = Identifier(
                kind="order", value=order, shown=order, at_ms=started_ms, verified=bool(verified)
            )
            found.append(Match(session=session, identifier=edge))
    return found


def orders_since(db: sqlite3.Connection, sites: Sequence[str]) -> dict[str, int | None]:
    """When the first order that is kept came from each site."""
    rows = db.execute(
        "SELECT value, (SELECT min(received_ms) FROM server_event WHERE site = value"
        " AND kind = 'order.created') FROM json_each(?)",
        (json.dumps(list(sites)),),
    )
    return dict(rows.fetchall())


def _told(db: sqlite3.Connection, sessions: Sequence[str]) -> dict[str, list[Concerning]]:
    with at_one_moment(db):
        return told(db, sessions)


def _about(db: sqlite3.Connection, edges: Sequence[About]) -> dict[int, str]:
    rows = db.execute(
        f"WITH given (event) AS (SELECT about.event FROM json_each(?) AS wanted JOIN {OFFICES} AS each"  # noqa: S608
        " JOIN server_event_about AS about ON about.site = each.office AND about.kind = wanted.value ->> 0"
        " AND about.value = wanted.value ->> 1),"
        f" every (event) AS (SELECT event FROM given UNION{_same_orders()})"
        " SELECT server_event.key, coalesce(session.site, server_event.site) FROM every"
        " JOIN server_event ON server_event.key = every.event"
        " LEFT JOIN session ON session.office = server_event.site ORDER BY server_event.key",
        (json.dumps([(KIND_NUMBERS[kind], value) for kind, value in edges]),),
    )
    return dict(rows.fetchall())


def _expire(db: sqlite3.Connection, before_ms: Mapping[str, int]) -> int:
    return db.execute(
        "DELETE FROM server_event WHERE key IN (SELECT server_event.key FROM json_each(?) AS kept"
        " JOIN server_event ON site = kept.key AND kept_from_ms < kept.value LIMIT ?)",
        (json.dumps(dict(before_ms)), EXPIRED_AT_ONCE_COUNT),
    ).rowcount
