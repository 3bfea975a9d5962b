"""Two orders of one customer hold the same basket, minutes apart: the second was hardly meant.

A retried payment or a second press often makes two orders of one. Judged is what the shop's systems say of
orders that are the same customer's; what is cancelled, unpaid or a repetition on purpose does not count.
"""

from __future__ import annotations

from itertools import combinations

from replay.detect.evidence import cannot_tell
from replay.detect.office import Order
from replay.detect.order_conflicts import REST_MS
from replay.detect.order_money import basket_of, paid_for
from replay.detect.seen import Seen
from replay.detect.statuses import state_of
from replay.model.events import Fact
from replay.model.finding import Finding, Judgement
from replay.model.money import tolerance
from replay.model.server_event import Party, ServerEvent
from replay.model.timeline import Entry

__all__ = ["DuplicateOrder"]

RULE = "duplicate_order"
VERSION = 1
APART_MS = 15 * 60 * 1_000
_ORDERS_MAX_COUNT = 100
_UNMEANT = frozenset({"draft", "pending", "failed", "cancelled", "refunded"})
"""States of an order that nobody is charged for, as long as nothing was captured for it."""


class DuplicateOrder:
    """The rule over one session."""

    READS: tuple[type[Fact], ...] = ()

    def __init__(self, seen: Seen) -> None:
        self._office = seen.office

    def observe(self, entry: Entry) -> None:
        """Nothing that a page says counts here."""

    def judge(self, now_ms: float) -> Judgement:
        return self._office.judge(now_ms, self._judge_all)

    def _judge_all(self, now_ms: float) -> Judgement:
        findings: list[Finding] = []
        wakes: list[float] = []
        made = [
            (created[0], order)
            for order in self._office.orders.values()
            if (created := order.of("order.created"))
        ]
        made.sort(key=lambda one: (one[0].occurred_ms, one[1].key))
        for (first, one), (second, other) in combinations(made[-_ORDERS_MAX_COUNT:], 2):
            if second.occurred_ms - first.occurred_ms > APART_MS or not _same_customer(first, second):
                continue
            ripe_ms = REST_MS + max(one.heard_ms, other.heard_ms)
            if ripe_ms > now_ms:
                wakes.append(ripe_ms)
            elif (finding := _compare(first, one, second, other, ripe_ms)) is not None:
                findings.append(finding)
        return Judgement(findings=tuple(findings), wake_ms=min(wakes, default=None))


def _compare(first: ServerEvent, one: Order, second: ServerEvent, other: Order, at: float) -> Finding | None:
    names = f"{one.said} and {other.said}"
    if basket_of(first) is None or basket_of(second) is None:
        said = (
            f"Whether orders {names} are the same cannot be told: not both say how many of what is in them."
        )
        return cannot_tell(RULE, VERSION, other.said, said, (), at)
    minutes = (second.occurred_ms - first.occurred_ms) / 60_000
    apart = f"{minutes:.0f} minutes apart" if minutes >= 1 else "less than a minute apart"
    if not _same_basket(first, second):
        return _finding(other, "differ", f"Orders {names}, {apart}, hold different baskets.", at)
    if _is_meant(one) or _is_meant(other):
        return _finding(other, "meant", f"Order {other.said} repeats {one.said} on purpose.", at)
    if one.of("order.cancelled") or other.of("order.cancelled"):
        return _finding(other, "cancelled", f"Of orders {names}, {apart}, one is cancelled.", at)
    paid = [paid_for(order) for order in (one, other)]
    captured = sum(each is not None for each in paid)
    uncharged = [
        order for order, each in zip((one, other), paid, strict=True) if each is None and _is_unmeant(order)
    ]
    if uncharged:
        return _finding(other, "unpaid", f"Of orders {names}, {apart}, not both were paid.", at)
    payments = [order.of("payment.captured", "payment.authorized") for order in (one, other)]
    if not captured and not all(payments):
        said = f"Whether orders {names} are both paid cannot be told: no system says so."
        return cannot_tell(RULE, VERSION, other.said, said, (), at)
    return Finding(
        rule=RULE,
        version=VERSION,
        subject=other.said,
        signature=f"same basket | {captured} captured | {second.system}",
        outcome="fail",
        severity="high" if captured == 2 else "medium",
        said=(
            f"Orders {names} hold the same basket, {apart}; "
            f"{captured or 'no'} {'payment was' if captured == 1 else 'payments were'} taken."
        ),
        shown=(),
        decided_ms=at,
        minor=second.minor if captured == 2 else None,
        currency=second.currency if captured == 2 and second.minor is not None else None,
    )


def _finding(order: Order, signature: str, said: str, at: float) -> Finding:
    return Finding(
        rule=RULE,
        version=VERSION,
        subject=order.said,
        signature=signature,
        outcome="pass",
        severity="info",
        said=said,
        shown=(),
        decided_ms=at,
    )


def _same_customer(first: ServerEvent, second: ServerEvent) -> bool:
    """Both concern this session's customer; they are somebody else's each where they say so."""
    one, other = first.customer or Party(), second.customer or Party()
    pairs = (
        (one.customer_id, other.customer_id),
        (one.email, other.email),
        (one.phone, other.phone),
    )
    known = [(a.casefold(), b.casefold()) for a, b in pairs if a and b]
    return not known or any(a == b for a, b in known)


def _same_basket(first: ServerEvent, second: ServerEvent) -> bool:
    if basket_of(first) != basket_of(second):
        return False
    if first.minor is None or second.minor is None:
        return True
    return (
        first.currency == second.currency
        and first.currency is not None
        and abs(first.minor - second.minor) <= tolerance(first.currency, roundings=len(first.lines or ()))
    )


def _states(order: Order) -> list[str | None]:
    return [state_of(one.status_raw) for one in order.events if one.status_raw]


def _is_meant(order: Order) -> bool:
    return "extra" in _states(order)


def _is_unmeant(order: Order) -> bool:
    """Whether the last that was said of it leaves it without money."""
    known = [state for state in _states(order) if state is not None]
    return bool(known) and known[-1] in _UNMEANT
