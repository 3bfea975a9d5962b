"""What a code gave, as far as the cart shows it: an amount off, a cheaper line, a gift, free shipping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from replay.detect.answers import names_way_of_sending, percent_off, promises_shipping, refuses
from replay.detect.reasons import pieces
from replay.detect.rows import amount_of, kind_of, text_of
from replay.detect.shown import Price, Reader, apart
from replay.model.cart import Amount, CartState, Line, PromoShown, Text

__all__ = ["Benefit", "Cart"]


@dataclass(frozen=True, slots=True)
class Benefit:
    """``said`` where something was given; ``unclear`` where that cannot be told; neither: nothing was."""

    said: str | None = None
    shown: Amount | Text | None = None
    unclear: str | None = None

    @property
    def is_given(self) -> bool:
        return self.said is not None


_NOTHING = Benefit()


class Cart:
    """One state of a cart. What it says to all codes alike is found out once, however many they are."""

    def __init__(self, state: CartState, units: Mapping[str, str], reader: Reader) -> None:
        """``units``: what pages showed as the price of each article."""
        self._state = state
        self._units = units
        self._reader = reader

    @cached_property
    def goods(self) -> Price | None:
        """What the goods cost before anything is taken off."""
        return _goods(self._state, self._reader)

    def benefit_of(self, promo: PromoShown | None, promise: str) -> Benefit:
        """What a code gave. ``promo``: where the cart lists it; ``promise``: the shop's words for it."""
        state, reader = self._state, self._reader
        if promo is not None and reader.minor_off(promo.amount):
            return Benefit(f"{promo.amount.raw if promo.amount else ''} off", promo.amount)
        if promises_shipping(promise):
            return _shipping(state, reader, promise)
        discount = _discount(state, promo, reader)
        if discount is not None:
            return discount
        if self._lowered is not None:
            return self._lowered
        if promo is not None and promo.text is not None and refuses(promo.text.raw):
            return Benefit(unclear=f"the cart said of it “{promo.text.raw}”")
        if self.goods is None:
            return Benefit(unclear="the cart showed no amounts")
        if (
            _is_free(state, reader)
            and percent_off(promise) is None
            and (promo is not None or state.promos is None)
        ):
            return Benefit(unclear="shipping was free, which may be what it gives")
        return _NOTHING

    @cached_property
    def _lowered(self) -> Benefit | None:
        each = (_lowered(line, self._units, self._reader) for line in self._state.lines or ())
        return next((one for one in each if one is not None), None)


def _goods(state: CartState, reader: Reader) -> Price | None:
    price = reader.price(amount_of(state, "goods"))
    if isinstance(price, Price):
        return price
    lines = [
        reader.price(line.total or (line.unit if pieces(line) == 1 else None)) for line in state.lines or ()
    ]
    known = [one for one in lines if isinstance(one, Price)]
    if not known or len(known) < len(lines) or state.lines_cut or len({one.unit for one in known}) > 1:
        return None
    first = known[0]
    return Price(
        raw=first.raw,
        minor=sum(one.minor for one in known),
        decimals=first.decimals,
        unit=first.unit,
        is_currency=first.is_currency,
        beside=first.beside,
    )


def _discount(state: CartState, promo: PromoShown | None, reader: Reader) -> Benefit | None:
    """A row of the totals that takes off more than the other codes in the cart account for."""
    others = sum(reader.minor_off(one.amount) or 0 for one in state.promos or () if one is not promo)
    for row in state.totals:
        off = reader.minor_off(row.amount) if kind_of(row) == "discount" else None
        if off is None or off <= others:
            continue
        said = row.amount.raw if row.amount else ""
        if promo is not None:
            return Benefit(f"{said} off", row.amount)
        return Benefit(unclear=f"“{said}” was taken off, and not said for what")
    return None


def _lowered(line: Line, units: Mapping[str, str], reader: Reader) -> Benefit | None:
    """A line that costs less than its pieces, less than the page said, or nothing at all."""
    name = line.name.raw if line.name else line.sku or "a line"
    count = pieces(line)
    unit, total = reader.price(line.unit), reader.price(line.total)
    if any(isinstance(one, Price) and one.minor == 0 for one in (unit, total)):
        return Benefit(unclear=f"{name} cost nothing, which may be what it gives")
    if (
        isinstance(unit, Price)
        and isinstance(total, Price)
        and count
        and unit.minor * count - total.minor > count
    ):
        return Benefit(f"{name} was lowered to {total.raw}", line.total)
    page = reader.price(Amount(raw=units.get(line.sku or "")))
    if not isinstance(unit, Price) or not isinstance(page, Price) or page.unit != unit.unit:
        return None
    if unit.minor < page.minor and apart(page, unit):
        return Benefit(f"{name} was lowered from {page.raw} to {unit.raw}", line.unit)
    return None


def _shipping(state: CartState, reader: Reader, promise: str) -> Benefit:
    row = amount_of(state, "shipping")
    price = reader.price(row)
    if isinstance(price, str):
        return Benefit(unclear="it is about shipping, which was not known yet")
    if price.minor == 0:
        return Benefit("shipping was free", row)
    said = " ".join(text_of(one) for one in state.totals if kind_of(one) == "shipping")
    if names_way_of_sending(promise) or names_way_of_sending(said):
        return Benefit(unclear="it may be for another way of sending than the one that was chosen")
    return _NOTHING


def _is_free(state: CartState, reader: Reader) -> bool:
    row = amount_of(state, "shipping")
    return row is not None and reader.minor(row) == 0
