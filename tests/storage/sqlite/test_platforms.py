"""The secrets of platforms in a file that was there before them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from storage.sqlite import open_store
from tests.storage.sqlite.old_files import file_before


async def test_a_site_from_before_has_none_and_takes_them(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    with file_before(path, "shopify_secret") as db:
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
