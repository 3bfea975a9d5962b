"""Problems in the file: what was found before is counted, and every question is answered by an index."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from replay.model.problem import Family
from storage.sqlite import open_store, problems
from tests.contract.test_findings import FOUND
from tests.contract.test_problems import visit
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


async def test_a_family_of_many_hits_is_read_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(problems, "HITS_AT_ONCE_COUNT", 2)
    store = await open_store(tmp_path / "replay.db")
    try:
        expected = []
        for session in ("one", "two", "three"):
            subjects = ["a", "b", "c"] if session != "two" else ["b"]
            await visit(store, session, *(replace(FOUND, subject=subject) for subject in subjects))
            expected += [(session, subject) for subject in subjects]
        hits = await store.hits(Family("shop", FOUND.rule, FOUND.signature))
        assert [(hit.session, hit.subject) for hit in hits] == expected
    finally:
        await store.close()
