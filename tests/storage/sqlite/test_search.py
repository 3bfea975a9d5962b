"""Searching, whether a term counts as rare or as common, and that every way of it goes by an index."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import TypedDict

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
        for value in (
            "l",
            "la",
            "lap",
            "laptop",
            "laptpo",
            "larg hub",
            "h",
            "hp la",
            "la h",
            "large hub h",
            "ä",
            "x",
        )
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


class Way(TypedDict, total=False):
    merged_count: int
    compared_count: int
    recent_count: int
    heads_count: int


WAYS: list[Way] = [
    {},
    {"merged_count": 0},
    {"merged_count": 0, "recent_count": 10},
    {"heads_count": 1},
    {"merged_count": 2, "compared_count": 3, "recent_count": 0, "heads_count": 2},
]
"""Values are merged as they are ordinarily; the latest sessions are gone through and suffice, or do not."""


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("way", WAYS)
async def test_which_way_is_taken_makes_no_difference(db: sqlite3.Connection, seed: int, way: Way) -> None:
    reference = MemoryStore()
    for operation in history(seed):
        await reference.commit([operation])
        carry_out(db, [operation])
    for kind, value in QUESTIONS:
        for prefix, near in ((False, False), (True, False), (True, True)):
            for limit in (1, 5, 100):
                search = Search(
                    db=db,
                    kind=kind,
                    wanted=terms(kind, value),
                    prefix=prefix,
                    near=near and kind != "sku",
                    **way,
                )
                expected = await reference.find(kind, value, prefix=prefix, near=near, limit=limit)
                assert search.newest(limit) == expected, (kind, value, prefix, near, limit)


@pytest.mark.parametrize("prefix", [False, True])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("kind", "wanted"), [("product", ("laptop", "hp")), ("sku", ("laptop",))])
def test_no_way_of_searching_reads_a_whole_table(
    db: sqlite3.Connection, kind: IdentifierKind, wanted: tuple[str, ...], way: Way, prefix: bool
) -> None:
    carry_out(db, [*history(0), *opened(session="x"), batch(1, identifier("sku", "laptop"), session="x")])
    executed: list[str] = []
    db.set_trace_callback(executed.append)
    assert Search(db=db, kind=kind, wanted=wanted, prefix=prefix, near=kind == "product", **way).newest(1)
    db.set_trace_callback(None)
    plan = [row[3] for sql in executed for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    tables = {f"SCAN {table}" for table in ("session", "value", "word", "carried", "carrier")}
    scanned = [step for step in plan if " ".join(step.split()[:2]) in tables]
    # Only to count so many of the latest sessions.
    assert set(scanned) <= {"SCAN session USING COVERING INDEX session_by_seen"}, plan


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
