"""Promo codes in a file from before they were put under hashes: afterwards none is in anything searched."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.sqlite import open_store
from tests.contract.given import NOW_MS
from tests.storage.sqlite.old_files import file_before

MESSAGES = (("the code anna 4711 ended", "The code anna-4711 ended"), ("sold out", "Sold out"))


def old_file(path: Path) -> None:
    """Two sessions that carry a code, as it was written then; the first with messages and a finding."""
    with file_before(path, "TABLE code_key") as db:
        values = [(9, "anna4711", "ANNA-4711"), *((10, *one) for one in MESSAGES)]
        for key, (kind, value, shown) in enumerate(values, start=1):
            db.execute("INSERT INTO value VALUES (?, ?, ?, ?)", (key, kind, value, shown))
            for word in value.split() if kind == 10 else ():
                db.execute("INSERT INTO word VALUES (?, ?, ?)", (kind, word, key))
        for session, keys in ((1, (1, 2, 3)), (2, (1, 3))):
            db.execute(
                "INSERT INTO session (key, id, site, code, token_hash, started_ms, seen_ms, ranked_ms,"
                " consent) VALUES (?1, 's' || ?1, 'shop', 'CODE' || ?1, x'00', 1, ?2, ?2, 'granted')",
                (session, NOW_MS),
            )
            for key in keys:
                db.execute(
                    "INSERT INTO carried VALUES (?, ?, ?, NULL, ?, 0)",
                    (session, values[key - 1][0], key, NOW_MS),
                )
                db.execute("INSERT INTO carrier VALUES (?, ?, ?)", (key, NOW_MS, session))
        db.execute(
            "INSERT INTO finding VALUES (1, 'promo_rejected', 'ANNA-4711', 's', 1, 'fail', 'low',"
            " 'Typed ANNA-4711', '[]', 1.0, NULL, NULL)"
        )


async def test_codes_are_put_under_hashes_once_and_found_as_before(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    old_file(path)
    for _ in range(2):  # the second time there is nothing to do
        store = await open_store(path)
        matches = await store.find("promo", "anna4711")
        assert {match.session.id for match in matches} == {"s1", "s2"}
        assert {match.identifier.shown for match in matches} == {"ANNA-4711"}
        assert await store.find("message", "anna", prefix=True) == []
        assert [match.session.id for match in await store.find("message", "code ended")] == ["s1"]
        assert len(await store.find("message", "sold out")) == 2
        # Whose finding quotes the code is judged again, which masks it.
        assert await store.due_sessions(NOW_MS, 9) == ["s1"]
        await store.close()
    with closing(sqlite3.connect(path)) as db:
        searched = [*db.execute("SELECT value FROM value"), *db.execute("SELECT word FROM word")]
        kinds = {kind for (kind,) in db.execute("SELECT kind FROM value UNION SELECT kind FROM carried")}
    assert not [value for (value,) in searched if "anna" in value or "4711" in value]
    assert kinds == {10, 12}


async def test_each_store_has_a_key_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    keys = []
    for name in ("a.db", "b.db", "a.db"):
        await (await open_store(tmp_path / name)).close()
        with closing(sqlite3.connect(tmp_path / name)) as db:
            keys += [key for (key,) in db.execute("SELECT key FROM code_key")]
    assert keys[0] == keys[2] != keys[1]
    assert len(keys[0]) == 32
