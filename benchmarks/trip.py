"""A real shopping trip in Chromium through the demo shop, recorded by the product, or by a peer.

The shopper is seeded, so that both make the same trip. The peer is ``@rrweb/record`` as its manual shows it:
JSON of its events, sent by fetch at the product's own cadence. A trip that was made is kept until the program
ends: several benchmarks ask for the same ones, and each takes as long as a customer does.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from benchmarks.bundling import bundle
from benchmarks.load import Recorded
from examples.storefront.app import Mode
from replay.cli.serve import now_ms
from replay.collector.sdk import Script
from replay.model.session import IDLE_MS
from replay.model.track import Track
from storage.sealer import QUIET_MS, Sealer
from tests.browser.chromium import CHROMIUM_MISSING, CHROMIUM_OPTIONS, find_chromium
from tests.browser.exactness.shopper import Shopper
from tests.browser.product import Product, product

__all__ = [
    "STEPS_COUNT",
    "Trip",
    "chromium",
    "make_trip",
    "peer_trip",
    "product_trip",
    "script_of",
    "script_to",
    "until",
]

RRWEB = Path("benchmarks/peer/rrweb.js")
STEPS_COUNT = 25
SEED = 7
FLUSH_WAIT_S = 3.0
"""Longer than the cadence at which either recorder sends."""
VIEWPORT_WIDTH_PX = 1280
VIEWPORT_HEIGHT_PX = 900
ACTION_TIMEOUT_MS = 60_000
POLL_S = 0.1
UNTIL_S = 60.0
LATER_MS = 2 * (IDLE_MS + QUIET_MS)
"""When the sessions of a trip are long over."""


@dataclass(frozen=True, slots=True)
class Trip:
    """What the collector was sent, in the order in which it came, and what became of it."""

    batches: tuple[Recorded, ...]
    sessions: int
    assets: Mapping[str, int]
    """Bytes of every style, image and font of the site, by hash."""
    style_bytes: int
    """Of those, what the page sent: the styles that the site did not have yet."""
    sealed_bytes: int
    """Of the objects into which its sessions were sealed."""


@asynccontextmanager
async def chromium(options: Sequence[str] = ()) -> AsyncIterator[Browser]:
    """A headless Chromium."""
    path = find_chromium()
    if path is None:
        raise RuntimeError(CHROMIUM_MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_OPTIONS, *options])
        yield browser
        await browser.close()


def script_to(sink_url: str, entry: Path) -> Script:
    """A peer in the place of the product's script."""
    return script_of(f"var PEER_SINK={json.dumps(sink_url)};\n".encode() + bundle(entry))


def script_of(body: bytes) -> Script:
    """Any script in the place of the product's."""
    digest = hashlib.sha384(body).hexdigest()
    return Script(body=body, packed=gzip.compress(body, 9), version=digest[:16], integrity="")


_product_trips: dict[tuple[Mode, int, float], Trip] = {}
_peer_trips: dict[tuple[Mode, int], list[str]] = {}


async def product_trip(
    browser: Browser, folder: Path, mode: Mode, steps: int = STEPS_COUNT, *, stay_s: float = 0.0
) -> Trip:
    """Make the trip with the product recording, and seal what it recorded."""
    key = mode, steps, stay_s
    if key not in _product_trips:
        place = folder / f"product-{mode}-{steps}-{stay_s:.0f}"
        place.mkdir()
        _product_trips[key] = await _product_trip(browser, place, mode, steps, stay_s)
    return _product_trips[key]


async def peer_trip(browser: Browser, folder: Path, mode: Mode, steps: int = STEPS_COUNT) -> list[str]:
    """Make the trip with the peer recording; answers its events as JSON. None is lost when a page is left."""
    if (mode, steps) not in _peer_trips:
        place = folder / f"peer-{mode}-{steps}"
        place.mkdir()
        events: list[str] = []
        async with product(place, mode=mode, script=script_to("", RRWEB)) as shop:
            await _shop(browser, shop, steps, 0.0, events)
        _peer_trips[mode, steps] = events
    return _peer_trips[mode, steps]


async def _product_trip(browser: Browser, folder: Path, mode: Mode, steps: int, stay_s: float) -> Trip:
    async with product(folder, mode=mode) as shop:
        await _shop(browser, shop, steps, stay_s)
        # A page that is left before its welcome came leaves a session behind; what it sent counts.
        sessions = await shop.store.sessions(limit=2 * steps)
        kept = [
            batch
            for session in sessions
            for track in Track
            for batch in await shop.store.batches(session.id, track)
        ]
        named = {
            one.ref: one for session in sessions for one in await shop.store.session_assets(session.id, 0)
        }
        had = [one.asset for one in named.values() if one.asset]
        held = {asset.hash: asset.bytes or 0 for asset in had if asset.hash}
        styles = sum(asset.bytes or 0 for asset in had if asset.kind == "text")
        with Sealer(shop.store, shop.objects, now_ms=lambda: now_ms() + LATER_MS) as sealer:
            await sealer.seal_due()
        sealed = [await shop.store.sealed(session.id) for session in sessions]
        if any([await shop.store.rows(session.id) for session in sessions]):
            raise RuntimeError("a session was not sealed; its reason is above")
    ordered = sorted(kept, key=lambda batch: batch.received_ms)
    return Trip(
        batches=tuple(Recorded(Track(batch.track), batch.payload) for batch in ordered),
        sessions=len(sessions),
        assets=held,
        style_bytes=styles,
        sealed_bytes=sum(one.size_bytes for one in sealed if one),
    )


async def _shop(
    browser: Browser, shop: Product, steps: int, stay_s: float, events: list[str] | None = None
) -> None:
    context = await browser.new_context(viewport={"width": VIEWPORT_WIDTH_PX, "height": VIEWPORT_HEIGHT_PX})
    if events is not None:
        taken = events
        await context.expose_binding("peerTake", lambda source, event: taken.append(event))
    page = await make_trip(context, shop, shop.shop_url, steps, stay_s=stay_s)
    await asyncio.sleep(FLUSH_WAIT_S)
    await page.close(run_before_unload=True)
    await context.close()
    # What was on its way when the page was left arrives.
    await asyncio.sleep(FLUSH_WAIT_S)


async def make_trip(
    context: BrowserContext, shop: Product, shop_url: str, steps: int, *, stay_s: float = 0.0
) -> Page:
    """Arrive, agree and wander, resting for ``stay_s`` before each step and at the end; answers the page on
    which the trip ends."""
    context.set_default_timeout(ACTION_TIMEOUT_MS)
    shopper = Shopper(context, shop_url, shop.shop_database, SEED)
    # A peer shows no code when it begins.
    await shopper.arrive(recorded=False)
    for _ in range(steps):
        await asyncio.sleep(stay_s)
        await shopper.step()
    await asyncio.sleep(stay_s)
    return shopper.page


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return when the condition holds. It is asked of a database or a browser, which tell nobody. Raises
    ``TimeoutError``."""
    async with asyncio.timeout(UNTIL_S):
        while not await condition():  # noqa: ASYNC110 (there is nothing to wait for but time)
            await asyncio.sleep(POLL_S)
