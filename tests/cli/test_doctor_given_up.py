"""A doctor that nobody waits for any more ends, whatever it is just looking at."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from replay.cli.doctor import examine
from replay.cli.looked import Looked
from replay.settings import Settings
from storage.objects import FolderObjects
from storage.sqlite import open_store

ENDLESS = (
    "CREATE VIEW gap AS WITH RECURSIVE n (load) AS (SELECT 1 UNION ALL SELECT load + 1 FROM n)"
    " SELECT load, 'buffer full' AS reason FROM n"
)


async def test_within_a_statement_too(tmp_path: Path) -> None:
    database = tmp_path / "replay.sqlite3"
    await (await open_store(database)).close()
    with closing(sqlite3.connect(database)) as db:
        db.execute("DROP TABLE gap")
        db.execute(ENDLESS)
    told = []

    def tell(*progress: object) -> None:
        told.append(progress)
        if len(told) == 3:
            raise ConnectionResetError

    looked = Looked(
        database=database,
        objects=FolderObjects(tmp_path / "objects"),
        settings=Settings(data=tmp_path),
        served=True,
        tell=tell,
    )
    with pytest.raises(ConnectionResetError):
        await examine(looked, {})
    assert told == [("pages", 0, 1)] * 3
