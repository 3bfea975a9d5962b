"""Reads an amount out of the text that a page showed, exactly or not at all.

What the customer saw is a text: "$379.00", "1 299,00 kr", "from ₹1,29,900". A wrong reading would accuse a
shop of a price that it never asked for, so a text that can be read in two ways is ``Ambiguous`` with both
readings and why, and one that holds no single amount is ``Unusable`` and says why. Neither ever becomes a
number by being likely. Hints (what the shop states, what the page's other prices show) can settle what a text
leaves open; they never change what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from replay.model.currency import exponent_of
from replay.model.money import Money
from replay.model.price_number import DecimalMark, Digits, mark_of_language, marks_of, readings
from replay.model.price_parts import Amount, Flaw, Parts, parts_of
from replay.model.price_words import Role

__all__ = ["Ambiguous", "Doubt", "Exact", "Percent", "PriceHints", "PriceText", "Range", "Unusable"]
__all__ += ["Flaw", "marks_of", "read_price"]

Doubt = Literal["thousands or decimals", "minus or dash", "one number or two"]
"""Why a text can be read in two ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceHints:
    """What is known beside the text. None: unknown."""

    language: str | None = None
    """The page's (BCP 47). Weak: many shops leave their template's."""
    currency: str | None = None
    """The shop's, as it declared it for this page or as the site is set."""
    decimal_mark: DecimalMark | None = None
    """As the shop states it, or ``marks_of`` the page's other prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """One amount, as written: ``digits`` with the last ``shown_decimals`` of them after the mark, signed."""

    digits: int
    shown_decimals: int
    currency: str | None
    """None: neither the text nor the hints say which of several it is. It compares with nothing."""
    minor: int | None
    """In minor units; None where the currencies that it may be have different ones."""
    role: Role | None = None
    """What the words beside it make of it; None if they make nothing of it."""
    beside: str = ""
    """The words that stand beside it, also in a remark, as far as they were not understood."""

    @property
    def money(self) -> Money | None:
        """The amount as money, None while the currency is unknown."""
        if self.currency is None or self.minor is None:
            return None
        return Money(self.minor, self.currency)

    @property
    def is_plain(self) -> bool:
        """Whether it is an amount as such: not "from", "was", "per kg" or the like. "Free" is one."""
        return self.role is None or self.role == "free"


@dataclass(frozen=True, slots=True)
class Range:
    """Two amounts of which the customer will pay one, or something between them."""

    low: Exact
    high: Exact


@dataclass(frozen=True, slots=True)
class Percent:
    """A percentage as written, signed: 12.5 % is 125 with one decimal."""

    digits: int
    decimals: int


Reading = Exact | Range | Percent


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A text with two meanings, the likelier first. It proves nothing and accuses nobody."""

    readings: tuple[Reading, ...]
    why: Doubt


@dataclass(frozen=True, slots=True)
class Unusable:
    """A text that holds no single amount."""

    why: Flaw


PriceText = Exact | Range | Percent | Ambiguous | Unusable

_NO_HINTS = PriceHints()


def read_price(raw: str, hints: PriceHints = _NO_HINTS) -> PriceText:
    """Read the amount that ``raw`` shows."""
    parts = parts_of(raw)
    if isinstance(parts, str):
        return Unusable(parts)
    currency = _currency(parts.currencies, hints.currency)
    if parts.kind == "free":
        shown = exponent_of(currency or "") or 0
        return Exact(digits=0, shown_decimals=shown, currency=currency, minor=0, role="free")
    exponents = _exponents(currency, parts.currencies)
    ends: list[list[Reading]] = []
    for amount in parts.amounts:
        digits = _digits(amount, parts, exponents, hints)
        if not digits:
            return Unusable("not a number")
        if parts.kind == "amounts" and len(digits) == 1 and not _fits(digits[0], exponents):
            return Unusable("more decimals than the currency has")
        ends.append([_read(each, sign, parts, currency, exponents) for each, sign in _signed(digits, amount)])
    if len(ends) > 1:
        is_signed = any(amount.sign for amount in parts.amounts)
        return Unusable("several amounts") if is_signed else _range(*ends)
    amount, found = parts.amounts[0], ends[0]
    if len(found) == 1:
        return found[0]
    is_signed = amount.sign != "?" or len(found) > len(_BOTH)
    unsigned: Doubt = "one number or two" if amount.other else "thousands or decimals"
    return Ambiguous(tuple(found), unsigned if is_signed else "minus or dash")


