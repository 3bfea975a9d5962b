"""The store in one SQLite file.

All writing goes through one connection, one transaction after another, each synced before it is answered.
Reading goes through connections of its own, which see only what is committed and never wait for the writer.
Once the disk has failed or the file turned out damaged, nothing is written any more until it is opened anew.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import AsyncExitStack
from functools import cache
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from replay.model.identity import Reading
from replay.ports import AppendBatch, Store, StoreUnavailable
from storage.objects import MemoryObjects
from storage.owner import owned
from storage.sealed import SealedReader
from storage.sqlite import assets, reads, sealing, search, writes
from storage.sqlite.codes import SqliteCodes, hash_old_codes
from storage.sqlite.commit import carry_out
from storage.sqlite.connection import CHANGE_BYTES, open_reader, open_writer, transaction
from storage.sqlite.erasing import SqliteErasing
from storage.sqlite.errors import damaged, is_final, unavailable
from storage.sqlite.findings import SqliteFindings
from storage.sqlite.problems import SqliteProblems
from storage.sqlite.promos import SqlitePromos, index_old_promos
from storage.sqlite.server_events import SqliteServerEvents
from storage.sqlite.shown_prices import SqliteShownPrices

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from replay.ports import (
        Agent,
        Appended,
        Asset,
        BatchOutline,
        Commit,
        Gap,
        Identifier,
        IdentifierKind,
        Load,
        Login,
        Match,
        Objects,
        SealedObject,
        Session,
        SessionAsset,
        Sighting,
        Site,
        StoredBatch,
        View,
    )
    from storage.sqlite.connection import Worker

__all__ = [
    "BUSY_MS",
    "CHECKPOINT_BYTES",
    "READERS_COUNT",
    "SqliteStore",
    "open_store",
    "resets_logs_safely",
]

BUSY_MS = 5_000
"""How long to wait for a program outside that holds the file locked."""

READERS_COUNT = 3
"""How many questions are answered at the same time."""

CHECKPOINT_BYTES = 32 * 1024 * 1024
"""When the log has grown by about so much, it is carried over into the file, between two commits."""

_LOG = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


async def open_store(
    path: Path,
    *,
    objects: Objects | None = None,
    busy_ms: int = BUSY_MS,
    checkpoint_bytes: int = CHECKPOINT_BYTES,
) -> SqliteStore:
    """Own and open the database, created or brought up to date as needed. ``objects`` is where sealed
    sessions are; without it there are none.

    Raises ``StoreOwned`` if another process has it, ``StoreUnavailable`` for everything else that stands in
    the way; a file that is damaged, newer or not ours is left as it is.
    """
    _warn_of_old_sqlite()
    async with AsyncExitStack() as opened:
        opened.enter_context(owned(path))
        try:
            # Closed last to first: the writer after the readers, so that it can empty the log.
            writer = await open_writer(path, busy_ms)
            opened.push_async_callback(writer.close)
            await writer.run(hash_old_codes)
            await writer.run(index_old_promos)
            readers = []
            for _ in range(READERS_COUNT):
                readers.append(await open_reader(path, busy_ms))
                opened.push_async_callback(readers[-1].close)
        except sqlite3.Error as error:
            raise unavailable(error, path) from error
        except UnicodeDecodeError as error:
            # SQLite quotes the wrong text in what it says of it, and Python cannot read that.
            raise damaged(path, "its schema holds what is no text") from error
        return SqliteStore(
            path, writer, readers, opened.pop_all(), checkpoint_bytes, objects or MemoryObjects()
        )


def resets_logs_safely(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite keeps a write-ahead log whole that two connections reset at the same time."""
    mended = {(3, 44): 6, (3, 50): 7, (3, 51): 3}.get(version[:2])
    return version >= (3, 52, 0) if mended is None else version[2] >= mended


@cache
def _warn_of_old_sqlite() -> None:
    if not resets_logs_safely(sqlite3.sqlite_version_info):
        _LOG.warning(
            "SQLite %s can damage a write-ahead log that two connections reset at once (mended in 3.51.3). "
            "Here only one connection ever writes or resets it. Let no other program open the file: "
            "`replay backup` copies it.",
            sqlite3.sqlite_version,
        )


