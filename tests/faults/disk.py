"""A disk that fails on request, and one whose power can be cut after the fact.

``disk.c`` is loaded into the process under test and fails its writes or syncs, or writes every one down. From
that log ``after_power_loss`` makes the files as they may look when the power is cut at any moment: what was
synced is there; of what was not, anything from nothing to everything.
"""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

__all__ = ["Change", "after_power_loss", "build", "changes"]

SOURCE = Path(__file__).with_name("disk.c")
SECTOR_BYTES = 512
"""What a disk writes wholly or not at all."""

_RECORD = struct.Struct("=IIqQ")
_WRITE, _TRUNCATE, _SYNC, _UNLINK, _RENAME, _MAKE_FOLDER, _SYNC_FOLDER = 1, 2, 3, 4, 5, 6, 7


@dataclass(frozen=True, slots=True)
class Change:
    """One write, truncation (to ``offset``), sync or unlinking of a file, a renaming to ``name`` (from what
    ``data`` says), a new folder, or the sync of one; the name of the outermost is empty."""

    kind: int
    name: str
    offset: int
    data: bytes


@dataclass(slots=True)
class _File:
    synced: bytearray = field(default_factory=bytearray)
    unsynced: list[Change] = field(default_factory=list)


def build(folder: Path) -> Path:
    """Compile the library; skip the test where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler (cc)")
    library = folder / "disk.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library), str(SOURCE), "-ldl"],
        check=True,
    )
    return library


def changes(log: Path) -> list[Change]:
    """The log, in order."""
    content = log.read_bytes()
    found = []
    place = 0
    while place < len(content):
        kind, name_bytes, offset, data_bytes = _RECORD.unpack_from(content, place)
        place += _RECORD.size
        name = content[place : place + name_bytes].decode()
        place += name_bytes
        found.append(Change(kind, name, offset, content[place : place + data_bytes]))
        place += data_bytes
    return found


def after_power_loss(history: Sequence[Change], draw: random.Random, keep: float) -> Mapping[str, bytes]:
    """The files as a cut after the last change may leave them: of what was not synced, each sector of each
    write survives with the probability ``keep``, and so does each change of what a folder lists."""
    disk = _Disk()
    for change in history:
        disk.take(change)
    for change in reversed(disk.listed):
        if draw.random() >= keep:
            disk.undo(change)
    for file in disk.files.values():
        for change in file.unsynced:
            for part in _sectors(change):
                if draw.random() < keep:
                    _apply(file.synced, part)
    return {name: bytes(file.synced) for name, file in disk.files.items()}


@dataclass(slots=True)
class _Disk:
    """The files as the process sees them, and what of it the power may still take away."""

    files: dict[str, _File] = field(default_factory=dict)
    listed: list[Change] = field(default_factory=list)
    """What happened to names whose folder was not synced since."""
    unlinked: dict[str, _File] = field(default_factory=dict)

    def take(self, change: Change) -> None:
        if change.kind == _SYNC_FOLDER:
            self.listed = [one for one in self.listed if _folder(one.name) != change.name]
        elif change.kind in (_UNLINK, _RENAME, _MAKE_FOLDER):
            self.listed.append(change)
            if change.kind == _UNLINK:
                self.unlinked[change.name] = self.files.pop(change.name, _File())
            elif change.kind == _RENAME:
                self.files[change.name] = self.files.pop(change.data.decode())
        elif change.kind == _SYNC:
            file = self.files.setdefault(change.name, _File())
            for earlier in file.unsynced:
                _apply(file.synced, earlier)
            file.unsynced.clear()
        else:
            self.files.setdefault(change.name, _File()).unsynced.append(change)

    def undo(self, change: Change) -> None:
        """As if a folder had never been told; the last first."""
        if change.kind == _UNLINK:
            self.files.setdefault(change.name, self.unlinked[change.name])
        elif change.kind == _RENAME:
            self.files[change.data.decode()] = self.files.pop(change.name, _File())
        else:
            inside = f"{change.name}/"
            self.files = {name: file for name, file in self.files.items() if not name.startswith(inside)}


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _sectors(change: Change) -> Iterator[Change]:
    if change.kind == _TRUNCATE:
        yield change
        return
    start = change.offset
    end = change.offset + len(change.data)
    while start < end:
        stop = min(end, (start // SECTOR_BYTES + 1) * SECTOR_BYTES)
        yield Change(_WRITE, change.name, start, change.data[start - change.offset : stop - change.offset])
        start = stop


def _apply(content: bytearray, change: Change) -> None:
    if change.kind == _TRUNCATE:
        del content[change.offset :]
        content.extend(bytes(change.offset - len(content)))
    else:
        content.extend(bytes(max(0, change.offset - len(content))))
        content[change.offset : change.offset + len(change.data)] = change.data
