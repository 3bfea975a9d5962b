"""The plain facts: pages, views, clicks, errors, failed requests, the shop's own words; and payment paths."""

from __future__ import annotations

import pytest

from tests.browser.capture.conftest import OpenPage


async def test_a_page_states_its_circumstances(open_page: OpenPage) -> None:
    captured = await open_page(
        '<body data-replay-zone="catalogue"><p>Shop</p></body>',
        head="""<title>HP 15 laptop</title><meta name="replay-release" content="v42">
                <meta name="replay-experiment" content="price = b">""",
        path="/p/hp-15?utm_campaign=autumn&utm_source=mail&token=secret&coupon=SAVE20",
    )
    [page] = await captured.fields("page")
    assert page["url"] == "https://shop.example/p/hp-15?utm_campaign=autumn&utm_source=mail&coupon=SAVE20"
    assert (page["title"], page["how"]) == ("HP 15 laptop", "navigate")
    about = page["circumstances"]
    assert (about["width"], about["height"], about["pixel_ratio"], about["release"]) == (1280, 800, 1, "v42")
    assert about["experiments"] == {"price": "b"}
    assert about["campaign"] == {"utm_campaign": "autumn", "utm_source": "mail"}
    assert await captured.fields("promo") == [
        {"source": "displayed", "state": "offered", "code": "SAVE20", "campaign": "autumn"}
    ]


async def test_a_page_of_unknown_zone_does_not_tell_its_title(open_page: OpenPage) -> None:
    captured = await open_page("<body></body>", head="<title>Ana's orders</title>")
    [page] = await captured.fields("page")
    assert "title" not in page


@pytest.mark.parametrize(("status", "said"), [(200, None), (500, 500)])
async def test_a_page_says_that_it_is_an_error(open_page: OpenPage, status: int, said: int | None) -> None:
    captured = await open_page("<body></body>", status=status)
    [page] = await captured.fields("page")
    assert page.get("status") == said


async def test_a_view_is_a_change_of_address_however_it_is_made(open_page: OpenPage) -> None:
    captured = await open_page("<body><p>Shop</p></body>")
    page = captured.page
    await page.evaluate("history.pushState({}, '', '/cart?session=secret')")
    await page.evaluate("history.replaceState({}, '', '/cart?session=other')")
    await page.evaluate("location.hash = '#/checkout/step-2'")
    await page.evaluate("location.hash = '#anchor'")
    await captured.wait_facts("view", 3)
    assert [view["url"] for view in await captured.fields("view")] == [
        "https://shop.example/cart",
        "https://shop.example/cart#/checkout/step-2",
        "https://shop.example/cart",
    ]


async def test_a_view_waits_for_the_page_that_it_is_of_and_comes_before_what_is_on_it(
    open_page: OpenPage,
) -> None:
    captured = await open_page("<body><p>Loading</p></body>", head="<title>Ana's orders</title>")
    await captured.page.evaluate(
        """async () => {
            history.pushState({}, '', '/p/hp-15?coupon=SAVE20');
            await new Promise((done) => setTimeout(done));
            document.title = 'HP 15';
            document.body.dataset.replayZone = 'catalogue';
            document.body.innerHTML = `<div data-replay-product="HP-15" data-replay-context="product">
              <b data-replay-price="current">$379.00</b></div>`;
        }"""
    )
    await captured.wait_facts("price", 1)
    facts = await captured.page.evaluate(
        "captured.facts.slice(1).map(({ kind, fields }) => [kind, fields.title])"
    )
    assert facts == [["view", "HP 15"], ["promo", None], ["price", None]]
    await captured.page.evaluate("history.pushState({}, '', '/gone'); captured.flush()")
    assert [view["url"] for view in await captured.fields("view")][1:] == ["https://shop.example/gone"]


async def test_without_the_navigation_api_a_view_is_noticed_with_the_next_change(open_page: OpenPage) -> None:
    captured = await open_page("<body><p>Shop</p></body>", start=False)
    await captured.page.evaluate(
        "Object.defineProperty(window, 'navigation', { value: undefined }); captured.start()"
    )
    await captured.page.evaluate(
        "history.pushState({}, '', '/cart'); document.querySelector('p').textContent = 'Cart'"
    )
    assert [view["url"] for view in await captured.wait_facts("view", 1)] == ["https://shop.example/cart"]


async def test_clicks_are_the_customers_and_say_what_the_zone_allows(open_page: OpenPage) -> None:
    captured = await open_page(
        """<body><main data-replay-zone="catalogue"><button class="add-to-cart b2"><b>Add</b>
          to cart</button></main>
        <button id="secret">Hello Ana</button><button data-replay-mask id="private">Ana</button></body>"""
    )
    page = captured.page
    await page.evaluate("document.querySelector('.add-to-cart').click()")
    await page.locator(".add-to-cart b").click()
    await page.locator("#secret").click()
    await page.locator("#private").click()
    add, secret, private = await captured.wait_facts("click", 3)
    assert (add["control"], add["text"]["raw"]) == ("button.add-to-cart", "Add to cart")
    assert add["x"] > 0
    assert (secret["control"], "text" in secret) == ("button#secret", False)
    assert "x" not in private


