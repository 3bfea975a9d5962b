"""Erasing, on request and after its time: what goes, what stays, and what the receipt says of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from replay.model.track import Track
from replay.ports import (
    Asset,
    EndSession,
    Erased,
    Objects,
    OpenSession,
    Receipt,
    Sighting,
    Site,
    Store,
    StoreUnavailable,
    View,
    asset_object,
)
from storage.eraser import Eraser, Why, erasing
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from storage.sealer import QUIET_MS, Sealer
from storage.sqlite import open_store
from tests.contract.given import NOW_MS, appended, batch, code_of, gap, identifier, open_load, opened, session
from tests.contract.test_sealing import picture

DAY_MS = 24 * 60 * 60 * 1_000
EMAIL = identifier("email", "ana@example.com", verified=True)
CLAIM = identifier("email", "ana@example.com")
PHOTO = Sighting(ref="https://shop.example/photo.png", kind="image")
OWN = Sighting(ref="https://shop.example/of-ana.png", kind="image")


@pytest.fixture
def objects() -> Objects:
    return MemoryObjects()


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, objects: Objects) -> AsyncIterator[Store]:
    found: Store = MemoryStore(objects)
    if request.param == "sqlite":
        found = await open_store(tmp_path / "replay.db", objects=objects)
    yield found
    await found.close()


def eraser_of(store: Store, objects: Objects, *, now_ms: int = NOW_MS) -> Eraser:
    return Eraser(store, objects, now_ms=lambda: now_ms, pause_s=0)


async def record(store: Store, session: str, *sightings: Sighting, seen_ms: int = NOW_MS) -> None:
    """Three facts, a picture and a gap; 100 bytes a fact."""
    await store.commit(
        [
            *opened(session=session, started_ms=seen_ms),
            *(
                replace(
                    batch(number, EMAIL, session=session, payload=bytes(100), received_ms=seen_ms),
                    sightings=sightings,
                )
                for number in (1, 2, 4)
            ),
            batch(1, session=session, track=Track.PICTURE, payload=picture(1), received_ms=seen_ms),
            gap(3, 3, session=session),
            EndSession(session=session, ended_ms=seen_ms, why="signed out"),
        ]
    )


async def have(store: Store, objects: Objects, sighting: Sighting, data: bytes, *, site: str = "shop") -> str:
    """The sighting's object is kept; its name."""
    digest = f"{data.hex():0>64}"
    await objects.put(asset_object(digest), data)
    await store.put_asset(
        Asset(
            site=site,
            ref=sighting.ref,
            kind=sighting.kind,
            fetched_ms=NOW_MS,
            checked_ms=NOW_MS,
            hash=digest,
            type="image/png",
            bytes=len(data),
        )
    )
    return asset_object(digest)


async def seal(store: Store, objects: Objects) -> int:
    with Sealer(store, objects, now_ms=lambda: NOW_MS + QUIET_MS) as sealer:
        return await sealer.seal_due()


async def names(objects: Objects) -> set[str]:
    return {name async for name in objects.names()}


async def ask(store: Store, objects: Objects, *sessions: str) -> Receipt:
    return await eraser_of(store, objects).erase(sessions, command="session erase", asked_by="mia")


async def everything(store: Store, session: str) -> list[object]:
    return [
        await store.session(session),
        await store.loads(session),
        [one for track in Track for one in await store.batches(session, track)],
        [one for track in Track for one in await store.outline(session, track)],
        await store.rows(session),
        await store.gaps(session),
        await store.identifiers(session),
        await store.session_assets(session, NOW_MS),
        await store.sealed(session),
        await store.find("code", code_of(session)),
    ]


@pytest.mark.parametrize("sealed", [False, True])
async def test_all_of_it_goes_and_all_of_others_stays(store: Store, objects: Objects, sealed: bool) -> None:
    await record(store, "visit")
    await record(store, "other")
    if sealed:
        assert await seal(store, objects) == 2
    await store.log_view(View(agent="mia", session="visit", what="recording", at_ms=NOW_MS))
    nothing: list[object] = [None, [], [], [], [], [], [], [], None, []]
    others = await everything(store, "other")
    held = await store.sealed("visit")
    receipt = await ask(store, objects, "visit")
    assert await everything(store, "visit") == nothing
    assert await everything(store, "other") == others
    assert [one.session.id for one in await store.find("email", EMAIL.value)] == ["other"]
    assert [one.id for one in await store.sessions(limit=9)] == ["other"]
    assert len(await store.views("visit")) == 1, "who looked at it stays known"
    size = held.size_bytes if held else 300 + len(picture(1))
    assert receipt == Receipt(
        id=receipt.id,
        command="session erase",
        asked_by="mia",
        asked_ms=NOW_MS,
        finished_ms=NOW_MS,
        sessions=("visit",),
        batches=4,
        objects=int(sealed),
        bytes=size,
    )
    assert await store.receipts() == [receipt]
    left = await store.sealed("other")
    assert await names(objects) == ({left.name} if left else set()), "at once, not a minute later"
    assert await store.abandon_objects() == []


