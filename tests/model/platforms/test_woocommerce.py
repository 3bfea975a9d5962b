"""WooCommerce's bodies say what the shop recorded of an order, at its own times, and nothing more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.model.platforms.delivery import Delivered, UnknownTopic, body_of
from replay.model.platforms.woocommerce import TOPICS, events_of
from replay.model.server_event import Party, ServerEvent, ServerLine, content_of
from tests.model.platforms.bodies import woo_order, woo_product

NOW_MS = 1_795_000_000_000


def read(topic: str, body: Mapping[str, Any], currency: str | None = "USD") -> Delivered:
    return events_of(topic, body_of(json.dumps(body).encode()), currency=currency, now_ms=NOW_MS)


def test_an_order_is_read_with_the_times_that_it_says() -> None:
    delivered = read("order.created", woo_order())
    assert delivered.refused == ()
    created, updated, paid = delivered.events
    assert created == ServerEvent(
        id="order:727:created",
        kind="order.created",
        system="woocommerce",
        occurred_ms=1_793_527_200_000,
        order="1001",
        ids={"page": "woocommerce:727"},
        customer=Party(customer_id="26", email="ana@shop.example", phone="(555) 555-0100"),
        minor=2_935,
        currency="USD",
        lines=(ServerLine(sku="WS-1", name="Woo Single #1", quantity="2", minor=645),),
    )
    assert (updated.kind, updated.status_raw, updated.occurred_ms) == (
        "order.updated",
        "processing",
        1_793_527_209_000,
    )
    assert (paid.kind, paid.minor, paid.occurred_ms) == ("payment.captured", 2_935, 1_793_527_208_000)
    assert "203.0.113.9" not in "".join(content_of(one) for one in delivered.events)


def test_what_became_of_an_order() -> None:
    body = woo_order(
        status="cancelled",
        date_paid_gmt=None,
        customer_id=0,
        refunds=[{"id": 9, "reason": "angry", "total": "-10.00"}, {"id": 10, "total": "-1.005"}],
    )
    delivered = read("order.updated", body)
    assert [(one.kind, one.status_raw, one.minor) for one in delivered.events] == [
        ("order.created", None, 2_935),
        ("order.cancelled", None, None),
        ("order.updated", "cancelled", 2_935),
        ("payment.refunded", None, 1_000),
    ]
    assert [one.field for one in delivered.refused] == ["amount"]
    assert delivered.events[0].customer == Party(email="ana@shop.example", phone="(555) 555-0100")
    assert read("order.created", woo_order(status="checkout-draft")) == Delivered()


def test_a_deleted_order_is_known_by_its_own_number_only() -> None:
    [deleted] = read("order.deleted", {"id": 727}).events
    assert (deleted.order, deleted.status_raw, deleted.occurred_ms) == ("woocommerce:727", "deleted", NOW_MS)
    assert read("order.deleted", woo_order()).events == ()
    with pytest.raises(UnknownTopic):
        read("customer.created", {"id": 5, "email": "ana@shop.example"})


def test_prices_end_and_begin_with_their_sale() -> None:
    [plain] = read("product.updated", woo_product()).events
    assert (plain.sku, plain.minor, plain.from_ms, plain.to_ms) == ("WS-1", 2_199, None, None)
    sale = {"sale_price": "19.99", "date_on_sale_from_gmt": "2026-11-10T00:00:00"}
    now, later = read("product.updated", woo_product(**sale)).events
    assert (now.minor, now.to_ms, later.minor, later.from_ms) == (2_199, later.from_ms, 1_999, now.to_ms)
    ends = {**sale, "price": "19.99", "on_sale": True, "date_on_sale_to_gmt": "2026-11-20T00:00:00"}
    [on_sale] = read("product.updated", woo_product(**ends)).events
    assert (on_sale.minor, on_sale.to_ms) == (1_999, 1_795_132_800_000)
    assert read("product.updated", woo_product(type="variable", price="")) == Delivered()
    assert [one.field for one in read("product.updated", woo_product(price="")).refused] == ["amount"]
    assert [one.field for one in read("product.updated", woo_product(), None).refused] == ["currency"]


SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON: st.SearchStrategy[object] = (
    SCALAR | st.lists(SCALAR | st.just({}), max_size=3) | st.dictionaries(st.text(max_size=5), SCALAR)
)


@given(
    topic=st.sampled_from(sorted(TOPICS)),
    body=st.sampled_from([woo_order(), woo_product()]),
    changed=st.dictionaries(st.sampled_from(sorted({*woo_order(), *woo_product()})), JSON, max_size=3),
)
def test_no_body_brings_it_down(topic: str, body: dict[str, Any], changed: dict[str, Any]) -> None:
    for event in read(topic, {**body, **changed}).events:
        assert event.minor is None or 0 <= event.minor <= 10**15


@pytest.mark.parametrize(
    ("odd", "minor", "currency", "lines", "lacking"),
    [
        ({"total": "29.355"}, None, "USD", [("2", 645)], ["amount"]),
        ({"total": "a lot"}, None, "USD", [("2", 645)], ["amount"]),
        ({"total": 29.35}, None, "USD", [("2", 645)], ["amount"]),
        ({"currency": "QQQ"}, None, None, [("2", None)], ["currency"]),
        ({"currency": None}, None, None, [("2", None)], ["currency"]),
        ({"line": {"total": "6.451"}}, 2_935, "USD", [("2", None)], ["lines[0].amount"]),
        ({"line": {"quantity": -1}}, 2_935, "USD", [(None, 645)], ["lines[0].quantity"]),
    ],
)
def test_an_order_is_kept_without_what_of_it_is_no_amount(
    odd: dict[str, Any],
    minor: int | None,
    currency: str | None,
    lines: list[tuple[str | None, int | None]],
    lacking: list[str],
) -> None:
    body = woo_order(date_paid_gmt=None)
    body |= {"line_items": [body["line_items"][0] | odd.pop("line", {})], **odd}
    delivered = read("order.created", body)
    created = delivered.events[0]
    assert (created.kind, created.minor, created.currency) == ("order.created", minor, currency)
    assert [(one.quantity, one.minor) for one in created.lines or ()] == lines
    assert [one.field for one in delivered.refused] == lacking


def test_of_many_lines_that_cannot_be_read_the_order_is_kept_soon() -> None:
    line = woo_order()["line_items"][0]
    delivered = read(
        "order.created", woo_order(line_items=[line | {"quantity": -1}] * 500, date_paid_gmt=None)
    )
    assert [len(one.lines or ()) for one in delivered.events] == [500, 0]
    assert {one.quantity for one in delivered.events[0].lines or ()} == {None}
    assert len(delivered.refused) < 20
