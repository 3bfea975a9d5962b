"""What else is known of an amount that was displayed: what the shop's answers, orders and price lists say.

A caller can edit their own page, so that what was displayed is told together with what stands beside it. Each
source is asked by itself and none is preferred: it says the same, another amount, or why the two do not
compare. Amounts are compared as minor units of one currency, and only those of the same article, or of the
whole cart. What a source said of another state of the cart is left out, and so is a source that says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from replay.detect.articles import fold_name
from replay.detect.rows import kind_of
from replay.detect.shown import Price, Reader, comparable, say
from replay.model.cart import Amount, CartState, Line, Text
from replay.model.events import PageLoaded, PriceShown
from replay.model.identity import normalise
from replay.model.server_event import Concerning, ServerEvent
from replay.model.timeline import Entry

__all__ = ["Mark", "Place", "corroborated"]

Place = tuple[str, int, int]
"""A fact: its page load, number and index."""

NEAR_MS = 30_000
"""How long before what was displayed an answer may have come that it was made of."""
BEHIND_MS = 2_000
"""How long after it: pages show at once what the shop's answer then says."""
_CACHED_COUNT = 4_096
"""Names and numbers of articles that are kept as they compare: each is compared with every line."""
ORDER_MS = 30 * 60_000
"""How long after the last cart an order may have been placed that it is compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What ``who`` says of one displayed amount. ``at``: which of the fact's (``price``, ``line 0 unit``,
    ``line 0 total``, ``total 3``); ``since_ms``: when it was said, or since when the price is in force;
    ``amount``: what it says; ``why``: why it does not compare; ``via``: by which adapter the page's data was
    read."""

    at: str
    kind: Literal["stated", "order", "list"]
    outcome: Literal["same", "other", "unclear"]
    who: str
    since_ms: float
    amount: str | None = None
    why: str | None = None
    via: str | None = None


@dataclass(frozen=True, slots=True)
class _Spot:
    """A displayed amount, and of what."""

    at: str
    amount: Amount
    line: Line | None = None


def corroborated(
    entries: Sequence[Entry], told: Iterable[Concerning], currency: str | None, wanted: Collection[Place]
) -> Mapping[Place, tuple[Mark, ...]]:
    """Of the wanted facts that are displayed carts and prices, what else is known of their amounts."""
    reader = Reader(currency or _stated_currency(entries))
    for entry in entries:
        _learn(reader, entry)
    known = _Known(entries, tuple(told), reader)
    return {
        place: tuple(known.marks(entry))
        for entry in entries
        if (place := (entry.load, entry.number, entry.index)) in wanted
    }


def _stated_currency(entries: Iterable[Entry]) -> str | None:
    """What the shop itself says that its carts are in, if that is one currency; no displayed sign says it."""
    stated: set[str | None] = set()
    for entry in entries:
        fact = entry.event.fact
        if isinstance(fact, CartState) and fact.source != "displayed":
            rows = (row.amount for row in fact.totals)
            lines = (amount for line in fact.lines or () for amount in (line.unit, line.total))
            stated |= {fact.currency, *(one.currency for one in (*rows, *lines) if one is not None)}
    stated.discard(None)
    return stated.pop() if len(stated) == 1 else None


def _learn(reader: Reader, entry: Entry) -> None:
    fact = entry.event.fact
    if isinstance(fact, PageLoaded):
        reader.page_in(fact.circumstances.language)
    elif isinstance(fact, PriceShown) and fact.source == "displayed":
        reader.learn_from(fact.amount)
    elif isinstance(fact, CartState) and fact.source == "displayed":
        for line in fact.lines or ():
            reader.learn_from(line.unit or line.total)
        for total in fact.totals:
            reader.learn_from(total.amount)


