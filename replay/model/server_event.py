"""What the shop's own systems say: an order was cancelled, a payment was captured, an e-mail went out.

A back office is not a page: what it says is not seen by the customer, it comes out of order and hours late,
and two systems may contradict each other, which is what rules over orders look for. Every event says which
system says so and when it happened there. ``about`` turns it into the edges by which it meets a session, and
``concerning`` says of each event why it is shown to whoever opens one.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from replay.model.bounds import Matching, MaxChars, MaxItems
from replay.model.cart import Word
from replay.model.identity import Identifier, IdentifierKind, normalise
from replay.model.schema import decode, encode

__all__ = [
    "CUSTOMER_KINDS",
    "KINDS",
    "LINES_MAX_COUNT",
    "About",
    "Concerning",
    "Party",
    "Relation",
    "ServerEvent",
]
__all__ += ["ServerEventKind", "ServerLine", "about", "concerning", "content_of", "digest_of", "event_of"]
__all__ += ["customers_numbers", "in_time", "name_digest", "page_number"]

ServerEventKind = Literal[
    "order.created",
    "order.updated",
    "order.cancelled",
    "order.shipped",
    "order.delivered",
    "payment.authorized",
    "payment.captured",
    "payment.refunded",
    "payment.voided",
    "return.requested",
    "return.received",
    "return.closed",
    "email.sent",
    "price.list",
]
KINDS: tuple[ServerEventKind, ...] = get_args(ServerEventKind)

CUSTOMER_KINDS: tuple[IdentifierKind, ...] = ("customer_id", "email", "phone")
"""Edges that say who a customer is."""

LINES_MAX_COUNT = 500
_SHORT_CHARS = 1_000
_REMEMBERED_COUNT = 8_192
"""Short events that are not read again."""

Currency = Annotated[str, Matching(r"[A-Z]{3}", "a currency such as USD (ISO 4217)")]
About = tuple[IdentifierKind, str]
"""An edge of an event: the kind, and the value as it is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The customer, as the system knows them; at least one of these."""

    customer_id: Word | None = None
    email: Annotated[str, MaxChars(254)] | None = None
    phone: Annotated[str, MaxChars(40)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLine:
    """One line that the event is about: of an order, a shipment, a return. ``minor``: the whole line's."""

    sku: Word | None = None
    name: Annotated[str, MaxChars(600)] | None = None
    quantity: Annotated[str, MaxChars(20)] | None = None
    minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerEvent:
    """One thing that one system says. ``id`` is that system's own for it. Amounts are ISO 4217 minor units of
    ``currency`` and never negative: a refund gives back, whatever its sign is elsewhere."""

    id: Word
    kind: ServerEventKind
    system: Word
    occurred_ms: int
    order: Word | None = None
    ids: Annotated[Mapping[str, str | int | float | bool | None], MaxItems(20)] | None = None
    customer: Party | None = None
    status_raw: Word | None = None
    minor: int | None = None
    currency: Currency | None = None
    lines: Annotated[tuple[ServerLine, ...], MaxItems(LINES_MAX_COUNT)] | None = None
    lines_count: int | None = None
    """How many lines there are, where ``lines`` are only the first of them."""
    things_count: int | None = None
    """How many things its system said together with this one, where only the first of them are kept."""
    sku: Word | None = None
    store: Word | None = None
    from_ms: int | None = None
    to_ms: int | None = None

    @property
    def since_ms(self) -> int:
        """Since when a price is in force, as far as that is told."""
        return self.occurred_ms if self.from_ms is None else self.from_ms


Relation = Literal["customer", "order", "claimed", "price"]
"""Why an event concerns a session: it is of a customer who is verified there (or of that customer's order);
of an order that the customer's page named; of somebody whom the page only claimed; the price of an article
that was seen there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerning:
    """An event, and why it concerns a session."""

    event: ServerEvent
    received_ms: int
    by: Relation


def content_of(event: ServerEvent) -> str:
    """The event as it is kept."""
    return json.dumps(encode(event), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def event_of(content: str) -> ServerEvent:
    """The event that ``content_of`` wrote."""
    return _event_of_short(content) if len(content) <= _SHORT_CHARS else _event_of(content)


def _event_of(content: str) -> ServerEvent:
    return decode(ServerEvent, json.loads(content))


# The prices of common articles concern every visit, and each is judged again every few seconds.
_event_of_short = functools.lru_cache(maxsize=_REMEMBERED_COUNT)(_event_of)


def digest_of(event: ServerEvent) -> bytes:
    """The same for the same event, however its JSON was written."""
    return hashlib.sha256(content_of(event).encode()).digest()


def page_number(event: ServerEvent) -> str | None:
    """The number by which the shop's pages name the order, where that is another than customers know."""
    number = (event.ids or {}).get("page")
    return number if isinstance(number, str) and event.order is not None else None


