"""Adapters as a shop's page gets them: after consent, only those of its platform, under a strict policy."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page

from tests.browser.transport.conftest import SITE, Shop

LAYER = """window.dataLayer = [{event: 'view_cart', ecommerce: {
    currency: 'USD', items: [{item_id: 'HP-15', price: 499}]}}]"""


def adapters_asked(shop: Shop) -> list[str]:
    """Those that were asked for, by the name of their file."""
    found = (re.search(r"/sdk/[0-9a-f]{16}/(\w+)\.js$", path) for path in shop.asked)
    return [file[1] for file in found if file and file[1] != "replay"]


async def test_only_what_a_page_is_made_of_is_loaded_and_only_after_consent(shop: Shop, page: Page) -> None:
    head = f"<script>{LAYER}</script>"
    await page.goto(shop.page("/", head=head, consent=""))
    await page.wait_for_function("() => !replay.q")
    assert adapters_asked(shop) == []
    await page.evaluate("replay('consent', 'granted')")
    [(_, _, cart)] = await shop.until_fact("cart")
    assert (cart["surface"], cart["source"], cart["lines"][0]["sku"]) == ("data_layer", "declared", "HP-15")
    assert adapters_asked(shop) == ["data_layer"]
    # What comes into the page later is found too, and what was read is read once, also by the next session.
    await page.evaluate(
        """() => {
            const data = document.createElement('script');
            data.type = 'application/ld+json';
            data.text = '{"@type": "Product", "sku": "HP-15", "offers": {"price": "379.00"}}';
            document.head.append(data);
        }"""
    )
    [(_, _, price)] = await shop.until_fact("price")
    assert price["amount"] == {"raw": "379.00"}
    await page.evaluate("replay('signout'); replay('mark', 'after')")
    await shop.until_fact("mark")
    assert len(await shop.facts("cart")) == 1
    assert adapters_asked(shop) == ["data_layer", "product_data"]


@pytest.mark.parametrize("source", ["'nonce-n'", "{collector}", "'nonce-n' 'strict-dynamic'"])
async def test_a_strict_policy_allows_them_as_it_allows_the_sdk(shop: Shop, page: Page, source: str) -> None:
    socket = shop.collector_url.replace("http", "ws", 1)
    allowed = source.format(collector=f"'nonce-n' {shop.collector_url}")
    shop.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {allowed}; connect-src {shop.collector_url} {socket}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    queue = "window.replay = function () { (replay.q = replay.q || []).push([].slice.call(arguments)) };"
    script = f'<script async nonce="n" src="{shop.collector_url}/sdk/replay.js" data-site="{SITE}"></script>'
    said = f'<script nonce="n">{queue}{LAYER};replay("consent", "granted")</script>'
    shop.pages["/"] = f"<!doctype html>{said}{script}<body>"
    await page.goto(shop.url)
    assert len(await shop.until_fact("cart")) == 1


async def test_an_adapter_that_cannot_be_had_costs_the_page_nothing(shop: Shop, page: Page) -> None:
    await page.route(re.compile(r"/sdk/\w+/data_layer\.js"), lambda route: route.abort())
    await page.goto(shop.page("/", head=f"<script>{LAYER}</script>"))
    await shop.until_loads(1)
    await page.evaluate("replay('mark', 'x')")
    await shop.until_fact("mark")
    assert await shop.facts("cart") == []
