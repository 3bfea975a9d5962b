"""Which price of one piece was shown for which article, in carts and on pages about one product.

No rule asks for it: it is kept beside the findings, so that an agent sees whether others were shown the same.
"""

from __future__ import annotations

from replay.detect.reasons import unit_price
from replay.detect.shown import Price, Reader
from replay.model.cart import Amount, CartState, Line
from replay.model.events import PriceShown
from replay.model.shown_price import PricePlace, ShownPrice
from replay.model.timeline import Entry

__all__ = ["ShownPrices"]

SHOWN_MAX_COUNT = 200
"""Prices of one session that are kept: the first that were shown."""
_PRODUCT = frozenset({"product", "quickview"})


class ShownPrices:
    """The prices of one session."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._shown: dict[tuple[str, PricePlace, str], tuple[float, Amount | Line]] = {}

    def observe(self, entry: Entry) -> None:
        """Take the next price or cart that was displayed."""
        fact = entry.event.fact
        if isinstance(fact, CartState) and fact.source == "displayed":
            for line in fact.lines or ():
                amount = line.unit or line.total
                if line.sku and amount is not None:
                    self._take(line.sku, "cart", amount, line, entry.t)
        elif (
            isinstance(fact, PriceShown)
            and fact.source == "displayed"
            and fact.role == "current"
            and fact.context in _PRODUCT
            and fact.sku
        ):
            self._take(fact.sku, "product", fact.amount, fact.amount, entry.t)

    def _take(self, sku: str, place: PricePlace, amount: Amount, seen: Amount | Line, t: float) -> None:
        if amount.raw is None:
            return
        key = sku, place, amount.raw
        if len(self._shown) < SHOWN_MAX_COUNT:
            self._shown.setdefault(key, (t, seen))

    def rows(self) -> tuple[ShownPrice, ...]:
        """All of them, read with what the whole session tells of its texts."""
        return tuple(
            self._row(sku, place, raw, t, seen) for (sku, place, raw), (t, seen) in self._shown.items()
        )

    def _row(self, sku: str, place: PricePlace, raw: str, t: float, seen: Amount | Line) -> ShownPrice:
        if isinstance(seen, Line):
            read: Price | str = unit_price(seen, self._reader)
        else:
            read = self._reader.price(seen, "its price")
        if isinstance(read, Price) and read.money is None:
            read = f"the currency of “{raw}” is not known"
        if isinstance(read, Price) and read.beside:
            read = f"“{raw}” says more than an amount"
        known = read if isinstance(read, Price) else None
        return ShownPrice(
            sku=sku,
            place=place,
            raw=raw,
            minor=known.minor if known else None,
            currency=known.unit if known else None,
            why=read if isinstance(read, str) else None,
            shown_ms=int(t),
        )
