"""How a commit is carried out: with as many statements for a hundred batches as for one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from replay.ports import Operation
from storage.sqlite.commit import carry_out
from storage.sqlite.schema import migrate
from tests.contract.given import NOW_MS, batch, identifier, opened


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db)
        yield db


def statements(db: sqlite3.Connection, operations: list[Operation]) -> int:
    executed: list[str] = []
    db.set_trace_callback(executed.append)
    carry_out(db, operations)
    db.set_trace_callback(None)
    return len(executed)


def test_the_ordinary_batch_costs_no_statement_of_its_own(db: sqlite3.Connection) -> None:
    names = [f"s{place}" for place in range(64)]
    carry_out(db, [operation for name in names for operation in opened(session=name)])
    carry_out(db, [batch(1, identifier("sku", "x"), session="s1")])
    one = statements(db, [batch(1, identifier("sku", "x"), session="s0")])
    many = statements(db, [batch(2, identifier("sku", "x"), session=name) for name in names])
    assert many == one
    carry_out(db, [batch(1, session=name) for name in names[2:]])
    assert statements(db, [batch(3, session=name) for name in names]) < one


def test_a_visit_is_ranked_anew_only_when_it_went_on_for_long(db: sqlite3.Connection) -> None:
    carry_out(db, [*opened(), batch(1, identifier("product", "hp laptop"))])

    def ranks() -> set[int]:
        return {
            row[0] for row in db.execute("SELECT ranked_ms FROM carrier UNION SELECT ranked_ms FROM session")
        }

    assert ranks() == {NOW_MS}
    carry_out(db, [batch(2, received_ms=NOW_MS + 600_000)])
    assert ranks() == {NOW_MS}
    carry_out(db, [batch(3, identifier("sku", "new"), received_ms=NOW_MS + 600_001)])
    assert ranks() == {NOW_MS + 600_001}
    assert db.execute("SELECT count(*) FROM carrier").fetchone() == (3,)
