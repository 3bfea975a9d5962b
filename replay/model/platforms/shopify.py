"""Shopify's webhooks as server events, by the field names of its documentation.

The topic is not signed, the body is: the topic only says what shape to expect, and what happened is read from
the body (``cancelled_at``, ``financial_status``, ``refunds``, ``fulfillments``), so that a body that is sent
again under another topic says nothing new. Every body of an order says all of it again; the numbers of events
are made from Shopify's own numbers for what they are about, so that each thing is kept once however it comes,
and its time is Shopify's, so that what comes late stands where it happened. What names its order only by
Shopify's own number is of that order by ``ids.page``.

Amounts are ``presentment_money``: what the customer saw and paid. Sources: shopify.dev, REST Admin API
resources Order, Refund, Transaction, Fulfillment and Product; webhook topics; GraphQL Return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from replay.model.platforms.delivery import (
    Delivered,
    Event,
    as_text,
    comes_to,
    decimal,
    inner,
    items,
    key,
    lines_of,
    party,
    read_topic,
)
from replay.model.platforms.known import SHOPIFY
from replay.model.server_reading import Refused

__all__ = ["TOPICS", "events_of"]

CATALOGUE = "Shopify catalogue"
"""What ``price.list`` calls the store of these prices."""
_ORDERS = ("create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled")
_PAYMENTS = {
    "authorization": "payment.authorized",
    "capture": "payment.captured",
    "sale": "payment.captured",
    "void": "payment.voided",
    "refund": "payment.refunded",
}
"""Values of a transaction's ``kind``."""
_RETURNS = {
    "requested": "return.requested",
    "open": "return.requested",
    "closed": "return.closed",
    "declined": "return.closed",
    "canceled": "return.closed",
}
"""Values of a return's ``status``."""
_REPEATED_ON_PURPOSE = {"shopify_draft_order": "draft_order", "subscription_contract": "subscription"}
"""Values of ``source_name`` of an order that somebody else than the customer made."""

_Mapping = Callable[[Mapping[str, object], str | None, str], Iterator[Event]]


def events_of(
    topic: str,
    body: Mapping[str, object],
    *,
    currency: str | None,
    triggered_at: str,
    now_ms: int,
) -> Delivered:
    """What a delivery says. ``currency`` is what the shop's prices are in; ``triggered_at`` when Shopify sent
    it, for what has no time of its own. Raises ``UnknownTopic`` for a topic of which nothing is kept."""
    return read_topic(TOPICS, topic, body, currency=currency, at=triggered_at, now_ms=now_ms)


def _order(body: Mapping[str, object], currency: str | None, at: str) -> Iterator[Event]:
    number, name = key(body), as_text(body.get("name"))
    if name is None:
        raise Refused("name", "the order's name, such as #1001", body.get("name"), "Nothing of it is kept.")
    customer = inner(body, "customer")
    total = inner(body, "total_price_set", "presentment_money")
    common = {
        "system": SHOPIFY,
        "order": name.removeprefix("#"),
        "ids": {"page": number},
        "customer": party(
            customer_id=customer.get("id"),
            email=(body.get("email"), body.get("contact_email"), customer.get("email")),
            phone=(body.get("phone"), customer.get("phone")),
        ),
    }
    amount = {"amount": total.get("amount"), "currency": total.get("currency_code")}
    updated, money = body.get("updated_at"), as_text(body.get("financial_status"))
    yield {
        **common,
        **amount,
        "id": f"order:{number}:created",
        "kind": "order.created",
        "occurred_at": body.get("created_at"),
        "status_raw": _purpose(body),
        **lines_of(items(body, "line_items"), _line_amount),
    }
    cancelled = body.get("cancelled_at")
    if cancelled is not None:
        yield {
            **common,
            "id": f"order:{number}:cancelled",
            "kind": "order.cancelled",
            "occurred_at": cancelled,
        }
    # Of a cancelled order that is not refunded Shopify goes on to say that it is paid.
    status = "cancelled" if cancelled is not None and money != "refunded" else money
    # What it comes to now, after edits, returns and refunds.
    now = inner(body, "current_total_price_set", "presentment_money")
    if status is not None or now:
        yield {
            **common,
            **comes_to(now.get("amount"), now.get("currency_code")),
            "id": f"order:{number}:{as_text(updated)}:{status}:{as_text(now.get('amount'))}",
            "kind": "order.updated",
            "occurred_at": updated,
            "status_raw": status,
        }
    if money == "paid":
        yield {
            **common,
            **amount,
            "id": f"order:{number}:paid",
            "kind": "payment.captured",
            "occurred_at": updated,
        }
    for refund in items(body, "refunds"):
        yield from _money_back(refund, common)
    for fulfilment in items(body, "fulfillments"):
        yield from _shipment(fulfilment, common)


def _purpose(body: Mapping[str, object]) -> str | None:
    return "test" if body.get("test") is True else _REPEATED_ON_PURPOSE.get(str(body.get("source_name")))


def _line_amount(line: Mapping[str, object]) -> Decimal | None:
    """What a line costs: ``price_set`` is of one, ``discount_allocations`` are of the whole line."""
    unit = decimal(inner(line, "price_set", "presentment_money").get("amount"))
    quantity = line.get("quantity")
    if unit is None or not isinstance(quantity, int) or not 0 <= quantity < 10**9:
        return None
    off = [
        decimal(inner(one, "amount_set", "presentment_money").get("amount"))
        for one in items(line, "discount_allocations")
    ]
    known = [one for one in off if one is not None]
    return unit * quantity - sum(known, Decimal(0)) if len(known) == len(off) else None


