"""What becomes of what pages showed: fetched once, checked again in time, told where it could not be had."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Literal

import pytest

from replay.collector.assets import NAMED_MAX_COUNT, WAITING_MAX_COUNT, Assets, backoff_ms, named_in
from replay.collector.fetching import Fetcher
from replay.collector.metrics import Metrics
from replay.collector.quota import Caps, Quota
from replay.collector.reserve import Reserve
from replay.model.events import AssetSeen, AssetsSeen, Event, Mark, StylesUsed
from replay.ports import Asset, Sighting, Site, asset_object
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from tests.collector.asset_server import PNG, AssetServer, asset_server, png, respond
from tests.collector.conftest import Clock, Disk
from tests.contract.given import batch, opened

HOUR_MS = 3_600_000


async def loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


@pytest.fixture
async def shop() -> AsyncIterator[AssetServer]:
    async with asset_server() as server:
        yield server


@dataclass
class Keeping:
    """The fetching of a collector, and what stands behind it."""

    shop: AssetServer
    store: MemoryStore
    objects: MemoryObjects
    clock: Clock
    metrics: Metrics
    disk: Disk
    site: Site
    assets: Assets

    async def see(
        self, *paths: str, kind: Literal["image", "font"] = "image", bytes: int | None = None
    ) -> None:
        """A page showed these; everything that is due is done when this returns."""
        seen = [AssetSeen(url=self.shop.origin() + path, kind=kind, bytes=bytes) for path in paths]
        await self.name(*seen)
        self.assets.see(self.site, seen)
        await self.assets.settled()

    async def name(self, *seen: AssetSeen, session: str = "visit") -> None:
        """A session is known to have referred to these."""
        if await self.store.session(session) is None:
            await self.store.commit(opened(session=session))
        number = 1 + len(await self.store.batches(session, 0))
        named = tuple(Sighting(ref=one.url, kind=one.kind) for one in seen)
        await self.store.commit([replace(batch(number, session=session), sightings=named)])

    async def latest(self, path: str = "/a.png") -> Asset:
        url = self.shop.origin() + path
        return (await self.store.latest_assets("shop", [url]))[url]

    def count(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(name, labels) or 0


@contextlib.asynccontextmanager
async def keeping(
    shop: AssetServer,
    store: MemoryStore | None = None,
    caps: Caps | None = None,
    waiting_max_count: int = WAITING_MAX_COUNT,
) -> AsyncIterator[Keeping]:
    store, objects, clock, metrics = store or MemoryStore(), MemoryObjects(), Clock(), Metrics()
    disk = Disk()
    site = Site(
        key="shop", name="Shop", origins=(shop.origin(),), identify_secret="", settings={}, created_ms=0
    )
    await store.put_site(site)
    assets = Assets(
        store=store,
        objects=objects,
        fetcher=Fetcher(resolve=loopback),
        quota=Quota(caps or Caps()),
        metrics=metrics,
        reserve=Reserve(lambda: disk.free_bytes, 100),
        now_ms=clock.now_ms,
        private=[shop.origin()],
        pace_ms=0,
        waiting_max_count=waiting_max_count,
    )
    yield Keeping(shop, store, objects, clock, metrics, disk, site, assets)
    await assets.close()


@pytest.fixture
async def kept(shop: AssetServer) -> AsyncIterator[Keeping]:
    shop.answers["/a.png"] = respond(ETag='"1"')
    async with keeping(shop) as made:
        yield made


async def test_the_first_sight_fetches_and_says_when(kept: Keeping) -> None:
    await kept.see("/a.png")
    digest = hashlib.sha256(PNG).hexdigest()
    assert await kept.latest() == Asset(
        site="shop",
        ref=f"{kept.shop.origin()}/a.png",
        kind="image",
        fetched_ms=kept.clock.ms,
        checked_ms=kept.clock.ms,
        hash=digest,
        type="image/png",
        bytes=len(PNG),
        etag='"1"',
    )
    assert await kept.objects.get(asset_object(digest)) == PNG
    assert kept.count("replay_assets_fetched_total", outcome="new") == 1
    assert kept.count("replay_asset_bytes_total") == len(PNG)


async def test_within_a_minute_nothing_is_asked_again(kept: Keeping) -> None:
    await kept.see("/a.png", "/a.png")
    kept.clock.ms += 59_999
    await kept.see("/a.png")
    assert kept.shop.asked("/a.png") == 1
    kept.clock.ms += 1
    await kept.see("/a.png")
    assert kept.shop.asked("/a.png") == 2


async def test_another_size_is_looked_after_within_ten_seconds(kept: Keeping) -> None:
    await kept.see("/a.png", bytes=len(PNG))
    kept.clock.ms += 10_000
    await kept.see("/a.png", bytes=len(PNG))
    assert kept.shop.asked("/a.png") == 1
    for _ in range(2):
        await kept.see("/a.png", bytes=1)
        assert kept.shop.asked("/a.png") == 2
    kept.clock.ms += 10_000
    await kept.see("/a.png", bytes=1)
    assert kept.shop.asked("/a.png") == 3


@pytest.mark.parametrize("answer", [b"HTTP/1.1 304 Not Modified\r\n\r\n", respond(ETag='"2"')])
async def test_what_did_not_change_only_says_when_it_was_checked(kept: Keeping, answer: bytes) -> None:
    await kept.see("/a.png")
    first = await kept.latest()
    kept.clock.ms += HOUR_MS
    kept.shop.answers["/a.png"] = answer
    await kept.see("/a.png")
    assert 'If-None-Match: "1"' in kept.shop.requests[1]
    now = await kept.latest()
    assert (now.fetched_ms, now.checked_ms, now.hash) == (first.fetched_ms, kept.clock.ms, first.hash)
    assert kept.count("replay_assets_fetched_total", outcome="unchanged") == 1


async def test_what_changed_stands_beside_what_it_was(kept: Keeping) -> None:
    await kept.store.commit(opened())
    url = f"{kept.shop.origin()}/a.png"
    named = (Sighting(ref=url, kind="image"),)
    await kept.store.commit([replace(batch(1), sightings=named)])
    await kept.see("/a.png")
    first_ms = kept.clock.ms
    kept.clock.ms += HOUR_MS
    kept.shop.answers["/a.png"] = respond(png(255))
    await kept.see("/a.png")
    (before,) = await kept.store.session_assets("visit", first_ms)
    (after,) = await kept.store.session_assets("visit", kept.clock.ms)
    assert before.asset is not None
    assert after.asset is not None
    assert (before.asset.fetched_ms, after.asset.fetched_ms) == (first_ms, kept.clock.ms)
    for asset, data in ((before.asset, PNG), (after.asset, png(255))):
        assert asset.hash is not None
        assert await kept.objects.get(asset_object(asset.hash)) == data


async def test_a_failure_is_told_and_tried_again_later_and_later(kept: Keeping) -> None:
    began_ms = kept.clock.ms
    for failures, wait_ms in enumerate([0, 60_000, 240_000, 960_000], start=1):
        if wait_ms:
            kept.clock.ms += wait_ms - 1
            await kept.see("/gone.png")
            assert kept.shop.asked("/gone.png") == failures - 1
            kept.clock.ms += 1
        await kept.see("/gone.png")
        assert kept.shop.asked("/gone.png") == failures
    failed = await kept.latest("/gone.png")
    assert (failed.hash, failed.reason, failed.detail) == (None, "status", "It was answered with 404.")
    assert (failed.failures, failed.fetched_ms, failed.checked_ms) == (4, began_ms, kept.clock.ms)
    assert kept.count("replay_assets_refused_total", reason="status") == 4
    # Once it is there, it counts as any other.
    kept.clock.ms += backoff_ms(4)
    kept.shop.answers["/gone.png"] = respond()
    await kept.see("/gone.png")
    assert (await kept.latest("/gone.png")).failures == 0


def test_the_wait_grows_to_a_day() -> None:
    assert [backoff_ms(failures) for failures in (1, 2, 6, 7, 10**9)] == [
        60_000,
        240_000,
        61_440_000,
        86_400_000,
        86_400_000,
    ]


async def test_a_failure_does_not_hide_what_was_had_before(kept: Keeping) -> None:
    await kept.see("/a.png")
    first = await kept.latest()
    kept.clock.ms += HOUR_MS
    del kept.shop.answers["/a.png"]
    await kept.see("/a.png")
    assert (await kept.latest()).reason == "status"
    assert await kept.store.asset_type(first.hash or "") == "image/png"


async def test_another_origin_is_refused_by_name_until_it_is_the_sites(kept: Keeping) -> None:
    cdn = kept.shop.origin("cdn.test")
    seen = [AssetSeen(url=f"{cdn}/a.png", kind="image")]
    await kept.name(*seen)
    for _ in range(2):
        kept.assets.see(kept.site, seen)
        await kept.assets.settled()
        refused = (await kept.store.latest_assets("shop", [f"{cdn}/a.png"]))[f"{cdn}/a.png"]
        assert (refused.reason, refused.failures) == ("origin", 1)
        assert refused.detail == f"{cdn} is not an origin of this site."
        kept.clock.ms += 10_000
    assert kept.shop.accepted == 0
    # It is asked at once then; whether it may be private is for the operator to say, not for these settings.
    kept.assets.see(replace(kept.site, settings={"asset_origins": [cdn]}), seen)
    await kept.assets.settled()
    refused = (await kept.store.latest_assets("shop", [f"{cdn}/a.png"]))[f"{cdn}/a.png"]
    assert refused.reason == "address"
    assert kept.shop.accepted == 0


async def test_no_more_is_fetched_for_a_site_than_its_share_of_a_day(shop: AssetServer) -> None:
    shop.answers = {f"/{number}": respond() for number in range(4)}
    async with keeping(shop, caps=Caps(site_fetched_bytes_per_day=len(PNG) + 1)) as kept:
        for number in range(3):
            await kept.see(f"/{number}")
        assert [(await kept.latest(f"/{number}")).reason for number in range(3)] == [None, None, "rate"]
        kept.clock.ms += 24 * HOUR_MS
        await kept.see("/2")
        assert (await kept.latest("/2")).reason is None


async def test_what_is_refused_counts_as_fetched(shop: AssetServer) -> None:
    page = b"<!doctype html>" + bytes(1_000)
    shop.answers = {f"/{number}": respond(page, type="text/html") for number in range(3)}
    async with keeping(shop, caps=Caps(site_fetched_bytes_per_day=len(page) + 1)) as kept:
        for number in range(3):
            await kept.see(f"/{number}")
        assert [(await kept.latest(f"/{number}")).reason for number in range(3)] == ["type", "type", "rate"]
        assert kept.count("replay_asset_bytes_total") == 2 * len(page)


async def test_an_image_that_somebody_named_as_a_font_is_had_by_who_names_it_rightly(kept: Keeping) -> None:
    for _ in range(4):
        await kept.see("/a.png", kind="font")
        kept.clock.ms += 24 * HOUR_MS
    await kept.see("/a.png", kind="font")
    assert (await kept.latest()).reason == "type"
    kept.clock.ms += 60_000
    await kept.see("/a.png")
    assert (await kept.latest()).type == "image/png"


async def test_a_restart_goes_on_where_the_last_process_stopped(shop: AssetServer) -> None:
    shop.answers |= {"/a.png": respond(), "/b.png": respond(png(9))}
    store = MemoryStore()
    urls = [f"{shop.origin()}{path}" for path in ("/a.png", "/b.png", "/gone.png")]
    await store.commit(opened())
    named = tuple(Sighting(ref=url, kind="image") for url in urls)
    await store.commit([replace(batch(1), sightings=named)])
    for _ in range(2):
        async with keeping(shop, store) as kept:
            await kept.assets.resume()
            await kept.assets.settled()
    assert {url: asset.reason for url, asset in (await store.latest_assets("shop", urls)).items()} == {
        urls[0]: None,
        urls[1]: None,
        urls[2]: "status",
    }
    assert shop.accepted == 3, "nothing is fetched a second time"


async def test_what_waits_is_bounded_and_found_again(shop: AssetServer) -> None:
    paths = [f"/{number}" for number in range(10)]
    shop.answers = dict.fromkeys(paths, respond())
    store = MemoryStore()
    await store.commit(opened())
    named = tuple(Sighting(ref=shop.origin() + path, kind="image") for path in paths)
    await store.commit([replace(batch(1), sightings=named)])
    async with keeping(shop, store, waiting_max_count=3) as kept:
        await kept.see(*paths)
    assert all(shop.asked(path) == 1 for path in paths)


def test_facts_name_addresses_once_and_nothing_else() -> None:
    def seen(url: str, bytes: int | None = None) -> AssetSeen:
        return AssetSeen(url=url, kind="image", bytes=bytes)

    facts = [
        Event(1.0, Mark(name="m")),
        Event(
            2.0,
            AssetsSeen(
                items=(
                    seen("https://shop.example/a.svg#x"),
                    seen("data:image/png;base64,AA=="),
                    seen("https://user:secret@shop.example/"),
                    seen("https://shop.example/a.svg", 7),
                )
            ),
        ),
        Event(3.0, StylesUsed(hashes=("0" * 64, "1" * 64, "0" * 64))),
    ]
    named = named_in(facts)
    assert named.seen == (seen("https://shop.example/a.svg", 7),)
    assert named.styles == ("0" * 64, "1" * 64)
    assert [one.kind for one in named.sightings()] == ["image", "text", "text"]


def test_one_batch_names_so_much_and_no_more() -> None:
    facts = [
        Event(1.0, StylesUsed(hashes=tuple(f"{number:064}" for number in range(start, start + 200))))
        for start in range(0, 2_000, 200)
    ]
    assert len(named_in(facts).styles) == NAMED_MAX_COUNT


async def test_nothing_is_fetched_into_the_reserve_of_the_disk(kept: Keeping) -> None:
    kept.disk.free_bytes = 99
    await kept.see("/a.png")
    assert kept.shop.accepted == 0
    kept.disk.free_bytes = 100
    await kept.see("/a.png")
    assert (await kept.latest()).type == "image/png"


async def test_a_store_that_fails_stops_nothing(shop: AssetServer) -> None:
    class Failing(MemoryStore):
        failing = True

        async def put_asset(self, asset: Asset) -> None:
            if self.failing:
                raise OSError("no disk")
            await super().put_asset(asset)

    shop.answers["/a.png"] = respond()
    store = Failing()
    async with keeping(shop, store) as kept:
        await kept.see("/a.png")
        store.failing = False
        await kept.see("/a.png")
        assert (await kept.latest()).type == "image/png"
