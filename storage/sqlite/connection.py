"""One connection with its thread: how the database file is opened, and how work is run on it.

A commit is a dozen statements. Awaited one by one, each would cost a hop to the thread and back (30 µs in an
idle process, 400 µs beside a busy event loop), and a task cancelled between two of them would leave a
transaction open. ``run`` carries a whole function to the thread in one hop: it is done or undone there,
whatever becomes of the task that waits for it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

import aiosqlite

from replay.ports import StoreUnavailable
from storage.sqlite.looking import unfinished_path
from storage.sqlite.schema import migrate, recognise

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

__all__ = ["CHANGE_BYTES", "Asking", "Worker", "open_reader", "open_writer", "transaction"]

CHANGE_BYTES = 2 * 4_096
"""What a changed row adds to the log: the pages of tables and indexes that it is in."""

_STATEMENTS_COUNT = 256
_ROWS_KEPT_COUNT = 64
_WRITER_CACHE_KIB = 16 * 1024
_READER_CACHE_KIB = 4 * 1024
_WAL_KEPT_BYTES = 64 * 1024 * 1024
"""A write-ahead log that once grew beyond this is cut down to it when it starts anew."""

P = ParamSpec("P")
T = TypeVar("T")


class Worker(aiosqlite.Connection):
    """A connection that runs whole functions in its thread."""

    @classmethod
    async def started(cls, connect: Callable[[], sqlite3.Connection]) -> Worker:
        """Connect in a new thread. If that fails or is cancelled, neither thread nor connection is left."""
        worker = cls(connect, _ROWS_KEPT_COUNT)
        connecting: asyncio.Future[object] = asyncio.ensure_future(worker)
        try:
            await asyncio.shield(connecting)
        except BaseException:
            await asyncio.wait([connecting])
            if connecting.exception() is None:
                await worker.close()
            worker._thread.join()
            raise
        return worker

    async def close(self) -> None:
        """Close after everything that was asked for; the thread is gone when this returns.

        The base class asks its thread to end but does not wait for it, and the event loop may be gone before
        it. Nothing is left to do there by then, so that waiting takes no time.
        """
        await super().close()
        self._thread.join()

    async def run(
        self,
        work: Callable[Concatenate[sqlite3.Connection, P], T],
        *arguments: P.args,
        **keywords: P.kwargs,
    ) -> T:
        """Call ``work`` with the bare connection, after everything that was asked for before.

        Raises ``StoreUnavailable`` once the connection is closed, else what ``work`` raises.
        """
        if not self._running or self._connection is None:
            raise StoreUnavailable("The store is closed.")
        # `_execute` is what every method of the base class is made of; it is not public, but it is what a
        # subclass has to build on: the public methods all carry a single statement.
        execute = cast("Callable[[Callable[[], T]], Awaitable[T]]", self._execute)
        return await execute(partial(work, self._connection, *arguments, **keywords))


class Asking(ABC):
    """What a part of the store asks the database through."""

    @abstractmethod
    async def _read(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...

    @abstractmethod
    async def _write(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


def transaction(
    db: sqlite3.Connection,
    work: Callable[Concatenate[sqlite3.Connection, P], T],
    *arguments: P.args,
    **keywords: P.kwargs,
) -> T:
    """Do ``work`` wholly or not at all, and synced. Taking the write lock first avoids the error that a
    reading transaction gets at once when it turns into a writing one."""
    db.execute("BEGIN IMMEDIATE")
    try:
        result = work(db, *arguments, **keywords)
        db.execute("COMMIT")
    except BaseException:
        # Some errors (a full disk, for one) end the transaction by themselves.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return result


async def open_writer(path: Path, busy_ms: int) -> Worker:
    """The one connection that writes and checkpoints. Creates the file where there is none, and changes
    nothing in one that is not ours, damaged or newer than we are."""

    def connect() -> sqlite3.Connection:
        # Customers' visits are nobody else's on this machine; SQLite gives the files beside it the same mode,
        # and says why where none can be made.
        if not path.exists():
            if unfinished_path(path).exists():
                raise StoreUnavailable(
                    f"A restore of {path} was begun and did not end. Do it again with `replay restore`, or "
                    "empty the folder."
                )
            with suppress(OSError):
                path.touch(mode=0o600)
        db = _connect(path, "rwc", busy_ms, _WRITER_CACHE_KIB)
        try:
            recognise(db, path)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            # Whatever SQLite was built with: what is deleted is overwritten, and not only given up.
            db.execute("PRAGMA secure_delete = ON").fetchone()
            db.execute("PRAGMA wal_autocheckpoint = 0")
            db.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT_BYTES}")
            # Begin with an empty log: what an earlier process wrote and could not sync is synced in the
            # file before anything is built upon it.
            # Where the mode was another one (a copy that a backup tool made), SQLite first wants to read.
            db.execute("PRAGMA user_version").fetchone()
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            migrate(db)
        except BaseException:
            db.close()
            raise
        return db

    return await Worker.started(connect)


async def open_reader(path: Path, busy_ms: int) -> Worker:
    """A connection that cannot change anything."""

    def connect() -> sqlite3.Connection:
        db = _connect(path, "rw", busy_ms, _READER_CACHE_KIB)
        try:
            db.execute("PRAGMA query_only = ON")
        except BaseException:
            db.close()
            raise
        return db

    return await Worker.started(connect)


def _connect(path: Path, mode: str, busy_ms: int, cache_kib: int) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=busy_ms / 1_000,
        isolation_level=None,
        cached_statements=_STATEMENTS_COUNT,
    )
    try:
        db.execute(f"PRAGMA cache_size = -{cache_kib}")
        db.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        db.close()
        raise
    return db
