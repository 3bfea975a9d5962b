"""The product as an operator runs it, ``replay serve`` over SQLite in a process of its own, with one site."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from replay.model.track import Track
from replay.protocol.messages import Ack, Welcome
from storage.sqlite import SqliteStore, open_store
from tests.cli.conftest import Cli, Server
from tests.collector.page import ORIGIN, SITE, Page, facts, hello, visiting

WORST_ACK_S = 1.0
"""What a good page may wait for an acknowledgement while the collector is attacked. A quarter of it is what
we promise; the rest is for the attackers, who share our cores."""


@dataclass
class Product:
    """A running server, and the folder that it runs in."""

    cli: Cli
    server: Server

    @property
    def address(self) -> str:
        return self.server.pages_url

    @property
    def pid(self) -> int:
        return self.server.process.pid

    @property
    def database(self) -> Path:
        return self.cli.data / "replay.sqlite3"

    def resident_bytes(self) -> int:
        """Memory that the server's process holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * 4_096

    @contextlib.asynccontextmanager
    async def stopped(self) -> AsyncIterator[SqliteStore]:
        """Stop the server and open what it left behind."""
        assert self.server.stop() == 0
        store = await open_store(self.database)
        try:
            yield store
        finally:
            await store.close()


@dataclass
class GoodPage:
    """A page that goes on sending facts and notes how long each acknowledgement took."""

    page: Page
    session: str
    waits_s: list[float] = field(default_factory=list)
    acked: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def go_on(self) -> None:
        while True:
            await self.send()
            await asyncio.sleep(0.01)

    async def send(self) -> None:
        number = len(self.waits_s) + 1
        began = time.perf_counter()
        await self.page.send(facts(number))
        assert await self.page.expect(Ack) == Ack(track=Track.FACTS, number=number)
        async with self.acked:
            self.waits_s.append(time.perf_counter() - began)
            self.acked.notify_all()

    async def more(self, count: int = 20) -> None:
        """Wait until so many more were acknowledged."""
        wanted = len(self.waits_s) + count
        async with asyncio.timeout(60), self.acked:
            await self.acked.wait_for(lambda: len(self.waits_s) >= wanted)

    def worst_s(self) -> float:
        """The 99th percentile."""
        return sorted(self.waits_s)[int(len(self.waits_s) * 0.99)]


@contextlib.asynccontextmanager
async def good_page(address: str) -> AsyncIterator[GoodPage]:
    """A good page that sends while the test does something else; it has to be acknowledged to the end."""
    async with visiting(address) as page:
        await page.send(hello(load="good"))
        good = GoodPage(page, (await page.expect(Welcome)).session)
        await good.send()
        sending = asyncio.create_task(good.go_on())
        try:
            yield good
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One server for the tests of a module, each of which leaves it as it was."""
    with serving_product(Cli(tmp_path_factory.mktemp("product"))) as running:
        yield running


@contextlib.contextmanager
def serving_product(cli: Cli) -> Iterator[Product]:
    """Start a server on the folder, with a site whose pages are at ``ORIGIN``."""
    with cli.serving() as server:
        if not any(site["key"] == SITE for site in cli.json("site", "list")):
            cli.ok("site", "add", "Shop", "--origin", ORIGIN, "--key", SITE)
        yield Product(cli, server)
