"""A real Chromium for each test that asks for one: started for it, closed after it, never skipped.

A test that asks for ``browser`` or ``page`` is marked ``browser`` by the hook in tests/conftest.py. Chromium
starts anew for each test (about a second), so that no cookie, cache or crash reaches the next one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.chromium import CHROMIUM_MISSING, CHROMIUM_OPTIONS, find_chromium

VIEWPORT_WIDTH_PX = 1280
VIEWPORT_HEIGHT_PX = 800
ACTION_TIMEOUT_MS = 15_000
"""Two busy cores must not fail a test; a test that hangs must not take Playwright's own 30 seconds."""

# What a test expects to become true gets as long as what it does.
expect.set_options(timeout=ACTION_TIMEOUT_MS)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium of its own."""
    path = find_chromium()
    if path is None:
        pytest.fail(CHROMIUM_MISSING)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_OPTIONS])
        yield started
        await started.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """One page in a context of its own. An exception that reaches the page's top level fails the test."""
    context = await browser.new_context(viewport={"width": VIEWPORT_WIDTH_PX, "height": VIEWPORT_HEIGHT_PX})
    context.set_default_timeout(ACTION_TIMEOUT_MS)
    uncaught: list[str] = []
    context.on("weberror", lambda raised: uncaught.append(str(raised.error)))
    yield await context.new_page()
    await context.close()
    assert not uncaught, "uncaught in the page: " + "; ".join(uncaught)
