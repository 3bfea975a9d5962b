"""The promo registry in a file that was there before it."""

from __future__ import annotations

from pathlib import Path

from storage.sqlite import open_store
from tests.contract.test_promos import PROMO
from tests.storage.sqlite.old_files import file_before


async def test_a_file_from_before_takes_promos_and_keeps_its_sites(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    with file_before(path, "TABLE promo ") as db:
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
