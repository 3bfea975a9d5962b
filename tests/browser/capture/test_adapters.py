"""What the shop itself says, in a real browser: hooks that the page does not notice, themes, and the end."""

from __future__ import annotations

import json

from playwright.async_api import Route

from tests.browser.capture.conftest import HERE, ORIGIN, Captured, OpenPage

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
DAWN = (HERE / "dawn.html").read_text()
WOOCOMMERCE = (HERE / "woocommerce.html").read_text()


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


async def test_woocommerce_templates_are_read_with_nothing_but_the_snippet(open_page: OpenPage) -> None:
    classes = "woocommerce-cart woocommerce-page woocommerce-no-js"
    captured = await open_page(f'<body class="{classes}">{WOOCOMMERCE}</body>')
    [cart] = await captured.wait_facts("cart", 1)
    assert (cart["surface"], cart["source"]) == ("page", "displayed")
    [line] = cart["lines"]
    read = {name: line[name]["raw"] for name in ("name", "quantity", "unit", "was", "total")}
    assert read == {
        "name": "HP 15",
        "quantity": "2",
        "unit": "$379.00",
        "was": "$499.00",
        "total": "$758.00",
    }
    assert line["sku"] == "HP-15"
    assert [(total["key"], total["amount"]["raw"]) for total in cart["totals"]] == [
        ("subtotal", "$758.00"),
        ("coupon: spring", "$75.80"),
        ("total", "$682.20"),
    ]
    assert [promo["text"]["raw"] for promo in cart["promos"]] == ["Coupon: spring"]
    assert [text["raw"] for text in cart["messages"]] == ['Coupon "old" has expired.']
    await captured.page.fill("#coupon_code", "SPRNG")
    await captured.page.click("[name=apply_coupon]")
    [entered] = await captured.wait_facts("promo", 1)
    assert (entered["state"], entered["code"]) == ("entered", "SPRNG")
    assert "Ana" not in await captured.everything()


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
