"""Shopify's checkout tells of itself from a frame without an origin, in the session of the storefront.

The manager of pixels is ours, written after the documentation of the Web Pixels API; the frame is a real one.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.async_api import Page

from tests.browser.transport.conftest import SITE, Shop

HERE = Path(__file__).parent
README = (HERE.parents[2] / "README.md").read_text("utf-8")
CHECKOUT = {
    "currencyCode": "USD",
    "email": "ana@shop.example",
    "lineItems": [
        {
            "title": "Laptop",
            "quantity": 1,
            "variant": {"sku": "HP-15", "price": {"amount": 499, "currencyCode": "USD"}},
            "finalLinePrice": {"amount": 499, "currencyCode": "USD"},
        }
    ],
    "totalPrice": {"amount": 508.9, "currencyCode": "USD"},
    "order": {"id": "gid://shopify/OrderIdentity/8209829119461545"},
}


def pasted(shop: Shop) -> str:
    """What the README has a shop's developer paste."""
    blocks: list[str] = re.findall(r"```js\n(.*?)```", README, re.DOTALL)
    [code] = [block for block in blocks if "shopify_pixel" in block]
    return code.replace("https://see.shop.example", shop.collector_url).replace('"KEY"', f'"{SITE}"')


async def publish(shop: Shop, page: Page, name: str) -> None:
    event = {
        "name": name,
        "timestamp": "2026-11-22T10:04:12.000Z",
        "context": {"document": {"location": {"origin": shop.url}}},
        "data": {"checkout": CHECKOUT},
    }
    await page.evaluate(f"publish({json.dumps(event)})")


async def test_a_checkout_is_told_in_the_session_of_its_shop(shop: Shop, page: Page) -> None:
    double = (HERE / "web_pixels.html").read_text("utf-8")
    shop.pages["/checkouts/cn/c0ffee"] = double.replace("{{PIXEL}}", pasted(shop))
    await page.goto(shop.page("/"))
    [load] = await shop.until_loads(1)
    await page.goto(shop.url + "/checkouts/cn/c0ffee")
    await page.wait_for_function("document.title === 'Checkout is there'")
    # Before the pixel's script has come, as Shopify does.
    await publish(shop, page, "checkout_started")
    [cart] = await shop.until_fact("cart")
    await publish(shop, page, "product_viewed")
    await publish(shop, page, "checkout_completed")
    [(_, _, order)] = await shop.until_fact("order")
    assert (cart[2]["surface"], cart[2]["source"]) == ("summary", "network")
    assert cart[2]["lines"][0]["total"] == {"minor": 49_900, "currency": "USD"}
    assert (order["id"], order["total"]) == ("8209829119461545", {"minor": 50_890, "currency": "USD"})
    [session] = await shop.sessions()
    first, second = await shop.loads(session)
    assert (first.id, second.tab, session.id) == (load.id, load.tab, load.session)
    assert [fact[2]["url"] for fact in await shop.facts("page")] == [f"{shop.url}/", f"{shop.url}/checkouts"]
    kept = json.dumps(await shop.facts())
    assert "ana@" not in kept
    assert "c0ffee" not in kept
    await page.evaluate("consent(false)")
    await publish(shop, page, "checkout_started")
    await page.evaluate("consent(true)")
    await publish(shop, page, "payment_info_submitted")
    steps = [fact[2]["data"]["step"] for fact in await shop.until_fact("mark", 3)]
    assert steps == ["checkout_started", "checkout_completed", "payment_info_submitted"]
