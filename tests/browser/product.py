"""The whole product and the demo shop on real sockets, in the test's own event loop.

Wired from the same parts as ``replay demo``, so that a test can put a faulty part in place of a good one and
show that the difference is noticed.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from examples.storefront.app import create_app
from replay.cli.serve import now_ms
from replay.cli.snippet import snippet
from replay.collector.app import collecting, create_collector
from replay.collector.sdk import Script, load_script
from replay.ports import Objects, Site, Store
from storage.bus import LocalBus
from storage.objects import open_folder
from storage.sqlite import open_store
from tests.browser.proxy import Network, network
from tests.serving import serving
from viewer.accounts import create_agent
from viewer.app import create_desk

__all__ = ["LOGIN", "PASSWORD", "Product", "product"]

LOGIN = "agent"
PASSWORD = "a password for tests"
SITE_KEY = "demo-shop"


@dataclass(frozen=True, slots=True)
class Product:
    """Where everything is."""

    shop_url: str
    desk_url: str
    collector_url: str
    network: Network
    """Between the customers' browsers and the collector."""
    shop_database: Path
    store: Store
    objects: Objects
    site: Site


@asynccontextmanager
async def product(
    folder: Path,
    *,
    mode: Literal["pages", "spa"],
    script: Script | None = None,
    tamper: Callable[[Store], Store] = lambda store: store,
) -> AsyncIterator[Product]:
    """Run collector, desk and shop. ``script`` replaces the built SDK; ``tamper`` puts something between the
    collector and the store."""
    async with AsyncExitStack() as stack:
        objects = await open_folder(folder / "objects")
        store = await open_store(folder / "replay.sqlite3", objects=objects)
        stack.push_async_callback(store.close)
        shop_socket = socket.create_server(("localhost", 0))
        bus = LocalBus()
        collector = await stack.enter_async_context(
            collecting(
                tamper(store),
                bus,
                objects=objects,
                now_ms=now_ms,
                phone_region="US",
                private_assets=(f"http://localhost:{shop_socket.getsockname()[1]}",),
            )
        )
        address = await stack.enter_async_context(
            serving(create_collector(collector, script or load_script()), "localhost")
        )
        between, collector_url = await stack.enter_async_context(network(address))
        secret = secrets.token_hex(32)
        shop_database = folder / "shop.sqlite3"
        shop = create_app(
            shop_database, snippet=snippet(collector_url, SITE_KEY), identify_secret=secret, mode=mode
        )
        shop_url = await stack.enter_async_context(serving(shop, "localhost", shop_socket))
        site = Site(
            key=SITE_KEY,
            name="Demo shop",
            origins=(shop_url,),
            identify_secret=secret,
            settings={},
            created_ms=now_ms(),
        )
        await store.put_site(site)
        await create_agent(store, login=LOGIN, name="Test agent", password=PASSWORD, now_ms=now_ms())
        desk = create_desk(store, bus, objects=objects, now_ms=now_ms, phone_region="US")
        desk_url = await stack.enter_async_context(serving(desk, "127.0.0.1"))
        yield Product(shop_url, desk_url, collector_url, between, shop_database, store, objects, site)
