"""A customer met a problem, left with goods in the cart, and ordered nowhere within a day.

It looks at what the other rules found: at the worst that the customer met in the last ten minutes, or after
which nothing more was done. It is a consequence and no fault of its own, so its subject and signature are
those of that finding: carts that were left, and what was in them, add up on that problem. Nobody knows that
nothing was ordered by phone or elsewhere, unless the shop's systems tell of orders and it is known whose cart
it was; until the day is over, and where either is not so, it cannot be told.

How a cart's total compares with those of others is not known within one session: what that adds is found
where findings are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from replay.detect.compared_prices import role_of
from replay.detect.evidence import cannot_tell, evidence
from replay.detect.last_cart import Cart
from replay.detect.order_conflicts import moment
from replay.detect.seen import Seen
from replay.detect.shown import Price
from replay.model.events import Click, Fact, Identified, OrderPlaced, PageLoaded, PageViewed
from replay.model.finding import SEVERITIES, Evidence, Finding, Judgement
from replay.model.problem import CONSEQUENCE_RULE, consequence_of
from replay.model.timeline import Entry

__all__ = ["AbandonedWithProblem"]

RULE = CONSEQUENCE_RULE
VERSION = 1
LEFT_MS = 30 * 60 * 1_000
"""So long after the last thing that its pages sent a session is over."""
ORDER_MS = 24 * 60 * 60 * 1_000
"""How long a customer may take to order after all."""
BEFORE_MS = 10 * 60 * 1_000
"""How long before leaving a problem may have been met to be a reason."""
CLOCKS_MS = 60 * 1_000
"""How far the clocks of pages and of the shop's systems may be apart."""
_UNMET = frozenset({"duplicate_order", "order_state_conflict", "store_price"})
"""Rules of what systems say, which nobody saw on a page."""
_DONE: tuple[type[Fact], ...] = (Click, PageLoaded, PageViewed)
_MINUTES_FROM_S = 120


class AbandonedWithProblem:
    """The rule over one session."""

    def __init__(self, seen: Seen) -> None:
        self._reader = seen.reader
        self._office = seen.office
        self._last_cart = seen.cart
        self._last: Entry | None = None
        self._done_ms = float("-inf")
        """When the customer did something last."""
        self._ordered_ms = float("-inf")
        self._is_known = False

    def observe(self, entry: Entry) -> None:
        """Take the next fact, whatever it is: also what nobody reads says that somebody is there."""
        fact = entry.event.fact
        if self._last is None or entry.t >= self._last.t:
            self._last = entry
        if isinstance(fact, _DONE):
            self._done_ms = max(self._done_ms, entry.t)
        elif isinstance(fact, OrderPlaced):
            self._ordered_ms = max(self._ordered_ms, entry.t)
        elif isinstance(fact, Identified) and (fact.customer_id or fact.email or fact.phone):
            self._is_known = True

    def conclude(self, now_ms: float, findings: Sequence[Finding]) -> Judgement:
        """What can be said at ``now_ms``, when the other rules say this."""
        return self._office.judge(now_ms, lambda at_ms: self._conclude(at_ms, findings))

    def _conclude(self, now_ms: float, findings: Sequence[Finding]) -> Judgement:
        cart = self._last_cart.cart
        if self._last is None or cart is None:
            return Judgement()
        total = self._reader.price(cart.amount) if cart.amount else None
        left_ms = self._last.t
        met = self._met(findings, left_ms)
        if met is None or not isinstance(total, Price) or total.minor <= 0:
            return Judgement()
        met_ms, finding = met
        if self._ordered_ms >= met_ms:
            return Judgement()
        over_ms = left_ms + LEFT_MS
        if now_ms < over_ms:
            return Judgement(wake_ms=over_ms)
        ripe_ms = over_ms + ORDER_MS
        left = _Left(finding, met_ms, left_ms, total, cart, over_ms, ripe_ms)
        order = self._order(met_ms, ripe_ms)
        if order is not None:
            return Judgement(findings=(left.passed(order),))
        unknown = self._unknown(over_ms)
        if unknown is not None:
            return Judgement(findings=(left.untold(unknown),))
        if now_ms < ripe_ms:
            why = f"whether it was ordered after all is known on {moment(ripe_ms)}"
            return Judgement(findings=(left.untold(why),), wake_ms=ripe_ms)
        return Judgement(findings=(left.failed(),))

    def _met(self, findings: Sequence[Finding], left_ms: float) -> tuple[float, Finding] | None:
        """The worst that was met shortly before leaving, of several the last, and when."""
        met = [
            (max(one.t for one in finding.shown), finding)
            for finding in findings
            if finding.outcome == "fail"
            and finding.severity in ("high", "medium")
            and finding.rule not in _UNMET
            and finding.shown
        ]
        late = [one for one in met if left_ms - one[0] <= BEFORE_MS or self._done_ms <= one[0]]
        return min(late, key=lambda one: (SEVERITIES.index(one[1].severity), -one[0]), default=None)

    def _order(self, met_ms: float, ripe_ms: float) -> str | None:
        """An order that systems tell of, begun after the problem and within the day. That of somebody whom
        the page only claimed accuses nobody, but may be it."""
        begun: dict[str, int] = {}
        for one in self._office.told:
            if one.event.order is not None and one.event.kind.startswith("order."):
                begun.setdefault(one.event.order, one.event.occurred_ms)
        return next(
            (order for order, ms in begun.items() if met_ms - CLOCKS_MS <= ms <= ripe_ms + CLOCKS_MS), None
        )

    def _unknown(self, over_ms: float) -> str | None:
        """Why an order elsewhere would not be seen here."""
        since_ms = self._office.orders_since_ms
        if since_ms is None or since_ms > over_ms:
            return "no order was seen in this visit; orders elsewhere are not visible here"
        if not self._is_known:
            return "no order was seen in this visit; whose it was is not known, so none elsewhere would be"
        return None


