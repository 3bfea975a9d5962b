"""What one displayed cart says of one registered promise: kept, not due, too little, or not to be told.

Whoever is accused here is the shop, in front of its customer, so a cart that may hold the discount in any way
that is not spelt out (in the prices of its lines, in a total that its rows do not make) tells nothing. Only
integers are compared, and never closer than the shop rounds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from replay.detect.answers import names_way_of_sending
from replay.detect.benefits import Cart
from replay.detect.reasons import pieces
from replay.detect.rows import amount_of, kind_of, text_of
from replay.detect.shown import UNSTATED_EXPONENT, Price, Reader, apart, say
from replay.model.cart import Amount, CartState, Line, Text
from replay.model.money import Money, tolerance
from replay.model.money import say as say_money
from replay.model.promo import Promise, expected_minor

__all__ = ["Answer", "Held", "Kept", "NotDue", "Short", "Unclear"]

_INCLUDED = re.compile(r"\b(?:incl|inkl|inclu|enthalten|davon|dont|ttc|of which)")


@dataclass(frozen=True, slots=True)
class Kept:
    """``said``: what was given, as a part of a sentence."""

    said: str
    shown: Amount | Text | None = None


@dataclass(frozen=True, slots=True)
class NotDue:
    """A condition is not met."""

    why: str


@dataclass(frozen=True, slots=True)
class Unclear:
    why: str


@dataclass(frozen=True, slots=True)
class Short:
    """Less than was due. ``said``: what there was, as a clause; ``signature``: the same without amounts."""

    said: str
    signature: str
    due: Price | None = None
    shown: Amount | Text | None = None


Answer = Kept | NotDue | Unclear | Short


class Held:
    """One cart, to be held against promises."""

    def __init__(self, state: CartState, units: Mapping[str, str], reader: Reader) -> None:
        """``units``: what pages showed as the price of each article."""
        self._state = state
        self._units = units
        self._reader = reader
        self._cart = Cart(state, units, reader)

    def against(self, promise: Promise, code: str | None, *, is_accepted: bool) -> Answer:
        """The answer. ``code``: the one that was given for it; ``is_accepted``: the shop took it, which also
        answers for what only the shop can know."""
        goods = self._cart.goods
        if goods is None:
            return Unclear("the cart showed no amounts")
        eligible = self._eligible(promise, goods)
        if not isinstance(eligible, Price):
            return eligible
        spent = self._spent(promise, goods, eligible)
        if spent is not None:
            return spent
        if promise.first_order and not is_accepted:
            return Unclear("it is for a first order only, and whether this is one is not seen here")
        if promise.free_shipping:
            return self._shipping(promise)
        if promise.gift_sku is not None:
            return self._gift(promise.gift_sku)
        return self._off(promise, eligible, code)

    def _eligible(self, promise: Promise, goods: Price) -> Price | Answer:
        """What the articles cost that it is for."""
        if promise.is_for_all:
            return goods
        lines = self._state.lines or ()
        if self._state.lines_cut or any(line.sku is None for line in lines):
            return Unclear("it is not for every article, and not all in the cart have a number")
        meant = [line for line in lines if line.sku is not None and promise.takes(line.sku)]
        if not meant:
            return NotDue("it is for none of the articles in the cart")
        if len(meant) == len(lines):
            return goods
        prices = [self._line(line) for line in meant]
        known = [one for one in prices if one is not None and one.unit == goods.unit]
        if len(known) < len(prices):
            return Unclear("it is not for every article, and what those that it is for cost was not shown")
        return replace(goods, minor=sum(one.minor for one in known))

    def _line(self, line: Line) -> Price | None:
        price = self._reader.price(line.total or (line.unit if pieces(line) == 1 else None))
        return price if isinstance(price, Price) else None

    def _spent(self, promise: Promise, goods: Price, eligible: Price) -> Answer | None:
        """Why it may not be due for what is spent; None where that is enough beyond doubt."""
        if promise.currency is None:
            return None
        if not goods.is_currency:
            return Unclear(f"“{goods.raw}” does not say in which currency")
        if goods.unit != promise.currency:
            return Unclear(f"it is in {promise.currency}, and the cart in {goods.unit}")
        least = promise.min_minor
        if least is None:
            return None
        from_least = say_money(Money(least, promise.currency), [goods.raw])
        if goods.minor < least:
            return NotDue(f"it is from {from_least}, and the cart came to {say(goods.minor, goods)}")
        if eligible.minor - self._taken_off < least:
            return Unclear(f"what counts towards the {from_least} that it takes was not spelt out")
        return None

    def _shipping(self, promise: Promise) -> Answer:
        row = amount_of(self._state, "shipping")
        price = self._reader.price(row)
        if isinstance(price, str):
            return Unclear("it is about shipping, which was not known yet")
        if price.minor == 0:
            return Kept("shipping was free", row)
        if self._taken_off >= price.minor:
            return Unclear("something was taken off, which may be what shipping cost")
        said = " ".join(text_of(one) for one in self._state.totals if kind_of(one) == "shipping")
        if names_way_of_sending(promise.title) or names_way_of_sending(said):
            return Unclear("it may be for another way of sending than the one that was chosen")
        return Short(f"shipping cost {price.raw}", "shipping charged", price, row)

    def _gift(self, sku: str) -> Answer:
        lines = self._state.lines or ()
        for line in lines:
            if line.sku is not None and line.sku.casefold() == sku.casefold():
                price = self._line(line)
                if price is None:
                    return Unclear("what the gift cost was not shown")
                if price.minor == 0 or self._taken_off >= price.minor:
                    return Kept("the gift was in the cart", line.name or line.total)
                return Short(f"the gift cost {price.raw}", "gift charged", price, line.total)
        if self._state.lines_cut or any(line.sku is None for line in lines):
            return Unclear("not all articles in the cart have a number, and one may be the gift")
        return Short("the gift was not in the cart", "gift missing", shown=self._last_amount)

    def _off(self, promise: Promise, eligible: Price, code: str | None) -> Answer:
        expected = expected_minor(promise, eligible.minor) or 0
        least = expected - self._tolerance(eligible)
        own, others = self._own(code), self._of_others(code)
        off = self._reader.minor_off(own)
        if own is not None and off is not None:
            # A percentage may be of what another discount leaves.
            after = expected_minor(promise, max(0, eligible.minor - others)) or 0
            if off >= min(expected, after) - self._tolerance(eligible):
                return Kept(f"{say(off, eligible)} was taken off", own)
        if self._unread_row:
            return Unclear(f"what “{self._unread_row}” takes off cannot be read")
        if self._taken_off - others >= least:
            # Whatever it is called, the customer has what was promised, or better.
            return Kept(f"{say(self._taken_off, eligible)} was taken off", own or self._last_amount)
        if others:
            return Unclear("another code took something off, and whether both are due is not registered")
        hidden = max(self._lowered(code) + self._noted - self._taken_off, self._implied - self._taken_off)
        if self._taken_off + hidden >= least:
            return Unclear("the prices in the cart may hold it already")
        if any(self._is_free(line) for line in self._state.lines or ()):
            return Unclear("an article cost nothing, which may be in its place")
        due, shown = replace(eligible, minor=expected), own or self._last_amount
        if self._taken_off:
            said = f"the discount was {say(self._taken_off, eligible)}"
            return Short(said, "less taken off", due, shown)
        return Short("nothing was taken off", "nothing taken off", due, shown)

    def _tolerance(self, like: Price) -> int:
        roundings = max(1, len(self._state.lines or ()))
        if like.is_currency:
            return tolerance(like.unit, [like.decimals], roundings=roundings)
        missing = max(0, UNSTATED_EXPONENT - like.decimals)
        return roundings + (10**missing // 2 if missing else 0)

    def _own(self, code: str | None) -> Amount | None:
        """The amount beside the code."""
        if code is None:
            return None
        folded = code.casefold()
        listed = (one for one in self._state.promos or () if one.code and one.code.casefold() == folded)
        return next((one.amount for one in listed if one.amount is not None), None)

    def _of_others(self, code: str | None) -> int:
        """What other codes take off."""
        folded = code.casefold() if code else None
        others = (one for one in self._state.promos or () if one.code and one.code.casefold() != folded)
        return sum(self._reader.minor_off(one.amount) or 0 for one in others)

    @cached_property
    def _parts(self) -> tuple[int, int]:
        """What the rows of the totals take off, and what the promotions that are listed do."""
        rows = [row.amount for row in self._state.totals if kind_of(row) == "discount"]
        promos = [one.amount for one in self._state.promos or ()]
        off = self._reader.minor_off
        return sum(off(one) or 0 for one in rows), sum(off(one) or 0 for one in promos)

    @property
    def _taken_off(self) -> int:
        """What the cart says to take off, where both ways of saying it mean the same."""
        return max(self._parts)

    @property
    def _noted(self) -> int:
        """What it says to take off, where they do not."""
        return sum(self._parts)

    @cached_property
    def _unread_row(self) -> str | None:
        """A discount whose amount says nothing certain."""
        amounts = [row.amount for row in self._state.totals if kind_of(row) == "discount"]
        amounts += [one.amount for one in self._state.promos or ()]
        unread = (
            one.raw for one in amounts if one is not None and one.raw and self._reader.minor_off(one) is None
        )
        return next(unread, None)

    def _lowered(self, code: str | None) -> int:
        """By how much lines are cheaper than their pieces, than before, or than their pages said."""
        return sum(self._lowered_by(line, code) for line in self._state.lines or ())

    def _lowered_by(self, line: Line, code: str | None) -> int:
        count = int(pieces(line) or 1)
        unit, total = self._reader.price(line.unit), self._minor(line.total)
        each = unit.minor if isinstance(unit, Price) else None
        now = total if total is not None else _times(each, count)
        if now is None:
            return 0
        was = [_times(each, count)]
        page = self._reader.price(Amount(raw=self._units.get(line.sku or "")))
        is_like_page = (
            isinstance(page, Price)
            and isinstance(unit, Price)
            and unit.unit == page.unit
            and not apart(page, unit)
        )
        # Before what a page asked of everybody, too, it was dearer: a code has nothing to do with that.
        if code is None or not is_like_page:
            was += [self._minor(line.total_was), _times(self._minor(line.was), count)]
            was += [_times(page.minor, count) if isinstance(page, Price) else None]
        return max(0, *(one - now for one in was if one is not None), 0)

    @cached_property
    def _implied(self) -> int:
        """By how much the total is less than its rows make without any discount."""
        goods, total = self._cart.goods, self._reader.price(amount_of(self._state, "total"))
        if goods is None or isinstance(total, str) or total.unit != goods.unit:
            return 0
        added = 0
        for row in self._state.totals:
            if kind_of(row) in ("shipping", "tax", "other") and not _INCLUDED.search(text_of(row)):
                added += max(0, self._minor(row.amount) or 0)
        return max(0, goods.minor + added - total.minor)

    def _is_free(self, line: Line) -> bool:
        return 0 in (self._minor(line.unit), self._minor(line.total))

    def _minor(self, amount: Amount | None) -> int | None:
        return self._reader.minor(amount)

    @cached_property
    def _last_amount(self) -> Amount | None:
        return next((row.amount for row in reversed(self._state.totals) if row.amount), None)


def _times(minor: int | None, count: int) -> int | None:
    return None if minor is None else minor * count
