"""Findings in the file: brought in by a step, read by an index, and written only where they differ."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from replay.ports import Judged
from storage.sqlite import open_store
from tests.contract.given import NOW_MS, batch, opened
from tests.contract.test_findings import FOUND
from tests.storage.sqlite.old_files import file_before


async def test_sessions_of_the_schema_before_can_be_judged(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    with file_before(path, "TABLE finding ") as db:
        db.execute(
            "INSERT INTO session (id, site, code, token_hash, started_ms, seen_ms, ranked_ms, consent)"
            " VALUES ('old', 'shop', 'AAAAAA', x'00', 1, 1, 1, 'granted')"
        )
        db.execute("INSERT INTO load (session, id, tab, opened_ms, ordinal) VALUES (1, 'load', 'tab', 1, 1)")
    store = await open_store(path)
    try:
        assert await store.due_sessions(NOW_MS, 9) == []
        assert (await store.session_facts({"old": {}}))["old"].changes_count == 0
        await store.commit([batch(1, session="old", judge_ms=NOW_MS)])
        assert await store.due_sessions(NOW_MS, 9) == ["old"]
        judged = Judged(session="old", changes_count=1, judge_ms=None, findings=(FOUND,))
        assert await store.put_findings([judged]) == [True]
        assert await store.findings("old") == [FOUND]
    finally:
        await store.close()


async def test_only_rows_that_differ_are_written(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    store = await open_store(path)
    try:
        await store.commit([*opened(), batch(1)])
        three = [replace(FOUND, subject=subject) for subject in "abc"]
        await store.put_findings(
            [Judged(session="visit", changes_count=1, judge_ms=None, findings=tuple(three))]
        )
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("CREATE TABLE written (subject TEXT)")
            for event, row in (("INSERT", "NEW"), ("DELETE", "OLD")):
                db.execute(
                    f"CREATE TRIGGER on_{event} AFTER {event} ON finding BEGIN"
                    f" INSERT INTO written VALUES ({row}.subject); END"
                )
        other = [three[0], replace(three[1], said="Otherwise."), replace(FOUND, subject="d")]
        await store.put_findings(
            [Judged(session="visit", changes_count=1, judge_ms=None, findings=tuple(other))]
        )
        assert await store.findings("visit") == other
        with closing(sqlite3.connect(path)) as db:
            written = sorted(subject for (subject,) in db.execute("SELECT subject FROM written"))
        assert written == ["b", "c", "d"]
    finally:
        await store.close()


async def test_who_is_due_is_read_from_an_index(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    await (await open_store(path)).close()
    with closing(sqlite3.connect(path)) as db:
        plan = db.execute(
            "EXPLAIN QUERY PLAN SELECT id FROM session WHERE judge_ms <= ? ORDER BY judge_ms, id LIMIT ?",
            (NOW_MS, 9),
        ).fetchall()
    assert [row[-1] for row in plan] == ["SEARCH session USING COVERING INDEX session_by_judge (judge_ms<?)"]
