"""The index in the file: what a session that goes leaves behind, and what an older file brings along."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from replay.model.identity import Reading
from replay.ports import Identifier, Match
from storage.sqlite import reads
from storage.sqlite.commit import carry_out
from storage.sqlite.index import forget
from storage.sqlite.schema import migrate, migrations
from storage.sqlite.search import find
from tests.contract.given import NOW_MS, batch, code_of, identifier, opened

TABLES = ("value", "word", "carried", "carrier")


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        yield db


def sizes(db: sqlite3.Connection) -> list[int]:
    return [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]


def test_of_a_session_that_is_forgotten_nothing_is_left(db: sqlite3.Connection) -> None:
    """Also where it was ranked anew; and what somebody else carries too stays theirs."""
    migrate(db)
    carry_out(db, [*opened(session="a"), batch(1, identifier("name", "ana diaz"), session="a")])
    before = sizes(db)
    ours = [identifier("name", "ana lopez"), identifier("name", "ana diaz"), identifier("email", "a@b.c")]
    carry_out(db, [*opened(session="b"), batch(1, *ours, session="b")])
    carry_out(db, [batch(2, session="b", received_ms=NOW_MS + 3_600_000)])
    forget(db, 2)
    assert sizes(db) == before
    assert not list(db.execute("SELECT 1 FROM value WHERE value LIKE '%lopez%' OR value = 'a@b.c'"))
    assert [match.session.id for match in find(db, [Reading("name", "ana", True)], False, 9)] == ["a"]


def test_an_older_file_is_found_in_as_before(db: sqlite3.Connection) -> None:
    db.executescript(migrations()[0])
    db.execute("PRAGMA user_version = 1")
    for key, name in enumerate(("a", "b"), start=1):
        db.execute(
            "INSERT INTO session (key, id, site, code, token_hash, started_ms, seen_ms, ranked_ms, consent)"
            " VALUES (?, ?, 'shop', ?, x'', ?, ?, ?, 'granted')",
            (key, name, code_of(name), NOW_MS, NOW_MS + key, NOW_MS),
        )
        db.executemany(
            "INSERT INTO identifier (session, kind, value, shown, at_ms, verified) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (key, "product", 'hp "15" laptop', f"HP {name}", NOW_MS + key, 0),
                (key, "email", f"{name}@example.com", f"{name}@Example.com", NOW_MS, 1),
            ],
        )
    migrate(db)
    found = find(db, [Reading("product", 'lap "15', True)], False, 9)
    assert found == [
        Match(
            session=session,
            identifier=Identifier(
                kind="product", value='hp "15" laptop', shown=f"HP {name}", at_ms=NOW_MS + key, verified=False
            ),
        )
        for key, name in ((2, "b"), (1, "a"))
        if (session := reads.session(db, name))
    ]
    assert [match.identifier.shown for match in find(db, [Reading("email", "a@", True)], False, 9)] == [
        "a@Example.com"
    ]
