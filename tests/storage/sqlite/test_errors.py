"""What SQLite's errors are taken for: passing, final, or damage; and that each sentence says where."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from storage.sqlite.errors import is_final, unavailable

DATABASE = Path("/data/replay.db")


def error(code: int) -> sqlite3.OperationalError:
    raised = sqlite3.OperationalError("it went wrong")
    raised.sqlite_errorcode = code
    raised.sqlite_errorname = "SQLITE_SOMETHING"
    return raised


@pytest.mark.parametrize(
    ("code", "final", "sentence"),
    [
        (sqlite3.SQLITE_FULL, False, "No room to write in /data"),
        (sqlite3.SQLITE_IOERR_WRITE, False, "No room to write in /data"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, False, "No room to write in /data"),
        (sqlite3.SQLITE_BUSY, False, "Another program holds /data/replay.db locked"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, False, "Another program holds /data/replay.db locked"),
        (sqlite3.SQLITE_LOCKED, False, "Another program holds /data/replay.db locked"),
        (sqlite3.SQLITE_IOERR_FSYNC, True, "The disk under /data/replay.db failed"),
        (sqlite3.SQLITE_IOERR_DIR_FSYNC, True, "The disk under /data/replay.db failed"),
        (sqlite3.SQLITE_IOERR_READ, True, "The disk under /data/replay.db failed"),
        (sqlite3.SQLITE_CORRUPT, True, "/data/replay.db is damaged"),
        (sqlite3.SQLITE_CORRUPT_INDEX, True, "/data/replay.db is damaged"),
        (sqlite3.SQLITE_NOTADB, True, "/data/replay.db is damaged or not a database"),
        (sqlite3.SQLITE_CANTOPEN, False, "/data/replay.db cannot be opened for writing"),
        (sqlite3.SQLITE_READONLY_DBMOVED, False, "/data/replay.db cannot be opened for writing"),
        (sqlite3.SQLITE_NOMEM, False, "/data/replay.db cannot be used"),
    ],
)
def test_each_error_has_its_sentence_and_consequence(code: int, final: bool, sentence: str) -> None:
    told = str(unavailable(error(code), DATABASE))
    assert told.startswith(sentence)
    assert "it went wrong" in told
    assert "SQLITE_SOMETHING" in told
    assert is_final(error(code)) is final


def test_an_error_that_python_raised_by_itself_is_told_too() -> None:
    told = str(unavailable(sqlite3.ProgrammingError("closed"), DATABASE))
    assert told == "/data/replay.db cannot be used (closed; ProgrammingError)."
    assert not is_final(sqlite3.ProgrammingError("closed"))
