"""Erasing in the file: older files, sessions of many batches, and that no byte is left."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from replay.model.track import Track
from replay.ports import Asset, OpenSession, Receipt, Sighting, StoreUnavailable, asset_object
from storage.eraser import Eraser
from storage.objects import open_folder
from storage.sealer import Sealer
from storage.sqlite import SqliteStore, open_store
from storage.sqlite.erasing import SLICE_BYTES, erase
from tests.contract.given import NOW_MS, batch, gap, identifier, open_load, opened, session
from tests.contract.test_sealing import picture
from tests.storage.sqlite.old_files import file_before

DAY_MS = 24 * 60 * 60 * 1_000
SESSIONS_COUNT = 150
CANARY = "Canary"


def older_file(path: Path) -> None:
    """What a version that could not erase left behind: a session, and an object that was announced."""
    with file_before(path, "TABLE erasure ") as db:
        db.execute(
            "INSERT INTO session (key, id, site, code, token_hash, started_ms, seen_ms, ranked_ms, consent)"
            " VALUES (1, 'visit', 'shop', '7K3QF9', x'00', ?1, ?1, ?1, 'granted')",
            (NOW_MS,),
        )
        db.execute("INSERT INTO announced_object (name, abandoned) VALUES ('session/left', 1)")


async def test_in_a_file_of_a_version_that_could_not_erase_it_can_be_done(tmp_path: Path) -> None:
    older_file(tmp_path / "replay.db")
    objects = await open_folder(tmp_path / "objects")
    await objects.put("session/left", b"")
    store = await open_store(tmp_path / "replay.db", objects=objects)
    try:
        eraser = Eraser(store, objects, now_ms=lambda: NOW_MS)
        receipt = await eraser.erase(["visit"], command="session erase", asked_by="mia")
        assert (receipt.sessions, receipt.objects, receipt.finished_ms) == (("visit",), 0, NOW_MS)
        assert [name async for name in objects.names()] == []
    finally:
        await store.close()


async def test_a_session_of_many_batches_goes_part_by_part(tmp_path: Path) -> None:
    payload = bytes(SLICE_BYTES * 2 // 5)
    store = await open_store(tmp_path / "replay.db")
    try:
        await store.commit([*opened(), *(batch(number, payload=payload) for number in range(1, 8))])
        await store.condemn(Receipt(id="r", command="", asked_by="", asked_ms=NOW_MS), ["visit"])
        part = await store._write(erase, "visit", None)
        assert part is not None
        assert part.batches == 2
        assert len(await store.rows("visit")) == 5
        assert (await store.receipts())[0].batches == 2
        rest = await store.erase("visit")
        assert rest is not None
        assert (rest.batches, rest.bytes) == (5, 5 * len(payload))
        assert (await store.receipts())[0].batches == 7
        assert await store.session("visit") is None
    finally:
        await store.close()


async def test_the_log_stays_small_while_many_small_ones_go(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    store = await open_store(path)
    names = [f"visit-{number}" for number in range(60)]
    values = {name: identifier("email", f"{name}@a.example") for name in names}
    await store.commit([one for name in names for one in opened(session=name)])
    await store.commit([batch(1, values[name], session=name) for name in names])
    await store.close()
    store = await open_store(path, checkpoint_bytes=200_000)
    for name in names:
        await store.erase(name)
        # The writer works in order: this is done after the carrying over that was asked for before.
        await store.drop_login(b"none")
    log_bytes = (tmp_path / "replay.db-wal").stat().st_size
    await store.close()
    assert log_bytes < 1_000_000


async def test_while_somebody_reads_the_log_nothing_is_said_to_be_gone(tmp_path: Path) -> None:
    objects = await open_folder(tmp_path / "objects")
    store = await open_store(tmp_path / "replay.db", objects=objects, busy_ms=10)
    try:
        await store.commit([*opened(), batch(1)])
        eraser = Eraser(store, objects, now_ms=lambda: NOW_MS)
        with closing(sqlite3.connect(tmp_path / "replay.db", isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM session").fetchall()
            with pytest.raises(StoreUnavailable, match="while somebody reads"):
                await eraser.erase(["visit"], command="", asked_by="")
        assert (await store.receipts())[0].finished_ms is None
        await eraser.finish()
        assert (await store.receipts())[0].finished_ms == NOW_MS
    finally:
        await store.close()


def canaries(number: int) -> Iterator[str]:
    """What a customer's session holds of them, all over the tables' order."""
    draw = random.Random(number)
    for kind in ("mail", "name", "sku", "price", "text", "order", "error"):
        yield f"{draw.randbytes(3).hex()}{CANARY if number % 5 == 0 else 'Others'}{kind}{number}"


async def record(store: SqliteStore, number: int) -> None:
    visit = f"visit{number}"
    mail, name, sku, price, text, order, error = canaries(number)
    facts = " ".join([price, text, mail, name]).encode()
    await store.commit(
        [
            OpenSession(session=replace(session(visit), code=_code(number))),
            open_load(session=visit, tab=text),
            replace(
                batch(
                    1,
                    identifier("email", mail),
                    identifier("name", f"{name} {text}"),
                    identifier("sku", sku),
                    identifier("order", order),
                    identifier("error", error),
                    session=visit,
                    payload=facts * (1 + number % 90),
                ),
                sightings=(Sighting(ref=f"https://shop.example/{text}.png", kind="image"),),
            ),
            batch(1, session=visit, track=Track.PICTURE, payload=picture(1) + facts),
            gap(2, 3, session=visit, reason=text),
        ]
    )


def _code(number: int) -> str:
    """A code that nothing else looks like."""
    return f"{CANARY if number % 5 == 0 else 'Others'}{number}"


def found_in(folder: Path) -> list[str]:
    """Files below in which a canary stands, in whatever case."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and CANARY.lower().encode() in path.read_bytes().lower()
    ]


