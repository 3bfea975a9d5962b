"""Searching, whether a term counts as rare or as common, and that every way of it goes by an index."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from replay.ports import IdentifierKind, Operation
from storage.memory import MemoryStore
from storage.sqlite.commit import carry_out
from storage.sqlite.schema import migrate
from storage.sqlite.search import Search
from storage.terms import terms
from tests.contract.given import NOW_MS, batch, identifier, opened

WORDS = ["lamp", "laptop", "large", "hp", "hub", "h", "ä", "laß"]
QUESTIONS: list[tuple[IdentifierKind, str]] = [
    *[
        ("product", value)
        for value in ("l", "la", "lap", "laptop", "h", "hp la", "la h", "large hub h", "ä", "x")
    ],
    ("sku", "l"),
    ("sku", "laptop hp"),
    ("name", "la"),
]


def history(seed: int) -> list[Operation]:
    """Some 60 sessions with random products and skus, seen within a few hours, some of them for long."""
    draw = random.Random(seed)
    operations: list[Operation] = []
    for place in range(60):
        name = f"s{place}"
        operations += opened(session=name, started_ms=NOW_MS)
        for number in range(1, draw.randint(2, 4)):
            value = " ".join(draw.choices(WORDS, k=draw.randint(1, 4)))
            carried = [identifier("product", value, at_ms=NOW_MS + number)]
            if draw.random() < 0.3:
                carried.append(identifier("sku", value, verified=draw.random() < 0.5))
            received_ms = NOW_MS + draw.randint(0, 200) * 60_000
            operations.append(batch(number, *carried, session=name, received_ms=received_ms))
    return operations


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db)
        yield db


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("gathered_count", [1, 20, 4_000])
async def test_what_counts_as_common_makes_no_difference(
    db: sqlite3.Connection, seed: int, gathered_count: int
) -> None:
    reference = MemoryStore()
    for operation in history(seed):
        await reference.commit([operation])
        carry_out(db, [operation])
    for kind, value in QUESTIONS:
        for prefix in (False, True):
            for limit in (1, 5, 100):
                search = Search(
                    db=db,
                    kind=kind,
                    wanted=terms(kind, value),
                    prefix=prefix,
                    gathered_count=gathered_count,
                )
                assert search.newest(limit) == await reference.find(kind, value, prefix=prefix, limit=limit)


@pytest.mark.parametrize("prefix", [False, True])
@pytest.mark.parametrize("gathered_count", [1, 4_000])
@pytest.mark.parametrize("wanted", [("laptop",), ("laptop", "hp", "large")])
def test_no_way_of_searching_reads_a_whole_table(
    db: sqlite3.Connection, wanted: tuple[str, ...], gathered_count: int, prefix: bool
) -> None:
    carry_out(db, history(0))
    search = Search(db=db, kind="product", wanted=wanted, prefix=prefix, gathered_count=gathered_count)
    executed: list[str] = []
    db.set_trace_callback(executed.append)
    assert search.newest(5)
    db.set_trace_callback(None)
    plan = [row[3] for sql in executed for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    # What may be gone through is what was just counted, and the single row that is looked at more closely.
    assert {step for step in plan if step.startswith("SCAN")} <= {
        "SCAN (subquery-1)",
        "SCAN CONSTANT ROW",
        "SCAN lead",
    }
    assert "SCAN lead" not in plan or "SCAN CONSTANT ROW" in plan
    rare_beginning = prefix and gathered_count == 4_000
    assert ("USE TEMP B-TREE FOR ORDER BY" in plan) == rare_beginning, plan


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM session WHERE seen_ms < 5 ORDER BY seen_ms DESC, id DESC LIMIT 3",
        "SELECT number FROM batch WHERE load = 1 AND track = 0 AND number > 3 ORDER BY number",
        "SELECT key FROM session WHERE code = 'x'",
        "SELECT key FROM view WHERE session = 'x' ORDER BY at_ms, key",
    ],
)
def test_other_questions_go_by_an_index_too(db: sqlite3.Connection, sql: str) -> None:
    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert not [step for step in plan if step.startswith("SCAN") or "TEMP" in step], plan
