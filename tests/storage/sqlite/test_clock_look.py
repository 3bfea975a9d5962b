"""How the clock was seen, in a file of a version that did not keep it, and by the process after this one."""

from __future__ import annotations

from pathlib import Path

from replay.ports import ClockLook
from storage.sqlite import open_store
from tests.storage.sqlite.old_files import file_before


async def test_a_file_from_before_has_none_and_keeps_the_last(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    with file_before(path, "TABLE clock_look "):
        pass
    looks = ClockLook(looked_ms=1), ClockLook(looked_ms=9, doubt_s=1.5, from_ms=2, to_ms=8)
    store = await open_store(path)
    assert await store.clock_look() is None
    for look in looks:
        await store.put_clock_look(look)
    await store.close()
    store = await open_store(path)
    try:
        assert await store.clock_look() == looks[-1]
    finally:
        await store.close()
