"""Exactly one process owns a database file.

The owner holds a lock on a file beside it, which the system lets go of when the process ends, however it
ends. Whoever finds it held learns the owner's process id, and where the owner listens: a command talks to it
there instead of opening the file itself. The lock file stays behind; removing it would let two processes hold
locks on two files of one name.
"""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from replay.ports import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["StoreOwned", "lock_path", "owned", "socket_path"]


class StoreOwned(StoreUnavailable):
    """Another process owns the database. ``pid`` is None if it could not be read."""

    def __init__(self, database: Path, pid: int | None) -> None:
        self.pid = pid
        self.socket = socket_path(database)
        owner = f"process {pid}" if pid is not None else "another process"
        super().__init__(
            f"{database} is in use by {owner}, and only one process may have it open. "
            f"Ask that one through {self.socket}, or stop it first."
        )


def lock_path(database: Path) -> Path:
    """The file whose lock is the ownership. Links are followed: two names of one database have one lock."""
    real = database.resolve()
    return real.with_name(real.name + ".lock")


def socket_path(database: Path) -> Path:
    """Where the owner listens for commands."""
    real = database.resolve()
    return real.with_name(real.name + ".sock")


@contextmanager
def owned(database: Path) -> Iterator[None]:
    """Own the database while inside. Raises ``StoreOwned`` at once if another process does."""
    path = lock_path(database)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnavailable(
            f"{path} cannot be created ({error.strerror}). The folder has to exist and be writable "
            "for the account that this process runs as."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise StoreUnavailable(f"{path} cannot be locked ({error.strerror}).") from error
            raise StoreOwned(database, _read_pid(descriptor)) from error
        _write_pid(descriptor)
        yield
    finally:
        os.close(descriptor)


def _read_pid(descriptor: int) -> int | None:
    text = os.pread(descriptor, 20, 0).strip()
    return int(text) if text.isdigit() else None


def _write_pid(descriptor: int) -> None:
    # Where the disk is full the lock holds all the same; others are told of an owner, but not who it is.
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
