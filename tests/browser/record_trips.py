"""Records the trips that the rules are tested on: the demo shop, right and with each fault, in Chromium.

    python -m tests.browser.record_trips [NAME …]        all of them, into tests/detect/recorded

Nothing in them is made up: a browser walks through the shop, and the facts that the collector kept of it are
written down without the picture. Record them anew when the SDK states something else than before.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from playwright.async_api import Page, async_playwright, expect

from replay.model.events import Event, Identified, PageLeft, encode_event, kind_of
from replay.model.track import Track
from replay.ports import Store
from replay.protocol.codec import decode_facts
from tests.browser.chromium import CHROMIUM_MISSING, CHROMIUM_OPTIONS, find_chromium
from tests.browser.product import product
from tests.browser.story import Ana, switch_on

RECORDED = Path(__file__).parents[1] / "detect" / "recorded"
LINK = "/?utm_source=email&utm_campaign=spring20&coupon=SPRING20"
READS_MS = 700
RESTS_MS = 2_500
"""How long a price must rest before a rule believes it, and some more."""
CODE_RESTS_MS = 8_500
ARRIVE_S = 30
LEFT_OUT = ("assets", "styles", "consent")
"""Kinds of facts that no rule reads."""


async def _arrive(page: Page, url: str, path: str = "/") -> None:
    await page.goto(url + path)
    await page.get_by_role("button", name="Yes, that helps").click()
    await expect(page.locator("#consent")).to_be_hidden()
    await page.wait_for_timeout(READS_MS)


async def _add_the_laptop(page: Page) -> None:
    await page.locator(".categories").get_by_role("link", name="Computers").click()
    await page.wait_for_timeout(READS_MS)
    await page.locator('.card[data-replay-product="HP-15"] a').click()
    await expect(page.locator(".product__name")).to_be_visible()
    await page.wait_for_timeout(READS_MS)
    await page.locator(".add__button").click()
    await expect(page.locator(".cart-drawer .cart-line")).to_be_visible()
    await page.wait_for_timeout(RESTS_MS)


async def _sign_in(page: Page) -> None:
    await page.locator("#account-link a").click()
    await page.get_by_label("E-mail").fill("ana@example.com")
    await page.get_by_label("Password").fill("northlight")
    await page.locator(".sheet").get_by_role("button", name="Sign in").click()
    await expect(page.locator("#account-link")).to_contain_text("Ana")
    await expect(page.get_by_role("heading", name="Your orders")).to_be_visible()
    await page.wait_for_timeout(READS_MS)


async def _type_code(page: Page, code: str) -> None:
    await page.locator(".cart-drawer .cart-code__input").fill(code)
    await page.locator(".cart-drawer .cart-code__submit").click()
    await page.wait_for_timeout(READS_MS)


async def _check_out(page: Page) -> None:
    await page.locator(".cart-drawer a[href='/checkout/address']").click()
    for name, value in (
        ("email", "ana@example.com"),
        ("name", "Ana Duarte"),
        ("street", "2210 Larkin Street"),
        ("city", "San Francisco"),
        ("postcode", "94109"),
    ):
        await page.locator(f".checkout__form [name={name}]").fill(value)
    await page.locator("[name=state]").select_option("CA")
    await page.get_by_role("button", name="Continue to shipping").click()
    await expect(page.get_by_role("heading", name="How shall we send it?")).to_be_visible()
    await page.wait_for_timeout(READS_MS)
    await page.locator("[name=method]").first.check()
    await page.get_by_role("button", name="Continue to payment").click()
    await expect(page.get_by_role("heading", name="How would you like to pay?")).to_be_visible()
    await page.wait_for_timeout(RESTS_MS)
    for name, value in (
        ("card_number", "4242 4242 4242 4242"),
        ("card_name", "Ana Duarte"),
        ("card_expiry", "12 / 39"),
        ("card_code", "123"),
    ):
        await page.locator(f"[name={name}]").fill(value)
    await page.get_by_role("button", name="Pay ").click()
    await expect(page.locator(".thanks")).to_be_visible()
    await page.wait_for_timeout(READS_MS)


async def _purchase(page: Page, url: str) -> None:
    await _arrive(page, url)
    await _add_the_laptop(page)
    await page.locator(".cart-drawer .stepper__button").last.click()
    await expect(page.locator(".cart-drawer input.cart-line__qty")).to_have_value("2")
    await page.wait_for_timeout(READS_MS)
    await page.locator(".cart-drawer .stepper__button").first.click()
    await expect(page.locator(".cart-drawer input.cart-line__qty")).to_have_value("1")
    await page.wait_for_timeout(READS_MS)
    await _type_code(page, "WELCOME10")
    await _check_out(page)


async def _refused(page: Page, url: str) -> None:
    await _arrive(page, url)
    await _add_the_laptop(page)
    await _type_code(page, "WINTER25")
    await _type_code(page, "AUTUMN30")
    await page.wait_for_timeout(RESTS_MS)


async def _by_link(page: Page, url: str) -> None:
    await _arrive(page, url, LINK)
    await _add_the_laptop(page)
    await _check_out(page)


async def _typed(page: Page, url: str) -> None:
    await _arrive(page, url)
    await _add_the_laptop(page)
    await _type_code(page, "SPRING20")
    await page.wait_for_timeout(CODE_RESTS_MS)


async def _overcharged(page: Page, url: str) -> None:
    await _arrive(page, url)
    await _add_the_laptop(page)
    await _check_out(page)


async def _return(page: Page, url: str) -> None:
    await _arrive(page, url)
    await _sign_in(page)
    await page.get_by_role("link", name="Return something").first.click()
    await expect(page.locator("form.return")).to_be_visible()
    for _ in range(2):
        await page.locator("form.return [type=checkbox]").first.check()
        await page.locator("#reason").select_option(index=1)
        await page.wait_for_timeout(READS_MS)
        button = page.get_by_role("button", name="Request the return")
        await button.click()
        await page.wait_for_timeout(RESTS_MS)
        if not await button.is_visible():
            break


async def _track(page: Page, url: str) -> None:
    await _arrive(page, url)
    await _sign_in(page)
    for _ in range(2):
        await page.get_by_role("link", name="Track", exact=True).first.click()
        await page.wait_for_timeout(RESTS_MS)
        await page.go_back()
        await expect(page.get_by_role("heading", name="Your orders")).to_be_visible()
        await page.wait_for_timeout(READS_MS)


async def _return_and_track(page: Page, url: str) -> None:
    ana = Ana(page, url, reads_ms=READS_MS)
    await ana.arrive()
    await ana.see_the_orders()
    await ana.ask_for_a_return()
    await ana.track_the_order()


TRIPS: dict[str, tuple[str | None, Callable[[Page, str], Awaitable[None]]]] = {
    "purchase": (None, _purchase),
    "coupon_by_link": (None, _by_link),
    "coupon_refused": (None, _refused),
    "return": (None, _return),
    "track": (None, _track),
    "price_mismatch": ("price_mismatch", _overcharged),
    "coupon_not_deducted": ("coupon_not_deducted", _by_link),
    "coupon_typed_not_deducted": ("coupon_not_deducted", _typed),
    "coupon_link_ignored": ("coupon_link_ignored", _by_link),
    "return_silent": ("return_silent", _return),
    "tracking_error": ("tracking_error", _track),
    "return_and_track": (None, _return_and_track),
    "return_and_track_fail": ("return_silent tracking_error", _return_and_track),
}

MODES: tuple[Literal["pages", "spa"], ...] = ("pages", "spa")


async def record(name: str, mode: Literal["pages", "spa"]) -> list[dict[str, object]]:
    """The facts of one trip, by page load."""
    fault, trip = TRIPS[name]
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(CHROMIUM_MISSING)
    with tempfile.TemporaryDirectory() as folder:
        async with product(Path(folder), mode=mode) as shop, async_playwright() as playwright:
            if fault:
                await switch_on(shop.shop_url, *fault.split())
            browser = await playwright.chromium.launch(executable_path=chromium, args=[*CHROMIUM_OPTIONS])
            page = await browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-US")
            await trip(page, shop.shop_url)
            await page.close(run_before_unload=True)
            async with asyncio.timeout(ARRIVE_S):
                while not await _is_whole(shop.store):  # noqa: ASYNC110 (a store tells nobody)
                    await asyncio.sleep(0.1)
            await browser.close()
            return await _facts(shop.store)


async def _facts(store: Store) -> list[dict[str, object]]:
    (session,) = await store.sessions(limit=2)
    batches = await store.batches(session.id, Track.FACTS)
    return [
        {
            "load": load.id,
            "tab": load.tab,
            "offset_ms": load.offset_ms,
            "events": [
                encode_event(_without_person(event))
                for batch in batches
                if batch.load == load.id
                for event in decode_facts(batch.payload).events
                if kind_of(event.fact) not in LEFT_OUT
            ],
        }
        for load in await store.loads(session.id)
    ]


def _without_person(event: Event) -> Event:
    if not isinstance(event.fact, Identified):
        return event
    return replace(event, fact=Identified(customer_id=event.fact.customer_id))


async def _is_whole(store: Store) -> bool:
    (session,) = await store.sessions(limit=2)
    batches = await store.batches(session.id, Track.FACTS)
    last = (await store.loads(session.id))[-1].id
    ends = [batch for batch in batches if batch.load == last]
    return bool(ends) and any(
        isinstance(event.fact, PageLeft) for event in decode_facts(ends[-1].payload).events
    )


def main() -> None:
    """Record the named trips in both modes of the shop."""
    RECORDED.mkdir(exist_ok=True)
    for name in sys.argv[1:] or TRIPS:
        for mode in MODES:
            loads = asyncio.run(record(name, mode))
            text = json.dumps(loads, ensure_ascii=False, separators=(",", ":"))
            (RECORDED / f"{name}-{mode}.json").write_text(text + "\n")
            sys.stdout.write(f"{name}-{mode}: {len(text)} bytes\n")


if __name__ == "__main__":
    main()
