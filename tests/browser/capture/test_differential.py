"""What the recorder tells is what the page was: a page is changed at random in bursts, and after each burst a
replay of all events so far shows the same tree as the page does."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.browser.capture.conftest import bundled
from tests.browser.capture.differing import differences

SEEDS = range(3)
BURSTS_COUNT = 3


@pytest.fixture(scope="module")
def script() -> str:
    """Both sides of the comparison."""
    return bundled("differential/main.js")


async def test_a_replay_shows_what_the_page_showed(browser: Browser, script: str) -> None:
    for seed in SEEDS:
        found = await differences(browser, script, seed=seed, bursts=BURSTS_COUNT)
        assert not found, found
