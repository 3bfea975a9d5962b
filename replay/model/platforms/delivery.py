"""What is the same for all platforms: reading named fields of a body, and what comes of a delivery.

A platform's body holds a whole order with addresses, notes and tokens. Nothing of it is taken but what is
asked for by name here, and it is then read as strictly as what a back office sends, so that a body can say
nothing that a back office could not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from replay.model.json_reading import Twice, read_json
from replay.model.money import NotExact, from_scale
from replay.model.server_event import LINES_MAX_COUNT, ServerEvent
from replay.model.server_reading import EVENTS_MAX_COUNT, Refused, read_event

__all__ = [
    "Delivered",
    "Event",
    "UnknownTopic",
    "as_text",
    "body_of",
    "comes_to",
    "decimal",
    "inner",
    "items",
]
__all__ += ["key", "lines_of", "party", "read_topic", "without_sign"]

DEPTH_MAX_COUNT = 32
"""How deep a platform nests: the tax of a refunded line of an order is ten."""
_EMAIL_MAX_CHARS = 254
_PHONE_MAX_CHARS = 40
_WORD_MAX_CHARS = 120
_NAME_MAX_CHARS = 600
LINES_TRIED_COUNT = 8
"""How many fields are left out one by one; then one that cannot be read is left out of all lines."""
_LINES_FIELD = re.compile(r"lines\[(\d+)\]\.(amount|name|quantity|sku)")
_ORDERS = frozenset({"order.created", "order.updated"})
_FINEST = Decimal("0.00000001")
_HIGHEST = Decimal(10) ** 15

Event = Mapping[str, object]
"""One event as ``read_event`` takes it."""
_At = TypeVar("_At")


class UnknownTopic(LookupError):
    """A body of this topic says nothing that is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a delivery says, and of what could not be taken why. Either can be empty."""

    events: tuple[ServerEvent, ...] = ()
    refused: tuple[Refused, ...] = ()


def body_of(body: bytes) -> Mapping[str, object]:
    """The map that a body is. Raises ``Unreadable``, or ``Refused`` where it is something else."""
    value = read_json(body, DEPTH_MAX_COUNT)
    if not isinstance(value, dict) or isinstance(value, Twice):
        raise Refused("body", "a map of fields, each once", value, "Nothing of it is kept.")
    return value


def read_topic(
    topics: Mapping[str, Callable[[Mapping[str, object], str | None, _At], Iterator[Event]]],
    topic: str,
    body: Mapping[str, object],
    *,
    currency: str | None,
    at: _At,
    now_ms: int,
) -> Delivered:
    """What a body says by the mapping of its topic: each event checked, and one that cannot be taken does not
    hold up the others. Raises ``UnknownTopic`` for a topic that has no mapping."""
    mapping = topics.get(topic)
    if mapping is None:
        raise UnknownTopic(topic)
    return _read(mapping(body, currency, at), now_ms)


def _read(values: Iterable[Event], now_ms: int) -> Delivered:
    events: list[ServerEvent] = []
    refused: list[Refused] = []
    count = 0
    try:
        for count, value in enumerate(values, start=1):
            if count <= EVENTS_MAX_COUNT:
                event, lacking = _as_far_as_read(value, now_ms)
                refused += lacking
                if event is not None:
                    events.append(event)
    except Refused as error:
        # The body itself is not what it should be: what came of it until then holds.
        refused.append(error)
    if count > EVENTS_MAX_COUNT:
        most = f"at most {EVENTS_MAX_COUNT} things at once"
        refused.append(Refused("body", most, count, "The rest of it is not kept."))
        events = _first_of(events, count)
    return Delivered(events=tuple(events), refused=tuple(refused))


def _as_far_as_read(value: Event, now_ms: int) -> tuple[ServerEvent | None, list[Refused]]:
    """An event, and why it is not, or not all of it. No platform says it in other words if it is told, so
    that an order is kept without what of its money or lines cannot be read: that is unknown then, no more."""
    refused: list[Refused] = []
    left: Event | None = value
    while left is not None:
        try:
            return read_event(left, now_ms), refused
        except Refused as error:
            refused.append(error)
            less = _without(left, error.field, of_all_lines=len(refused) >= LINES_TRIED_COUNT)
            left = None if less == left else less
    return None, refused


def _without(event: Event, field: str, *, of_all_lines: bool) -> Event | None:
    """An order without this field; None for what cannot do without."""
    found = _LINES_FIELD.fullmatch(field)
    lines = event.get("lines")
    if event.get("kind") not in _ORDERS:
        return None
    if found is not None and isinstance(lines, list):
        number, name = int(found[1]), found[2]
        return {**event, "lines": _lines_without(lines, name, None if of_all_lines else number)}
    if field == "amount":
        return {**event, "amount": None}
    if field == "currency":
        return {**event, "amount": None, "currency": None, "lines": _lines_without(lines, "amount", None)}
    return None


def _lines_without(lines: object, name: str, number: int | None) -> list[Event] | None:
    """The lines, of which one, or all, lack that field."""
    if not isinstance(lines, list):
        return None
    return [
        {key: one for key, one in line.items() if key != name or number not in (None, at)}
        for at, line in enumerate(lines)
    ]


def _first_of(events: list[ServerEvent], count: int) -> list[ServerEvent]:
    """Have the order itself say that of so many things these are the first: who reads it must not take them
    for all."""
    own = [at for at, one in enumerate(events) if one.kind == "order.updated"]
    return [
        replace(one, id=f"{one.id}:{count}", things_count=count) if at in own[-1:] else one
        for at, one in enumerate(events)
    ]


def inner(value: Mapping[str, object], *names: str) -> Mapping[str, object]:
    """The map that stands there; empty where none does."""
    for name in names:
        found = value.get(name)
        value = found if isinstance(found, dict) and not isinstance(found, Twice) else {}
    return value


def items(value: Mapping[str, object], name: str) -> Iterator[Mapping[str, object]]:
    """The maps of the list that stands there."""
    found = value.get(name)
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict) and not isinstance(one, Twice):
            yield one


def as_text(value: object, most: int = _WORD_MAX_CHARS) -> str | None:
    """A text that says something and is not too long, or a whole number as one; else None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        return None
    # Half a surrogate pair is no character.
    return value.strip() if value.encode(errors="replace").decode() == value else None


