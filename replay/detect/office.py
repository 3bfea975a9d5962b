"""What the shop's own systems say of the customer whose session is judged.

It comes out of order, hours late and again after a restart, so it is not folded fact by fact: rules are
handed all of it each time, and look at it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from replay.model.finding import Judgement
from replay.model.identity import normalise
from replay.model.server_event import Concerning, ServerEvent, customers_numbers, page_number

__all__ = ["BackOffice", "Order", "order_key"]


def order_key(order: str) -> str:
    """An order's number as it compares."""
    return normalise("order", order, "")


@dataclass(frozen=True, slots=True)
class Order:
    """One order as all systems tell of it, in the order of the times at which they say it happened."""

    key: str
    said: str
    told: tuple[Concerning, ...]

    @property
    def events(self) -> tuple[ServerEvent, ...]:
        """What was told, without when it came."""
        return tuple(one.event for one in self.told)

    def of(self, *kinds: str) -> tuple[ServerEvent, ...]:
        """The events of these kinds."""
        return tuple(one for one in self.events if one.kind in kinds)

    @property
    def heard_ms(self) -> int:
        """When the last of all that was told came."""
        return max(one.received_ms for one in self.told)

    def received_ms(self, *events: ServerEvent) -> int:
        """When the last of these events came."""
        return max(one.received_ms for one in self.told if one.event in events)


@dataclass(slots=True)
class BackOffice:
    """What is known of it now. What was told of somebody whom the page only claimed accuses nobody."""

    orders: dict[str, Order] = field(default_factory=dict)
    """By ``order_key``."""
    known_orders: frozenset[str] = frozenset()
    """Keys of all orders that were told of, whoever's they are."""
    prices: tuple[ServerEvent, ...] = ()
    orders_since_ms: int | None = None
    """Since when the site tells of its orders at all."""
    until_ms: int | None = None
    """When it was asked for the last time, if it is not asked any more."""
    _told: Sequence[Concerning] = ()

    @property
    def told(self) -> Sequence[Concerning]:
        """Everything, in the order in which it happened."""
        return self._told

    def hear(
        self, told: Sequence[Concerning], orders_since_ms: int | None, until_ms: int | None = None
    ) -> None:
        """This is all of it now, in the order of ``replay.model.server_event.concerning``."""
        self.orders_since_ms, self.until_ms = orders_since_ms, until_ms
        if told == self._told:
            return
        self._told = told
        numbers = customers_numbers(told)
        own: dict[str, list[Concerning]] = {}
        for one in told:
            if one.event.order and one.by in ("customer", "order"):
                key = order_key(one.event.order)
                own.setdefault(order_key(numbers.get(key, key)), []).append(one)
        self.orders = {key: Order(key, _said(key, parts), tuple(parts)) for key, parts in own.items()}
        self.known_orders = frozenset(
            order_key(number)
            for one in told
            if one.event.kind.startswith("order.")
            for number in (one.event.order, page_number(one.event))
            if number
        )
        self.prices = tuple(one.event for one in told if one.by == "price")

    def judge(self, now_ms: float, judge: Callable[[float], Judgement]) -> Judgement:
        """What ``judge`` says of what systems say, as it stood when they were asked for the last time: that
        one has not said something since then accuses nobody."""
        if self.until_ms is None:
            return judge(now_ms)
        return replace(judge(min(now_ms, self.until_ms)), wake_ms=None)


def _said(key: str, parts: Sequence[Concerning]) -> str:
    """The number of the order as customers know it."""
    said = (one.event.order for one in parts if one.event.order and order_key(one.event.order) == key)
    return next(said, key)
