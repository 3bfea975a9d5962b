"""A visit with forty page loads in three tabs, made in a real browser: the shopper goes from page to page,
has products open in further tabs, comes back to earlier ones, and changes the cart in all of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from playwright.async_api import Browser

from benchmarks.trip import ACTION_TIMEOUT_MS, FLUSH_WAIT_S
from replay.cli.serve import now_ms
from replay.model.track import Track
from replay.ports import EndSession, Load
from tests.browser.exactness.shopper import Shopper
from tests.browser.product import Product

__all__ = ["LOADS_COUNT", "TABS_COUNT", "Pictured", "make_tabs_session", "pictured"]

LOADS_COUNT = 40
TABS_COUNT = 3
SEED = 5
_STEPS_A_STAY_COUNT = 4


@dataclass(frozen=True, slots=True)
class Pictured:
    """From when to when (corrected ms) there is a picture of a tab."""

    tab: str
    from_ms: int
    until_ms: int


async def make_tabs_session(browser: Browser, shop: Product) -> str:
    """Make the visit; answers the session's id."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(ACTION_TIMEOUT_MS)
    shopper = Shopper(context, shop.shop_url, shop.shop_database, SEED)
    await shopper.arrive()
    while len(await _loads(shop)) < LOADS_COUNT:
        await shopper.wander(_STEPS_A_STAY_COUNT)
        if len(shopper.tabs) < TABS_COUNT:
            await shopper.open_tab()
        else:
            await shopper.switch_tab()
    await asyncio.sleep(FLUSH_WAIT_S)
    for page in shopper.tabs:
        await page.close(run_before_unload=True)
    await context.close()
    await asyncio.sleep(FLUSH_WAIT_S)
    session = (await _loads(shop))[0].session
    await shop.store.commit([EndSession(session=session, ended_ms=now_ms(), why="signed out")])
    return session


async def _loads(shop: Product) -> list[Load]:
    """Of the session with the most: a page that is left before its welcome came leaves one behind."""
    sessions = await shop.store.sessions(limit=LOADS_COUNT)
    found = [await shop.store.loads(session.id) for session in sessions]
    return max(found, key=len, default=[])


async def pictured(shop: Product, session: str) -> list[Pictured]:
    """Where the session has a picture, by page load."""
    facts, pictures = [await shop.store.outline(session, track) for track in Track]
    begun: list[tuple[Load, float]] = []
    for load in await shop.store.loads(session):
        first_ms = [one.first_ms for one in (*facts, *pictures) if one.load == load.id]
        begun += [(load, min(first_ms) + (load.offset_ms or 0.0))] if first_ms else []
    spans = []
    for load, _ in begun:
        chunks = [chunk for chunk in pictures if chunk.load == load.id]
        if chunks:
            offset_ms = load.offset_ms or 0.0
            from_ms, until_ms = chunks[0].first_ms + offset_ms, chunks[-1].last_ms + offset_ms
            # From its first word on, the next page of this tab stands in the place of this one.
            later = [at for other, at in begun if other.tab == load.tab and at > from_ms]
            spans.append(Pictured(load.tab, int(from_ms) + 1, int(min([until_ms, *later])) - 1))
    return [span for span in spans if span.from_ms <= span.until_ms]
