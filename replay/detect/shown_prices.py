"""Which price of one piece was shown for which article, in carts and on pages about one product, and what the
last cart came to.

No rule asks for it: it is kept beside the findings, so that an agent sees whether others were shown the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from replay.detect.last_cart import LastCart
from replay.detect.reasons import unit_price
from replay.detect.shown import Price, Reader
from replay.model.cart import Amount, CartState, Line
from replay.model.events import Fact, PriceShown
from replay.model.shown_price import PricePlace, ShownPrice
from replay.model.timeline import Entry

__all__ = ["ShownPrices", "shown_in"]

SHOWN_MAX_COUNT = 200
"""Prices of one session that are kept: the first that were shown."""
NO_CURRENCY = "the currency of this shop's amounts is not known, and an administrator can set it for the site"
_PRODUCT = frozenset({"product", "quickview"})


def shown_in(fact: Fact) -> Iterator[tuple[str, str, PricePlace, Amount, Amount | Line]]:
    """The prices of one piece that a fact shows: which of its amounts each is (as ``Mark.at``), of which
    article, where, and what to read it from."""
    if isinstance(fact, CartState) and fact.source == "displayed":
        for number, line in enumerate(fact.lines or ()):
            amount = line.unit or line.total
            if line.sku and amount is not None:
                at = f"line {number} {'unit' if line.unit else 'total'}"
                yield at, line.sku, "cart", amount, line
    elif (
        isinstance(fact, PriceShown)
        and fact.source == "displayed"
        and fact.role == "current"
        and fact.context in _PRODUCT
        and fact.sku
    ):
        yield "price", fact.sku, "product", fact.amount, fact.amount


class ShownPrices:
    """The prices of one session."""

    def __init__(self, reader: Reader, cart: LastCart) -> None:
        self._reader = reader
        self._cart = cart
        self._total: tuple[Amount, float] | None = None
        """What the last cart came to, and since when."""
        self._shown: dict[tuple[str, PricePlace, str], tuple[float, Amount | Line]] = {}

    def observe(self, entry: Entry) -> None:
        """Take the next price or cart that was displayed."""
        fact = entry.event.fact
        for _, sku, place, amount, seen in shown_in(fact):
            self._take(sku, place, amount, seen, entry.t)
        if isinstance(fact, CartState) and fact.source == "displayed":
            self._add_up(entry.t)

    def _take(self, sku: str, place: PricePlace, amount: Amount, seen: Amount | Line, t: float) -> None:
        if amount.raw is None:
            return
        key = sku, place, amount.raw
        if len(self._shown) < SHOWN_MAX_COUNT:
            self._shown.setdefault(key, (t, seen))

    def _add_up(self, t: float) -> None:
        amount = self._cart.cart and self._cart.cart.amount
        if not amount:
            self._total = None
        elif self._total is None or self._total[0].raw != amount.raw:
            self._total = amount, t

    def rows(self) -> tuple[ShownPrice, ...]:
        """All of them, read with what the whole session tells of its texts."""
        rows = [self._row(sku, place, raw, t, seen) for (sku, place, raw), (t, seen) in self._shown.items()]
        if self._total is not None:
            amount, t = self._total
            total = self._row("", "total", amount.raw or "", t, amount)
            # It is only compared, and one that cannot be read with none.
            rows += [total] if total.minor else []
        return tuple(rows)

    def _row(self, sku: str, place: PricePlace, raw: str, t: float, seen: Amount | Line) -> ShownPrice:
        if isinstance(seen, Line):
            read: Price | str = unit_price(seen, self._reader)
        else:
            read = self._reader.price(seen, "its price")
        if isinstance(read, Price) and read.money is None:
            read = f"the currency of “{raw}” is not known" if self._reader.currency else NO_CURRENCY
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
