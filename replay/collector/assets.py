"""Fetches what pages showed, in the background: at first sight, and again when it may have changed.

A sighting never waits. What is due is judged by what the store knows, so that a restart forgets nothing and
fetches nothing twice; what could not be had stands there with its reason and is tried again later and later.
Every origin has a lane of its own, which asks it for a few things at a time and at a gentle pace.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from replay.collector.addresses import read_address
from replay.collector.fetching import Fetched, Fetcher, Unfetchable
from replay.collector.metrics import Metrics
from replay.collector.quota import OverQuota, Quota
from replay.collector.reserve import Reserve
from replay.collector.styles import keep_object
from replay.model.events import AssetSeen, AssetsSeen, Event, StylesUsed
from replay.ports import Asset, Objects, Sighting, Site, Store, StoreUnavailable

__all__ = ["Assets", "Named", "backoff_ms", "named_in"]

NAMED_MAX_COUNT = 1_000
"""Most references that one batch brings; the rest of it is kept, but nothing is fetched for it."""
WAITING_MAX_COUNT = 5_000
"""Most addresses that wait to be fetched. Others are found again, in the store, when these are done."""
REMEMBERED_COUNT = 50_000
"""Addresses whose last check is remembered, so that a busy page costs no question to the store."""
FRESH_MS = 60_000
"""How long what was had counts as unchanged."""
CHANGED_MS = 10_000
"""How long it does even if a page saw another size."""
RETRY_MS = 60_000
"""The wait after a first failure; each further one waits four times as long."""
RETRY_MOST_MS = 24 * 60 * 60_000
FETCHES_COUNT = 8
"""Fetches under way at a time, and so the memory that they take."""
ORIGIN_FETCHES_COUNT = 2
PACE_MS = 50
"""The pause of a lane after each fetch: no shop notices forty requests a second."""

logger = logging.getLogger("replay.collector")


@dataclass(frozen=True, slots=True)
class Named:
    """What the facts of a batch refer to, each once."""

    seen: tuple[AssetSeen, ...] = ()
    styles: tuple[str, ...] = ()

    def sightings(self) -> tuple[Sighting, ...]:
        """As the store keeps them."""
        addresses = [Sighting(ref=one.url, kind=one.kind) for one in self.seen]
        return (*addresses, *(Sighting(ref=one, kind="text") for one in self.styles))


def named_in(facts: Iterable[Event]) -> Named:
    """What the facts refer to: addresses that can be fetched, without their fragments, and styles."""
    seen: dict[str, AssetSeen] = {}
    styles: dict[str, None] = {}
    for event in facts:
        if len(seen) + len(styles) >= NAMED_MAX_COUNT:
            break
        if isinstance(event.fact, AssetsSeen):
            for item in event.fact.items:
                target = read_address(item.url)
                if target is not None:
                    seen[target.url] = replace(item, url=target.url)
        elif isinstance(event.fact, StylesUsed):
            styles.update(dict.fromkeys(event.fact.hashes))
    return Named(tuple(seen.values()), tuple(styles))


def backoff_ms(failures: int) -> int:
    """How long to wait after so many failures in a row."""
    return min(RETRY_MS << 2 * min(failures - 1, 10), RETRY_MOST_MS)


@dataclass(frozen=True, slots=True)
class _Job:
    site: Site
    seen: AssetSeen

    @property
    def key(self) -> tuple[str, str]:
        return self.site.key, self.seen.url


@dataclass(slots=True)
class _Lane:
    """What waits for one origin."""

    jobs: deque[_Job] = field(default_factory=deque)
    workers: set[asyncio.Task[None]] = field(default_factory=set)


class Assets:
    """The fetching of one collector. To be closed."""

    def __init__(
        self,
        *,
        store: Store,
        objects: Objects,
        fetcher: Fetcher,
        quota: Quota,
        metrics: Metrics,
        reserve: Reserve,
        now_ms: Callable[[], int],
        private: Iterable[str] = (),
        pace_ms: int = PACE_MS,
        waiting_max_count: int = WAITING_MAX_COUNT,
    ) -> None:
        """``private``: origins whose hosts may have private addresses, where they are a site's own."""
        self._store = store
        self._objects = objects
        self._fetcher = fetcher
        self._quota = quota
        self._metrics = metrics
        self._reserve = reserve
        self._now_ms = now_ms
        self._private = frozenset(private)
        self._pace_ms = pace_ms
        self._waiting_max_count = waiting_max_count
        self._lanes: dict[str, _Lane] = {}
        self._waiting: set[tuple[str, str]] = set()
        self._checked: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._slots = asyncio.Semaphore(FETCHES_COUNT)
        self._left_out = False
        self._resuming: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Go on with what an earlier process did not come to."""
        task = asyncio.create_task(self.resume())
        self._resuming.add(task)
        task.add_done_callback(self._resuming.discard)

    def forget(self) -> None:
        """Assets went with sessions that were erased. A page may be showing one of them anew just now."""
        self._checked.clear()
        self.start()

    async def close(self) -> None:
        """Stop at once: what is not done is found again by the next process."""
        tasks = self._tasks()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._fetcher.close()

    async def settled(self) -> None:
        """Return when nothing waits to be fetched."""
        while tasks := self._tasks():
            await asyncio.wait(tasks)

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [*(task for lane in self._lanes.values() for task in lane.workers), *self._resuming]

    def see(self, site: Site, seen: Iterable[AssetSeen]) -> None:
        """Pages of the site showed these just now: fetch what is due. Never waits."""
        origins, now_ms = site.asset_origins, self._now_ms()
        for one in seen:
            job = _Job(site, one)
            checked_ms = self._checked.get(job.key)
            if job.key in self._waiting or (checked_ms is not None and now_ms - checked_ms < CHANGED_MS):
                continue
            if len(self._waiting) >= self._waiting_max_count:
                self._left_out = True
                continue
            target = read_address(one.url)
            # What is refused needs no more than a row of its own.
            name = target.origin if target is not None and target.origin in origins else ""
            self._waiting.add(job.key)
            lane = self._lanes.setdefault(name, _Lane())
            lane.jobs.append(job)
            if len(lane.workers) < ORIGIN_FETCHES_COUNT:
                lane.workers.add(asyncio.create_task(self._work(name, lane)))

    async def _work(self, name: str, lane: _Lane) -> None:
        try:
            while lane.jobs:
                job = lane.jobs.popleft()
                try:
                    async with self._slots:
                        await self._keep(job)
                except StoreUnavailable as error:
                    self._left_out = False
                    logger.warning("assets cannot be kept", extra={"why": str(error)})
                except Exception:
                    self._left_out = False
                    logger.exception("an asset could not be kept")
                finally:
                    self._waiting.discard(job.key)
                await asyncio.sleep(self._pace_ms / 1_000)
        finally:
            current = asyncio.current_task()
            lane.workers.difference_update(() if current is None else (current,))
            if not lane.workers and not lane.jobs and self._lanes.get(name) is lane:
                del self._lanes[name]
        if self._left_out and not self._waiting:
            self._left_out = False
            self.start()

    async def resume(self) -> None:
        """See again what sessions named and nothing is known of."""
        try:
            most = self._waiting_max_count
            unknown: Sequence[tuple[str, Sighting]] = await self._store.unknown_assets(most)
            self._left_out = len(unknown) == most
            for key in dict.fromkeys(site for site, _ in unknown):
                site = await self._store.site(key)
                if site is not None:
                    self.see(
                        site,
                        [
                            AssetSeen(url=one.ref, kind=one.kind)
                            for owner, one in unknown
                            if owner == key and one.kind != "text"
                        ],
                    )
        except StoreUnavailable as error:
            logger.warning("assets cannot be kept", extra={"why": str(error)})

    async def _keep(self, job: _Job) -> None:
        """Fetch what is due, and write down what became of it."""
        now_ms, origins = self._now_ms(), job.site.asset_origins
        latest = (await self._store.latest_assets(job.site.key, [job.seen.url])).get(job.seen.url)
        if latest is None or self._is_due(latest, job.seen, origins, now_ms):
            if self._reserve.reached():
                return  # what is left of the disk is for what cannot be had later
            asset, data = await self._asset(job, latest, origins, now_ms)
            async with self._objects.putting():
                if not await self._stands(job, latest):
                    self._left_out = True
                    return
                if data is not None:
                    await keep_object(self._objects, data)
                await self._store.put_asset(asset)
            latest = asset
        self._checked[job.key] = latest.checked_ms
        self._checked.move_to_end(job.key)
        if len(self._checked) > REMEMBERED_COUNT:
            self._checked.popitem(last=False)

    async def _stands(self, job: _Job, latest: Asset | None) -> bool:
        """Whether it is still wanted, and what is known of it still the same. Else it was erased meanwhile,
        and perhaps named again."""
        site, url = job.site.key, job.seen.url
        known = await self._store.latest_assets(site, [url])
        return known.get(url) == latest and await self._store.is_named(site, url)

    def _is_due(self, latest: Asset, seen: AssetSeen, origins: frozenset[str], now_ms: int) -> bool:
        age_ms = now_ms - latest.checked_ms
        if latest.reason == "origin":
            target = read_address(seen.url)
            return target is not None and target.origin in origins
        if latest.hash is None:
            # Somebody may have named an image as a font.
            mistaken = latest.reason == "type" and seen.kind != latest.kind
            return age_ms >= (FRESH_MS if mistaken else backoff_ms(latest.failures))
        changed = seen.bytes is not None and seen.bytes != latest.bytes
        return age_ms >= (CHANGED_MS if changed else FRESH_MS)

    async def _asset(
        self, job: _Job, latest: Asset | None, origins: frozenset[str], now_ms: int
    ) -> tuple[Asset, bytes | None]:
        """What became of it, and the bytes that are to be kept."""
        site, seen = job.site, job.seen
        had = latest if latest is not None and latest.hash is not None else None
        # The history has one entry a moment, whatever the clock says.
        at_ms = now_ms if latest is None else max(now_ms, latest.fetched_ms + 1)
        try:
            fetched = await self._fetch(job, had, origins, now_ms)
        except Unfetchable as error:
            self._metrics.assets_refused.labels(error.reason).inc()
            failures = 0 if latest is None else latest.failures
            same = latest if latest is not None and latest.reason == error.reason else None
            asset = Asset(
                site=site.key,
                ref=seen.url,
                kind=seen.kind,
                fetched_ms=at_ms if same is None else same.fetched_ms,
                checked_ms=now_ms,
                reason=error.reason,
                detail=error.detail,
                failures=failures + 1,
            )
            return asset, None
        digest = None if fetched is None else hashlib.sha256(fetched.data).hexdigest()
        if had is not None and (fetched is None or digest == had.hash):
            self._metrics.assets_fetched.labels("unchanged").inc()
            kept = replace(had, checked_ms=now_ms)
            if fetched is None:
                return kept, None
            return replace(kept, etag=fetched.etag, last_modified=fetched.last_modified), fetched.data
        if fetched is None:
            raise RuntimeError("nothing can be unchanged that was never had")
        self._metrics.assets_fetched.labels("new").inc()
        asset = Asset(
            site=site.key,
            ref=seen.url,
            kind=seen.kind,
            fetched_ms=at_ms,
            checked_ms=now_ms,
            hash=digest,
            type=fetched.type,
            bytes=len(fetched.data),
            etag=fetched.etag,
            last_modified=fetched.last_modified,
        )
        return asset, fetched.data

    async def _fetch(
        self, job: _Job, had: Asset | None, origins: frozenset[str], now_ms: int
    ) -> Fetched | None:
        try:
            self._quota.may_fetch(job.site.key, now_ms)
        except OverQuota as error:
            raise Unfetchable("rate", "Enough was fetched for this site today.") from error

        def received(size: int) -> None:
            self._quota.fetched(job.site.key, size)
            self._metrics.asset_bytes.inc(size)

        return await self._fetcher.fetch(
            job.seen.url,
            job.seen.kind,
            origins=origins,
            # What somebody added to a site's settings is not on the operator's word.
            private=self._private.intersection(job.site.origins),
            etag=None if had is None else had.etag,
            last_modified=None if had is None else had.last_modified,
            received=received,
        )
