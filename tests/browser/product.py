"""The whole product and a shop on real sockets, in the test's own event loop.

The shop is the demo shop, or one that a test runs by itself. Wired from the same parts as ``replay demo``, so
that a test can put a faulty part in place of a good one and show that the difference is noticed.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from examples.storefront.app import create_app
from replay.cli.serve import now_ms
from replay.cli.snippet import snippet
from replay.collector.app import collecting, create_collector
from replay.collector.sdk import Script, load_script
from replay.model.promo import Promise, Promo
from replay.ports import Objects, Site, Store
from storage.bus import LocalBus
from storage.objects import open_folder
from storage.sqlite import open_store
from tests.browser.proxy import Network, network
from tests.serving import serving
from viewer.accounts import create_agent
from viewer.app import create_desk

__all__ = ["LOGIN", "PASSWORD", "SITE_KEY", "Product", "around", "product"]

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


def _known_codes() -> Promo:
    """The codes that shoppers of tests type, so that the desk shows them as pages do: codes that nobody
    registered are masked. It was over before the shop began, and nothing is held against it."""
    codes = ("SPRING20", "WELCOME10", "AUDIO15", "FREESHIP", "WINTER25", "AUTUMN30", "NOSUCHCODE")
    return Promo(id="over", promises=(Promise(title="Over", codes=codes, free_shipping=True, until_ms=0),))


@asynccontextmanager
async def around(
    shop_url: str,
    shop_database: Path,
    folder: Path,
    *,
    settings: Mapping[str, object] = MappingProxyType({}),
    script: Script | None = None,
    tamper: Callable[[Store], Store] = lambda store: store,
) -> AsyncIterator[Product]:
    """Run collector and desk for a shop, whoever serves it. ``settings`` are those of its site; ``script``
    replaces the built SDK; ``tamper`` puts something between the collector and the store."""
    async with AsyncExitStack() as stack:
        objects = await open_folder(folder / "objects")
        store = await open_store(folder / "replay.sqlite3", objects=objects)
        stack.push_async_callback(store.close)
        bus = LocalBus()
        collector = await stack.enter_async_context(
            collecting(
                tamper(store),
                bus,
                objects=objects,
                now_ms=now_ms,
                phone_region="US",
                private_assets=(shop_url,),
            )
        )
        address = await stack.enter_async_context(
            serving(create_collector(collector, script or load_script()), "localhost")
        )
        between, collector_url = await stack.enter_async_context(network(address))
        site = Site(
            key=SITE_KEY,
            name="Demo shop",
            origins=(shop_url,),
            identify_secret=secrets.token_hex(32),
            settings=dict(settings),
            created_ms=now_ms(),
            events_secret=secrets.token_hex(32),
        )
        await store.put_site(site)
        await store.put_promo(SITE_KEY, _known_codes(), replaces=None)
        await create_agent(store, login=LOGIN, name="Test agent", password=PASSWORD, now_ms=now_ms())
        desk = create_desk(store, bus, objects=objects, now_ms=now_ms, phone_region="US")
        desk_url = await stack.enter_async_context(serving(desk, "127.0.0.1"))
        yield Product(shop_url, desk_url, collector_url, between, shop_database, store, objects, site)


@asynccontextmanager
async def product(
    folder: Path,
    *,
    mode: Literal["pages", "spa"],
    settings: Mapping[str, object] = MappingProxyType({}),
    is_telling: bool = False,
    script: Script | None = None,
    tamper: Callable[[Store], Store] = lambda store: store,
) -> AsyncIterator[Product]:
    """Run collector and desk, and the demo shop in front of them. ``is_telling``: its systems tell what they
    know."""
    with socket.create_server(("localhost", 0)) as bound:
        shop_url = f"http://localhost:{bound.getsockname()[1]}"
        database = folder / "shop.sqlite3"
        async with around(
            shop_url, database, folder, settings=settings, script=script, tamper=tamper
        ) as running:
            shop = create_app(
                database,
                snippet=snippet(running.collector_url, SITE_KEY),
                identify_secret=running.site.identify_secret,
                events_url=f"{running.collector_url}/api/v1/events",
                events_secret=running.site.events_secret if is_telling else "",
                mode=mode,
            )
            async with serving(shop, "localhost", bound):
                yield running
