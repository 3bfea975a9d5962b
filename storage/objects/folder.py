"""Objects as files of one folder: a name is the path in it.

A file is written whole under a temporary name, synced, renamed, and then every folder on the way to it is
synced: what can be seen under a name is complete, and what ``put`` returned from survives a power cut. Files
and folders are the owner's alone (0600, 0700), since recordings are in them.

One process owns the folder, as it owns the database beside it. After a sync of a folder failed nothing is
written any more until it is opened anew: the system may have dropped what it could not write, and would not
say so again.
"""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from replay.ports import StoreUnavailable
from storage.durable import sync_folder
from storage.objects.gate import Gated
from storage.objects.names import require_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

__all__ = ["FolderObjects", "open_folder"]

_UNFINISHED = ".unfinished"
"""The folder of files that are being written; no object's name begins with a dot."""

_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
_IN_THE_WAY = (FileExistsError, NotADirectoryError, IsADirectoryError)


async def open_folder(root: Path) -> FolderObjects:
    """The folder, made if missing. Raises ``StoreUnavailable`` if it cannot be used."""
    return await asyncio.to_thread(_opened, root)


def _opened(root: Path) -> FolderObjects:
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        for folder in (root, root / _UNFINISHED):
            _make_folder(folder)
        sync_folder(root.parent)
    except OSError as error:
        raise _unavailable(error, root) from error
    return FolderObjects(root)


class FolderObjects(Gated):
    """``Objects`` in a local folder. Made by ``open_folder``."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._written = itertools.count()
        self._renaming = threading.Lock()
        self._swept = False
        self._refusal: str | None = None

    async def put(self, name: str, data: bytes) -> None:
        await asyncio.to_thread(self._put, name, self._path(name), data)

    async def get(self, name: str) -> bytes | None:
        return await asyncio.to_thread(self._get, self._path(name))

    async def delete(self, name: str) -> None:
        await asyncio.to_thread(self._delete, self._path(name))

    async def names(self, prefix: str = "") -> AsyncIterator[str]:
        for name in await asyncio.to_thread(self._names, prefix.rpartition("/")[0]):
            if name.startswith(prefix):
                yield name

    async def close(self) -> None:
        """Nothing is held open."""

    def _path(self, name: str) -> Path:
        return self._root / require_name(name)

    def _put(self, name: str, path: Path, data: bytes) -> None:
        self._require_sound()
        known = self._get(path)
        try:
            if known is None:
                known = self._create(path, data)
            if known != data:
                raise ValueError(f"other bytes are kept as {name}")
            # Also for what was there already: whoever put it may have been killed before this.
            self._sync_way(path)
        except _IN_THE_WAY as error:
            raise ValueError(f"an object stands in the way of {name}") from error
        except OSError as error:
            raise _unavailable(error, self._root) from error

    def _create(self, path: Path, data: bytes) -> bytes:
        """Put the file in its place; what is there now, which somebody else may just have put."""
        self._sweep_once()
        unfinished = self._root / _UNFINISHED / f"{os.getpid()}-{next(self._written)}"
        try:
            self._write(unfinished, data)
            with self._renaming:
                known = self._get(path)
                if known is not None:
                    return known
                for folder in reversed(self._way(path)):
                    _make_folder(folder)
                unfinished.rename(path)
                return data
        finally:
            with suppress(OSError):
                unfinished.unlink()

    def _sweep_once(self) -> None:
        """Remove what an earlier process left unfinished, before anything is written or deleted. Whoever only
        reads leaves it: the owner may be writing."""
        with self._renaming:
            if not self._swept:
                for left in (self._root / _UNFINISHED).iterdir():
                    left.unlink()
            self._swept = True

    def _write(self, path: Path, data: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _get(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except _ABSENT:
            return None
        except OSError as error:
            raise _unavailable(error, self._root) from error

    def _delete(self, path: Path) -> None:
        self._require_sound()
        try:
            self._sweep_once()
            with suppress(FileNotFoundError):
                path.unlink()
            # Also where it was gone already: whoever deleted it may have been killed before this.
            if path.parent.is_dir():
                self._sync_way(path)
        except _ABSENT:
            return
        except OSError as error:
            raise _unavailable(error, self._root) from error

    def _names(self, below: str) -> list[str]:
        found: list[str] = []
        start = self._path(below) if below else self._root
        if not start.is_dir():
            return found
        try:
            for folder, folders, files in os.walk(start, onerror=_raise):
                folders[:] = [one for one in folders if not one.startswith(".")]
                found += [os.path.relpath(os.path.join(folder, file), self._root) for file in files]  # noqa: PTH118
        except OSError as error:
            raise _unavailable(error, self._root) from error
        return found

    def _way(self, path: Path) -> list[Path]:
        """The folders that lead to a file, the innermost first, the root last."""
        return [folder for folder in path.parents if folder.is_relative_to(self._root)]

    def _sync_way(self, path: Path) -> None:
        """Make the way to the file durable. If that fails, nothing is written any more."""
        try:
            for folder in self._way(path):
                sync_folder(folder)
        except OSError as error:
            self._refusal = str(_unavailable(error, self._root))
            raise

    def _require_sound(self) -> None:
        if self._refusal is not None:
            raise StoreUnavailable(self._refusal)


def _make_folder(folder: Path) -> None:
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


def _raise(error: OSError) -> None:
    raise error


def _unavailable(error: OSError, root: Path) -> StoreUnavailable:
    if error.errno in _NO_ROOM:
        return StoreUnavailable(
            f"No room to write in {root} ({error.strerror}). Nothing new is kept until there is some; "
            "then work goes on by itself."
        )
    if error.errno == errno.EIO:
        return StoreUnavailable(
            f"The disk under {root} failed ({error.strerror}). Look at the system's log, then start again."
        )
    return StoreUnavailable(
        f"{root} cannot be used ({error.strerror}). It must be a folder that the account which this process "
        "runs as can read and write."
    )
