"""The shop's SQLite file: one connection that writes, one that reads.

Writes go through `writing()`, which holds a lock for the length of a transaction, so that requests
running at the same time cannot find themselves in each other's transaction. A new file gets the
schema; seeding it is `seed.py`'s work.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite

SCHEMA = Path(__file__).with_name("schema.sql")
SCHEMA_VERSION = 1


class Database:
    """Opened with `open_database`. Rows can be read by column name."""

    def __init__(self, writer: aiosqlite.Connection, reader: aiosqlite.Connection, *, is_new: bool) -> None:
        self._writer = writer
        self._reader = reader
        self._lock = asyncio.Lock()
        self.is_new = is_new

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[aiosqlite.Connection]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        async with self._lock:
            await self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                await self._writer.rollback()
                raise
            await self._writer.commit()

    async def rows(self, sql: str, values: Iterable[object] = ()) -> list[aiosqlite.Row]:
        return list(await self._reader.execute_fetchall(sql, tuple(values)))

    async def row(self, sql: str, values: Iterable[object] = ()) -> aiosqlite.Row | None:
        found = await self.rows(sql, values)
        return found[0] if found else None


async def _connect(path: Path) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, isolation_level=None)
    connection.row_factory = aiosqlite.Row
    await connection.execute("PRAGMA journal_mode = WAL")
    await connection.execute("PRAGMA foreign_keys = ON")
    return connection


@asynccontextmanager
async def open_database(path: Path) -> AsyncIterator[Database]:
    """Open the file, with the schema if it is new, and close it at the end."""
    writer = await _connect(path)
    try:
        version = await (await writer.execute("PRAGMA user_version")).fetchone()
        is_new = version is not None and version[0] == 0
        if is_new:
            await writer.executescript(SCHEMA.read_text("utf-8"))
            await writer.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        reader = await _connect(path)
        try:
            await reader.execute("PRAGMA query_only = ON")
            yield Database(writer, reader, is_new=is_new)
        finally:
            await reader.close()
    finally:
        await writer.close()
