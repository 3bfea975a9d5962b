"""Reading: each function is one question, asked in a reader's thread and answered with the ports' values.

The columns of each query stand in the order of the dataclass's fields.
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from replay.ports import Agent, BatchOutline, Gap, Identifier, Load, Login, Session, Site, StoredBatch, View
from storage.sqlite.index import KIND_NUMBERS, KINDS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence

    from replay.ports import IdentifierKind

__all__ = [
    "CARRIED",
    "IDENTIFIER",
    "SESSION",
    "agent",
    "agents",
    "as_value",
    "batches",
    "carried",
    "gaps",
    "identifier",
    "identifiers",
    "load",
    "loads",
    "login",
    "outline",
    "session",
    "sessions",
    "site",
    "sites",
    "views",
]

T = TypeVar("T")

SESSION = (
    "id, site, code, token_hash, started_ms, seen_ms, ended_ms, ended_why, consent,"
    " previous_token_hash, rotated_ms"
)
_SESSIONS = f"SELECT {SESSION} FROM session"  # noqa: S608
IDENTIFIER = "json_array(carried.kind, value.value, coalesce(carried.shown, value.shown), at_ms, verified)"
CARRIED = "carried CROSS JOIN value ON value.key = carried.value"
_SITES = (
    "SELECT key, name, origins, identify_secret, settings, created_ms, events_secret,"
    " webhook_secret, shopify_secret, woocommerce_secret FROM site"
)
_AGENTS = "SELECT login, name, password_hash, role, created_ms, disabled FROM agent"
_LOADS = (
    "SELECT session.id, load.id, tab, ordinal, opened_ms, offset_ms, offset_error_ms, facts_acked,"
    " picture_acked FROM session JOIN load ON load.session = session.key WHERE session.id = ?"
)


def as_value(kind: type[T], row: Sequence[Any]) -> T:
    """The row as a dataclass whose fields stand in the same order."""
    return kind(
        **{
            name: bool(value) if truth else value
            for (name, truth), value in zip(_fields(cast("Any", kind)), row, strict=True)
        }
    )


@cache
def _fields(kind: Any) -> tuple[tuple[str, bool], ...]:
    return tuple((field.name, field.type in (bool, "bool")) for field in fields(kind))


def site(db: sqlite3.Connection, key: str) -> Site | None:
    row = db.execute(f"{_SITES} WHERE key = ?", (key,)).fetchone()
    return _site(row) if row else None


def sites(db: sqlite3.Connection) -> list[Site]:
    return [_site(row) for row in db.execute(f"{_SITES} ORDER BY name, key")]


def _site(row: Sequence[Any]) -> Site:
    key, name, origins, secret, settings, created_ms, events_secret, webhook_secret, *platforms = row
    return Site(
        key=key,
        name=name,
        origins=tuple(json.loads(origins)),
        identify_secret=secret,
        settings=json.loads(settings),
        created_ms=created_ms,
        events_secret=events_secret,
        webhook_secret=webhook_secret,
        shopify_secret=platforms[0],
        woocommerce_secret=platforms[1],
    )


def session(db: sqlite3.Connection, id: str) -> Session | None:
    return _one(Session, db.execute(f"{_SESSIONS} WHERE id = ?", (id,)))


def sessions(db: sqlite3.Connection, limit: int, before_ms: int | None) -> list[Session]:
    return _all(
        Session,
        db.execute(
            f"{_SESSIONS} WHERE seen_ms < ? ORDER BY seen_ms DESC, id DESC LIMIT ?",
            (sys.maxsize if before_ms is None else before_ms, limit),
        ),
    )


def load(db: sqlite3.Connection, session: str, id: str) -> Load | None:
    return _one(Load, db.execute(f"{_LOADS} AND load.id = ?", (session, id)))


def loads(db: sqlite3.Connection, session: str) -> list[Load]:
    return _all(Load, db.execute(f"{_LOADS} ORDER BY ordinal", (session,)))


def batches(
    db: sqlite3.Connection, session: str, track: int, load: str | None, after: int
) -> list[StoredBatch]:
    return _all(
        StoredBatch,
        db.execute(
            "SELECT load.id, track, number, payload, digest, received_ms, first_ms, last_ms, checkpoint"
            " FROM session JOIN load ON load.session = session.key JOIN batch ON batch.load = load.key"
            " WHERE session.id = ?1 AND track = ?2 AND number > ?3 AND (?4 IS NULL OR load.id = ?4)"
            " ORDER BY ordinal, number",
            (session, track, after, load),
        ),
    )


def outline(db: sqlite3.Connection, session: str, track: int) -> list[BatchOutline]:
    return _all(
        BatchOutline,
        db.execute(
            "SELECT load.id, track, number, first_ms, last_ms, checkpoint, length(payload)"
            " FROM session JOIN load ON load.session = session.key JOIN batch ON batch.load = load.key"
            " WHERE session.id = ? AND track = ? ORDER BY ordinal, number",
            (session, track),
        ),
    )


def gaps(db: sqlite3.Connection, session: str) -> list[Gap]:
    return _all(
        Gap,
        db.execute(
            "SELECT load.id, track, first, last, reason, 0"
            " FROM session JOIN load ON load.session = session.key JOIN gap ON gap.load = load.key"
            " WHERE session.id = ? ORDER BY ordinal, track, first, last",
            (session,),
        ),
    )


def identifiers(db: sqlite3.Connection, session: str) -> list[Identifier]:
    return carried(db, [session], None)[session]


def carried(
    db: sqlite3.Connection, sessions: Sequence[str], kinds: Collection[IdentifierKind] | None
) -> dict[str, list[Identifier]]:
    """All in one row: each row that is read gives up Python's lock, and a list of sessions has hundreds."""
    numbers = [number for kind, number in KIND_NUMBERS.items() if kinds is None or kind in kinds]
    (text,) = db.execute(
        f"SELECT json_group_array(json_array(wanted.value, {IDENTIFIER}))"  # noqa: S608
        " FROM json_each(?) AS wanted CROSS JOIN session ON session.id = wanted.value"
        f" CROSS JOIN {CARRIED} WHERE carried.session = session.key"
        " AND carried.kind IN (SELECT value FROM json_each(?))",
        (json.dumps(sessions), json.dumps(numbers)),
    ).fetchone()
    found: dict[str, list[Identifier]] = {session: [] for session in sessions}
    for session, row in json.loads(text):
        found[session].append(identifier(row))
    for edges in found.values():
        edges.sort(key=lambda one: (one.at_ms, one.kind, one.value))
    return found