async def test_failed_requests_are_stated_and_the_page_notices_nothing(open_page: OpenPage) -> None:
    captured = await open_page("<body></body>", start=False)
    page = captured.page
    before = await page.evaluate(
        "[String(fetch), fetch.name, fetch.length, String(XMLHttpRequest.prototype.open)]"
    )
    await page.evaluate("window.real = [fetch, XMLHttpRequest.prototype.open, XMLHttpRequest.prototype.send]")
    await page.evaluate("captured.start()")
    assert (await page.evaluate("[String(fetch), fetch.name, fetch.length]"))[1:] == before[1:3]
    answers = await page.evaluate(
        """async () => {
            const answers = [(await fetch('/api/cart?token=secret', { method: 'post', body: 'x' })).status];
            answers.push(await fetch(new Request('https://nowhere.invalid/a?b=c', {
              method: 'PUT' })).catch((e) => e.name));
            const stop = new AbortController(); stop.abort();
            answers.push(await fetch('/api/b', { signal: stop.signal }).catch((e) => e.name));
            answers.push(await fetch('http://[').catch((e) => e.name));
            const request = new XMLHttpRequest(); request.open('DELETE', '/api/line/1');
            await new Promise((done) => { request.onload = done; request.send(); });
            answers.push(request.status);
            return answers; }"""
    )
    assert answers == [404, "TypeError", "AbortError", "TypeError", 404]
    requests = await captured.wait_facts("request", 3)
    assert [(each["method"], each["url"], each.get("status")) for each in requests] == [
        ("POST", "https://shop.example/api/cart", 404),
        ("PUT", "https://nowhere.invalid/a", None),
        ("DELETE", "https://shop.example/api/line/1", 404),
    ]
    assert all(each["duration_ms"] >= 0 for each in requests)
    # What the page does not catch is still the page's to hear of.
    heard = await page.evaluate(
        """() => new Promise((done) => {
            addEventListener('unhandledrejection', (event) => { event.preventDefault();
              done(String(event.reason)); });
            fetch('https://nowhere.invalid/'); })"""
    )
    assert "Failed to fetch" in heard
    await page.evaluate("captured.stop()")
    assert await page.evaluate(
        """real[0] === fetch && real[1] === XMLHttpRequest.prototype.open
           && real[2] === XMLHttpRequest.prototype.send"""
    )


async def test_errors_say_what_failed_but_not_on_what(open_page: OpenPage) -> None:
    captured = await open_page("<body></body>", start=False)
    await captured.page.evaluate(
        """for (const type of ['error', 'unhandledrejection'])
             addEventListener(type, (event) => event.preventDefault());"""
    )
    await captured.page.evaluate("captured.start()")
    await captured.page.evaluate(
        """() => { for (let i = 0; i < 20; i++) setTimeout(() => {
          throw new TypeError("no 'price' of \\"Ana\\""); });
                   Promise.reject('card 4111 1111 1111 1111 refused'); }"""
    )
    await captured.settle()
    errors = await captured.fields("error")
    assert len(errors) == 6
    assert {error["message"] for error in errors} == {"no 'price' of \"•••••\"", "card ••••• refused"}


async def test_what_the_shop_says(open_page: OpenPage) -> None:
    captured = await open_page("<body></body>")
    await captured.page.evaluate(
        """() => {
        captured.declare('cart', { id: 'c1', currency: 'usd', lines: [{ sku: 'HP-15', qty: 1,
          price: '379.00' }],
                                   totals: { total: { minor: 37900 } } });
        captured.declare('cart', 'nonsense'); captured.declare('cart', { lines: 'x' });
          captured.declare('nothing', 1);
        captured.declare('order', { id: 1001, total: '379.00', currency: 'USD' });
          captured.declare('order', {});
        captured.declare('mark', 'stock', { left: 2, secret: { deep: 1 } });
        }"""
    )
    [cart] = await captured.fields("cart")
    assert (cart["surface"], cart["source"], cart["cart_id"], cart["currency"]) == (
        "api",
        "declared",
        "c1",
        "USD",
    )
    assert cart["lines"] == [
        {"sku": "HP-15", "quantity": {"raw": "1"}, "unit": {"raw": "379.00", "currency": "USD"}}
    ]
    assert cart["totals"] == [{"key": "total", "amount": {"minor": 37900, "currency": "USD"}}]
    assert await captured.fields("order") == [
        {"id": "1001", "currency": "USD", "total": {"raw": "379.00", "currency": "USD"}}
    ]
    assert await captured.fields("mark") == [{"name": "stock", "data": {"left": 2}}]


async def test_on_a_payment_path_there_are_facts_and_no_picture(open_page: OpenPage) -> None:
    captured = await open_page(
        """<body><div data-replay-cart="summary"><b data-replay-count>1</b></div><main></main></body>""",
        path="/checkout",
    )
    page = captured.page
    await page.wait_for_function("captured.pictures.length > 1")
    await page.evaluate(
        """() => { history.pushState({}, '', '/checkout/payment/card');
                   document.querySelector('main').innerHTML = '<p>PAYMENT</p><input id="pan">'; }"""
    )
    await page.locator("#pan").press_sequentially("4111111111111111")
    await page.evaluate("document.querySelector('b').textContent = '2'")
    states = await captured.wait_facts("cart", 2)
    assert [state["count"]["raw"] for state in states] == ["1", "2"]
    pictures = await captured.pictures()
    await page.evaluate(
        "document.querySelector('main').innerHTML = '<p>Thanks</p>'; history.pushState({}, '', '/thanks')"
    )
    await page.wait_for_function(f"captured.pictures.length > {len(pictures) + 1}")
    kinds = [event["type"] for event in (await captured.pictures())[len(pictures) :]]
    assert kinds[:2] == [4, 2]
    left = await captured.everything()
    assert "PAYMENT" not in left
    assert '"pan"' not in left
    assert "411111" not in left


async def test_a_page_that_is_a_payment_zone_has_no_picture(open_page: OpenPage) -> None:
    captured = await open_page('<body data-replay-zone="payment"><p>PAYMENT</p></body>')
    await captured.page.locator("p").click()
    await captured.wait_facts("click", 1)
    assert await captured.pictures() == []
    await captured.page.evaluate("document.body.dataset.replayZone = 'catalogue'")
    await captured.page.wait_for_function("captured.pictures.length > 1")