def _money_back(refund: Mapping[str, object], common: Event) -> Iterator[Event]:
    lines = lines_of(
        {**inner(one, "line_item"), "quantity": one.get("quantity")}
        for one in items(refund, "refund_line_items")
    )
    for transaction in items(refund, "transactions"):
        yield from _payment(transaction, {**common, **lines})


def _payment(transaction: Mapping[str, object], common: Event) -> Iterator[Event]:
    """A transaction that succeeded; one that is pending or failed moved nothing."""
    kind = _PAYMENTS.get(str(transaction.get("kind")))
    if transaction.get("status") != "success" or kind is None:
        return
    at = transaction.get("processed_at")
    yield {
        **common,
        # Orders say that they are paid, too. Which of both is looked at must not change what was taken.
        "system": f"{SHOPIFY} payments",
        "id": f"transaction:{key(transaction)}",
        "kind": kind,
        "occurred_at": transaction.get("created_at") if at is None else at,
        "amount": transaction.get("amount"),
        "currency": transaction.get("currency"),
        "status_raw": None,
    }


def _shipment(fulfilment: Mapping[str, object], common: Event) -> Iterator[Event]:
    number, status = key(fulfilment), as_text(fulfilment.get("status"))
    shipment = {
        **common,
        "ids": {"fulfillment": number},
        **lines_of(items(fulfilment, "line_items")),
    }
    if status in ("success", "cancelled"):
        yield {
            **shipment,
            "id": f"fulfillment:{number}:shipped",
            "kind": "order.shipped",
            "occurred_at": fulfilment.get("created_at"),
        }
    if status == "cancelled":
        yield {
            **shipment,
            "id": f"fulfillment:{number}:cancelled",
            "kind": "order.shipped",
            "occurred_at": fulfilment.get("updated_at"),
            "status_raw": status,
        }
    elif fulfilment.get("shipment_status") == "delivered":
        yield {
            **shipment,
            "id": f"fulfillment:{number}:delivered",
            "kind": "order.delivered",
            "occurred_at": fulfilment.get("updated_at"),
        }


def _about(order: str) -> Event:
    """The order that a part of it belongs to, by Shopify's own number; the order brings its customer."""
    return {"system": SHOPIFY, "order": order, "ids": {"page": order}}


def _refund(body: Mapping[str, object], currency: str | None, at: str) -> Iterator[Event]:
    yield from _money_back(body, _about(key(body, "order_id")))


def _edit(body: Mapping[str, object], currency: str | None, at: str) -> Iterator[Event]:
    """That an order was edited, and when. What it comes to since then the order itself says: of each edit
    ``orders/updated`` comes, too."""
    edit = inner(body, "order_edit")
    committed = edit.get("committed_at")
    yield {
        **_about(key(edit, "order_id")),
        "id": f"edit:{key(edit)}",
        "kind": "order.updated",
        "occurred_at": edit.get("created_at") if committed is None else committed,
    }


def _transaction(body: Mapping[str, object], currency: str | None, at: str) -> Iterator[Event]:
    yield from _payment(body, _about(key(body, "order_id")))


def _fulfilment(body: Mapping[str, object], currency: str | None, at: str) -> Iterator[Event]:
    yield from _shipment(body, _about(key(body, "order_id")))


def _return(body: Mapping[str, object], currency: str | None, at: str) -> Iterator[Event]:
    status = as_text(body.get("status"))
    # GraphQL writes the same states in capitals.
    kind = _RETURNS.get((status or "").lower())
    if kind is None:
        raise Refused("status", "one of " + ", ".join(_RETURNS), body.get("status"), "It is not kept.")
    yield {
        **_about(key(inner(body, "order"))),
        "id": f"return:{key(body)}:{(status or '').lower()}",
        "kind": kind,
        "occurred_at": at,
        "status_raw": status,
    }


def _product(body: Mapping[str, object], currency: str | None, at: str) -> Iterator[Event]:
    """Prices of a product are in the shop's currency, which the body does not name."""
    if currency is None:
        what = "the currency of the shop's prices, as `currency` among the site's settings"
        raise Refused("currency", what, None, "It comes again when the product changes.")
    for variant in items(body, "variants"):
        updated, price = as_text(variant.get("updated_at")), variant.get("price")
        yield {
            "id": f"variant:{key(variant)}:{updated}:{as_text(price)}",
            "kind": "price.list",
            "system": SHOPIFY,
            "occurred_at": updated,
            "sku": as_text(variant.get("sku")),
            "store": CATALOGUE,
            "amount": price,
            "currency": currency,
        }


TOPICS: Mapping[str, _Mapping] = {
    **{f"orders/{name}": _order for name in _ORDERS},
    "orders/edited": _edit,
    "refunds/create": _refund,
    "order_transactions/create": _transaction,
    "fulfillments/create": _fulfilment,
    "fulfillments/update": _fulfilment,
    **{
        f"returns/{name}": _return
        for name in ("request", "approve", "decline", "cancel", "close", "reopen", "update")
    },
    "products/create": _product,
    "products/update": _product,
}
