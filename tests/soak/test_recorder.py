"""Pages changed at random for long under the recorder: each replay shows what its page showed."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.browser.capture.conftest import bundled
from tests.browser.capture.differing import differences

pytestmark = pytest.mark.soak

SEEDS = range(10, 60)
BURSTS_COUNT = 4


async def test_a_replay_shows_what_the_page_showed(browser: Browser) -> None:
    script = bundled("differential/main.js")
    found = [await differences(browser, script, seed=seed, bursts=BURSTS_COUNT) for seed in SEEDS]
    assert not any(found), "\n\n".join(filter(None, found))
