"""A collector on a real socket, over the memory store, with one site."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from replay.collector.app import collecting, create_collector
from replay.collector.keeping import Collector
from replay.collector.quota import Caps
from replay.collector.reserve import Reserve
from replay.collector.sdk import load_script
from replay.ports import Appended, Commit, Load, Site, StoreUnavailable
from replay.protocol.limits import Limits
from storage.bus import LocalBus
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from tests.collector.page import ORIGIN, SITE
from tests.serving import serving

SECRET = "shop's own secret"
OTHER_SITE = "site_other"


@dataclass
class Clock:
    """Server time that a test moves."""

    ms: int = 1_700_000_000_000

    def now_ms(self) -> int:
        return self.ms


@dataclass
class Disk:
    """How much room a test leaves, of which 100 bytes are the reserve."""

    free_bytes: int = 1_000


class FillingStore(MemoryStore):
    """A store on a disk that a test can fill."""

    full = False

    async def commit(self, operations: Commit) -> list[Appended | Load | None]:
        if self.full:
            raise StoreUnavailable("The disk is full.")
        return await super().commit(operations)


@dataclass
class Running:
    """A collector and what stands behind it."""

    address: str
    store: FillingStore
    bus: LocalBus
    clock: Clock
    collector: Collector
    disk: Disk


@pytest.fixture
def caps() -> Caps:
    """Overridden by tests that pass a cap."""
    return Caps()


@pytest.fixture
def limits() -> Limits:
    """Overridden by tests that pass a limit."""
    return Limits()


@pytest.fixture
async def running(tmp_path: Path, caps: Caps, limits: Limits) -> AsyncIterator[Running]:
    script = tmp_path / "replay.js"
    script.write_text("/* sdk */")
    store, bus, clock, disk = FillingStore(), LocalBus(), Clock(), Disk()
    for key in (SITE, OTHER_SITE):
        await store.put_site(
            Site(
                key=key,
                name="Shop",
                origins=(ORIGIN,),
                identify_secret=SECRET,
                settings={"flush_ms": 500},
                created_ms=0,
            )
        )
    async with (
        collecting(
            store,
            bus,
            objects=MemoryObjects(),
            now_ms=clock.now_ms,
            phone_region="US",
            reserve=Reserve(lambda: disk.free_bytes, 100),
            limits=limits,
            caps=caps,
        ) as collector,
        serving(create_collector(collector, load_script(script))) as address,
    ):
        yield Running(address, store, bus, clock, collector, disk)
