"""A backup is whole whatever goes on meanwhile, takes only what is new, and until then the last one stays."""

from __future__ import annotations

import asyncio
import itertools
import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from replay.errors import CommandError
from replay.ports import StoreUnavailable
from storage.backup import back_up
from storage.backup.folder import MANIFEST, open_backup, read_manifest
from storage.backup.making import LOST_MAX_COUNT
from storage.objects import FolderObjects, open_folder
from storage.sqlite.looking import look
from tests.contract.given import NOW_MS, batch, opened
from tests.storage.backup.stored import answers, backed_up, fill, restored, seal, storing
from tests.storage.sqlite.test_sealing import older_file


class Watched(FolderObjects):
    """Objects, before the first of which is read something happens."""

    happens: Callable[[], Awaitable[object]] | None = None

    async def get(self, name: str) -> bytes | None:
        happens, self.happens = self.happens, None
        if happens is not None:
            await happens()
        return await super().get(name)


async def watched(data: Path) -> Watched:
    await open_folder(data / "objects")
    return Watched(data / "objects")


async def test_everything_is_asked_of_the_restored_store_as_of_the_first(tmp_path: Path) -> None:
    async with storing(tmp_path / "data") as stored:
        await fill(stored)
        assert await seal(stored) == 2
        before = await answers(stored)
        made = await backed_up(stored, tmp_path / "backup")
        assert (made.manifest.sessions, made.manifest.objects, made.copied) == (3, 3, 3)
        assert made.manifest.lost == ()
    await restored(tmp_path / "backup", tmp_path / "other")
    async with storing(tmp_path / "other") as again:
        assert await answers(again) == before
    for path in (tmp_path / "backup").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


async def test_objects_that_are_replaced_and_deleted_meanwhile_leave_nothing_missing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    objects = await watched(data)
    async with storing(data, objects) as stored:
        await fill(stored)
        await seal(stored)

        async def late() -> None:
            await stored.store.commit([batch(8, session=name, load="one") for name in ("first", "second")])
            assert await seal(stored) == 2

        objects.happens = late
        made = await backed_up(stored, tmp_path / "backup")
        assert made.manifest.lost == ()
        before = await answers(stored)
    await restored(tmp_path / "backup", tmp_path / "other")
    async with storing(tmp_path / "other") as again:
        assert await answers(again) == before
    assert len(list((tmp_path / "backup").glob("database-*"))) == 1


async def test_what_is_committed_meanwhile_is_in_it_wholly_or_not_at_all(tmp_path: Path) -> None:
    async with storing(tmp_path / "data") as stored:
        await fill(stored)
        await stored.store.commit(opened("busy", session="busy"))
        stop = asyncio.Event()

        async def commit() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                pair = [
                    batch(number, session="busy", load="busy", track=track, payload=os.urandom(20_000))
                    for track in (0, 1)
                ]
                await stored.store.commit(pair)

        committing = asyncio.create_task(commit())
        made = await backed_up(stored, tmp_path / "backup")
        stop.set()
        await committing
    await restored(tmp_path / "backup", tmp_path / "other")
    async with storing(tmp_path / "other") as again:
        facts, pictures = [len(await again.store.batches("busy", track)) for track in (0, 1)]
        assert facts == pictures
        (load,) = await again.store.loads("busy")
        assert (load.facts_acked, load.picture_acked) == (facts, pictures)
    assert made.manifest.sessions == 4


