"""What the shop's systems said goes with an exported session, and where it is taken in it is that session's
alone: judged the same, mixed with nothing, told to nobody, and gone with it."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from replay.cli.transfer import export_session, import_recording
from replay.collector.judging import Judge
from replay.collector.metrics import Metrics
from replay.errors import CommandError
from replay.model.cart import Amount
from replay.model.events import PageViewed, PriceShown, PromoSeen
from replay.model.promo import Promise, Promo
from replay.model.schema import encode
from replay.model.server_event import Party, ServerEvent, about
from replay.model.server_reading import read_event
from replay.model.server_writing import as_given
from replay.ports import Appended, KeepServerEvent, Store
from replay.recording.archive import Recording, read_recording, write_recording
from storage.bus import LocalBus
from storage.eraser import Eraser
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from storage.sqlite import open_store
from tests.viewer.visits import SITE, START_MS, Visit, edge

DAY_MS = 24 * 60 * 60 * 1_000
EXPORTED_MS = START_MS + 3 * DAY_MS
LATER_MS = START_MS + 300 * DAY_MS
SHOP = replace(SITE, settings={"currency": "USD", "keep_days": None})
ANA = Party(email="Ana@example.com", phone="(415) 555-0134")
CREATED = ServerEvent(
    id="evt-1",
    kind="order.created",
    system="shop",
    occurred_ms=START_MS + 1_000,
    order="1001",
    ids={"erp": "A-77"},
    customer=ANA,
    minor=49_900,
    currency="USD",
)
CANCELLED = replace(
    CREATED,
    id="evt-2",
    kind="order.cancelled",
    occurred_ms=START_MS + 2_000,
    minor=None,
    status_raw="refunded",
)
SHIPPED = replace(
    CREATED, id="w-1", kind="order.shipped", system="warehouse", occurred_ms=START_MS + DAY_MS, minor=None
)
PRICE = ServerEvent(
    id="p-1",
    kind="price.list",
    system="tills",
    occurred_ms=START_MS - 1_000,
    sku="HP-15",
    store="Main St",
    minor=34_900,
    currency="USD",
)
SPRING = Promo(id="spring", promises=(Promise(title="Spring", codes=("SPRING-**",), basis_points=2_000),))
LINKED = Promo(id="mail", promises=(Promise(title="Mail", campaigns=("ref=m1",), free_shipping=True),))
OTHER = Promo(id="other", promises=(Promise(title="Other", codes=("OTHER",), free_shipping=True),))
VISIT = Visit(
    ended=True,
    facts=[
        (START_MS, PageViewed(url="https://shop.example/?ref=m1")),
        (
            START_MS + 10,
            PriceShown(
                source="displayed",
                sku="HP-15",
                context="product",
                role="current",
                amount=Amount(raw="$379.00"),
            ),
        ),
        (START_MS + 20, PromoSeen(source="displayed", state="entered", code="spring-7a")),
    ],
    identifiers=(edge("email", "ana@example.com", verified=True), edge("sku", "hp15")),
)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store = MemoryStore() if request.param == "memory" else await open_store(tmp_path / "here.sqlite")
    yield opened
    await opened.close()


def keep(event: ServerEvent, received_ms: int | None = None) -> KeepServerEvent:
    at_ms = event.occurred_ms + 5 if received_ms is None else received_ms
    return KeepServerEvent(
        site=SHOP.key, event=event, about=about(event, "US"), received_ms=at_ms, judge_ms=at_ms
    )


async def exported(*events: ServerEvent, now_ms: int = EXPORTED_MS) -> bytes:
    """The visit with what its shop says, from another installation."""
    there = MemoryStore()
    await there.put_site(SHOP)
    await VISIT.put(there)
    await there.commit([keep(event) for event in events])
    for promo in (SPRING, LINKED, OTHER):
        await there.put_promo(SHOP.key, promo, replaces=None)
    return await content_of(there, now_ms)


async def content_of(store: Store, now_ms: int) -> bytes:
    answer = await export_session(store, MemoryObjects(), {"session": VISIT.id}, "US", now_ms)
    assert isinstance(answer, dict)
    return base64.b64decode(answer["content"])


async def judged(store: Store, now_ms: int) -> dict[str, str]:
    """By rule, what is said of the visit."""
    judge = Judge(store, LocalBus(), Metrics(), now_ms=lambda: now_ms)
    await judge.judge([VISIT.id], anew=True)
    return {one.rule: one.said for one in await store.findings(VISIT.id) if one.outcome == "fail"}


async def told(store: Store, session: str = VISIT.id) -> list[tuple[str, str]]:
    return [(one.event.id, one.by) for one in await store.told(session)]


async def test_a_session_is_judged_elsewhere_as_it_was_at_home(store: Store) -> None:
    content = await exported(CREATED, CANCELLED, SHIPPED, PRICE)
    answer = await import_recording(store, MemoryObjects(), content, LATER_MS)
    assert (answer["imported"], answer["server_events"], answer["promos"]) == (True, 4, 2)
    found = await judged(store, LATER_MS)
    assert set(found) >= {"order_state_conflict", "store_price"}
    assert "$349.00" in found["store_price"]
    assert await told(store) == [
        ("p-1", "price"),
        ("evt-1", "customer"),
        ("evt-2", "customer"),
        ("w-1", "customer"),
    ]
    own = (await store.brought([VISIT.id]))[VISIT.id]
    assert (own.until_ms, own.currency, own.promos) == (EXPORTED_MS, "USD", (LINKED, SPRING))
    # An order's number leads to it as it does at home.
    assert [one.session.id for one in await store.find("order", "1001")] == [VISIT.id]
    assert await content_of(store, LATER_MS) == content


async def test_what_systems_said_after_the_export_accuses_nobody(store: Store) -> None:
    """At home the goods were shipped, and hours were left to tell the shop so."""
    content = await exported(CREATED, CANCELLED, SHIPPED, now_ms=SHIPPED.occurred_ms + 60_000)
    await import_recording(store, MemoryObjects(), content, LATER_MS)
    assert "order_state_conflict" not in await judged(store, LATER_MS)
    assert await store.due_sessions(2**50, 9) == []


async def test_it_mixes_with_nothing_that_is_here(store: Store) -> None:
    await store.put_site(SHOP)
    await store.put_promo(SHOP.key, OTHER, replaces=None)
    mine = replace(CREATED, minor=1, system="shop")
    await replace(VISIT, id="mine", number=2).put(store)
    await store.commit([keep(mine), keep(replace(PRICE, minor=100))])
    content = await exported(CREATED, CANCELLED, PRICE)
    assert (await import_recording(store, MemoryObjects(), content, LATER_MS))["imported"] is True
    before = await told(store), await told(store, "mine")
    assert before == (
        [("p-1", "price"), ("evt-1", "customer"), ("evt-2", "customer")],
        [("p-1", "price"), ("evt-1", "customer")],
    )
    assert [one.event.minor for one in await store.told("mine")] == [100, 1]
    judge = Judge(store, LocalBus(), Metrics(), now_ms=lambda: LATER_MS)
    await judge.judge(["mine", VISIT.id])
    assert await store.due_sessions(2**50, 9) == []
    # What comes later is heard by the one that is here.
    await store.commit([keep(SHIPPED)])
    assert (await told(store), await told(store, "mine")) == (before[0], [*before[1], ("w-1", "customer")])
    assert await store.due_sessions(2**50, 9) == ["mine"]
    # The same file again changes nothing, nor does one that heard more.
    for again in (content, await exported(CREATED, CANCELLED, SHIPPED)):
        assert (await import_recording(store, MemoryObjects(), again, LATER_MS))["imported"] is False
        assert await told(store) == before[0]
    assert await store.expire_server_events({SHOP.key: 2**50}) == 2
    assert await told(store) == before[0]


async def test_nothing_of_it_counts_as_a_problem_here(store: Store) -> None:
    await store.put_site(SHOP)
    content = await exported(CREATED, CANCELLED, SHIPPED, PRICE)
    await import_recording(store, MemoryObjects(), content, LATER_MS)
    assert await judged(store, LATER_MS)
    assert await store.changed_families(9) == {}
    await replace(VISIT, id="mine", number=2).put(store)
    await store.commit([keep(PRICE)])
    judge = Judge(store, LocalBus(), Metrics(), now_ms=lambda: LATER_MS)
    await judge.judge(["mine"])
    families = list(await store.changed_families(9))
    assert families
    for family in families:
        assert {one.session for one in await store.hits(family)} == {"mine"}


async def test_it_goes_with_its_session_and_with_its_customer(store: Store) -> None:
    content = await exported(CREATED, CANCELLED, PRICE)
    await import_recording(store, MemoryObjects(), content, LATER_MS)
    asked = [("email", "ana@example.com")]
    keys = await store.server_events_about(asked)  # type: ignore[arg-type]
    assert list(keys.values()) == [SHOP.key] * 2
    eraser = Eraser(store, MemoryObjects(), now_ms=lambda: LATER_MS)
    receipt = await eraser.erase([], command="", asked_by="", about=[("order", "1001")])
    assert receipt.server_events == 2
    assert await told(store) == [("p-1", "price")]
    receipt = await eraser.erase([VISIT.id], command="", asked_by="")
    assert (receipt.server_events, receipt.sessions) == (1, (VISIT.id,))
    assert await store.server_events_about([("sku", "hp15")]) == {}
    with pytest.raises(CommandError, match="erased here on request"):
        await import_recording(store, MemoryObjects(), content, LATER_MS)


async def test_an_older_file_is_judged_by_what_is_here(store: Store) -> None:
    await store.put_site(SHOP)
    await store.commit([keep(CREATED)])
    older = write_recording(replace(read_recording(await exported(CANCELLED)), shop=None))
    assert older.startswith(b"replay-session 1\n")
    await import_recording(store, MemoryObjects(), older, START_MS)
    assert await store.brought([VISIT.id]) == {}
    assert await told(store) == [("evt-1", "customer")]


def forged(recording: Recording, **parts: object) -> Recording:
    """Its first event is another."""
    assert recording.shop is not None
    first = recording.shop.told[0]
    other = replace(first, event=replace(first.event, **parts))  # type: ignore[arg-type]
    return replace(recording, shop=replace(recording.shop, told=(other,)))


@pytest.mark.parametrize(
    "parts",
    [
        {"minor": -1},
        {"minor": 2**52},
        {"currency": "XXQ"},
        {"currency": None},
        {"occurred_ms": LATER_MS},
        {"order": None},
        {"sku": "HP-15"},
        {"customer": Party()},
        {"ids": {"erp": 7}},
    ],
    ids=str,
)
async def test_what_no_back_office_could_have_sent_is_refused(parts: dict[str, object]) -> None:
    store = MemoryStore()
    spoiled = forged(read_recording(await exported(CREATED)), **parts)
    with pytest.raises(CommandError, match="server event evt-1 of shop"):
        await import_recording(store, MemoryObjects(), write_recording(spoiled), LATER_MS)
    assert (await store.sites(), await store.sessions(limit=1)) == ([], [])


@pytest.mark.parametrize(
    "promise",
    [
        Promise(title="Two at once", basis_points=2_000, free_shipping=True, codes=("A",)),
        Promise(title="Nothing", codes=("A",)),
        Promise(title="No currency", minor=5, codes=("A",)),
        Promise(title="Times", free_shipping=True, codes=("A",), from_ms=10**15, until_ms=10**15),
        Promise(title="Zone", free_shipping=True, codes=("A",), from_ms=5, zone="Moon/Base"),
    ],
    ids=lambda promise: promise.title,
)
async def test_what_no_registry_holds_is_refused(promise: Promise) -> None:
    recording = read_recording(await exported())
    assert recording.shop is not None
    shop = replace(recording.shop, promos=(Promo(id="x", promises=(promise,)),))
    with pytest.raises(CommandError, match="promo x"):
        await import_recording(
            MemoryStore(), MemoryObjects(), write_recording(replace(recording, shop=shop)), LATER_MS
        )


async def test_an_event_of_the_store_is_not_taken_twice_and_an_erased_one_not_again(store: Store) -> None:
    await store.put_site(SHOP)
    await VISIT.put(store)
    await store.commit([keep(CREATED), keep(SHIPPED)])
    eraser = Eraser(store, MemoryObjects(), now_ms=lambda: LATER_MS)
    await eraser.erase([], command="", asked_by="", about=[("email", "ana@example.com")], site="elsewhere")
    assert len(await told(store)) == 2
    await eraser.erase([], command="", asked_by="", about=[("email", "ana@example.com")], site=SHOP.key)
    again = await store.commit([keep(CREATED), keep(replace(SHIPPED, minor=3)), keep(CANCELLED)])
    assert [one.outcome for one in again if isinstance(one, Appended)] == ["duplicate", "duplicate", "stored"]
    assert await told(store) == [("evt-2", "customer")]


@pytest.mark.parametrize("event", [CREATED, CANCELLED, SHIPPED, PRICE, replace(PRICE, currency="JPY")])
def test_an_event_is_written_as_it_is_read(event: ServerEvent) -> None:
    assert read_event(json.loads(json.dumps(as_given(event))), LATER_MS) == event
    assert encode(event)
