"""Keeps the styles of one conversation's page: asks for what the site lacks, and for nothing else.

A style is kept once per site, whichever page sends it. It is taken only if this page named it in its facts
and was asked for it, so that everything kept belongs to a session; what is refused costs the page nothing but
that style.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence

from replay.collector.metrics import Metrics
from replay.collector.quota import OverQuota, Quota
from replay.collector.reserve import Reserve
from replay.ports import Asset, Objects, Store, StoreUnavailable, asset_object
from replay.protocol.connection import ServerConnection, StyleReceived

__all__ = ["WANTED_COUNT", "Styles", "keep_object"]

WANTED_COUNT = 1_000
"""Most styles that one conversation is asked for, or told of when it resumes."""

logger = logging.getLogger("replay.collector")


async def keep_object(objects: Objects, data: bytes) -> str:
    """Put the bytes under their hash, and read them back; the hash. Raises ``StoreUnavailable``."""
    digest = hashlib.sha256(data).hexdigest()
    name = asset_object(digest)
    await objects.put(name, data)
    if await objects.get(name) != data:
        raise ValueError(f"{name} is not what was put there")
    return digest


class Styles:
    """The styles of one page."""

    def __init__(
        self,
        *,
        store: Store,
        objects: Objects,
        quota: Quota,
        metrics: Metrics,
        reserve: Reserve,
        now_ms: Callable[[], int],
        machine: ServerConnection,
        notify: Callable[[], None],
        site: str,
        session: str,
        address: str,
    ) -> None:
        self._store = store
        self._objects = objects
        self._quota = quota
        self._metrics = metrics
        self._reserve = reserve
        self._now_ms = now_ms
        self._machine = machine
        self._notify = notify
        self._site = site
        self._session = session
        self._address = address
        self._wanted: set[str] = set()

    async def resume(self) -> None:
        """Tell a page that was here before what of its session's styles is kept and what is wanted."""
        every = await self._store.session_assets(self._session, self._now_ms())
        hashes = [one.ref for one in every if one.kind == "text"][:WANTED_COUNT]
        if hashes:
            await self.named(hashes)

    async def named(self, hashes: Sequence[str]) -> None:
        """The page's facts named these, and are committed: say what becomes of them."""
        known = await self._store.latest_assets(self._site, hashes)
        kept = tuple(one for one in hashes if one in known)
        lacking = [one for one in hashes if one not in known]
        again = [one for one in lacking if one in self._wanted]
        new = [one for one in lacking if one not in self._wanted]
        room = WANTED_COUNT - len(self._wanted)
        self._wanted.update(new[:room])
        self._answer(kept=kept, wanted=(*again, *new[:room]), refused=tuple(new[room:]))

    def refuse(self, hashes: Sequence[str]) -> None:
        """None of these will be kept."""
        self._answer(refused=tuple(hashes))

    async def keep(self, style: StyleReceived) -> None:
        """Keep a style that was asked for. Raises ``StoreUnavailable``."""
        digest, size = style.hash, len(style.data)
        if digest not in self._wanted:
            self.refuse([digest])
            return
        try:
            # The next page is asked again: what is left of the disk is for what only this one has.
            self._reserve.require()
            self._quota.keep_style(self._address, self._site, size, self._now_ms())
        except OverQuota as error:
            self._metrics.caps.labels(error.cap).inc()
            self.refuse([digest])
            return
        async with self._objects.putting():
            kept = await self._keep(style)
        if not kept:
            self.refuse([digest])
            return
        self._wanted.discard(digest)
        self._answer(kept=(digest,))

    async def _keep(self, style: StyleReceived) -> bool:
        """Whether it is kept; also not if all who named it were erased meanwhile."""
        digest, size, now_ms = style.hash, len(style.data), self._now_ms()
        if not await self._store.is_named(self._site, digest):
            return False
        try:
            await keep_object(self._objects, style.data)
        except (StoreUnavailable, ValueError) as error:
            # What the page records can be kept all the same, and the next page is asked again.
            logger.warning("a style cannot be kept", extra={"why": str(error)})
            return False
        if digest not in await self._store.latest_assets(self._site, [digest]):
            await self._store.put_asset(
                Asset(
                    site=self._site,
                    ref=digest,
                    kind="text",
                    fetched_ms=now_ms,
                    checked_ms=now_ms,
                    hash=digest,
                    type="text/css",
                    bytes=size,
                )
            )
            self._metrics.style_bytes.inc(size)
        return True

    def _answer(
        self, *, kept: tuple[str, ...] = (), wanted: tuple[str, ...] = (), refused: tuple[str, ...] = ()
    ) -> None:
        for outcome, hashes in (("kept", kept), ("wanted", wanted), ("refused", refused)):
            self._metrics.styles.labels(outcome).inc(len(hashes))
        self._machine.styles(kept=kept, wanted=wanted, refused=refused)
        self._notify()
