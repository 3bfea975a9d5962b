"""The promo registry in a file that was there before it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from replay.model.schema import encode
from storage.sqlite import open_store
from storage.sqlite.promos import _registered_codes, index_old_promos
from tests.contract.test_promos import PROMO
from tests.storage.sqlite.old_files import file_before


async def test_a_file_from_before_takes_promos_and_keeps_its_sites(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    with file_before(path, "TABLE promo ") as db:
        db.execute("INSERT INTO site VALUES ('shop', 'Shop', '[]', 'signs', '{}', 1, '')")
    store = await open_store(path)
    try:
        assert [site.key for site in await store.sites()] == ["shop"]
        assert await store.promos("shop") == ()
        assert await store.put_promo("shop", PROMO, replaces=None)
    finally:
        await store.close()
    again = await open_store(path)
    assert await again.promos("shop") == (PROMO,)
    await again.close()


async def test_codes_of_a_file_from_before_are_found_by_how_they_begin(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    promises = json.dumps(encode(PROMO)["promises"])
    with file_before(path, "TABLE promo_code") as db:
        db.execute("INSERT INTO promo (site, id, promises) VALUES ('shop', 'spring', ?)", (promises,))
    for _ in range(2):
        store = await open_store(path)
        assert await store.registered_codes("spr", 9) == ["spring20"]
        await store.close()


@pytest.mark.parametrize(
    ("before", "codes"),
    [
        ("TABLE promo_code", ("SPRING-****",)),
        ("TABLE promo_unindexed", ("SPRING-****",)),
        ("TABLE promo_code", ()),
    ],
)
async def test_promos_without_a_code_to_be_indexed_are_looked_through_once(
    tmp_path: Path, before: str, codes: tuple[str, ...]
) -> None:
    path = tmp_path / "replay.db"
    only = replace(PROMO, promises=(replace(PROMO.latest, codes=codes),))
    promises = json.dumps(encode(only)["promises"])
    with file_before(path, before) as db:
        db.execute("INSERT INTO promo (site, id, promises) VALUES ('shop', 'spring', ?)", (promises,))
    await (await open_store(path)).close()
    with closing(sqlite3.connect(path)) as db:
        written: list[str] = []
        db.set_trace_callback(written.append)
        index_old_promos(db)
    assert len(written) == 1


async def test_codes_are_looked_up_in_their_index_alone(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    await (await open_store(path)).close()
    with closing(sqlite3.connect(path)) as db:
        asked: list[str] = []
        db.set_trace_callback(asked.append)
        assert _registered_codes(db, "spr", 9) == []
        db.set_trace_callback(None)
        plan = [row[3] for one in asked for row in db.execute(f"EXPLAIN QUERY PLAN {one}")]
    assert plan == ["SEARCH promo_code USING PRIMARY KEY (value>? AND value<?)"]