class _Known:
    def __init__(self, entries: Sequence[Entry], told: Sequence[Concerning], reader: Reader) -> None:
        self._reader = reader
        self._carts = [
            (entry, entry.event.fact) for entry in entries if isinstance(entry.event.fact, CartState)
        ]
        self._stated = [
            (entry.t, entry.event.fact)
            for entry in entries
            if isinstance(entry.event.fact, PriceShown) and entry.event.fact.source != "displayed"
        ]
        self._listed = [one.event for one in told if one.event.kind == "price.list"]
        self._orders = [
            one.event for one in told if one.event.kind == "order.created" and one.by in ("customer", "order")
        ]

    def marks(self, entry: Entry) -> Iterator[Mark]:
        fact = entry.event.fact
        if isinstance(fact, PriceShown):
            if fact.source == "displayed" and fact.role == "current" and fact.context == "product":
                yield from self._price(entry.t, fact)
        elif isinstance(fact, CartState) and fact.source == "displayed":
            since, until = self._stood(entry, fact)
            stated = self._near(entry.t, since, min(entry.t + BEHIND_MS, until))
            orders = [
                one for one in self._orders if entry.t <= one.occurred_ms <= min(entry.t + ORDER_MS, until)
            ]
            for spot in _spots(fact):
                for t, state in stated:
                    yield from self._state(spot, t, fact, state)
                for order in orders[-1:]:
                    yield from self._order(spot, fact, order)
                if spot.line is not None and spot.line.sku and spot.at.endswith("unit"):
                    yield from self._lists(spot.at, spot.amount, spot.line.sku, entry.t)

    def _stood(self, entry: Entry, fact: CartState) -> tuple[float, float]:
        """When the same surface showed another cart before and after."""
        mine = _content(fact)
        since, until, is_before = float("-inf"), float("inf"), True
        for other, state in self._carts:
            if other is entry:
                is_before = False
            elif state.source == "displayed" and state.surface == fact.surface and _content(state) != mine:
                if not is_before:
                    until = max(other.t, entry.t)
                    break
                since = other.t
        return since, until

    def _near(self, t: float, since: float, until: float) -> list[tuple[float, CartState]]:
        """Of each source what it said nearest to ``t``."""
        nearest: dict[tuple[str, str], tuple[float, CartState]] = {}
        for entry, state in self._carts:
            if state.source == "displayed" or not max(since, t - NEAR_MS) <= entry.t <= until:
                continue
            known = nearest.get((state.surface, state.source))
            if known is None or abs(entry.t - t) <= abs(known[0] - t):
                nearest[state.surface, state.source] = entry.t, state
        return list(nearest.values())

    def _state(self, spot: _Spot, t: float, shown: CartState, state: CartState) -> Iterator[Mark]:
        who = state.surface
        if spot.line is None:
            for row in state.totals:
                if kind_of(row) == "total" and row.amount is not None:
                    yield self._mark(spot, "stated", who, t, row.amount, state.via)
                    return
            return
        same = _same_article(spot.line, state.lines or ())
        if len(same) > 1 or (same and len(_same_article(spot.line, shown.lines or ())) > 1):
            yield Mark(
                at=spot.at,
                kind="stated",
                outcome="unclear",
                who=who,
                since_ms=t,
                why="several lines are of this article",
                via=state.via,
            )
        elif same and (amount := _counterpart(spot, same[0])) is not None:
            yield self._mark(spot, "stated", who, t, amount, state.via)

    def _order(self, spot: _Spot, shown: CartState, order: ServerEvent) -> Iterator[Mark]:
        who, t, minor = order.system, float(order.occurred_ms), order.minor
        if spot.line is not None:
            same = [
                one
                for one in order.lines or ()
                if one.sku and spot.line.sku and _number(one.sku) == _number(spot.line.sku)
            ]
            is_whole = spot.at.endswith("total") or _is_one(spot.line.quantity)
            if len(same) != 1 or not is_whole or len(_same_article(spot.line, shown.lines or ())) != 1:
                return
            minor = same[0].minor
        if minor is not None and order.currency is not None:
            yield self._mark(spot, "order", who, t, Amount(minor=minor, currency=order.currency))

    def _price(self, t: float, fact: PriceShown) -> Iterator[Mark]:
        nearest: dict[str, tuple[float, Amount]] = {}
        for at, other in self._stated:
            is_same = _same_product(other, fact)
            if is_same and other.role == "current" and abs(at - t) <= NEAR_MS:
                known = nearest.get(other.source)
                if known is None or abs(at - t) <= abs(known[0] - t):
                    nearest[other.source] = at, other.amount
        for who, (at, amount) in nearest.items():
            yield self._mark(_Spot("price", fact.amount), "stated", who, at, amount)
        if fact.sku:
            yield from self._lists("price", fact.amount, fact.sku, t)

    def _lists(self, at: str, amount: Amount, sku: str, t: float) -> Iterator[Mark]:
        """Of each store the price that was in force: the one that began last."""
        latest: dict[tuple[str, str | None], ServerEvent] = {}
        for price in self._listed:
            is_in_force = price.since_ms <= t and (price.to_ms is None or t < price.to_ms)
            known = latest.get((price.system, price.store))
            is_of_it = price.sku is not None and _number(price.sku) == _number(sku)
            if is_in_force and is_of_it and (known is None or known.since_ms <= price.since_ms):
                latest[price.system, price.store] = price
        for (system, store), price in latest.items():
            listed = Amount(minor=price.minor, currency=price.currency)
            who = f"{store} ({system})" if store else system
            yield self._mark(_Spot(at, amount), "list", who, price.since_ms, listed)

    def _mark(
        self,
        spot: _Spot,
        kind: Literal["stated", "order", "list"],
        who: str,
        t: float,
        amount: Amount,
        via: str | None = None,
    ) -> Mark:
        shown, said = self._reader.price(spot.amount), self._reader.price(amount)
        outcome: Literal["same", "other", "unclear"] = "unclear"
        why: str | None = None
        raw = said.raw if isinstance(said, Price) else amount.raw
        if isinstance(shown, str):
            why = shown
        elif isinstance(said, str):
            why = said
        else:
            why = comparable(shown, said)
            if why is None:
                outcome = "same" if shown.minor == said.minor else "other"
            if amount.raw is None and shown.unit == said.unit:
                # As the customer would read it.
                raw = say(said.minor, shown)
        return Mark(at=spot.at, kind=kind, outcome=outcome, who=who, since_ms=t, amount=raw, why=why, via=via)


