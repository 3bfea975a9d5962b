"""Is the database whole in itself: its pages, its references, its schema?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from replay.cli.checks.finding import Examined, Finding
from storage.sqlite.looking import schema_version
from storage.sqlite.schema import APPLICATION_ID, migrations

__all__ = ["RESTORE", "check_pages", "check_references", "check_schema", "is_current"]

RESTORE = (
    "Stop the server, keep the folder as it is, restore the last backup into an empty one with `replay "
    "restore`, and look at that with `replay doctor`."
)

_TOLD_COUNT = 10


def is_current(db: sqlite3.Connection) -> bool:
    """Whether the schema is the one that the other checks know."""
    return schema_version(db) == len(migrations())


def check_pages(examined: Examined) -> Iterator[Finding]:
    """SQLite's own look at every page; the quick one leaves out whether indexes agree with tables."""
    pragma = "quick_check" if examined.quick else "integrity_check"
    try:
        for (said,) in examined.db.execute(f"PRAGMA main.{pragma}({_TOLD_COUNT})"):
            if said != "ok":
                yield Finding(level="wrong", what=f"The database is damaged: {said}.", do=RESTORE)
    except sqlite3.DatabaseError as error:
        # Some damage ends the look at it.
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        yield Finding(level="wrong", what=f"The database is damaged: {error}.", do=RESTORE)


def check_references(examined: Examined) -> Iterator[Finding]:
    """Does every row that belongs to another have it?"""
    found: dict[tuple[str, str], int] = {}
    for table, _, parent, _ in examined.db.execute("PRAGMA main.foreign_key_check"):
        found[table, parent] = found.get((table, parent), 0) + 1
    for (table, parent), count in found.items():
        yield Finding(
            level="wrong",
            what=f"{count} rows of the table {table} belong to rows of {parent} that are not there.",
            do=RESTORE,
        )


def check_schema(examined: Examined) -> Iterator[Finding]:
    """Is the file ours, of this version, and are all tables and indexes as they were made?"""
    db = examined.db
    (application,) = db.execute("PRAGMA main.application_id").fetchone()
    version, newest = schema_version(db), len(migrations())
    if application != APPLICATION_ID:
        yield Finding(
            level="wrong",
            what=f"{examined.database} is another program's database.",
            do="See that --data or REPLAY_DATA names the right folder.",
        )
        return
    if version > newest:
        yield Finding(
            level="wrong",
            what=f"The database has schema {version}, of a newer version; this one knows up to {newest}.",
            do="Install that version again.",
        )
    elif version < newest:
        yield Finding(
            level="note",
            what=f"The database has schema {version}, and this version {newest}; most is not checked.",
            do="`replay serve` brings it up to date: make a backup before.",
        )
    else:
        with closing(sqlite3.connect(":memory:")) as made:
            for script in migrations():
                made.executescript(script)
            missing = _parts(made) - _parts(db)
        for kind, name, _ in sorted(missing):
            yield Finding(
                level="wrong", what=f"The {kind} {name} of the database is missing or changed.", do=RESTORE
            )


def _parts(db: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Kind, name and definition of every table, index and trigger that was made by name."""
    return set(db.execute("SELECT type, name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL").fetchall())
