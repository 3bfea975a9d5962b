"""What else is known of an amount that was displayed: what the shop's answers, orders and price lists say.

A caller can edit their own page, so that what was displayed is told together with what stands beside it. Each
source is asked by itself and none is preferred: it says the same, another amount, or why the two do not
compare. Amounts are compared as minor units of one currency, and only those of the same article, or of the
whole cart. What a source said of another state of the cart is left out, and so is a source that says nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import Literal

from replay.detect.by_article import ByArticle, Numbers
from replay.detect.reasons import pieces
from replay.detect.rows import kind_of
from replay.detect.shown import Price, Reader, comparable, say
from replay.model.cart import Amount, CartState, Line, Text
from replay.model.events import PageLoaded, PriceShown
from replay.model.server_event import Concerning, ServerEvent, ServerLine
from replay.model.timeline import Entry

__all__ = ["Mark", "Place", "corroborated"]

Place = tuple[str, int, int]
"""A fact: its page load, number and index."""

NEAR_MS = 30_000
"""How long before what was displayed an answer may have come that it was made of."""
BEHIND_MS = 2_000
"""How long after it: pages show at once what the shop's answer then says."""
ORDER_MS = 30 * 60_000
"""How long after the last cart an order may have been placed that it is compared with."""
NAMED_MAX_COUNT = 3
"""More stores with one price are counted and not named."""


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
        self._price_of = cache(
            lambda raw, currency, minor: reader.price(Amount(raw=raw, currency=currency, minor=minor))
        )
        self._compared = cache(_compare)
        self._articles = Numbers()
        carts = [(entry, entry.event.fact) for entry in entries if isinstance(entry.event.fact, CartState)]
        self._stood = dict(_standing(carts))
        self._stated_carts = sorted(
            ((entry.t, state) for entry, state in carts if state.source != "displayed"), key=itemgetter(0)
        )
        self._lines: dict[int, ByArticle[Line]] = {}
        """Of the states that were looked at, by what they are."""
        self._stated = ByArticle(
            self._articles,
            (
                (fact.sku, fact.name, (entry.t, fact))
                for entry in entries
                if isinstance(fact := entry.event.fact, PriceShown)
                and fact.source != "displayed"
                and fact.role == "current"
            ),
        )
        prices = [one.event for one in told if one.event.kind == "price.list"]
        listed = ByArticle(self._articles, ((price.sku, None, price) for price in prices))
        self._changes = sorted({t for one in prices for t in (one.since_ms, one.to_ms) if t is not None})
        """When a price list begins or ends: in between they all stand."""
        self._in_force = cache(lambda sku, passed: _in_force(listed, sku, self._changes[passed - 1]))
        self._orders = [
            (
                one.event,
                ByArticle(self._articles, ((line.sku, None, line) for line in one.event.lines or ())),
            )
            for one in told
            if one.event.kind == "order.created" and one.by in ("customer", "order")
        ]

    def marks(self, entry: Entry) -> Iterator[Mark]:
        fact = entry.event.fact
        if isinstance(fact, PriceShown):
            if fact.source == "displayed" and fact.role == "current" and fact.context == "product":
                yield from self._price(entry.t, fact)
        elif isinstance(fact, CartState) and fact.source == "displayed":
            since, until = self._stood[id(entry)]
            stated = self._near(entry.t, since, min(entry.t + BEHIND_MS, until))
            last_ms = min(entry.t + ORDER_MS, until)
            orders = [one for one in self._orders if entry.t <= one[0].occurred_ms <= last_ms]
            for spot in _spots(fact):
                for t, state in stated:
                    yield from self._state(spot, t, fact, state)
                for order, lines in orders[-1:]:
                    yield from self._order(spot, fact, order, lines)
                if spot.line is not None and spot.line.sku and spot.at.endswith("unit"):
                    yield from self._lists(spot.at, spot.amount, spot.line.sku, entry.t)

    def _near(self, t: float, since: float, until: float) -> list[tuple[float, CartState]]:
        """Of each source what it said nearest to ``t``."""
        nearest: dict[tuple[str, str], tuple[float, CartState]] = {}
        first = bisect_left(self._stated_carts, max(since, t - NEAR_MS), key=itemgetter(0))
        for said in islice(self._stated_carts, first, None):
            at, state = said
            if at > until:
                break
            known = nearest.get((state.surface, state.source))
            if known is None or abs(at - t) <= abs(known[0] - t):
                nearest[state.surface, state.source] = said
        return list(nearest.values())

    def _of_article(self, line: Line, state: CartState) -> Sequence[Line]:
        lines = self._lines.get(id(state))
        if lines is None:
            named = ((one.sku, one.name, one) for one in state.lines or ())
            lines = self._lines[id(state)] = ByArticle(self._articles, named)
        return lines.of(line.sku, line.name)

    def _state(self, spot: _Spot, t: float, shown: CartState, state: CartState) -> Iterator[Mark]:
        who = state.surface
        if spot.line is None:
            for row in state.totals:
                if kind_of(row) == "total" and row.amount is not None:
                    yield self._mark(spot, "stated", who, t, row.amount, state.via)
                    return
            return
        same = self._of_article(spot.line, state)
        if len(same) > 1 or (same and len(self._of_article(spot.line, shown)) > 1):
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

    def _order(
        self, spot: _Spot, shown: CartState, order: ServerEvent, lines: ByArticle[ServerLine]
    ) -> Iterator[Mark]:
        who, t, minor = order.system, float(order.occurred_ms), order.minor
        if spot.line is not None:
            same = lines.of(spot.line.sku, None)
            is_whole = spot.at.endswith("total") or _is_one(spot.line.quantity)
            is_one = len(same) == 1 and order.lines_count is None
            if not is_one or not is_whole or len(self._of_article(spot.line, shown)) != 1:
                return
            minor = same[0].minor
            if (ordered := same[0].quantity) is not None and _count(ordered) != pieces(spot.line):
                yield Mark(
                    at=spot.at,
                    kind="order",
                    outcome="unclear",
                    who=who,
                    since_ms=t,
                    why=f"it is of {ordered} of them",
                )
                return
        if minor is not None and order.currency is not None:
            yield self._mark(spot, "order", who, t, Amount(minor=minor, currency=order.currency))

    def _price(self, t: float, fact: PriceShown) -> Iterator[Mark]:
        nearest: dict[str, tuple[float, Amount]] = {}
        for at, other in self._stated.of(fact.sku, fact.name):
            if abs(at - t) <= NEAR_MS:
                known = nearest.get(other.source)
                if known is None or abs(at - t) <= abs(known[0] - t):
                    nearest[other.source] = at, other.amount
        for who, (at, amount) in nearest.items():
            yield self._mark(_Spot("price", fact.amount), "stated", who, at, amount)
        if fact.sku:
            yield from self._lists("price", fact.amount, fact.sku, t)

    def _lists(self, at: str, amount: Amount, sku: str, t: float) -> Iterator[Mark]:
        passed = bisect_right(self._changes, t)
        for who, since_ms, listed in self._in_force(sku, passed) if passed else ():
            yield self._mark(_Spot(at, amount), "list", who, since_ms, listed)

    def _mark(
        self,
        spot: _Spot,
        kind: Literal["stated", "order", "list"],
        who: str,
        t: float,
        amount: Amount,
        via: str | None = None,
    ) -> Mark:
        shown, said = (self._price_of(one.raw, one.currency, one.minor) for one in (spot.amount, amount))
        outcome, raw, why = self._compared(shown, said, amount.raw)
        return Mark(at=spot.at, kind=kind, outcome=outcome, who=who, since_ms=t, amount=raw, why=why, via=via)


