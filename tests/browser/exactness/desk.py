"""An agent at the desk who stands at the moments of a shopper's steps, and names what differs there.

At each the panel and the replayed page are read, and compared, text for text, with what the page displayed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from playwright.async_api import Browser, Page

from replay.model.track import Track
from replay.protocol.codec import decode_facts
from tests.browser.exactness.shopper import Step, Surfaces, Wanderer, read_script
from tests.browser.product import LOGIN, PASSWORD, Product

__all__ = ["Desk", "assert_none", "differences"]

READ_PANEL = read_script("read_panel.js")
WAIT_S = 20


class Desk:
    """A logged-in desk that watches one session."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    async def log_in(cls, browser: Browser, product: Product) -> Desk:
        """Open the desk in a browser context of its own."""
        context = await browser.new_context(viewport={"width": 1600, "height": 1000})
        context.set_default_timeout(20_000)
        page = await context.new_page()
        await page.goto(product.desk_url)
        await page.fill("input[name=login]", LOGIN)
        await page.fill("input[name=password]", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("input[name=q]")
        return cls(page)

    async def watch(self, product: Product, session: str, t: float, tab: str) -> None:
        """Open the session at a moment of one tab."""
        await self.page.goto(f"{product.desk_url}/watch/{session}#{_place(t, tab)}")
        await self._stands_at(t)

    async def seek(self, t: float, tab: str) -> None:
        """Go to a moment of one tab, as a link to it does."""
        await self.page.evaluate("(place) => { location.hash = place; }", _place(t, tab))
        await self._stands_at(t)

    async def panel(self) -> Surfaces:
        """What the panel says is on screen."""
        read: Surfaces = await self.page.evaluate(READ_PANEL)
        return read

    async def replayed(self, read_shop: str) -> Surfaces:
        """What the replayed page shows, read by the function that read the shop's own page."""
        read: Surfaces = await self.page.evaluate(
            f"""() => {{
              const frames = [...document.querySelectorAll('.replayer-wrapper iframe')];
              const seen = frames.find((frame) => frame.checkVisibility({{ visibilityProperty: true }}));
              return seen === undefined ? 'no picture' : ({read_shop})(seen.contentDocument);
            }}"""
        )
        return read

    async def _stands_at(self, t: float) -> None:
        await self.page.wait_for_function(
            "(t) => document.body.dataset.ready === 'true' && Number(document.body.dataset.at) === t",
            arg=round(t),
        )


def _place(t: float, tab: str) -> str:
    return f"t={round(t)}&tab={tab}"


async def differences(browser: Browser, shop: Product, shopper: Wanderer) -> list[str]:
    """Stand at the moment of each step and name everything that differs from what the page displayed."""
    steps: Sequence[Step] = shopper.steps
    (session,) = await shop.store.sessions(limit=10)
    tabs: list[str] = []
    for load in await shop.store.loads(session.id):
        if load.tab not in tabs:
            tabs.append(load.tab)
    await _until_said(shop, session.id, tabs[steps[-1].tab], steps[-1].t)
    desk = await Desk.log_in(browser, shop)
    await desk.watch(shop, session.id, steps[0].t, tabs[0])
    found: list[str] = []
    for at, step in enumerate(steps):
        await desk.seek(step.t, tabs[step.tab])
        for said_by, shown in (("panel", await desk.panel()), ("replay", await desk.replayed(shopper.READ))):
            if shown != step.surfaces:
                found.append(
                    f"step {at} ({step.name}, tab {step.tab}, {step.url}): the {said_by} shows\n"
                    f"  {shown}\nwhere the page displayed\n  {step.surfaces}"
                )
    return found


async def _until_said(shop: Product, session: str, tab: str, t: float) -> None:
    """Until something of a tab is kept that is later than its last step: what a page says when it is left
    comes when its tab is gone."""
    async with asyncio.timeout(WAIT_S):
        while True:
            # The last page may be known only by what it says when it is left.
            loads = {load.id for load in await shop.store.loads(session) if load.tab == tab}
            batches = await shop.store.batches(session, Track.FACTS)
            kept = [decode_facts(batch.payload).last_ms for batch in batches if batch.load in loads]
            if max(kept, default=0) >= t:
                return


def assert_none(found: list[str]) -> None:
    """Fail with every difference, in words."""
    if found:
        pytest.fail(f"{len(found)} differences\n" + "\n".join(found), pytrace=False)
