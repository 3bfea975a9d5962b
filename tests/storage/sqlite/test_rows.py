"""Many rows in few statements."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from storage.sqlite.rows import execute_rows

INSERT = "INSERT INTO kept VALUES {values} RETURNING number"


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, bytes BLOB)")
        yield db


@pytest.mark.parametrize("count", [0, 1, 2, 3, 63, 64, 65, 127, 128, 200])
def test_every_row_is_executed_once_in_order(db: sqlite3.Connection, count: int) -> None:
    rows = [(number, bytes([number])) for number in range(count)]
    assert execute_rows(db, INSERT, rows) == [(number,) for number in range(count)]
    assert db.execute("SELECT * FROM kept ORDER BY number").fetchall() == rows


def test_any_count_needs_few_statements(db: sqlite3.Connection) -> None:
    statements: set[str] = set()
    for count in range(200):
        executed: list[str] = []
        db.set_trace_callback(executed.append)
        execute_rows(db, "SELECT * FROM (VALUES {values})", [(None,)] * count)
        db.set_trace_callback(None)
        statements.update(executed)
        assert len(executed) <= 9
    assert len(statements) == 7
