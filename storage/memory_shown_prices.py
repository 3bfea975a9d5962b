"""Prices that sessions were shown as plain values: the part of the in-memory store that compares them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from replay.ports import Others, ShownPriceIndex
from replay.ports.shown_prices import (
    CARTS_MAX_COUNT,
    MOST_MAX_COUNT,
    OTHERS_MAX_COUNT,
    OTHERS_WINDOW_MS,
    OtherPrice,
)

if TYPE_CHECKING:
    from replay.model.shown_price import ShownPrice
    from storage.memory_visit import Visit

__all__ = ["MemoryShownPrices"]


class MemoryShownPrices(ShownPriceIndex):
    """What ``MemoryStore`` does about them."""

    _visits: dict[str, Visit]

    async def shown_prices(self, session: str) -> list[tuple[ShownPrice, Others | None]]:
        visit = self._visits.get(session)
        prices = [price for price in visit.judging.shown if price.place != "total"] if visit else []
        shown = sorted(prices, key=lambda price: price.key)
        return [(price, None if price.minor is None else self._others(session, price)) for price in shown]

    async def cart_totals(self, session: str, currency: str, *, before_ms: int) -> list[int]:
        own = self._visits.get(session)
        totals = [
            price
            for id_, visit in self._visits.items()
            if own and id_ != session and visit.session.site == own.session.site and visit.brought is None
            for price in visit.judging.shown
            if price.place == "total" and price.minor is not None and price.shown_ms <= before_ms
        ]
        latest = sorted(totals, key=lambda price: -price.shown_ms)[:CARTS_MAX_COUNT]
        return [price.minor for price in latest if price.currency == currency and price.minor is not None]

    async def shown_prices_are_whole(self) -> None:
        """Nothing here is of an earlier version."""

    def _others(self, session: str, price: ShownPrice) -> Others:
        site = self._visits[session].session.site
        near = [
            (other.shown_ms, id_, (other.minor, other.currency))
            for id_, visit in self._visits.items()
            if id_ != session and visit.session.site == site and visit.brought is None
            for other in visit.judging.shown
            if (other.sku, other.place) == (price.sku, price.place)
            and other.minor is not None
            and abs(other.shown_ms - price.shown_ms) <= OTHERS_WINDOW_MS
        ]
        near.sort(key=lambda one: -one[0])
        looked_at = near[: OTHERS_MAX_COUNT + 1]
        by_amount: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
        for _, id_, (minor, currency) in looked_at:
            if currency is not None:
                by_amount[minor, currency].add(id_)
        same = (price.minor or 0, price.currency or "")
        rest = sorted(
            (-len(ids), minor, currency)
            for (minor, currency), ids in by_amount.items()
            if (minor, currency) != same
        )
        return Others(
            same=len(by_amount.get(same, ())),
            others=len({id_ for _, id_, _ in looked_at}),
            is_all=len(near) <= OTHERS_MAX_COUNT,
            most=tuple(
                OtherPrice(minor=minor, currency=currency, count=-count)
                for count, minor, currency in rest[:MOST_MAX_COUNT]
            ),
        )
