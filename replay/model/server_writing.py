"""Writes a server event as a back office sends it: the other side of ``replay.model.server_reading``.

Whoever takes an event from elsewhere than a back office (an exported session) holds it against what a back
office may send, and the one place that knows that reads what is written here.
"""

from __future__ import annotations

from replay.model.currency import exponent_of
from replay.model.schema import encode
from replay.model.server_event import ServerEvent, ServerLine

__all__ = ["as_given"]


def as_given(event: ServerEvent) -> dict[str, object]:
    """The fields that ``read_event`` reads back into the same event."""
    fields: dict[str, object] = {
        "id": event.id,
        "kind": event.kind,
        "system": event.system,
        "occurred_at": event.occurred_ms,
        "order": event.order,
        "ids": None if event.ids is None else dict(event.ids),
        "customer": None if event.customer is None else encode(event.customer),
        "status_raw": event.status_raw,
        "amount": _amount(event.minor, event.currency),
        "currency": event.currency,
        "lines": None if event.lines is None else [_line(one, event.currency) for one in event.lines],
        "sku": event.sku,
        "store": event.store,
        "from": event.from_ms,
        "to": event.to_ms,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _line(line: ServerLine, currency: str | None) -> dict[str, object]:
    fields = {
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "amount": _amount(line.minor, currency),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _amount(minor: int | None, currency: str | None) -> str | None:
    """As a decimal text; also one that may not be sent: it is refused with what it is."""
    if minor is None:
        return None
    exponent = exponent_of(currency or "") or 0
    digits = str(abs(minor)).rjust(exponent + 1, "0")
    text = f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits
    return f"-{text}" if minor < 0 else text
