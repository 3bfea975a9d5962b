"""How long prices that pages showed were good for, and whether one that a cart is held to was out of date.

That a price ends is known from the page itself (what it states for search engines, or the shop's code), from
the shop's price lists, and from its promises. Many shops state dates that are never looked after, so an end
by itself says nothing: only where the cart is dearer does it explain why, and of several ends the last holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from typing import Literal

from replay.detect.articles import key_of
from replay.detect.compared_prices import Compared, ComparedPrices
from replay.detect.office import BackOffice
from replay.detect.page_prices import ARTICLES_MAX_COUNT, VIEW_MS
from replay.detect.shop import Shop
from replay.detect.shown import Price, Reader, apart
from replay.model.cart import Amount
from replay.model.events import PriceShown
from replay.model.identity import normalise
from replay.model.promo import expected_minor, zone_of
from replay.model.server_event import ServerEvent

__all__ = ["Offers", "Stale", "end_ms"]

SLACK_MS = 5 * 60 * 1_000
"""How long after its end a price may still stand on a page."""
ANYWHERE = timezone(timedelta(hours=-12))
"""Where days end last."""
_ENDS_MAX_COUNT = 10

Why = Literal["ended", "changed", "old"]


@dataclass(frozen=True, slots=True)
class Stale:
    """Why a price on a page was out of date: since when (of ``old``: since when the page was open), and of
    one that ended who says so."""

    why: Why
    since: float
    by: str = ""


@dataclass(frozen=True, slots=True)
class _Declared:
    """A price that the page states with its end."""

    amount: Amount
    until: str


class Offers:
    """What is known of the ends of the prices of one session's articles."""

    def __init__(self, shop: Shop, reader: Reader, prices: ComparedPrices, office: BackOffice) -> None:
        self._shop = shop
        self._reader = reader
        self._prices = prices
        self._office = office
        self._declared: dict[str, list[_Declared]] = {}
        self._was: dict[str, Amount] = {}
        """By article what a page said it cost before."""

    def observe(self, fact: PriceShown) -> None:
        """Take note of a price, and of when it ends."""
        key = key_of(fact.sku, fact.name)
        if key is None:
            return
        if fact.source == "displayed" and fact.role == "was":
            if key in self._was or len(self._was) < ARTICLES_MAX_COUNT:
                self._was[key] = fact.amount
        elif fact.source == "declared" and fact.role == "current" and fact.until is not None:
            if key not in self._declared and len(self._declared) >= ARTICLES_MAX_COUNT:
                return
            own = self._declared.setdefault(key, [])
            own.append(_Declared(fact.amount, fact.until))
            del own[:-_ENDS_MAX_COUNT]

    def stale(self, compared: Compared) -> Stale | None:
        """Why the page was out of date that showed less than was charged; None if it was not, as far as that
        is known."""
        if compared.relation != "dearer" or not compared.is_page:
            return None
        seen_ms = compared.at if compared.before.until is None else compared.before.until
        ended = max(self._ends(compared), key=lambda one: one.since, default=None)
        if ended is not None:
            # A price that goes on by any of them has not ended.
            return ended if ended.since + SLACK_MS < seen_ms else None
        begun_ms = self._prices.pages.begun(compared.before)
        changed_ms = self._changed_ms(compared, begun_ms)
        if changed_ms is not None:
            return Stale("changed", changed_ms)
        return Stale("old", begun_ms) if seen_ms - begun_ms > VIEW_MS else None

    def _changed_ms(self, compared: Compared, begun_ms: float) -> float | None:
        """When a page of the same kind was loaded since that showed what was charged."""
        pages = self._prices.pages
        seen = pages.of(compared.line, compared.at)
        later = [
            began
            for one in (() if isinstance(seen, str) else seen)
            if one.where == compared.before.where
            and isinstance(price := self._reader.price(one.amount), Price)
            and price.unit == compared.charged.unit
            and not apart(price, compared.charged)
            and (began := pages.begun(one)) > begun_ms
        ]
        return min(later, default=None)

    def _ends(self, compared: Compared) -> Iterator[Stale]:
        """Every end that is stated for the price that the page showed."""
        before = compared.before.amount
        keys = {compared.article.key}
        if compared.line.name:
            keys.add(key_of(None, compared.line.name) or "")
        for one in (one for key in sorted(keys) for one in self._declared.get(key, ())):
            ms = end_ms(one.until, self._zone)
            stated = self._reader.price(one.amount)
            if ms is not None and isinstance(stated, Price) and self._is(before, stated.unit, stated.minor):
                yield Stale("ended", ms, "the page itself")
        if compared.line.sku:
            yield from self._listed(before, compared.line.sku, compared.at)
            yield from self._promised(compared, compared.line.sku)

    def _listed(self, before: Amount, sku: str, at_ms: float) -> Iterator[Stale]:
        """Ends by the shop's price lists: stated, or because another price came after it. A store that lists
        the same price again says that it goes on, so that only its last such price can have ended."""
        wanted = normalise("sku", sku, "")
        stores: dict[tuple[str, str | None], list[ServerEvent]] = {}
        for one in sorted(self._office.prices, key=lambda one: one.since_ms):
            if normalise("sku", one.sku or "", "") == wanted:
                stores.setdefault((one.system, one.store), []).append(one)
        for (_, store), own in stores.items():
            last = next(
                (one for one in reversed(own) if one.since_ms <= at_ms and self._lists(one, before)), None
            )
            if last is not None:
                after = (
                    one.since_ms
                    for one in own
                    if one.since_ms > last.since_ms and not self._lists(one, before)
                )
                ends = [ms for ms in (last.to_ms, next(after, None)) if ms is not None]
                if ends:
                    yield Stale("ended", min(ends), f"the price list of {store}")

    def _lists(self, one: ServerEvent, before: Amount) -> bool:
        """Whether a price list says what the page showed."""
        return (
            one.minor is not None and one.currency is not None and self._is(before, one.currency, one.minor)
        )

    def _promised(self, compared: Compared, sku: str) -> Iterator[Stale]:
        """Ends of promises that take off just what the page had taken off."""
        was = self._was.get(compared.article.key)
        before, expected = self._reader.price(was), compared.expected
        if not isinstance(before, Price) or before.unit != expected.unit or before.minor <= expected.minor:
            return
        for promo in self._shop.promised.promos:
            promise = promo.at(compared.at)
            if promise.until_ms is None or not promise.only_skus or not promise.takes(sku):
                continue
            off = expected_minor(promise, before.minor)
            if off is not None and abs(before.minor - off - expected.minor) <= 1:
                yield Stale("ended", promise.until_ms, f"the promise “{promise.title}”")

    def _is(self, shown: Amount, currency: str, minor: int) -> bool:
        """Whether what the page showed is this amount."""
        price = self._reader.price(Amount(raw=shown.raw, currency=shown.currency or currency))
        return isinstance(price, Price) and (price.unit, price.minor) == (currency, minor)

    @property
    def _zone(self) -> tzinfo:
        """The shop's time zone, if all that it words with one agrees; else that where days end last."""
        worded = [promo.latest for promo in self._shop.promised.promos if promo.latest.zone]
        zones = {one.zone for one in worded}
        return zone_of(worded[0]) if len(zones) == 1 else ANYWHERE


def end_ms(until: str, zone: tzinfo = ANYWHERE) -> float | None:
    """When a price is over of which this is stated: a date lasts until its day ends, and a time that does not
    say where is one of ``zone``. None for what is no date."""
    try:
        if len(until) == len("2026-01-31"):
            day = datetime.fromisoformat(until).date() + timedelta(days=1)
            return datetime.combine(day, time(), zone).timestamp() * 1_000
        at = datetime.fromisoformat(until)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC).timestamp() * 1_000
    except (ValueError, OverflowError):
        return None
