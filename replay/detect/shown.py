"""What amounts of one session come to, as far as their texts say it beyond doubt.

A text becomes a ``Price`` or the reason why it does not; the reason is a sentence's end that an agent reads
("… cannot be told: “$1,299” can be read in two ways"). Amounts compare only within one currency. Where nobody
says which one it is, two texts still compare if the same sign stands in both: it is one shop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from replay.model.cart import Amount
from replay.model.currency import exponent_of
from replay.model.money import Money, NotExact, differs_by_scale, from_scale, tolerance
from replay.model.money import say as say_money
from replay.model.price_number import DecimalMark, marks_in
from replay.model.price_text import (
    Ambiguous,
    Exact,
    Percent,
    PriceHints,
    PriceText,
    Range,
    Unusable,
    read_price,
)

__all__ = [
    "TAX_WORDS",
    "Price",
    "Reader",
    "apart",
    "comparable",
    "difference",
    "exceeds",
    "factor",
    "say",
    "words",
]


def words(text: str) -> frozenset[str]:
    """The words of a text, which stand in small letters."""
    return frozenset(text.split())


UNSTATED_EXPONENT = 2
"""Decimals of an amount whose sign stands for several currencies; nearly all have two."""
_HARMLESS = words("price prices now only sale our your today each ea unit item total sum subtotal")
TAX_WORDS = words(
    """
    tax taxes vat gst hst pst mwst ust iva tva btw moms alv dph incl inkl including excl exkl excluding ex
    plus net gross netto brutto ht ttc zzgl
    """
)
_CACHED_COUNT = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """An amount that a text says beyond doubt. ``unit`` is the currency, or else the sign that stood there;
    ``minor`` its minor units, ``decimals`` how many were shown. ``beside``: words that may change what it
    means."""

    raw: str
    minor: int
    decimals: int
    unit: str
    is_currency: bool
    beside: frozenset[str]

    @property
    def money(self) -> Money | None:
        return Money(self.minor, self.unit) if self.is_currency else None


class Reader:
    """Reads the amounts of one session. Its texts teach it which mark parts the decimals."""

    def __init__(self, currency: str | None) -> None:
        self._currency = currency
        self._marks: frozenset[DecimalMark] = frozenset()
        """The decimal marks that texts gave away."""
        self._languages: frozenset[str] = frozenset()

    @property
    def currency(self) -> str | None:
        """The shop's, as far as that is known."""
        return self._currency

    def page_in(self, language: str | None) -> None:
        """Take note of what a page says it is written in: a weak hint, where no text tells the mark."""
        if language:
            self._languages |= {language}

    def learn_from(self, amount: Amount | None) -> None:
        """Take note of a price text."""
        if amount is not None and amount.raw and not (told := _told_by(amount.raw)) <= self._marks:
            self._marks |= told

    @property
    def _mark(self) -> DecimalMark | None:
        """The shop's decimal mark; None if no text tells or they disagree."""
        return next(iter(self._marks)) if len(self._marks) == 1 else None

    @property
    def _language(self) -> str | None:
        """What the pages are written in; None if none says so or they disagree."""
        return next(iter(self._languages)) if len(self._languages) == 1 else None

    def price(self, amount: Amount | None, what: str = "the amount", *, is_part: bool = False) -> Price | str:
        """The amount, or why there is none. ``is_part``: it is a part of a sum, which "+$5.00" may be."""
        if amount is None or not amount.raw:
            return _stated(amount) or f"{what} was not shown"
        currency = amount.currency or self._currency
        price = _price_of(amount.raw, currency, None, None, is_part)
        if price is None:
            price = _price_of(amount.raw, currency, self._mark, self._language, is_part)
        return price if price is not None else f"“{amount.raw}” can be read in two ways"

    def minor(self, amount: Amount | None) -> int | None:
        """What an amount comes to in the units of ``Price.minor``, None where that cannot be told."""
        price = self.price(amount)
        return None if isinstance(price, str) else price.minor

    def minor_off(self, amount: Amount | None) -> int | None:
        """What an amount takes off, positive however the shop writes it: "−$10.00" and "Save $10" alike."""
        if amount is None or not amount.raw:
            stated = _stated(amount)
            return abs(stated.minor) if stated else None
        read = _read(amount.raw, amount.currency or self._currency, None, None)
        if isinstance(read, Ambiguous):
            read = _read(amount.raw, amount.currency or self._currency, self._mark, self._language)
        if not isinstance(read, Exact) or read.role not in (None, "saving"):
            return None
        if read.currency is not None:
            return None if read.minor is None else abs(read.minor)
        return abs(read.digits) * int(10 ** max(0, UNSTATED_EXPONENT - read.shown_decimals))


@lru_cache(maxsize=_CACHED_COUNT)
def _told_by(raw: str) -> frozenset[DecimalMark]:
    return marks_in(raw)