@dataclass(frozen=True, slots=True)
class _Left:
    """A cart that was left after a finding."""

    finding: Finding
    met_ms: float
    left_ms: float
    total: Price
    cart: Cart
    over_ms: float
    ripe_ms: float

    @property
    def said(self) -> str:
        return (
            f"Left with {self.total.raw} in the cart {_later(self.left_ms - self.met_ms)} after this: "
            f"{self.finding.said}"
        )

    @property
    def shown(self) -> tuple[Evidence, ...]:
        """Where the problem was met, and the cart that was left."""
        entry = self.cart.entry
        cart = evidence(role_of(self.cart.state.surface), entry.load, entry.t, self.cart.amount)
        return (*self.finding.shown, cart)

    def failed(self) -> Finding:
        """It was left for good."""
        said = f"{self.said} No order of theirs is known of the day after."
        is_currency = self.total.is_currency
        return Finding(
            rule=RULE,
            version=VERSION,
            subject=self.finding.subject,
            signature=consequence_of(self.finding.rule, self.finding.signature),
            outcome="fail",
            severity=self.finding.severity,
            said=said,
            shown=self.shown,
            decided_ms=self.ripe_ms,
            minor=self.total.minor if is_currency else None,
            currency=self.total.unit if is_currency else None,
        )

    def untold(self, why: str) -> Finding:
        """It is not known whether it was."""
        said = f"{self.said} {why[0].upper()}{why[1:]}."
        return cannot_tell(RULE, VERSION, self.finding.subject, said, self.shown, self.over_ms)

    def passed(self, order: str) -> Finding:
        """They ordered after all."""
        said = f"{self.said} Order {order} came within a day all the same."
        return Finding(
            rule=RULE,
            version=VERSION,
            subject=self.finding.subject,
            signature="ordered",
            outcome="pass",
            severity="info",
            said=said,
            shown=self.shown,
            decided_ms=self.over_ms,
        )


def _later(ms: float) -> str:
    seconds = max(0, round(ms / 1_000))
    return f"{seconds} s" if seconds < _MINUTES_FROM_S else f"{seconds // 60} minutes"
