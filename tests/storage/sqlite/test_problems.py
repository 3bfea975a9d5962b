"""Problems in the file: what was found before is counted, and every question is answered by an index."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from replay.model.problem import Family
from replay.model.problem_order import place_of
from storage.sqlite import open_store, problem_lists
from storage.sqlite.problems import HITS_AT_ONCE_COUNT
from tests.contract.given import NOW_MS
from tests.contract.test_findings import FOUND
from tests.contract.test_problems import FAMILY, PROBLEM, visit
from tests.storage.sqlite.old_files import file_before


async def test_what_was_found_before_is_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    with file_before(path, "TABLE problem ") as db:
        db.execute(
            "INSERT INTO session (id, site, code, token_hash, started_ms, seen_ms, ranked_ms, consent)"
            " VALUES ('old', 'shop', 'AAAAAA', x'00', 1, 1, 1, 'granted')"
        )
        for subject, outcome in (("a", "fail"), ("b", "fail"), ("c", "pass")):
            db.execute(
                "INSERT INTO finding (session, rule, subject, signature, version, outcome, severity, said,"
                " shown, decided_ms) VALUES (1, 'rule', ?, 'dearer', 1, ?, 'high', '…', '[]', 1.5)",
                (subject, outcome),
            )
    store = await open_store(path)
    try:
        family = Family("shop", "rule", "dearer")
        assert await store.changed_families(9) == {family: 2}
        first, second = sorted(await store.hits(family), key=lambda hit: hit.subject)
        assert (first.session, first.subject, second) == ("old", "a", replace(first, subject="b"))
    finally:
        await store.close()


async def test_a_family_of_many_hits_is_read_in_parts(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "replay.db")
    try:
        expected = []
        for session, count in (("one", HITS_AT_ONCE_COUNT - 1), ("two", 1), ("three", 2)):
            subjects = [f"{at:05}" for at in range(count)]
            await visit(store, session, *(replace(FOUND, subject=subject) for subject in subjects))
            expected += [(session, subject) for subject in subjects]
        hits = await store.hits(Family("shop", FOUND.rule, FOUND.signature))
        assert [(hit.session, hit.subject) for hit in hits] == expected
    finally:
        await store.close()


async def test_pages_of_problems_are_read_from_an_index(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    await (await open_store(path)).close()
    read: list[str] = []
    with closing(sqlite3.connect(path)) as db:
        db.set_trace_callback(read.append)
        for over in (False, True):
            after = None if over else place_of(PROBLEM, NOW_MS)
            problem_lists.in_order(db, over=over, now_ms=NOW_MS, limit=9, after=after)
        problem_lists.counts(db)
        problem_lists.ongoing_families(db, 9, FAMILY)
        problem_lists.carts_left(db, PROBLEM)
        db.set_trace_callback(None)
        plans = [[row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {one}")] for one in read]
    assert [plan[0].partition(" (")[0] for plan in plans] == [
        *["SEARCH problem USING INDEX problem_ongoing"] * 2,
        "SEARCH problem USING INDEX problem_over",
        "SCAN problem USING INDEX problem_ongoing",
        "SCAN problem USING INDEX problem_over",
        "SEARCH problem USING INDEX problem_ongoing_family",
        *["SEARCH finding USING INDEX finding_by_problem"] * 2,
    ]
    assert not [row for plan in plans[:6] for row in plan if "B-TREE" in row]


async def test_problems_from_before_are_in_order(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    with file_before(path, "INDEX problem_ongoing ") as db:
        row = "'shop', 'rule', 'dearer', NULL, 1, ?, 3, 3, 0, 1, 2, 0, '[]', NULL, NULL, 3, NULL"
        for number, severity in enumerate(("low", "high")):
            db.execute(f"INSERT INTO problem VALUES ('{number:016}', {row})", (severity,))
    store = await open_store(path)
    try:
        found = await store.problems(over=False, now_ms=NOW_MS, limit=9)
        assert [one.severity for one in found] == ["high", "low"]
    finally:
        await store.close()
