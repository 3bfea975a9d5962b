"""The same trip through the demo shop with each peer recording: how many bytes of its own leave the page.

A peer may send less than it recorded, because a page that is left cuts off what it had not sent yet: then the
comparison is to its advantage, unless nothing tells the trip's beginning or its end, and then there is none.
The shopper stays on each page for longer than the slowest of them keeps what it recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser

from benchmarks.peers import Peer, Post, peer_server, tells
from benchmarks.trip import FLUSH_WAIT_S, make_trip, product_trip, script_to
from benchmarks.trip_bytes import MODES, sent_bytes
from examples.storefront.app import Mode
from tests.browser.product import product

__all__ = ["CUSTOMERS_BROWSER", "Trips", "make_trips", "outside"]

SHOWN_FIRST = "By room and by need"
"""Only the shop's first page shows it."""
STEPS_COUNT = 10
STAY_S = 7.0
SLOWEST_S = 35.0
LOOK_S = 0.5
VIEWPORT_WIDTH_PX = 1280
VIEWPORT_HEIGHT_PX = 900
CUSTOMERS_BROWSER = (
    "--host-resolver-rules=MAP *.example 127.0.0.1",
    "--unsafely-treat-insecure-origin-as-secure=*.shop.example",
    "--disable-blink-features=AutomationControlled",
    "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Safari/537.36",
)
"""Names of its own for this machine, pages as good as on TLS, and nothing that says that it is driven."""


@dataclass(frozen=True, slots=True)
class Trips:
    """Bytes sent, by mode; where a peer did not record the trip, why."""

    ours: Mapping[Mode, int]
    theirs: Mapping[str, Mapping[Mode, int | str]]


def outside(address: str) -> str:
    """The same server under a name that is not this machine's."""
    return address.replace("//localhost:", "//www.shop.example:")


async def make_trips(browser: Browser, folder: Path, peers: Sequence[Peer]) -> Trips:
    """Make the trip in both kinds of shop, with the product and with each peer."""
    ours = {
        mode: sent_bytes(await product_trip(browser, folder, mode, STEPS_COUNT, stay_s=STAY_S))
        for mode in MODES
    }
    return Trips(ours, {peer.name: await _by(browser, folder, peer) for peer in peers})


async def _told(posts: list[Post], shown: str) -> None:
    """Wait for the slowest cadence of all, unless the trip's end is told before."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SLOWEST_S):
            seen = 0
            while not any(tells(post.body, shown) for post in posts[seen:]):
                seen = len(posts)
                await asyncio.sleep(LOOK_S)


async def _by(browser: Browser, folder: Path, peer: Peer) -> Mapping[Mode, int | str]:
    sent: dict[Mode, int | str] = {}
    for mode in MODES:
        place = folder / f"{peer.name}-{mode}"
        place.mkdir()
        posts, shown = await _trip(browser, place, peer, mode)
        texts = {SHOWN_FIRST: "first", shown: "last"}
        missing = [text for text in texts if not any(tells(post.body, text) for post in posts)]
        sent[mode] = (
            f"none of its {len(posts)} posts tells “{missing[0]}”, which the {texts[missing[0]]} page showed"
            if missing
            else sum(len(post.body) for post in posts)
        )
    return sent


async def _trip(browser: Browser, folder: Path, peer: Peer, mode: Mode) -> tuple[list[Post], str]:
    """What was posted, and the heading of the page on which the trip ended."""
    async with (
        peer_server(peer) as (url, posts),
        product(folder, mode=mode, script=script_to(outside(url), peer.entry)) as shop,
    ):
        context = await browser.new_context(
            viewport={"width": VIEWPORT_WIDTH_PX, "height": VIEWPORT_HEIGHT_PX}
        )
        page = await make_trip(context, shop, outside(shop.shop_url), STEPS_COUNT, stay_s=STAY_S)
        shown = (await page.locator("h1").first.inner_text()).strip()
        await asyncio.sleep(FLUSH_WAIT_S)
        await _told(posts, shown)
        await page.goto(f"{outside(shop.shop_url)}/static/none")
        await asyncio.sleep(FLUSH_WAIT_S)
        await context.close()
    return posts, shown
