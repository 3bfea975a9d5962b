"""A recording is hostile input: nothing of it runs, connects or breaks the desk, whatever is in it."""

from __future__ import annotations

import gzip

import msgpack
from playwright.async_api import ConsoleMessage, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from replay.ports import EndSession
from tests.browser.watch.conftest import Desk, at
from tests.browser.watch.corpus import Json, hostile, recording, trap
from tests.browser.watch.visit import SESSION, START_MS, Customer, Recorded, chunk_payload
from tests.conftest import Serve

LIVE_VECTORS_COUNT = 20
"""The unprotected page must be caught by at least so many vectors, or the trap is dead."""
MARKS_COUNT = 5

MARKUP = "<img src=x onerror=mark()><script>mark()</script>"
TEXT = {"raw": MARKUP, "node": 12}

BUILD = """(nodes) => {
  const build = (node, parent) => {
    if (node.type === 3) return parent.append(node.textContent);
    let made;
    try {
      made = node.isSVG
        ? document.createElementNS("http://www.w3.org/2000/svg", node.tagName)
        : document.createElement(node.tagName);
    } catch { return; }
    for (const [name, value] of Object.entries(node.attributes)) {
      if (name === "_cssText") made.append(value);
      else try { made.setAttribute(name, value === true ? "" : value); } catch {}
    }
    for (const child of node.childNodes) build(child, made);
    parent.append(made);
    if (made.focus) made.focus();
  };
  for (const node of nodes) build(node, document.body);
}"""


async def put(desk: Desk, pictures: list[Json], facts: list[tuple[str, float, Json]]) -> None:
    """A visit with this picture and these facts."""
    load = Recorded(load="load-1", tab="tab-a")
    last = pictures[-1]["timestamp"]
    load.pictures.append((chunk_payload(pictures), START_MS, last, True))
    load.facts.append(msgpack.packb([list(fact) for fact in facts]))
    somebody = Customer.__new__(Customer)
    somebody.loads, somebody.now_ms = [load], int(last)
    await somebody.put(desk.store, ended=False)
    await desk.store.commit([EndSession(session=SESSION, ended_ms=int(last), why="idle")])
    desk.now_ms = int(last)


def nasty_facts() -> list[tuple[str, float, Json]]:
    line = {
        "sku": MARKUP,
        "name": TEXT,
        "quantity": TEXT,
        "unit": TEXT,
        "was": TEXT,
        "total": TEXT,
        "notes": [TEXT],
    }
    cart = {
        "surface": "page",
        "source": "displayed",
        "lines": [line],
        "promos": [{"code": MARKUP, "text": TEXT, "amount": TEXT}],
        "totals": [{"key": "__proto__", "label": TEXT, "amount": TEXT}],
        "messages": [TEXT],
        "count": TEXT,
        "empty": TEXT,
    }
    price = {
        "source": "displayed",
        "context": "constructor",
        "role": "__proto__",
        "name": TEXT,
        "amount": TEXT,
    }
    return [
        ("page", START_MS, {"url": "javascript:mark()", "title": MARKUP}),
        ("cart", START_MS + 100.0, cart),
        ("price", START_MS + 100.0, price),
        ("mark", START_MS + 100.0, {"name": MARKUP, "data": {"constructor": MARKUP}}),
        ("error", START_MS + 100.0, {"message": MARKUP, "where": "javascript:mark()"}),
        ("request", START_MS + 100.0, {"method": MARKUP, "url": "javascript:mark()"}),
    ]


async def test_nothing_of_the_corpus_runs_or_connects(desk: Desk) -> None:
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        said.append(message.text)

    desk.page.on("console", hear)
    async with trap() as caught:
        elements, events = hostile(caught.address)
        pictures = recording(elements, events, START_MS)
        await put(desk, pictures, nasty_facts())
        end = pictures[-1]["timestamp"] - START_MS
        # By jumping there, back, and by playing through it: the replayer has a way of its own for each.
        await desk.open(end)
        await desk.stage("shown")
        await desk.seek(300)
        await desk.seek(end)
        await desk.seek(0)
        await desk.part("speed").select_option("4")
        await desk.part("play").click()
        await expect(desk.part("play")).to_have_attribute("aria-label", "Play", timeout=30_000)
        await desk.stage("shown")
        for name in ("all", "pages", "errors"):
            await desk.part("filters").get_by_role("button", name=name, exact=True).click()
        await desk.page.get_by_role("button", name="Details").click()
        assert caught.connections == 0, f"reached by {sorted(caught.vectors)}"
    assert await desk.page.evaluate("window.marks === undefined && ({}).polluted === undefined")
    # Not even an attempt that the page's policy had to stop.
    assert not [text for text in said if "Content Security Policy" in text]
    assert desk.page.url.startswith(f"{desk.address}/watch/{SESSION}")
    await expect(desk.card("page").locator('[data-panel-part="name"]')).to_have_text(MARKUP)
    assert await desk.page.locator("main img, main script:not([src]), main a[href^=javascript]").count() == 0


async def test_the_trap_catches_a_page_that_is_not_protected(page: Page, serve: Serve) -> None:
    """The same corpus, rebuilt as it came and without any policy: what the test above must not see."""

    async def bare(_: Request) -> Response:
        return HTMLResponse("<!doctype html><body></body>")

    address = await serve(Starlette(routes=[Route("/", bare)]))
    # In every frame, also those that the corpus makes.
    await page.add_init_script("window.mark = () => { top.marks = (top.marks ?? 0) + 1; }")
    async with trap() as caught:
        elements, _events = hostile(caught.address)
        await page.goto(address)
        for name, vector in elements.items():
            # These would leave the page before the others had their turn.
            if not name.startswith(("H12", "H13")):
                await page.evaluate(BUILD, [vector])
        await page.wait_for_load_state("networkidle")
        await page.wait_for_function(f"window.marks >= {MARKS_COUNT}")
        assert len(caught.vectors) >= LIVE_VECTORS_COUNT, sorted(caught.vectors)


async def test_a_chunk_that_grows_without_end_is_an_error_and_nothing_more(desk: Desk) -> None:
    elements, events = hostile("http://127.0.0.1:9")
    pictures = recording(elements, events, START_MS)
    await put(desk, pictures, nasty_facts())
    bomb = gzip.compress(b"[" + b" " * (200 << 20) + b"]")
    opened = START_MS + 9_000.0
    payload = msgpack.packb(["rrweb-2/json", "gzip", 1_000, opened, opened, 1, True, bomb])
    load = Recorded(load="load-2", tab="tab-a", pictures=[(payload, opened, opened, True)])
    load.facts.append(msgpack.packb([["page", opened, {"url": "https://shop.example/"}]]))
    somebody = Customer.__new__(Customer)
    somebody.now_ms = START_MS + 9_000
    await desk.store.commit(somebody.load_operations(load))
    await desk.page.goto(f"{desk.address}/watch/{SESSION}#t={at(9_000)}")
    await desk.stage("failed")
    await expect(desk.part("stage-why")).to_contain_text("larger than it said")
    await desk.seek(0)
    await desk.stage("shown")
