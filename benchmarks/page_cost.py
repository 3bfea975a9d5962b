"""What recording costs the customer's page: main-thread time on one heavy shop page, beside the peer's.

The page runs without a recorder, with ``@rrweb/record`` + JSON + fetch, and with the product, in turn, each
in a browser context of its own. What a recorder adds is its page's time less that of the round's bare page.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette

from benchmarks.heavy_page import SITE_KEY, Cost, allow, cost_of, page_at, product_records
from benchmarks.peers import RRWEB, peer_server
from benchmarks.report import Row, Spread
from benchmarks.trip import chromium, script_to
from replay.cli.snippet import snippet
from replay.collector.sdk import sdk_routes
from tests.browser.product import product
from tests.serving import serving

__all__ = ["ROWS", "measure"]

ROUNDS_COUNT = 4
FLUSHED_S = 3.0
"""After the last change: longer than the cadence of both recorders."""

TIME = "main-thread time added over the peer's"
BLOCKING = "main-thread blocking added over the peer's"
ROWS = (TIME, BLOCKING)


async def measure(folder: Path) -> list[Row]:
    """Run the page with each recorder in turn."""
    rounds: list[tuple[Cost, Cost, Cost]] = []
    async with (
        chromium() as browser,
        product(folder, mode="spa") as shop,
        peer_server(RRWEB) as (url, posts),
        serving(Starlette(routes=sdk_routes(script_to(url, RRWEB.entry)))) as peer_url,
        page_at("") as bare,
        page_at(snippet(peer_url, SITE_KEY)) as peer,
        page_at(snippet(shop.collector_url, SITE_KEY)) as ours,
    ):

        async def peer_records() -> bool:
            return bool(posts)

        ours_records = product_records(shop)
        await allow(shop, ours)
        for _ in range(ROUNDS_COUNT):
            posts.clear()
            rounds.append(
                (
                    await cost_of(browser, bare, None, FLUSHED_S),
                    await cost_of(browser, peer, peer_records, FLUSHED_S),
                    await cost_of(browser, ours, ours_records, FLUSHED_S),
                )
            )
    return [
        _row(TIME, rounds, lambda cost: cost.task_s),
        _row(BLOCKING, rounds, lambda cost: cost.blocking_s),
    ]


def _row(name: str, rounds: list[tuple[Cost, Cost, Cost]], figure: Callable[[Cost], float]) -> Row:
    added = [
        (figure(ours) - figure(bare), figure(peer) - figure(bare), figure(bare))
        for bare, peer, ours in rounds
    ]
    ours_s, peer_s, bare_s = (statistics.median(one[at] for one in added) for at in range(3))
    return Row(
        name=name,
        unit="×",
        target=1.0,
        spread=Spread.of([ours / peer for ours, peer, _ in added]),
        note=f"adds {ours_s:.2f} s, the peer {peer_s:.2f} s, to a bare page's {bare_s:.2f} s",
    )
