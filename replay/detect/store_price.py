"""A store's price list has an article for less than the page showed it for.

The page shows one price, the shelf in a store another, and whoever calls has seen both. Compared is the last
``current`` price that was displayed with the list price in force at that time, of the same number, in the
same currency. A store that is dearer is nobody's complaint.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from replay.detect.evidence import cannot_tell, evidence
from replay.detect.order_conflicts import moment
from replay.detect.seen import Seen
from replay.detect.shown import Price, comparable, exceeds
from replay.model.currency import exponent_of
from replay.model.events import PriceShown
from replay.model.finding import Finding, Judgement, Severity
from replay.model.identity import normalise
from replay.model.money import Money, say, tolerance
from replay.model.server_event import ServerEvent
from replay.model.timeline import Entry

__all__ = ["StorePrice"]

RULE = "store_price"
VERSION = 1
REST_MS = 2_000
"""How long a price must have been known before it counts: pages put it right at once."""
MEDIUM_PERCENT, MEDIUM_MINOR = 5, 1_000
_CONTEXTS = {
    "product": "the product page",
    "listing": "the listing",
    "search": "the search results",
    "quickview": "the quick view",
}
_ARTICLES_MAX_COUNT = 2_000


@dataclass(frozen=True, slots=True)
class _Shown:
    sku: str
    name: str | None
    where: str
    fact: PriceShown
    load: str
    t: float


class StorePrice:
    """The rule over one session."""

    READS = (PriceShown,)

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._shown: dict[str, _Shown] = {}

    def observe(self, entry: Entry) -> None:
        fact = entry.event.fact
        if not isinstance(fact, PriceShown) or fact.source != "displayed" or fact.role != "current":
            return
        if fact.sku is None or fact.context not in _CONTEXTS:
            return
        key = normalise("sku", fact.sku, "")
        if key in self._shown or len(self._shown) < _ARTICLES_MAX_COUNT:
            name = fact.name.raw if fact.name else None
            self._shown[key] = _Shown(fact.sku, name, _CONTEXTS[fact.context], fact, entry.load, entry.t)

    def judge(self, now_ms: float) -> Judgement:
        listed: dict[str, list[ServerEvent]] = {}
        for price in self._seen.office.prices:
            listed.setdefault(normalise("sku", price.sku or "", ""), []).append(price)
        findings: list[Finding] = []
        wakes: list[float] = []
        for key, prices in listed.items():
            shown = self._shown.get(key)
            if shown is None:
                continue
            if shown.t + REST_MS > now_ms:
                wakes.append(shown.t + REST_MS)
            elif in_force := _in_force(prices, shown.t):
                findings.append(self._compare(shown, in_force))
        return Judgement(findings=tuple(findings), wake_ms=min(wakes, default=None))

    def _compare(self, shown: _Shown, prices: list[ServerEvent]) -> Finding:
        what = evidence("product", shown.load, shown.t, shown.fact.amount)
        said = f"{shown.name} ({shown.sku})" if shown.name else shown.sku
        online = self._seen.reader.price(shown.fact.amount, "the price")
        lowest = min(prices, key=lambda one: (one.minor or 0, one.store or ""))
        why = online if isinstance(online, str) else _incomparable(online, prices)
        if isinstance(online, str) or why is not None:
            sentence = f"Whether a store has {said} for less cannot be told: {why}."
            return cannot_tell(RULE, VERSION, shown.sku, sentence, (what,), shown.t + REST_MS)
        store = Money(lowest.minor or 0, online.unit)
        more = Money(online.minor - store.minor, online.unit)
        least = tolerance(online.unit, [online.decimals])
        cheaper = more.minor > least
        severity: Severity = "low"
        if exceeds(more.minor, store.minor, MEDIUM_PERCENT) or more.minor >= MEDIUM_MINOR:
            severity = "medium"
        raws = (online.raw,)
        # Several systems may tell of one store.
        stores = {one.store for one in prices if online.minor - (one.minor or 0) > least}
        others = len(stores - {lowest.store})
        more_stores = "more store has" if others == 1 else "more stores have"
        also = f" {others} {more_stores} it for less, too." if others else ""
        if not cheaper:
            severity = "info"
            sentence = f"No store's list has {said} for less than {online.raw} on {shown.where}."
        else:
            sentence = (
                f"The price list of {lowest.store} has {said} for {say(store, raws)} since "
                f"{moment(lowest.since_ms)}; {shown.where} showed {online.raw}, {say(more, raws)} more.{also}"
            )
        return Finding(
            rule=RULE,
            version=VERSION,
            subject=shown.sku,
            signature=f"{lowest.store} | {store.minor}>{online.minor}" if cheaper else "no store for less",
            outcome="fail" if cheaper else "pass",
            severity=severity,
            said=sentence,
            shown=(what,),
            decided_ms=shown.t + REST_MS,
            minor=more.minor if cheaper else None,
            currency=online.unit if cheaper else None,
        )


def _in_force(prices: Iterable[ServerEvent], t: float) -> list[ServerEvent]:
    """Of each store the price at that time: the one that began last."""
    latest: dict[tuple[str, str | None], ServerEvent] = {}
    for price in sorted(prices, key=lambda one: one.since_ms):
        if price.since_ms <= t and (price.to_ms is None or t < price.to_ms):
            latest[price.system, price.store] = price
    return list(latest.values())


def _incomparable(online: Price, prices: Iterable[ServerEvent]) -> str | None:
    if not online.is_currency:
        return f"“{online.raw}” does not say in which currency"
    for one in prices:
        if one.currency != online.unit:
            return f"the price list of {one.store} is in {one.currency}"
        listed = Price(
            raw=say(Money(one.minor or 0, online.unit)),
            minor=one.minor or 0,
            decimals=exponent_of(online.unit) or 0,
            unit=online.unit,
            is_currency=True,
            beside=frozenset(),
        )
        why = comparable(listed, online)
        if why is not None:
            return why
    return None
