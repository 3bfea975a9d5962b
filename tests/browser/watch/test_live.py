"""Live: joining late, following, pausing, going back, and a connection that breaks."""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgpack
from playwright.async_api import WebSocket, expect

from replay.ports import AppendBatch, OpenLoad, Published, StoredBatch
from tests.browser.watch.conftest import Desk
from tests.browser.watch.visit import OFFSET_MS, SESSION, Customer, customer
from tests.viewer.visits import unheard


class Shopping:
    """A customer who is in the shop now: what their pages send is committed and published at once."""

    def __init__(self, desk: Desk, somebody: Customer) -> None:
        self.desk = desk
        self.customer = somebody
        self.sent: dict[tuple[str, int], int] = {}

    async def click(self, selector: str) -> None:
        """Press something now, by the server's clock, and send what comes of it."""
        await self.customer.wait(max(1, int(self.desk.now() - OFFSET_MS - self.customer.now_ms)))
        await self.customer.click(selector)
        await self.send()

    async def send(self) -> None:
        """Commit what was recorded since the last time, and tell the watchers."""
        for load in self.customer.loads:
            opened = (load.load, 0) not in self.sent
            operations = self.customer.load_operations(load)
            fresh = [one for one in operations if isinstance(one, AppendBatch) and self._is_new(one)]
            if not fresh and not opened:
                continue
            await self.desk.store.commit([one for one in operations if isinstance(one, OpenLoad) or opened])
            await self.desk.store.commit(fresh)
            self.sent.setdefault((load.load, 0), 0)
            for one in fresh:
                self.sent[load.load, one.track] = one.number
            batches = tuple(stored(one) for one in fresh)
            self.desk.bus.publish(Published(session=SESSION, batches=batches, load_opened=opened))

    def _is_new(self, batch: AppendBatch) -> bool:
        return batch.number > self.sent.get((batch.load, batch.track), 0)


def stored(batch: AppendBatch) -> StoredBatch:
    return StoredBatch(
        load=batch.load,
        track=batch.track,
        number=batch.number,
        payload=batch.payload,
        digest=hashlib.sha256(batch.payload).digest(),
        received_ms=batch.received_ms,
        first_ms=batch.first_ms,
        last_ms=batch.last_ms,
        checkpoint=batch.checkpoint,
    )


@asynccontextmanager
async def shopping(desk: Desk) -> AsyncIterator[Shopping]:
    """Somebody has the product page open, with one laptop in the cart's drawer."""
    async with customer(desk.browser) as somebody:
        await somebody.go("/hp-15")
        await somebody.wait(2_000)
        await somebody.click(".add")
        empty = Customer(somebody.pages["tab-a"].context)
        await empty.put(desk.store, ended=False)
        now = Shopping(desk, somebody)
        await now.send()
        desk.now_ms = int(somebody.now_ms + OFFSET_MS)
        desk.runs_since = time.monotonic()
        with desk.bus.connected(SESSION, unheard):
            yield now


async def test_joining_late_shows_the_whole_page_at_once_and_follows_it(desk: Desk) -> None:
    async with shopping(desk) as now:
        await desk.open()
        await expect(desk.page.locator("body")).to_have_attribute("data-live", "connected")
        await expect(desk.part("live")).to_have_attribute("aria-pressed", "true")
        await expect(desk.picture.locator(".drawer")).to_be_visible()
        await expect(desk.card("drawer")).to_be_visible()
        await now.click(".more")
        await expect(desk.picture.locator("[data-key=total] .amount")).to_have_text("$998.00")
        await expect(desk.card("drawer")).to_contain_text("$998.00")
        await now.customer.go("/cart")
        await now.send()
        await expect(desk.picture.locator("h1")).to_have_text("Shopping cart")
        await expect(desk.card("page")).to_be_visible()


async def test_a_live_session_can_be_paused_rewound_and_returned_to(desk: Desk) -> None:
    async with shopping(desk) as now:
        await desk.open()
        await expect(desk.card("drawer")).to_be_visible()
        await desk.page.keyboard.press(" ")
        await expect(desk.part("live")).to_have_text("back to live")
        await now.click(".more")
        await expect(desk.part("events")).to_contain_text("quantity 1 → 2")
        await expect(desk.card("drawer")).to_contain_text("$499.00")
        await expect(desk.picture.locator("[data-key=total] .amount")).to_have_text("$499.00")
        await desk.page.keyboard.press("Home")
        await expect(desk.page.locator('[data-panel-part="none"]')).to_be_visible()
        await desk.page.keyboard.press("l")
        await expect(desk.card("drawer")).to_contain_text("$998.00")
        await expect(desk.picture.locator("[data-key=total] .amount")).to_have_text("$998.00")


async def test_a_broken_connection_comes_again_and_catches_up(desk: Desk) -> None:
    async with shopping(desk) as now:
        sockets: list[WebSocket] = []

        def opened(socket: WebSocket) -> None:
            sockets.append(socket)

        desk.page.on("websocket", opened)
        await desk.open()
        await expect(desk.card("drawer")).to_be_visible()
        # What is published is too much for this watcher's queue: the desk cuts it off, as it does a slow one.
        huge = Published(session=SESSION, batches=(noise(), noise()))
        desk.bus.publish(huge)
        desk.bus.publish(huge)
        await now.click(".more")
        await expect(desk.card("drawer")).to_contain_text("$998.00")
        await expect(desk.picture.locator("[data-key=total] .amount")).to_have_text("$998.00")
        assert len(sockets) == 2


def noise() -> StoredBatch:
    payload = msgpack.packb(["rrweb-2/json", "none", 2, 0.0, 0.0, 0, False, b"[]" + b" " * (6 << 20)])
    return StoredBatch(
        load="load-none",
        track=1,
        number=1,
        payload=payload,
        digest=b"",
        received_ms=0,
        first_ms=0,
        last_ms=0,
        checkpoint=False,
    )


async def test_an_ended_session_stops_being_live(desk: Desk) -> None:
    async with shopping(desk):
        await desk.open()
        await expect(desk.part("live-tag")).to_be_visible()
    desk.bus.publish(Published(session=SESSION, ended=True))
    await expect(desk.part("live-tag")).to_be_hidden()
    await expect(desk.part("live")).to_be_hidden()
    await expect(desk.part("play")).to_have_attribute("aria-label", "Play")
