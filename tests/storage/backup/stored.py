"""A store with everything in it that a backup has to carry over, and all that can be asked of it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from replay.ports import Asset, EndSession, Objects, Sighting, Site, View, asset_object
from storage.backup import Made, Restored, back_up, restore
from storage.objects import FolderObjects, open_folder
from storage.sealer import Sealer
from storage.sqlite import SqliteStore, open_store
from tests.contract.given import NOW_MS, batch, gap, identifier, opened

__all__ = ["DATABASE", "Stored", "answers", "backed_up", "fill", "restored", "seal", "storing"]

DATABASE = "replay.sqlite3"
SESSIONS = ("first", "second", "open")
DAY_MS = 24 * 60 * 60 * 1_000
IMAGE = b"\x89PNG of a laptop"


@dataclass(frozen=True, slots=True)
class Stored:
    """An open store and where it is."""

    store: SqliteStore
    objects: Objects
    database: Path


@asynccontextmanager
async def storing(data: Path, objects: Objects | None = None) -> AsyncIterator[Stored]:
    """The store in a folder, made if missing."""
    data.mkdir(exist_ok=True)
    kept = objects or await open_folder(data / "objects")
    store = await open_store(data / DATABASE, objects=kept)
    try:
        yield Stored(store, kept, data / DATABASE)
    finally:
        await store.close()


async def fill(stored: Stored) -> None:
    """Two sessions that are over and one that is not, with an image, gaps, a view and what is found."""
    site = Site(
        key="shop", name="Shop", origins=("https://a",), identify_secret="s", settings={}, created_ms=1
    )
    await stored.store.put_site(site)
    for session in SESSIONS:
        await stored.store.commit([*opened("one", "two", session=session)])
        for number in (1, 2, 3):
            await stored.store.commit(
                [
                    batch(number, identifier("email", f"{session}@a.example"), session=session, load="one"),
                    batch(number, session=session, load="two", track=1, payload=bytes(2_000 * number)),
                ]
            )
        await stored.store.commit([gap(4, 6, session=session, load="one")])
        await stored.store.log_view(View(agent="ana", session=session, what="watched", at_ms=NOW_MS))
    sighting = Sighting(ref="https://a/1.png", kind="image")
    seen = batch(7, session="first", load="one")
    await stored.store.commit([type(seen)(**{**_fields(seen), "sightings": (sighting,)})])
    sha256 = hashlib.sha256(IMAGE).hexdigest()
    await stored.objects.put(asset_object(sha256), IMAGE)
    await stored.store.put_asset(
        Asset(
            site="shop",
            ref="https://a/1.png",
            kind="image",
            fetched_ms=NOW_MS,
            checked_ms=NOW_MS,
            hash=sha256,
            type="image/png",
            bytes=len(IMAGE),
        )
    )
    for session in SESSIONS[:2]:
        await stored.store.commit([EndSession(session=session, ended_ms=NOW_MS, why="signed out")])


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


async def seal(stored: Stored) -> int:
    """Seal what is over; what it replaces is deleted."""
    with Sealer(stored.store, stored.objects, now_ms=lambda: NOW_MS + 10 * 60 * 1_000) as sealer:
        return await sealer.seal_due()


async def answers(stored: Stored) -> list[Any]:
    """Everything that can be asked."""
    store = stored.store
    told: list[Any] = [await store.sites(), await store.sessions(limit=100), await store.agents()]
    for session in SESSIONS:
        told += [await store.loads(session), await store.gaps(session), await store.identifiers(session)]
        told += [await store.batches(session, track) for track in (0, 1)]
        told += [await store.outline(session, track) for track in (0, 1)]
        told += [await store.views(session), await store.sealed(session)]
        told += [await store.session_assets(session, NOW_MS)]
        told += [await store.find("email", session, prefix=True)]
    return told


async def backed_up(stored: Stored, folder: Path, **given: Any) -> Made:
    """A backup beside the open store."""
    how: dict[str, Any] = {"alone": False, "reserve_bytes": 0, "tell": lambda *told: None}
    return await back_up(
        stored.database, stored.objects, folder, now=lambda: datetime.now(UTC), **{**how, **given}
    )


async def restored(folder: Path, data: Path) -> Restored:
    """A backup restored into a folder of its own."""

    async def place() -> FolderObjects:
        return await open_folder(data / "objects")

    return await restore(folder, data / DATABASE, place, tell=lambda *told: None)
