"""Findings on the command line: judged again, shown, and judged where a session is taken in."""

from __future__ import annotations

import base64
import dataclasses
from pathlib import Path

from replay.cli.findings import rebuild_findings
from replay.cli.sessions import show_session
from replay.cli.transfer import export_session, import_recording
from replay.collector.judging import Judge
from replay.collector.metrics import Metrics
from replay.detect.fold import Shop
from replay.model.session import IDLE_MS
from replay.ports import Published, Store
from storage.bus import LocalBus
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from storage.sealer import Sealer
from storage.sqlite import open_store
from tests.cli.conftest import Cli
from tests.detect.rules import Everything
from tests.viewer.visits import SITE, START_MS, Visit, found, judged
from viewer.timeline import finding_json

NOW_MS = START_MS + 1_000_000


def judge_of(store: Store, bus: LocalBus | None = None) -> Judge:
    return Judge(store, bus or LocalBus(), Metrics(), now_ms=lambda: NOW_MS, rules=[Everything])


async def test_every_session_is_judged_again_whatever_was_found_before(tmp_path: Path) -> None:
    objects, bus = MemoryObjects(), LocalBus()
    store = await open_store(tmp_path / "replay.db", objects=objects)
    try:
        visits = [Visit(id=f"session-{number:02}", number=number, ended=number == 7) for number in range(40)]
        for visit in visits:
            await visit.put(store)
        with Sealer(store, objects, now_ms=lambda: NOW_MS + IDLE_MS) as sealer:
            assert await sealer.seal_due() == 40
        await judged(store, found(), session="session-05")
        async with bus.watch("session-05") as published:
            judge = judge_of(store, bus)
            told = await rebuild_findings(store, judge, {"session": None})
            assert told == {"sessions": 40, "changed": 40, "fail": 40, "cannot_tell": 0, "pass": 0}
            assert await anext(published) == Published(session="session-05", findings=True)
        for visit in visits:
            [one] = await store.findings(visit.id)
            assert one.said.split()[0].startswith("load-1/1/page@")
        await judged(store, session="session-05")
        again = await rebuild_findings(store, judge, {"session": visits[5].code})
        assert again == {"sessions": 1, "changed": 1, "fail": 1, "cannot_tell": 0, "pass": 0}
        same = await rebuild_findings(store, judge, {"session": None})
        assert same == {"sessions": 40, "changed": 0, "fail": 40, "cannot_tell": 0, "pass": 0}
    finally:
        await store.close()


async def test_an_imported_session_is_judged_at_once_and_the_same(tmp_path: Path) -> None:
    there, here, objects = MemoryStore(), await open_store(tmp_path / "replay.db"), MemoryObjects()
    try:
        await Visit().put(there)
        await judge_of(there).judge(["session-1"])
        answer = await export_session(there, objects, {"session": "session-1"}, "US", NOW_MS)
        assert isinstance(answer, dict)
        await import_recording(here, objects, base64.b64decode(answer["content"]), NOW_MS)
        assert await here.findings("session-1") == []
        assert await judge_of(here).judge_due() == 1
        assert await here.findings("session-1") == await there.findings("session-1") != []
    finally:
        await here.close()


async def test_a_session_is_shown_with_what_was_found() -> None:
    store = MemoryStore()
    await Visit().put(store)
    await judged(store, found())
    shown = await show_session(store, {"session": "session-1"}, NOW_MS)
    assert isinstance(shown, dict)
    assert shown["findings"] == [finding_json(found())]


async def test_the_currency_of_the_site_is_told_to_the_rules() -> None:
    told: list[str | None] = []

    def rule(shop: Shop) -> Everything:
        told.append(shop.currency)
        return Everything(shop)

    store = MemoryStore()
    for currency in ("EUR", None):
        settings = {"currency": currency} if currency else {}
        await store.put_site(dataclasses.replace(SITE, settings=settings))
        await Visit(id=f"{currency}", number=len(told)).put(store)
        await Judge(store, LocalBus(), Metrics(), now_ms=lambda: NOW_MS, rules=[rule]).judge([f"{currency}"])
    assert told == ["EUR", None]


def test_it_can_be_asked_alone_and_beside_a_server(anyhow: Cli) -> None:
    anyhow.json("site", "add", "Shop", "--origin", "https://shop.example")
    none = {"sessions": 0, "changed": 0, "fail": 0, "cannot_tell": 0, "pass": 0}
    assert anyhow.json("findings", "rebuild") == none
    assert "Sessions judged: 0" in anyhow.ok("findings", "rebuild")
    assert "There is no session 'nobody'" in anyhow.refused("findings", "rebuild", "--session", "nobody")
