"""The prices of articles that a shop's own systems tell of, for the trail of each: of an order's lines, of
what an e-mail says, of a store's price list.

A line's amount is that of the whole line. What one piece costs is said only where that follows from it
exactly: of one piece, or of a whole number among which the amount divides evenly. Otherwise the line is said
as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from replay.model.identity import normalise
from replay.model.money import Money, say
from replay.model.server_event import Concerning, ServerEvent, ServerEventKind

__all__ = ["told_prices"]

_KINDS: Mapping[ServerEventKind, str] = {
    "order.created": "order",
    "order.updated": "order",
    "email.sent": "email",
    "price.list": "store",
}


def told_prices(told: Iterable[Concerning], visit_ms: int) -> list[dict[str, object]]:
    """One for each article with an amount, in the order in which they apply; of price lists those that were
    in force at ``visit_ms`` or later. ``piece`` is what one piece costs, ``line`` the whole line where that
    is of several pieces or of a number that is not told. No page wrote these amounts, so that they stand with
    their currency's code, as wherever a system's word is told: one sign is that of several currencies."""
    events = sorted(
        (one for one in told if one.event.kind in _KINDS),
        key=lambda one: (one.event.since_ms, one.received_ms, one.event.id),
    )
    before = _superseded((one.event for one in events if one.event.kind == "price.list"), visit_ms)
    return [
        {
            "id": one.event.id,
            "kind": _KINDS[one.event.kind],
            "system": one.event.system,
            "name": one.event.store if one.event.kind == "price.list" else one.event.order,
            "since_ms": one.event.since_ms,
            "until_ms": one.event.to_ms,
            "by": one.by,
            **price,
        }
        for one in events
        if (one.event.system, one.event.id) not in before
        for price in _prices(one.event)
    ]


def _superseded(prices: Iterable[ServerEvent], visit_ms: int) -> set[tuple[str, str]]:
    """Those (oldest first) that had ended by then, and those that a later one of the same store replaced."""
    left_out: set[tuple[str, str]] = set()
    in_force: dict[tuple[str, str | None, str], ServerEvent] = {}
    for price in prices:
        if price.to_ms is not None and price.to_ms <= visit_ms:
            left_out.add((price.system, price.id))
        elif price.since_ms <= visit_ms:
            place = (price.system, price.store, normalise("sku", price.sku or "", ""))
            if place in in_force:
                left_out.add((price.system, in_force[place].id))
            in_force[place] = price
    return left_out


def _prices(event: ServerEvent) -> Iterator[dict[str, object]]:
    currency = event.currency
    if currency is None:
        return
    if event.kind == "price.list":
        if event.minor is not None:
            yield _price(event.sku, None, Money(event.minor, currency), "1")
        return
    for line in event.lines or ():
        if line.minor is not None and (line.sku or line.name):
            yield _price(line.sku, line.name, Money(line.minor, currency), line.quantity)


def _price(sku: str | None, title: str | None, money: Money, quantity: str | None) -> dict[str, object]:
    minor, whole = money.minor, say(money)
    count = int(quantity) if quantity is not None and quantity.isdecimal() else 0
    is_exact = count > 0 and minor % count == 0
    return {
        "sku": sku,
        "title": title,
        "minor": minor,
        "currency": money.currency,
        "quantity": quantity,
        "piece": say(Money(minor // count, money.currency)) if is_exact else None,
        "line": None if count == 1 else f"{quantity} × for {whole}" if quantity else f"{whole} for the line",
    }
