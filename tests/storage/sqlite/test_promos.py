"""The promo registry in a file that was there before it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.sqlite import open_store
from storage.sqlite.schema import APPLICATION_ID, migrations
from tests.contract.test_promos import PROMO


async def test_a_file_from_before_takes_promos_and_keeps_its_sites(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    before = next(number for number, script in enumerate(migrations()) if "TABLE promo " in script)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for script in migrations()[:before]:
            db.executescript(script)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {before}")
        db.execute("INSERT INTO site VALUES ('shop', 'Shop', '[]', 'signs', '{}', 1, '')")
    store = await open_store(path)
    try:
        assert [site.key for site in await store.sites()] == ["shop"]
        assert await store.promos("shop") == ()
        assert await store.put_promo("shop", PROMO, replaces=None)
    finally:
        await store.close()
    again = await open_store(path)
    assert await again.promos("shop") == (PROMO,)
    await again.close()
