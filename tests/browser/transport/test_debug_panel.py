"""The developer's panel on a page with a strict policy: it says what is so, and is itself in no recording."""

from __future__ import annotations

from dataclasses import replace

from playwright.async_api import Page

from tests.browser.transport.conftest import SITE, Shop

# Nobody outside can look into it, not even a test.
KEEP = """
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (options) {
        const root = attach.call(this, options);
        if (this.localName === 'replay-debug') window.panel = root;
        return root;
    }"""
CART = """<form><label>Card <input name="card"></label></form>
    <main data-replay-zone="catalogue"><article data-replay-product="HP-15" data-replay-context="product">
    <h2 data-replay-name>Laptop</h2><b data-replay-price="current">$379.00</b></article></main>
    <div data-replay-cart="drawer"><p data-replay-line="1" data-replay-sku="HP-15">
    <i data-replay-name>Laptop</i> <b data-replay-price="unit">$499.00</b></p>
    <p data-replay-total="total">$499.00</p></div>"""
SAYS = "words => window.panel?.querySelector('section').innerText.includes(words)"

PRESSED = """place => {
    const {left, top, width, height} = window.panel.querySelector('section').getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    return hit === window.panel.host && hit.parentNode.tagName === place;
}"""


def serve(shop: Shop, path: str) -> str:
    socket = shop.collector_url.replace("http", "ws", 1)
    shop.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'nonce-n' {shop.collector_url}; "
        f"connect-src {shop.collector_url} {socket}; style-src 'self'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    queue = "window.replay = function () { (replay.q = replay.q || []).push([].slice.call(arguments)) };"
    shop.pages[path] = (
        f'<!doctype html><script nonce="n">{queue}</script>'
        f'<script async nonce="n" src="{shop.collector_url}/sdk/replay.js" data-site="{SITE}"></script>'
        f"<body>{CART}"
    )
    return shop.url + path


async def test_says_what_is_so_and_is_in_no_recording(shop: Shop, page: Page) -> None:
    await page.add_init_script(KEEP)
    await page.goto(serve(shop, "/") + "?replay_debug")
    # Before consent it reads the page, and nothing is asked of the collector but scripts.
    for words in ("it waits for consent", "HP-15 · Laptop · $499.00", "HP-15 · Laptop · $379.00 · product"):
        await page.wait_for_function(SAYS, arg=words)
    assert not [path for path in shop.asked if "ingest" in path]
    await page.evaluate("replay('consent', 'granted')")
    [load] = await shop.until_loads(1)
    [session] = await shop.sessions()
    code = f"{session.code[:3]}-{session.code[3:]}"
    for words in ("Connected by WebSocket", code, "Granted by this page", "consent · granted"):
        await page.wait_for_function(SAYS, arg=words)
    await page.hover("input")
    await page.wait_for_function(SAYS, arg="Zone unknown. Text masked: no zone is declared for it.")
    # A press in it is none of the page's, and a row outlines what it was read from.
    await page.evaluate("window.pressed = 0; document.addEventListener('click', () => window.pressed++)")
    await page.evaluate(
        """() => {
            const rows = [...window.panel.querySelectorAll('.row')];
            const row = rows.find(({innerText}) => /499/.test(innerText));
            row.click();
            row.focus();
        }"""
    )
    assert await page.evaluate("window.pressed") == 0
    box, outline = await page.evaluate(
        """() => [document.querySelector('[data-replay-line] i'), window.panel.querySelector('.outline')]
            .map(each => { const {left, top} = each.getBoundingClientRect(); return [left, top] })"""
    )
    assert [one - 3 for one in box] == outline
    # The next page has it too, until it is told not to.
    await page.goto(serve(shop, "/next"))
    await page.wait_for_function(SAYS, arg="it waits for consent")
    # Over a dialog of the page, too, it can be pressed.
    await page.evaluate("document.body.append(document.createElement('dialog'))")
    for change, place in (("showModal", "DIALOG"), ("close", "HTML")):
        await page.evaluate(f"document.querySelector('dialog').{change}()")
        await page.wait_for_function(PRESSED, arg=place)
    # On a narrow screen it leaves the page's own questions free, and is above them.
    await page.set_viewport_size({"width": 380, "height": 700})
    await page.reload()
    await page.wait_for_function("window.panel?.host.matches(':popover-open')")
    assert await page.evaluate("window.panel.querySelector('section').clientWidth") < 380 / 2
    drawn = await shop.drawn(load)
    assert "HP-15" in drawn or "$499.00" in drawn
    assert "replay-debug" not in drawn
    assert all(click["control"] != "replay-debug" for _, _, click in await shop.facts("click"))
    stored = await page.evaluate("[localStorage, sessionStorage].flatMap(Object.keys)")
    assert [key for key in stored if not key.startswith(f"replay.{SITE}")] == []
    await page.goto(shop.url + "/?replay_debug=off")
    await page.wait_for_function("() => window.replay && !replay.q")
    assert await page.evaluate("[window.name, document.querySelector('replay-debug')]") == ["", None]


async def test_says_why_a_page_is_refused(shop: Shop, page: Page) -> None:
    site = await shop.store.site(SITE)
    assert site is not None
    await shop.store.put_site(replace(site, origins=("https://another.example",)))
    await page.add_init_script(KEEP)
    await page.goto(serve(shop, "/") + "?replay_debug")
    await page.wait_for_function(SAYS, arg="it waits for consent")
    await page.evaluate("replay('consent', 'granted')")
    await page.wait_for_function(SAYS, arg=f"Refused: Not an origin of this site: {shop.url}")
    await page.wait_for_function(SAYS, arg=f"replay site set {SITE} --origin {shop.url}")
