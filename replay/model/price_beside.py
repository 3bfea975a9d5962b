"""Whether a number in a text is a price: by what stands right beside it, whatever the number is.

It is asked of numbers that are also somebody's promo code. So it says yes only to what is hardly anything
else: a currency's sign or abbreviation that is of this number and no other, or cents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from replay.model.currency import marked

__all__ = ["BESIDE_CHARS", "beside", "is_price"]

BESIDE_CHARS = 16
"""How much of what stands beside a number is read."""
_TEXTS_COUNT = 4
"""How many texts away a sign may stand: pages put it into an element of its own."""

_CENTS = re.compile(r"[.,]\d\d(?![\d.,])")
_BEFORE = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,6}\.?|[^\w\s])\s*[-−]?$")
_AFTER = re.compile(r"\s*([^\W\d_]{2,6}(?![^\W\d_])|[^\w\s])\s*(\d?)")


def is_price(before: str, after: str) -> bool:
    """Whether a number is one between these two."""
    before, after = before[-BESIDE_CHARS:], after[:BESIDE_CHARS]
    if _CENTS.match(after):
        return True
    sign, behind = _BEFORE.search(before), _AFTER.match(after)
    if sign is not None and marked(sign[1]) and not before[: sign.start()].rstrip()[-1:].isdigit():
        return True
    return behind is not None and bool(marked(behind[1])) and not behind[2]


def beside(texts: Sequence[str], at: int) -> tuple[str, str]:
    """What stands beside one of texts that stand side by side."""
    before = "".join(text[-BESIDE_CHARS:] for text in texts[max(0, at - _TEXTS_COUNT) : at])
    after = "".join(text[:BESIDE_CHARS] for text in texts[at + 1 : at + 1 + _TEXTS_COUNT])
    return before, after
