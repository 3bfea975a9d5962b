"""What every place for objects keeps to, whichever it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.ports import Objects
from storage.objects import MemoryObjects, open_folder
from storage.objects.names import NAME_MAX_CHARS, PART_MAX_CHARS, require_name
from storage.objects.remote import open_remote
from tests.s3 import ObjectServer, object_server


@pytest.fixture(scope="module")
def server() -> Iterator[ObjectServer]:
    with object_server() as running:
        yield running


@pytest.fixture(params=["memory", "folder", "remote"])
async def objects(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Objects]:
    opened: Objects
    if request.param == "memory":
        opened = MemoryObjects()
    elif request.param == "folder":
        opened = await open_folder(tmp_path / "objects")
    else:
        server: ObjectServer = request.getfixturevalue("server")
        for variable, value in server.environment.items():
            monkeypatch.setenv(variable, value)
        opened = open_remote(server.make_bucket() + "/some/prefix")
    yield opened
    await opened.close()


async def names(objects: Objects, prefix: str = "") -> set[str]:
    return {name async for name in objects.names(prefix)}


@pytest.mark.parametrize("data", [b"", b"a", bytes(3_000_000)])
async def test_what_was_put_is_got(objects: Objects, data: bytes) -> None:
    await objects.put("asset/a-b_c.0", data)
    assert await objects.get("asset/a-b_c.0") == data


async def test_what_was_never_put_is_not_there(objects: Objects) -> None:
    await objects.put("asset/one", b"1")
    assert await objects.get("asset/two") is None
    assert await objects.get("asset/one/more") is None
    assert await objects.get("asset") is None
    assert await objects.get("nothing") is None


async def test_the_same_again_changes_nothing_and_other_bytes_are_refused(objects: Objects) -> None:
    await objects.put("asset/one", b"1")
    await objects.put("asset/one", b"1")
    with pytest.raises(ValueError, match="other bytes"):
        await objects.put("asset/one", b"2")
    assert await objects.get("asset/one") == b"1"


async def test_of_many_at_once_one_wins_and_is_whole(objects: Objects) -> None:
    offered = [bytes([number]) * 100_000 for number in range(8)]
    outcomes = await asyncio.gather(
        *(objects.put("asset/one", data) for data in offered), return_exceptions=True
    )
    assert sum(outcome is None for outcome in outcomes) == 1
    assert await objects.get("asset/one") == offered[outcomes.index(None)]
    assert all(isinstance(outcome, ValueError) for outcome in outcomes if outcome is not None)


async def test_what_is_deleted_is_gone_and_may_come_again(objects: Objects) -> None:
    await objects.put("asset/one", b"1")
    await objects.delete("asset/one")
    await objects.delete("asset/one")
    await objects.delete("asset/never/was")
    assert await objects.get("asset/one") is None
    await objects.put("asset/one", b"2")
    assert await objects.get("asset/one") == b"2"


async def test_names_are_listed_by_how_they_begin(objects: Objects) -> None:
    kept = {"asset/a1", "asset/a2", "asset/b/c", "session/a1", "alone"}
    assert await names(objects) == set()
    for name in kept:
        await objects.put(name, b"")
    assert await names(objects) == kept
    assert await names(objects, "asset/") == {"asset/a1", "asset/a2", "asset/b/c"}
    assert await names(objects, "asset/a") == {"asset/a1", "asset/a2"}
    assert await names(objects, "asset/b/c/") == set()
    assert await names(objects, "other") == set()


BAD_NAMES = [
    "",
    "/",
    "/etc/passwd",
    "a/",
    "a//b",
    "..",
    "a/../b",
    ".hidden",
    "a/.hidden",
    "A",
    "a b",
    "a\n",
    "ä",
    "a\\b",
    "a\0",
    "a" * (PART_MAX_CHARS + 1),
    "a/" * (NAME_MAX_CHARS // 2) + "a",
]


@pytest.mark.parametrize("name", BAD_NAMES)
async def test_other_names_are_refused(objects: Objects, name: str) -> None:
    for attempt in (objects.put(name, b""), objects.get(name), objects.delete(name)):
        with pytest.raises(ValueError, match="cannot be called"):
            await attempt
    assert await names(objects) == set()


async def test_the_longest_names_are_taken(objects: Objects) -> None:
    part = "a" * PART_MAX_CHARS
    name = f"{part}/{part}/{'b' * (NAME_MAX_CHARS - 2 * PART_MAX_CHARS - 2)}"
    await objects.put(name, b"long")
    assert await objects.get(name) == b"long"


@given(st.text(max_size=12))
def test_a_name_never_leads_out_of_a_folder(name: str) -> None:
    try:
        require_name(name)
    except ValueError:
        return
    assert (Path("/objects") / name).resolve().is_relative_to("/objects/" + name.split("/", maxsplit=1)[0])


async def test_many_put_at_a_time_and_whoever_deletes_is_alone(objects: Objects) -> None:
    told: list[str] = []
    go_on = asyncio.Event()

    async def put(name: str) -> None:
        async with objects.putting():
            told.append(f"{name} puts")
            await go_on.wait()
            told.append(f"{name} is done")

    async def delete() -> None:
        async with objects.deleting():
            told.append("deletes")
            await asyncio.sleep(0)
            told.append("is done")

    async with asyncio.TaskGroup() as group:
        for task in (put("a"), put("b"), delete(), put("late"), delete()):
            group.create_task(task)
        while len(told) < 2:  # noqa: ASYNC110 (they run until they wait)
            await asyncio.sleep(0)
        go_on.set()
    assert told == ["a puts", "b puts", "a is done", "b is done", *["deletes", "is done"], *told[6:]]
    assert sorted(told[6:8]) == ["late is done", "late puts"]
    assert told[8:] == ["deletes", "is done"]
