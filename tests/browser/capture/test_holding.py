"""When the picture begins: not before the adapters have come that the page asks for, but in any case soon;
nothing else waits for it."""

from __future__ import annotations

import pytest

from tests.browser.capture.conftest import HERE, Captured, Fields, OpenPage

DAWN = (HERE / "dawn.html").read_text()
SHOPIFY = "<script>window.Shopify = {currency: {active: 'USD'}}</script>"
MARKED = '<div data-replay-cart="drawer"><b data-replay-total="total">$1.00</b></div>'
FULL_SNAPSHOT = 2

LATE = """() => {
    const { load } = captured;
    const coming = new Promise((come) => { window.come = come; });
    captured.load = async (name) => { await coming; return load(name); }; }"""
"""Adapters come when the page says ``come()``."""
HELD = """async (settings) => {
    captured.start(settings);
    for (let turn = 0; turn < 100; turn++) await null;
    captured.flush();
    return { pictures: captured.pictures.length, facts: captured.facts.map(({ kind }) => kind) }; }"""
"""Nothing can come between in this one task; it answers what would be handed over if the page were left."""


async def snapshots(captured: Captured) -> list[Fields]:
    return [event for event in await captured.pictures() if event["type"] == FULL_SNAPSHOT]


async def test_the_picture_begins_with_the_adapter_that_the_page_asks_for(open_page: OpenPage) -> None:
    captured = await open_page(f"<body>{DAWN}</body>", head=SHOPIFY, start=False)
    await captured.page.evaluate(LATE)
    # By the site's own rule the engraving is the shop's words; only the theme's preset knows better.
    site = {"zones": [{"selector": "body", "zone": "catalogue"}]}
    held = await captured.page.evaluate(f"settings => ({HELD})(settings).finally(come)", site)
    assert held == {"pictures": 0, "facts": ["page"]}
    await captured.wait_facts("cart", 2)
    await captured.settle()
    assert len(await snapshots(captured)) == 1
    assert len(await captured.facts("page")) == 1
    assert "$379.00" in str(await snapshots(captured))
    assert "For Ana" not in await captured.everything()


async def test_an_adapter_that_does_not_come_holds_no_facts_and_the_picture_not_for_long(
    open_page: OpenPage,
) -> None:
    captured = await open_page(f"<body>{DAWN}</body>", head=SHOPIFY, start=False)
    await captured.page.evaluate(LATE)
    await captured.page.evaluate(f"document.body.insertAdjacentHTML('beforeend', '{MARKED}')")
    held = await captured.page.evaluate(HELD, {})
    assert held["pictures"] == 0
    assert set(held["facts"]) == {"page", "cart"}
    await captured.page.wait_for_function("captured.pictures.length > 1")
    assert "$379.00" not in str(await snapshots(captured))
    # It comes after all: what it knows of the page is shown from then on.
    await captured.page.evaluate("come()")
    await captured.page.wait_for_function("captured.pictures.join('').includes('$379.00')")
    assert len(await snapshots(captured)) == 2


@pytest.mark.parametrize("ends", ["captured.stop()", "captured.settings({ payment_paths: ['*'] })"])
async def test_what_is_held_is_not_taken_where_it_may_not_be_any_more(open_page: OpenPage, ends: str) -> None:
    captured = await open_page(f"<body>{DAWN}</body>", head=SHOPIFY, start=False)
    await captured.page.evaluate(LATE)
    await captured.page.evaluate(f"{{ captured.start(); {ends}; come(); }}")
    await captured.settle()
    # Longer than anything is held: timers of one time run in the order in which they were set.
    await captured.page.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert await captured.pictures() == []


async def test_the_parsed_page_is_looked_at_before_the_picture_begins(open_page: OpenPage) -> None:
    captured = await open_page(f"<body>{DAWN}</body>", start=False)
    await captured.page.evaluate(
        """() => {
            Object.defineProperty(document, 'readyState', { get: () => 'loading', configurable: true });
            captured.start();
            Reflect.deleteProperty(document, 'readyState');
            window.Shopify = {};
            document.dispatchEvent(new Event('DOMContentLoaded')); }"""
    )
    await captured.wait_facts("cart", 2)
    await captured.settle()
    assert len(await snapshots(captured)) == 1
