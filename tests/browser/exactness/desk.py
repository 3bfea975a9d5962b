"""An agent at the desk who stands at given moments and reads off the panel and the replayed page."""

from __future__ import annotations

from playwright.async_api import Browser, Page

from tests.browser.exactness.shopper import READ_SHOP, Surfaces, read_script
from tests.browser.product import LOGIN, PASSWORD, Product

__all__ = ["Desk"]

READ_PANEL = read_script("read_panel.js")


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

    async def replayed(self) -> Surfaces:
        """What the replayed page shows, read like the shop's own page."""
        read: Surfaces = await self.page.evaluate(
            f"""() => {{
              const frames = [...document.querySelectorAll('.replayer-wrapper iframe')];
              const seen = frames.find((frame) => frame.checkVisibility({{ visibilityProperty: true }}));
              return seen === undefined ? 'no picture' : ({READ_SHOP})(seen.contentDocument);
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