async def test_what_comes_late_is_refused_and_the_id_never_taken_again(
    store: Store, objects: Objects
) -> None:
    await record(store, "visit")
    await ask(store, objects, "visit")
    assert await appended(store, batch(5), gap(6, 7)) == [("gone", 0), ("gone", 0)]
    assert await store.commit([open_load("late")]) == [None]
    for _ in range(2):
        with pytest.raises(ValueError, match="visit"):
            await store.commit(opened())
    assert await store.session("visit") is None
    await store.commit(opened(session="next"))


async def test_a_condemned_session_goes_with_whatever_came_since(store: Store, objects: Objects) -> None:
    """Somebody was killed between the two steps."""
    receipt = Receipt(id="r", command="customer erase --email", asked_by="mia", asked_ms=NOW_MS)
    await record(store, "a")
    await record(store, "b")
    await record(store, "kept")
    await store.condemn(receipt, ["a", "b", "unknown"])
    assert await store.receipts() == [replace(receipt, condemned=("a", "b"))]
    assert await appended(store, batch(5, session="a")) == [("stored", 5)]
    assert await store.erase("a") == Erased(
        batches=5,
        bytes=300 + len(picture(1)) + len(batch(5, session="a").payload),
        references=0,
        abandoned_bytes=0,
    )
    assert await store.erase("a") is None
    (halfway,) = await store.receipts()
    assert (halfway.sessions, halfway.condemned, halfway.batches) == (("a",), ("b",), 5)
    # Another request for the same begins nothing anew, and ends both.
    second = await ask(store, objects, "a", "b")
    assert (second.sessions, second.batches, second.finished_ms) == ((), 0, NOW_MS)
    first = next(one for one in await store.receipts() if one.id == "r")
    assert (first.sessions, first.condemned, first.batches) == (("a", "b"), (), 9)
    assert first.finished_ms == NOW_MS
    assert [one.id for one in await store.sessions(limit=9)] == ["kept"]
    await eraser_of(store, objects, now_ms=NOW_MS + 1).finish()
    assert sorted(await store.receipts(), key=lambda one: one.id) == [second, first]


async def test_an_object_that_cannot_be_deleted_leaves_the_receipt_open(
    store: Store, objects: Objects
) -> None:
    await record(store, "visit")
    await seal(store, objects)

    class Failing(MemoryObjects):
        async def delete(self, name: str) -> None:
            raise StoreUnavailable("The bucket is away.")

    with pytest.raises(StoreUnavailable, match="bucket"):
        await ask(store, Failing(), "visit")
    (receipt,) = await store.receipts()
    assert (receipt.sessions, receipt.objects, receipt.finished_ms) == (("visit",), 0, None)
    sealed_bytes = len(await objects.get(next(iter(await names(objects)))) or b"")
    async with erasing(eraser_of(store, objects)), asyncio.timeout(10):
        while (await store.receipts())[0].finished_ms is None:  # noqa: ASYNC110 (a store tells nobody)
            await asyncio.sleep(0.01)
    (receipt,) = await store.receipts()
    assert (receipt.objects, receipt.bytes) == (1, sealed_bytes)
    assert await names(objects) == set()


async def test_assets_go_with_the_last_session_that_showed_them(store: Store, objects: Objects) -> None:
    await record(store, "visit", PHOTO, OWN)
    await record(store, "other", PHOTO)
    photo = await have(store, objects, PHOTO, b"photo")
    own = await have(store, objects, OWN, b"of ana")
    receipt = await ask(store, objects, "visit")
    assert await names(objects) == {photo}
    assert (receipt.objects, receipt.bytes) == (1, 300 + len(picture(1)) + len(b"of ana"))
    assert await store.latest_assets("shop", [OWN.ref]) == {}
    assert not await store.is_named("shop", OWN.ref)
    assert await store.is_named("shop", PHOTO.ref)
    assert not await store.is_named("other shop", PHOTO.ref)
    assert await store.asset_type(own.removeprefix("asset/")) is None
    assert await store.unknown_assets(9) == []
    await ask(store, objects, "other")
    assert await names(objects) == set()


async def test_the_same_bytes_under_another_address_stay(store: Store, objects: Objects) -> None:
    await record(store, "visit", OWN)
    await record(store, "other", PHOTO)
    name = await have(store, objects, OWN, b"same")
    assert await have(store, objects, PHOTO, b"same") == name
    await ask(store, objects, "visit")
    assert await names(objects) == {name}


