"""References to assets and what they stood for when.

Statements take many references at once, as JSON: a listing page names hundreds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from replay.ports import Asset, SessionAsset, Sighting, asset_object
from storage.sqlite.reads import as_value

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

__all__ = [
    "asset_type",
    "is_named",
    "latest_assets",
    "note_sightings",
    "put_asset",
    "session_assets",
    "unknown_assets",
]

_VERSIONS = (
    "SELECT asset.site, asset.ref, asset.kind, fetched_ms, checked_ms, hash, asset_version.type, bytes,"
    " reason, detail, failures, etag, last_modified"
)
_HISTORY = "FROM asset_version WHERE asset_version.asset = asset.key"


def note_sightings(db: sqlite3.Connection, seen: Iterable[tuple[int, Sighting]]) -> None:
    """Keep what sessions (by their keys) referred to, each once: of all sessions of a commit together, since
    most show the same. The caller holds the transaction."""
    rows = list(dict.fromkeys((session, one.ref, one.kind) for session, one in seen))
    if rows:
        given = json.dumps(rows)
        db.execute(
            "INSERT INTO asset (site, ref, kind)"
            " SELECT DISTINCT session.site, value ->> 1, value ->> 2 FROM json_each(?1)"
            " CROSS JOIN session ON session.key = value ->> 0"
            " WHERE NOT EXISTS (SELECT 1 FROM asset WHERE site = session.site AND ref = value ->> 1)"
            " ON CONFLICT (site, ref) DO NOTHING",
            (given,),
        )
        db.execute(
            "INSERT INTO session_asset (session, asset)"
            " SELECT session.key, asset.key FROM json_each(?1)"
            " CROSS JOIN session ON session.key = value ->> 0"
            " CROSS JOIN asset ON asset.site = session.site AND asset.ref = value ->> 1"
            " WHERE true ON CONFLICT (session, asset) DO NOTHING",
            (given,),
        )


def put_asset(db: sqlite3.Connection, asset: Asset) -> None:
    db.execute(
        "INSERT INTO asset (site, ref, kind) VALUES (?, ?, ?) ON CONFLICT (site, ref) DO NOTHING",
        (asset.site, asset.ref, asset.kind),
    )
    db.execute(
        "INSERT OR REPLACE INTO asset_version (asset, fetched_ms, checked_ms, hash, type, bytes, reason,"
        " detail, failures, etag, last_modified)"
        " SELECT key, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 FROM asset WHERE site = ?1 AND ref = ?2",
        (
            asset.site,
            asset.ref,
            asset.fetched_ms,
            asset.checked_ms,
            asset.hash,
            asset.type,
            asset.bytes,
            asset.reason,
            asset.detail,
            asset.failures,
            asset.etag,
            asset.last_modified,
        ),
    )
    if asset.hash is not None:
        db.execute("DELETE FROM announced_object WHERE name = ?", (asset_object(asset.hash),))


def is_named(db: sqlite3.Connection, site: str, ref: str) -> bool:
    (named,) = db.execute(
        "SELECT EXISTS (SELECT 1 FROM asset JOIN session_asset ON session_asset.asset = asset.key"
        " WHERE site = ? AND ref = ?)",
        (site, ref),
    ).fetchone()
    return bool(named)


def latest_assets(db: sqlite3.Connection, site: str, refs: Sequence[str]) -> dict[str, Asset]:
    rows = db.execute(
        f"{_VERSIONS} FROM json_each(?2) JOIN asset ON asset.site = ?1 AND asset.ref = value"
        " JOIN asset_version ON asset_version.asset = asset.key"
        f" AND fetched_ms = (SELECT max(fetched_ms) {_HISTORY})",
        (site, json.dumps(list(refs))),
    )
    return {row[1]: as_value(Asset, row) for row in rows}


def session_assets(db: sqlite3.Connection, session: str, until_ms: int) -> list[SessionAsset]:
    rows = db.execute(
        f"{_VERSIONS} FROM session JOIN session_asset ON session_asset.session = session.key"
        " JOIN asset ON asset.key = session_asset.asset"
        " LEFT JOIN asset_version ON asset_version.asset = asset.key AND fetched_ms = coalesce("
        f"(SELECT max(fetched_ms) {_HISTORY} AND hash IS NOT NULL AND fetched_ms <= ?2),"
        f" (SELECT min(fetched_ms) {_HISTORY} AND hash IS NOT NULL),"
        f" (SELECT max(fetched_ms) {_HISTORY}))"
        " WHERE session.id = ?1 ORDER BY asset.ref",
        (session, until_ms),
    )
    return [
        SessionAsset(ref=row[1], kind=row[2], asset=None if row[3] is None else as_value(Asset, row))
        for row in rows
    ]


def asset_type(db: sqlite3.Connection, hash: str) -> str | None:
    row = db.execute("SELECT type FROM asset_version WHERE hash = ? LIMIT 1", (hash,)).fetchone()
    return row[0] if row else None


def unknown_assets(db: sqlite3.Connection, limit: int) -> list[tuple[str, Sighting]]:
    rows = db.execute(
        "SELECT site, ref, kind FROM asset WHERE kind <> 'text'"
        " AND NOT EXISTS (SELECT 1 FROM asset_version WHERE asset_version.asset = asset.key)"
        " ORDER BY key LIMIT ?",
        (limit,),
    )
    return [(site, Sighting(ref=ref, kind=kind)) for site, ref, kind in rows]
