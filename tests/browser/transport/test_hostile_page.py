"""Pages that break the ground under the SDK: it may fail, they may not notice. ``page`` fails a test on any
uncaught exception."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from tests.browser.transport.conftest import SITE, Shop

BROKEN = {
    "a library of 2008": """
        Array.prototype.toJSON = function () { return 'patched ' + this.length; };
        Array.prototype.each = function (run) { this.forEach(run); };
        Function.prototype.bind = function (self) {
            const run = this;
            return function () { return run.apply(self, arguments); };
        };
    """,
    "storage that throws": """
        for (const name of ['localStorage', 'sessionStorage'])
            Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });
    """,
    "no locks, no compression, no idle time": """
        Object.defineProperty(navigator, 'locks', { value: undefined });
        delete window.CompressionStream;
        delete window.requestIdleCallback;
    """,
    "a compressor that never ends": """
        window.CompressionStream = class {
            writable = new WritableStream();
            readable = new ReadableStream();
        };
    """,
    "sockets that cannot be made": "window.WebSocket = function () { throw new Error('no sockets here'); };",
    "no sockets at all": "delete window.WebSocket;",
    "zone.js and friends": """
        const set = window.setTimeout;
        window.setTimeout = function (run, ms) { return set(function () { run.call(this); }, ms); };
        const Native = window.Promise;
        window.Promise = class extends Native { then(a, b) { return super.then(a, b); } };
        window.Promise.resolve = Native.resolve.bind(window.Promise);
    """,
}


@pytest.mark.parametrize("name", BROKEN)
async def test_is_recorded_all_the_same(shop: Shop, page: Page, name: str) -> None:
    await page.goto(shop.page("/", head=f"<script>{BROKEN[name]}</script>"))
    await shop.until_loads(1)
    await page.evaluate("replay('mark', 'here', {list: 1}); document.body.append('more')")
    ((_, _, mark),) = await shop.until_fact("mark")
    assert mark == {"name": "here", "data": {"list": 1}}
    await page.goto(shop.page("/next"))
    await shop.until_fact("left")


FATAL = {
    "no way to encode text": "window.TextEncoder = undefined;",
    "a hostile JSON": "JSON.stringify = JSON.parse = () => { throw new Error('broken'); };",
    "no chance": "Object.defineProperty(window, 'crypto', { value: undefined });",
    "no time": "Object.defineProperty(window, 'performance', { value: undefined });",
    "lists that throw": "for (const name of 'map filter find findIndex reduce splice some every'.split(' ')) "
    "Array.prototype[name] = () => { throw new Error('broken'); };",
    "objects that throw": "Object.entries = Object.fromEntries = () => { throw new Error('broken'); };",
    "no fetch": "delete window.fetch; delete window.WebSocket;",
    "a frozen replay": "Object.defineProperty(window, 'replay', { value: () => {}, writable: false });",
}


@pytest.mark.parametrize("name", FATAL)
async def test_is_left_alone(shop: Shop, page: Page, name: str) -> None:
    body = "<button onclick='this.textContent = \"clicked\"'>press</button>"
    await page.goto(shop.page("/", body, head=f"<script>{FATAL[name]}</script>"))
    await page.wait_for_load_state("networkidle")
    await page.evaluate(
        """() => {
            replay('cart', {currency: 'USD', lines: [{}]});
            replay('identify', {email: 'a@b'});
            replay('mark', 'x');
            replay('signout');
        }"""
    )
    await page.click("button")
    assert await page.text_content("button") == "clicked"
    await page.goto(shop.page("/next"))
    await page.wait_for_load_state("networkidle")


async def test_a_strict_policy_that_allows_it_is_enough(shop: Shop, page: Page) -> None:
    socket = shop.collector_url.replace("http", "ws", 1)
    shop.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'nonce-n'; connect-src {shop.collector_url} {socket}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    # Trusted Types forbid a script to name another by a text: there the element stands in the page itself.
    script = f'<script async nonce="n" src="{shop.collector_url}/sdk/replay.js" data-site="{SITE}"></script>'
    queue = "window.replay = function () { (replay.q = replay.q || []).push([].slice.call(arguments)); };"
    consent = f'<script nonce="n">{queue} replay("consent", "granted")</script>'
    shop.pages["/"] = f"<!doctype html>{consent}{script}<body><h1>strict</h1>"
    await page.goto(shop.url)
    await shop.until_loads(1)
    await page.evaluate("document.body.append('more'); replay('mark', 'x')")
    await shop.until_fact("mark")


async def test_a_policy_that_forbids_the_collector_costs_the_page_nothing(shop: Shop, page: Page) -> None:
    shop.headers["Content-Security-Policy"] = (
        f"script-src 'unsafe-inline' {shop.collector_url}; connect-src 'none'"
    )
    await page.goto(shop.page("/", "<button onclick='this.textContent = \"clicked\"'>press</button>"))
    await page.wait_for_function("() => !replay.q")
    await page.evaluate("replay('mark', 'x')")
    await page.click("button")
    assert await page.text_content("button") == "clicked"


async def test_a_network_without_sockets_is_served_by_posts(shop: Shop, page: Page) -> None:
    # As behind a proxy that does not know sockets: no handshake succeeds, everything else passes.
    nowhere = "window.WebSocket = class extends WebSocket { constructor() { super('ws://localhost:1'); } };"
    await page.goto(shop.page("/", head=f"<script>{nowhere}</script>"))
    await shop.until_loads(1)
    await page.evaluate("for (let step = 0; step < 5; step++) replay('mark', 'step ' + step)")
    marks = [fields["name"] for _, _, fields in await shop.until_fact("mark", 5)]
    assert marks == [f"step {step}" for step in range(5)]
    assert "websocket /ingest" not in shop.asked
