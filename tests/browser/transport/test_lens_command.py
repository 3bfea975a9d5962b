"""``replay lens`` on a page with a strict policy and a snippet of its own: read, and not recorded."""

from __future__ import annotations

from replay.cli.lens import read_page
from tests.browser.transport.conftest import Shop

BODY = """<div class="card"><h2>Laptop</h2><b>$379.00</b></div><div style="height: 3000px"></div>
    <div class="card"><h2>Lamp</h2><b>$169.00</b></div>
    <aside data-replay-cart="mini"><i data-replay-count>1</i></aside><p>Ana, Elm Street 1</p>"""
LAYER = """<script>window.dataLayer = [{event: 'view_cart', ecommerce: {currency: 'USD', items: [
    {item_id: 'HP-15', price: 499}]}}]</script>"""
CARD = {"context": "listing", "root": ".card", "name": "h2", "current": "b"}


async def test_a_page_is_read_by_the_settings_that_are_tried(shop: Shop) -> None:
    shop.headers["Content-Security-Policy"] = "script-src 'unsafe-inline'; connect-src 'none'"
    read = await read_page(shop.page("/", BODY, head=LAYER), {"products": [CARD], "flush_ms": 100}, 5)
    assert [price["name"]["raw"] + price["amount"]["raw"] for price in read["prices"]] == [
        "Laptop$379.00",
        "Lamp$169.00",
    ]
    assert {cart["surface"]: cart["source"] for cart in read["carts"]} == {
        "mini": "displayed",
        "data_layer": "declared",
    }
    assert read["adapters"] == ["data_layer"]
    assert read["zones"] == {"unknown": 2, "catalogue": 4, "cart": 1}
    assert read["texts"] == {"readable": 5, "masked": 2}
    assert [path for path in shop.asked if "sdk" in path or "ingest" in path] == []
