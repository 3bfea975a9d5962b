"""A page still showed a price that was over, and the cart charged more.

Either the offer had ended (by what the page itself stated, by a price list or by a promise), or the price
changed while the page stood open: a page of the same kind that was loaded later showed the new one, or the
page was half an hour old. The customer did see the lower price, and nothing on it said that it was over.
"""

from __future__ import annotations

from replay.detect.compared_prices import Compared, ComparedPrices
from replay.detect.offers import Stale
from replay.detect.order_conflicts import moment
from replay.detect.page_prices import CONTEXTS
from replay.detect.seen import Seen
from replay.detect.shown import say
from replay.detect.surfaces import NAMES
from replay.model.events import OrderPlaced
from replay.model.finding import Finding, Judgement
from replay.model.timeline import Entry

__all__ = ["StalePrice"]

RULE = "stale_price"
VERSION = 1
_ORDERS_MAX_COUNT = 100
_MINUTE_MS = 60_000
_HOUR_MINUTES = 60
_DAY_MINUTES = 24 * _HOUR_MINUTES


class StalePrice:
    """The rule over one session."""

    READS = ComparedPrices.READS | {OrderPlaced}

    def __init__(self, seen: Seen) -> None:
        self._prices = seen.prices
        self._offers = seen.offers
        self._orders: list[tuple[float, frozenset[str] | None]] = []
        """When the page said that an order was placed, and of which articles, where it said so."""

    def observe(self, entry: Entry) -> None:
        fact = entry.event.fact
        if not isinstance(fact, OrderPlaced):
            self._prices.observe(entry)
        elif len(self._orders) < _ORDERS_MAX_COUNT:
            skus = None if fact.lines is None else frozenset(line.sku for line in fact.lines if line.sku)
            self._orders.append((entry.t, skus or None))

    def judge(self, now_ms: float) -> Judgement:
        found = self._prices.judge(now_ms)
        findings: dict[tuple[str, str], Finding] = {}
        for pair in found.pairs.values():
            stale = self._offers.stale(pair[0])
            if stale is not None and all(self._offers.stale(one) for one in pair[1:]):
                finding = self._finding(pair[0], stale)
                findings.setdefault((finding.subject, finding.signature), finding)
        return Judgement(findings=tuple(findings.values()), wake_ms=found.wake_ms)

    def _finding(self, one: Compared, stale: Stale) -> Finding:
        is_ordered = any(
            one.at <= t and (skus is None or not one.line.sku or one.line.sku in skus)
            for t, skus in self._orders
        )
        return Finding(
            rule=RULE,
            version=VERSION,
            subject=one.article.subject,
            signature=f"{_signature(stale)} | {one.standing.state.surface}",
            outcome="fail",
            severity="high" if is_ordered else "medium",
            said=_said(one, stale),
            shown=one.shown,
            decided_ms=one.at,
            minor=round(one.gap * one.pieces) if one.charged.is_currency else None,
            currency=one.charged.unit if one.charged.is_currency else None,
        )


def _signature(stale: Stale) -> str:
    match stale.why:
        case "ended":
            return f"ended {moment(stale.since)}"
        case "changed":
            return "changed while the page was open"
        case "old":
            return "page open for long"


def _said(one: Compared, stale: Stale) -> str:
    where, here = CONTEXTS[one.before.where], NAMES[one.standing.state.surface]
    each = " each" if one.pieces > 1 else ""
    charged = f"{here} charged {one.charged.raw}, {say(one.gap, one.charged)} more{each}"
    shown = f"{where} still showed {one.expected.raw} for {one.article.said}"
    seen_ms = one.at if one.before.until is None else one.before.until
    match stale.why:
        case "ended":
            age = _age(seen_ms - stale.since)
            return f"{shown} {age} after that price ended (by {stale.by}); {charged}."
        case "changed":
            return f"{shown}, and a page that was loaded after it the new price; {charged}."
        case "old":
            return f"{shown} {_age(seen_ms - stale.since)} after it was opened; {charged}."


def _age(ms: float) -> str:
    minutes = max(0, int(ms // _MINUTE_MS))
    if minutes < 2 * _HOUR_MINUTES:
        return f"{minutes} minutes"
    if minutes < 2 * _DAY_MINUTES:
        return f"{minutes // _HOUR_MINUTES} hours"
    return f"{minutes // _DAY_MINUTES} days"
