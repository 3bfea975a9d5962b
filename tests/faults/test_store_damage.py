"""Damaged files: a log that was cut anywhere loses whole commits from its end and nothing else.

A database with wrong bytes is refused and left as it is, or what is read from it is right.
"""

from __future__ import annotations

import random
import shutil
import struct
from pathlib import Path

import pytest

from replay.ports import StoreUnavailable
from storage.sqlite import open_store
from tests.faults.committing import SESSION, Place, begin, commit_on, group, operation, payload, violations

LOG_HEADER_BYTES = 32
FRAME_HEADER = struct.Struct(">II")
PAGE_BYTES = 4_096
FRAME_BYTES = 24 + PAGE_BYTES
HEADER_BYTES = 100
FLIPS_COUNT = 120


@pytest.fixture
async def copied(tmp_path: Path) -> Path:
    """A copy of a database and its log, taken while the owner still had it open."""
    store = await open_store(tmp_path / "replay.db")
    reached = await begin(store)
    draw = random.Random(1)
    for _ in range(8):
        await store.commit([operation(place) for place in group(draw, reached)])
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("replay.db", "replay.db-wal"):
        shutil.copy(tmp_path / name, copy / name)
    await store.close()
    return copy / "replay.db"


def ends_of_commits(log: bytes) -> list[int]:
    """The lengths of the log after each commit."""
    ends = []
    for start in range(LOG_HEADER_BYTES, len(log), FRAME_BYTES):
        _, pages_after_commit = FRAME_HEADER.unpack_from(log, start)
        if pages_after_commit:
            ends.append(start + FRAME_BYTES)
    return ends


async def kept(database: Path) -> list[Place]:
    store = await open_store(database)
    batches = [one for track in (0, 1) for one in await store.batches(SESSION, track)]
    await store.close()
    return [Place(one.load, one.track, one.number) for one in batches]


async def test_a_log_cut_anywhere_loses_whole_commits_from_its_end(copied: Path, tmp_path: Path) -> None:
    log = copied.with_name("replay.db-wal").read_bytes()
    ends = ends_of_commits(log)
    expected: dict[int, set[Place]] = {}
    for number, end in enumerate(ends):
        for cut in (end, end + 1, end + 24, end + FRAME_BYTES // 2, end + FRAME_BYTES - 1):
            folder = tmp_path / f"cut{number}-{cut}"
            folder.mkdir()
            shutil.copy(copied, folder / "replay.db")
            (folder / "replay.db-wal").write_bytes(log[:cut])
            whole = max(done for done in ends if done <= cut)
            places = set(await kept(folder / "replay.db"))
            assert places == expected.setdefault(whole, places), "the same commits, wherever the next was cut"
            assert await violations(folder / "replay.db", places) == []
    sizes = [len(expected[end]) for end in ends]
    assert sizes == sorted(sizes)
    assert sizes[-1] > 8
    assert len(set(sizes)) >= 8


@pytest.mark.parametrize(("where", "refused_share"), [("header", 0.4), ("structure", 0.9), ("anywhere", 0)])
async def test_wrong_bytes_are_refused_or_make_no_difference(
    tmp_path: Path, where: str, refused_share: float
) -> None:
    sound = tmp_path / "sound" / "replay.db"
    sound.parent.mkdir()
    await commit_on(sound, lambda _: None, seed=3, groups=8)
    content = sound.read_bytes()
    expected = set(await kept(sound))
    refused = 0
    places_wrong = flips(where, len(content))
    for number, place in enumerate(places_wrong):
        path = tmp_path / f"{number}" / "replay.db"
        path.parent.mkdir()
        wrong = bytearray(content)
        wrong[place] ^= 0xFF
        path.write_bytes(wrong)
        try:
            store = await open_store(path)
        except StoreUnavailable:
            assert path.read_bytes() == wrong, f"changed although refused: byte {place}"
            assert {one.name for one in path.parent.iterdir()} == {"replay.db", "replay.db.lock"}
            refused += 1
        else:
            batches = [one for track in (0, 1) for one in await store.batches(SESSION, track)]
            await store.close()
            places = [Place(one.load, one.track, one.number) for one in batches]
            assert set(places) == expected, f"byte {place}"
            changed = [one for one, at in zip(batches, places, strict=True) if one.payload != payload(at)]
            assert len(changed) <= 1, "a wrong byte inside a payload, which its digest tells"
    assert refused >= refused_share * len(places_wrong)


def flips(where: str, size: int) -> list[int]:
    """Which bytes to turn over: the file's header, where a page says what it is, or any."""
    if where == "header":
        return list(range(HEADER_BYTES))
    if where == "structure":
        return list(range(PAGE_BYTES, size, PAGE_BYTES))[:FLIPS_COUNT]
    return random.Random(1).sample(range(HEADER_BYTES, size), FLIPS_COUNT)
