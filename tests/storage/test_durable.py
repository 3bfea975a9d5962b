"""Work in threads is over before whoever gave it up goes on; what replaces a file does so wholly."""

from __future__ import annotations

import asyncio
import gc
import threading
from pathlib import Path

import pytest

from storage.durable import SpareThreads, hash_file, replace_file


async def test_who_gives_work_up_waits_until_it_is_over() -> None:
    threads = SpareThreads(1, last=True)
    begun, over = threading.Event(), threading.Event()
    unforeseen: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: unforeseen.append(context))

    def work() -> None:
        begun.set()
        try:
            while True:
                threads.go_on()
        finally:
            over.set()

    waiting = asyncio.create_task(threads.run(work))
    await asyncio.to_thread(begun.wait)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert over.is_set()
    threads.close()
    del waiting
    # What is told of is told when nothing holds it any more.
    await asyncio.sleep(0)
    gc.collect()
    assert unforeseen == []


def test_a_file_is_replaced_wholly_and_for_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "manifest"
    for content in (b"one", b"another"):
        replace_file(path, content)
        assert path.read_bytes() == content
        assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["manifest"]
    parts: list[bytes] = []
    assert hash_file(path, parts.append)[1] == len(b"".join(parts)) == 7
