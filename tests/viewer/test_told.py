"""The desk shows what a shop's own systems say of the customer, by whom, and tells of it live."""

from __future__ import annotations

from dataclasses import replace

import httpx

from replay.model.server_event import ServerLine
from replay.ports import Published, Store
from storage.bus import LocalBus
from tests.contract.test_server_events import CAPTURED, CREATED, PRICE, keep
from tests.viewer.test_live import Desk, Page, page, served, told
from tests.viewer.visits import SITE, Visit, edge


async def test_it_is_told_oldest_first_with_who_says_it(agent: httpx.AsyncClient, store: Store) -> None:
    ana = edge("email", "ana@shop.example", verified=True)
    await Visit(identifiers=[ana, edge("sku", "hp15")]).put(store)
    lines = [ServerLine(sku=str(number), quantity="2") for number in range(6)]
    lines[0] = replace(lines[0], name="Laptop", minor=49_900)
    created = replace(CREATED, lines=tuple(lines), ids={"erp": "A-1"}, status_raw="paid")
    await store.commit([keep(event, site=SITE.key) for event in (CAPTURED, created, PRICE)])
    first, second = (await agent.get("/api/sessions/session-1")).json()["told"]
    assert first == {
        "id": "evt-1",
        "system": "shop",
        "kind": "order.created",
        "order": "1001",
        "occurred_ms": CREATED.occurred_ms,
        "received_ms": CREATED.occurred_ms + 1_000,
        "by": "customer",
        "title": "Order placed",
        "detail": "1001 · paid · 499.00 USD · 2 × Laptop (0) 499.00 USD · 2 × 1 · 2 × 2 · 2 × 3 · 2 × 4"
        " · and 1 more · erp: A-1",
    }
    assert (second["system"], second["title"], second["detail"]) == (
        "bank",
        "Payment captured",
        "1001 · 499.00 USD",
    )


async def test_a_refund_of_a_guest_has_the_number_that_the_customer_knows(
    agent: httpx.AsyncClient, store: Store
) -> None:
    await Visit(identifiers=[edge("order", "1001")]).put(store)
    lines = tuple(ServerLine(sku="HP-15", quantity="1") for _ in range(500))
    placed = replace(CREATED, ids={"page": "6001"}, customer=None, lines=lines, lines_count=612)
    refund = replace(CAPTURED, kind="payment.refunded", order="6001", ids={"page": "6001"})
    changed = replace(CREATED, id="evt-4", kind="order.updated", ids=None, minor=29_900, things_count=613)
    await store.commit([keep(event, site=SITE.key) for event in (refund, placed, changed)])
    told = (await agent.get("/api/sessions/session-1")).json()["told"]
    details = {one["id"]: one["detail"] for one in told}
    assert {one["order"] for one in told} == {"1001"}
    assert details["evt-2"] == "1001 · 499.00 USD · page: 6001"
    assert " · and 607 more · of its lines the first 500 of 612 are kept · " in details["evt-1"]
    assert details["evt-4"] == "1001 · 299.00 USD · of what was said with it the first 500 of 613 are kept"


__all__ = ["page", "served"]


async def test_who_watches_is_told_of_what_comes(
    served: Desk,
    page: Page,
    bus: LocalBus,
) -> None:
    async with served.watch() as socket:
        assert (await told(socket))["type"] == "state"
        bus.publish(Published(session="session-1", told=True))
        assert await told(socket) == {"type": "told", "told": [], "prices": []}
