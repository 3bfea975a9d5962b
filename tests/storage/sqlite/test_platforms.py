"""The secrets of platforms in a file that was there before them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from storage.sqlite import open_store
from storage.sqlite.schema import APPLICATION_ID, migrations


async def test_a_site_from_before_has_none_and_takes_them(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    before = next(number for number, script in enumerate(migrations()) if "shopify_secret" in script)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for script in migrations()[:before]:
            db.executescript(script)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {before}")
        db.execute(
            "INSERT INTO site (key, name, origins, identify_secret, settings, created_ms, webhook_secret)"
            " VALUES ('shop', 'Shop', '[]', 'signs', '{}', 1, 'whsec_1')"
        )
    store = await open_store(path)
    try:
        (site,) = await store.sites()
        assert (site.webhook_secret, site.shopify_secret, site.woocommerce_secret) == ("whsec_1", "", "")
        given = replace(site, shopify_secret="s", woocommerce_secret="w")
        await store.put_site(given)
        assert await store.site("shop") == given
    finally:
        await store.close()
