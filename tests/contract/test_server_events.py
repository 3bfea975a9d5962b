"""What back offices say is kept once, meets the right sessions, makes them due, and goes when it has to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from replay.model.server_event import Party, ServerEvent, about
from replay.ports import Appended, Identifier, Judged, KeepServerEvent, Receipt, Site, Store
from storage.eraser import Eraser
from storage.objects import MemoryObjects
from tests.contract.given import NOW_MS, batch, identifier, opened

CREATED = ServerEvent(
    id="evt-1",
    kind="order.created",
    system="shop",
    occurred_ms=NOW_MS - 1_000,
    order="1001",
    customer=Party(email="ana@shop.example"),
    minor=49_900,
    currency="USD",
)
CAPTURED = replace(
    CREATED, id="evt-2", kind="payment.captured", system="bank", customer=None, occurred_ms=NOW_MS - 500
)
PRICE = ServerEvent(
    id="p1",
    kind="price.list",
    system="pos",
    occurred_ms=NOW_MS,
    sku="HP-15",
    store="Main St",
    minor=34_900,
    currency="USD",
)
ANA = identifier("email", "ana@shop.example", verified=True)
BEN = identifier("email", "ben@shop.example", verified=True)
ORDER = identifier("order", "1001")


def keep(event: ServerEvent, *, received_ms: int = NOW_MS, site: str = "shop") -> KeepServerEvent:
    return KeepServerEvent(
        site=site, event=event, about=about(event, "US"), received_ms=received_ms, judge_ms=NOW_MS + 7
    )


@pytest.fixture
async def store(store: Store) -> Store:
    await store.put_site(
        Site(
            key="shop",
            name="Shop",
            origins=(),
            identify_secret="",
            settings={},
            created_ms=0,
            events_secret="s3cret",
        )
    )
    return store


async def kept(store: Store, *events: ServerEvent) -> list[str]:
    outcomes = await store.commit([keep(event) for event in events])
    return [one.outcome for one in outcomes if isinstance(one, Appended)]


async def visit(store: Store, *identifiers: Identifier, id: str = "visit") -> None:
    await store.commit([*opened(session=id), batch(1, *identifiers, session=id)])


async def told(store: Store, session: str = "visit") -> list[tuple[str, str]]:
    return [(one.event.id, one.by) for one in await store.told(session)]


async def test_the_same_event_is_kept_once_and_another_under_its_id_is_refused(store: Store) -> None:
    assert [site.events_secret for site in await store.sites()] == ["s3cret"]
    other = replace(CREATED, minor=1)
    elsewhere = replace(other, system="erp")
    assert await kept(store, CREATED, CREATED, other, elsewhere) == [
        "stored",
        "duplicate",
        "conflict",
        "stored",
    ]
    assert await kept(store, CREATED, other) == ["duplicate", "conflict"]
    assert await store.commit([keep(CREATED, site="no")]) == [Appended(outcome="gone", acked=0)]


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([ANA], [("evt-1", "customer"), ("evt-2", "customer")]),
        ([replace(ANA, verified=False)], [("evt-1", "claimed"), ("evt-2", "claimed")]),
        ([ORDER], [("evt-1", "order"), ("evt-2", "order")]),
        ([ORDER, BEN], [("evt-1", "claimed"), ("evt-2", "claimed")]),
        ([ORDER, identifier("customer_id", "7", verified=True)], [("evt-1", "order"), ("evt-2", "order")]),
        ([BEN], []),
        ([identifier("sku", "hp15")], [("p1", "price")]),
    ],
)
async def test_what_concerns_a_session_is_told_apart_by_why(
    store: Store, edges: list[Identifier], expected: list[tuple[str, str]]
) -> None:
    await visit(store, *edges)
    assert await kept(store, CAPTURED, CREATED, PRICE) == ["stored"] * 3
    assert await told(store) == expected
    facts = (await store.session_facts({"visit": {}}))["visit"]
    assert [(one.event.id, one.by) for one in facts.told] == expected
    assert facts.orders_since_ms == NOW_MS


async def test_who_identifies_later_is_told_what_came_before(store: Store) -> None:
    await kept(store, CREATED, CAPTURED)
    await visit(store, ANA)
    assert (await store.told("visit"))[0].event == CREATED
    assert await told(store) == [("evt-1", "customer"), ("evt-2", "customer")]
    assert await store.told("nobody") == []


async def test_an_event_makes_the_sessions_due_that_it_concerns_also_while_they_are_judged(
    store: Store,
) -> None:
    await visit(store, ANA)
    await visit(store, BEN, id="other")
    await visit(store, identifier("sku", "hp15"), id="priced")
    await kept(store, CREATED, PRICE)
    assert await store.due_sessions(NOW_MS + 6, 9) == []
    assert await store.due_sessions(NOW_MS + 7, 9) == ["visit"]
    before = (await store.session_facts({"visit": {}}))["visit"].changes_count
    # A payment that names nobody but the order.
    assert await kept(store, CAPTURED, CAPTURED) == ["stored", "duplicate"]
    late = Judged(session="visit", changes_count=before, judge_ms=None, findings=None)
    await store.put_findings([late])
    assert await store.due_sessions(NOW_MS + 7, 9) == ["visit"]
    now = (await store.session_facts({"visit": {}}))["visit"]
    assert now.told_count == 2
    await store.put_findings([replace(late, changes_count=now.changes_count)])
    assert await store.due_sessions(NOW_MS + 7, 9) == []


async def test_events_go_after_their_time_and_prices_after_they_are_no_longer_in_force(
    store: Store,
) -> None:
    await visit(store, ANA, identifier("sku", "hp15"))
    ended = replace(PRICE, id="p0", to_ms=NOW_MS + 50)
    await store.commit([keep(CREATED), keep(ended), keep(PRICE), keep(CAPTURED, received_ms=NOW_MS + 10)])
    assert await store.expire_server_events({"shop": NOW_MS}) == 0
    assert await store.expire_server_events({"shop": NOW_MS + 5, "other": 2**50}) == 1
    assert dict(await told(store)) == {"p0": "price", "p1": "price"}
    await store.commit([keep(replace(PRICE, id="p2", occurred_ms=NOW_MS + 1), received_ms=NOW_MS + 60)])
    assert await store.expire_server_events({"shop": NOW_MS + 55}) == 2
    assert await store.expire_server_events({"shop": NOW_MS + 61}) == 1
    assert await told(store) == [("p2", "price")]
    assert await store.expire_server_events({"shop": 2**50}) == 0


async def test_what_is_erased_is_counted_and_its_sessions_are_judged_again(store: Store) -> None:
    await visit(store, ORDER)
    await kept(store, CREATED, CAPTURED, replace(CREATED, id="evt-3", order="2", customer=None))
    about_ana = await store.server_events_about([("email", "ana@shop.example")])
    assert set(about_ana.values()) == {"shop"}
    assert await store.server_events_about([("order", "1001")]) == about_ana
    assert len(about_ana) == 2
    before = (await store.session_facts({"visit": {}}))["visit"].told_count
    receipt = Receipt(id="r", command="customer erase --email", asked_by="ana", asked_ms=NOW_MS + 3)
    await store.condemn(receipt, [], [("email", "ana@shop.example")])
    assert [(one.server_events, one.finished_ms) for one in await store.receipts()] == [(2, None)]
    assert await told(store) == []
    assert (await store.session_facts({"visit": {}}))["visit"].told_count == before + 1
    assert await store.due_sessions(NOW_MS + 3, 9) == ["visit"]
    assert await store.server_events_about([("order", "2")]) != {}


async def test_an_order_that_no_page_showed_leads_to_its_customer(store: Store) -> None:
    await visit(store, ANA)
    await visit(store, replace(ANA, verified=False), id="claimed")
    await visit(store, BEN, id="other")
    await kept(store, CREATED, CAPTURED)
    (match,) = await store.find("order", "1001")
    assert (match.session.id, match.identifier.kind, match.identifier.verified) == ("visit", "order", True)
    assert await store.find("order", "100", prefix=True) == []
    # One whose page showed it is nearer.
    await visit(store, ORDER, id="placed")
    assert [match.session.id for match in await store.find("order", "1001")] == ["placed"]


async def test_an_order_is_found_and_told_by_each_of_its_numbers(store: Store) -> None:
    """A refund names the order by the platform's own number alone, and a guest is verified as nobody."""
    placed = replace(CREATED, ids={"page": "6001"}, customer=Party(email="guest@shop.example"))
    refund = replace(CAPTURED, kind="payment.refunded", order="6001", ids={"page": "6001"})
    other = replace(CREATED, id="evt-9", order="1002", ids={"page": "6002"}, customer=None)
    await visit(store, ORDER, id="number")
    await visit(store, identifier("order", "6001"), id="page")
    await visit(store, identifier("order", "6002"), id="other")
    await kept(store, refund, placed, other)
    for session in ("number", "page"):
        assert await told(store, session) == [("evt-1", "order"), ("evt-2", "order")]
    for number in ("1001", "6001"):
        assert {match.session.id for match in await store.find("order", number)} == {"number", "page"}
    assert [match.session.id for match in await store.find("order", "1002")] == ["other"]
    assert len(await store.find("order", "1001", limit=1)) == 1


async def test_the_eraser_keeps_events_as_long_as_the_site_says(store: Store) -> None:
    await visit(store, ANA)
    await kept(store, CREATED)
    day_ms = 24 * 60 * 60 * 1_000
    for days, left in ((30, ["evt-1"]), (31, [])):
        now_ms = NOW_MS + days * day_ms
        # Somebody is in the shop, so that nobody doubts the clock.
        await store.commit([batch(days, received_ms=now_ms)])
        await Eraser(store, MemoryObjects(), now_ms=lambda now_ms=now_ms: now_ms).erase_expired()  # type: ignore[misc]
        assert [one.event.id for one in await store.told("visit")] == left
