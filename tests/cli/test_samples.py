"""The committed samples are taken in whole, can be read to the end and say what the story says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import examples.samples
from replay.cli.transfer import import_recording
from replay.collector.judging import Judge
from replay.collector.metrics import Metrics
from replay.model.cart import CartState
from replay.model.events import Fact, PriceShown
from replay.model.identity import readings
from replay.model.timeline import entries, timeline
from replay.model.track import Track
from replay.ports import Session, Store
from replay.protocol.codec import decode_chunk, decode_facts
from storage.bus import LocalBus
from storage.memory import MemoryStore
from storage.objects import MemoryObjects

SAMPLES = Path(examples.samples.__path__[0])
SAMPLE_MAX_BYTES = 120_000
LATER_MS = 4_000_000_000_000
"""Long after all of them: how late it is makes no difference."""
STORIES = {
    "price-mismatch": [
        ("price_mismatch", "showed $379.00 for HP 15 laptop (HP-15); the cart charged $499.00")
    ],
    "store-price": [("store_price", "has Gooseneck kettle 0.9 l (KET-17) for $59.00")],
    "coupon-not-deducted": [("promise_not_kept", "nothing was taken off; about $75.80 was due")],
    "return-and-tracking-fail": [
        ("page_error", "Pressed “Track”, and the shop's server answered with an error (500)."),
        ("silent_failure", "Pressed “Request the return” 2 times; nothing happened for 5 s."),
    ],
    "order-conflict": [
        ("order_state_conflict", "142.57 USD has not been returned"),
        (
            "order_state_conflict",
            "shop says cancelled since 15 November 2026, 18:30 UTC; warehouse says delivered",
        ),
    ],
}
"""What fails in each sample: the rule, and some of what it says."""


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    opened = MemoryStore()
    for file in sorted(SAMPLES.glob("*.replay")):
        told = await import_recording(opened, MemoryObjects(), file.read_bytes(), 0)
        assert told["imported"] is True
    yield opened
    await opened.close()


@pytest.fixture
async def ana(store: Store) -> Session:
    """The visit of the first story, found as an agent finds it."""
    (way,) = [way for way in readings("(415) 555-0134", "US") if way.kind == "phone"]
    found = await store.find(way.kind, way.value, prefix=way.prefix)
    assert all(match.identifier.verified for match in found)
    # She tells the fourth story, too, in a later visit.
    return min((match.session for match in found), key=lambda session: session.started_ms)


async def facts(store: Store, session: Session) -> list[Fact]:
    """Everything that the pages said, in order."""
    batches = await store.batches(session.id, Track.FACTS)
    merged = timeline(
        entries(
            load.id,
            load.tab,
            load.offset_ms,
            [(one.number, one.payload) for one in batches if one.load == load.id],
        )
        for load in await store.loads(session.id)
    )
    return [entry.event.fact for entry in merged]


@pytest.mark.parametrize("name", STORIES)
async def test_rules_find_its_story_in_each_sample_and_nothing_else(name: str) -> None:
    """In an installation that knows nothing of the shop."""
    content = (SAMPLES / f"{name}.replay").read_bytes()
    assert len(content) <= SAMPLE_MAX_BYTES
    store = MemoryStore()
    told = await import_recording(store, MemoryObjects(), content, 0)
    session = str(told["id"])
    await Judge(store, LocalBus(), Metrics(), now_ms=lambda: LATER_MS).judge([session])
    found = [one for one in await store.findings(session) if one.outcome == "fail"]
    said = sorted((one.rule, one.said) for one in found)
    for (rule, sentence), (expected, part) in zip(said, STORIES[name], strict=True):
        assert rule == expected
        assert part in sentence


def test_every_sample_is_a_story() -> None:
    assert {file.stem for file in SAMPLES.glob("*.replay")} == set(STORIES)


async def test_nothing_of_it_is_missing(store: Store, ana: Session) -> None:
    assert await store.gaps(ana.id) == []
    for load in await store.loads(ana.id):
        assert load.offset_ms is not None
        for track in Track:
            numbers = [one.number for one in await store.batches(ana.id, track, load=load.id)]
            assert numbers == list(range(1, len(numbers) + 1))
            assert numbers


async def test_every_batch_can_be_read(store: Store, ana: Session) -> None:
    for batch in await store.batches(ana.id, Track.FACTS):
        assert decode_facts(batch.payload).events
    pictures = await store.batches(ana.id, Track.PICTURE)
    assert pictures[0].checkpoint
    for batch in pictures:
        assert decode_chunk(batch.payload).data


async def test_the_page_says_one_price_and_the_cart_another(store: Store, ana: Session) -> None:
    said = await facts(store, ana)
    prices = {
        (fact.context, fact.role): fact.amount.raw
        for fact in said
        if isinstance(fact, PriceShown) and fact.sku == "HP-15"
    }
    assert prices == {
        ("listing", "current"): "$379.00",
        ("listing", "was"): "$499.00",
        ("product", "current"): "$379.00",
        ("product", "was"): "$499.00",
    }
    drawers = [fact for fact in said if isinstance(fact, CartState) and fact.surface == "drawer"]
    shown = [
        (
            line.sku,
            line.quantity and line.quantity.raw,
            line.unit and line.unit.raw,
            line.total and line.total.raw,
        )
        for drawer in drawers
        for line in drawer.lines or ()
    ]
    assert shown == [
        ("HP-15", "1", "$499.00", "$499.00"),
        ("HP-15", "2", "$499.00", "$998.00"),
        ("HP-15", "1", "$499.00", "$499.00"),
    ]
