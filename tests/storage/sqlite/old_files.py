"""Database files as earlier versions left them, to be opened by this one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from storage.sqlite.schema import APPLICATION_ID, migrations

__all__ = ["file_before"]


@contextmanager
def file_before(path: Path, what: str) -> Iterator[sqlite3.Connection]:
    """A new file of the version before the migration in which ``what`` stands first."""
    before = next(number for number, script in enumerate(migrations()) if what in script)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for script in migrations()[:before]:
            db.executescript(script)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {before}")
        yield db
