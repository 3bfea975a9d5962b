"""The doctor finds nothing wrong with what is well, and says of each damage the sentence that fits it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import examples.samples
from replay.cli.transfer import import_recording
from replay.ports import Site
from storage.objects import open_folder
from storage.sealer import Sealer
from storage.sqlite import open_store
from storage.sqlite.schema import migrations
from tests.cli.conftest import Cli

SAMPLE = Path(examples.samples.__path__[0]) / "price-mismatch.replay"
DAY_MS = 24 * 60 * 60 * 1_000
NOW_MS = 1_763_000_000_000

Damage = Callable[[Path], object]


async def keep(data: Path, *, seal: bool) -> None:
    """A store with one visit, whose site is complete."""
    data.mkdir(mode=0o700)
    objects = await open_folder(data / "objects")
    store = await open_store(data / "replay.sqlite3", objects=objects)
    site = Site(
        key="demo-shop",
        name="Shop",
        origins=("https://a.example",),
        identify_secret="s",
        settings={},
        created_ms=NOW_MS,
    )
    await store.put_site(site)
    await import_recording(store, objects, SAMPLE.read_bytes(), NOW_MS)
    await store.close()
    # Whatever this machine's clock says, it was long ago.
    sql("UPDATE session SET started_ms = ?1, seen_ms = ?1, ranked_ms = ?1", NOW_MS)(data)
    sql("UPDATE carrier SET ranked_ms = ?", NOW_MS)(data)
    sql("UPDATE asset_version SET checked_ms = ?", NOW_MS)(data)
    if seal:
        store = await open_store(data / "replay.sqlite3", objects=objects)
        with Sealer(store, objects, now_ms=lambda: NOW_MS + DAY_MS) as sealer:
            assert await sealer.seal_due() == 1
        await store.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store as it is before sealing, and one after."""
    folder = tmp_path_factory.mktemp("kept")
    asyncio.run(keep(folder / "rows", seal=False))
    asyncio.run(keep(folder / "sealed", seal=True))
    return folder


def sql(statement: str, *values: object) -> Damage:
    """Change the database as nobody should."""

    def damage(data: Path) -> None:
        with closing(sqlite3.connect(data / "replay.sqlite3")) as db:
            db.execute("PRAGMA foreign_keys = OFF")
            db.execute(statement, values)
            db.commit()

    return damage


def recording(data: Path) -> Path:
    (path,) = (data / "objects" / "session").glob("*/*")
    return path


def asset(data: Path) -> Path:
    return min((data / "objects" / "asset").iterdir())


def overwrite(data: Path) -> None:
    """Damage the database's pages but for the first ones."""
    path = data / "replay.sqlite3"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(20_000))


def exchange(data: Path) -> None:
    """Put something that is no recording in its place, with the right hash."""
    content = b"no recording"
    sha256 = hashlib.sha256(content)
    recording(data).unlink()
    (data / "objects" / "session" / sha256.hexdigest()).write_bytes(content)
    sql(
        "UPDATE sealed SET object = ?, sha256 = ?, size_bytes = ?",
        f"session/{sha256.hexdigest()}",
        sha256.digest(),
        len(content),
    )(data)


def looked_at(cli: Cli, data: Path, *arguments: str, **environment: str) -> tuple[int, dict[str, Any]]:
    """Exit code and answer."""
    done = cli.run("doctor", "--data", str(data), "--json", *arguments, **environment)
    return done.code, json.loads(done.out)


@pytest.mark.parametrize("base", ["rows", "sealed"])
def test_what_is_well_is_said_to_be_and_left_as_it_is(cli: Cli, kept: Path, base: str) -> None:
    def content() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in (kept / base).rglob("*") if path.is_file()}

    before = content()
    for arguments in ((), ("--quick",)):
        code, answer = looked_at(cli, kept / base, *arguments)
        assert (code, answer["findings"]) == (0, [])
    assert content() == before
    assert "Nothing is wrong" in cli.ok("doctor", "--data", str(kept / base))


FUTURE_MS = 4_000_000_000_000

