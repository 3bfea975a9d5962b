"""A visit that is sealed, and sealed anew, in a folder; the check that nothing of it was lost or is twice.

What every batch holds follows from its place, so that whoever checks needs no copy of what was sent.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgpack

from replay.ports import (
    AppendBatch,
    Appended,
    EndSession,
    Objects,
    OpenLoad,
    OpenSession,
    Session,
    Store,
)
from storage.objects import open_folder
from storage.sealer import QUIET_MS, Sealer
from storage.sqlite import SqliteStore, open_store
from tests.faults.committing import Place

__all__ = ["FIRST", "LATE", "SESSION", "begin", "finish", "opened", "seal", "send", "violations"]

SESSION = "visit"
LOADS = ("one", "two")
NOW_MS = 1_700_000_000_000
FIRST = [Place(load, track, number) for load in LOADS for track in (0, 1) for number in (1, 2, 3)]
LATE = [Place("one", 0, 4), Place("two", 1, 4), Place("one", 1, 5)]


def events(place: Place) -> bytes:
    """What a batch tells: a few kilobytes that do not compress."""
    return hashlib.shake_256(repr(tuple(place)).encode()).digest(6_000)


def operation(place: Place) -> AppendBatch:
    payload = events(place)
    if place.track == 1:
        header = ["rrweb-2/json", "gzip", len(payload), 1.5, 2.5, 1, place.number == 1]
        payload = bytes(msgpack.packb([*header, gzip.compress(payload, mtime=0)]))
    return AppendBatch(
        session=SESSION,
        load=place.load,
        track=place.track,
        number=place.number,
        payload=payload,
        digest=hashlib.sha256(payload).digest(),
        received_ms=NOW_MS,
        first_ms=1.5,
        last_ms=2.5,
        checkpoint=place.number == 1,
    )


async def opened(folder: Path) -> tuple[SqliteStore, Objects]:
    objects = await open_folder(folder / "objects")
    return await open_store(folder / "replay.db", objects=objects), objects


async def begin(store: Store) -> None:
    session = Session(
        id=SESSION, site="shop", code="7K3QF9", token_hash=b"", started_ms=NOW_MS, seen_ms=NOW_MS
    )
    loads = [OpenLoad(session=SESSION, id=load, tab=load, opened_ms=NOW_MS) for load in LOADS]
    end = EndSession(session=SESSION, ended_ms=NOW_MS, why="signed out")
    await store.commit([OpenSession(session=session), *loads, end])


async def send(store: Store, places: Iterable[Place]) -> list[str]:
    outcomes = await store.commit([operation(place) for place in places])
    return [one.outcome for one in outcomes if isinstance(one, Appended)]


async def seal(store: Store, objects: Objects) -> int:
    with Sealer(store, objects, now_ms=lambda: NOW_MS + QUIET_MS) as sealer:
        return await sealer.seal_due()


async def violations(store: Store, sent: Iterable[Place]) -> list[str]:
    """What of the contract does not hold: lost, changed, twice, or told as damaged."""
    batches = [one for track in (0, 1) for one in await store.batches(SESSION, track)]
    kept = [Place(one.load, one.track, one.number) for one in batches]
    found = [f"lost although acknowledged: {place}" for place in sorted(set(sent) - set(kept))]
    found += [f"twice: {place}" for place in kept if kept.count(place) > 1]
    found += [f"told as lost: {gap}" for gap in await store.gaps(SESSION)]
    for place, one in zip(kept, batches, strict=True):
        data = gzip.decompress(msgpack.unpackb(one.payload)[-1]) if place.track == 1 else one.payload
        if data != events(place):
            found.append(f"not what was sent: {place}")
    return found


async def finish(folder: Path, sent: Iterable[Place]) -> list[str]:
    """Open what a process left behind, and check it; then seal it to the end, and check it again."""
    places = list(sent)
    store, objects = await opened(folder)
    try:
        found = await violations(store, places)
        again = await send(store, places)
        found += [f"not known again: {outcome}" for outcome in again if outcome != "duplicate"]
        await seal(store, objects)
        found += await violations(store, places)
        sealed = await store.sealed(SESSION)
        names = [name async for name in objects.names()]
        if names != ([sealed.name] if sealed else []):
            found.append(f"objects that are nobody's: {names}")
        if await store.rows(SESSION):
            found.append("not sealed to the end")
    finally:
        await store.close()
    return found
