"""How long an agent waits for a picture: of any moment of an hour on one page, by a link and by seeking.

Measured inside the agent's page, to the frame that it draws next: from the start of the navigation to the
picture standing at the moment; from the change of the address to the picture standing there.
"""

from __future__ import annotations

import random
from pathlib import Path

from playwright.async_api import BrowserContext

from benchmarks.long_session import LENGTH_MS, SESSION, START_MS, TAB, put_long_session
from benchmarks.report import Row, Spread, percentile
from benchmarks.trip import chromium
from tests.browser.exactness.desk import Desk
from tests.browser.product import Product, product

__all__ = ["ROWS", "measure"]

OPENING_MS = 500.0
SEEK_MS = 300.0
ROUNDS_COUNT = 3
OPENINGS_COUNT = 12
SEEKS_COUNT = 40
SEED = 11

OPENING = "first picture of any moment of an hour, p95"
SEEK = "seek in an hour on one page, p95"
ROWS = (OPENING, SEEK)

_STANDS = """(t) => new Promise((done) => {
  const look = () => {
    const { ready, at } = document.body?.dataset ?? {};
    const shown = document.querySelector(".screen:not([hidden]) iframe")?.contentDocument.body?.firstChild;
    if (ready === "true" && Number(at) === t && shown) done(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})"""
_SEEK = f"""([t, tab]) => {{
  const began = performance.now();
  location.hash = "t=" + t + "&tab=" + tab;
  return ({_STANDS})(t).then((ended) => ended - began);
}}"""


async def measure(folder: Path) -> list[Row]:
    """Open and seek at random moments."""
    draw = random.Random(SEED)
    opened: list[list[float]] = []
    sought: list[list[float]] = []
    async with chromium() as browser, product(folder, mode="spa") as shop:
        await put_long_session(shop.store, shop.site.key)
        desk = await Desk.log_in(browser, shop)
        context = desk.page.context
        # The browser code is fetched once for all links.
        await _open(context, shop, _moment(draw))
        for _ in range(ROUNDS_COUNT):
            opened.append([await _open(context, shop, _moment(draw)) for _ in range(OPENINGS_COUNT)])
            sought.append(await _seek(context, shop, [_moment(draw) for _ in range(SEEKS_COUNT)]))
    return [_row(OPENING, OPENING_MS, opened), _row(SEEK, SEEK_MS, sought)]


def _moment(draw: random.Random) -> int:
    return START_MS + draw.randrange(1_000, LENGTH_MS - 1_000)


def _address(shop: Product, t: int) -> str:
    return f"{shop.desk_url}/watch/{SESSION}#t={t}&tab={TAB}"


async def _open(context: BrowserContext, shop: Product, t: int) -> float:
    page = await context.new_page()
    await page.goto(_address(shop, t), wait_until="commit")
    took: float = await page.evaluate(_STANDS, t)
    await page.close()
    return took


async def _seek(context: BrowserContext, shop: Product, moments: list[int]) -> list[float]:
    page = await context.new_page()
    await page.goto(_address(shop, START_MS))
    await page.evaluate(_STANDS, START_MS)
    took = [await page.evaluate(_SEEK, [t, TAB]) for t in moments]
    await page.close()
    return took


def _row(name: str, target: float, rounds: list[list[float]]) -> Row:
    every = [one for round_ in rounds for one in round_]
    return Row(
        name=name,
        unit="ms",
        target=target,
        spread=Spread.of([percentile(round_, 0.95) for round_ in rounds]),
        note=f"p50 {percentile(every, 0.5):.0f} ms, {len(every)} times",
    )
