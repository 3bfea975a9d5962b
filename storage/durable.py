"""Files that are to survive a power cut, and work on them that lets all else on the machine go first."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["SpareThreads", "hash_file", "let_others_first", "replace_file", "sync_folder"]

_PART_BYTES = 1024 * 1024
_LEAST_PRIORITY = 19

T = TypeVar("T")


class SpareThreads:
    """Threads for what takes long. ``last``: they give way to everything else, where the system can do that
    for a thread; not for work in Python itself, which would hold its lock while others on the machine run."""

    def __init__(self, count: int, *, last: bool) -> None:
        self._executor = ThreadPoolExecutor(count, "spare", let_others_first if last else None)
        self._stopped = threading.Event()

    async def run(self, work: Callable[[], T]) -> T:
        """Work in one of them. If whoever waits is cancelled, the work is over before they learn of it."""
        running = asyncio.get_running_loop().run_in_executor(self._executor, work)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            self._stopped.set()
            await asyncio.wait([running])
            # What the work said of being given up is of no interest, but has to be looked at.
            if not running.cancelled():
                running.exception()
            raise

    def goes_on(self) -> bool:
        """False when long work is to be given up."""
        return not self._stopped.is_set()

    def go_on(self, *_: object) -> None:
        """Raise ``InterruptedError`` when long work is to be given up."""
        if self._stopped.is_set():
            raise InterruptedError

    def give_up(self) -> None:
        """End long work that is under way."""
        self._stopped.set()

    def close(self) -> None:
        """Give up what is under way, and let go of the threads."""
        self._stopped.set()
        self._executor.shutdown(cancel_futures=True)


def let_others_first() -> None:
    """Give way to everything else on this machine, where the system can do that for a thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LEAST_PRIORITY)


def hash_file(path: Path, each: Callable[[bytes], object] = lambda part: None) -> tuple[str, int]:
    """SHA-256 (hexadecimal) and size of a file; ``each`` is called with its parts in their order."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while part := file.read(_PART_BYTES):
            digest.update(part)
            size += len(part)
            each(part)
    return digest.hexdigest(), size


def replace_file(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of what the file holds, wholly or not at all, durably."""
    new = path.with_name(path.name + ".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:  # noqa: PTH123
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make durable which files are in a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
