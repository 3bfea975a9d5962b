"""Makes a backup beside whoever works with the store, without ever making them wait.

The copy of the database comes first and the objects that it refers to after it: an object is put before the
database refers to it, so that at the copy's moment all are there. One may be deleted before it was fetched,
because its session was sealed anew or erased meanwhile. Then the database refers to it no more, and another
copy is made, of which only the objects that are new have to be fetched: in so short a time hardly anything is
deleted. An object that is not there although the database still refers to it was lost before; the manifest
names it, and the backup is made all the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from replay import __version__
from replay.errors import CommandError
from replay.ports import StoreUnavailable
from storage.backup.folder import Lost, Manifest, open_backup, read_manifest
from storage.durable import SpareThreads, hash_file
from storage.sqlite.backup import Reference, content_bytes, copy_database, is_referred_to, open_copy, verdict
from storage.sqlite.errors import unavailable
from storage.sqlite.looking import look, schema_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from replay.ports import Objects
    from storage.backup.folder import BackupFolder

__all__ = ["LOST_MAX_COUNT", "ROUNDS_COUNT", "Made", "back_up"]

AT_ONCE_COUNT = 4
"""Objects that are fetched at the same time; each is in memory as a whole."""

LOST_MAX_COUNT = 1_000
"""If more objects are missing, they are looked for in the wrong place, and a backup would be of no use."""

ROUNDS_COUNT = 10
"""How often a copy is made anew because objects were deleted meanwhile."""

UNREAD_COUNT = 3
"""If so many objects, one after the other, cannot be read, the place where they are is out of reach."""

_MISSING = "it is missing"

_LOOK_S = 0.1
"""How often it is looked how far the copy has come; so much of it waits to be synced at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup, and what was new in it."""

    manifest: Manifest
    copied: int
    copied_bytes: int
    removed: int
    """Objects of an earlier backup in this folder that the database does not refer to any more."""


async def back_up(
    database: Path,
    objects: Objects,
    folder: Path,
    *,
    alone: bool,
    reserve_bytes: int,
    now: Callable[[], datetime],
    tell: Callable[[str, int, int], None],
) -> Made:
    """Make a backup of the database and its objects in a folder. ``alone``: nobody else has the database open
    in this process, which holds its lock. Where the folder is on the disk of the data, ``reserve_bytes`` are
    left free there. ``tell`` is told what is being done, how much of it is done and how much there is; it may
    raise to give up.

    Raises ``CommandError``, ``StoreUnavailable``; then the folder holds what it held before.
    """
    async with open_backup(folder) as target:
        previous = read_manifest(folder)
        data = str(database.parent.resolve())
        if previous is not None and previous.data != data:
            raise CommandError(
                f"{folder} holds the backup of {previous.data}, and this is {data}.",
                "Name another folder, or empty this one if its backup is not needed any more.",
            )
        shared = folder.stat().st_dev == database.parent.stat().st_dev
        backup = _Backup(database, objects, target, alone, reserve_bytes if shared else 0, now, tell)
        try:
            return await backup.make(previous)
        except sqlite3.Error as error:
            raise unavailable(error, database) from error
        finally:
            backup.close()


@dataclass
class _Backup:
    """One backup under way."""

    database: Path
    source: Objects
    target: BackupFolder
    alone: bool
    reserve_bytes: int
    now: Callable[[], datetime]
    tell: Callable[[str, int, int], None]
    lost: dict[Reference, str] = field(default_factory=dict)
    """What the store has not, and why."""
    vanished: set[str] = field(default_factory=set)
    """Names of objects that were deleted before they were fetched."""
    unread_count: int = 0
    copied: int = 0
    copied_bytes: int = 0

    def __post_init__(self) -> None:
        self._threads = SpareThreads(AT_ONCE_COUNT, last=True)
        self._apart = self._threads.run

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.close()

    async def make(self, previous: Manifest | None) -> Made:
        named = None if previous is None else previous.database
        await self._apart(partial(self.target.remove_databases, but=named))
        earlier: Path | None = None
        for _ in range(ROUNDS_COUNT):
            began = self.now()
            copy = self.target.database_path(began.strftime("%Y-%m-%dT%H-%M-%S-%fZ"))
            schema, size, sha256 = await self._copy_database(copy)
            await self._copy_objects(copy, earlier)
            if earlier is not None:
                earlier.unlink()
            earlier = copy
            if not self.vanished:
                break
        else:
            raise StoreUnavailable(
                f"Objects were deleted all the time while the backup was made, {ROUNDS_COUNT} times over. "
                "Try again when less is erased."
            )
        manifest = await self._apart(partial(self._described, copy, began, schema, size, sha256))
        self.target.write_manifest(manifest)
        removed = await self._apart(partial(self._clean_up, copy))
        return Made(manifest=manifest, copied=self.copied, copied_bytes=self.copied_bytes, removed=removed)

    async def _copy_database(self, copy: Path) -> tuple[int, int, str]:
        """Version of its schema, size and SHA-256 of the copy."""
        expected = await self._apart(partial(content_bytes, self.database, alone=self.alone))
        self._require_room(expected)
        copying = asyncio.ensure_future(
            self._apart(
                partial(
                    copy_database,
                    self.database,
                    copy,
                    alone=self.alone,
                    goes_on=self._threads.goes_on,
                )
            )
        )
        try:
            while not (await asyncio.wait([copying], timeout=_LOOK_S))[0]:
                self.tell("database", await self._apart(partial(_synced_bytes, copy)), expected)
        finally:
            if not copying.done():
                copying.cancel()
                await asyncio.wait([copying])
        try:
            copying.result()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
                raise self._no_room(expected) from error
            raise
        said = await self._apart(partial(verdict, copy, goes_on=self._threads.goes_on))
        if said != "ok":
            raise StoreUnavailable(f"The copy of {self.database} is damaged ({said}). Try again.")
        sha256, size = await self._apart(partial(hash_file, copy, self._threads.go_on))
        self.tell("database", size, size)
        return await self._apart(partial(_schema_of, copy)), size, sha256

    async def _copy_objects(self, copy: Path, earlier: Path | None) -> None:
        """Fetch what the copy refers to and is not here yet; ``earlier`` is a copy whose objects are."""
        again, self.vanished = self.vanished, set()
        done = 0
        with open_copy(copy) as opened, closing(opened.references(beside=earlier)) as parts:
            count, _ = await self._apart(opened.count)
            while part := await self._apart(partial(next, parts, None)):
                await self._copy_part([one for one in part if one.name not in again])
                done += len(part)
                self.tell("objects", min(done, count), count)
            # What vanished is seldom referred to again.
            back = {name for name in again if opened.refers_to(name)}
            for one in (one for part in opened.references() if back for one in part if one.name in back):
                await self._copy_part([one])
        self.tell("objects", count, count)

    async def _copy_part(self, part: list[Reference]) -> None:
        waiting = iter(part)

        async def work() -> None:
            for one in waiting:
                await self._copy_object(one)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE_COUNT):
                    group.create_task(work())
        except ExceptionGroup as errors:
            # Several fail for one reason.
            raise errors.exceptions[0] from None

    async def _copy_object(self, wanted: Reference) -> None:
        if await self._apart(partial(self._is_here, wanted)):
            return
        data, why = await self._fetch(wanted)
        if why == _MISSING:
            if not await self._apart(partial(is_referred_to, self.database, wanted.name, alone=self.alone)):
                self.vanished.add(wanted.name)
                return
            # It may have been put again between the two questions.
            data, why = await self._fetch(wanted)
        if data is None:
            self.lost[wanted] = why
            if len(self.lost) > LOST_MAX_COUNT:
                raise CommandError(
                    f"More than {LOST_MAX_COUNT} objects are missing or damaged, the first "
                    f"{next(iter(self.lost)).name}.",
                    "See that REPLAY_OBJECTS names the place where they are; `replay doctor` looks at all.",
                )
            return
        self._require_room(len(data))
        await self.target.objects.put(wanted.name, data)
        self.copied += 1
        self.copied_bytes += len(data)

    async def _fetch(self, wanted: Reference) -> tuple[bytes | None, str]:
        """The object if it is what its hash says, or what is wrong with it."""
        try:
            data = await self.source.get(wanted.name)
        except StoreUnavailable as error:
            self.unread_count += 1
            if self.unread_count >= UNREAD_COUNT:
                raise
            return None, f"it cannot be read: {error}"
        self.unread_count = 0
        if data is None:
            return None, _MISSING
        if await self._apart(lambda: hashlib.sha256(data).hexdigest()) != wanted.sha256:
            return None, "its checksum differs"
        return data, ""

    def _is_here(self, wanted: Reference) -> bool:
        """Whether the folder has the object, whole. What is damaged is removed."""
        path = self.target.object_path(wanted.name)
        try:
            if (
                path.stat().st_size == wanted.bytes
                and hash_file(path, self._threads.go_on)[0] == wanted.sha256
            ):
                return True
            path.unlink()
        except (FileNotFoundError, NotADirectoryError):
            pass
        return False

    def _described(self, copy: Path, began: datetime, schema: int, size: int, sha256: str) -> Manifest:
        with open_copy(copy) as opened:
            count, object_bytes = opened.count()
            sessions = opened.sessions()
            lost = sorted((one for one in self.lost if opened.refers_to(one.name)), key=lambda one: one.name)
        return Manifest(
            written_by=__version__,
            sqlite=sqlite3.sqlite_version,
            schema=schema,
            data=str(self.database.parent.resolve()),
            began_ms=int(began.timestamp() * 1_000),
            ended_ms=int(self.now().timestamp() * 1_000),
            database=copy.name,
            database_bytes=size,
            database_sha256=sha256,
            sessions=sessions,
            objects=count - len(lost),
            object_bytes=object_bytes - sum(one.bytes for one in lost),
            lost=tuple(Lost(name=one.name, why=self.lost[one]) for one in lost),
        )

    def _clean_up(self, copy: Path) -> int:
        self.target.remove_databases(but=copy.name)
        with open_copy(copy) as opened:
            return self.target.remove_objects(opened)

    def _require_room(self, bytes: int) -> None:
        if self._free_bytes() - bytes < self.reserve_bytes:
            raise self._no_room(bytes)

    def _no_room(self, bytes: int) -> CommandError:
        reserve = (
            f", {self.reserve_bytes} of which are to stay so (REPLAY_DISK_RESERVE_MIB)"
            if self.reserve_bytes
            else ""
        )
        return CommandError(
            f"No room in {self.target.path}: {bytes} bytes more are needed, and {self._free_bytes()} are "
            f"free{reserve}.",
            "Make room, or name a folder on another disk. A backup that was there before is still whole.",
        )

    def _free_bytes(self) -> int:
        return shutil.disk_usage(self.target.path).free


def _synced_bytes(copy: Path) -> int:
    """Size of what is there already, on the disk: a copy that waits in memory as a whole would hold up
    everybody's syncs when it is written out at once."""
    try:
        descriptor = os.open(copy, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return 0
    try:
        os.fsync(descriptor)
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


def _schema_of(copy: Path) -> int:
    with look(copy, alone=True) as db:
        return schema_version(db)
