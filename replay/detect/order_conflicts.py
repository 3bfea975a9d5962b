"""The ways in which systems contradict each other about one order.

Each is a function of the order alone: what contradicts what, since when, and how long systems are given to
agree. Whether that time is over is for the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from replay.detect.office import Order
from replay.detect.order_money import Paid, article_of, basket_of, paid_for, returned_lines, total_of
from replay.detect.statuses import State, state_of
from replay.model.finding import Severity
from replay.model.money import Money, say, tolerance
from replay.model.server_event import ServerEvent

__all__ = ["REST_MS", "Conflict", "Unknown", "conflicts", "moment"]

REST_MS = 30 * 1_000
"""How long what came is left alone: the next message may be the other half of it."""
HOUR_MS = 60 * 60 * 1_000
DAY_MS = 24 * HOUR_MS
RETURN_BUSINESS_DAYS_COUNT = 5
"""How long a return that arrived may wait for its money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two systems that do not agree, from ``ripe_ms`` on for longer than it may take."""

    kind: str
    first: ServerEvent
    second: ServerEvent | None
    states: tuple[str, str]
    severity: Severity
    said: str
    ripe_ms: float
    lacking: Money | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """What would have to be known."""

    why: str
    event: ServerEvent


Look = Callable[[Order], Iterator[Conflict | Unknown]]


def conflicts(order: Order) -> Iterator[Conflict | Unknown]:
    """Everything about an order that does not agree, or cannot be told."""
    for look in _LOOKS:
        yield from look(order)


def moment(ms: float) -> str:
    """A time for a sentence."""
    at = datetime.fromtimestamp(ms / 1_000, UTC)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def _state(event: ServerEvent) -> State | None:
    if event.kind == "order.cancelled":
        return "cancelled"
    if event.status_raw is None:
        return "open" if event.kind == "order.created" else None
    return state_of(event.status_raw)


def _shop_says(order: Order, *states: State) -> ServerEvent | None:
    """The event since which the shop has said one of these, if that is what it says last."""
    since: ServerEvent | None = None
    for one in order.of("order.created", "order.updated", "order.cancelled"):
        state = _state(one)
        if state in states:
            since = since or one
        elif state is not None:
            since = None
    return since


def _cancelled(order: Order) -> ServerEvent | None:
    """Who says that it is cancelled, and nobody took that back."""
    said = _shop_says(order, "cancelled", "refunded")
    own = order.of("order.cancelled")
    return (own[-1] if own else said) if said is not None and (own or _state(said) == "cancelled") else None


def _money(order: Order) -> Iterator[Conflict | Unknown]:
    """Cancelled or refunded in the shop, and the money is still there."""
    cancelled = _cancelled(order)
    refunded = _shop_says(order, "refunded") or (cancelled and _last_refunded(order))
    first = cancelled or refunded
    if first is None:
        return
    paid = paid_for(order)
    if isinstance(paid, str):
        yield Unknown(paid, first)
    elif paid is None:
        if not order.of("payment.authorized", "payment.voided"):
            yield Unknown("no system tells whether it was paid", first)
    else:
        due = _due(order, first, paid)
        if due is None:
            yield Unknown("only a part of it was cancelled, and not told for how much", first)
            return
        lacking = paid.lacks(due)
        if lacking is None:
            return
        states = "cancelled and refunded" if cancelled and refunded else _state(first) or "refunded"
        capture = paid.captured[-1]
        yield Conflict(
            kind="cancelled_not_refunded" if cancelled else "refunded_in_shop_only",
            first=first,
            second=capture,
            states=(states, "captured"),
            severity="high",
            said=(
                f"Order {order.said}: {first.system} says {states} since {moment(first.occurred_ms)}; "
                f"{capture.system} says {say(paid.taken)} captured{_returned(paid)}. {say(lacking)} has not "
                "been returned."
            ),
            ripe_ms=_ripe(order, DAY_MS, first, capture, *paid.refunded),
            lacking=lacking,
        )


def _last_refunded(order: Order) -> ServerEvent | None:
    """A cancellation that says of itself that it was refunded."""
    own = [one for one in order.of("order.cancelled") if one.status_raw]
    return own[-1] if own and state_of(own[-1].status_raw or "") == "refunded" else None


def _returned(paid: Paid) -> str:
    last = paid.captured[-1]
    since = f" on {moment(last.occurred_ms)}"
    return f"{since} and {say(paid.returned)} refunded" if paid.returned.minor else since


def _due(order: Order, said: ServerEvent, paid: Paid) -> Money | None:
    """What is to come back: all of it, or what the lines come to that were cancelled."""
    if not said.lines:
        return paid.taken
    ordered = [one for one in order.of("order.created") if one.lines]
    if ordered and (basket := basket_of(said)) is not None and basket_of(ordered[0]) == basket:
        return paid.taken
    total = None if said.lines_count is not None else total_of(said.lines)
    return None if total is None else Money(total, paid.taken.currency)


def _goods(order: Order) -> Iterator[Conflict | Unknown]:
    """Cancelled, and on its way or with the customer."""
    cancelled, moved = _cancelled(order), _moved(order)
    if cancelled is None or not moved or order.of("return.received", "return.closed"):
        return
    last = moved[-1]
    gone = {article_of(line) for line in cancelled.lines or ()}
    went = {article_of(line) for one in moved for line in one.lines or ()}
    if gone and not (last.lines and (gone & went) - {None}):
        parts = (cancelled, *moved)
        if not last.lines or None in gone | went or any(one.lines_count is not None for one in parts):
            yield Unknown("only a part of it was cancelled, and not told which part was shipped", last)
        return
    state = "delivered" if last.kind == "order.delivered" else "shipped"
    yield Conflict(
        kind="cancelled_but_shipped",
        first=cancelled,
        second=last,
        states=("cancelled", state),
        severity="high",
        said=(
            f"Order {order.said}: {cancelled.system} says cancelled since {moment(cancelled.occurred_ms)}; "
            f"{last.system} says {state} on {moment(last.occurred_ms)}."
        ),
        ripe_ms=_ripe(order, HOUR_MS, cancelled, last),
    )


def _moved(order: Order) -> tuple[ServerEvent, ...]:
    """What says that goods left or arrived. A shipment that its system cancelled did neither."""
    said = order.of("order.shipped", "order.delivered")
    undone = [one for one in said if one.status_raw and state_of(one.status_raw) == "cancelled"]
    gone = [(one.system, one.ids) for one in undone]
    return tuple(one for one in said if (one.system, one.ids) not in gone)


def _label(order: Order) -> Iterator[Conflict | Unknown]:
    """The money is back, or the goods are there, and the shop has not noticed."""
    said = order.of("order.created", "order.updated", "order.cancelled")
    last = next((one for one in reversed(said) if one.kind == "order.cancelled" or one.status_raw), None)
    if last is None:
        # A shop that only tells of new orders says nothing of what became of them.
        return
    state = _state(last)
    paid = paid_for(order)
    refunds = paid.refunded if isinstance(paid, Paid) and paid.lacks(paid.taken) is None else ()
    delivered = order.of("order.delivered")
    if state is None:
        if refunds or delivered:
            yield Unknown(f"what {last.system} calls “{last.status_raw}” is not known here", last)
        return
    if refunds and state in ("open", "paid", "pending") and not order.of("return.received", "return.closed"):
        yield _still(order, "refunded_but_open", refunds[-1], last, "refunded", state)
    if delivered and state == "pending":
        yield _still(order, "delivered_but_pending", delivered[-1], last, "delivered", state)


def _still(
    order: Order, kind: str, first: ServerEvent, last: ServerEvent, done: str, state: State
) -> Conflict:
    return Conflict(
        kind=kind,
        first=first,
        second=last,
        states=(done, state),
        severity="low",
        said=(
            f"Order {order.said}: {first.system} says {done} on {moment(first.occurred_ms)}; "
            f"{last.system} still says {last.status_raw or state}."
        ),
        ripe_ms=_ripe(order, DAY_MS, first, last),
    )


def _returns(order: Order) -> Iterator[Conflict | Unknown]:
    """The goods came back, and the money did not, or not all of it."""
    arrived = order.of("return.received")
    if not arrived:
        return
    if any(one.status_raw and state_of(one.status_raw) == "extra" for one in order.events):
        yield Unknown("it was exchanged", arrived[-1])
        return
    paid = paid_for(order)
    if not isinstance(paid, Paid):
        yield Unknown(paid or "no system tells whether it was paid", arrived[-1])
        return
    last, lines = arrived[-1], returned_lines(arrived)
    total = None if lines is None else total_of(lines)
    if paid.returned.minor == 0:
        due = paid.taken if total is None else Money(min(total, paid.taken.minor), paid.taken.currency)
        how_much = say(due) if total is not None else "Nothing"
        yield Conflict(
            kind="return_not_refunded",
            first=last,
            second=paid.captured[-1],
            states=("received", "captured"),
            severity="high",
            said=(
                f"Order {order.said}: {last.system} says its return arrived on {moment(last.occurred_ms)}; "
                f"{paid.captured[-1].system} says {say(paid.taken)} captured and nothing refunded. "
                f"{how_much} has {'not ' if total is not None else ''}been returned."
            ),
            ripe_ms=max(
                _after_business_days(last.occurred_ms, RETURN_BUSINESS_DAYS_COUNT), _ripe(order, 0, last)
            ),
            lacking=due if total is not None else None,
        )
    elif total is None:
        if paid.lacks(paid.taken) is not None:
            yield Unknown("it is not told what the returned lines cost", last)
    elif total - paid.returned.minor > tolerance(paid.taken.currency, roundings=len(lines or ())):
        lacking = Money(total - paid.returned.minor, paid.taken.currency)
        refund = paid.refunded[-1]
        yield Conflict(
            kind="return_refunded_less",
            first=last,
            second=refund,
            states=("received", "refunded"),
            severity="high",
            said=(
                f"Order {order.said}: {last.system} says {say(Money(total, lacking.currency))} of goods came "
                f"back by {moment(last.occurred_ms)}; {refund.system} says {say(paid.returned)} refunded. "
                f"{say(lacking)} has not been returned."
            ),
            ripe_ms=_ripe(order, DAY_MS, last, refund),
            lacking=lacking,
        )


_PROMISED = {
    "refunded": (("payment.refunded",), "no system says that any money was returned"),
    "cancelled": (("order.cancelled",), "no system says that it was cancelled"),
    "shipped": (("order.shipped", "order.delivered"), "no system says that it was shipped"),
}


def _emails(order: Order) -> Iterator[Conflict | Unknown]:
    """The customer was told what no system did."""
    for email in order.of("email.sent"):
        state = state_of(email.status_raw or "")
        if state not in _PROMISED:
            continue
        kinds, missing = _PROMISED[state]
        if order.of(*kinds) or (state == "cancelled" and _cancelled(order) is not None):
            continue
        others = [one for one in order.events if one.kind != "email.sent"]
        if not others:
            yield Unknown("no other system tells of it", email)
            continue
        last = others[-1]
        yield Conflict(
            kind=f"email_says_{state}",
            first=email,
            second=last,
            states=(state, last.kind),
            severity="low" if state == "cancelled" else "high",
            said=(
                f"Order {order.said}: {email.system} wrote to the customer on {moment(email.occurred_ms)} "
                f"that it is {state}; {missing}."
            ),
            ripe_ms=_ripe(order, HOUR_MS, email),
        )


_LOOKS: tuple[Look, ...] = (_money, _goods, _label, _returns, _emails)


def _ripe(order: Order, grace_ms: int, *events: ServerEvent) -> float:
    """When the last of them has had its time, and what was sent with it has come, too."""
    return max(max(one.occurred_ms for one in events) + grace_ms, order.received_ms(*events) + REST_MS)


def _after_business_days(ms: float, count: int) -> float:
    at = datetime.fromtimestamp(ms / 1_000, UTC)
    while count:
        at += timedelta(days=1)
        count -= at.weekday() < 5
    return at.timestamp() * 1_000
