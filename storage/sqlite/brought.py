"""What imported sessions brought with them, in the database.

The events stand in ``server_event`` like all others, under the name of an office in place of a site's key, so
that everything that goes by a session's own office meets them and nothing that goes by a site does.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from replay.model.promo import Promo
from replay.model.schema import decode, encode
from replay.ports import Brought

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

__all__ = ["OFFICE", "OFFICES", "brought", "drop_office", "keep_brought", "office_of"]

OFFICE = "coalesce(session.office, session.site)"
"""Of a session: under which name what concerns it stands in ``server_event``."""
OFFICES = "(SELECT key AS office FROM site UNION ALL SELECT office FROM session WHERE office IS NOT NULL)"
"""All such names."""


def keep_brought(db: sqlite3.Connection, session: str, own: Brought) -> None:
    """The session, which is here, brought this. The caller holds the transaction."""
    # A site's key has no blank.
    db.execute("UPDATE session SET office = ? WHERE id = ?", (f"session {session}", session))
    db.execute(
        "INSERT INTO brought (session, until_ms, region, orders_since_ms, currency, promos)"
        " SELECT key, ?, ?, ?, ?, ? FROM session WHERE id = ?",
        (
            own.until_ms,
            own.region,
            own.orders_since_ms,
            own.currency,
            json.dumps([encode(promo) for promo in own.promos], ensure_ascii=False),
            session,
        ),
    )


def brought(db: sqlite3.Connection, sessions: Sequence[str]) -> dict[str, Brought]:
    """Of each of the sessions that was imported with it."""
    rows = db.execute(
        "SELECT session.id, until_ms, region, orders_since_ms, currency, promos FROM json_each(?) AS wanted"
        " JOIN session ON session.id = wanted.value JOIN brought ON brought.session = session.key",
        (json.dumps(list(sessions)),),
    )
    return {
        session: Brought(
            until_ms=until_ms,
            region=region,
            orders_since_ms=orders_since_ms,
            currency=currency,
            promos=tuple(decode(Promo, one) for one in json.loads(promos)),
        )
        for session, until_ms, region, orders_since_ms, currency, promos in rows
    }


def office_of(db: sqlite3.Connection, session: str) -> str | None:
    """The office of a session that brought one."""
    row = db.execute("SELECT office FROM session WHERE id = ?", (session,)).fetchone()
    return row[0] if row else None


def drop_office(db: sqlite3.Connection, session: int) -> int:
    """Delete the events that this session brought; how many."""
    return db.execute(
        "DELETE FROM server_event WHERE site = (SELECT office FROM session WHERE key = ?)", (session,)
    ).rowcount
