"""A folder of objects: whose files they are, what a kill leaves behind, what is said when it cannot write."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from replay.ports import StoreUnavailable
from storage.objects import open_folder


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """The system's own limit: a write beyond it is cut short, then fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def everything(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


async def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    root = tmp_path / "data" / "objects"
    objects = await open_folder(root)
    await objects.put("session/ab/cd", b"private")
    assert {oct(path.stat().st_mode & 0o777) for path in root.rglob("*") if path.is_file()} == {"0o600"}
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    assert {oct(path.stat().st_mode & 0o777) for path in folders} == {"0o700"}


async def test_what_a_killed_process_left_unfinished_is_never_seen_and_removed(tmp_path: Path) -> None:
    objects = await open_folder(tmp_path)
    (tmp_path / ".unfinished" / "1-0").write_bytes(b"hal")
    reading = await open_folder(tmp_path)
    assert await reading.get("1-0") is None
    assert [name async for name in reading.names()] == []
    assert len(everything(tmp_path)) == 1, "its owner may be writing it"
    await objects.put("one", b"1")
    assert everything(tmp_path) == [tmp_path / "one"]


async def test_without_room_nothing_is_kept_until_there_is_some(tmp_path: Path) -> None:
    objects = await open_folder(tmp_path)
    with files_of_at_most(1_000), pytest.raises(StoreUnavailable, match="No room to write"):
        await objects.put("asset/one", bytes(5_000))
    assert await objects.get("asset/one") is None
    assert everything(tmp_path) == []
    await objects.put("asset/one", bytes(5_000))
    assert await objects.get("asset/one") == bytes(5_000)


async def test_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "objects").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="It must be a folder"):
        await open_folder(tmp_path / "objects")


async def test_a_name_below_or_above_another_object_is_refused(tmp_path: Path) -> None:
    objects = await open_folder(tmp_path)
    await objects.put("a/b", b"1")
    for name in ("a/b/c", "a"):
        with pytest.raises(ValueError, match="stands in the way"):
            await objects.put(name, b"2")
    assert await objects.get("a/b") == b"1"
