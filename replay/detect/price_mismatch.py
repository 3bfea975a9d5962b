"""The page said one price, the cart charges another; or the cart one and the checkout another.

What is compared, and what is not held against the shop, is in ``compared_prices``. Where the page was out of
date when the cart was seen, the difference is told by ``stale_price`` and not here.
"""

from __future__ import annotations

from replay.detect.compared_prices import Compared, ComparedPrices, Incomparable
from replay.detect.evidence import cannot_tell
from replay.detect.page_prices import CONTEXTS
from replay.detect.seen import Seen
from replay.detect.shown import exceeds, say
from replay.detect.surfaces import NAMES
from replay.model.finding import Finding, Judgement, Outcome, Severity
from replay.model.timeline import Entry

__all__ = ["PriceMismatch"]

RULE = "price_mismatch"
VERSION = 3
HIGH_PERCENT, MEDIUM_PERCENT = 5, 1
HIGH_MINOR = 1_000


class PriceMismatch:
    """The rule over one session."""

    READS = ComparedPrices.READS

    def __init__(self, seen: Seen) -> None:
        self._prices = seen.prices
        self._offers = seen.offers

    def observe(self, entry: Entry) -> None:
        self._prices.observe(entry)

    def judge(self, now_ms: float) -> Judgement:
        found = self._prices.judge(now_ms)
        fails: dict[tuple[str, str], Finding] = {}
        stale: dict[str, Finding] = {}
        for pair in found.pairs.values():
            fresh = next((one for one in pair if self._offers.stale(one) is None), None)
            if fresh is None:
                stale.setdefault(pair[0].article.subject, _stale(pair[0]))
            else:
                finding = _fail(fresh)
                fails.setdefault((finding.subject, finding.signature), finding)
        told = {subject for subject, _ in fails}
        others = {subject: _other(one) for subject, one in found.others.items()} | stale
        rest = (one for subject, one in others.items() if subject not in told)
        return Judgement(findings=(*fails.values(), *rest), wake_ms=found.wake_ms)


def _stale(one: Compared) -> Finding:
    said = (
        f"Whether {one.article.said} cost in the cart what it was to cost cannot be told: the page on which "
        "it was seen was out of date."
    )
    return cannot_tell(RULE, VERSION, one.article.subject, said, one.shown, one.at)


def _other(one: Compared | Incomparable) -> Finding:
    """That the prices agree or the screen says why not, or that they cannot be compared."""
    name = one.article.said
    if isinstance(one, Incomparable):
        said = f"Whether {name} cost in the cart what was shown before cannot be told: {one.why}."
        return cannot_tell(RULE, VERSION, one.article.subject, said, one.shown, one.at)
    if one.reason is not None:
        return _finding(one, "pass", "explained", "info", f"{_both(one)}, and {one.reason.said}.")
    there, here = _there(one), NAMES[one.standing.state.surface]
    said = f"{there} and {here} showed the same price for {name}: {one.charged.raw}."
    return _finding(one, "pass", "agreed", "info", said)


def _fail(one: Compared) -> Finding:
    gap = one.gap
    each = " each" if one.pieces > 1 else ""
    said = f"{_both(one)}, {say(abs(gap), one.charged)} {'more' if gap > 0 else 'less'}{each}."
    ratio = f"{one.charged.minor / one.expected.minor:.3f}" if one.expected.minor else "new"
    severity: Severity = "info"
    if one.is_tax:
        said, ratio = f"{said} That is just the tax: one of the two leaves it out.", "tax"
    elif gap > 0:
        said, severity = f"{said} Nothing on screen explained it.", _severity(one)
    signature = f"{one.before.where}>{one.standing.state.surface} ×{ratio}"
    return _finding(one, "fail", signature, severity, said)


def _finding(one: Compared, outcome: Outcome, signature: str, severity: Severity, said: str) -> Finding:
    is_known = outcome == "fail" and one.charged.is_currency
    return Finding(
        rule=RULE,
        version=VERSION,
        subject=one.article.subject,
        signature=signature,
        outcome=outcome,
        severity=severity,
        said=said,
        shown=one.shown,
        decided_ms=one.at,
        minor=round(one.gap * one.pieces) if is_known else None,
        currency=one.charged.unit if is_known else None,
    )


def _severity(one: Compared) -> Severity:
    if one.gap >= HIGH_MINOR or exceeds(one.gap, one.expected.minor, HIGH_PERCENT):
        return "high"
    return "medium" if exceeds(one.gap, one.expected.minor, MEDIUM_PERCENT) else "low"


def _both(one: Compared) -> str:
    here = NAMES[one.standing.state.surface]
    return f"{_there(one)} showed {one.expected.raw} for {one.article.said}; {here} charged {one.charged.raw}"


def _there(one: Compared) -> str:
    where = one.before.where
    there = CONTEXTS.get(where) or next((said for name, said in NAMES.items() if name == where), "the cart")
    return there[0].upper() + there[1:]
