"""Starts the product in one process: store, collector, desk and admin socket on one event loop.

This is the only module that knows all the parts. Each listener is a uvicorn server of its own; a signal stops
them together: new pages are refused, what was accepted is committed, then the store is closed.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import shutil
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from rich.console import Console
from starlette.types import ASGIApp

from replay import __version__
from replay.cli.admin import database_of, open_objects, serve_admin
from replay.cli.commands import Tools
from replay.cli.logs import FORMS, log_unforeseen, start_log
from replay.collector.app import collecting, create_collector
from replay.collector.guarded import GuardedRequests, GuardedSocket
from replay.collector.quota import Caps
from replay.collector.reserve import Reserve
from replay.collector.sdk import load_script
from replay.errors import CommandError, ProductError
from replay.ports import Bus, Erased, Objects, Published, Store, StoreUnavailable
from replay.protocol.limits import Limits
from replay.settings import Settings
from storage.bus import LocalBus
from storage.eraser import Eraser, Why, erasing
from storage.owner import socket_path
from storage.sealer import sealing
from storage.sqlite import open_store
from viewer.app import create_desk

__all__ = ["Running", "address_of", "listen", "run", "run_servers", "running", "serve_product"]

_STOP_S = 8
"""How long open connections may take to end when the process stops."""
COLLECT_AFTER_COUNTS = (1_000, 20, 25)
"""Objects more than before, then collections of the younger ones, after which Python looks for cycles."""

logger = logging.getLogger("replay")


@dataclass(frozen=True, slots=True)
class Running:
    """The parts of a running product."""

    store: Store
    objects: Objects
    bus: Bus
    public_url: str
    desk_url: str


class _Server(uvicorn.Server):
    """A server that leaves signals to us, because several share one process, and tells when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serves = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serves.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def now_ms() -> int:
    """Server time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def run(main: Coroutine[None, None, None], settings: Settings) -> None:
    """Run a server to its end, with its log. Raises ``ProductError`` where a person can do something."""
    form = next(form for form in FORMS if form == settings.log_format)
    start_log(level=settings.log_level, form=form)

    _hold_pauses_short()

    async def watched() -> None:
        asyncio.get_running_loop().set_exception_handler(log_unforeseen)
        await main

    try:
        # Not on uvloop: it reads up to two megabytes of one socket before it looks at the next, so that ten
        # pages that flood hold up every other for seconds.
        asyncio.run(watched())
    except StoreUnavailable as error:
        raise CommandError(str(error), "") from error
    except ProductError:
        raise
    except Exception:
        logger.critical("crashed", exc_info=True)
        raise SystemExit(1) from None


def _hold_pauses_short() -> None:
    """While Python looks through all objects for cycles, every page waits: a tenth of a second and more with
    some hundred sessions in memory. What a process begins with is never looked at again, the rest seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER_COUNTS)


async def serve_product(settings: Settings, console: Console) -> None:
    """Serve collector and desk until interrupted."""
    public = listen(settings.public_host, settings.public_port)
    desk = listen(settings.desk_host, settings.desk_port)
    async with running(settings, public, desk) as (parts, pairs):
        lines = f"  Pages  [bold]{parts.public_url}[/]\n  Desk   [bold]{parts.desk_url}[/]"
        await run_servers(pairs, settings, lambda: console.print(lines, highlight=False))


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises ``CommandError`` naming the address when it cannot be had."""
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host}:{port}: {_reason(error)}.",
            "Stop what uses it, or choose another with --public-port, --desk-port or the demo's --shop-port "
            "(0 takes a free one).",
        ) from error


def _reason(error: OSError) -> str:
    """What the system says, without the address that Python adds: it is told already."""
    return str(error.strerror).partition(" (while ")[0]


def address_of(bound: socket.socket) -> str:
    """``http://host:port`` of a bound socket."""
    host, port = bound.getsockname()[:2]
    return f"http://{host}:{port}"


async def run_servers(
    pairs: Sequence[tuple[ASGIApp, socket.socket]],
    settings: Settings,
    announce: Callable[[], None] = lambda: None,
) -> None:
    """Serve each application on its socket until SIGINT or SIGTERM, then stop them all in good order.

    ``announce`` is called when all of them serve and a signal would be heeded.
    """
    servers = [_Server(_config(app, settings)) for app, _ in pairs]
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        async with asyncio.TaskGroup() as group:
            for server, (_, bound) in zip(servers, pairs, strict=True):
                group.create_task(server.serve(sockets=[bound]))
            for server in servers:
                await server.serves.wait()
            announce()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=GuardedRequests,
        ws=GuardedSocket,
        ws_max_size=Limits().message_bytes,
        ws_per_message_deflate=False,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        lifespan="auto",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=_STOP_S,
    )


@asynccontextmanager
async def running(
    settings: Settings, public: socket.socket, desk: socket.socket
) -> AsyncIterator[tuple[Running, list[tuple[ASGIApp, socket.socket]]]]:
    """Open the store and build both applications; on leaving, commit what waits and close.

    Yields the parts and the pairs to serve.
    """
    script = load_script()
    public_url = settings.public_url or address_of(public)
    desk_url = settings.desk_url or address_of(desk)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = database_of(settings)
    async with AsyncExitStack() as stack:
        objects = await open_objects(settings)
        stack.push_async_callback(objects.close)
        store = await open_store(database, objects=objects)
        stack.push_async_callback(store.close)
        bus = LocalBus()
        collector = await stack.enter_async_context(
            collecting(
                store,
                bus,
                objects=objects,
                now_ms=now_ms,
                phone_region=settings.phone_region,
                private_assets=settings.private_origins,
                desk_url=desk_url,
                reserve=Reserve(
                    lambda: shutil.disk_usage(settings.data).free, settings.disk_reserve_mib * 2**20
                ),
                caps=Caps(site_bytes_per_day=settings.site_gib_per_day * 2**30),
            )
        )
        desk_app = create_desk(
            store,
            bus,
            objects=objects,
            now_ms=now_ms,
            # Unset, agents may use any name that leads here.
            desk_url=settings.desk_url,
            collector_url=public_url,
            phone_region=settings.phone_region,
            metrics=collector.metrics.registry,
        )

        def gone(session: str, erased: Erased, why: Why) -> None:
            collector.metrics.erase(why, erased.bytes + erased.abandoned_bytes)
            collector.judge.forget(session)
            bus.publish(Published(session=session, ended=True))

        eraser = Eraser(store, objects, now_ms=now_ms, gone=gone, swept=collector.assets.forget)
        tools = Tools(
            store=store,
            objects=objects,
            settings=settings,
            eraser=eraser,
            public_url=public_url,
            judge=collector.judge,
            platforms=collector.metrics.platforms,
        )
        await stack.enter_async_context(serve_admin(tools, socket_path(database)))
        await stack.enter_async_context(sealing(store, objects, now_ms=now_ms))
        await stack.enter_async_context(erasing(eraser))
        addresses = {"public": address_of(public), "desk": address_of(desk)}
        logger.info("started", extra={"version": __version__, **addresses})
        try:
            yield (
                Running(store=store, objects=objects, bus=bus, public_url=public_url, desk_url=desk_url),
                [(create_collector(collector, script), public), (desk_app, desk)],
            )
        finally:
            logger.info("stopped", extra=addresses)