async def test_an_object_that_is_used_again_is_not_deleted(store: Store, objects: Objects) -> None:
    """Whoever erased was killed before the deletion; meanwhile another session shows the same."""
    await record(store, "visit", OWN)
    name = await have(store, objects, OWN, b"same")
    await store.erase("visit")
    await record(store, "next", OWN)
    assert await store.unknown_assets(9) == [("shop", OWN)], "it is fetched again"
    assert await have(store, objects, OWN, b"same") == name
    assert await store.abandon_objects() == []


async def test_what_a_killed_process_put_for_nobody_goes_too(store: Store, objects: Objects) -> None:
    await record(store, "visit")
    await record(store, "other", PHOTO)
    photo = await have(store, objects, PHOTO, b"photo")
    await objects.put(asset_object("f" * 64), b"a style that she sent")
    receipt = await ask(store, objects, "visit")
    assert await names(objects) == {photo}
    assert receipt.objects == 0


async def test_sessions_are_kept_as_long_as_their_site_says(store: Store, objects: Objects) -> None:
    def site(key: str, settings: dict[str, object]) -> Site:
        return Site(key=key, name=key, origins=(), identify_secret="", settings=settings, created_ms=0)

    for one in (
        site("shop", {"keep_days": 2}),
        site("usual", {}),
        site("kept", {"keep_days": None}),
        site("odd", {"keep_days": 0}),
        site("elsewhere odd", {"keep_days": 2, "flush_ms": 0}),
    ):
        await store.put_site(one)
    seen = {"a": NOW_MS, "b": NOW_MS + 1, "c": NOW_MS + 2}
    for name, seen_ms in seen.items():
        await record(store, name, seen_ms=seen_ms)
    for key in ("usual", "kept", "odd", "elsewhere odd", "unknown"):
        await store.commit([OpenSession(session=replace(session(key), site=key))])
    gone: list[tuple[str, Why]] = []
    eraser = Eraser(
        store,
        objects,
        now_ms=lambda: NOW_MS + 2 * DAY_MS + 2,
        gone=lambda session, _, why: gone.append((session, why)),
        pause_s=0,
    )
    assert await store.expired({"shop": NOW_MS + 2, "kept": 0}, 1) == {"a": NOW_MS + 2}
    assert await eraser.erase_expired() == 3
    assert gone == [("a", "expired"), ("elsewhere odd", "expired"), ("b", "expired")]
    assert await eraser.erase_expired() == 0
    await store.commit([OpenSession(session=session("later", started_ms=NOW_MS + 29 * DAY_MS - 1))])
    assert await eraser_of(store, objects, now_ms=NOW_MS + 30 * DAY_MS).erase_expired() == 1
    assert await eraser_of(store, objects, now_ms=NOW_MS + 30 * DAY_MS + 1).erase_expired() == 1
    left = {one.id for one in await store.sessions(limit=9)}
    assert left == {"kept", "odd", "unknown", "later"}
    assert await store.receipts() == []
    # What was not asked for may come again, from a file.
    await store.commit(opened(session="a"))


async def test_one_that_was_seen_just_now_is_not_erased_for_its_age(store: Store) -> None:
    await record(store, "visit")
    assert await store.erase("visit", unseen_since_ms=NOW_MS) is None
    assert await store.session("visit") is not None
    assert await store.erase("visit", unseen_since_ms=NOW_MS + 1) is not None


async def test_those_who_carry_a_value_are_told_with_its_proof(store: Store) -> None:
    await record(store, "visit")
    await store.commit([*opened(session="claim"), batch(1, CLAIM, session="claim")])
    await store.commit(
        [*opened(session="near"), batch(1, identifier("email", "ana@example.co"), session="near")]
    )
    assert await store.carriers("email", EMAIL.value) == {"visit": True, "claim": False}
    assert await store.carriers("phone", EMAIL.value) == {}


async def test_one_that_is_being_sealed_is_erased_when_that_is_done(store: Store, objects: Objects) -> None:
    await record(store, "visit")
    begun: list[asyncio.Task[Receipt]] = []

    class Meanwhile(MemoryObjects):
        """Somebody asks for its erasure between two steps."""

        async def put(self, name: str, data: bytes) -> None:
            begun.append(asyncio.create_task(ask(store, self, "visit")))
            while not await store.receipts():  # noqa: ASYNC110 (a store tells nobody)
                await asyncio.sleep(0)
            await super().put(name, data)

    sealing = Meanwhile()
    assert await seal(store, sealing) == 1
    receipt = await begun[0]
    assert (receipt.sessions, receipt.objects) == (("visit",), 1)
    assert await names(sealing) == set()
    assert await store.sealed("visit") is None
