"""The promise kept in a shop that is not ours: django-oscar, with nothing but the snippet pasted in.

Where its baskets and prices stand is said by the settings of the site, those that the documentation gives.
The shop's markup stays as it is. The comparison is that of the demo shop: at every step of a seeded shopper
the panel and the replay must show what the page displayed, text for text.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from replay.cli.snippet import snippet
from tests.browser.exactness.desk import assert_none, differences
from tests.browser.product import SITE_KEY, Product, around
from tests.soak.oscar import Oscar
from tests.soak.oscar_shopper import OscarShopper
from tests.soak.visits import AGREED, DESKTOP, PHONE, Window, register, seen

pytestmark = pytest.mark.soak

ROOT = Path(__file__).parents[2]
SETTINGS: dict[str, Any] = json.loads(
    (ROOT / "examples" / "platforms" / "oscar" / "settings.json").read_text()
)
STEPS = 40


@asynccontextmanager
async def shop_with(oscar: Oscar, folder: Path, settings: dict[str, Any]) -> AsyncIterator[Product]:
    """The shop, with the snippet pasted, before a collector and a desk."""
    data = folder / "oscar"
    with oscar.serving(data) as shop_url:
        async with around(shop_url, data / "shop.sqlite3", folder, settings=settings) as shop:
            await register(shop, "GBP")
            (data / "snippet.html").write_text(snippet(shop.collector_url, SITE_KEY) + AGREED)
            yield shop


async def trip(browser: Browser, shop: Product, seed: int, window: Window, count: int) -> OscarShopper:
    """A whole visit of so many steps."""
    context = await browser.new_context(viewport={"width": window.width, "height": window.height})
    context.set_default_timeout(60_000)
    # Oscar takes jQuery from afar and has its own where that fails: the trip must not depend on it.
    await context.route("https://ajax.googleapis.com/**", lambda route: route.abort())
    shopper = OscarShopper(context, shop.shop_url, seed)
    await shopper.arrive()
    await shopper.wander(count)
    await shopper.leave()
    return shopper


@pytest.mark.parametrize(("seed", "window"), [(3, DESKTOP), (2, PHONE)])
async def test_no_step_differs_in_django_oscar(
    browser: Browser, oscar: Oscar, tmp_path: Path, seed: int, window: Window
) -> None:
    async with shop_with(oscar, tmp_path, SETTINGS) as shop:
        shopper = await trip(browser, shop, seed, window, STEPS)
        assert seen(shopper) >= {"page", "summary", "mini", "promos", "messages"}
        assert_none(await differences(browser, shop, shopper))


async def test_a_wrong_selector_is_noticed(browser: Browser, oscar: Oscar, tmp_path: Path) -> None:
    wrong = json.loads(json.dumps(SETTINGS))
    wrong["carts"][0]["unit"] = wrong["carts"][0]["total"]
    async with shop_with(oscar, tmp_path, wrong) as shop:
        shopper = await trip(browser, shop, 1, DESKTOP, STEPS // 2)
        found = await differences(browser, shop, shopper)
    assert any("the panel shows" in difference for difference in found)
    assert not any("the replay shows" in difference for difference in found)
