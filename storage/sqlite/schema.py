"""Whether a file is ours, and how it is brought to this version's schema.

Each file ``storage/migrations/NNNN_*.sql`` is one step, carried out with its version number in a single
transaction: one that is interrupted has not begun. ``recognise`` only reads, so that a file which is damaged,
another program's or a newer version's stays as it is.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from replay.ports import StoreUnavailable
from storage.sqlite.errors import damaged

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

__all__ = ["APPLICATION_ID", "CHECKED_BYTES", "migrate", "migrations", "recognise"]

APPLICATION_ID = int.from_bytes(b"RPLY", "big")
"""Stands in the file's header, so that another program's database is never taken for ours."""

CHECKED_BYTES = 64 * 1024 * 1024
"""Up to this size the whole file is checked when it is opened: a fraction of a second. Beyond it damage is
found when it is met."""


def recognise(db: sqlite3.Connection, path: Path) -> None:
    """Raise ``StoreUnavailable`` if the file is not one that this version may write to."""
    application, version = _pragma(db, "application_id"), _pragma(db, "user_version")
    tables = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if tables == 0 and version == 0 and application == 0:
        return
    if application != APPLICATION_ID:
        raise StoreUnavailable(
            f"{path} is another program's database. Name another file; this one was left as it is."
        )
    newest = len(migrations())
    if version > newest:
        raise StoreUnavailable(
            f"{path} was written by a newer version (schema {version}; this one knows up to {newest}). "
            "Install that version again; the file was left as it is."
        )
    size = _pragma(db, "page_count") * _pragma(db, "page_size")
    if size <= CHECKED_BYTES:
        (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise damaged(path, verdict)


def migrate(db: sqlite3.Connection) -> None:
    """Carry out the steps that the file has not seen yet."""
    version = _pragma(db, "user_version")
    for number, script in enumerate(migrations(), start=1):
        if number > version:
            _step(db, number, script)


def migrations() -> list[str]:
    """The SQL of every step, the first first."""
    folder = files("storage") / "migrations"
    scripts = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".sql"))
    for number, (name, _) in enumerate(scripts, start=1):
        if not re.fullmatch(rf"{number:04}_\w+\.sql", name):
            raise RuntimeError(f"The migrations are not numbered without holes: {name} is step {number}.")
    return [entry.read_text("utf-8") for _, entry in scripts]


def _step(db: sqlite3.Connection, number: int, script: str) -> None:
    try:
        db.executescript(
            f"BEGIN IMMEDIATE; {script};"
            f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {number}; COMMIT;"
        )
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _pragma(db: sqlite3.Connection, name: str) -> int:
    value: int = db.execute(f"PRAGMA {name}").fetchone()[0]
    return value
