"""A visit to the small shop, recorded in a real browser and put into a store as the collector would."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgpack
from playwright.async_api import Browser, BrowserContext, Page, Route

from replay.ports import (
    AppendBatch,
    DeclareGap,
    EndSession,
    Identifier,
    MeasureClock,
    OpenLoad,
    OpenSession,
    Operation,
    Session,
    Store,
)
from tests.browser.watch.shop import FILES, ORIGIN, PAGES
from tests.viewer.visits import SITE, code_number

__all__ = [
    "ERROR_MS",
    "OFFSET_MS",
    "SESSION",
    "START_MS",
    "Customer",
    "Recorded",
    "chunk_payload",
    "customer",
]

START_MS = 1_764_000_000_000
OFFSET_MS = 250.0
"""How far the page's clock is behind the server's."""
ERROR_MS = 5.0
SESSION = "session-1"

Json = dict[str, Any]


def chunk_payload(events: Sequence[Json]) -> bytes:
    """A picture batch of recorder events, as the page sends it."""
    raw = json.dumps(list(events)).encode()
    times = [event["timestamp"] for event in events]
    packed: bytes = msgpack.packb(
        [
            "rrweb-2/json",
            "gzip",
            len(raw),
            float(min(times)),
            float(max(times)),
            len(events),
            events[0]["type"] == 4,
            gzip.compress(raw),
        ]
    )
    return packed


@dataclass
class Recorded:
    """One page load: its batches so far, by track."""

    load: str
    tab: str
    facts: list[bytes] = field(default_factory=list)
    pictures: list[tuple[bytes, float, float, bool]] = field(default_factory=list)


class Customer:
    """Somebody in the shop. Time moves only by ``wait``."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self.loads: list[Recorded] = []
        self.pages: dict[str, Page] = {}
        self.now_ms = START_MS + 1_000

    async def go(self, path: str, *, tab: str = "tab-a") -> Recorded:
        """Load a page in a tab."""
        page = self.pages.get(tab)
        if page is None:
            page = self.pages[tab] = await self._context.new_page()
        await page.goto(ORIGIN + path)
        load = Recorded(load=f"load-{len(self.loads) + 1}", tab=tab)
        self.loads.append(load)
        await self.flush(tab)
        return load

    async def wait(self, ms: int) -> None:
        """Let time pass in every tab, and send what was recorded."""
        self.now_ms += ms
        await self._context.clock.run_for(ms)
        for tab in self.pages:
            await self.flush(tab)

    async def click(self, selector: str, *, tab: str = "tab-a") -> None:
        """Press something, and send what was recorded."""
        await self.pages[tab].click(selector)
        await self.wait(100)

    async def fact(self, kind: str, fields: Json, *, tab: str = "tab-a") -> None:
        """State a fact from the page."""
        await self.pages[tab].evaluate("([kind, fields]) => fact(kind, fields)", [kind, fields])
        await self.flush(tab)

    async def flush(self, tab: str) -> None:
        """Cut what was recorded since the last flush into one batch of each track."""
        took = await self.pages[tab].evaluate("() => [shop.events.splice(0), shop.facts.splice(0)]")
        events, facts = took
        load = next(load for load in reversed(self.loads) if load.tab == tab)
        events = [event for event in events if event["type"] in (2, 3, 4)]
        if events:
            times = [event["timestamp"] for event in events]
            load.pictures.append((chunk_payload(events), min(times), max(times), events[0]["type"] == 4))
        if facts:
            load.facts.append(msgpack.packb([[kind, float(t), fields] for kind, t, fields in facts]))

    async def put(
        self,
        store: Store,
        *,
        session: str = SESSION,
        identifiers: tuple[Identifier, ...] = (),
        lost: Sequence[tuple[str, int]] = (),
        ended: bool = True,
    ) -> None:
        """Commit it all; of ``lost`` (load, number) the picture batches are declared lost instead."""
        await store.put_site(SITE)
        await store.commit(
            [
                OpenSession(
                    session=Session(
                        id=session,
                        site=SITE.key,
                        code=code_number(7),
                        token_hash=hashlib.sha256(session.encode()).digest(),
                        started_ms=START_MS,
                        seen_ms=START_MS,
                    )
                )
            ]
        )
        for load in self.loads:
            await store.commit(
                self.load_operations(load, session=session, identifiers=identifiers, lost=lost)
            )
        if ended:
            await store.commit([EndSession(session=session, ended_ms=self.now_ms, why="idle")])

    def load_operations(
        self,
        load: Recorded,
        *,
        session: str = SESSION,
        identifiers: tuple[Identifier, ...] = (),
        lost: Sequence[tuple[str, int]] = (),
    ) -> list[Operation]:
        """What the collector would commit for one page load."""
        operations: list[Operation] = [
            OpenLoad(session=session, id=load.load, tab=load.tab, opened_ms=self.now_ms),
            MeasureClock(session=session, load=load.load, offset_ms=OFFSET_MS, error_ms=ERROR_MS),
        ]
        for number, payload in enumerate(load.facts, start=1):
            first = msgpack.unpackb(payload)[0][1]
            operations.append(
                self.batch(session, load, 0, number, payload, first, first, identifiers=identifiers)
            )
        for number, (payload, first, last, checkpoint) in enumerate(load.pictures, start=1):
            if (load.load, number) in lost:
                gap = DeclareGap(
                    session=session,
                    load=load.load,
                    track=1,
                    first=number,
                    last=number,
                    reason="the page's buffer was full",
                    received_ms=self.now_ms,
                )
                operations.append(gap)
            else:
                operations.append(
                    self.batch(session, load, 1, number, payload, first, last, checkpoint=checkpoint)
                )
        return operations

    def batch(
        self,
        session: str,
        load: Recorded,
        track: int,
        number: int,
        payload: bytes,
        first: float,
        last: float,
        *,
        checkpoint: bool = False,
        identifiers: tuple[Identifier, ...] = (),
    ) -> AppendBatch:
        """One batch as the collector appends it."""
        return AppendBatch(
            session=session,
            load=load.load,
            track=track,
            number=number,
            payload=payload,
            digest=hashlib.sha256(payload).digest(),
            received_ms=int(last),
            first_ms=first,
            last_ms=last,
            checkpoint=checkpoint,
            identifiers=identifiers,
        )


@asynccontextmanager
async def customer(browser: Browser) -> AsyncIterator[Customer]:
    """Somebody whose browser is on the small shop."""
    context = await browser.new_context(viewport={"width": 1_000, "height": 700})

    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path in FILES:
            file, kind = FILES[path]
            await route.fulfill(path=file, content_type=kind)
        elif path in PAGES:
            await route.fulfill(body=PAGES[path], content_type="text/html; charset=utf-8")
        else:
            await route.fulfill(status=404)

    await context.route(f"{ORIGIN}/**", answer)
    # One clock for all tabs. It can be stopped only at a time after the one it was installed with.
    await context.clock.install(time=datetime.fromtimestamp(START_MS / 1_000, UTC))
    await context.clock.pause_at(datetime.fromtimestamp(START_MS / 1_000 + 1, UTC))
    try:
        yield Customer(context)
    finally:
        await context.close()
