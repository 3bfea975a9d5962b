"""The committed sample as a newcomer meets it: at the top of Find, and in the player.

It was recorded by an earlier version, so this also holds that what was recorded once can still be replayed;
and it is sealed, as it is some minutes after it was imported, which nobody is to notice.
"""

from __future__ import annotations

import re
import time

from playwright.async_api import Page, expect

from replay.cli.transfer import import_recording
from storage.bus import LocalBus
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from storage.sealer import Sealer
from tests.browser.agent import Agent
from tests.browser.product import LOGIN, PASSWORD
from tests.browser.record_sample import SAMPLE
from tests.browser.story import CART, PAGE, WAS
from tests.conftest import Serve
from viewer.accounts import create_agent
from viewer.app import create_desk

DAY_MS = 24 * 60 * 60 * 1_000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


async def test_it_stands_under_recent_and_tells_its_story(page: Page, serve: Serve) -> None:
    objects = MemoryObjects()
    store = MemoryStore(objects)
    await import_recording(store, objects, SAMPLE.read_bytes(), now_ms())
    with Sealer(store, objects, now_ms=lambda: now_ms() + DAY_MS) as sealer:
        assert await sealer.seal_due() == 1
    await create_agent(store, login=LOGIN, name="Mia", password=PASSWORD, now_ms=now_ms())
    agent = Agent(page, await serve(create_desk(store, LocalBus(), objects=objects, now_ms=now_ms)))
    await agent.log_in()
    recent = page.locator(".group", has=page.get_by_role("heading", name="Recent"))
    await expect(recent.locator(".match__name")).to_have_text("Ana Duarte")
    await recent.locator(".match__link").click()
    await page.wait_for_url("**/watch/*")
    await agent.follow_events("Cart · drawer")
    await expect(agent.line("unit")).to_have_text(CART)
    await expect(agent.line("quantity")).to_have_text("1")
    await expect(agent.picture.locator(".cart-drawer .cart-line__unit")).to_have_text(CART)
    await agent.trail("product").first.click()
    await expect(agent.picture.locator(".product .price__now")).to_have_text(PAGE)
    await expect(agent.picture.locator(".product .price__was")).to_have_text(WAS)
    await expect(agent.drawer).to_have_count(0)
    # Its photo came in the file.
    await expect(agent.picture.locator(".product img").first).to_have_js_property("naturalWidth", 400)
    changes = page.locator("[data-part=events] button", has_text=re.compile(r"quantity \d → \d"))
    for at, quantity in ((0, "2"), (1, "1")):
        await changes.nth(at).click()
        await expect(agent.line("quantity")).to_have_text(quantity)
        await expect(agent.picture.locator("input.cart-line__qty")).to_have_value(quantity)
    await agent.shoot("sample")
