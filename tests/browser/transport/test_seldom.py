"""What few pages need is loaded only by those: what reads the shop's consent tool, and what speaks for page
loads that ended unheard."""

from __future__ import annotations

from playwright.async_api import Page

from replay.cli.snippet import snippet
from replay.model.site import PageSettings
from tests.browser.transport.conftest import SITE, WAIT_S, Shop

STORED = "() => localStorage.length + sessionStorage.length"
TOOL = """<script>
  window.__tcfapi = (command, version, heard) => {
    const say = (eventStatus, yes) =>
      heard({eventStatus, gdprApplies: true, purpose: {consents: {1: yes, 8: yes}}}, true);
    window.choose = (yes) => say("useractioncomplete", yes);
    say("cmpuishown", false);
  };
</script>"""


async def test_the_word_of_the_consent_tool_begins_and_ends_the_recording(shop: Shop, page: Page) -> None:
    pasted = snippet(shop.collector_url, SITE, PageSettings(consent="managed"))
    shop.pages["/"] = f"<!doctype html><title>Shop</title>{TOOL}{pasted}<body><h1>Shop</h1>"
    await page.goto(shop.url + "/")
    await page.wait_for_function("() => window.choose")
    assert {path.rpartition("/")[2] for path in shop.asked} == {"replay.js", "managed.js"}
    assert await page.evaluate(STORED) == 0
    async with page.expect_websocket() as opened:
        await page.evaluate("choose(true)")
    await shop.until_loads(1)
    socket = await opened.value
    async with socket.expect_event("close", timeout=WAIT_S * 1_000):
        await page.evaluate("choose(false)")
    assert await page.evaluate(STORED) == 0


async def test_a_later_page_speaks_for_one_that_was_left_unheard(shop: Shop, page: Page) -> None:
    async with page.expect_websocket() as opened:
        await page.goto(shop.page("/"))
    socket = await opened.value
    await shop.until_loads(1)
    async with socket.expect_event("close", timeout=WAIT_S * 1_000):
        shop.network.cut()
    await page.evaluate("replay('mark', 'nobody heard this')")
    await page.goto("about:blank")
    shop.network.restore()
    await page.goto(shop.page("/next"))
    (first, _) = await shop.until_loads(2)

    async def said() -> list[str] | None:
        return [gap.reason for gap in await shop.store.gaps(first.session) if gap.load == first.id] or None

    assert set(await shop.until(said)) == {"the page was left while the collector could not be reached"}
    assert "lost.js" in {path.rpartition("/")[2] for path in shop.asked}
