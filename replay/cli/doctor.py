"""``doctor``: looks at a store from all sides and says in words what is wrong and what to do.

It changes nothing. Alone it holds the store's lock meanwhile; beside a server the server looks itself, in a
thread that works in small pieces and ends as soon as nobody waits for it. A check that cannot go on because
of what it met says so, and the others are still done: what is badly damaged is told as far as it can be.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from replay.cli.checks.database import check_pages, check_references, check_schema, is_current
from replay.cli.checks.finding import Check, Examined, Finding
from replay.cli.checks.index import check_index, check_words
from replay.cli.checks.kept import (
    check_announced,
    check_assets,
    check_erasures,
    check_leftovers,
    check_waiting,
)
from replay.cli.checks.surroundings import check_clock, check_modes, check_room, check_settings, check_sites
from replay.cli.checks.visits import check_gaps, check_visits
from replay.cli.looked import Looked
from replay.ports import StoreUnavailable
from replay.settings import BUCKET, Settings
from storage.durable import SpareThreads
from storage.sqlite.looking import look

__all__ = ["TOLD_MAX_COUNT", "examine"]

TOLD_MAX_COUNT = 20
"""Findings of one check that are told one by one."""

_NAMES_COUNT = 1_000

_TELL_S = 0.1
"""How often it is told how far it has come."""
_STEPS_COUNT = 2_000
"""How many of SQLite's steps pass before others have their turn."""

AROUND: Mapping[str, Check] = {"settings": check_settings, "room": check_room, "modes": check_modes}
"""Checks that need no database."""

WITHIN: Mapping[str, Check] = {
    "pages": check_pages,
    "schema": check_schema,
    "references": check_references,
}
"""Checks of any version's database."""

INSIDE: Mapping[str, Check] = {
    "clock": check_clock,
    "sites": check_sites,
    "gaps": check_gaps,
    "index": check_index,
    "words": check_words,
    "sessions": check_visits,
    "assets": check_assets,
    "announced": check_announced,
    "erasures": check_erasures,
    "waiting": check_waiting,
    "leftovers": check_leftovers,
}
"""Checks of this version's database, in an order in which the objects were listed long before it matters."""


async def examine(looked: Looked, parameters: Mapping[str, object]) -> object:
    """Every finding. ``quick``: without reading what batches and objects hold."""
    loop = asyncio.get_running_loop()
    threads = SpareThreads(1, last=False)
    told = ("pages", 0, 1)

    def get(name: str) -> bytes | None:
        return asyncio.run_coroutine_threadsafe(looked.objects.get(name), loop).result()

    def tell(what: str, done: int, of: int) -> None:
        nonlocal told
        told = what, done, of

    try:
        # Whatever is read of the file, by however damaged an index, is read by one connection.
        with look(looked.database, alone=not looked.served) as db:
            examined = Examined(
                db=db,
                database=looked.database,
                objects_folder=_objects_folder(looked.settings),
                settings=looked.settings,
                served=looked.served,
                quick=bool(parameters.get("quick")),
                now_ms=time.time_ns() // 1_000_000,
                get=get,
                tell=tell,
                go_on=threads.go_on,
            )
            db.set_progress_handler(lambda: _gives_up(examined), _STEPS_COUNT)
            found = await _list_objects(looked, db, threads)
            looking = asyncio.ensure_future(threads.run(lambda: list(_all(examined))))
            try:
                looked.tell(*told)
                while not (await asyncio.wait([looking], timeout=_TELL_S))[0]:
                    looked.tell(*told)
            finally:
                if not looking.done():
                    looking.cancel()
                while not looking.done():
                    # At how the pages hang together SQLite looks in one piece, and asks nobody meanwhile.
                    db.interrupt()
                    await asyncio.wait([looking], timeout=_TELL_S)
            findings = found + looking.result()
    finally:
        threads.close()
    return {
        "data": str(looked.settings.data),
        "served": looked.served,
        "quick": examined.quick,
        "checks": [*AROUND, *WITHIN, *INSIDE],
        "wrong": sum(one["level"] == "wrong" for one in findings),
        "findings": findings,
    }


def _gives_up(examined: Examined) -> bool:
    """Called within statements: they take long, too."""
    try:
        examined.breathe()
    except InterruptedError:
        return True
    return False


async def _list_objects(
    looked: Looked, db: sqlite3.Connection, threads: SpareThreads
) -> list[dict[str, str]]:
    """Write down in a table of this connection alone which objects there are: memory holds only some."""
    names: list[tuple[str]] = []

    def write() -> None:
        db.execute("BEGIN")
        db.executemany("INSERT OR IGNORE INTO present (name) VALUES (?)", names)
        db.execute("COMMIT")
        names.clear()

    try:
        await threads.run(
            lambda: db.execute("CREATE TEMP TABLE present (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")
        )
        async for name in looked.objects.names():
            names.append((name,))
            if len(names) >= _NAMES_COUNT:
                await threads.run(write)
        await threads.run(write)
    except StoreUnavailable as error:
        return [_told("objects", Finding(level="wrong", what=str(error)))]
    except sqlite3.DatabaseError:
        # The checks say what is the matter with the file.
        pass
    return []


def _all(examined: Examined) -> Iterator[dict[str, str]]:
    for name, check in (*AROUND.items(), *WITHIN.items()):
        yield from _some(name, check, examined)
    try:
        if not is_current(examined.db):
            return
    except sqlite3.DatabaseError:
        return
    for name, check in INSIDE.items():
        yield from _some(name, check, examined)


def _some(name: str, check: Check, examined: Examined) -> Iterator[dict[str, str]]:
    """What a check finds, up to a bound, and how much more."""
    count = 0
    try:
        for finding in check(examined):
            count += 1
            if count <= TOLD_MAX_COUNT:
                yield _told(name, finding)
    except InterruptedError:
        raise
    except (sqlite3.Error, StoreUnavailable, OSError, ValueError, TypeError, LookupError) as error:
        examined.go_on()
        # In a damaged file anything may stand anywhere.
        yield _told(
            name,
            Finding(
                level="wrong",
                what=f"This could not be looked at to its end: {error}.",
                do="What is said about the database and the objects elsewhere here is the cause.",
            ),
        )
    if count > TOLD_MAX_COUNT:
        yield _told(
            name, Finding(level="wrong", what=f"And {count - TOLD_MAX_COUNT} findings more of this kind.")
        )


def _told(check: str, finding: Finding) -> dict[str, str]:
    return {"check": check, **dataclasses.asdict(finding)}


def _objects_folder(settings: Settings) -> Path | None:
    if settings.objects.startswith(BUCKET):
        return None
    return Path(settings.objects) if settings.objects else settings.data / "objects"