class SqliteStore(
    SqliteProblems,
    SqliteServerEvents,
    SqliteErasing,
    SqliteFindings,
    SqlitePromos,
    SqliteCodes,
    SqliteShownPrices,
    Store,
):
    """A ``Store`` in one file. Made by ``open_store``, and to be closed."""

    def __init__(
        self,
        path: Path,
        writer: Worker,
        readers: list[Worker],
        opened: AsyncExitStack,
        checkpoint_bytes: int,
        objects: Objects,
    ) -> None:
        self._path = path
        self._writer = writer
        self._opened = opened
        self._idle: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        for reader in readers:
            self._idle.put_nowait(reader)
        self._refusal: str | None = None
        self._checkpoint_bytes = checkpoint_bytes
        self._uncarried_bytes = 0
        self._checkpoint: asyncio.Task[None] | None = None
        self._sealed = SealedReader(objects)

    async def commit(self, operations: Commit) -> list[Appended | Load | None]:
        outcomes = await self._write(carry_out, operations) if operations else []
        self._note_logged(_log_bytes(operations))
        return outcomes

    def _note_logged(self, size: int) -> None:
        self._uncarried_bytes += size
        if self._uncarried_bytes >= self._checkpoint_bytes and (
            self._checkpoint is None or self._checkpoint.done()
        ):
            self._uncarried_bytes = 0
            self._checkpoint = asyncio.create_task(self._carry_over())

    async def probe(self) -> None:
        await self._write(writes.probe)

    async def put_site(self, site: Site) -> None:
        await self._write(writes.put_site, site)

    async def site(self, key: str) -> Site | None:
        return await self._read(reads.site, key)

    async def sites(self) -> list[Site]:
        return await self._read(reads.sites)

    async def session(self, id: str) -> Session | None:
        return await self._read(reads.session, id)

    async def sessions(self, *, limit: int, before_ms: int | None = None) -> list[Session]:
        return await self._read(reads.sessions, limit, before_ms)

    async def load(self, session: str, id: str) -> Load | None:
        return await self._read(reads.load, session, id)

    async def loads(self, session: str) -> list[Load]:
        return await self._read(reads.loads, session)

    async def batches(
        self, session: str, track: int, *, load: str | None = None, after: int = 0
    ) -> list[StoredBatch]:
        return await self._sealed.batches(
            lambda: self._read(sealing.parts, session, track, load, after), track, load, after
        )

    async def outline(self, session: str, track: int) -> list[BatchOutline]:
        return await self._sealed.outline(lambda: self._read(sealing.outline_parts, session, track), track)

    async def gaps(self, session: str) -> list[Gap]:
        return await self._sealed.gaps(lambda: self._read(sealing.gap_parts, session))

    async def unsealed(self, *, quiet_since_ms: int, idle_since_ms: int, limit: int) -> list[str]:
        return await self._read(sealing.unsealed, quiet_since_ms, idle_since_ms, limit)

    async def sealed(self, session: str) -> SealedObject | None:
        return await self._read(sealing.sealed, session)

    async def rows(self, session: str) -> list[StoredBatch]:
        return await self._read(sealing.rows, session)

    async def announce_object(self, name: str) -> int | None:
        return await self._write(sealing.announce_object, name)

    async def seal(
        self,
        session: str,
        sealed: SealedObject,
        *,
        announced: int,
        replaces: str | None,
        rows: Sequence[StoredBatch],
    ) -> bool:
        return await self._write(sealing.seal, session, sealed, announced, replaces, rows)

    async def abandon_objects(self) -> list[str]:
        return await self._write(sealing.abandon_objects)

    async def withdraw_object(self, name: str) -> None:
        await self._write(sealing.withdraw_object, name)

    async def identifiers(self, session: str) -> list[Identifier]:
        return await self._read(reads.identifiers, session)

    async def carried(
        self, sessions: Sequence[str], kinds: Collection[IdentifierKind]
    ) -> Mapping[str, Sequence[Identifier]]:
        return await self._read(reads.carried, sessions, kinds)

    async def find(
        self,
        kind: IdentifierKind,
        value: str,
        *,
        prefix: bool = False,
        near: bool = False,
        limit: int = 20,
    ) -> list[Match]:
        return await self.find_any([Reading(kind, value, prefix)], near=near, limit=limit)

    async def find_any(
        self, readings: Sequence[Reading], *, near: bool = False, limit: int = 20
    ) -> list[Match]:
        return await self._read(search.find, readings, near, limit)

    async def put_agent(self, agent: Agent) -> None:
        await self._write(writes.put_agent, agent)

    async def agent(self, login: str) -> Agent | None:
        return await self._read(reads.agent, login)

    async def agents(self) -> list[Agent]:
        return await self._read(reads.agents)

    async def put_login(self, login: Login) -> None:
        await self._write(writes.put_login, login)

    async def login(self, token_hash: bytes) -> Login | None:
        return await self._read(reads.login, token_hash)

    async def drop_login(self, token_hash: bytes) -> None:
        await self._write(writes.drop_login, token_hash)

    async def log_view(self, view: View) -> None:
        await self._write(writes.log_view, view)

    async def views(self, session: str) -> list[View]:
        return await self._read(reads.views, session)

    async def put_asset(self, asset: Asset) -> None:
        await self._write(assets.put_asset, asset)

    async def latest_assets(self, site: str, refs: Sequence[str]) -> Mapping[str, Asset]:
        return await self._read(assets.latest_assets, site, refs)

    async def session_assets(self, session: str, until_ms: int) -> list[SessionAsset]:
        return await self._read(assets.session_assets, session, until_ms)

    async def is_named(self, site: str, ref: str) -> bool:
        return await self._read(assets.is_named, site, ref)

    async def asset_type(self, hash: str) -> str | None:
        return await self._read(assets.asset_type, hash)

    async def unknown_assets(self, limit: int) -> list[tuple[str, Sighting]]:
        return await self._read(assets.unknown_assets, limit)

    async def close(self) -> None:
        """Finish what is under way, empty the log into the file and let go of it. May be called twice."""
        if self._checkpoint is not None:
            await self._checkpoint
        await self._opened.aclose()

    async def _write(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._run(lambda db: transaction(db, work, *args, **kwargs))

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do what writes; in a transaction, unless it cannot be in one."""

        def attempt(db: sqlite3.Connection) -> T:
            # In the writer's thread, so that a failure is taken note of even if nobody waits any more.
            if self._refusal is not None:
                raise StoreUnavailable(self._refusal)
            try:
                return work(db)
            except sqlite3.Error as error:
                raise self._explain(error) from error

        return await self._writer.run(attempt)

    async def _read(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        reader = await self._idle.get()
        try:
            return await reader.run(work, *args, **kwargs)
        except sqlite3.Error as error:
            raise self._explain(error) from error
        finally:
            self._idle.put_nowait(reader)

    async def _carry_over(self) -> None:
        """Bring what is in the log into the file. What readers still need of it stays for the next time."""

        def attempt(db: sqlite3.Connection) -> None:
            try:
                db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            except sqlite3.Error as error:
                _LOG.warning("%s", self._explain(error))

        await self._writer.run(attempt)

    def _explain(self, error: sqlite3.Error) -> Exception:
        """What to raise for the error; if it is final, nothing is written from now on."""
        if isinstance(error, sqlite3.IntegrityError):
            return ValueError(str(error))
        reason = unavailable(error, self._path)
        if is_final(error) and self._refusal is None:
            self._refusal = str(reason)
            _LOG.critical("%s", reason)
        return reason


def _log_bytes(operations: Commit) -> int:
    """About how much a commit adds to the log. Small things weigh more there than their own size."""
    batches = [one for one in operations if isinstance(one, AppendBatch)]
    changes = len(operations) + sum(len(one.identifiers) + len(one.sightings) for one in batches)
    return sum(len(one.payload) for one in batches) + changes * CHANGE_BYTES
