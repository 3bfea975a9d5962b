"""Records the sample that the demo starts with: the first story, by the real SDK in a real Chromium.

    python -m tests.browser.record_sample [FILE]        by default examples/samples/price-mismatch.replay

Nothing in it is made up: a browser walks through the demo shop at a shopper's pace, and what the collector
kept of it is exported. Record it anew when the SDK records something else than before.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.async_api import async_playwright

from replay.cli.transfer import recording_of
from replay.cli.transfer_assets import assets_of
from replay.model.events import PageLeft
from replay.model.track import Track
from replay.ports import Store
from replay.protocol.codec import decode_facts
from replay.recording.archive import Recording, write_recording
from tests.browser.chromium import CHROMIUM_MISSING, CHROMIUM_OPTIONS, find_chromium
from tests.browser.product import product
from tests.browser.story import Ana, make_the_prices_differ

SAMPLE = Path(__file__).parents[2] / "examples" / "samples" / "price-mismatch.replay"
READS_MS = 1_800
ARRIVE_S = 30


async def record() -> Recording:
    """The story in a browser of its own, as the collector kept it."""
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(CHROMIUM_MISSING)
    with tempfile.TemporaryDirectory() as folder:
        async with product(Path(folder), mode="spa") as shop, async_playwright() as playwright:
            await make_the_prices_differ(shop.shop_url)
            browser = await playwright.chromium.launch(executable_path=chromium, args=[*CHROMIUM_OPTIONS])
            context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
            page = await context.new_page()
            ana = Ana(page, shop.shop_url, reads_ms=READS_MS)
            await ana.arrive()
            await ana.see_the_listing()
            await ana.open_the_laptop()
            await ana.sign_in()
            await ana.add_to_cart()
            await ana.add_another()
            await ana.make_it_one()
            await page.close(run_before_unload=True)
            async with asyncio.timeout(ARRIVE_S):
                while not await _is_whole(shop.store):  # noqa: ASYNC110 (a store tells nobody)
                    await asyncio.sleep(0.1)
            await browser.close()
            (session,) = await shop.store.sessions(limit=2)
            assets, objects = await assets_of(shop.store, shop.objects, session)
            return replace(await recording_of(shop.store, session), assets=assets, objects=objects)


async def _is_whole(store: Store) -> bool:
    """Whether the end of the only page load is kept and everything before it, and all that it showed."""
    (session,) = await store.sessions(limit=2)
    if not all(one.asset for one in await store.session_assets(session.id, session.seen_ms)):
        return False
    batches = await store.batches(session.id, Track.FACTS)
    return any(isinstance(event.fact, PageLeft) for event in decode_facts(batches[-1].payload).events)


def main() -> None:
    """Record, and write the file in place of the old one."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
    content = write_recording(asyncio.run(record()))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    sys.stdout.write(f"{file}: {len(content)} bytes\n")


if __name__ == "__main__":
    main()
