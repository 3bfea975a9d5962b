"""Shopify's bodies say what happened, in what the customer saw and paid, and nothing of anybody's besides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.platforms.delivery import Delivered, UnknownTopic, body_of
from replay.model.platforms.shopify import TOPICS, events_of
from replay.model.server_event import Party, ServerEvent, ServerLine, content_of
from tests.model.platforms.bodies import (
    SHOPIFY_ORDER,
    money,
    shopify_fulfilment,
    shopify_line,
    shopify_order,
    shopify_refund,
)

NOW_MS = 1_795_000_000_000


def read(topic: str, body: Mapping[str, Any], currency: str | None = "USD") -> Delivered:
    said = body_of(json.dumps(body).encode())
    return events_of(topic, said, currency=currency, triggered_at="2026-11-05T00:00:00.5Z", now_ms=NOW_MS)


def kinds(delivered: Delivered) -> list[tuple[str, str | None]]:
    assert delivered.refused == ()
    return [(one.kind, one.status_raw) for one in delivered.events]


def test_a_new_order_is_read_in_the_money_of_the_customer() -> None:
    delivered = read("orders/create", shopify_order())
    created, updated, paid = delivered.events
    assert created == ServerEvent(
        id=f"order:{SHOPIFY_ORDER}:created",
        kind="order.created",
        system="shopify",
        occurred_ms=1_793_545_200_000,
        order="1001",
        ids={"page": str(SHOPIFY_ORDER)},
        customer=Party(customer_id="207119551", email="ana@shop.example", phone="+15550100"),
        minor=36_000,
        currency="EUR",
        lines=(ServerLine(sku="HP-15", name="Laptop - grey", quantity="2", minor=36_000),),
    )
    assert (updated.kind, updated.status_raw, updated.occurred_ms - created.occurred_ms) == (
        "order.updated",
        "paid",
        5_000,
    )
    assert (paid.kind, paid.minor, paid.currency) == ("payment.captured", 36_000, "EUR")
    said = "".join(content_of(one) for one in delivered.events)
    for private in ("Chestnut", "40202", "203.0.113.9", "door", '"Ana', "for Ana"):
        assert private not in said


def test_what_happened_is_read_from_the_signed_body_and_not_from_the_topic() -> None:
    orders = [topic for topic in TOPICS if topic.startswith("orders/")]
    said = [read(topic, shopify_order()) for topic in orders]
    assert len(said) == 7
    assert all(one == said[0] for one in said if one.events)
    assert ("order.cancelled", None) not in kinds(read("orders/cancelled", shopify_order()))
    with pytest.raises(UnknownTopic):
        read("orders/delete", {"id": 1})
    # A body of one shape under the topic of another says nothing.
    assert read("refunds/create", shopify_order()).events == ()
    assert read("orders/create", shopify_refund()).events == ()


def test_an_edit_is_a_new_statement_of_what_the_order_comes_to() -> None:
    edit = {"id": 78, "order_id": SHOPIFY_ORDER, "created_at": "2026-11-02T09:00:00-05:00", "staff_note": "x"}
    (edited,) = read("orders/edited", {"order_edit": edit}).events
    assert (edited.kind, edited.order, edited.status_raw) == ("order.updated", str(SHOPIFY_ORDER), None)
    committed = edit | {"committed_at": "2026-11-02T09:05:00-05:00"}
    (later,) = read("orders/edited", {"order_edit": committed}).events
    assert (later.id, later.occurred_ms - edited.occurred_ms) == (edited.id, 300_000)
    before = read("orders/updated", shopify_order()).events
    changed = shopify_order(current_total_price_set=money("299.00"))
    after = read("orders/updated", changed).events
    assert (after[0], after[2:]) == (before[0], before[2:])
    assert (after[1].minor, after[1].currency, after[1].status_raw) == (29_900, "EUR", "paid")
    assert after[1].id != before[1].id
    assert before[1].minor is None
    finer = read("orders/updated", shopify_order(current_total_price_set=money("299.001"))).events
    assert (finer[1].status_raw, finer[1].minor) == ("paid", None)


def test_of_very_many_the_first_are_kept_and_the_order_says_so() -> None:
    many = shopify_order(line_items=[shopify_line() for _ in range(612)])
    created = read("orders/create", many).events[0]
    assert (len(created.lines or ()), created.lines_count, created.minor) == (500, 612, 36_000)
    delivered = shopify_order(fulfillments=[shopify_fulfilment(id=number) for number in range(1, 611)])
    told = read("orders/updated", delivered)
    assert (len(told.events), len(told.refused)) == (500, 1)
    assert [one.things_count for one in told.events if one.kind == "order.updated"] == [613]


def test_a_cancelled_order_does_not_go_on_to_be_paid() -> None:
    cancelled = shopify_order(cancelled_at="2026-11-02T10:00:00-05:00")
    assert kinds(read("orders/cancelled", cancelled)) == [
        ("order.created", None),
        ("order.cancelled", None),
        ("order.updated", "cancelled"),
        ("payment.captured", None),
    ]
    refunded = kinds(read("orders/updated", {**cancelled, "financial_status": "refunded"}))
    assert ("order.updated", "refunded") in refunded


def test_a_refund_is_what_came_back_and_the_same_however_it_comes() -> None:
    [alone] = read("refunds/create", shopify_refund()).events
    assert (alone.kind, alone.minor, alone.currency, alone.order) == (
        "payment.refunded",
        36_000,
        "EUR",
        str(SHOPIFY_ORDER),
    )
    assert alone.lines == (ServerLine(sku="HP-15", name="Laptop - grey", quantity="1"),)
    within = read("orders/updated", shopify_order(refunds=[shopify_refund()])).events[-1]
    transaction = read("order_transactions/create", shopify_refund()["transactions"][0] | {"kind": "void"})
    assert (within.id, within.order, within.minor) == (alone.id, "1001", 36_000)
    assert [(one.id, one.kind) for one in transaction.events] == [(alone.id, "payment.voided")]
    assert "angry" not in content_of(alone)
    assert "4242" not in content_of(alone)


def test_what_left_and_arrived_and_what_was_taken_back() -> None:
    delivered = shopify_order(fulfillments=[shopify_fulfilment(shipment_status="delivered")])
    assert kinds(read("orders/fulfilled", delivered))[-2:] == [
        ("order.shipped", None),
        ("order.delivered", None),
    ]
    undone = read("fulfillments/update", shopify_fulfilment(status="cancelled"))
    assert kinds(undone) == [("order.shipped", None), ("order.shipped", "cancelled")]
    assert kinds(read("fulfillments/create", shopify_fulfilment(status="failure"))) == []


def test_returns_have_no_time_of_their_own() -> None:
    body = {"id": 5, "status": "requested", "order": {"id": SHOPIFY_ORDER}, "name": None}
    [requested] = read("returns/request", body).events
    assert (requested.kind, requested.occurred_ms, requested.order) == (
        "return.requested",
        1_793_836_800_500,
        str(SHOPIFY_ORDER),
    )
    assert kinds(read("returns/close", {**body, "status": "CLOSED"})) == [("return.closed", "CLOSED")]
    assert read("returns/update", {**body, "status": "lost"}).refused[0].field == "status"


def test_prices_need_the_currency_of_the_site() -> None:
    variant = {"id": 8, "sku": "HP-15", "price": "379.00", "updated_at": "2026-11-01T10:00:00-05:00"}
    body = {"id": 7, "variants": [variant, {**variant, "id": 9, "sku": ""}]}
    delivered = read("products/update", body)
    assert [(one.sku, one.minor, one.currency, one.store) for one in delivered.events] == [
        ("HP-15", 37_900, "USD", "Shopify catalogue")
    ]
    assert [one.field for one in delivered.refused] == ["sku"]
    assert [one.field for one in read("products/update", body, currency=None).refused] == ["currency"]


def test_tests_and_drafts_are_no_second_order() -> None:
    for fields, purpose in (
        ({"test": True}, "test"),
        ({"source_name": "shopify_draft_order"}, "draft_order"),
    ):
        assert read("orders/create", shopify_order(**fields)).events[0].status_raw == purpose


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"total_price_set": money("378.00", "360.001")}, "amount"),
        ({"total_price_set": money("378.00", "1e3")}, "amount"),
        ({"total_price_set": money("378.00", "NaN")}, "amount"),
        ({"total_price_set": money("378.00", "9" * 30)}, "amount"),
        ({"total_price_set": money("378.00", "-1.00")}, "amount"),
        ({"total_price_set": money("378.00", currency="ZZZ")}, "currency"),
        ({"total_price_set": {"presentment_money": {"amount": 360.0, "currency_code": "EUR"}}}, "amount"),
        ({"created_at": "2026-11-01T10:00:00"}, "occurred_at"),
        ({"created_at": "2126-11-01T10:00:00Z"}, "occurred_at"),
    ],
)
def test_what_is_not_exact_is_refused_and_the_rest_is_kept(fields: dict[str, Any], field: str) -> None:
    delivered = read("orders/updated", shopify_order(**fields))
    assert {one.field for one in delivered.refused} == {field}
    assert "order.updated" in {one.kind for one in delivered.events}


def test_what_is_unknown_is_left_out() -> None:
    without = read("orders/create", shopify_order(customer=None, email="", contact_email=None))
    assert without.events[0].customer is None
    assert without.refused == ()
    odd = shopify_line(price_set=money("1.00", "NaN"), sku=None, quantity=1)
    assert read("orders/create", shopify_order(line_items=[odd])).events[0].lines == (
        ServerLine(name="Laptop - grey", quantity="1"),
    )
    strange = {"__proto__": {"name": "#1"}, "constructor": {"id": 5}}
    assert [one.field for one in read("orders/create", strange).refused] == ["id"]
    twice = body_of(b'{"id": 1, "name": "#1", "customer": {"id": 2, "id": 3}}')
    assert events_of("orders/create", twice, currency=None, triggered_at="", now_ms=NOW_MS).events == ()


SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON: st.SearchStrategy[object] = (
    SCALAR | st.lists(SCALAR | st.just({}), max_size=3) | st.dictionaries(st.text(max_size=5), SCALAR)
)


@given(
    topic=st.sampled_from(sorted(TOPICS)),
    body=st.sampled_from([shopify_order(), shopify_refund(), shopify_fulfilment()]),
    changed=st.dictionaries(
        st.sampled_from(
            sorted({*shopify_order(), *shopify_refund(), *shopify_fulfilment(), "status", "variants"})
        ),
        JSON,
        max_size=3,
    ),
)
def test_no_body_brings_it_down(topic: str, body: dict[str, Any], changed: dict[str, Any]) -> None:
    delivered = read(topic, {**body, **changed})
    for event in delivered.events:
        assert event.minor is None or 0 <= event.minor <= 10**15
        assert event.system.startswith("shopify")


@given(
    unit=st.integers(0, 10**9),
    quantity=st.integers(1, 10**4),
    off=st.lists(st.integers(0, 10**6), max_size=3),
)
def test_lines_add_up_to_the_last_unit(unit: int, quantity: int, off: list[int]) -> None:
    def written(minor: int) -> dict[str, Any]:
        return money(f"{minor // 100}.{minor % 100:02}")

    line = shopify_line(
        price_set=written(unit),
        quantity=quantity,
        discount_allocations=[{"amount_set": written(one)} for one in off],
    )
    due = unit * quantity - sum(off)
    [taken] = read("orders/create", shopify_order(line_items=[line])).events[0].lines or ()
    assert taken.minor == (due if 0 <= due <= 10**15 else None)