DAMAGES: list[tuple[str, str, Damage, str, str]] = [
    ("rows", "pages", overwrite, "wrong", "The database is damaged"),
    (
        "rows",
        "references",
        sql("INSERT INTO gap (load, track, first, last, reason) VALUES (999, 0, 1, 1, '')"),
        "wrong",
        "1 rows of the table gap belong to rows of load that are not there",
    ),
    (
        "rows",
        "schema",
        sql("DROP INDEX session_by_seen"),
        "wrong",
        "The index session_by_seen",
    ),
    ("rows", "schema", sql("PRAGMA user_version = 999"), "wrong", "schema 999, of a newer version"),
    (
        "rows",
        "schema",
        sql("PRAGMA user_version = 1"),
        "note",
        f"and this version {len(migrations())}",
    ),
    ("rows", "schema", sql("PRAGMA application_id = 1"), "wrong", "another program's database"),
    ("rows", "clock", sql("UPDATE session SET seen_ms = ?", FUTURE_MS), "wrong", "was written at 2096-10-02"),
    ("rows", "sites", sql("UPDATE site SET origins = '[]'"), "note", "has no origins"),
    ("rows", "sites", sql("UPDATE site SET identify_secret = ''"), "note", "has no secret"),
    ("rows", "sites", sql("""UPDATE site SET settings = '{"flush_ms": "x"}'"""), "wrong", 'not "x"'),
    ("rows", "sites", sql("UPDATE site SET key = 'other'"), "note", "not here any more: demo-shop"),
    (
        "rows",
        "gaps",
        sql(
            "INSERT INTO gap (load, track, first, last, reason)"
            " SELECT key, 0, facts_last, facts_last, 'buffer full' FROM load LIMIT 1"
        ),
        "note",
        "1 sessions have gaps that their pages declared: buffer full (1)",
    ),
    (
        "rows",
        "index",
        sql("DELETE FROM carrier WHERE value = (SELECT key FROM value WHERE kind = 3 LIMIT 1)"),
        "wrong",
        "not found by all that they carry: ",
    ),
    ("rows", "index", sql("UPDATE session SET code = '222222'"), "wrong", "not found by their code: 222-222"),
    (
        "rows",
        "index",
        sql("INSERT INTO carrier SELECT value, ranked_ms, 999 FROM carrier LIMIT 1"),
        "wrong",
        "1 entries of values name sessions that do not carry them",
    ),
    (
        "rows",
        "index",
        sql("INSERT INTO value (kind, value, shown) VALUES (3, 'x', 'x')"),
        "wrong",
        "1 values are carried by no session",
    ),
    (
        "rows",
        "index",
        sql(
            "INSERT INTO carried (session, kind, value, at_ms, verified)"
            " SELECT session, 2, value, 1, 0 FROM carried WHERE kind = 3 LIMIT 1"
        ),
        "wrong",
        "1 entries of sessions name values that are not there",
    ),
    (
        "rows",
        "words",
        sql("DELETE FROM word WHERE word = (SELECT max(word) FROM word)"),
        "wrong",
        "words of values are missing",
    ),
    (
        "rows",
        "words",
        sql("INSERT INTO word (kind, word, value) SELECT kind, 'zz', value FROM word LIMIT 1"),
        "wrong",
        "1 words stand for values without them",
    ),
    (
        "rows",
        "sessions",
        sql(
            "UPDATE batch SET payload = CAST(payload || 'x' AS BLOB) WHERE key = (SELECT min(key) FROM batch)"
        ),
        "wrong",
        "not what was kept, the checksum differs: facts 1 of page load",
    ),
    (
        "rows",
        "sessions",
        sql(
            "UPDATE batch SET payload = x'00', digest = ? WHERE key = (SELECT min(key) FROM batch)",
            hashlib.sha256(b"\x00").digest(),
        ),
        "wrong",
        "not readable by this version: facts 1 of page load",
    ),
    (
        "rows",
        "sessions",
        sql("DELETE FROM batch WHERE key = (SELECT min(key) FROM batch)"),
        "wrong",
        ", and 1 is not there",
    ),
    (
        "rows",
        "sessions",
        sql("UPDATE load SET facts_acked = 0, facts_last = 0 WHERE key = 1"),
        "wrong",
        "and its page load knows up to 0",
    ),
    ("sealed", "sessions", lambda data: recording(data).unlink(), "wrong", "is missing"),
    ("sealed", "sessions", lambda data: recording(data).write_bytes(b"?"), "wrong", "its checksum differs"),
    ("sealed", "sessions", exchange, "wrong", "cannot be opened: this version cannot read it"),
    (
        "sealed",
        "sessions",
        sql("UPDATE sealed_run SET digests = zeroblob(length(digests)) WHERE track = 0"),
        "wrong",
        "otherwise than it was sent",
    ),
    (
        "sealed",
        "sessions",
        sql("DELETE FROM sealed_run WHERE track = 0"),
        "wrong",
        "and the database does not know that",
    ),
    ("sealed", "sessions", sql("DELETE FROM sealed"), "wrong", "the database does not say which"),
    ("sealed", "assets", lambda data: asset(data).unlink(), "wrong", "is missing"),
    ("sealed", "assets", lambda data: asset(data).write_bytes(b"?"), "wrong", "its checksum differs"),
    (
        "sealed",
        "leftovers",
        lambda data: (data / "objects" / "asset" / "left").touch(),
        "note",
        "Nobody refers to 1 objects: asset/left",
    ),
    (
        "sealed",
        "announced",
        sql("INSERT INTO announced_object (name, abandoned) VALUES ('session/aa/bb', 0)"),
        "note",
        "1 objects were being made or deleted when the server stopped: session/aa/bb",
    ),
    (
        "rows",
        "erasures",
        sql(
            "INSERT INTO erasure (id, command, asked_by, asked_ms, batches_count, objects_count,"
            " erased_bytes)"
            " VALUES ('abcd', 'session erase', 'root', ?, 0, 0, 0)",
            NOW_MS,
        ),
        "wrong",
        "The erasure abcd, asked for on 2025-11-13 02:13 UTC, is not finished",
    ),
    ("rows", "modes", lambda data: (data / "replay.sqlite3").chmod(0o644), "wrong", "mode 0644"),
    ("rows", "modes", lambda data: data.chmod(0o770), "wrong", "may write"),
    ("rows", "modes", lambda data: (data / "objects").chmod(0o755), "wrong", "mode 0755"),
]


