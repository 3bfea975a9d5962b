"""A process that commits without end and tells what was acknowledged, and the check of what it left behind.

What a batch holds follows from its place alone, so that whoever checks needs no copy of what was sent.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import NamedTuple

from replay.ports import AppendBatch, Appended, Identifier, OpenLoad, OpenSession, Operation, Session
from storage.sqlite import SqliteStore, open_store

__all__ = ["LOADS", "SESSION", "Place", "commit_on", "payload", "violations"]

SESSION = "visit"
LOADS = ("one", "two", "three")
TRACKS = (0, 1)
NOW_MS = 1_700_000_000_000
CHECKPOINT_BYTES = 300_000


class Place(NamedTuple):
    """Where a batch belongs, and the order of groups: all batches of a group are committed together."""

    load: str
    track: int
    number: int


def payload(place: Place) -> bytes:
    """The bytes of the batch at a place: up to 20 KB, some of them empty."""
    seed = repr(tuple(place)).encode()
    size = int.from_bytes(hashlib.sha256(seed).digest()[:4], "big") % 20_000
    return hashlib.shake_256(seed).digest(size if place.number % 7 else 0)


def group(draw: random.Random, reached: dict[tuple[str, int], int]) -> list[Place]:
    """The next few batches, of any page load and track, each the next of its track."""
    places = []
    for _ in range(draw.randint(1, 8)):
        track = draw.choice(LOADS), draw.choice(TRACKS)
        reached[track] += 1
        places.append(Place(*track, reached[track]))
    return places


def word(place: Place) -> str:
    return f"{place.load}-{place.track}-{place.number}"


def operation(place: Place) -> AppendBatch:
    content = payload(place)
    return AppendBatch(
        session=SESSION,
        load=place.load,
        track=place.track,
        number=place.number,
        payload=content,
        digest=hashlib.sha256(content).digest(),
        received_ms=NOW_MS + 60_000 * place.number,
        first_ms=place.number,
        last_ms=place.number,
        identifiers=(Identifier(kind="product", value=word(place), shown="", at_ms=NOW_MS),),
    )


async def begin(store: SqliteStore) -> dict[tuple[str, int], int]:
    """Open the session and its page loads, or find out how far they are."""
    if await store.session(SESSION) is None:
        session = Session(
            id=SESSION, site="shop", code="7K3QF9", token_hash=b"", started_ms=NOW_MS, seen_ms=NOW_MS
        )
        opening: list[Operation] = [OpenSession(session=session)]
        opening += [OpenLoad(session=SESSION, id=load, tab=load, opened_ms=NOW_MS) for load in LOADS]
        await store.commit(opening)
    loads = await store.loads(SESSION)
    return {
        (load.id, track): acked
        for load in loads
        for track, acked in zip(TRACKS, (load.facts_acked, load.picture_acked), strict=True)
    }


async def commit_on(
    path: Path,
    acknowledge: Callable[[Iterable[Place]], None],
    *,
    seed: int,
    early: bool = False,
    synchronous: str = "FULL",
    groups: int | None = None,
) -> None:
    """Commit group after group and acknowledge each once it is committed. Without ``groups`` it goes on until
    it is killed.

    Two mistakes can be asked for, to see that they are found: ``early`` acknowledges before the commit, any
    other ``synchronous`` before the sync.
    """
    store = await open_store(path, checkpoint_bytes=CHECKPOINT_BYTES)
    if synchronous != "FULL":
        await store._writer.run(lambda db: db.execute(f"PRAGMA synchronous = {synchronous}").close())
    try:
        reached = await begin(store)
        draw = random.Random(seed)
        for _ in count() if groups is None else range(groups):
            places = group(draw, reached)
            if early:
                acknowledge(places)
            outcomes = await store.commit([operation(place) for place in places])
            if not all(isinstance(outcome, Appended) and outcome.outcome == "stored" for outcome in outcomes):
                raise RuntimeError(f"not stored: {outcomes}")
            if not early:
                acknowledge(places)
    finally:
        await store.close()


async def violations(path: Path, acked: Iterable[Place]) -> list[str]:
    """What of the contract does not hold for the database: lost, changed, twice, half, or damaged."""
    store = await open_store(path)
    try:
        batches = [one for track in TRACKS for one in await store.batches(SESSION, track)]
        loads = await store.loads(SESSION)
        carried = [one.value for one in await store.identifiers(SESSION) if one.kind == "product"]
        unfound = [value for value in carried if not await store.find("product", value)]
    finally:
        await store.close()
    kept = [Place(one.load, one.track, one.number) for one in batches]
    found = [f"lost although acknowledged: {place}" for place in sorted(set(acked) - set(kept))]
    found += [f"kept twice: {place}" for place, times in Counter(kept).items() if times > 1]
    found += [
        f"not what was sent: {place}"
        for place, one in zip(kept, batches, strict=True)
        if one.payload != payload(place) or one.digest != hashlib.sha256(one.payload).digest()
    ]
    for load in loads:
        for track, reached in zip(TRACKS, (load.facts_acked, load.picture_acked), strict=True):
            numbers = sorted(place.number for place in kept if (place.load, place.track) == (load.id, track))
            if numbers != list(range(1, reached + 1)):
                found.append(f"acknowledged to {reached}, but kept are {numbers}: {load.id} {track}")
    if sorted(carried) != sorted(word(place) for place in kept):
        found.append("batches and identifiers do not belong together")
    found += [f"carried but not found: {value}" for value in unfound]
    with closing(sqlite3.connect(path)) as db:
        found += [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"refers to nothing: {row}" for row in db.execute("PRAGMA foreign_key_check")]
    return found