@lru_cache(maxsize=_CACHED_COUNT)
def _read(raw: str, currency: str | None, mark: DecimalMark | None, language: str | None) -> PriceText:
    return read_price(raw, PriceHints(currency=currency, decimal_mark=mark, language=language))


@lru_cache(maxsize=_CACHED_COUNT)
def _price_of(
    raw: str, currency: str | None, mark: DecimalMark | None, language: str | None, is_part: bool
) -> Price | str | None:
    """What a text says, or why it says nothing; None if it can be read in two ways."""
    read = _read(raw, currency, mark, language)
    if isinstance(read, Exact):
        return _price(raw, replace(read, role=None) if is_part and read.role == "extra" else read)
    return None if isinstance(read, Ambiguous) else f"“{raw}” {_flaw(read)}"


def _stated(amount: Amount | None) -> Price | None:
    """What the shop itself gave as minor units, or nothing."""
    if amount is None or amount.minor is None or amount.currency is None:
        return None
    try:
        money = from_scale(amount.minor, "minor", amount.currency)
    except NotExact:
        return None
    decimals = exponent_of(amount.currency) or 0
    return Price(
        raw=say_money(money),
        minor=money.minor,
        decimals=decimals,
        unit=money.currency,
        is_currency=True,
        beside=frozenset(),
    )


def _price(raw: str, read: Exact) -> Price | str:
    if not read.is_plain:
        return f"“{raw}” is no price to compare with ({str(read.role).replace('_', ' ')})"
    beside = frozenset(re.findall(r"[^\W\d_]+", read.beside.casefold())) - _HARMLESS
    if read.currency is not None and read.minor is not None:
        return Price(
            raw=raw,
            minor=read.minor,
            decimals=min(read.shown_decimals, exponent_of(read.currency) or 0),
            unit=read.currency,
            is_currency=True,
            beside=beside,
        )
    sign = "" if read.role == "free" else _sign(raw)
    if read.role != "free" and (not sign or read.shown_decimals > UNSTATED_EXPONENT):
        return f"“{raw}” does not say in which currency"
    return Price(
        raw=raw,
        minor=read.digits * int(10 ** (UNSTATED_EXPONENT - read.shown_decimals)),
        decimals=read.shown_decimals,
        unit=sign,
        is_currency=False,
        beside=beside,
    )


_SIGN = re.compile(r"[^\W\d_]{0,3}[$£¥₩₱₹€₺₽₴₪₫฿₦₵₸][^\W\d_]{0,3}|\b(?:kr|Kr|Rs|Fr)\b")


def _sign(raw: str) -> str:
    found = set(_SIGN.findall(raw))
    return found.pop() if len(found) == 1 else ""


def _flaw(read: Range | Percent | Unusable) -> str:
    match read:
        case Range():
            return "is a range"
        case Percent():
            return "is a percentage"
        case Unusable():
            return f"cannot be read ({read.why})"


def comparable(one: Price, other: Price) -> str | None:
    """Why two amounts do not compare, None if they do."""
    if one.unit != other.unit:
        return f"“{one.raw}” and “{other.raw}” may be of different currencies"
    words = one.beside ^ other.beside
    if words & TAX_WORDS:
        return f"“{one.raw}” and “{other.raw}” do not speak of the same tax"
    if words:
        return f"“{one.raw}” and “{other.raw}” say more than an amount"
    if factor(one, other):
        return f"“{one.raw}” and “{other.raw}” differ by a round factor, which is rather a fault of reading"
    return None


def factor(one: Price, other: Price) -> bool:
    """Whether one is exactly 10, 100 or 1000 times the other."""
    return differs_by_scale(Money(one.minor, one.unit), Money(other.minor, other.unit))


def difference(one: Price, other: Price) -> int:
    """How much dearer the other is."""
    return other.minor - one.minor


def apart(one: Price, other: Price) -> bool:
    """Whether they are different prices and not the same one rounded."""
    currency = one.unit if one.is_currency else ""
    exponent = UNSTATED_EXPONENT if not one.is_currency else (exponent_of(currency) or 0)
    rounded = [p.decimals for p in (one, other)]
    if one.is_currency:
        limit = tolerance(currency, rounded)
    else:
        limit = 1 + sum(10 ** (exponent - shown) // 2 for shown in rounded if shown < exponent)
    return abs(difference(one, other)) > limit


def exceeds(part: int, of: int, percent: int) -> bool:
    """Whether ``part`` is at least so many percent of ``of``."""
    return abs(part) * 100 >= abs(of) * percent


def say(minor: int, like: Price) -> str:
    """An amount of the same currency as the customer would read it."""
    money = like.money
    if money is not None:
        return say_money(Money(minor, money.currency), [like.raw])
    whole, cents = divmod(abs(minor), 10**UNSTATED_EXPONENT)
    number = f"{whole:,}" + (f".{cents:02}" if cents or like.decimals else "")
    before = like.raw.find(like.unit) < len(like.raw) / 2
    return f"{'-' if minor < 0 else ''}{like.unit + number if before else f'{number} {like.unit}'}"
