"""What the shop itself says, in a real browser: hooks that the page does not notice, themes, and the end."""

from __future__ import annotations

import json

from playwright.async_api import Route

from tests.browser.capture.conftest import ORIGIN, Captured, OpenPage

CART = {
    "currency": "USD",
    "token": "secret",
    "item_count": 1,
    "items": [
        {"key": "1:a", "title": "HP 15", "quantity": 1, "final_price": 49900, "final_line_price": 49900}
    ],
    "items_subtotal_price": 49900,
    "total_price": 49900,
}
SHOPIFY = "<script>window.Shopify = {currency: {active: 'USD'}}</script>"
# As Dawn has it: the title for screen readers is clipped away, and of two prices a style shows one.
DAWN = """<style>.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip: rect(0 0 0 0) } .price__sale { display: none } .price--on-sale .price__sale { display: block }
    .price--on-sale .price__regular { display: none } .drawer { position: fixed; right: 0; top: 0 }
    </style>
    <a id="cart-icon-bubble"><div class="cart-count-bubble"><span aria-hidden="true">1</span>
      <span class="visually-hidden">1 item</span></div></a>
    <div class="product__info-container"><div class="product__title"><h1>HP 15</h1></div>
      <div class="price price--on-sale"><div class="price__container">
        <div class="price__regular"><span class="price-item price-item--regular">$499.00</span></div>
        <div class="price__sale"><span class="visually-hidden">Regular price</span>
          <s class="price-item price-item--regular">$499.00</s>
          <span class="price-item price-item--sale price-item--last">$379.00</span></div></div></div></div>
    <p id="private">Ana's note</p>
    <cart-drawer class="drawer"><form id="CartDrawer-Form"><table class="cart-items"><tr class="cart-item">
      <td class="cart-item__details"><a class="cart-item__name">HP 15</a>
        <div class="product-option">$499.00</div></td>
      <td class="cart-item__totals"><span class="price price--end">$499.00</span></td>
      <td><input class="quantity__input" type="number" value="1"></td></tr></table></form>
      <div class="totals"><h2 class="totals__total">Estimated total</h2>
        <p class="totals__total-value">$499.00 USD</p></div></cart-drawer>"""


async def answer_carts(captured: Captured, cart: object = CART, status: int = 200) -> None:
    async def answer(route: Route) -> None:
        await route.fulfill(status=status, body=json.dumps(cart), content_type="application/json")

    await captured.page.route(f"{ORIGIN}/cart**", answer)


async def test_a_theme_is_read_with_nothing_but_the_snippet(open_page: OpenPage) -> None:
    captured = await open_page(f"<body>{DAWN}</body>", head=SHOPIFY)
    drawer, mini = sorted(await captured.wait_facts("cart", 2), key=lambda cart: str(cart["surface"]))
    assert (drawer["surface"], mini["surface"], mini["count"]["raw"]) == ("drawer", "mini", "1")
    [line] = drawer["lines"]
    read = {name: line[name]["raw"] for name in ("name", "quantity", "unit", "total")}
    assert read == {"name": "HP 15", "quantity": "1", "unit": "$499.00", "total": "$499.00"}
    [total] = drawer["totals"]
    assert (total["key"], total["amount"]["raw"]) == ("estimated total", "$499.00 USD")
    prices = await captured.wait_facts("price", 2)
    assert {(price["role"], price["amount"]["raw"]) for price in prices} == {
        ("current", "$379.00"),
        ("was", "$499.00"),
    }
    assert all(price["name"]["raw"] == "HP 15" for price in prices)
    # One page, told once; and what the theme's places do not cover stays masked.
    assert len(await captured.facts("page")) == 1
    everything = await captured.everything()
    assert "$379.00" in str(await captured.pictures())
    assert "Ana" not in everything


