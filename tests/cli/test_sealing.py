"""A running product seals what is over, where the settings say, and nobody who reads or exports notices."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from pathlib import Path

import pytest

from replay.cli.admin import owning
from replay.cli.serve import listen, running
from replay.cli.sessions import show_session
from replay.cli.transfer import export_session, import_session
from replay.errors import CommandError
from replay.settings import Settings
from tests.cli.test_transfer import LATE, NOW_MS, VISIT
from tests.viewer.visits import SITE

LOOK_S = 0.01
SEAL_TIMEOUT_S = 60


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """A data folder with a visit that ended long ago."""
    made = Settings(data=tmp_path / "data", objects=str(tmp_path / "elsewhere"))
    async with owning(made) as tools:
        await VISIT.put(tools.store)
        await tools.store.put_site(replace(SITE, settings={"keep_days": None}))
        await tools.store.commit([VISIT.batch(1, 12, LATE)])
    return made


async def test_what_is_over_is_sealed_and_exported_and_imported_as_before(settings: Settings) -> None:
    which = {"session": VISIT.code}
    async with owning(settings) as tools:
        exported = await export_session(tools.store, tools.objects, which, "US", NOW_MS)
        shown = await show_session(tools.store, which, NOW_MS)
    with listen("127.0.0.1", 0) as public, listen("127.0.0.1", 0) as desk:
        async with asyncio.timeout(SEAL_TIMEOUT_S), running(settings, public, desk) as (parts, _):
            while not await parts.store.sealed(VISIT.id):  # noqa: ASYNC110 (a store tells nobody)
                await asyncio.sleep(LOOK_S)
            assert await parts.store.rows(VISIT.id) == []
    assert len([path for path in Path(settings.objects).rglob("session/*/*") if path.is_file()]) == 1
    async with owning(settings) as tools:
        now_shown = await show_session(tools.store, which, NOW_MS)
        again = await export_session(tools.store, tools.objects, which, "US", NOW_MS)
        assert isinstance(exported, dict)
        assert isinstance(shown, dict)
        assert isinstance(now_shown, dict)
        assert isinstance(again, dict)
        assert shown["sealed_ms"] is None
        assert now_shown["sealed_ms"] > NOW_MS
        assert now_shown["events"] == shown["events"]
        for answer in (exported, again):
            taken = await import_session(tools.store, tools.objects, {"content": answer["content"]}, NOW_MS)
            assert isinstance(taken, dict)
            assert not taken["imported"], "it is here already"
    [kept] = [path for path in Path(settings.objects).rglob("session/*/*") if path.is_file()]
    kept.write_bytes(kept.read_bytes()[:-1])
    async with owning(settings) as tools:
        with pytest.raises(CommandError, match="the stored recording is damaged"):
            await export_session(tools.store, tools.objects, which, "US", NOW_MS)
    elsewhere = Settings(data=settings.data.with_name("other"))
    async with owning(elsewhere) as tools:
        taken = await import_session(tools.store, tools.objects, {"content": again["content"]}, NOW_MS)
        assert isinstance(taken, dict)
        assert taken["imported"]
        assert base64.b64decode(again["content"]).startswith(b"replay-session")
