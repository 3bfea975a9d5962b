"""What is stated of a surface: several at once, by selectors as by attributes, and only what is shown."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route

from tests.browser.capture.conftest import ORIGIN, Captured, OpenPage

SHOP = """
<body>
<header><a class="badge">Cart (<b class="n">2</b>)</a></header>
<section class="basket">
  <article class="row" data-id="HP-15"><h3>HP 15 laptop</h3>
    <select class="many"><option>1<option selected>2</select>
    <s class="before">$499.00</s><span class="each">$379.00</span><span class="sum">$758.00</span>
    <em class="stock">Only 2 left</em></article>
  <article class="row gone" style="display: none"><h3>Template</h3></article>
  <dl><div class="tot"><dt>Items</dt><dd>$758.00</dd></div>
    <div class="tot"><dt>Total</dt><dd>$758.00</dd></div></dl>
  <form class="codes"><input class="code"><button>Apply</button></form>
  <p class="msg"></p>
</section>
</body>"""
SETTINGS = {
    "carts": [
        {"surface": "mini", "root": ".badge", "count": ".n"},
        {
            "surface": "page",
            "root": ".basket",
            "line": ".row",
            "sku_attribute": "data-id",
            "name": "h3",
            "quantity": ".many",
            "unit": ".each",
            "was": ".before",
            "total": ".sum",
            "note": ".stock",
            "total_row": ".tot",
            "total_label": "dt",
            "total_amount": "dd",
            "promo": ".applied",
            "promo_input": ".code",
            "promo_submit": ".codes button",
            "message": ".msg",
            "empty": ":::wrong",
        },
    ]
}


async def test_a_shop_without_attributes_is_read_by_its_selectors(open_page: OpenPage) -> None:
    captured = await open_page(SHOP, settings=SETTINGS)
    badge, page = sorted(await captured.wait_facts("cart", 2), key=lambda state: state["surface"])
    assert badge["count"]["raw"] == "2"
    assert "lines" not in badge
    [line] = page["lines"]
    assert line["sku"] == "HP-15"
    assert {key: line[key]["raw"] for key in ("name", "quantity", "unit", "was", "total")} == {
        "name": "HP 15 laptop",
        "quantity": "2",
        "unit": "$379.00",
        "was": "$499.00",
        "total": "$758.00",
    }
    assert [note["raw"] for note in line["notes"]] == ["Only 2 left"]
    assert [(row["key"], row["label"]["raw"], row["amount"]["raw"]) for row in page["totals"]] == [
        ("items", "Items", "$758.00"),
        ("total", "Total", "$758.00"),
    ]
    assert page["promos"] == []
    # The picture of it is readable as well.
    assert "HP 15 laptop" in await captured.everything()


async def test_a_code_is_entered_applied_and_removed(open_page: OpenPage) -> None:
    captured = await open_page(SHOP, settings=SETTINGS)
    page = captured.page
    await captured.wait_facts("cart", 2)
    await page.evaluate("document.querySelector('.codes').onsubmit = () => false")
    await page.locator(".code").fill("SAVE20")
    await page.locator(".codes button").click()
    assert await captured.wait_facts("promo", 1) == [
        {"source": "displayed", "state": "entered", "code": "SAVE20"}
    ]
    await page.evaluate("document.querySelector('.msg').textContent = 'This code has expired.'")
    states = await captured.wait_facts("cart", 3)
    assert states[-1]["messages"][0]["raw"] == "This code has expired."
    await page.evaluate(
        """document.querySelector('.basket').insertAdjacentHTML('beforeend',
             '<p class="applied">SAVE20</p>')"""
    )
    promos = await captured.wait_facts("promo", 2)
    assert (promos[1]["state"], promos[1]["code"]) == ("applied", "SAVE20")
    await page.evaluate("document.querySelector('.applied').remove()")
    promos = await captured.wait_facts("promo", 3)
    assert (promos[2]["state"], promos[2]["code"]) == ("removed", "SAVE20")


async def test_surfaces_inside_and_beside_each_other_keep_to_themselves(open_page: OpenPage) -> None:
    captured = await open_page(
        """<body><div data-replay-cart="page">
          <div data-replay-line data-replay-sku="A"><i data-replay-name>A</i></div>
          <aside data-replay-cart="summary">
            <div data-replay-line data-replay-sku="B"><i data-replay-name>B</i></div>
            <span data-replay-label="tax">Tax</span><span data-replay-total="tax">—</span></aside>
        </div>
        <b data-replay-cart="mini" data-replay-count>1</b>
        <b data-replay-cart="mini"><i data-replay-count>2</i></b></body>"""
    )
    states = await captured.wait_facts("cart", 4)
    skus = {state["surface"]: [line.get("sku") for line in state.get("lines", [])] for state in states}
    assert skus == {"page": ["A"], "summary": ["B"], "mini": []}
    assert [state["count"]["raw"] for state in states if state["surface"] == "mini"] == ["1", "2"]
    [summary] = [state for state in states if state["surface"] == "summary"]
    assert summary["totals"][0]["amount"]["raw"] == "—"
    # One of the two goes: the other is what is displayed now.
    await captured.page.evaluate("document.querySelectorAll('[data-replay-cart=mini]')[1].remove()")
    states = await captured.wait_facts("cart", 5)
    assert states[-1]["count"]["raw"] == "1"
    assert await captured.facts("cart_gone") == []


async def test_an_empty_cart_is_empty_and_not_unknown(open_page: OpenPage) -> None:
    captured = await open_page(
        '<body><div data-replay-cart="page"><p data-replay-empty>Nothing here.</p></div></body>'
    )
    [state] = await captured.wait_facts("cart", 1)
    assert (state["lines"], state["empty"]["raw"]) == ([], "Nothing here.")


async def test_more_lines_than_a_state_holds_are_said_to_be_cut(open_page: OpenPage) -> None:
    lines = "".join(f"<li data-replay-line><i data-replay-name>N{n}</i></li>" for n in range(501))
    captured = await open_page(f'<body><ul data-replay-cart="page">{lines}</ul></body>')
    [state] = await captured.wait_facts("cart", 1)
    assert len(state["lines"]) == 500
    assert state["lines_cut"] is True


async def test_a_cart_drawn_in_a_shadow_root_below_its_marked_element(open_page: OpenPage) -> None:
    captured = await open_page(
        """<body><cart-drawer data-replay-cart="drawer"></cart-drawer><script>
        document.querySelector('cart-drawer').attachShadow({ mode: 'open' }).innerHTML =
          `<ul><li data-replay-line><i data-replay-name>Mouse</i>
             <p data-replay-qty><input value="2"></p></li></ul>`;
        </script></body>"""
    )
    await captured.settle()
    line = (await captured.fields("cart"))[-1]["lines"][0]
    assert (line["name"]["raw"], line["quantity"]["raw"]) == ("Mouse", "2")
    changed = await captured.page.evaluate(
        """() => { const t = captured.clock.now();
             const { shadowRoot } = document.querySelector('cart-drawer');
             shadowRoot.querySelector('i').textContent = 'Keyboard'; return t; }"""
    )
    await captured.settle()
    last = (await captured.facts("cart"))[-1]
    assert last["fields"]["lines"][0]["name"]["raw"] == "Keyboard"
    assert 0 <= last["t"] - changed < 20


async def test_a_page_that_is_still_loading_is_read_and_later_stated_with_its_nodes(
    page: Page, bundle: str
) -> None:
    answer = asyncio.Event()

    async def serve(route: Route) -> None:
        if route.request.resource_type == "document":
            body = f"""<body><div data-replay-cart="page"><b data-replay-count>1</b></div>
                <script>{bundle};captured.start()</script><script src="/slow.js"></script><p>End</p></body>"""
            await route.fulfill(body=body, content_type="text/html; charset=utf-8")
        else:
            await answer.wait()
            await route.fulfill(body="")

    await page.route(f"{ORIGIN}/**", serve)
    await page.goto(f"{ORIGIN}/", wait_until="commit")
    captured = Captured(page)
    [early] = await captured.wait_facts("cart", 1)
    assert (early["count"], early.get("node")) == ({"raw": "1"}, None)
    assert await captured.pictures() == []
    answer.set()
    late = (await captured.wait_facts("cart", 2))[-1]
    assert (late["count"]["raw"], late["node"] > 0, late["count"]["node"] > 0) == ("1", True, True)


async def test_masked_parts_of_a_cart_are_not_read(open_page: OpenPage) -> None:
    captured = await open_page(
        """<body><div data-replay-cart="page"><p data-replay-message>Hi ana@example.com</p>
        <p data-replay-message data-replay-mask>Hi Ana</p>
        <p data-replay-message>Yours, <b data-replay-mask>Ana</b></p></div></body>"""
    )
    [state] = await captured.wait_facts("cart", 1)
    assert [message["raw"] for message in state["messages"]] == ["Hi •••••", "Yours,"]


async def test_what_css_writes_is_read_too(open_page: OpenPage) -> None:
    captured = await open_page(
        """<body><div data-replay-cart="page"><div data-replay-line>
        <i data-replay-name>Mouse</i> <b data-replay-price="line">5.00</b></div></div></body>""",
        head='<style>[data-replay-price]::before { content: "$" } i::after { content: "\\e901" }</style>',
    )
    [state] = await captured.wait_facts("cart", 1)
    [line] = state["lines"]
    assert (line["name"]["raw"], line["total"]["raw"]) == ("Mouse", "$5.00")


async def test_node_ids_are_those_of_the_recording(open_page: OpenPage) -> None:
    captured = await open_page('<body><div data-replay-cart="page"><b data-replay-count>1</b></div></body>')
    await captured.wait_facts("cart", 1)
    await captured.page.evaluate(
        """document.body.insertAdjacentHTML('beforeend',
             '<div data-replay-cart="mini"><b id="late" data-replay-count>1</b></div>')"""
    )
    states = await captured.wait_facts("cart", 2)
    node = states[-1]["count"]["node"]
    [added] = [
        add["node"]
        for event in await captured.pictures()
        for add in event["data"].get("adds", [])
        if add["node"]["id"] == node
    ]
    assert added["attributes"]["id"] == "late"


async def test_prices_are_stated_when_first_in_view_and_when_they_change(open_page: OpenPage) -> None:
    cards = "".join(
        f"""<article data-replay-product="P{n}" style="height: 300px"><h3 data-replay-name>Product {n}</h3>
            <s data-replay-price="was">$20.00</s> <b data-replay-price="current">$1{n}.00</b></article>"""
        for n in range(10)
    )
    captured = await open_page(f'<body data-replay-context="listing">{cards}</body>')
    page = captured.page
    seen = await captured.wait_facts("price", 2)
    assert {price["sku"] for price in seen} <= {"P0", "P1", "P2"}
    first = next(price for price in seen if price["role"] == "current")
    assert (first["context"], first["sku"], first["name"]["raw"]) == ("listing", "P0", "Product 0")
    assert first["amount"]["raw"] == "$10.00"
    await page.evaluate("document.querySelector('[data-replay-product=P9]').scrollIntoView()")
    await page.wait_for_function("captured.facts.some(fact => fact.fields.sku === 'P9')")
    await page.evaluate("window.scrollTo(0, 0)")
    await captured.settle()
    count = len(await captured.facts("price"))
    await page.evaluate("document.querySelector('[data-replay-price=current]').textContent = '$9.00'")
    prices = await captured.wait_facts("price", count + 1)
    assert (prices[-1]["sku"], prices[-1]["role"], prices[-1]["amount"]["raw"]) == ("P0", "current", "$9.00")
    # Drawn anew, the same prices are no news.
    await page.evaluate("document.body.innerHTML += ''")
    await captured.settle()
    assert len(await captured.facts("price")) == count + 1


@pytest.mark.parametrize(
    "bring",
    [
        "document.querySelector('.list').scrollTop = 9000",
        "document.body.className = 'short'",
        "document.styleSheets[0].insertRule('.space { height: 0 !important }')",
        "document.body.classList.add('sliding')",
    ],
    ids=["scrolled inside", "another class", "a rule", "a transition"],
)
async def test_a_product_far_away_is_noticed_however_it_comes_into_view(
    open_page: OpenPage, bring: str
) -> None:
    captured = await open_page(
        """<body data-replay-context="listing"><style>
          .list { height: 400px; overflow: auto } .space { height: 9000px } .short .space { height: 0 }
          .sliding .space { height: 0; transition: height 50ms }</style>
        <div class="list"><div class="space"></div>
          <article data-replay-product="FAR" style="height: 400px">
            <b data-replay-price="current">$7.00</b></article>
        </div></body>"""
    )
    await captured.settle()
    assert await captured.facts("price") == []
    await captured.page.evaluate(bring)
    [price] = await captured.wait_facts("price", 1)
    assert (price["sku"], price["amount"]["raw"]) == ("FAR", "$7.00")


async def test_an_amount_without_an_element_of_its_own_is_read(open_page: OpenPage) -> None:
    captured = await open_page(
        """<body><style>.warn::before { content: "\\f06a" / ""; }
          .code::before { content: "Code " / "code"; }</style>
        <div class="badge"><strong>Total:</strong> £12.00 <button>View</button>
          <div class="menu"><small>Before: £15.00</small></div>
          <p class="warn">Expired</p><p class="code">SAVE/20</p></div></body>""",
        settings={
            "carts": [
                {
                    "surface": "mini",
                    "root": ".badge",
                    "total_row": ".badge, small",
                    "total_label": "strong",
                    "message": "p",
                }
            ]
        },
    )
    [state] = await captured.wait_facts("cart", 1)
    labelled, bare = state["totals"]
    assert (labelled["label"]["raw"], labelled["amount"]["raw"]) == ("Total:", "£12.00")
    assert (bare["key"], bare["amount"]["raw"]) == ("other", "Before: £15.00")
    assert "label" not in bare
    # An icon's letter means nothing to a reader, and what stands behind the slash is only read aloud.
    assert [message["raw"] for message in state["messages"]] == ["Expired", "Code SAVE/20"]
