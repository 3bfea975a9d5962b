"""A surface opens and closes in every way that shops know, and each is noticed when it is on screen."""

from __future__ import annotations

import pytest

from tests.browser.capture.conftest import OpenPage

CART = '<div id="cart" data-replay-cart="drawer"><b data-replay-line><i data-replay-name>Mouse</i></b></div>'

# name, head, body, script that opens, script that closes
WAYS = {
    "class on the body": (
        "<style>#cart { display: none } .open #cart { display: block }</style>",
        CART,
        "document.body.className = 'open'",
        "document.body.className = ''",
    ),
    "visibility by an ancestor": (
        "<style>#cart { visibility: hidden } .open #cart { visibility: visible }</style>",
        f"<main>{CART}</main>",
        "document.querySelector('main').className = 'open'",
        "document.querySelector('main').className = ''",
    ),
    "opacity with a transition": (
        "<style>#cart { opacity: 0; transition: opacity 80ms } .open #cart { opacity: 1 }</style>",
        CART,
        "document.body.className = 'open'",
        "document.body.className = ''",
    ),
    "a relation across the page": (
        "<style>#cart { visibility: hidden } body:has(#far.on) #cart { visibility: visible }</style>",
        f'<main><p><b id="far"></b></p></main><aside>{CART}</aside>',
        "document.querySelector('#far').className = 'on'",
        "document.querySelector('#far').className = ''",
    ),
    "a checkbox without any script": (
        "<style>#cart { visibility: hidden } #box:checked ~ #cart { visibility: visible }</style>",
        f'<input type="checkbox" id="box">{CART}',
        "document.querySelector('#box').click()",
        "document.querySelector('#box').click()",
    ),
    "a dialog": (
        "",
        f'<dialog id="dialog">{CART}</dialog>',
        "document.querySelector('#dialog').showModal()",
        "document.querySelector('#dialog').close()",
    ),
    "a popover": (
        "",
        f'<div id="pop" popover>{CART}</div>',
        "document.querySelector('#pop').showPopover()",
        "document.querySelector('#pop').hidePopover()",
    ),
    "details": (
        "",
        f'<details id="more"><summary>Cart</summary>{CART}</details>',
        "document.querySelector('#more').open = true",
        "document.querySelector('#more').open = false",
    ),
    "a script's animation without any change of the page": (
        "<style>#cart { position: fixed; left: -400px; width: 300px }</style>",
        CART,
        "document.querySelector('#cart').animate({ left: '0px' }, { duration: 80, fill: 'forwards' })",
        "document.querySelector('#cart').animate({ left: '-400px' }, { duration: 80, fill: 'forwards' })",
    ),
    "a style sheet that is switched": (
        "<style id=sheet>#cart { display: none }</style>",
        CART,
        "document.querySelector('#sheet').disabled = true",
        "document.querySelector('#sheet').disabled = false",
    ),
    "a style rule by script": (
        "<style id=sheet>#cart { visibility: hidden }</style>",
        CART,
        "document.querySelector('#sheet').sheet.insertRule('#cart { visibility: visible }', 1)",
        "document.querySelector('#sheet').sheet.deleteRule(1)",
    ),
    "unfolding by height": (
        "<style>#fold { overflow: hidden; height: 0; transition: height 80ms }"
        " .open #fold { height: 60px }</style>",
        f'<div id="fold">{CART}</div>',
        "document.body.className = 'open'",
        "document.body.className = ''",
    ),
    "being put into the page": (
        "",
        f"<template>{CART}</template>",
        "document.body.append(document.querySelector('template').content.cloneNode(true))",
        "document.querySelector('body > #cart').remove()",
    ),
    "a fixed panel in an element without size": (
        "<style>#cart b { position: fixed; right: 0; top: 0; display: none }"
        " .open #cart b { display: block }</style>",
        f"<span>{CART.replace('div', 'span')}</span>",
        "document.body.className = 'open'",
        "document.body.className = ''",
    ),
    "a shadow root": (
        "",
        '<div id="host"></div>',
        "const host = document.querySelector('#host');"
        f"(host.shadowRoot ?? host.attachShadow({{ mode: 'open' }})).innerHTML = '{CART}'",
        "document.querySelector('#host').shadowRoot.innerHTML = ''",
    ),
}