def _compare(
    shown: Price | str, said: Price | str, raw: str | None
) -> tuple[Literal["same", "other", "unclear"], str | None, str | None]:
    """Whether they are the same, what was said (``raw`` if it cannot be read), why they do not compare."""
    if isinstance(said, Price):
        is_text, raw = raw is not None, said.raw
        if isinstance(shown, Price) and not is_text and shown.unit == said.unit:
            # As the customer would read it.
            raw = say(said.minor, shown)
    if isinstance(shown, str) or isinstance(said, str):
        return "unclear", raw, shown if isinstance(shown, str) else str(said)
    why = comparable(shown, said)
    if why is not None:
        return "unclear", raw, why
    return "same" if shown.minor == said.minor else "other", raw, None


def _in_force(listed: ByArticle[ServerEvent], sku: str, t: float) -> list[tuple[str, float, Amount]]:
    """Of each store the price that was in force, the one that began last; stores that say one thing since one
    time say it together."""
    latest: dict[tuple[str, str | None], ServerEvent] = {}
    for price in listed.of(sku, None):
        if price.since_ms <= t and (price.to_ms is None or t < price.to_ms):
            known = latest.get((price.system, price.store))
            if known is None or known.since_ms <= price.since_ms:
                latest[price.system, price.store] = price
    alike: dict[tuple[object, ...], list[ServerEvent]] = {}
    for price in latest.values():
        alike.setdefault((price.system, price.since_ms, price.minor, price.currency), []).append(price)
    return [
        (
            _stores([one.store for one in same if one.store], same[0].system),
            same[0].since_ms,
            Amount(minor=same[0].minor, currency=same[0].currency),
        )
        for same in alike.values()
    ]


def _standing(
    carts: Iterable[tuple[Entry, CartState]],
) -> Iterator[tuple[int, tuple[float, float]]]:
    """Of each displayed cart when the same surface showed another before and after."""
    surfaces: dict[str, list[Entry]] = {}
    runs: dict[str, tuple[object, float]] = {}
    for entry, state in carts:
        if state.source != "displayed":
            continue
        own, (content, since) = (
            surfaces.setdefault(state.surface, []),
            runs.get(state.surface, (None, float("-inf"))),
        )
        mine = _content(state)
        if own and mine != content:
            yield from ((id(one), (since, max(entry.t, one.t))) for one in own)
            since = own[-1].t
            own.clear()
        runs[state.surface] = mine, since
        own.append(entry)
    for surface, own in surfaces.items():
        yield from ((id(one), (runs[surface][1], float("inf"))) for one in own)


def _stores(names: Sequence[str], system: str) -> str:
    """Whose price list it is: of a few stores their names, else how many they are."""
    if len(names) > NAMED_MAX_COUNT:
        return f"{len(names)} stores ({system})"
    return f"{', '.join(names)} ({system})" if names else system


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


def _content(state: CartState) -> object:
    """What a cart says, wherever it stood on the page."""
    lines = state.lines and [
        (one.sku, _raw(one.name), _raw(one.quantity), _raw(one.unit), _raw(one.total)) for one in state.lines
    ]
    return lines, [(row.key, _raw(row.amount)) for row in state.totals]


def _raw(given: Text | Amount | None) -> str | None:
    return given.raw if given else None


def _count(quantity: str) -> float | None:
    return pieces(Line(quantity=Text(raw=quantity)))


def _is_one(quantity: Text | None) -> bool:
    return quantity is not None and quantity.raw.strip() == "1"