def customers_numbers(told: Iterable[Concerning]) -> dict[str, str]:
    """By the numbers, as they compare, under which the shop's pages and parts of an order name it: the one
    that customers know."""
    pairs = (
        (number, one.event.order) for one in told if one.event.order and (number := page_number(one.event))
    )
    compared = ((normalise("order", number, ""), order) for number, order in pairs)
    return {number: order for number, order in compared if number != normalise("order", order, "")}


def name_digest(site: str, event: ServerEvent) -> bytes:
    """Stands for the id of an event, which can say whose it is, where that is not to be kept."""
    return hashlib.sha256(json.dumps([site, event.system, event.id]).encode()).digest()


def about(event: ServerEvent, region: str) -> tuple[About, ...]:
    """The edges of an event, each once; ``region`` is for phones."""
    party = event.customer or Party()
    given: tuple[tuple[IdentifierKind, str | None], ...] = (
        ("order", event.order),
        ("order", page_number(event)),
        ("customer_id", party.customer_id),
        ("email", party.email),
        ("phone", party.phone),
        ("sku", event.sku if event.kind == "price.list" else None),
    )
    edges = ((kind, normalise(kind, text, region)) for kind, text in given if text)
    return tuple(dict.fromkeys(edge for edge in edges if edge[1]))


def concerning(
    events: Iterable[tuple[ServerEvent, int, Sequence[About]]], edges: Sequence[Identifier]
) -> list[Concerning]:
    """Of events with the time they came and their edges, those that concern the session with ``edges``, by
    the time at which they happened.

    Anybody can name an order in their own browser: if a system says that it is somebody else's than the
    session is verified to be, it stands among what was only claimed.
    """
    given = list(events)
    verified = {(edge.kind, edge.value) for edge in edges if edge.verified and edge.kind in CUSTOMER_KINDS}
    claimed = {(edge.kind, edge.value) for edge in edges if edge.kind in CUSTOMER_KINDS} - verified
    orders = {edge.value for edge in edges if edge.kind == "order"}
    articles = {edge.value for edge in edges if edge.kind == "sku"}
    kinds = {kind for kind, _ in verified}
    named: dict[str, set[About]] = {}
    same: dict[str, set[str]] = {}
    """The numbers by which one order is named: what belongs to it may name it by one of them alone."""
    for _, _, own in given:
        numbers = _values(own, "order")
        for order in numbers:
            named.setdefault(order, set()).update(one for one in own if one[0] in CUSTOMER_KINDS)
            same.setdefault(order, set()).update(numbers)

    def relation(event: ServerEvent, own: Sequence[About]) -> Relation | None:
        if event.kind == "price.list":
            return "price" if articles.intersection(_values(own, "sku")) else None
        mine = set[str]().union(*(same[order] for order in _values(own, "order")))
        parties = {one for one in own if one[0] in CUSTOMER_KINDS}.union(*(named[order] for order in mine))
        if parties & verified:
            return "customer"
        if orders.intersection(mine):
            return "claimed" if any(kind in kinds for kind, _ in parties) else "order"
        return "claimed" if parties & claimed else None

    found = [
        Concerning(event=event, received_ms=received_ms, by=by)
        for event, received_ms, own in given
        if (by := relation(event, own)) is not None
    ]
    return in_time(found)


def in_time(told: Iterable[Concerning]) -> list[Concerning]:
    """By the time at which it happened, as the systems say."""
    return sorted(told, key=lambda one: (one.event.occurred_ms, one.received_ms, one.event.id))


def _values(edges: Sequence[About], wanted: IdentifierKind) -> list[str]:
    return [value for kind, value in edges if kind == wanted]
