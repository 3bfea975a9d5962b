"""Seals sessions that are over, one at a time, when there is nothing better to do.

The steps stand in an order in which the process may be killed, the power cut or the disk full between any two
of them: the object's name is announced, the object is put, read back and compared with what went in, and only
then, in one transaction, it becomes the session's and the rows go. Whoever comes later begins anew from what
the database says; an object that became nobody's is deleted by its announced name.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from replay.model.session import IDLE_MS
from replay.model.track import Track
from replay.ports import Objects, SealedObject, Store, StoreUnavailable
from replay.recording.sealed import DamagedObject, SealedBatch, open_sealed, same_content, seal
from storage.durable import let_others_first
from storage.sealed import as_sealed

__all__ = ["LOOK_S", "QUIET_MS", "SEAL_MAX_BYTES", "Sealer", "sealing"]

QUIET_MS = 5 * 60 * 1_000
"""A session is left alone until nothing came for this long after its end: stragglers come within seconds."""

LOOK_S = 60.0
"""How often to look for sessions that are over."""

SEAL_MAX_BYTES = 64 * 1024 * 1024
"""A session of which pages sent more stays in the database: whoever seals holds it several times over."""

_AT_ONCE_COUNT = 20
"""Sessions that are looked up together; they are sealed one after the other."""

_LOG = logging.getLogger(__name__)

T = TypeVar("T")


def _session_object(sha256: bytes) -> str:
    """What the object of this content is called: one content has one name, whoever puts it, however often."""
    digits = sha256.hex()
    return f"session/{digits[:2]}/{digits}"


@asynccontextmanager
async def sealing(
    store: Store, objects: Objects, *, now_ms: Callable[[], int], look_s: float = LOOK_S
) -> AsyncIterator[None]:
    """Seal in the background while inside."""
    with Sealer(store, objects, now_ms=now_ms) as sealer:
        task = asyncio.create_task(_seal_forever(sealer, look_s))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])


async def _seal_forever(sealer: Sealer, look_s: float) -> None:
    while True:
        try:
            await sealer.seal_due()
        except StoreUnavailable as error:
            _LOG.warning("nothing is sealed for now, and nothing is lost by it: %s", error)
        except Exception:  # noqa: BLE001 (whatever it is, what ends later is to be sealed too)
            _LOG.exception("looking for sessions to seal failed, and is tried again")
        await asyncio.sleep(look_s)


class _Stopped(Exception):
    """The sealer was closed while it worked."""


class Sealer:
    """Seals what is due when it is asked to. One is enough; of two, one finds that the other was first."""

    def __init__(
        self, store: Store, objects: Objects, *, now_ms: Callable[[], int], most_bytes: int = SEAL_MAX_BYTES
    ) -> None:
        self._store = store
        self._objects = objects
        self._now_ms = now_ms
        self._most_bytes = most_bytes
        self._told: set[str] = set()
        """Sessions of which the log was told that they cannot be sealed."""
        self._worker = ThreadPoolExecutor(1, "sealer", let_others_first)
        self._stopped = threading.Event()

    def __enter__(self) -> Sealer:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._worker.shutdown(cancel_futures=True)

    async def seal_due(self) -> int:
        """Try to seal every session that is over, once; how many were. Raises ``StoreUnavailable``."""
        await self._delete_abandoned()
        tried: set[str] = set()
        count = 0
        while due := await self._due(tried):
            for session in due:
                tried.add(session)
                count += await self._try(session)
        await self._delete_abandoned()
        return count

    async def _due(self, tried: set[str]) -> list[str]:
        now_ms = self._now_ms()
        found = await self._store.unsealed(
            quiet_since_ms=now_ms - QUIET_MS,
            idle_since_ms=now_ms - IDLE_MS - QUIET_MS,
            limit=_AT_ONCE_COUNT + len(tried),
        )
        return [session for session in found if session not in tried]

    async def _try(self, session: str) -> bool:
        """Seal one session, or leave it as it is and say why."""
        try:
            # So long nobody erases it.
            async with self._objects.putting():
                return await self._seal(session)
        except (StoreUnavailable, _Stopped):
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, the next session is not to wait for it)
            if session not in self._told:
                _LOG.error("session %s is not sealed, its rows stay: %s", session, error, exc_info=error)
            self._told.add(session)
            return False

    async def _seal(self, session: str) -> bool:
        sent = [one.sent_bytes for track in Track for one in await self._store.outline(session, track)]
        if sum(sent) > self._most_bytes:
            raise ValueError(f"its pages sent {sum(sent)} bytes, and at most {self._most_bytes} are sealed")
        before = await self._store.sealed(session)
        rows = await self._store.rows(session)
        loads = [load.id for load in await self._store.loads(session)]
        batches = [*await self._held(before), *map(as_sealed, rows)]
        data = await self._apart(partial(seal, session, loads, batches, between=self._go_on))
        sha256 = hashlib.sha256(data).digest()
        name = _session_object(sha256)
        announced = await self._store.announce_object(name)
        if announced is None:
            return False
        await self._objects.put(name, data)
        back = await self._objects.get(name)
        await self._apart(partial(_require_same, back, sha256, batches))
        return await self._store.seal(
            session,
            SealedObject(name=name, sha256=sha256, size_bytes=len(data), sealed_ms=self._now_ms()),
            announced=announced,
            replaces=before.name if before else None,
            rows=rows,
        )

    async def _held(self, sealed: SealedObject | None) -> list[SealedBatch]:
        """What is in the session's object already."""
        if sealed is None:
            return []
        try:
            data = await self._objects.get(sealed.name)
        except StoreUnavailable as error:
            # It may be this one alone, and then others are not to wait for it.
            raise DamagedObject(f"it cannot be read: {error}") from error
        return await self._apart(partial(_batches, data, sealed.sha256))

    async def _delete_abandoned(self) -> None:
        async with self._objects.deleting():
            for name in await self._store.abandon_objects():
                await self._objects.delete(name)
                await self._store.withdraw_object(name)

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise _Stopped


def _batches(data: bytes | None, sha256: bytes) -> list[SealedBatch]:
    if data is None:
        raise DamagedObject("it is missing")
    sealed = open_sealed(data, sha256)
    return [one for track in Track for one in sealed.batches(track)]


def _require_same(data: bytes | None, sha256: bytes, batches: list[SealedBatch]) -> None:
    """What was read back is what was to be put."""
    found = {(one.load, one.track, one.number): one for one in _batches(data, sha256)}
    if len(found) != len(batches):
        raise DamagedObject("it holds another number of batches")
    for one in batches:
        other = found.get((one.load, one.track, one.number))
        if other is None or not same_content(one, other):
            raise DamagedObject(
                f"batch {one.number} of page load {one.load} came out otherwise than it went in"
            )
