"""Server events in a file that was there before them, and that reading them does not read everything."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

from replay.ports import OpenSession, Site
from replay.ports.server_events import TOLD_MAX_COUNT
from storage.memory import MemoryStore
from storage.sqlite import open_store, server_events
from tests.contract.given import NOW_MS, batch, identifier, open_load, opened, session
from tests.contract.test_server_events import CREATED, PRICE, keep
from tests.storage.sqlite.old_files import file_before


async def test_a_file_from_before_takes_events_and_keeps_its_sites_and_sessions(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    with file_before(path, "TABLE server_event ") as db:
        db.execute(
            "INSERT INTO site (key, name, origins, identify_secret, settings, created_ms)"
            " VALUES ('shop', 'Shop', '[]', 'signs', '{}', 1)"
        )
        db.execute(
            "INSERT INTO session (id, site, code, token_hash, started_ms, seen_ms, ranked_ms, consent)"
            " VALUES ('old', 'shop', 'AAAAAA', x'00', 1, 1, 1, 'granted')"
        )
        db.execute("INSERT INTO load (session, id, tab, opened_ms, ordinal) VALUES (1, 'load', 'tab', 1, 1)")
        db.execute(
            "INSERT INTO erasure (id, command, asked_by, asked_ms, batches_count, objects_count,"
            " erased_bytes) VALUES ('r', 'session erase', 'ana', 1, 2, 3, 4)"
        )
    store = await open_store(path)
    try:
        (site,) = await store.sites()
        assert (site.identify_secret, site.events_secret) == ("signs", "")
        assert [one.server_events for one in await store.receipts()] == [0]
        assert (await store.session_facts({"old": {}}))["old"].changes_count == 0
        await store.commit([batch(1, identifier("order", "1001"), session="old"), keep(CREATED)])
        assert [one.by for one in await store.told("old")] == ["order"]
    finally:
        await store.close()


async def test_what_concerns_a_session_is_read_from_indexes(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    store = await open_store(path)
    await store.close()
    with closing(sqlite3.connect(path)) as db:
        read: list[str] = []
        db.set_trace_callback(read.append)
        db.execute(
            "INSERT INTO site (key, name, origins, identify_secret, settings, created_ms)"
            " VALUES ('shop', 'Shop', '[]', '', '{}', 1)"
        )

        _, key = server_events.keep(db, keep(CREATED))
        assert key
        server_events.judge_about(db, [key], NOW_MS)
        server_events.told(db, ["visit"])
        server_events.orders_since(db, ["shop"])
        plans = [
            row[-1]
            for statement in read
            if statement.startswith(("WITH", "SELECT")) and not statement.startswith("SELECT EXISTS")
            for row in db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
        ]
    assert not [plan for plan in plans if plan.startswith("SCAN server_event")]


async def test_more_events_than_one_commit_deletes_all_go(tmp_path: Path) -> None:
    count = server_events.EXPIRED_AT_ONCE_COUNT + 1
    store = await open_store(tmp_path / "replay.db")
    try:
        await store.put_site(
            Site(key="shop", name="Shop", origins=(), identify_secret="", settings={}, created_ms=0)
        )
        await store.commit([keep(replace(CREATED, id=f"evt-{number}")) for number in range(count)])
        assert await store.expire_server_events({"shop": NOW_MS + 1}) == count
    finally:
        await store.close()


async def test_an_order_with_many_events_costs_by_their_number_and_not_its_square(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "replay.db")
    try:
        await store.put_site(
            Site(key="shop", name="", origins=(), identify_secret="", settings={}, created_ms=1)
        )
        await store.commit([*opened(), batch(1, identifier("order", "1001"))])
        await store.commit([keep(replace(CREATED, id=f"e{number}")) for number in range(200)])
        few = await store._read(_steps, _tell)
        await store.commit([keep(replace(CREATED, id=f"f{number}")) for number in range(600)])
        assert await store._read(_steps, _tell) < 8 * few
    finally:
        await store.close()


async def test_whose_an_order_is_costs_no_more_for_each_event_by_each_visit(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "replay.db")
    try:
        await store.put_site(
            Site(key="shop", name="", origins=(), identify_secret="", settings={}, created_ms=1)
        )
        ana = identifier("email", "ana@shop.example", verified=True)
        for name in (f"visit{number}" for number in range(50)):
            load = open_load(session=name)
            await store.commit([OpenSession(session=session(name)), load, batch(1, ana, session=name)])
        await store.commit([keep(replace(CREATED, id=f"e{number}")) for number in range(20)])
        few = await store._read(_steps, _find)
        await store.commit([keep(replace(CREATED, id=f"f{number}")) for number in range(60)])
        assert await store._read(_steps, _find) < 2 * few
    finally:
        await store.close()


def _tell(db: sqlite3.Connection) -> None:
    assert server_events.told(db, ["visit"])["visit"]


def _find(db: sqlite3.Connection) -> None:
    assert server_events.customers_of(db, "1001", 1)


def _steps(db: sqlite3.Connection, work: Callable[[sqlite3.Connection], None]) -> int:
    """Steps of SQLite, in hundreds."""
    steps = count()
    db.set_progress_handler(lambda: next(steps) < 0, 100)
    try:
        work(db)
    finally:
        db.set_progress_handler(None, 100)
    return next(steps)


async def test_prices_in_any_order_are_kept_as_long_as_the_reference_keeps_them(tmp_path: Path) -> None:
    dice = random.Random(7)
    sqlite, memory = await open_store(tmp_path / "replay.db"), MemoryStore()
    prices = [
        keep(
            replace(
                PRICE,
                id=str(number),
                sku=dice.choice(["HP-15", "KET-17"]),
                store=dice.choice(["Main St", "Side St"]),
                occurred_ms=NOW_MS + dice.randrange(40),
                from_ms=dice.choice([None, NOW_MS + dice.randrange(40)]),
                to_ms=dice.choice([None, None, NOW_MS + 50]),
            ),
            received_ms=NOW_MS + number,
        )
        for number in range(80)
    ]
    try:
        for store in (sqlite, memory):
            await store.put_site(
                Site(key="shop", name="Shop", origins=(), identify_secret="", settings={}, created_ms=0)
            )
            await store.commit([*opened(), batch(1, identifier("sku", "hp15"), identifier("sku", "ket17"))])
            for at in range(0, len(prices), 7):
                await store.commit(prices[at : at + 7])
        expired = [await store.expire_server_events({"shop": NOW_MS + 60}) for store in (sqlite, memory)]
        assert expired[0] == expired[1] > 10
        told = [{one.event.id for one in await store.told("visit")} for store in (sqlite, memory)]
        assert told[0] == told[1]
    finally:
        await sqlite.close()


async def test_of_a_long_feed_the_newest_prices_of_each_visit_are_told(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "replay.db")
    try:
        await store.put_site(
            Site(key="shop", name="Shop", origins=(), identify_secret="", settings={}, created_ms=0)
        )
        await store.commit([*opened(), batch(1, identifier("sku", "hp15"), identifier("sku", "ket17"))])
        feed = [
            replace(PRICE, id=f"{sku}{number}", sku=sku, occurred_ms=NOW_MS + number)
            for number in range(TOLD_MAX_COUNT)
            for sku in ("HP-15", "KET-17")
        ]
        await store.commit([keep(one) for one in feed])
        told = [one.event.id for one in await store.told("visit")]
        assert told == [one.id for one in feed[-TOLD_MAX_COUNT:]]
    finally:
        await store.close()
