"""What recording costs the customer's page: main-thread time on one heavy shop page, beside the peer's.

The page (400 cards rendered eleven times, a cart that changes twenty times) runs without a recorder, with
``@rrweb/record`` + JSON + fetch, and with the product, in turn, each in a browser context of its own. What a
recorder adds is its page's time less that of the bare page of the same round.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from benchmarks.report import Row, Spread
from benchmarks.trip import chromium, peer_script, peer_sink, until
from replay.cli.serve import now_ms
from replay.cli.snippet import snippet
from replay.collector.sdk import sdk_routes
from replay.model.track import Track
from replay.ports import Site
from tests.browser.product import Product, product
from tests.serving import serving

__all__ = ["ROWS", "measure"]

ROUNDS_COUNT = 4
SITE_KEY = "heavy"
FLUSHED_S = 3.0
"""After the last change: longer than the cadence of both recorders."""
TIMEOUT_MS = 120_000
LONG_TASK_MS = 50.0
"""What of a task is longer than this blocks the page."""
_PAGE = (Path(__file__).parent / "peer" / "heavy.html").read_text()

TIME = "main-thread time added over the peer's"
BLOCKING = "main-thread blocking added over the peer's"
ROWS = (TIME, BLOCKING)


@dataclass(frozen=True, slots=True)
class _Cost:
    task_s: float
    blocking_s: float


Recording = Callable[[], Awaitable[bool]]
"""Whether the recorder's first picture has left the page."""


async def measure(folder: Path) -> list[Row]:
    """Run the page with each recorder in turn."""
    rounds: list[tuple[_Cost, _Cost, _Cost]] = []
    async with chromium() as browser, product(folder, mode="spa") as shop, peer_sink() as (url, sink):
        peer_routes = sdk_routes(peer_script(url))
        over: set[str] = set()
        """Sessions of earlier rounds."""

        async def peer_records() -> bool:
            return bool(sink.posts)

        async def product_records() -> bool:
            for session in await shop.store.sessions(limit=ROUNDS_COUNT):
                if session.id not in over and await shop.store.batches(session.id, Track.PICTURE):
                    over.add(session.id)
                    return True
            return False

        async with (
            serving(Starlette(routes=peer_routes)) as peer_url,
            _page_at("") as bare,
            _page_at(snippet(peer_url, SITE_KEY)) as peer,
            _page_at(snippet(shop.collector_url, SITE_KEY)) as ours,
        ):
            await _allow(shop, ours)
            for _ in range(ROUNDS_COUNT):
                sink.posts.clear()
                rounds.append(
                    (
                        await _cost(browser, bare, None),
                        await _cost(browser, peer, peer_records),
                        await _cost(browser, ours, product_records),
                    )
                )
    return [
        _row(TIME, rounds, lambda cost: cost.task_s),
        _row(BLOCKING, rounds, lambda cost: cost.blocking_s),
    ]


def _row(name: str, rounds: list[tuple[_Cost, _Cost, _Cost]], figure: Callable[[_Cost], float]) -> Row:
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


async def _cost(browser: Browser, address: str, recording: Recording | None) -> _Cost:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(TIMEOUT_MS)
    page = await context.new_page()
    protocol = await context.new_cdp_session(page)
    # CPU time of the main thread: what else the machine does is not counted.
    await protocol.send("Performance.enable", {"timeDomain": "threadTicks"})

    async def task_s() -> float:
        answer = await protocol.send("Performance.getMetrics")
        return float(next(one["value"] for one in answer["metrics"] if one["name"] == "TaskDuration"))

    # Of the same origin, so that the page that follows lives in the same process.
    await page.goto(f"{address}/blank")
    before_s = await task_s()
    await page.goto(f"{address}/heavy")
    if recording is not None:
        await until(recording)
    await page.evaluate("scenario()")
    await asyncio.sleep(FLUSHED_S)
    long_ms: list[float] = await page.evaluate("longTasks")
    cost = _Cost(
        task_s=await task_s() - before_s,
        blocking_s=sum(max(0.0, task_ms - LONG_TASK_MS) for task_ms in long_ms) / 1_000,
    )
    await context.close()
    return cost


@asynccontextmanager
async def _page_at(recorder: str) -> AsyncIterator[str]:
    """Serve the heavy page with a recorder's snippet, or with a `replay` that does nothing."""
    page = _PAGE.replace("<!--recorder-->", recorder or "<script>replay = () => {};</script>")

    async def heavy(request: Request) -> Response:
        return HTMLResponse(page)

    async def blank(request: Request) -> Response:
        return HTMLResponse("<!doctype html><title>blank</title>")

    async with serving(
        Starlette(routes=[Route("/heavy", heavy), Route("/blank", blank)]), "localhost"
    ) as url:
        yield url


async def _allow(shop: Product, origin: str) -> None:
    site = Site(
        key=SITE_KEY,
        name="Heavy page",
        origins=(origin,),
        identify_secret="",
        settings={},
        created_ms=now_ms(),
    )
    await shop.store.put_site(site)
