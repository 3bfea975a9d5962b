"""Changes a page at random under the recorder, plays what was recorded, and says where the replay differs.

The page and the replay are two pages of one browser; tests/browser/capture/differential/ runs in both.
"""

from __future__ import annotations

from difflib import unified_diff

from playwright.async_api import Browser, BrowserContext, Page, Route

__all__ = ["differences"]

SHOP = "https://shop.example/"
REPLAY = "https://replay.example/"
BEFORE = (
    "<!doctype html><html><head>\n <title>Shop</title>\n</head><body><div id=a>Hello <b>you</b></div>"
    "<form><input type=text name=q></form></body></html>"
)
CHANGES_COUNT = 30
"""In each burst: changes that a page's script makes in one go."""
TRIES_COUNT = 10
"""A frame loads in its own time."""


async def differences(browser: Browser, script: str, *, seed: int, bursts: int) -> str:
    """Where the replay first differs from the page, with what led there; empty where it never does."""
    context = await browser.new_context(viewport={"width": 1000, "height": 700})

    async def answer(route: Route) -> None:
        await route.fulfill(body=BEFORE, content_type="text/html")

    await context.route("**/*", answer)
    try:
        page, replay = await _opened(context, SHOP, script), await _opened(context, REPLAY, script)
        await page.bring_to_front()
        await page.evaluate("seed => differential.start(seed)", seed)
        for burst in range(bursts):
            changes = await page.evaluate("count => differential.change(count)", CHANGES_COUNT)
            difference = await _difference(page, replay)
            if difference:
                return f"seed {seed}, burst {burst}: {' '.join(changes)}\n{difference}"
    finally:
        await context.close()
    return ""


async def _opened(context: BrowserContext, address: str, script: str) -> Page:
    page = await context.new_page()
    await page.goto(address)
    await page.evaluate(script)
    return page


async def _difference(page: Page, replay: Page) -> str:
    shown: list[str] = []
    told: list[str] = []
    for _ in range(TRIES_COUNT):
        look = await page.evaluate("differential.look()")
        shown = look["tree"]
        told = await replay.evaluate(
            "([events, tree]) => differential.play(events, tree)", [look["events"], shown]
        )
        if told == shown:
            return ""
    return "\n".join(unified_diff(shown, told, "page", "replay", lineterm="", n=2))
