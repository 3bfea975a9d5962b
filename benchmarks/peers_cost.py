"""The product beside the recorders that a shop could embed instead: script, main thread and bytes of each.

Every recorder runs on the same heavy page and makes the same trip through the demo shop, at a host name that
is not this machine's (some behave otherwise there), in a browser that does not say that it is driven (some
record nothing then). A recorder that records nothing is told as such, with the reason, and without a figure.
"""

from __future__ import annotations

import gzip
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser
from starlette.applications import Starlette

from benchmarks.bundling import bundle
from benchmarks.heavy_page import SITE_KEY, Cost, Recording, allow, cost_of, page_at, product_records
from benchmarks.peers import PEERS, RRWEB, Peer, install_peers, peer_server, tells
from benchmarks.peers_trip import CUSTOMERS_BROWSER, Trips, make_trips, outside
from benchmarks.report import Row, Spread
from benchmarks.trip import chromium, script_to
from replay.cli.snippet import snippet
from replay.collector.sdk import sdk_routes
from replay.model.track import Track
from tests.browser.product import Product, product
from tests.serving import serving

__all__ = ["ROWS", "measure"]

ROUNDS_COUNT = 3
FLUSHED_S = 7.0
"""After the last change: longer than the cadence of all but one recorder, which sends in a worker."""
LEAST_S = 0.02
"""What is less cannot be told from nothing: a ratio to it would be any number."""
LEFT_S = 1.5
PICTURE_LEAST_BYTES = 10_000
"""Of any recorder's first picture of that page: smaller posts say that it begins."""
SHOWN_LAST = "in colour 10"
"""What only the last render of the heavy page shows."""
BARE, OURS = "", "the product"
_KIB = 1024
SIZE = "{}: its script, gzip"
TIME = "main-thread time added over {}'s"
BLOCKING = "main-thread blocking added over {}'s"
BYTES = "bytes sent over {}'s on the same trip"
HEAVY_BYTES = "bytes sent over {}'s on the heavy page"
OF_A_PEER = (SIZE, TIME, BLOCKING, BYTES, HEAVY_BYTES)
ROWS = tuple(row.format(peer.name) for peer in PEERS for row in OF_A_PEER)


@dataclass(slots=True)
class _Recorder:
    """One recorder on the heavy page, and what it did in each round."""

    name: str
    address: str
    recording: Recording | None
    posts: Callable[[], Awaitable[list[bytes]]]
    """What it sent in this round."""
    begin: Callable[[], None] = lambda: None
    costs: list[Cost] = field(default_factory=list)
    sent_bytes: list[int] = field(default_factory=list)
    fault: str = ""
    """Why there is no figure of it."""


async def measure(folder: Path) -> list[Row]:
    """Run the heavy page with each recorder in turn, then make the trips."""
    install_peers()
    async with chromium(CUSTOMERS_BROWSER) as browser:
        recorders = await _on_heavy_page(browser, folder)
        trips = await make_trips(browser, folder, PEERS)
    rows: list[Row] = []
    for peer in PEERS:
        compared = recorders[BARE], recorders[peer.name], recorders[OURS]
        rows += [
            _size(peer),
            _added(TIME.format(peer.name), *compared, lambda cost: cost.task_s),
            _added(BLOCKING.format(peer.name), *compared, lambda cost: cost.blocking_s),
            _trip_bytes(BYTES.format(peer.name), peer, trips),
            _heavy_bytes(HEAVY_BYTES.format(peer.name), *compared[1:]),
        ]
    return rows


async def _on_heavy_page(browser: Browser, folder: Path) -> dict[str, _Recorder]:
    place = folder / "heavy"
    place.mkdir()
    async with AsyncExitStack() as stack:
        shop = await stack.enter_async_context(product(place, mode="spa"))
        recorders = [
            await stack.enter_async_context(_bare()),
            *[await stack.enter_async_context(_peer(peer)) for peer in (RRWEB, *PEERS)],
            await stack.enter_async_context(_ours(shop)),
        ]
        for _ in range(ROUNDS_COUNT):
            for one in recorders:
                if not one.fault:
                    await _run(browser, one)
    return {one.name: one for one in recorders}


async def _run(browser: Browser, one: _Recorder) -> None:
    one.begin()
    try:
        one.costs.append(await cost_of(browser, one.address, one.recording, FLUSHED_S, LEFT_S))
    except TimeoutError:
        one.fault = "its first picture never left the page"
        return
    posts = await one.posts()
    one.sent_bytes.append(sum(map(len, posts)))
    if one.recording is not None and not any(tells(post, SHOWN_LAST) for post in posts):
        one.fault = f"none of its {len(posts)} posts tells what the page showed last"


