"""What on a screen explains that a cart asks for another price than a page did.

A difference is explained where the cart itself says it: the line charges the page's price after all, a
discount takes off exactly the difference, the former price is the page's, or it is the tax that one of the
two leaves out. Where something shown might explain it but does not say so, nobody is accused either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from replay.detect.rows import amount_of, kind_of, text_of
from replay.detect.shown import TAX_WORDS, Price, Reader, apart, difference
from replay.model.cart import Amount, CartState, Line, Total

__all__ = ["Reason", "amounts_off", "is_taxed", "made_up_for", "pieces", "unit_price"]

_PIECES = re.compile(r"(?:[x×]\s*)?(\d{1,6})(?:[.,]0+)?(?:\s*[x×])?", re.IGNORECASE)
_MEASURED = re.compile(r"(\d{1,6})[.,](\d{1,3})")
_PERCENT = re.compile(r"(\d{1,2})(?:[.,](\d{1,3}))?\s?%")


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


def amounts_off(state: CartState, reader: Reader) -> Iterable[int]:
    """Every amount that the cart shows as taken off, positive."""
    shown: list[Amount | None] = [promo.amount for promo in state.promos or ()]
    shown += [total.amount for total in state.totals if kind_of(total) == "discount"]
    for amount in shown:
        minor = reader.minor_off(amount)
        if minor:
            yield minor


def is_taxed(state: CartState, one: Price, other: Price, reader: Reader) -> bool:
    """Whether the one is the other with a tax that the cart names: by its rate, by its amount, or by a rate
    that is usual where prices are in this currency."""
    low, high = sorted((one.minor, other.minor))
    for row in state.totals:
        text = text_of(row)
        if TAX_WORDS.isdisjoint(re.findall(r"[^\W\d_]+", text)):
            continue
        rates = [Fraction(f"{whole}.{part or 0}") for whole, part in _PERCENT.findall(text)]
        if any(_is_with(low, high, rate / 100) for rate in rates or _USUAL_RATES.get(one.unit, ())):
            return True
        if kind_of(row) == "tax" and _is_in_proportion(low, high, state, row, reader):
            return True
    return False


def _is_with(low: int, high: int, rate: Fraction) -> bool:
    return rate > 0 and abs(high - low * (1 + rate)) <= 1


def _is_in_proportion(low: int, high: int, state: CartState, row: Total, reader: Reader) -> bool:
    """Whether the difference is to the price what the tax is to the goods, as far as that is rounded."""
    tax, goods = reader.minor(row.amount), reader.minor(amount_of(state, "goods"))
    if not tax or not goods or high - low <= 1:
        return False
    nets = [net for net in (goods, goods - tax) if net > 0]
    return any(abs((high - low) * net - low * tax) <= net + low for net in nets)


_USUAL_RATES: Mapping[str, tuple[Fraction, ...]] = {
    currency: tuple(Fraction(rate) for rate in rates.split())
    for currency, rates in {
        "EUR": "17 18 19 20 21 22 23 24 25.5",
        "GBP": "20",
        "CHF": "8.1",
        "SEK": "25",
        "DKK": "25",
        "NOK": "25",
        "PLN": "23",
        "CZK": "21",
        "HUF": "27",
        "RON": "19 21",
        "TRY": "20",
        "AUD": "10",
        "NZD": "15",
    }.items()
}
"""Percent that shops of a currency add for nearly everything. Where tax is by place, as with dollars, none.
Croatia's 25 would also be a fifth off that was not given, which happens far more often."""