async def test_a_preset_stands_back_where_the_page_or_the_site_says_it_itself(open_page: OpenPage) -> None:
    marked = '<div data-replay-cart="drawer"><b data-replay-total="total">$1.00</b></div>'
    captured = await open_page(f"<body>{DAWN}{marked}</body>", head=SHOPIFY)
    await captured.settle()
    assert [cart["totals"][0]["amount"]["raw"] for cart in await captured.wait_facts("cart", 1)] == ["$1.00"]
    await captured.page.evaluate("captured.stop()")
    site = {"carts": [{"surface": "page", "root": "cart-drawer", "count": "h2"}]}
    captured = await open_page(f"<body>{DAWN}</body>", head=SHOPIFY, settings=site)
    await captured.settle()
    assert [cart["surface"] for cart in await captured.wait_facts("cart", 1)] == ["page"]


async def test_answers_are_read_beside_the_page_however_it_asks(open_page: OpenPage) -> None:
    captured = await open_page("<body></body>", head=SHOPIFY)
    await answer_carts(captured)
    got = await captured.page.evaluate(
        """async () => {
            const got = [await (await fetch('/cart.js')).json()];
            for (const type of ['', 'json']) {
                const request = new XMLHttpRequest(); request.open('POST', '/cart/change.js');
                request.responseType = type;
                await new Promise((done) => { request.onload = done; request.send('quantity=1'); });
                got.push(type ? request.response : JSON.parse(request.response));
            }
            return got; }"""
    )
    assert got == [CART, CART, CART]
    [cart] = [each for each in await captured.wait_facts("cart", 1) if each["source"] == "network"]
    assert cart["totals"][-1] == {"key": "total", "amount": {"minor": 49900, "currency": "USD"}}
    assert "secret" not in await captured.everything()
    await captured.page.unroute(f"{ORIGIN}/cart**")
    await answer_carts(captured, {"status": 422, "description": "All 3 HP 15 are in your cart."}, 422)
    assert (
        await captured.page.evaluate("fetch('/cart/add.js', {method: 'POST'}).then((a) => a.status)") == 422
    )
    refused = (await captured.wait_facts("cart", 2))[-1]
    assert [text["raw"] for text in refused["messages"]] == ["All 3 HP 15 are in your cart."]
    assert "lines" not in refused


async def test_nothing_is_left_on_the_page_after_the_end(open_page: OpenPage) -> None:
    head = (
        SHOPIFY
        + "<script>window.dataLayer = [{event: 'view_cart', ecommerce: {value: 1, items: 'none'}}]</script>"
    )
    captured = await open_page("<body></body>", head=head, start=False)
    page = captured.page
    await page.evaluate("window.real = [fetch, XMLHttpRequest.prototype.open, Array.prototype.push]")
    await page.evaluate("captured.start()")
    await captured.wait_facts("cart", 1)
    assert await page.evaluate("dataLayer.push !== real[2] && fetch !== real[0]")
    await page.evaluate("captured.settings({ url_keys: ['ref'] })")
    await page.evaluate("captured.stop()")
    assert await page.evaluate(
        "real[0] === fetch && real[1] === XMLHttpRequest.prototype.open && !Object.hasOwn(dataLayer, 'push')"
    )
    await page.evaluate("dataLayer.push({event: 'view_cart', ecommerce: {value: 2}})")
    assert len(await captured.facts("cart")) == 1


async def test_an_answer_that_cannot_be_read_is_the_pages_alone(open_page: OpenPage) -> None:
    captured = await open_page("<body></body>", head=SHOPIFY)
    await answer_carts(captured)
    # A page that breaks the ground under us: ``page`` fails on any uncaught error.
    got = await captured.page.evaluate(
        """async () => {
            Response.prototype.clone = () => { throw new Error('no clones here'); };
            const frozen = Object.freeze(await fetch('/cart.js'));
            const aborted = new AbortController();
            const asked = fetch('/cart.js', { signal: aborted.signal }).catch((error) => error.name);
            aborted.abort();
            return [await frozen.json(), await asked]; }"""
    )
    assert got == [CART, "AbortError"]
    await captured.settle()
    assert await captured.facts("cart") == []