@asynccontextmanager
async def _bare() -> AsyncIterator[_Recorder]:
    async def nothing() -> list[bytes]:
        return []

    async with page_at("") as page:
        yield _Recorder(BARE, outside(page), None, nothing)


@asynccontextmanager
async def _peer(peer: Peer) -> AsyncIterator[_Recorder]:
    async with peer_server(peer) as (url, posts):

        async def records() -> bool:
            return any(len(post.body) >= PICTURE_LEAST_BYTES for post in posts)

        async def bodies() -> list[bytes]:
            return [post.body for post in posts]

        script = script_to(outside(url), peer.entry)
        async with (
            serving(Starlette(routes=sdk_routes(script)), "localhost") as script_url,
            page_at(snippet(outside(script_url), SITE_KEY)) as page,
        ):
            yield _Recorder(peer.name, outside(page), records, bodies, begin=posts.clear)


@asynccontextmanager
async def _ours(shop: Product) -> AsyncIterator[_Recorder]:
    async def payloads() -> list[bytes]:
        (session,) = await shop.store.sessions(limit=1)
        return [one.payload for track in Track for one in await shop.store.batches(session.id, track)]

    async with page_at(snippet(outside(shop.collector_url), SITE_KEY)) as page:
        await allow(shop, outside(page))
        yield _Recorder(OURS, outside(page), product_records(shop), payloads)


def _size(peer: Peer) -> Row:
    ours, theirs = bundle(Path("sdk_js/src/script.ts")), bundle(peer.entry)
    packed = len(gzip.compress(theirs, 9))
    return Row(
        name=SIZE.format(peer.name),
        unit="KiB",
        target=None,
        spread=Spread.of([packed / _KIB]),
        note=f"{peer.package} {peer.version}, {len(theirs):,} bytes minified; "
        f"the product's script {len(gzip.compress(ours, 9)) / _KIB:.1f} KiB",
    )


def _added(
    name: str, bare: _Recorder, theirs: _Recorder, ours: _Recorder, figure: Callable[[Cost], float]
) -> Row:
    """What ours adds to the bare page over what theirs adds, in each round."""
    if fault := theirs.fault or ours.fault:
        return _not_recorded(name, fault)
    added = [
        (figure(our) - figure(none), figure(their) - figure(none))
        for none, their, our in zip(bare.costs, theirs.costs, ours.costs, strict=True)
    ]
    our_s, their_s = (statistics.median(one[side] for one in added) for side in (0, 1))
    longest_s = [statistics.median(cost.longest_s for cost in one.costs) for one in (ours, theirs)]
    return Row(
        name=name,
        unit="×",
        target=1.0,
        spread=Spread.of([max(our, 0.0) / max(their, LEAST_S) for our, their in added]),
        note=f"adds {our_s:.2f} s, {theirs.name} {their_s:.2f} s; "
        f"longest task {longest_s[0]:.2f} s and {longest_s[1]:.2f} s",
    )


def _heavy_bytes(name: str, theirs: _Recorder, ours: _Recorder) -> Row:
    if fault := theirs.fault or ours.fault:
        return _not_recorded(name, fault)
    our_bytes, their_bytes = (statistics.median(one.sent_bytes) for one in (ours, theirs))
    return Row(
        name=name,
        unit="×",
        target=None,
        spread=Spread.of(
            [our / their for our, their in zip(ours.sent_bytes, theirs.sent_bytes, strict=True)]
        ),
        note=f"{our_bytes:,.0f} over {their_bytes:,.0f} bytes",
    )


def _trip_bytes(name: str, peer: Peer, trips: Trips) -> Row:
    ratios, notes = [], []
    for mode, theirs in trips.theirs[peer.name].items():
        if isinstance(theirs, str):
            notes.append(f"{mode}: not recorded, {theirs}")
        else:
            ratios.append(trips.ours[mode] / theirs)
            notes.append(f"{mode}: {trips.ours[mode]:,} over {theirs:,} bytes")
    spread = Spread.of(ratios) if ratios else None
    return Row(name=name, unit="×", target=None, spread=spread, note="; ".join(notes))


def _not_recorded(name: str, fault: str) -> Row:
    return Row(name=name, unit="", target=None, spread=None, note=f"not recorded: {fault}")