def identifier(row: Sequence[Any]) -> Identifier:
    """What ``IDENTIFIER`` answers."""
    kind, value, shown, at_ms, verified = row
    return Identifier(kind=KINDS[kind], value=value, shown=shown, at_ms=at_ms, verified=bool(verified))


def agent(db: sqlite3.Connection, login: str) -> Agent | None:
    return _one(Agent, db.execute(f"{_AGENTS} WHERE login = ?", (login,)))


def agents(db: sqlite3.Connection) -> list[Agent]:
    return _all(Agent, db.execute(f"{_AGENTS} ORDER BY login"))


def login(db: sqlite3.Connection, token_hash: bytes) -> Login | None:
    return _one(
        Login,
        db.execute(
            "SELECT token_hash, agent, csrf, created_ms, seen_ms FROM login WHERE token_hash = ?",
            (token_hash,),
        ),
    )


def views(db: sqlite3.Connection, session: str) -> list[View]:
    return _all(
        View,
        db.execute(
            "SELECT agent, session, what, at_ms FROM view WHERE session = ? ORDER BY at_ms, key", (session,)
        ),
    )


def _all(kind: type[T], rows: sqlite3.Cursor) -> list[T]:
    return [as_value(kind, row) for row in rows.fetchall()]


def _one(kind: type[T], rows: sqlite3.Cursor) -> T | None:
    row = rows.fetchone()
    return as_value(kind, row) if row else None
