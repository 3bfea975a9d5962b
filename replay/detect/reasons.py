"""What on a screen explains that a cart asks for another price than a page did.

A difference is explained where the cart itself says it: the line charges the page's price after all, a
discount takes off exactly the difference, the former price is the page's, or it is the tax that one of the
two leaves out. Where something shown might explain it but does not say so, nobody is accused either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from replay.detect.shown import TAX_WORDS, Price, Reader, apart, difference, words
from replay.model.cart import Amount, CartState, Line, Total

__all__ = ["Reason", "amounts_off", "is_discount", "is_taxed", "made_up_for", "pieces", "unit_price"]

_PIECES = re.compile(r"(?:[x×]\s*)?(\d{1,6})(?:[.,]0+)?(?:\s*[x×])?", re.IGNORECASE)
_MEASURED = re.compile(r"(\d{1,6})[.,](\d{1,3})")
_PERCENT = re.compile(r"(\d{1,2})(?:[.,](\d{1,3}))?\s?%")
_DISCOUNT_WORDS = words(
    """
    discount discounts promo promotion promotions coupon coupons voucher vouchers savings saving rabatt
    rabatte gutschein remise réduction descuento sconto korting desconto rabat sleva kedvezmény скидка indirim
    """
)


@dataclass(frozen=True, slots=True)
class Reason:
    """``is_sure``: the screen says so; otherwise it may be meant."""

    said: str
    is_sure: bool


def pieces(line: Line) -> float | None:
    """How many pieces (or how much by measure) a line is of, None where it does not say."""
    raw = line.quantity.raw.strip() if line.quantity else ""
    if whole := _PIECES.fullmatch(raw):
        return int(whole[1])
    if part := _MEASURED.fullmatch(raw):
        return float(f"{part[1]}.{part[2]}")
    return None


def unit_price(line: Line, reader: Reader) -> Price | str:
    """What one piece costs in the cart, or why that cannot be told."""
    if line.unit is not None:
        return reader.price(line.unit, "its price in the cart")
    if pieces(line) != 1 or line.quantity_typed is not None:
        return "the cart showed no price of one piece"
    return reader.price(line.total, "its price in the cart")


def made_up_for(
    line: Line, state: CartState, expected: Price, charged: Price, reader: Reader
) -> Reason | None:
    """What the cart shows that explains ``charged`` in place of ``expected``."""
    gap = difference(expected, charged)
    count = pieces(line)
    if gap < 0:
        return _cheaper(line, state, expected, count, reader)
    if count is None:
        if any(amounts_off(state, reader)):
            return Reason("a discount was shown and the number of pieces was not", is_sure=False)
        return None
    if count > 1 and charged.minor == round(expected.minor * count):
        return Reason(
            f"“{charged.raw}” is what all {count:g} of them cost at “{expected.raw}”", is_sure=False
        )
    total = reader.price(line.total)
    if isinstance(total, Price) and abs(total.minor - round(expected.minor * count)) <= count:
        return Reason(f"the line charged {total.raw} in the end", is_sure=True)
    off = sorted(amounts_off(state, reader), reverse=True)
    if any(abs(each - gap * count) <= count for each in off):
        return Reason("a discount of just the difference was shown", is_sure=True)
    if any(each >= gap * count for each in off):
        return Reason("a discount that may make up for it was shown", is_sure=False)
    return None


def _cheaper(
    line: Line, state: CartState, expected: Price, count: float | None, reader: Reader
) -> Reason | None:
    was = reader.price(line.was)
    if isinstance(was, Price) and was.unit == expected.unit and not apart(was, expected):
        return Reason(f"the cart said that it was {was.raw}", is_sure=True)
    if any(amounts_off(state, reader)) or state.promos:
        return Reason("a discount was shown", is_sure=True)
    if count != 1:
        return Reason("it is not one piece", is_sure=False)
    return None


def is_discount(total: Total) -> bool:
    """Whether a row of the totals is what is taken off."""
    return not _DISCOUNT_WORDS.isdisjoint(_words_of(total))


def _words_of(total: Total) -> list[str]:
    return re.findall(r"[^\W\d_]+", f"{total.key} {total.label.raw if total.label else ''}".casefold())


def amounts_off(state: CartState, reader: Reader) -> Iterable[int]:
    """Every amount that the cart shows as taken off, positive."""
    shown: list[Amount | None] = [promo.amount for promo in state.promos or ()]
    shown += [total.amount for total in state.totals if is_discount(total)]
    for amount in shown:
        minor = reader.minor_off(amount)
        if minor:
            yield minor


def is_taxed(state: CartState, one: Price, other: Price, reader: Reader) -> bool:
    """Whether the one is the other with a tax that the cart names."""
    low, high = sorted((one.minor, other.minor))
    for total in state.totals:
        text = f"{total.key} {total.label.raw if total.label else ''}".casefold()
        if TAX_WORDS.isdisjoint(_words_of(total)):
            continue
        for whole, part in _PERCENT.findall(text):
            scale = 10 ** len(part)
            rate, base = int(whole + part), 100 * scale
            if rate and abs(high * base - low * (base + rate)) <= base:
                return True
        tax = reader.minor(total.amount)
        items = reader.minor(next((each.amount for each in state.totals if each.key in _GOODS), None))
        if tax and items and (high - low) > 1:
            # The rate is known no better than the tax is rounded.
            for net in (items, items - tax):
                if net > 0 and abs((high - low) * net - low * tax) <= net + low:
                    return True
    return False


_GOODS = frozenset({"items", "subtotal", "sub total", "goods", "merchandise"})
