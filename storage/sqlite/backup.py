"""A copy of the database as it was at one moment, while it is written to, and the objects that it refers to.

``VACUUM INTO`` and not SQLite's backup interface: it writes what is there and not what once was, so that the
copy holds nothing that was deleted; it reads every page by its content, so that a damaged one is noticed; and
it works on one reader's view, where a copy page by page begins anew whenever somebody commits. Whoever writes
waits for nothing, only the log grows until the copy is made.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from replay.ports import asset_object
from storage.sqlite.looking import look, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

__all__ = ["Copy", "Reference", "content_bytes", "copy_database", "is_referred_to", "open_copy", "verdict"]

_STEPS_COUNT = 2_000
"""How many of SQLite's steps pass between two questions whether to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An object that the database refers to, with the SHA-256 of its content (hexadecimal)."""

    name: str
    sha256: str
    bytes: int


def content_bytes(database: Path, *, alone: bool) -> int:
    """About how large a copy becomes, and at most."""
    with look(database, alone=alone) as db:
        pages, free, size = (
            db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)


def copy_database(database: Path, copy: Path, *, alone: bool, goes_on: Callable[[], bool]) -> None:
    """Write ``copy``, a new file for nobody else's eyes, synced. Raises ``sqlite3.Error``, which it is also
    when it ``goes_on`` no more."""
    copy.touch(mode=0o600, exist_ok=False)
    with look(database, alone=alone) as db:
        db.set_progress_handler(lambda: not goes_on(), _STEPS_COUNT)
        db.execute("VACUUM INTO ?", (str(copy),))
    descriptor = os.open(copy, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def verdict(copy: Path, *, goes_on: Callable[[], bool]) -> str:
    """``ok``, or what is wrong with a copy."""
    with look(copy, alone=True) as db:
        db.set_progress_handler(lambda: not goes_on(), _STEPS_COUNT)
        (said,) = db.execute("PRAGMA integrity_check(1)").fetchone()
        return str(said)


def is_referred_to(database: Path, name: str, *, alone: bool) -> bool:
    """Whether the database refers to the object now."""
    with look(database, alone=alone) as db:
        return Copy(db).refers_to(name)


@contextmanager
def open_copy(copy: Path) -> Iterator[Copy]:
    """What a copy refers to."""
    with look(copy, alone=True) as db:
        yield Copy(db)


class Copy:
    """Questions to a copy that is not written to any more. It may be of an earlier version's database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._tables = tables(db)

    def references(self, *, beside: Path | None = None) -> Generator[list[Reference]]:
        """Every object that is referred to, some at a time; but for those that the copy ``beside`` refers to,
        too."""
        with closing(self._db.cursor()) as cursor:
            attached = beside is not None
            if beside is not None:
                cursor.execute("ATTACH ? AS beside", (f"{beside.absolute().as_uri()}?mode=ro&immutable=1",))
            try:
                for sql, known in ((_SEALED, _SEALED_BESIDE), (_ASSETS, _ASSETS_BESIDE)):
                    if not self._holds(sql):
                        continue
                    cursor.execute(sql.format(known=known if attached else ""))
                    while rows := cursor.fetchmany(_ROWS_COUNT):
                        yield [_reference(*row) for row in rows]
            finally:
                if attached:
                    cursor.execute("DETACH beside")

    def count(self) -> tuple[int, int]:
        """How many objects are referred to, and their size."""
        count = size = 0
        for sql in filter(self._holds, (_SEALED, _ASSETS)):
            found = self._db.execute(
                f"SELECT count(*), coalesce(sum(bytes), 0) FROM ({sql.format(known='')})"  # noqa: S608
            ).fetchone()
            count, size = count + found[0], size + found[1]
        return count, size

    def refers_to(self, name: str) -> bool:
        """Whether the object is one of them."""
        last = name.rpartition("/")[2]
        if name == asset_object(last):
            sql, value = "SELECT 1 FROM asset_version WHERE hash = ?", last
        else:
            sql, value = "SELECT 1 FROM sealed WHERE object = ?", name
        return self._holds(sql) and self._db.execute(sql, (value,)).fetchone() is not None

    def sessions(self) -> int:
        """How many visits there are."""
        return int(self._db.execute("SELECT count(*) FROM session").fetchone()[0])

    def _holds(self, sql: str) -> bool:
        return ("asset_version" if "asset_version" in sql else "sealed") in self._tables


_ROWS_COUNT = 256

_SEALED = "SELECT object, lower(hex(sha256)) AS sha256, size_bytes AS bytes FROM sealed {known}"
_SEALED_BESIDE = "WHERE object NOT IN (SELECT object FROM beside.sealed)"
_ASSETS = (
    "SELECT NULL AS object, hash AS sha256, max(bytes) AS bytes FROM asset_version"
    " WHERE hash IS NOT NULL {known} GROUP BY hash"
)
_ASSETS_BESIDE = (
    "AND NOT EXISTS (SELECT 1 FROM beside.asset_version AS known WHERE known.hash = asset_version.hash)"
)


def _reference(object: str | None, sha256: str, bytes: int) -> Reference:
    return Reference(name=asset_object(sha256) if object is None else object, sha256=sha256, bytes=bytes)
