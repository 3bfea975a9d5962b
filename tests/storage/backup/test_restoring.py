"""A restore overwrites nothing, is done when every hash was right, and says by name what was not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replay.errors import CommandError
from replay.ports import Objects, StoreUnavailable
from storage.backup import restore
from storage.backup.folder import MANIFEST
from storage.objects.remote import open_remote
from storage.owner import owned
from storage.sqlite import open_store
from storage.sqlite.schema import migrations
from tests.s3 import object_server
from tests.storage.backup.stored import DATABASE, answers, backed_up, fill, restored, seal, storing


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A backup."""
    async with storing(tmp_path / "data") as stored:
        await fill(stored)
        await seal(stored)
        await backed_up(stored, tmp_path / "backup")
    return tmp_path / "backup"


async def test_objects_that_are_missing_or_damaged_are_named(folder: Path, tmp_path: Path) -> None:
    (image,) = (folder / "objects" / "asset").iterdir()
    image.write_bytes(b"something else")
    visits = sorted(folder.glob("objects/session/*/*"))
    visits[0].unlink()
    done = await restored(folder, tmp_path / "other")
    assert {one.name: one.why for one in done.lost} == {
        f"asset/{image.name}": "it is damaged in the backup",
        str(visits[0].relative_to(folder / "objects")): "it is missing in the backup",
    }
    assert (done.objects, done.lost_count) == (1, 2)


async def test_a_damaged_database_or_manifest_restores_nothing(folder: Path, tmp_path: Path) -> None:
    (database,) = folder.glob("database-*")
    whole, manifest = database.read_bytes(), (folder / MANIFEST).read_text()
    told = json.loads(manifest)
    for damage, said in (
        (lambda: database.write_bytes(whole[:-1] + b"?"), "is not what was written"),
        (database.unlink, "is missing"),
        (lambda: (folder / MANIFEST).write_text(manifest[:-9]), "is damaged"),
        (lambda: (folder / MANIFEST).write_text(json.dumps({**told, "format": 2})), "format 2"),
        (
            lambda: (folder / MANIFEST).write_text(json.dumps({**told, "schema": len(migrations()) + 1})),
            "newer version",
        ),
        ((folder / MANIFEST).unlink, "no whole backup"),
    ):
        damage()
        with pytest.raises(CommandError, match=said):
            await restored(folder, tmp_path / "other")
        assert not (tmp_path / "other" / DATABASE).exists()
    database.write_bytes(whole)
    (folder / MANIFEST).write_text(manifest)
    assert (await restored(folder, tmp_path / "other")).lost_count == 0


async def test_only_an_empty_folder_is_restored_into(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("…")
    with pytest.raises(CommandError, match=r"not empty: notes\.txt"):
        await restored(folder, other)
    with pytest.raises(CommandError, match="There is a store in"):
        await restored(folder, tmp_path / "data")
    with owned(tmp_path / "data" / DATABASE), pytest.raises(CommandError, match="works on"):
        await restored(folder, tmp_path / "data")


async def test_a_restore_that_was_interrupted_is_done_again(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    async with storing(tmp_path / "data") as stored:
        before = await answers(stored)
    blocked = other / "objects"
    other.mkdir()
    (other / f"{DATABASE}.restoring").touch()
    blocked.write_text("a file where a folder has to be")
    with pytest.raises(Exception, match="objects"):
        await restored(folder, other)
    assert not (other / DATABASE).exists()
    with pytest.raises(StoreUnavailable, match=r"A restore of .* did not end"):
        await open_store(other / DATABASE)
    blocked.unlink()
    await restored(folder, other)
    async with storing(other) as again:
        assert await answers(again) == before
    assert not list(other.glob("*.restoring"))


async def test_objects_go_from_bucket_to_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with object_server() as server:
        for variable, value in server.environment.items():
            monkeypatch.setenv(variable, value)
        bucket = open_remote(server.make_bucket() + "/replay", retry_s=0)
        async with storing(tmp_path / "data", bucket) as stored:
            await fill(stored)
            await seal(stored)
            before = await answers(stored)
            made = await backed_up(stored, tmp_path / "backup")
            assert made.copied == 3
        other = open_remote(server.make_bucket(), retry_s=0)
        name = next(
            str(path.relative_to(tmp_path / "backup" / "objects"))
            for path in (tmp_path / "backup").glob("objects/asset/*")
        )
        await other.put(name, b"not what its name says")

        async def place() -> Objects:
            return other

        await restore(tmp_path / "backup", tmp_path / "other" / DATABASE, place, tell=lambda *told: None)
        async with storing(tmp_path / "other", other) as again:
            assert await answers(again) == before