@pytest.mark.parametrize(
    ("base", "check", "damage", "level", "said"), DAMAGES, ids=[f"{one[1]}: {one[4][:30]}" for one in DAMAGES]
)
def test_each_damage_is_told_in_its_sentence(
    cli: Cli, kept: Path, base: str, check: str, damage: Damage, level: str, said: str
) -> None:
    data = cli.folder / "damaged"
    shutil.copytree(kept / base, data)
    damage(data)
    code, answer = looked_at(cli, data)
    found = [one for one in answer["findings"] if one["check"] == check and said in one["what"]]
    assert [one["level"] for one in found] == [level], answer["findings"]
    assert code == (answer["wrong"] > 0)
    if level == "wrong":
        assert code == 1
        assert found[0]["do"]


@pytest.mark.parametrize(
    ("check", "level", "environment", "said"),
    [
        ("room", "wrong", {"REPLAY_DISK_RESERVE_MIB": "999999999999"}, "less than the 999999999999 MiB"),
        ("settings", "wrong", {"REPLAY_PUBLIC_HOST": "0.0.0.0"}, "REPLAY_PUBLIC_URL is not set"),
        ("settings", "wrong", {"REPLAY_PUBLIC_URL": "http://a.example"}, "may not load it"),
        ("settings", "note", {"REPLAY_DESK_URL": "http://desk.example"}, "in the clear"),
        (
            "settings",
            "wrong",
            {"REPLAY_PUBLIC_URL": "https://a.example", "REPLAY_DESK_URL": "https://a.example:8443"},
            "share the host a.example",
        ),
    ],
)
def test_what_cannot_work_around_the_store_is_told(
    cli: Cli, kept: Path, check: str, level: str, environment: dict[str, str], said: str
) -> None:
    _, answer = looked_at(cli, kept / "rows", "--quick", **environment)
    (found,) = answer["findings"]
    assert (found["check"], found["level"]) == (check, level)
    assert said in found["what"]


def test_the_quick_look_misses_only_what_has_to_be_read(cli: Cli, kept: Path) -> None:
    data = cli.folder / "damaged"
    shutil.copytree(kept / "sealed", data)
    recording(data).write_bytes(b"?")
    asset(data).unlink()
    _, answer = looked_at(cli, data, "--quick")
    assert [one["check"] for one in answer["findings"]] == ["assets"]


def test_a_log_that_a_killed_server_left_is_read_and_left(cli: Cli, kept: Path) -> None:
    data = cli.folder / "killed"
    shutil.copytree(kept / "rows", cli.folder / "running")
    with closing(sqlite3.connect(cli.folder / "running" / "replay.sqlite3")) as db:
        db.execute("UPDATE site SET origins = '[]'")
        db.commit()
        shutil.copytree(cli.folder / "running", data)
    (data / "replay.sqlite3-shm").unlink()
    (data / "replay.sqlite3-wal").chmod(0o600)
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    assert before["replay.sqlite3-wal"]
    _, answer = looked_at(cli, data)
    assert [one["check"] for one in answer["findings"]] == ["sites"]
    assert {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()} == before


def test_what_a_server_should_have_sealed_is_told(cli: Cli, kept: Path) -> None:
    shutil.copytree(kept / "rows", cli.data)
    with cli.owned():
        _, answer = looked_at(cli, cli.data, "--quick")
    (found,) = answer["findings"]
    assert found["level"] == "note"
    assert found["what"].startswith("1 sessions that were over a day ago are in the database still: ")


def test_a_server_looks_at_its_own_store(cli: Cli, kept: Path) -> None:
    shutil.copytree(kept / "sealed", cli.data)
    with cli.owned():
        _, well = looked_at(cli, cli.data)
        assert (well["served"], well["findings"]) == (True, [])
        recording(cli.data).unlink()
        said = cli.run("doctor")
    assert said.code == 1
    assert "is missing" in said.out
    assert f"Wrong in {cli.data}: 1; a server works on it." in said.out