@pytest.mark.parametrize("way", WAYS)
async def test_is_noticed_when_it_opens_and_when_it_closes(open_page: OpenPage, way: str) -> None:
    head, body, opens, closes = WAYS[way]
    captured = await open_page(f"<body>{body}<p>End</p></body>", head=head)
    await captured.settle()
    assert await captured.facts("cart") == []
    for times in (1, 2):
        opened = await captured.page.evaluate(
            f"() => {{ const t = captured.clock.now(); {opens}; return t; }}"
        )
        states = await captured.wait_facts("cart", times)
        assert len(states) == times
        assert states[-1]["lines"][0]["name"]["raw"] == "Mouse"
        assert 0 <= (await captured.facts("cart"))[-1]["t"] - opened < 300
        await captured.settle()
        closed = await captured.page.evaluate(
            f"() => {{ const t = captured.clock.now(); {closes}; return t; }}"
        )
        gone = await captured.wait_facts("cart_gone", times)
        assert gone == [{"surface": "drawer"}] * times
        assert 0 <= (await captured.facts("cart_gone"))[-1]["t"] - closed < 300
        assert len(await captured.facts("cart")) == times


async def test_a_hover_menu_without_script(open_page: OpenPage) -> None:
    captured = await open_page(
        f"<body><nav><a>Cart</a>{CART}</nav></body>",
        head="<style>#cart { display: none } nav:hover #cart { display: block } nav { width: 80px }</style>",
    )
    await captured.settle()
    await captured.page.locator("nav a").hover()
    await captured.wait_facts("cart", 1)
    await captured.page.mouse.move(900, 600)
    assert await captured.wait_facts("cart_gone", 1) == [{"surface": "drawer"}]


async def test_off_the_canvas_is_not_shown_and_below_the_fold_is(open_page: OpenPage) -> None:
    captured = await open_page(
        """<body style="height: 5000px">
        <div data-replay-cart="drawer" style="position: fixed; right: -320px; width: 300px">
          <b data-replay-count>1</b></div>
        <div data-replay-cart="mini" style="position: absolute;
          left: -9999px"><b data-replay-count>2</b></div>
        <div data-replay-cart="page" style="position: absolute; top: 4000px"><b data-replay-count>3</b></div>
        </body>"""
    )
    await captured.settle()
    assert [(state["surface"], state["count"]["raw"]) for state in await captured.fields("cart")] == [
        ("page", "3")
    ]


async def test_a_price_hidden_from_far_away_is_no_longer_read(open_page: OpenPage) -> None:
    captured = await open_page(
        """<body><div data-replay-cart="page"><div data-replay-line>
        <i data-replay-name>Mouse</i> <i data-replay-price="line">$5.00</i></div></div>
        <footer><b></b></footer></body>""",
        head="<style>html:has(footer b.busy) [data-replay-price] { opacity: 0 }</style>",
    )
    await captured.wait_facts("cart", 1)
    await captured.page.evaluate("document.querySelector('footer b').className = 'busy'")
    states = await captured.wait_facts("cart", 2)
    assert "total" not in states[1]["lines"][0]


async def test_a_page_at_rest_costs_nothing(open_page: OpenPage) -> None:
    captured = await open_page(f"<body>{CART}</body>")
    # So long a shop's platform may still come and is looked for, once in a second.
    await captured.page.wait_for_function("performance.now() > 6500", timeout=30_000)
    await captured.settle()
    asked = await captured.page.evaluate(
        """async () => {
            let asked = 0;
            for (const [owner, name] of [[window, 'getComputedStyle'], [document, 'getAnimations'],
                                         [window, 'requestAnimationFrame'], [window, 'setTimeout']]) {
              const real = owner[name].bind(owner);
              owner[name] = (...given) => { asked++; return real(...given); };
            }
            await new Promise((done) => { const channel = new MessageChannel(); let rounds = 0;
              const began = performance.now();
              channel.port1.onmessage = () => performance.now() - began > 1000 ? done()
                : channel.port2.postMessage(rounds++);
              channel.port2.postMessage(0); });
            return asked; }"""
    )
    assert asked == 0
