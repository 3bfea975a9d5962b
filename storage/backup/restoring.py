"""Puts a backup in the place of a store that is not there.

Everything is compared with its hash on the way. Objects come first and the database last, under its name only
when it is whole: a restore that was interrupted has not begun, and may be done again. What cannot be read of
the objects is told by name, and the rest is restored all the same; a damaged database is not.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING

from replay.errors import CommandError
from storage.backup.folder import FOREIGN, MANIFEST, Lost, Manifest, cannot, read_manifest
from storage.durable import SpareThreads, hash_file, sync_folder
from storage.owner import StoreOwned, lock_path, owned
from storage.sqlite.backup import Reference, open_copy
from storage.sqlite.looking import unfinished_path
from storage.sqlite.schema import migrations

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from replay.ports import Objects

__all__ = ["LOST_TOLD_COUNT", "Restored", "restore"]

LOST_TOLD_COUNT = 1_000
"""Of how many objects that are not in order the names are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored, and the objects that could not be."""

    manifest: Manifest
    objects: int
    lost: tuple[Lost, ...]
    lost_count: int


async def restore(
    folder: Path,
    database: Path,
    open_objects: Callable[[], Awaitable[Objects]],
    *,
    tell: Callable[[str, int, int], None],
) -> Restored:
    """Restore the backup in ``folder`` as ``database``, whose folder has to be empty or missing, and put its
    objects where ``open_objects`` leads. ``tell`` is told what is being done, how much of it is done and how
    much there is.

    Raises ``CommandError``, ``StoreUnavailable``; then there is no database.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise CommandError(
            f"There is no whole backup in {folder}: {MANIFEST} is missing.",
            "Name the folder that was given to `replay backup`. A first one that was interrupted is none.",
        )
    if manifest.schema > len(migrations()):
        raise CommandError(
            f"The backup in {folder} was made by a newer version, {manifest.written_by}.",
            "Install that version, and restore with it.",
        )
    unfinished = unfinished_path(database)
    _require_empty(database, unfinished)
    restoring = _Restoring(folder, manifest, unfinished, tell)
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with owned(database):
            return await restoring.restore(database, open_objects)
    except OSError as error:
        raise cannot(database.parent, error) from error
    finally:
        restoring.close()


def _require_empty(database: Path, unfinished: Path) -> None:
    data = database.parent
    if database.exists():
        try:
            with owned(database):
                pass
        except StoreOwned as error:
            raise CommandError(
                f"A server or another command works on {data} (process {error.pid}).",
                "Stop it, and restore into another folder: nothing is ever restored over a store.",
            ) from error
        raise CommandError(
            f"There is a store in {data} already.",
            "Name an empty folder with --data or REPLAY_DATA, or move this store away.",
        )
    # What an earlier restore began is gone on with.
    if data.is_dir() and not unfinished.exists():
        there = {entry.name for entry in data.iterdir()} - {lock_path(database).name} - FOREIGN
        if there:
            raise CommandError(
                f"{data} is not empty: {min(there)} is in it.",
                "Name an empty folder with --data or REPLAY_DATA, or empty this one.",
            )


class _Restoring:
    """One restore under way."""

    def __init__(
        self, folder: Path, manifest: Manifest, unfinished: Path, tell: Callable[[str, int, int], None]
    ) -> None:
        self._folder = folder
        self._manifest = manifest
        self._unfinished = unfinished
        self._tell = tell
        self._threads = SpareThreads(1, last=True)
        self._apart = self._threads.run
        self._lost: list[Lost] = []
        self._lost_count = 0
        self._objects_count = 0

    def close(self) -> None:
        """Let go of the thread."""
        self._threads.close()

    async def restore(self, database: Path, open_objects: Callable[[], Awaitable[Objects]]) -> Restored:
        """Objects, then the database. The caller owns it."""
        self._tell("database", 0, self._manifest.database_bytes)
        await self._apart(self._copy_database)
        self._tell("database", self._manifest.database_bytes, self._manifest.database_bytes)
        objects = await open_objects()
        try:
            await self._put_objects(objects)
        finally:
            await objects.close()
        self._unfinished.rename(database)
        sync_folder(database.parent)
        return Restored(
            manifest=self._manifest,
            objects=self._objects_count,
            lost=tuple(self._lost),
            lost_count=self._lost_count,
        )

    def _copy_database(self) -> None:
        source = self._folder / self._manifest.database
        descriptor = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123
            try:
                sha256, _ = hash_file(source, partial(self._write, file))
            except FileNotFoundError:
                sha256 = ""
            file.flush()
            os.fsync(file.fileno())
        if sha256 != self._manifest.database_sha256:
            self._unfinished.unlink()
            raise CommandError(
                f"The backup is damaged: {source} is {'not what was written' if sha256 else 'missing'}.",
                "Nothing was restored. Use another backup.",
            )

    def _write(self, file: IO[bytes], part: bytes) -> None:
        self._threads.go_on()
        file.write(part)

    async def _put_objects(self, objects: Objects) -> None:
        known = {one.name: one for one in self._manifest.lost}
        done = 0
        with open_copy(self._unfinished) as copy, closing(copy.references()) as parts:
            count, _ = await self._apart(copy.count)
            while part := await self._apart(partial(next, parts, None)):
                for one in part:
                    await self._put(objects, one, known.get(one.name))
                done += len(part)
                self._tell("objects", done, count)

    async def _put(self, objects: Objects, wanted: Reference, known: Lost | None) -> None:
        data = await self._apart(partial(self._read, wanted))
        if isinstance(data, str):
            self._lost_count += 1
            if len(self._lost) < LOST_TOLD_COUNT:
                self._lost.append(known or Lost(name=wanted.name, why=data))
            return
        try:
            await objects.put(wanted.name, data)
        except ValueError:
            # What stands there is not what its name says: the objects are not in a fresh place.
            await objects.delete(wanted.name)
            await objects.put(wanted.name, data)
        self._objects_count += 1

    def _read(self, wanted: Reference) -> bytes | str:
        """The object, or what is wrong with it."""
        try:
            data = (self._folder / "objects" / wanted.name).read_bytes()
        except FileNotFoundError:
            return "it is missing in the backup"
        except OSError as error:
            return f"it cannot be read in the backup: {error.strerror}"
        if hashlib.sha256(data).hexdigest() != wanted.sha256:
            return "it is damaged in the backup"
        return data
