"""One heavy shop page in Chromium, and what it costs its main thread: 400 cards rendered eleven times, then a
cart that changes twenty times. A recorder comes onto it as onto any page: by a snippet. It may also bear the
signs of platforms, and tell the cart as each of them does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from benchmarks.trip import until
from replay.cli.serve import now_ms
from replay.model.track import Track
from replay.ports import Site
from tests.browser.product import Product
from tests.serving import serving

__all__ = ["SITE_KEY", "Cost", "Recording", "allow", "cost_of", "on_platforms", "page_at", "product_records"]

SITE_KEY = "heavy"
TIMEOUT_MS = 120_000
BEGUN_S = 1.0
"""On a page that is not the first of its visit every recorder has begun by then."""
LONG_TASK_MS = 50.0
"""What of a task is longer than this blocks the page."""
SESSIONS_MAX_COUNT = 100
_PAGE = (Path(__file__).parent / "peer" / "heavy.html").read_text()
_PLATFORMS = (Path(__file__).parent / "peer" / "platforms.html").read_text()


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the page's main thread: CPU of all tasks, what long ones block, and the longest."""

    task_s: float
    blocking_s: float
    longest_s: float


Recording = Callable[[], Awaitable[bool]]
"""Whether the recorder's first picture has left the page."""


async def cost_of(
    browser: Browser,
    address: str,
    recording: Recording | None,
    flushed_s: float,
    left_s: float = 0.0,
    *,
    visited: bool = False,
) -> Cost:
    """Load the page, let it render and change, wait ``flushed_s`` after the last change, and leave, with
    ``left_s`` for what is sent then. Where it was ``visited`` it is not the first page of its visit, and a
    recorder knows what it asks its server. Raises ``TimeoutError`` if nothing is recorded."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    try:
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
        if visited:
            await page.goto(f"{address}/heavy")
            if recording is not None:
                await until(recording)
                recording = None
            await page.goto(f"{address}/blank")
        before_s = await task_s()
        await page.goto(f"{address}/heavy")
        # Some recorders hold everything back until there is somebody.
        await page.mouse.move(40, 40)
        await page.mouse.move(60, 60)
        if recording is not None:
            await until(recording)
        elif visited:
            await asyncio.sleep(BEGUN_S)
        await page.evaluate("scenario()")
        await asyncio.sleep(flushed_s)
        long_ms: list[float] = await page.evaluate("longTasks")
        cost = Cost(
            task_s=await task_s() - before_s,
            blocking_s=sum(max(0.0, task_ms - LONG_TASK_MS) for task_ms in long_ms) / 1_000,
            longest_s=max(long_ms, default=0.0) / 1_000,
        )
        await page.goto(f"{address}/blank")
        await asyncio.sleep(left_s)
        return cost
    finally:
        await context.close()


@asynccontextmanager
async def page_at(recorder: str) -> AsyncIterator[str]:
    """Serve the heavy page with a recorder's snippet, or with a `replay` that does nothing. At the address of
    ``on_platforms`` it is one of these platforms."""
    recorder = recorder or "<script>replay = () => {};</script>"

    async def heavy(request: Request) -> Response:
        names = request.path_params.get("platforms", "")
        here = f"<script>const HERE = {json.dumps(names.split('+'))};</script>{_PLATFORMS}" if names else ""
        return HTMLResponse(_PAGE.replace("<!--recorder-->", here + recorder))

    async def blank(request: Request) -> Response:
        return HTMLResponse("<!doctype html><title>blank</title>")

    async def cart(request: Request) -> Response:
        return Response(await request.body(), media_type="application/json")

    routes = [
        *(Route(f"{folder}/heavy", heavy) for folder in ("", "/{platforms}")),
        *(Route(f"{folder}/blank", blank) for folder in ("", "/{platforms}")),
        # What the page says its shop is to answer: every platform's own words are the page's.
        Route("/{anything:path}", cart, methods=["POST"]),
    ]
    async with serving(Starlette(routes=routes), "localhost") as url:
        yield url


def on_platforms(page: str, platforms: Iterable[str]) -> str:
    """The address at which the page that is served at ``page`` is of these platforms."""
    return f"{page}/{'+'.join(platforms)}"


async def allow(shop: Product, origin: str) -> None:
    """Let the product record the page."""
    site = Site(
        key=SITE_KEY,
        name="Heavy page",
        origins=(origin,),
        identify_secret="",
        settings={},
        created_ms=now_ms(),
    )
    await shop.store.put_site(site)


def product_records(shop: Product) -> Recording:
    """The product's first picture of each session counts once: a round is not to see an earlier one's."""
    over: set[str] = set()

    async def records() -> bool:
        for session in await shop.store.sessions(limit=SESSIONS_MAX_COUNT):
            if session.id not in over and await shop.store.batches(session.id, Track.PICTURE):
                over.add(session.id)
                return True
        return False

    return records
