"""What a shop's own systems say of a customer, in words and as the JSON that the watch page works with.

A line names the system that says so, and why it is shown here: of a customer who is verified, of an order
that only the customer's page named, or of somebody whom the page merely claimed to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from replay.model.identity import normalise
from replay.model.money import Money, say
from replay.model.server_event import (
    Concerning,
    ServerEvent,
    ServerEventKind,
    ServerLine,
    customers_numbers,
)
from replay.model.server_reading import EVENTS_MAX_COUNT

__all__ = ["told_json"]

_TITLES: Mapping[ServerEventKind, str] = {
    "order.created": "Order placed",
    "order.updated": "Order changed",
    "order.cancelled": "Order cancelled",
    "order.shipped": "Order shipped",
    "order.delivered": "Order delivered",
    "payment.authorized": "Payment authorised",
    "payment.captured": "Payment captured",
    "payment.refunded": "Payment refunded",
    "payment.voided": "Payment voided",
    "return.requested": "Return requested",
    "return.received": "Return arrived",
    "return.closed": "Return closed",
    "email.sent": "E-mail sent",
    "price.list": "Price list",
}
_LINES_COUNT = 5
"""Most lines that are named."""


def told_json(told: Iterable[Concerning]) -> list[dict[str, object]]:
    """What concerns the customer, oldest first. Price lists are told where they matter: at the articles.
    Each order has the number that customers know it by, also where a system only says its own."""
    told = list(told)
    numbers = customers_numbers(told)
    return [
        {
            "id": one.event.id,
            "system": one.event.system,
            "kind": one.event.kind,
            "order": _order(one.event, numbers),
            "occurred_ms": one.event.occurred_ms,
            "received_ms": one.received_ms,
            "by": one.by,
            "title": _TITLES[one.event.kind],
            "detail": _detail(one.event, numbers),
        }
        for one in told
        if one.by != "price"
    ]


def _order(event: ServerEvent, numbers: Mapping[str, str]) -> str | None:
    return event.order and numbers.get(normalise("order", event.order, ""), event.order)


def _detail(event: ServerEvent, numbers: Mapping[str, str]) -> str:
    count = event.lines_count or len(event.lines or ())
    parts = [
        _order(event, numbers),
        event.status_raw,
        _amount(event.minor, event.currency),
        *(_line(line, event.currency) for line in (event.lines or ())[:_LINES_COUNT]),
        f"and {count - _LINES_COUNT} more" if count > _LINES_COUNT else None,
        f"of its lines the first {len(event.lines or ())} of {count} are kept" if event.lines_count else None,
        f"of what was said with it the first {EVENTS_MAX_COUNT} of {event.things_count} are kept"
        if event.things_count
        else None,
        *(f"{system}: {number}" for system, number in (event.ids or {}).items()),
    ]
    return " · ".join(part for part in parts if part)


def _line(line: ServerLine, currency: str | None) -> str | None:
    name = f"{line.name} ({line.sku})" if line.name and line.sku else line.name or line.sku
    if name is None:
        return _amount(line.minor, currency)
    counted = f"{line.quantity} × {name}" if line.quantity else name
    amount = _amount(line.minor, currency)
    return f"{counted} {amount}" if amount else counted


def _amount(minor: int | None, currency: str | None) -> str | None:
    return None if minor is None or currency is None else say(Money(minor, currency))
