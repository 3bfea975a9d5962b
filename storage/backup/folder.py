"""The folder that a backup is in.

    manifest.json          what is here, when it was made, and by what; written last
    database-….sqlite3     the copy of the database that the manifest names
    objects/               what the copy refers to, each under the name that it has in the store
    backup.lock            says that this folder is for backups, and that only one writes

Objects are named by their content, so that the next backup into the same folder adds what is new beside what
is old, names it in a new manifest, and only then removes what that names no more: at every moment the folder
holds a whole backup, the old one or the new one. Without a manifest it holds none.
"""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import json
import os
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from replay.errors import CommandError
from storage.durable import replace_file, sync_folder
from storage.objects import FolderObjects, open_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from storage.sqlite.backup import Copy

__all__ = [
    "FOREIGN",
    "FORMAT",
    "MANIFEST",
    "BackupFolder",
    "Lost",
    "Manifest",
    "cannot",
    "open_backup",
    "read_manifest",
]

FORMAT = 1
MANIFEST = "manifest.json"
_LOCK = "backup.lock"
OBJECTS = "objects"
_DATABASES = "database-*.sqlite3*"
FOREIGN = frozenset(("lost+found",))
"""What a file system puts into its root by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """An object that the store had not, or had damaged, when the backup was made."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds. Everything is of the moment ``began_ms``."""

    format: int = FORMAT
    written_by: str
    """The version of the product."""
    sqlite: str
    schema: int
    data: str
    """The data folder that it is of."""
    began_ms: int
    ended_ms: int
    database: str
    database_bytes: int
    database_sha256: str
    sessions: int
    objects: int
    object_bytes: int
    lost: tuple[Lost, ...] = ()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest, or None if there is no whole backup in the folder. Raises ``CommandError``."""
    try:
        text = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot(folder, error) from error
    try:
        found = json.loads(text)
        if found["format"] != FORMAT:
            raise CommandError(
                f"The backup in {folder} has format {found['format']}; this version knows format {FORMAT}.",
                f"Use the version that wrote it: {found.get('written_by')}.",
            )
        found["lost"] = tuple(Lost(**one) for one in found["lost"])
        return Manifest(**found)
    except (ValueError, TypeError, KeyError) as error:
        raise CommandError(
            f"{folder / MANIFEST} is damaged: it does not say what is in the backup.",
            "Use another backup, or a copy of this file.",
        ) from error


class BackupFolder:
    """A folder in which a backup is being made. Made by ``open_backup``."""

    def __init__(self, path: Path, objects: FolderObjects) -> None:
        self.path = path
        self.objects = objects

    def object_path(self, name: str) -> Path:
        return self.path / OBJECTS / name

    def database_path(self, stamp: str) -> Path:
        return self.path / f"database-{stamp}.sqlite3"

    def write_manifest(self, manifest: Manifest) -> None:
        """From now on the folder holds this backup."""
        text = json.dumps(dataclasses.asdict(manifest), indent=2, ensure_ascii=False) + "\n"
        replace_file(self.path / MANIFEST, text.encode())

    def remove_databases(self, *, but: str | None) -> None:
        """Remove copies of the database that no manifest names."""
        for file in self.path.glob(_DATABASES):
            if file.name != but:
                file.unlink()
        sync_folder(self.path)

    def remove_objects(self, copy: Copy) -> int:
        """Remove objects that the copy does not refer to; how many there were."""
        count = 0
        for name in self._names(""):
            if not copy.refers_to(name):
                self.object_path(name).unlink()
                count += 1
        return count

    def _names(self, folder: str) -> Iterator[str]:
        # One after the other and no list of them all: there may be millions.
        with os.scandir(self.path / OBJECTS / folder) as entries:
            for entry in entries:
                name = f"{folder}/{entry.name}" if folder else entry.name
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    yield from self._names(name)
                else:
                    yield name


@contextmanager
def _locked(path: Path, folder: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            raise CommandError(
                f"Another backup is being written into {folder}.", "Wait until it is done."
            ) from error
        yield
    finally:
        os.close(descriptor)


@asynccontextmanager
async def open_backup(folder: Path) -> AsyncIterator[BackupFolder]:
    """Hold the folder, made if missing, while inside. Raises ``CommandError`` for one that is used for
    something else or cannot be used, ``StoreUnavailable``."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = folder / _LOCK
        if not lock.exists() and {entry.name for entry in folder.iterdir()} - FOREIGN:
            raise CommandError(
                f"{folder} is not empty, and no backup is in it.", "Name a folder that is for backups only."
            )
        with _locked(lock, folder):
            yield BackupFolder(folder, await open_folder(folder / OBJECTS))
    except ConnectionError:
        # Whoever is told of the progress went away.
        raise
    except OSError as error:
        raise cannot(folder, error) from error


def cannot(folder: Path, error: OSError) -> CommandError:
    """The sentence for a folder that cannot be used."""
    return CommandError(
        f"{folder} cannot be used: {error.strerror or error}.",
        "It must be a folder that the account of the running server, or of this command where none runs, "
        "can read and write, with room for everything.",
    )
