"""The displayed cart: stated as it is on screen, when it is on screen, and not otherwise."""

from __future__ import annotations

from tests.browser.capture.conftest import OpenPage

LINE = """
<li data-replay-line="l1" data-replay-sku="HP-15">
  <b data-replay-name>HP 15 laptop</b> <span data-replay-price="unit">$379.00</span> ×
  <input data-replay-qty value="1" size="2"> = <span data-replay-price="line">$379.00</span>
</li>"""
DRAWER = f"""
<style>
  #drawer {{ position: fixed; top: 0; right: 0; width: 300px; height: 100%; transform: translateX(100%);
             transition: transform 200ms linear; }}
  .open #drawer {{ transform: none; }}
</style>
<body><h1>Shop</h1>
<div id="drawer" data-replay-cart="drawer"><ul>{LINE}</ul>
  <div><span data-replay-label="total">Total</span> <span data-replay-total="total">$379.00</span></div>
</div></body>"""


async def test_a_drawer_counts_from_the_frame_it_slides_in_to_the_frame_it_is_out(
    open_page: OpenPage,
) -> None:
    captured = await open_page(DRAWER)
    await captured.settle()
    assert await captured.facts("cart") == []

    clicked = await captured.page.evaluate(
        "() => { document.body.className = 'open'; return captured.clock.now(); }"
    )
    await captured.settle()
    [fact] = await captured.facts("cart")
    state = fact["fields"]
    assert 0 < fact["t"] - clicked < 100
    assert fact["urgent"]
    assert state["surface"] == "drawer"
    [line] = state["lines"]
    assert (line["sku"], line["name"]["raw"]) == ("HP-15", "HP 15 laptop")
    assert (line["quantity"]["raw"], line["unit"]["raw"], line["total"]["raw"]) == ("1", "$379.00", "$379.00")
    [total] = state["totals"]
    assert (total["key"], total["label"]["raw"], total["amount"]["raw"]) == ("total", "Total", "$379.00")
    assert total["amount"]["node"] > 0

    closed = await captured.page.evaluate(
        "() => { document.body.className = ''; return captured.clock.now(); }"
    )
    await captured.settle()
    [gone] = await captured.facts("cart_gone")
    assert gone["fields"] == {"surface": "drawer"}
    assert 150 < gone["t"] - closed < 400


async def test_states_nothing_twice_and_every_change_once(open_page: OpenPage) -> None:
    captured = await open_page(f'<body><div data-replay-cart="page"><ul>{LINE}</ul></div></body>')
    await captured.wait_facts("cart", 1)
    changed = await captured.page.evaluate(
        """() => { const t = captured.clock.now();
                   document.querySelector('[data-replay-price=line]').textContent = '$499.00'; return t; }"""
    )
    await captured.settle()
    second = (await captured.facts("cart"))[1]
    assert second["fields"]["lines"][0]["total"]["raw"] == "$499.00"
    assert 0 <= second["t"] - changed < 5
    # Drawn anew with the same words, ten times over.
    await captured.page.evaluate(
        """async () => { const cart = document.querySelector('[data-replay-cart]');
            for (let i = 0; i < 10; i++) { cart.replaceWith(cart.cloneNode(true)); cart.innerHTML += '';
              const next = document.querySelector('[data-replay-cart]'); next.outerHTML = next.outerHTML;
              await new Promise(requestAnimationFrame); } }"""
    )
    await captured.settle()
    assert len(await captured.facts("cart")) == 2
    assert await captured.facts("cart_gone") == []


async def test_a_typed_quantity_is_not_in_force_until_the_shop_repaints(open_page: OpenPage) -> None:
    captured = await open_page(f'<body><div data-replay-cart="page"><ul>{LINE}</ul></div></body>')
    await captured.wait_facts("cart", 1)
    await captured.page.locator("[data-replay-qty]").fill("3")
    states = await captured.wait_facts("cart", 2)
    line = states[-1]["lines"][0]
    assert (line["quantity"]["raw"], line["quantity_typed"]["raw"]) == ("1", "3")
    await captured.page.evaluate(
        "document.querySelector('[data-replay-price=line]').textContent = '$1137.00'"
    )
    states = await captured.wait_facts("cart", 3)
    line = states[-1]["lines"][0]
    assert line["quantity"]["raw"] == "3"
    assert "quantity_typed" not in line


async def test_reads_what_the_customer_reads(open_page: OpenPage) -> None:
    captured = await open_page(
        """<style>.sr { position:absolute; width:1px; height:1px; overflow:hidden; clip:rect(0,0,0,0) }
             .faint { opacity: 0 } .up { text-transform: uppercase } sup { font-size: 60% }</style>
        <body><div data-replay-cart="page">
          <div data-replay-line data-replay-sku="A">
            <span data-replay-name class="up">Wireless mouse</span>
            <span data-replay-price="unit"><span class="sr">$29.99</span>
              <span aria-hidden="true">$29<sup>99</sup></span></span>
            <span data-replay-price="line"><del>$59.98</del> <ins>$29.99</ins></span>
          </div>
          <div data-replay-line data-replay-sku="B" style="display: none"><i data-replay-name>Row</i></div>
          <div data-replay-line data-replay-sku="C">
            <i data-replay-name style="display:none">Desktop name</i><i data-replay-name>Phone name</i>
            <span data-replay-price="line"><span class="faint">$10.00</span></span>
          </div>
          <details><summary>Totals</summary><span data-replay-total="total">$99.00</span></details>
        </div></body>"""
    )
    [state] = await captured.wait_facts("cart", 1)
    mouse, other = state["lines"]
    assert mouse["name"]["raw"] == "WIRELESS MOUSE"
    assert mouse["unit"]["raw"] == "$29.99"
    assert (mouse["total"]["raw"], mouse["total_was"]["raw"]) == ("$29.99", "$59.98")
    assert other["name"]["raw"] == "Phone name"
    assert "total" not in other
    assert "totals" not in state


async def test_raised_digits_are_cents_or_stay_raised(open_page: OpenPage) -> None:
    captured = await open_page(
        """<style>sup { font-size: 60% }</style><body><div data-replay-cart="page">
          <p data-replay-line><b data-replay-price="unit">35<sup>99 €</sup></b></p>
          <p data-replay-line><b data-replay-price="unit">1.299<sup>50</sup> €</b></p>
          <p data-replay-line><b data-replay-price="unit">12<sup>500</sup> KD</b></p>
          <p data-replay-line><b data-replay-price="unit">$299<sup>1</sup></b></p>
        </div></body>"""
    )
    [state] = await captured.wait_facts("cart", 1)
    assert [line["unit"]["raw"] for line in state["lines"]] == ["35.99 €", "1.299,50 €", "12⁵⁰⁰ KD", "$299¹"]


async def test_a_badge_is_a_surface_that_shows_no_lines(open_page: OpenPage) -> None:
    captured = await open_page(
        '<body><a data-replay-cart="mini">Cart <span data-replay-count>2</span></a></body>'
    )
    [state] = await captured.wait_facts("cart", 1)
    assert state["count"]["raw"] == "2"
    assert "lines" not in state
