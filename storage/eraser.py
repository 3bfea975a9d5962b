"""Erases sessions: those that somebody asked for, with a receipt, and those that were kept long enough.

What is asked for is condemned first and then goes session by session, so that commits of others come in
between. Whatever ends the process, the next one finds what is condemned, the objects that are abandoned and
the receipts that are not finished, and goes on there. A receipt is finished last, when no file holds anything
of its sessions any more.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Literal

from replay.model.server_event import About
from replay.ports import ClockLook, Erased, Objects, Receipt, Store, StoreUnavailable, asset_object
from storage.clock_watch import RECENT_MS, ClockWatch

__all__ = ["LOOK_S", "Eraser", "Why", "erasing"]

LOOK_S = 10 * 60.0
"""How often to look for sessions that were kept long enough."""

RETRY_S = 30.0
"""How soon to go on where something was in the way: a receipt waits for it."""

PAUSE_S = 0.5
"""The pause after so many: nobody who records or watches is to notice."""

_AT_ONCE_COUNT = 20
_NAMES_COUNT = 1_000
_ID_BYTES = 8

_LOG = logging.getLogger(__name__)

Why = Literal["asked", "expired"]


@asynccontextmanager
async def erasing(eraser: Eraser, *, look_s: float = LOOK_S) -> AsyncIterator[None]:
    """Erase in the background what is due while inside."""
    task = asyncio.create_task(_erase_forever(eraser, look_s))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _erase_forever(eraser: Eraser, look_s: float) -> None:
    while True:
        pause_s = look_s
        for due in (eraser.finish, eraser.erase_expired):
            try:
                await due()
            except StoreUnavailable as error:
                pause_s = min(look_s, RETRY_S)
                _LOG.warning("erasing goes on later: %s", error)
            except Exception:  # noqa: BLE001 (whatever it is, what expires later is to be erased too)
                pause_s = min(look_s, RETRY_S)
                _LOG.exception("erasing failed, and is tried again")
        await asyncio.sleep(pause_s)


def _tell_nobody(session: str, erased: Erased, why: Why) -> None:
    pass


class Eraser:
    """The only one that erases in a process."""

    def __init__(
        self,
        store: Store,
        objects: Objects,
        *,
        now_ms: Callable[[], int],
        uptime_s: Callable[[], float] = time.monotonic,
        gone: Callable[[str, Erased, Why], None] = _tell_nobody,
        swept: Callable[[], None] = lambda: None,
        pause_s: float = PAUSE_S,
    ) -> None:
        """``uptime_s`` is time that cannot be set; ``gone`` is told of each session; ``swept`` whenever
        references to assets went with some."""
        self._store = store
        self._objects = objects
        self._now_ms = now_ms
        self._uptime_s = uptime_s
        self._clock: ClockWatch | None = None
        self._gone = gone
        self._swept = swept
        self._pause_s = pause_s
        self._finishing = asyncio.Lock()

    async def erase(
        self,
        sessions: Sequence[str],
        *,
        command: str,
        asked_by: str,
        about: Sequence[About] = (),
        site: str | None = None,
    ) -> Receipt:
        """Erase these sessions, what server events said ``about`` this, of one ``site`` if given, and what is
        left of earlier requests; the finished receipt.

        Raises ``StoreUnavailable`` where that cannot be finished now: then it goes on with ``finish``.
        """
        receipt = Receipt(
            id=secrets.token_hex(_ID_BYTES), command=command, asked_by=asked_by, asked_ms=self._now_ms()
        )
        await self._store.condemn(receipt, sessions, about, site=site)
        await self.finish()
        return next(one for one in await self._store.receipts() if one.id == receipt.id)

    async def finish(self) -> None:
        """Bring every request to its end. Raises ``StoreUnavailable``."""
        async with self._finishing:
            unfinished = [one for one in await self._store.receipts() if one.finished_ms is None]
            if not unfinished:
                return
            swept = False
            try:
                for session in [session for receipt in unfinished for session in receipt.condemned]:
                    erased = await self._erase(session, "asked")
                    swept = swept or (erased is not None and erased.references > 0)
            finally:
                if swept:
                    self._swept()
            # Also what was abandoned before: any of it may be an earlier recording of these sessions.
            async with self._objects.deleting():
                await self._delete_abandoned()
            await self._delete_strange_assets()
            await self._store.scrub()
            for receipt in unfinished:
                await self._store.finish_erasure(receipt.id, self._now_ms())
                _LOG.info("erasure finished", extra={"receipt": receipt.id})

    async def erase_expired(self) -> int:
        """Erase all sessions that were kept as long as their sites say, and what back offices said that long
        ago; how many sessions. Raises ``StoreUnavailable``."""
        count, before_ms = 0, await self._expire_before_ms()
        look = await self._look()
        if look.doubt_s > 0:
            if await self._store.expired(before_ms, 1):
                _LOG.error(
                    "nothing is erased for its age for a day: the clock leapt, or nothing was recorded for "
                    "long; it went from %s to %s. Set the clock if it is wrong",
                    _told(look.from_ms),
                    _told(look.to_ms),
                )
            return 0
        while due := await self._store.expired(before_ms, _AT_ONCE_COUNT):
            went = {
                session: erased
                for session, before in due.items()
                if (erased := await self._erase(session, "expired", unseen_since_ms=before)) is not None
            }
            if any(erased.references for erased in went.values()):
                self._swept()
            count += len(went)
            size = sum(erased.bytes + erased.abandoned_bytes for erased in went.values())
            _LOG.info("sessions expired", extra={"sessions": list(went), "count": len(went), "bytes": size})
            await asyncio.sleep(self._pause_s)
        told = await self._store.expire_server_events(before_ms)
        if told:
            _LOG.info("server events expired", extra={"count": told})
        return count

    async def _look(self) -> ClockLook:
        """Whether something can be erased for its age now."""
        if self._clock is None:
            self._clock = ClockWatch(await self._store.clock_look())
        now_ms = self._now_ms()
        before = await self._store.sessions(limit=1, before_ms=now_ms - RECENT_MS)
        look = self._clock.look(now_ms, self._uptime_s(), before[0].seen_ms if before else None)
        await self._store.put_clock_look(look)
        return look

    async def _expire_before_ms(self) -> dict[str, int]:
        """By site, since when a session has to have been seen, and an event have come, to be kept."""
        now_ms, before_ms = self._now_ms(), {}
        for site in await self._store.sites():
            if site.keep_ms is not None:
                before_ms[site.key] = now_ms - site.keep_ms
            elif site.settings.get("keep_days") is not None:
                _LOG.error("site %s has keep_days that cannot be read, and keeps all", site.key)
        return before_ms

    async def _erase(self, session: str, why: Why, *, unseen_since_ms: int | None = None) -> Erased | None:
        # Neither does anybody put an object for it now, nor seal it.
        async with self._objects.deleting():
            erased = await self._store.erase(session, unseen_since_ms=unseen_since_ms)
            if erased is not None:
                self._gone(session, erased, why)
            await self._delete_abandoned()
        return erased

    async def _delete_abandoned(self) -> None:
        for name in await self._store.abandon_objects():
            await self._objects.delete(name)
            await self._store.withdraw_object(name)

    async def _delete_strange_assets(self) -> None:
        names: list[str] = []
        async for name in self._objects.names(asset_object("")):
            names.append(name)
            if len(names) == _NAMES_COUNT:
                await self._delete_strange(names)
                names.clear()
        await self._delete_strange(names)

    async def _delete_strange(self, names: Sequence[str]) -> None:
        strange = await self._store.strange_assets(names)
        if strange:
            # Some may just have been put.
            async with self._objects.deleting():
                for name in await self._store.strange_assets(strange):
                    await self._objects.delete(name)


def _told(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M UTC")
