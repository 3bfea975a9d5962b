"""What a shop's style sheets cost a customer's line: five pages, styles by hash and in their place.

Two customers walk the same five pages. The first sends each style once, for the whole site; the next sends
none. What the same pictures would take with the texts in their place is worked out from what was sent.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import httpx
from playwright.async_api import Browser

from benchmarks.report import Row, Spread
from replay.cli.serve import now_ms
from replay.model.track import Track
from replay.protocol.codec import decode_chunk, encode_chunk
from tests.browser.exactness.shopper import REST_MS, SETTLE
from tests.browser.product import Product, product

__all__ = ["NAME", "measure_styles"]

NAME = "bytes of five pages, styles by hash over styles in their place"
PATHS = ("/", "/c/all", "/p/HP-15", "/cart", "/stores")
GZIP_LEVEL = 6
"""What a browser's CompressionStream uses."""
STYLE_HEAD_BYTES = 72
"""Of the message around a style's text."""
_REFERENCE = re.compile(r'"/\* replay-style ([0-9a-f]{64}) \*/"')


async def measure_styles(browser: Browser, folder: Path) -> Row:
    """Walk the pages twice, each time as a new customer."""
    async with product(folder, mode="pages") as shop:
        await _walk(browser, shop)
        first_sent, inline = await _sent(shop)
        texts = await _texts(shop)
        styles = sum(len(text.encode()) + STYLE_HEAD_BYTES for text in texts.values())
        await _walk(browser, shop)
        next_sent, _ = await _sent(shop)
    first_sent += styles
    return Row(
        name=NAME,
        unit="×",
        target=None,
        spread=Spread.of([first_sent / inline, next_sent / inline]),
        note=f"{inline:,} bytes with styles in their place; the site's first customer {first_sent:,} "
        f"({styles:,} of them the {len(texts)} styles), every later one {next_sent:,}",
    )


async def _walk(browser: Browser, shop: Product) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await page.goto(shop.shop_url)
    await page.get_by_role("button", name="Yes, that helps").click()
    for path in PATHS:
        if path != "/":
            await page.goto(f"{shop.shop_url}{path}")
        await page.evaluate(SETTLE, REST_MS)
        # The cadence of the page: what it stated is sent, and what it was asked for.
        await page.wait_for_timeout(3_000)
    await page.close(run_before_unload=True)
    await context.close()


async def _texts(shop: Product) -> dict[str, str]:
    """The styles of the newest visit by their hash."""
    (session,) = await shop.store.sessions(limit=1)
    texts = {}
    async with httpx.AsyncClient(base_url=shop.desk_url) as desk:
        for one in await shop.store.session_assets(session.id, now_ms()):
            if one.kind == "text" and one.asset is not None:
                texts[one.ref] = (await desk.get(f"/assets/{one.ref}")).raise_for_status().text
    return texts


async def _sent(shop: Product) -> tuple[int, int]:
    """Bytes of the newest visit's batches: as they were sent, and with its styles in their place."""
    (session,) = await shop.store.sessions(limit=1)
    texts = await _texts(shop)
    sent = inline = 0
    for track in Track:
        for batch in await shop.store.batches(session.id, track):
            sent += len(batch.payload)
            inline += len(batch.payload if track is Track.FACTS else _with_texts(batch.payload, texts))
    return sent, inline


def _with_texts(payload: bytes, texts: dict[str, str]) -> bytes:
    chunk = decode_chunk(payload)
    raw = gzip.decompress(chunk.data) if chunk.codec == "gzip" else chunk.data
    whole = _REFERENCE.sub(lambda found: json.dumps(texts[found[1]]), raw.decode())
    data = whole.encode()
    if chunk.codec == "gzip":
        data = gzip.compress(data, GZIP_LEVEL)
    return encode_chunk(replace(chunk, raw_bytes=len(whole), data=data))
