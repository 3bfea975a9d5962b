"""The public application: the browser code, the two carriers of conversations, the back office, and health.

``collecting`` runs what stands behind it for as long as it is served; whoever stops serving first and leaves
then has everything committed that a page was let send.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager

from prometheus_client import Gauge
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from replay.collector.assets import Assets
from replay.collector.back_office import take_server_events
from replay.collector.counting import ProblemCounter
from replay.collector.fetching import Fetcher
from replay.collector.judging import Judge
from replay.collector.keeping import Collector
from replay.collector.metrics import Metrics
from replay.collector.notifying import Notifier
from replay.collector.quota import Caps, Quota
from replay.collector.reserve import Reserve
from replay.collector.sdk import Script, sdk_routes
from replay.collector.shells import converse_by_post, converse_by_socket
from replay.collector.webhooks import take_webhook
from replay.collector.writer import Writer
from replay.detect.fold import RULES, Rule
from replay.ports import Bus, Objects, Store
from replay.protocol.limits import Limits

__all__ = ["collecting", "create_collector"]


@asynccontextmanager
async def collecting(
    store: Store,
    bus: Bus,
    *,
    objects: Objects,
    now_ms: Callable[[], int],
    phone_region: str,
    private_assets: Iterable[str] = (),
    desk_url: str = "",
    fetcher: Fetcher | None = None,
    reserve: Reserve | None = None,
    limits: Limits | None = None,
    caps: Caps | None = None,
    rules: Sequence[Rule] = RULES,
) -> AsyncIterator[Collector]:
    """The collector's parts over a store; on leaving, what was accepted is still committed.

    ``private_assets``: origins whose images, fonts and style sheets may come from private addresses, where
    they are a site's own; ``fetcher`` is closed in the end. Without a ``reserve`` nothing is kept free: the
    store keeps its data elsewhere. ``desk_url`` is where web teams are sent to look at a problem.
    """
    metrics = Metrics()
    if reserve is not None:
        free = Gauge("replay_disk_free_bytes", "Room where the data is", registry=metrics.registry)
        free.set_function(reserve.free_bytes)
    quota = Quota(caps or Caps())
    kept_free = reserve or Reserve(lambda: 0, 0)
    assets = Assets(
        store=store,
        objects=objects,
        fetcher=fetcher or Fetcher(),
        quota=quota,
        metrics=metrics,
        reserve=kept_free,
        now_ms=now_ms,
        private=private_assets,
    )
    assets.start()
    judge = Judge(store, bus, metrics, now_ms=now_ms, rules=rules)
    judging = asyncio.create_task(judge.run())
    counter = ProblemCounter(store, metrics, now_ms=now_ms, desk_url=desk_url)
    counting = asyncio.create_task(counter.run())
    notifier = Notifier(store, metrics, now_ms=now_ms, private=private_assets)
    notifying = asyncio.create_task(notifier.run())
    writer = Writer(store)
    writing = asyncio.create_task(writer.run())
    try:
        yield Collector(
            store=store,
            objects=objects,
            bus=bus,
            writer=writer,
            assets=assets,
            judge=judge,
            limits=limits or Limits(),
            quota=quota,
            metrics=metrics,
            reserve=kept_free,
            phone_region=phone_region,
            now_ms=now_ms,
        )
    finally:
        judging.cancel()
        counting.cancel()
        notifying.cancel()
        writer.close()
        await asyncio.wait([writing, judging, counting, notifying])
        await writing
        await assets.close()


def create_collector(collector: Collector, script: Script) -> ASGIApp:
    """Build the public application around its parts."""

    async def post(request: Request) -> Response:
        return await converse_by_post(collector, request)

    async def events(request: Request) -> Response:
        return await take_server_events(collector, request)

    async def webhook(request: Request) -> Response:
        return await take_webhook(collector, request)

    async def health(request: Request) -> Response:
        await collector.writer.probe()
        failure = collector.writer.failure
        if failure is not None:
            return JSONResponse({"status": "cannot store", "why": str(failure)}, status_code=503)
        if collector.reserve.reached():
            why = "The disk is nearly full: make room, or lower REPLAY_DISK_RESERVE_MIB."
            return JSONResponse({"status": "no new sessions", "why": why}, status_code=503)
        return JSONResponse({"status": "ok"})

    requests = Starlette(
        routes=[
            Route("/ingest", post, methods=["POST"]),
            Route("/api/v1/events", events, methods=["POST"]),
            Route("/api/v1/webhooks/{platform}/{site}", webhook, methods=["POST"]),
            Route("/healthz", health),
            *sdk_routes(script),
        ]
    )

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        # The layers around a route stay on the stack for as long as it runs: for every idle page, forever.
        if scope["type"] == "websocket" and scope["path"] == "/ingest":
            await converse_by_socket(collector, WebSocket(scope, receive, send))
        else:
            await requests(scope, receive, send)

    return application
