"""Looking into the database file without changing anything: neither its schema nor its log.

``open_store`` is for who works with it; these are for who copies or examines it, in a thread of their own,
beside the connections of the store in the same process, or alone while holding the lock. A connection that
only reads never resets the log.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["log_path", "look", "schema_version", "tables", "unfinished_path"]

_BUSY_S = 5.0


def log_path(database: Path) -> Path:
    """The write-ahead log of a database."""
    return database.with_name(database.name + "-wal")


@contextmanager
def look(database: Path, *, alone: bool) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write. ``alone``: no other has the file open, nor will while this one does."""
    log, index = log_path(database), database.with_name(database.name + "-shm")
    has_log = log.exists() and log.stat().st_size > 0
    left = index.exists()
    # Without a log there is nothing to agree on with others, and no file beside it need be made for that.
    mode = "mode=ro&immutable=1" if alone and not has_log else "mode=ro"
    opened = sqlite3.connect(
        f"{database.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=_BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        with closing(opened) as db:
            db.execute("PRAGMA trusted_schema = OFF")
            yield db
    finally:
        if alone and has_log and not left:
            index.unlink(missing_ok=True)


def unfinished_path(database: Path) -> Path:
    """What is being restored, before it is the database."""
    return database.with_name(database.name + ".restoring")


def schema_version(db: sqlite3.Connection) -> int:
    """How many steps of the migrations the file has seen."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def tables(db: sqlite3.Connection) -> frozenset[str]:
    """The tables that are there: fewer in a file that an earlier version wrote."""
    return frozenset(name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"))
