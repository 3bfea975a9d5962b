"""Money as whole minor units of one currency, and the little that comparing prices takes.

No binary fractions anywhere: 19.99 times 100 is 1998.9999999999998 to a computer, and a difference of a cent
that nobody charged must never be reported. What cannot be converted exactly is refused (``NotExact``), and
money of two currencies has no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from replay.model.currency import exponent_of, marked

__all__ = ["Money", "NotExact", "Scale", "differs_by_scale", "from_scale", "say", "tolerance"]

Scale = Literal["minor", "x100", "major"]
"""How a source writes amounts: ISO minor units, hundredths whatever the currency is, or a decimal text."""

_DECIMAL = re.compile(r"(-?)(\d{1,18})(?:\.(\d{1,18}))?", re.ASCII)


class NotExact(ValueError):
    """An amount has no exact value in the currency's minor units."""


@dataclass(frozen=True, slots=True)
class Money:
    """Whole minor units (ISO 4217) of one currency; negative where the shop takes it off."""

    minor: int
    currency: str

    def __sub__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} have no difference")
        return Money(self.minor - other.minor, self.currency)


def from_scale(amount: int | str, scale: Scale, currency: str) -> Money:
    """Convert what a source states, exactly or not at all.

    ``major`` takes a decimal text ("379.00", or a whole number); the others take whole numbers, also as text.
    """
    exponent = exponent_of(currency)
    if exponent is None:
        raise NotExact(f"{currency!r} is not a currency of ISO 4217")
    written = _DECIMAL.fullmatch(str(amount))
    if written is None:
        raise NotExact(f"{str(amount)[:40]!r} is not a plain decimal number")
    sign, whole, fraction = written[1], written[2], (written[3] or "").rstrip("0")
    if scale != "major" and written[3] is not None:
        raise NotExact(f"{amount} is not a whole number, as amounts of scale {scale} are")
    power = {"minor": 0, "x100": exponent - 2, "major": exponent - len(fraction)}[scale]
    minor = int(whole + fraction)
    if power >= 0:
        minor *= 10**power
    else:
        minor, rest = divmod(minor, 10**-power)
        if rest:
            raise NotExact(f"{amount} ({scale}) has more decimals than the {exponent} of {currency}")
    return Money(-minor if sign else minor, currency)


def say(money: Money, raws: Iterable[str] = ()) -> str:
    """The amount for a sentence: "$1,299.00" where the customer read "$" in every raw text, else
    "1,299.00 EUR".

    Only a sign of its own counts ("US$" and "C$" are not "$"), and only if it can mean the currency. So what
    is set against a price on a page reads like it, and what only a system said names its currency: "$" alone
    is that of many, and nobody is to read Canadian dollars as the shop's own.
    """
    exponent = exponent_of(money.currency) or 0
    digits = str(abs(money.minor)).rjust(exponent + 1, "0")
    whole, fraction = (digits[:-exponent], digits[-exponent:]) if exponent else (digits, "")
    number = f"{int(whole):,}" + (f".{fraction}" if fraction else "")
    minus = "-" if money.minor < 0 else ""
    signs = [set(_SIGN.findall(raw)) for raw in raws]
    common = set.intersection(*signs) if signs else set()
    for sign in sorted(common):
        if money.currency in (marked(sign) or ()):
            return f"{minus}{sign}{number}"
    return f"{minus}{number} {money.currency}"


_SIGN = re.compile(r"(?<![^\W\d_])[$£¥₩₱₹€₺₽₴₪₫฿₦₵₸](?!\s?[A-Z])")


def tolerance(currency: str, shown_decimals: Iterable[int] = (), *, roundings: int = 1) -> int:
    """How far amounts may be apart, in minor units, before they differ.

    A minor unit for every place where something was rounded (totals: lines plus tax lines) and half of what
    the last shown digit stands for, for every amount shown with fewer decimals than the currency has.
    """
    exponent = exponent_of(currency) or 0
    halves = [int(10 ** (exponent - shown)) // 2 for shown in shown_decimals if shown < exponent]
    return max(1, roundings) + sum(halves)


def differs_by_scale(one: Money, other: Money) -> bool:
    """Whether one is exactly 10, 100 or 1000 times the other: a unit was mistaken, nobody was overcharged."""
    small, large = sorted((abs(one.minor), abs(other.minor)))
    return small > 0 and large in (10 * small, 100 * small, 1000 * small)