async def test_only_what_is_new_is_fetched_and_what_is_of_no_use_goes(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    async with storing(tmp_path / "data") as stored:
        await fill(stored)
        await seal(stored)
        await backed_up(stored, folder)
        await stored.store.commit([batch(8, session="first", load="one")])
        await seal(stored)
        (image,) = (folder / "objects" / "asset").iterdir()
        image.write_bytes(image.read_bytes()[:-1] + b"?")
        made = await backed_up(stored, folder)
        assert (made.copied, made.removed) == (2, 1)
        assert (await backed_up(stored, folder)).copied == 0
        assert len(list(folder.glob("database-*"))) == 1


async def test_a_backup_that_was_interrupted_leaves_the_one_before_whole(tmp_path: Path) -> None:
    folder = tmp_path / "backup"

    def give_up(what: str, done: int, of: int) -> None:
        if what == "objects":
            raise ConnectionResetError

    async with storing(tmp_path / "data") as stored:
        with pytest.raises(ConnectionResetError):
            await backed_up(stored, folder, tell=give_up)
        assert read_manifest(folder) is None
        await fill(stored)
        await backed_up(stored, folder)
        before, manifest = await answers(stored), (folder / MANIFEST).read_bytes()
        await seal(stored)
        with pytest.raises(ConnectionResetError):
            await backed_up(stored, folder, tell=give_up)
    assert (folder / MANIFEST).read_bytes() == manifest
    await restored(folder, tmp_path / "other")
    async with storing(tmp_path / "other") as again:
        assert await answers(again) == before


async def test_a_backup_can_be_given_up_at_any_moment(tmp_path: Path) -> None:
    async with storing(tmp_path / "data") as stored:
        await fill(stored)
        await seal(stored)
        for place in (1, 2, 3):
            said = itertools.count(1)

            def cancel(*told: object, place: int = place, said: Iterator[int] = said) -> None:
                task = asyncio.current_task()
                if next(said) == place and task is not None:
                    task.cancel()

            with pytest.raises(asyncio.CancelledError):
                await asyncio.create_task(backed_up(stored, tmp_path / "backup", tell=cancel))
        assert (await backed_up(stored, tmp_path / "backup")).manifest.objects == 3
    assert len(list((tmp_path / "backup").glob("database-*"))) == 1


async def test_what_the_store_has_lost_is_named_and_the_rest_is_there(tmp_path: Path) -> None:
    async with storing(tmp_path / "data") as stored:
        await fill(stored)
        await seal(stored)
        lost = [await stored.store.sealed(name) for name in ("first", "second")]
        first, second = [tmp_path / "data" / "objects" / one.name for one in lost if one is not None]
        first.unlink()
        second.write_bytes(b"something else")
        made = await backed_up(stored, tmp_path / "backup")
    assert {one.name: one.why for one in made.manifest.lost} == {
        str(first.relative_to(tmp_path / "data" / "objects")): "it is missing",
        str(second.relative_to(tmp_path / "data" / "objects")): "its checksum differs",
    }
    assert (made.manifest.objects, made.manifest.object_bytes) == (1, made.copied_bytes)
    done = await restored(tmp_path / "backup", tmp_path / "other")
    assert (set(done.lost), done.lost_count) == (set(made.manifest.lost), 2)


async def test_an_object_that_cannot_be_read_is_lost_and_a_place_out_of_reach_is_told(tmp_path: Path) -> None:
    objects = tmp_path / "data" / "objects"
    async with storing(tmp_path / "data") as stored:
        await fill(stored)
        await seal(stored)
        (image,) = (objects / "asset").iterdir()
        image.unlink()
        image.symlink_to(image)
        made = await backed_up(stored, tmp_path / "backup")
        assert [one.name for one in made.manifest.lost] == [f"asset/{image.name}"]
        assert "cannot be read" in made.manifest.lost[0].why
        for recording in objects.glob("session/*/*"):
            recording.unlink()
            recording.symlink_to(recording)
        with pytest.raises(StoreUnavailable, match="cannot be used"):
            await backed_up(stored, tmp_path / "other")
    assert read_manifest(tmp_path / "other") is None


async def test_a_place_where_no_object_is_gives_no_backup(tmp_path: Path) -> None:
    async with storing(tmp_path / "data") as stored:
        await fill(stored)
    with closing(sqlite3.connect(tmp_path / "data" / "replay.sqlite3")) as db:
        db.executemany(
            "INSERT INTO asset_version (asset, fetched_ms, checked_ms, hash, bytes, failures)"
            " VALUES (1, ?, 1, ?, 1, 0)",
            [(number, f"{number:064}") for number in range(LOST_MAX_COUNT)],
        )
        db.commit()
    async with storing(tmp_path / "data", await open_folder(tmp_path / "elsewhere")) as stored:
        with pytest.raises(CommandError, match="REPLAY_OBJECTS"):
            await backed_up(stored, tmp_path / "backup")
    assert read_manifest(tmp_path / "backup") is None


async def test_a_folder_that_is_used_for_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("…")
    async with storing(tmp_path / "data") as stored, storing(tmp_path / "data2") as other:
        with pytest.raises(CommandError, match="no backup is in it"):
            await backed_up(stored, tmp_path / "letters")
        await backed_up(stored, tmp_path / "backup")
        with pytest.raises(CommandError, match="holds the backup of"):
            await backed_up(other, tmp_path / "backup")
        with pytest.raises(CommandError, match="No room in"):
            await backed_up(stored, tmp_path / "third", reserve_bytes=2**62)

        async with open_backup(tmp_path / "backup"):
            with pytest.raises(CommandError, match="Another backup"):
                await backed_up(stored, tmp_path / "backup")
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["dear.txt"]


async def test_a_store_of_an_earlier_version_is_copied_as_it_is(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    older_file(data / "replay.sqlite3")
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    objects = FolderObjects(data / "objects")
    made = await back_up(
        data / "replay.sqlite3",
        objects,
        tmp_path / "backup",
        alone=True,
        reserve_bytes=0,
        now=lambda: datetime.now(UTC),
        tell=lambda *told: None,
    )
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before
    with look(tmp_path / "backup" / made.manifest.database, alone=True) as db:
        assert db.execute("SELECT id FROM session").fetchall() == [("visit",)]
    await restored(tmp_path / "backup", tmp_path / "other")
    async with storing(tmp_path / "other") as again:
        assert [one.number for one in await again.store.batches("visit", 0)] == [1, 2]
    assert made.manifest.began_ms > NOW_MS
