"""Prices in files from before their tables: those of stores, and those that sessions were shown."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from replay.model.server_event import content_of
from replay.ports.shown_prices import OTHERS_WINDOW_MS
from storage.sqlite import open_store, shown_prices
from tests.contract.given import NOW_MS, batch, identifier, opened
from tests.contract.test_server_events import CREATED, PRICE, keep
from tests.contract.test_shown_prices import CART, show
from tests.storage.sqlite.old_files import file_before

_SITE = (
    "INSERT INTO site (key, name, origins, identify_secret, settings, created_ms)"
    " VALUES ('shop', 'Shop', '[]', '', '{}', 1)"
)
_SESSION = (
    "INSERT INTO session (key, id, site, code, token_hash, started_ms, seen_ms, ranked_ms, consent)"
    " VALUES (1, 'old', 'shop', 'AAAAAA', x'00', 1, 1, 1, 'granted')"
)
_FOREVER_MS = 2**62
LATER = replace(PRICE, id="p2", from_ms=NOW_MS + 50)


async def test_prices_from_before_are_told_and_end_with_the_next(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    with file_before(path, "TABLE price_list ") as db:
        db.execute(_SITE)
        for key, event in enumerate((PRICE, LATER), start=1):
            db.execute(
                "INSERT INTO server_event VALUES (?, 'shop', ?, ?, ?, ?, ?, ?, x'00', ?)",
                (
                    *(key, event.system, event.id, event.kind, event.occurred_ms, NOW_MS),
                    *(NOW_MS if event is PRICE else _FOREVER_MS, content_of(event)),
                ),
            )
            db.execute("INSERT INTO server_event_about VALUES ('shop', 7, 'hp15', ?)", (key,))
    store = await open_store(path)
    try:
        await store.commit([*opened(), batch(1, identifier("sku", "hp15"))])
        assert {one.event for one in await store.told("visit")} == {PRICE, LATER}
        await store.commit([keep(replace(PRICE, id="p3", from_ms=NOW_MS + 60), received_ms=NOW_MS + 9)])
        assert await store.expire_server_events({"shop": NOW_MS + 9}) == 1
        assert {one.event.id for one in await store.told("visit")} == {"p2", "p3"}
        # The one that was in force until then ended when the next came.
        assert await store.expire_server_events({"shop": NOW_MS + 10}) == 1
    finally:
        await store.close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT since_ms FROM price_list").fetchall() == [(NOW_MS + 60,)]


async def test_a_session_from_before_brought_nothing_and_takes_what_it_was_shown(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    with file_before(path, "TABLE brought ") as db:
        db.execute(_SITE)
        db.execute(_SESSION)
        db.execute("INSERT INTO load (session, id, tab, opened_ms, ordinal) VALUES (1, 'load', 'tab', 1, 1)")
    store = await open_store(path)
    try:
        assert await store.brought(["old"]) == {}
        assert await store.shown_prices("old") == []
        await show(store, "old", CART)
        assert [price for price, _ in await store.shown_prices("old")] == [CART]
        # What is said of its site goes on to concern it.
        await store.commit([batch(1, identifier("order", "1001"), session="old"), keep(CREATED)])
        assert [one.by for one in await store.told("old")] == ["order"]
    finally:
        await store.close()


async def test_what_other_carts_came_to_is_read_from_an_index(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    await (await open_store(path)).close()
    read: list[str] = []
    with closing(sqlite3.connect(path)) as db:
        db.set_trace_callback(read.append)
        shown_prices.cart_totals(db, "visit", "USD", NOW_MS)
        db.set_trace_callback(None)
        (plan,) = [[row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {one}")] for one in read]
    assert any("shown_price_by_article (site=? AND sku=? AND place=? AND shown_ms<?)" in row for row in plan)
    assert not [row for row in plan if "B-TREE" in row]


async def test_of_visits_from_before_it_is_not_known_what_they_were_shown(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    with file_before(path, "TABLE shown_prices_lack ") as db:
        db.execute(_SITE)
        db.execute(_SESSION)
    store = await open_store(path)
    try:
        await store.commit(opened(session="new"))

        async def is_whole(shown_ms: int) -> bool:
            await show(store, "new", replace(CART, shown_ms=shown_ms))
            ((_, others),) = await store.shown_prices("new")
            return others is not None and others.is_whole

        # The last was there a millisecond after 1970 began.
        assert [await is_whole(OTHERS_WINDOW_MS + after_ms) for after_ms in (1, 2)] == [False, True]
        await store.shown_prices_are_whole()
        assert await is_whole(1)
    finally:
        await store.close()
