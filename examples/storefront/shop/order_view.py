"""An order in words and figures, for the confirmation, the list of orders and the order's own page."""

from datetime import datetime

from examples.storefront.catalogue import Catalogue
from examples.storefront.coupons import day
from examples.storefront.lines import display_quantity
from examples.storefront.money import display
from examples.storefront.records.orders import Order, OrderLine, OrderStatus
from examples.storefront.shipping import METHODS
from examples.storefront.shop.cart_view import picture_url, shipping_text

STATUS_TEXT = {
    OrderStatus.PLACED: "Placed",
    OrderStatus.ON_ITS_WAY: "On its way",
    OrderStatus.DELIVERED: "Delivered",
    OrderStatus.CANCELLED: "Cancelled",
}


def order_view(order: Order, catalogue: Catalogue, *, shown_cancelled: bool = False) -> dict[str, object]:
    """`shown_cancelled` is the conflict fault: this view calls a delivered order cancelled and refunded."""
    status = OrderStatus.CANCELLED if shown_cancelled else order.status
    refunded = order.total if shown_cancelled else order.refunded
    method = METHODS[order.shipping_method]
    return {
        "number": order.number,
        "url": f"/account/orders/{order.number}",
        "placed": day(order.placed_at),
        "status": STATUS_TEXT[status],
        "tone": status.value.replace(" ", "-"),
        "status_line": _status_line(order, status),
        "refunded": f"{display(refunded)} refunded to your card" if refunded else "",
        "lines": [_line(line, catalogue) for line in order.lines],
        "rows": _rows(order),
        "total": display(order.total),
        "address": order.address,
        "shipping": f"{method.name}, {method.promise[0].lower()}{method.promise[1:]}",
        "tracking_url": f"/account/orders/{order.number}/tracking" if order.tracking_number else "",
        "return_url": f"/account/orders/{order.number}/return"
        if order.status is OrderStatus.DELIVERED
        else "",
        "returns": [
            {
                "number": entry.number,
                "requested": day(entry.requested_at),
                "refund": display(entry.refund),
                "names": [order.lines[position].name for position in entry.positions],
            }
            for entry in order.returns
        ],
    }


def _status_line(order: Order, status: OrderStatus) -> str:
    last = order.steps[-1]
    if status is OrderStatus.DELIVERED:
        return f"Delivered on {day(last.at)}"
    if status is OrderStatus.CANCELLED:
        return f"Cancelled on {day(next((s.at for s in order.steps if 'Cancelled' in s.text), last.at))}"
    if status is OrderStatus.ON_ITS_WAY:
        return f"{last.text} on {day(last.at)}"
    return f"Placed on {day(order.placed_at)}"


def _rows(order: Order) -> list[dict[str, str]]:
    rows = [{"key": "items", "label": "Items", "amount": display(order.items)}]
    if order.discount:
        label = f"Discount ({', '.join(order.codes)})"
        rows.append({"key": "discount", "label": label, "amount": display(-order.discount)})
    rows.append({"key": "shipping", "label": "Shipping", "amount": shipping_text(order.shipping)})
    rows.append({"key": "tax", "label": "Tax", "amount": display(order.tax)})
    rows.append({"key": "total", "label": "Total", "amount": display(order.total)})
    return rows


def _line(line: OrderLine, catalogue: Catalogue) -> dict[str, str]:
    found = catalogue.find_item(line.sku)
    return {
        "sku": line.sku,
        "name": line.name,
        "option": line.option,
        "measure": line.measure,
        "quantity": display_quantity(line.quantity),
        "unit": display(line.unit),
        "total": display(line.total),
        "picture": "" if found is None else picture_url(found[0]),
        "language": "" if found is None else found[0].language,
        "direction": "" if found is None else found[0].direction,
    }


def moment(at: datetime) -> str:
    return f"{day(at)}, {at:%H:%M} UTC"
