"""Opening and closing, also where it fails, leaves no descriptor, thread or lock behind."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from replay.ports import StoreUnavailable
from storage.sqlite import open_store
from tests.contract.given import batch, opened

CYCLES_COUNT = 20


def held() -> tuple[int, int]:
    """How many descriptors and threads the process has."""
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()


async def opening_and_closing(folder: Path) -> None:
    store = await open_store(folder / "replay.db")
    name = f"s{len(await store.sessions(limit=CYCLES_COUNT + 1))}"
    await store.commit([*opened(session=name), batch(1, session=name)])
    await store.close()


async def opening_what_is_open(folder: Path) -> None:
    store = await open_store(folder / "replay.db")
    with pytest.raises(StoreUnavailable):
        await open_store(folder / "replay.db")
    await store.close()


async def opening_what_is_damaged(folder: Path) -> None:
    (folder / "other.db").write_bytes(b"not a database" * 1_000)
    with pytest.raises(StoreUnavailable):
        await open_store(folder / "other.db")


async def opening_what_cannot_be(folder: Path) -> None:
    (folder / "folder.db").mkdir(exist_ok=True)
    with pytest.raises(StoreUnavailable):
        await open_store(folder / "folder.db")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    "cycle", [opening_and_closing, opening_what_is_open, opening_what_is_damaged, opening_what_cannot_be]
)
async def test_nothing_is_left_behind(tmp_path: Path, cycle: Callable[[Path], Awaitable[None]]) -> None:
    await cycle(tmp_path)
    before = held()
    for _ in range(CYCLES_COUNT):
        await cycle(tmp_path)
    assert held() == before
