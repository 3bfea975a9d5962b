"""Records the samples that the demo starts with: five stories, by the real SDK in a real Chromium.

    python -m tests.browser.record_sample [NAME …]        into examples/samples, by default all of them

Nothing in them is made up: a browser walks through the demo shop at a shopper's pace, and what the collector
kept of it is exported, with what the systems of the shop told of it. Record one anew when the SDK records
something else of it than before.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from playwright.async_api import async_playwright

from replay.cli.demo import SPRING_MAIL
from replay.cli.transfer import recording_of
from replay.cli.transfer_assets import assets_of
from replay.cli.transfer_shop import shop_of
from replay.model.events import PageLeft
from replay.model.track import Track
from replay.ports import Store
from replay.protocol.codec import decode_facts
from replay.recording.archive import Recording, write_recording
from tests.browser.chromium import CHROMIUM_MISSING, CHROMIUM_OPTIONS, find_chromium
from tests.browser.product import product
from tests.browser.story import Ana, switch_on

SAMPLES = Path(__file__).parents[2] / "examples" / "samples"
SAMPLE = SAMPLES / "price-mismatch.replay"
READS_MS = 1_800
ARRIVE_S = 30


async def _prices_differ(ana: Ana) -> None:
    await ana.arrive()
    await ana.see_the_listing()
    await ana.open_the_laptop()
    await ana.sign_in()
    await ana.add_to_cart()
    await ana.add_another()
    await ana.make_it_one()


async def _a_store_is_cheaper(ana: Ana) -> None:
    await ana.arrive()
    await ana.see_the_stores()


async def _the_coupon_is_not_deducted(ana: Ana) -> None:
    await ana.come_by_the_mail()
    await ana.see_the_listing()
    await ana.open_the_laptop()
    await ana.see_the_discount_missing()


async def _the_order_is_cancelled(ana: Ana) -> None:
    await ana.arrive()
    await ana.see_the_orders()
    await ana.see_the_order_cancelled()


async def _return_and_tracking_fail(ana: Ana) -> None:
    await ana.arrive()
    await ana.see_the_orders()
    await ana.ask_for_a_return()
    await ana.track_the_order()


STORIES: dict[str, tuple[Sequence[str], Callable[[Ana], Awaitable[None]]]] = {
    "price-mismatch": (["price_mismatch"], _prices_differ),
    "store-price": (["store_price_lower"], _a_store_is_cheaper),
    "coupon-not-deducted": (["coupon_not_deducted"], _the_coupon_is_not_deducted),
    "return-and-tracking-fail": (["return_silent", "tracking_error"], _return_and_tracking_fail),
    "order-conflict": (["order_conflict"], _the_order_is_cancelled),
}
"""The faults that are on, and what she does."""
ASKED_LATER_MS = 60 * 60 * 1_000
"""When the shop's systems are asked, after the visit: nothing else is said by then."""


async def record(name: str) -> Recording:
    """The story in a browser of its own, as the collector kept it."""
    faults, story = STORIES[name]
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(CHROMIUM_MISSING)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            product(Path(folder), mode="spa", settings={"currency": "USD"}, is_telling=True) as shop,
            async_playwright() as playwright,
        ):
            await shop.store.put_promo(shop.site.key, SPRING_MAIL, replaces=None)
            await switch_on(shop.shop_url, *faults)
            browser = await playwright.chromium.launch(executable_path=chromium, args=[*CHROMIUM_OPTIONS])
            context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
            page = await context.new_page()
            await story(Ana(page, shop.shop_url, reads_ms=READS_MS))
            await page.close(run_before_unload=True)
            async with asyncio.timeout(ARRIVE_S):
                while not await _is_whole(shop.store):  # noqa: ASYNC110 (a store tells nobody)
                    await asyncio.sleep(0.1)
            await browser.close()
            (session,) = await shop.store.sessions(limit=2)
            assets, objects = await assets_of(shop.store, shop.objects, session)
            recording = replace(await recording_of(shop.store, session), assets=assets, objects=objects)
            asked_ms = session.seen_ms + ASKED_LATER_MS
            return replace(recording, shop=await shop_of(shop.store, session, recording, "US", asked_ms))


async def _is_whole(store: Store) -> bool:
    """Whether the end of the only page load is kept and everything before it, and all that it showed."""
    (session,) = await store.sessions(limit=2)
    if not all(one.asset for one in await store.session_assets(session.id, session.seen_ms)):
        return False
    batches = await store.batches(session.id, Track.FACTS)
    return any(isinstance(event.fact, PageLeft) for event in decode_facts(batches[-1].payload).events)


def main() -> None:
    """Record, and write the files in place of the old ones."""
    for name in sys.argv[1:] or STORIES:
        content = write_recording(asyncio.run(record(name)))
        file = SAMPLES / f"{name}.replay"
        file.write_bytes(content)
        sys.stdout.write(f"{file}: {len(content)} bytes\n")


if __name__ == "__main__":
    main()
