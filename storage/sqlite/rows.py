"""Many rows in few statements.

Each step of a statement gives up Python's lock and has to win it back from a busy event loop, which can take
milliseconds: what counts in a commit is the number of steps, not of rows. ``VALUES`` lists of a power of two
keep both the steps and the prepared statements few, and bind every value as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    Value = str | bytes | int | float | None
    Row = Sequence[Value]

__all__ = ["execute_rows"]

_MOST_ROWS_COUNT = 64


def execute_rows(db: sqlite3.Connection, sql: str, rows: Sequence[Row]) -> list[Any]:
    """Execute ``sql`` with ``{values}`` standing for the rows, as often as it takes; answer all rows."""
    answer: list[Any] = []
    start = 0
    while start < len(rows):
        size = min(_MOST_ROWS_COUNT, 1 << ((len(rows) - start).bit_length() - 1))
        part = rows[start : start + size]
        holes = "(" + ", ".join("?" * len(part[0])) + ")"
        filled = sql.format(values=", ".join([holes] * size))
        answer += db.execute(filled, [value for row in part for value in row]).fetchall()
        start += size
    return answer