def key(value: Mapping[str, object], name: str = "id") -> str:
    """A platform's own number for a thing. Raises ``Refused``: without it nothing could be kept once."""
    found = as_text(value.get(name), 40)
    if found is None or found == "0":
        raise Refused(name, "the platform's own number", value.get(name), "Nothing of it is kept.")
    return found


def party(*, customer_id: object, email: Iterable[object], phone: Iterable[object]) -> Event | None:
    """Who the customer is: of each kind the first that says something. What does not is left out."""
    found = {
        "customer_id": as_text(customer_id),
        "email": next((text for one in email if (text := as_text(one, _EMAIL_MAX_CHARS))), None),
        "phone": next((text for one in phone if (text := as_text(one, _PHONE_MAX_CHARS))), None),
    }
    said = {name: text for name, text in found.items() if text is not None}
    return said or None


def decimal(value: object) -> Decimal | None:
    """An amount as platforms write it, exactly; None where it is none."""
    if not isinstance(value, str) or not value.removeprefix("-").replace(".", "", 1).isdecimal():
        return None
    if not value.isascii() or len(value) > 40:
        return None
    amount = Decimal(value)
    return amount if abs(amount) <= _HIGHEST and amount == amount.quantize(_FINEST) else None


def comes_to(amount: object, currency: object) -> Event:
    """What an order comes to, beside what else is said of it: that is not lost where this is no amount."""
    known = decimal(amount)
    if known is None or known < 0:
        return {}
    try:
        from_scale(str(amount), "major", str(currency))
    except NotExact:
        return {}
    return {"amount": amount, "currency": currency}


def without_sign(value: object) -> object:
    """The amount of what goes back, which platforms write as a negative one."""
    return value.removeprefix("-") if isinstance(value, str) else value


def lines_of(
    lines: Iterable[Mapping[str, object]],
    amount: Callable[[Mapping[str, object]], Decimal | None] = lambda _: None,
) -> Event:
    """``lines`` by article, name and quantity; where they are more than an event holds the first of them, and
    ``lines_count``."""
    taken: list[Event] = []
    count = 0
    for count, line in enumerate(lines, start=1):
        if count > LINES_MAX_COUNT:
            continue
        cost = amount(line)
        given = {
            "sku": as_text(line.get("sku")),
            "name": as_text(line.get("name"), _NAME_MAX_CHARS) or as_text(line.get("title"), _NAME_MAX_CHARS),
            "quantity": line.get("quantity"),
            "amount": None if cost is None or cost < 0 else f"{cost:f}",
        }
        taken.append({name: one for name, one in given.items() if one is not None})
    return {"lines": taken or None, "lines_count": count if count > LINES_MAX_COUNT else None}
