"""The product's own rules over recorded trips: led step by step they say what they say of the whole trip."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from replay.collector.judging import Judge
from replay.collector.metrics import Metrics
from replay.detect.fold import RULES
from replay.model.events import decode_events
from replay.ports import MeasureClock, OpenLoad
from storage.bus import LocalBus
from storage.memory import MemoryStore
from tests.collector.test_judging import Time, at_once, facts
from tests.contract.given import NOW_MS, open_session

TRIPS = sorted((Path(__file__).parent.parent / "detect" / "recorded").glob("*.json"))
DELAYED_MS = 3_000
LONG_MS = 600_000


@pytest.mark.parametrize("trip", TRIPS, ids=lambda trip: trip.stem)
async def test_a_trip_in_small_pieces_is_judged_like_the_whole(trip: Path) -> None:
    chance = random.Random(trip.stem)
    loads: list[dict[str, Any]] = json.loads(trip.read_text())
    shift_ms = NOW_MS - min(event[1] for load in loads for event in load["events"])
    store, metrics, time = MemoryStore(), Metrics(), Time()
    judge = Judge(store, LocalBus(), metrics, now_ms=time)
    await store.commit([open_session()])
    sent = []
    for load in loads:
        own = {"session": "visit", "load": load["load"]}
        await store.commit(
            [
                OpenLoad(session="visit", id=load["load"], tab=load["tab"], opened_ms=NOW_MS),
                MeasureClock(**own, offset_ms=load["offset_ms"], error_ms=1.0),
            ]
        )
        events = decode_events([[kind, t + shift_ms - NOW_MS, told] for kind, t, told in load["events"]])
        cuts = sorted({0, len(events), *chance.choices(range(len(events)), k=len(events) // 3)})
        for number, (first, last) in enumerate(pairwise(cuts), start=1):
            piece = [(event.t, event.fact) for event in events[first:last]]
            sent_ms = NOW_MS + max(t for t, _ in piece) + chance.uniform(0, DELAYED_MS)
            sent.append((sent_ms, facts(number, *piece, load=load["load"], judge_ms=int(sent_ms))))
    for sent_ms, batch in sorted(sent, key=lambda one: one[0]):
        time.ms = max(time.ms, int(sent_ms) + 1)
        await store.commit([batch])
        if chance.random() < 0.5:
            await judge.judge_due()
    time.ms += LONG_MS
    while await judge.judge_due():
        time.ms += LONG_MS
    found = await store.findings("visit")
    assert found == await at_once(store, time.ms, rules=RULES)
    shown = await store.shown_prices("visit")
    await judge.judge(["visit"], anew=True)
    assert await store.shown_prices("visit") == shown
    assert not list(metrics.rules_failed.collect())[0].samples
