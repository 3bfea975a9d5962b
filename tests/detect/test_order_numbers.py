"""One order has several numbers, and a shipment that was taken back went nowhere."""

from __future__ import annotations

from replay.detect.office import BackOffice
from replay.detect.order_state_conflict import OrderStateConflict
from replay.model.events import OrderPlaced
from replay.model.server_event import about
from tests.detect.facts import START_MS, at
from tests.detect.test_orders import HOUR_S, conflicts, judgement, says

PAGE = {"page": "8209829119"}
CREATED = says(0, "order.created", ids=PAGE, minor=49_900)
CANCELLED = says(HOUR_S, "order.cancelled", ids=PAGE)
SHIPPED = says(60, "order.shipped", system="shop", ids={"fulfillment": "7"})


def test_what_names_an_order_as_the_pages_do_is_of_that_order() -> None:
    refunded = says(2 * HOUR_S, "payment.refunded", order=PAGE["page"], ids=PAGE, minor=49_900)
    captured = says(60, "payment.captured", minor=49_900)
    office = BackOffice()
    office.hear([CREATED, captured, CANCELLED, refunded], None)
    [order] = office.orders.values()
    assert (order.said, len(order.events)) == ("1001", 4)
    assert conflicts(CREATED, captured, CANCELLED, refunded) == [("pass", "agree")]
    assert about(CREATED.event, "US") == (("order", "1001"), ("order", "8209829119"))
    # A refund that comes before its order is of an order by that number for so long.
    office.hear([refunded], None)
    assert [one.said for one in office.orders.values()] == ["8209829119"]


def test_an_order_that_the_page_names_in_its_own_way_was_heard_of() -> None:
    placed = at(10, OrderPlaced(id=PAGE["page"]))
    told = judgement(OrderStateConflict, [CREATED], facts=[placed], orders_since_ms=round(START_MS))
    assert told.findings == ()
    [unheard] = judgement(OrderStateConflict, [], facts=[placed], orders_since_ms=round(START_MS)).findings
    assert unheard.outcome == "fail"


def test_a_shipment_that_was_cancelled_did_not_leave() -> None:
    undone = says(90, "order.shipped", system="shop", ids={"fulfillment": "7"}, status="cancelled")
    other = says(95, "order.shipped", system="shop", ids={"fulfillment": "8"})
    shipped = ("fail", "cancelled_but_shipped")
    assert shipped in conflicts(CREATED, SHIPPED, CANCELLED)
    assert shipped not in conflicts(CREATED, SHIPPED, undone, CANCELLED)
    assert shipped in conflicts(CREATED, SHIPPED, undone, other, CANCELLED)
