"""What SQLite's errors mean for us, in sentences that say what to do.

Three sorts: the store recovers by itself once the cause is gone (a full disk, a foreign lock); the file must
not be written to again by this process (a failed sync, after which the system may have dropped the data that
it could not write; damage); or the operation itself was wrong, which is no matter of storage.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from replay.ports import StoreUnavailable

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["damaged", "is_final", "unavailable"]

_LOW_BYTE = 0xFF

_PASSING_IO = frozenset(
    (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_NOMEM)
)
"""Input/output errors of writes that were undone: a quota is reported like this, for one."""


def damaged(path: Path, what: str) -> StoreUnavailable:
    """The error for a file whose content is wrong."""
    return StoreUnavailable(
        f"{path} is damaged or not a database ({what}); nothing is written to it any more. Stop what uses "
        "it, copy it away together with the files beside it whose names begin alike, then put the last "
        "backup in its place."
    )


def is_final(error: sqlite3.Error) -> bool:
    """Whether nothing may be written any more until the store is opened anew."""
    code = _code(error)
    primary = code & _LOW_BYTE
    if primary == sqlite3.SQLITE_IOERR:
        return code not in _PASSING_IO
    return primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def unavailable(error: sqlite3.Error, path: Path) -> StoreUnavailable:
    """The sentence for the error."""
    code = _code(error)
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    primary = code & _LOW_BYTE
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(path, f"{error}; {name}")
    if primary == sqlite3.SQLITE_FULL or code in _PASSING_IO:
        return StoreUnavailable(
            f"No room to write in {path.parent} ({error}; {name}). Nothing new is kept until there is some; "
            "then work goes on by itself."
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreUnavailable(
            f"Another program holds {path} locked ({error}; {name}), perhaps a database shell or a backup "
            "tool. Nothing new is kept until it lets go; then work goes on by itself."
        )
    if primary == sqlite3.SQLITE_IOERR:
        return StoreUnavailable(
            f"The disk under {path} failed ({error}; {name}). Nothing new is kept any more, because what was "
            "written last may be lost. Look at the system's log, then start again."
        )
    if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return StoreUnavailable(
            f"{path} cannot be opened for writing ({error}; {name}). The file and its folder must be "
            "writable for the account that this process runs as."
        )
    return StoreUnavailable(f"{path} cannot be used ({error}; {name}).")


def _code(error: sqlite3.Error) -> int:
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code