def _currency(written: frozenset[str] | None, known: str | None) -> str | None:
    """What the text says goes before what the shop says; a sign of several leaves it to the shop."""
    if written is None or known in written:
        return known
    return next(iter(written)) if len(written) == 1 else None


def _exponents(currency: str | None, written: frozenset[str] | None) -> frozenset[int]:
    """The decimals that the amount's currency may have; none if it may be any currency."""
    codes = written or () if currency is None else (currency,)
    return frozenset(exponent for code in codes if (exponent := exponent_of(code)) is not None)


def _digits(amount: Amount, parts: Parts, exponents: frozenset[int], hints: PriceHints) -> list[Digits]:
    """The ways to read an amount's number that nothing rules out, the likeliest first; none if malformed."""
    possible = readings(amount.number)
    if amount.is_closed or amount.cents or amount.is_subunit:
        scale, more = (1, 0) if amount.is_subunit else (100, int(amount.cents or 0))
        possible = tuple(Digits(each.value * scale + more, 2) for each in possible if not each.decimals)
    if not possible:
        return []
    if amount.other:
        return [possible[0], *readings(amount.other)[:1]]
    if len(possible) == 1:
        return [possible[0]]
    thousands, decimals = possible
    mark = "." if "." in amount.number else ","
    told = (marks_of(parts.numbers) if len(parts.numbers) > 1 else None) or hints.decimal_mark
    if told and told != mark:
        return [thousands]
    if told:
        return [decimals] if _has_three(exponents) else [thousands, decimals]
    if exponents == {0}:
        return [thousands]
    likely = mark_of_language(hints.language) if hints.language else None
    if likely == mark and _has_three(exponents):
        return [decimals]
    if likely and likely != mark and exponents and max(exponents) < _THREE:
        return [thousands]
    return [decimals, thousands] if _has_three(exponents) else [thousands, decimals]


_THREE = 3
"""Digits after a mark that may be either."""


def _has_three(exponents: frozenset[int]) -> bool:
    return bool(exponents) and min(exponents) >= _THREE


_BOTH = (1, -1)


def _signed(digits: list[Digits], amount: Amount) -> list[tuple[Digits, int]]:
    signs = {"": (1,), "-": (-1,), "?": _BOTH}[amount.sign]
    return [(each, sign) for each in digits for sign in signs]


def _minor(digits: Digits, exponent: int) -> int | None:
    """In minor units; None if the decimals are too many. Zeros are never too many."""
    missing = exponent - digits.decimals
    if missing >= 0:
        return int(digits.value * 10**missing)
    minor, rest = divmod(digits.value, 10**-missing)
    return None if rest else minor


def _fits(digits: Digits, exponents: frozenset[int]) -> bool:
    return not exponents or any(_minor(digits, exponent) is not None for exponent in exponents)


def _read(
    digits: Digits, sign: int, parts: Parts, currency: str | None, exponents: frozenset[int]
) -> Exact | Percent:
    if parts.kind == "percent":
        return Percent(digits.value * sign, digits.decimals)
    minors = {minor for exponent in exponents if (minor := _minor(digits, exponent)) is not None}
    return Exact(
        digits=digits.value * sign,
        shown_decimals=digits.decimals,
        currency=currency,
        minor=minors.pop() * sign if len(minors) == 1 else None,
        role=parts.role,
        beside=parts.beside,
    )


def _range(lows: list[Reading], highs: list[Reading]) -> PriceText:
    """Both ends are written alike: read with decimals or without, but not one so and one so. The way in which
    the low end is not below the high one is none: "999 – 1.299 €" are thousands."""
    count = max(len(lows), len(highs))
    pairs = [(lows[at % len(lows)], highs[at % len(highs)]) for at in range(count)]
    ranges = tuple(
        Range(low, high)
        for low, high in pairs
        if isinstance(low, Exact) and isinstance(high, Exact) and _is_less(low, high)
    )
    if not ranges:
        return Unusable("several amounts")
    return ranges[0] if len(ranges) == 1 else Ambiguous(ranges, "thousands or decimals")


def _is_less(low: Exact, high: Exact) -> bool:
    shown = max(low.shown_decimals, high.shown_decimals)
    scaled = [int(end.digits * 10 ** (shown - end.shown_decimals)) for end in (low, high)]
    return scaled[0] < scaled[1]
