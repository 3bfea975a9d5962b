"""A shop of plain pages, the built SDK in them, and a collector that keeps what they send in memory."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from playwright.async_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from replay.cli.serve import now_ms
from replay.cli.snippet import snippet
from replay.collector.app import collecting, create_collector
from replay.collector.sdk import load_script
from replay.model.events import encode_event
from replay.model.track import Track
from replay.ports import Appended, Commit, Load, Session, Site
from replay.protocol.codec import decode_chunk, decode_chunk_header, decode_facts
from storage.bus import LocalBus
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from tests.browser.proxy import Network, network
from tests.serving import serving

SITE = "site_test"
WAIT_S = 15

Fact = tuple[str, float, Mapping[str, Any]]


Found = TypeVar("Found")


class ToldStore(MemoryStore):
    """A store that tells when something was kept."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = asyncio.Event()

    async def commit(self, operations: Commit) -> list[Appended | Load | None]:
        outcomes = await super().commit(operations)
        self.changed.set()
        return outcomes


@dataclass
class Shop:
    """The shop's pages, and what the collector has kept of those who came."""

    url: str
    collector_url: str
    store: ToldStore
    network: Network
    pages: dict[str, str]
    headers: dict[str, str]
    asked: list[str]
    """What was asked of the collector, in order: ``http /path`` or ``websocket /path``."""

    def page(self, path: str, body: str = "", *, head: str = "", consent: str = "granted") -> str:
        """Put a page at a path; answers its address. ``consent`` is what its own script says, if anything."""
        said = f"<script>replay('consent', '{consent}')</script>" if consent else ""
        self.pages[path] = (
            f"<!doctype html><title>{path}</title>{head}{snippet(self.collector_url, SITE)}{said}"
            f"<body><h1>{path}</h1>{body}"
        )
        return self.url + path

    async def sessions(self) -> list[Session]:
        """The sessions, oldest first."""
        found = await self.store.sessions(limit=100)
        return sorted(found, key=lambda session: session.started_ms)

    async def loads(self, session: Session) -> list[Load]:
        return await self.store.loads(session.id)

    async def facts(self, kind: str | None = None) -> list[Fact]:
        """All facts that were kept, by session, page load and number."""
        found: list[Fact] = []
        for session in await self.sessions():
            for batch in await self.store.batches(session.id, Track.FACTS):
                for event in decode_facts(batch.payload).events:
                    name, t, fields = encode_event(event)
                    if kind in (None, name):
                        found.append((name, t, fields))  # type: ignore[arg-type]
        return found

    async def checkpoints(self, load: Load) -> list[bool]:
        """Whether each chunk of a page load starts with a full snapshot."""
        chunks = await self.store.batches(load.session, Track.PICTURE, load=load.id)
        return [decode_chunk_header(chunk.payload).checkpoint for chunk in chunks]

    async def drawn(self, load: Load) -> str:
        """What the recorder said of a page load, as one text."""
        kept = await self.store.batches(load.session, Track.PICTURE, load=load.id)
        chunks = [decode_chunk(batch.payload) for batch in kept]
        return b"".join(
            gzip.decompress(chunk.data) if chunk.codec == "gzip" else chunk.data for chunk in chunks
        ).decode()

    async def until(self, look: Callable[[], Awaitable[Found | None]]) -> Found:
        """Look again whenever something was kept, until there is what is looked for."""
        async with asyncio.timeout(WAIT_S):
            while (found := await look()) is None:
                self.store.changed.clear()
                await self.store.changed.wait()
        return found

    async def until_fact(self, kind: str, count: int = 1) -> list[Fact]:
        """Wait until so many facts of a kind are kept."""

        async def look() -> list[Fact] | None:
            found = await self.facts(kind)
            return found if len(found) >= count else None

        return await self.until(look)

    async def until_loads(self, count: int) -> list[Load]:
        """Wait until the newest session has so many page loads, each with a whole picture; answers them."""

        async def look() -> list[Load] | None:
            sessions = await self.sessions()
            loads = await self.loads(sessions[-1]) if sessions else []
            drawn = [any(await self.checkpoints(load)) for load in loads]
            return loads if len(loads) >= count and all(drawn) else None

        return await self.until(look)


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """A shop on ``localhost`` and a collector behind a network that can be cut."""
    async with AsyncExitStack() as stack:
        store = ToldStore()
        parts = await stack.enter_async_context(
            collecting(store, LocalBus(), objects=MemoryObjects(), now_ms=now_ms, phone_region="US")
        )
        collector = create_collector(parts, load_script())
        asked: list[str] = []
        pages: dict[str, str] = {}
        headers: dict[str, str] = {}

        async def listening(scope: Any, receive: Any, send: Any) -> None:
            if "path" in scope:
                asked.append(f"{scope['type']} {scope['path']}")
            await collector(scope, receive, send)

        async def show(request: Request) -> Response:
            html = pages.get(request.url.path)
            return Response(status_code=404) if html is None else HTMLResponse(html, headers=headers)

        address = await stack.enter_async_context(serving(listening, "localhost"))
        between, collector_url = await stack.enter_async_context(network(address))
        url = await stack.enter_async_context(
            serving(Starlette(routes=[Route("/{path:path}", show)]), "localhost")
        )
        await store.put_site(
            Site(
                key=SITE,
                name="Shop",
                origins=(url,),
                identify_secret="secret of the shop",
                settings={"flush_ms": 300},
                created_ms=now_ms(),
            )
        )
        yield Shop(
            url=url,
            collector_url=collector_url,
            store=store,
            network=between,
            pages=pages,
            headers=headers,
            asked=asked,
        )


@pytest.fixture
async def second(browser: Browser, page: Page) -> Page:
    """Another tab of the same browser."""
    return await page.context.new_page()
