"""A real shopping trip in Chromium through the demo shop, recorded by the product, or by a peer.

The shopper is seeded, so that both make the same trip. The peer is ``@rrweb/record`` as its manual shows it:
JSON of its events, sent by fetch at the product's own cadence.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.bundling import bundle
from benchmarks.load import Recorded
from examples.storefront.app import Mode
from replay.collector.sdk import Script
from replay.model.track import Track
from tests.browser.chromium import CHROMIUM_MISSING, CHROMIUM_OPTIONS, find_chromium
from tests.browser.exactness.shopper import Shopper
from tests.browser.product import Product, product
from tests.serving import serving

__all__ = ["Sink", "Trip", "chromium", "peer_script", "peer_sink", "peer_trip", "product_trip", "until"]

STEPS = 25
SEED = 7
FLUSH_WAIT_S = 3.0
"""Longer than the cadence at which either recorder sends."""
VIEWPORT_WIDTH_PX = 1280
VIEWPORT_HEIGHT_PX = 900
ACTION_TIMEOUT_MS = 60_000
POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Trip:
    """What the collector was sent, in the order in which it came."""

    batches: tuple[Recorded, ...]
    sessions: int
    style_bytes: int = 0
    """Of the styles that the site did not have yet."""


class Sink:
    """What the peer has posted."""

    def __init__(self) -> None:
        self.posts: list[bytes] = []


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium."""
    path = find_chromium()
    if path is None:
        raise RuntimeError(CHROMIUM_MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_OPTIONS])
        yield browser
        await browser.close()


@asynccontextmanager
async def peer_sink() -> AsyncIterator[tuple[str, Sink]]:
    """An address that takes the peer's posts."""
    sink = Sink()

    async def take(request: Request) -> Response:
        sink.posts.append(await request.body())
        return Response(status_code=204, headers={"Access-Control-Allow-Origin": "*"})

    async with serving(Starlette(routes=[Route("/events", take, methods=["POST"])])) as address:
        yield f"{address}/events", sink


def peer_script(sink_url: str) -> Script:
    """The peer in the place of the product's script."""
    body = f"var PEER_SINK={json.dumps(sink_url)};\n".encode() + bundle(Path("benchmarks/peer/record.js"))
    digest = hashlib.sha384(body).hexdigest()
    return Script(body=body, packed=gzip.compress(body, 9), version=digest[:16], integrity="")


async def product_trip(browser: Browser, folder: Path, mode: Mode) -> Trip:
    """Make the trip with the product recording."""
    async with product(folder, mode=mode) as shop:
        await _shop(browser, shop)
        # A page that is left before its welcome came leaves a session behind; what it sent counts.
        sessions = await shop.store.sessions(limit=STEPS)
        kept = [
            batch
            for session in sessions
            for track in Track
            for batch in await shop.store.batches(session.id, track)
        ]
        named = {
            one.ref: one for session in sessions for one in await shop.store.session_assets(session.id, 0)
        }
        styles = sum((one.asset and one.asset.bytes) or 0 for one in named.values() if one.kind == "text")
    ordered = sorted(kept, key=lambda batch: batch.received_ms)
    batches = tuple(Recorded(Track(batch.track), batch.payload) for batch in ordered)
    return Trip(batches, len(sessions), styles)


async def peer_trip(browser: Browser, folder: Path, mode: Mode) -> list[str]:
    """Make the trip with the peer recording; answers its events as JSON. None is lost when a page is left."""
    events: list[str] = []
    async with product(folder, mode=mode, script=peer_script("")) as shop:
        await _shop(browser, shop, events)
    return events


async def _shop(browser: Browser, shop: Product, events: list[str] | None = None) -> None:
    context = await browser.new_context(viewport={"width": VIEWPORT_WIDTH_PX, "height": VIEWPORT_HEIGHT_PX})
    context.set_default_timeout(ACTION_TIMEOUT_MS)
    if events is not None:
        taken = events
        await context.expose_binding("peerTake", lambda source, event: taken.append(event))
    shopper = Shopper(context, shop.shop_url, shop.shop_database, SEED)
    await shopper.arrive()
    await shopper.wander(STEPS)
    await asyncio.sleep(FLUSH_WAIT_S)
    await shopper.page.close(run_before_unload=True)
    await context.close()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return when the condition holds. It is asked of a database or a browser, which tell nobody."""
    while not await condition():  # noqa: ASYNC110 (there is nothing to wait for but time)
        await asyncio.sleep(POLL_S)
