"""From a change of the customer's page to the agent's screen, while watched.

Both pages run in one browser on one machine and read one clock. The customer's page adds an element and
notes when; the agent's page looks in each frame that it draws whether the replayed page has it. Between them
stand the SDK's timer, compression, the commit, the live socket and the player.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Browser, Page

from benchmarks.report import Row, Spread, percentile
from benchmarks.trip import chromium, until
from tests.browser.exactness.desk import Desk
from tests.browser.exactness.shopper import Shopper
from tests.browser.product import Product, product

__all__ = ["ROWS", "measure"]

SCREEN_MS = 300.0
ROUNDS_COUNT = 3
CHANGES_COUNT = 30
PAUSE_S = 0.35
"""Not a multiple of any cadence, so that changes fall anywhere between two flushes."""
SETTLE_S = 3.0
TIMEOUT_MS = 60_000
CLOCK_STEP_MS = 1.0
"""The SDK anchors its clock in whole milliseconds."""

SCREEN = "page change to agent's screen, p95"
STORED = "of which page change to the collector, p95"
ROWS = (SCREEN, STORED)

_WATCH = """() => {
  window.seen = {};
  const look = () => {
    for (const frame of document.querySelectorAll(".screen:not([hidden]) iframe"))
      for (const mark of frame.contentDocument.querySelectorAll("[class^=live-mark-]"))
        window.seen[mark.className] ??= Date.now();
    requestAnimationFrame(look);
  };
  look();
}"""
_CHANGE = """(name) => {
  const mark = document.createElement("i");
  mark.className = name;
  document.body.append(mark);
  return performance.timeOrigin + performance.now();
}"""


async def measure(folder: Path) -> list[Row]:
    """Watch a customer, several times."""
    screen, stored = [], []
    async with chromium() as browser:
        for round_number in range(ROUNDS_COUNT):
            place = folder / f"round-{round_number}"
            place.mkdir()
            async with product(place, mode="spa") as shop:
                to_screen, to_collector = await _watch(browser, shop)
                screen.append(to_screen)
                stored.append(to_collector)
    every = [one for round_ in screen for one in round_]
    return [
        Row(
            name=SCREEN,
            unit="ms",
            target=SCREEN_MS,
            spread=Spread.of([percentile(round_, 0.95) for round_ in screen]),
            note=f"p50 {percentile(every, 0.5):.0f} ms of {len(every)} changes",
        ),
        Row(
            name=STORED,
            unit="ms",
            target=None,
            spread=Spread.of([percentile(round_, 0.95) for round_ in stored]),
        ),
    ]


async def _watch(browser: Browser, shop: Product) -> tuple[list[float], list[float]]:
    """Milliseconds to the screen and to the collector, of each change."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(TIMEOUT_MS)
    shopper = Shopper(context, shop.shop_url, shop.shop_database, seed=1)
    await shopper.arrive()

    async def recorded() -> bool:
        return bool(await shop.store.sessions(limit=1))

    await until(recorded)
    session = (await shop.store.sessions(limit=1))[0].id
    desk = await Desk.log_in(browser, shop)
    await desk.page.goto(f"{shop.desk_url}/watch/{session}")
    await desk.page.wait_for_selector(".screen:not([hidden]) iframe")
    await desk.page.evaluate(_WATCH)
    await asyncio.sleep(SETTLE_S)
    changed = await _change(shopper.page)
    last = list(changed)[-1]
    await desk.page.wait_for_function("(name) => name in window.seen", arg=last)
    seen: dict[str, float] = await desk.page.evaluate("window.seen")
    batches = await shop.store.batches(session, 1)
    await context.close()
    await desk.page.context.close()
    came = [
        min(batch.received_ms for batch in batches if batch.last_ms >= at - CLOCK_STEP_MS) - at
        for at in changed.values()
    ]
    return [seen[name] - at for name, at in changed.items()], came


async def _change(page: Page) -> dict[str, float]:
    """Change the page again and again; answers when each change was made."""
    changed: dict[str, float] = {}
    for number in range(CHANGES_COUNT):
        name = f"live-mark-{number}"
        changed[name] = await page.evaluate(_CHANGE, name)
        await asyncio.sleep(PAUSE_S)
    return changed
