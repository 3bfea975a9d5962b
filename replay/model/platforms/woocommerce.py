"""WooCommerce's webhooks as server events, by the field names of its REST API (v2, v3).

Neither the topic nor the number of a delivery is signed, and that number is made of the webhook and the
second, so two deliveries within a second share it: what was sent already is told by the order's own numbers
instead. WooCommerce sends nothing again that was not taken, and its times are ``…_gmt`` without a zone.

A refund in an order says that the shop recorded it, not that money moved. It counts as returned, since most
refunds are sent by the gateway, and accusing a shop of each of them would be wrong; a payment provider that
sends its own events says the rest. Sources: developer.woocommerce.com, REST API, orders, products and
webhooks; ``WC_Webhook`` of woocommerce/woocommerce.
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
    without_sign,
)
from replay.model.platforms.known import WOOCOMMERCE
from replay.model.server_reading import Refused

__all__ = ["TOPICS", "events_of"]

CATALOGUE = "WooCommerce catalogue"
"""What ``price.list`` calls the store of these prices."""
_DRAFTS = frozenset({"checkout-draft", "auto-draft", "draft", "new"})
"""Values of ``status`` of what is no order yet: what is in it goes on to change."""
_WITHOUT_OWN_PRICE = frozenset({"variable", "grouped"})
"""Values of a product's ``type``."""

_Mapping = Callable[[Mapping[str, object], str | None, int], Iterator[Event]]


def events_of(
    topic: str,
    body: Mapping[str, object],
    *,
    currency: str | None,
    now_ms: int,
) -> Delivered:
    """What a delivery says. ``currency`` is what the shop's prices are in. Raises ``UnknownTopic`` for a
    topic of which nothing is kept."""
    return read_topic(TOPICS, topic, body, currency=currency, at=now_ms, now_ms=now_ms)


def _order(body: Mapping[str, object], currency: str | None, now_ms: int) -> Iterator[Event]:
    number, status = key(body), as_text(body.get("status"))
    if status in _DRAFTS:
        return
    said = as_text(body.get("number")) or number
    billing = inner(body, "billing")
    customer = body.get("customer_id")
    common = {
        "system": WOOCOMMERCE,
        "order": said,
        "ids": {"page": _own(number)},
        # A guest is customer 0.
        "customer": party(
            customer_id=None if customer == 0 else customer,
            email=(billing.get("email"),),
            phone=(billing.get("phone"),),
        ),
    }
    amount = {"amount": body.get("total"), "currency": body.get("currency")}
    modified, paid = _moment(body.get("date_modified_gmt")), _moment(body.get("date_paid_gmt"))
    yield {
        **common,
        **amount,
        "id": f"order:{number}:created",
        "kind": "order.created",
        "occurred_at": _moment(body.get("date_created_gmt")),
        "status_raw": "subscription" if body.get("created_via") == "subscription" else None,
        **lines_of(items(body, "line_items"), _line_amount),
    }
    if status == "cancelled":
        yield {
            **common,
            "id": f"order:{number}:cancelled",
            "kind": "order.cancelled",
            "occurred_at": modified,
        }
    # The total that is said here is the one after an edit: refunds are beside it.
    yield {
        **common,
        **comes_to(body.get("total"), body.get("currency")),
        "id": f"order:{number}:{modified}:{status}:{as_text(body.get('total'))}",
        "kind": "order.updated",
        "occurred_at": modified,
        "status_raw": status,
    }
    if paid is not None:
        yield {
            **common,
            **amount,
            "id": f"order:{number}:paid",
            "kind": "payment.captured",
            "occurred_at": paid,
        }
    for refund in items(body, "refunds"):
        yield {
            **common,
            "id": f"refund:{key(refund)}",
            "kind": "payment.refunded",
            "occurred_at": modified,
            "amount": without_sign(refund.get("total")),
            "currency": body.get("currency"),
        }


def _own(number: str) -> str:
    """WooCommerce's own number of an order, so that it is never that of another: what customers know an order
    by counts anew in some shops."""
    return f"{WOOCOMMERCE}:{number}"


def _line_amount(line: Mapping[str, object]) -> Decimal | None:
    """What a line costs after discounts: ``total`` is without tax."""
    total, tax = decimal(line.get("total")), decimal(line.get("total_tax"))
    return None if total is None or tax is None else total + tax


def _moment(value: object) -> object:
    """Times of fields that end in ``_gmt`` have no zone."""
    return f"{value}Z" if isinstance(value, str) and value and not value.endswith("Z") else value or None


def _deleted(body: Mapping[str, object], currency: str | None, now_ms: int) -> Iterator[Event]:
    """All that is sent of a deleted order is ``id``."""
    number = key(body)
    if set(body) != {"id"}:
        raise Refused("body", "only the number of an order", body, "Nothing of it is kept.")
    yield {
        "id": f"order:{number}:deleted",
        "kind": "order.updated",
        "system": WOOCOMMERCE,
        "order": _own(number),
        "ids": {"page": _own(number)},
        "occurred_at": now_ms,
        "status_raw": "deleted",
    }


def _product(body: Mapping[str, object], currency: str | None, now_ms: int) -> Iterator[Event]:
    """``price`` is what holds now; ``sale_price`` from ``date_on_sale_from_gmt`` on what will."""
    if as_text(body.get("type")) in _WITHOUT_OWN_PRICE:
        return
    if currency is None:
        what = "the currency of the shop's prices, as `currency` among the site's settings"
        raise Refused("currency", what, None, "It comes again when the product changes.")
    modified = _moment(body.get("date_modified_gmt"))
    since, until = (_moment(body.get(f"date_on_sale_{end}_gmt")) for end in ("from", "to"))
    common = {
        "kind": "price.list",
        "system": WOOCOMMERCE,
        "occurred_at": modified,
        "sku": as_text(body.get("sku")),
        "store": CATALOGUE,
        "currency": currency,
    }
    price, is_on_sale = body.get("price"), body.get("on_sale") is True
    yield {
        **common,
        "id": f"product:{key(body)}:{modified}:{as_text(price)}",
        "amount": price,
        "to": until if is_on_sale else since if as_text(body.get("sale_price")) else None,
    }
    if not is_on_sale and since is not None and as_text(body.get("sale_price")):
        yield {
            **common,
            "id": f"product:{key(body)}:{modified}:sale:{since}",
            "amount": body.get("sale_price"),
            "from": since,
            "to": until,
        }


TOPICS: Mapping[str, _Mapping] = {
    **dict.fromkeys(("order.created", "order.updated", "order.restored"), _order),
    "order.deleted": _deleted,
    **dict.fromkeys(("product.created", "product.updated", "product.restored"), _product),
}