def _spots(state: CartState) -> Iterator[_Spot]:
    """The amounts that something else can be known of."""
    for at, line in enumerate(state.lines or ()):
        if line.unit is not None:
            yield _Spot(f"line {at} unit", line.unit, line)
        if line.total is not None:
            yield _Spot(f"line {at} total", line.total, line)
    for at, row in enumerate(state.totals):
        if kind_of(row) == "total" and row.amount is not None:
            yield _Spot(f"total {at}", row.amount)
            return


def _counterpart(spot: _Spot, other: Line) -> Amount | None:
    """The amount of another source's line that means the same; of a single piece both mean the same."""
    is_unit = spot.at.endswith("unit")
    own, instead = (other.unit, other.total) if is_unit else (other.total, other.unit)
    if own is not None:
        return own
    is_single = _is_one(other.quantity) and spot.line is not None and _is_one(spot.line.quantity)
    return instead if is_single else None


def _same_article(line: Line, lines: Iterable[Line]) -> list[Line]:
    if line.sku and (found := [one for one in lines if one.sku and _number(one.sku) == _number(line.sku)]):
        return found
    name = _name(line.name)
    return [one for one in lines if name and _name(one.name) == name and not (one.sku and line.sku)]


def _same_product(one: PriceShown, other: PriceShown) -> bool:
    if one.sku and other.sku:
        return _number(one.sku) == _number(other.sku)
    return _name(one.name) == _name(other.name) != ""


def _content(state: CartState) -> object:
    """What a cart says, wherever it stood on the page."""
    lines = state.lines and [
        (one.sku, _raw(one.name), _raw(one.quantity), _raw(one.unit), _raw(one.total)) for one in state.lines
    ]
    return lines, [(row.key, _raw(row.amount)) for row in state.totals]


def _raw(given: Text | Amount | None) -> str | None:
    return given.raw if given else None


def _name(name: Text | None) -> str:
    return _folded(name.raw) if name else ""


@lru_cache(maxsize=_CACHED_COUNT)
def _folded(name: str) -> str:
    return fold_name(name)


@lru_cache(maxsize=_CACHED_COUNT)
def _number(sku: str) -> str:
    return normalise("sku", sku, "")


def _is_one(quantity: Text | None) -> bool:
    return quantity is not None and quantity.raw.strip() == "1"
