"""An agent in a browser at the desk, and the pages that people's own browsers show."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, FrameLocator, Locator, Page, expect

from tests.browser.conftest import ACTION_TIMEOUT_MS
from tests.browser.product import LOGIN, PASSWORD
from tests.browser.story import SKU

__all__ = ["Agent", "browsing"]

SHOTS = os.environ.get("REPLAY_TEST_SHOTS")
"""Folder for pictures of the agent's desk, for whoever wants to look at it; none are made otherwise."""


class Agent:
    """An agent's browser at the desk."""

    def __init__(self, page: Page, desk_url: str) -> None:
        self.page = page
        self._desk_url = desk_url

    async def log_in(self) -> None:
        await self.page.goto(self._desk_url)
        await self.page.get_by_label("Login").fill(LOGIN)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator("#q")).to_be_focused()

    async def find(self, typed: str) -> Locator:
        """Type into the Find box, and wait for what it leads to."""
        await self.page.goto(self._desk_url)
        await self.page.locator("#q").fill(typed)
        await expect(self.page.locator("[data-part=results] .match__link")).to_have_count(1)
        return self.page.locator("[data-part=results]")

    @property
    def picture(self) -> FrameLocator:
        """Inside the replayed page."""
        return self.page.frame_locator(".screen:not([hidden]) iframe")

    @property
    def on_screen(self) -> Locator:
        """Cards of the cart surfaces on screen at the moment."""
        return self.page.locator('[data-panel-status="on-screen"]')

    @property
    def drawer(self) -> Locator:
        return self.page.locator('[data-panel-surface="drawer"][data-panel-status="on-screen"]')

    def line(self, part: str) -> Locator:
        """What the panel says of the laptop in the drawer."""
        return self.drawer.locator(f'[data-panel-part="line"][data-sku="{SKU}"] [data-panel-part="{part}"]')

    @property
    def total(self) -> Locator:
        return self.drawer.locator('[data-panel-key="total"] [data-panel-part="amount"]')

    def trail(self, where: str) -> Locator:
        """The prices of the laptop that were seen at one kind of place."""
        step = f'[data-panel-part="step"][data-where="{where}"]'
        return self.page.locator(f'[data-panel-part="trail"][data-sku="{SKU}"] {step}')

    async def follow_events(self, title: str) -> None:
        """Go to the first event of this title in the list."""
        await self.page.locator("[data-part=events] button", has_text=title).first.click()

    async def shoot(self, name: str) -> None:
        if SHOTS is not None:
            await self.page.screenshot(path=Path(SHOTS) / f"{name}.png")


@asynccontextmanager
async def browsing(browser: Browser, width: int, height: int) -> AsyncIterator[Page]:
    """One page of a person's own browser; an exception that reaches its top level fails the test."""
    context = await browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(ACTION_TIMEOUT_MS)
    uncaught: list[str] = []
    context.on("weberror", lambda raised: uncaught.append(str(raised.error)))
    yield await context.new_page()
    await context.close()
    assert not uncaught, "uncaught in the page: " + "; ".join(uncaught)