@pytest.mark.parametrize("sealed", [False, True])
async def test_no_byte_is_left_in_any_file(tmp_path: Path, sealed: bool) -> None:
    objects = await open_folder(tmp_path / "objects")
    store = await open_store(tmp_path / "replay.db", objects=objects)
    try:
        for number in range(SESSIONS_COUNT):
            await record(store, number)
        *_, text = list(canaries(0))[:5]
        picture_of_hers = f"{CANARY} in an image".encode()
        digest = "0" * 64
        await objects.put(asset_object(digest), picture_of_hers)
        await store.put_asset(
            Asset(
                site="shop",
                ref=f"https://shop.example/{text}.png",
                kind="image",
                fetched_ms=NOW_MS,
                checked_ms=NOW_MS,
                hash=digest,
                type="image/png",
                bytes=len(picture_of_hers),
            )
        )
        hers = [f"visit{number}" for number in range(0, SESSIONS_COUNT, 5)]
        if sealed:
            with Sealer(store, objects, now_ms=lambda: NOW_MS + DAY_MS) as sealer:
                assert await sealer.seal_due() == SESSIONS_COUNT
        assert "replay.db-wal" in found_in(tmp_path)
        eraser = Eraser(store, objects, now_ms=lambda: NOW_MS)
        receipt = await eraser.erase(hers, command="customer erase --email", asked_by="mia")
        assert receipt.sessions == tuple(sorted(hers))
        assert receipt.batches == 2 * len(hers)
        assert receipt.objects == (len(hers) + 1 if sealed else 1)
        assert found_in(tmp_path) == []
        assert len(await store.sessions(limit=SESSIONS_COUNT)) == SESSIONS_COUNT - len(hers)
        assert [one.number for one in await store.batches("visit1", 0)] == [1]
    finally:
        await store.close()
    assert found_in(tmp_path) == []
    with closing(sqlite3.connect(tmp_path / "replay.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
