"""The shop's systems do not agree about an order: cancelled in one, paid or delivered in another.

Judged is what systems say, whenever they say it; each kind of disagreement has its time in which systems are
let to agree, and a status whose meaning is not known accuses nobody.
"""

from __future__ import annotations

from replay.detect.evidence import cannot_tell, evidence
from replay.detect.office import Order, order_key
from replay.detect.order_conflicts import REST_MS, Conflict, Unknown, conflicts, moment
from replay.detect.seen import Seen
from replay.model.events import OrderPlaced
from replay.model.finding import Evidence, Finding, Judgement, Outcome
from replay.model.timeline import Entry

__all__ = ["OrderStateConflict"]

RULE = "order_state_conflict"
VERSION = 1
UNHEARD_MS = 15 * 60 * 1_000
"""How long an order may take from the page to the shop's systems."""
_PLACED_MAX_COUNT = 100


class OrderStateConflict:
    """The rule over one session."""

    READS = (OrderPlaced,)

    def __init__(self, seen: Seen) -> None:
        self._office = seen.office
        self._placed: dict[str, tuple[str, Entry]] = {}

    def observe(self, entry: Entry) -> None:
        fact = entry.event.fact
        if isinstance(fact, OrderPlaced) and len(self._placed) < _PLACED_MAX_COUNT:
            self._placed.setdefault(order_key(fact.id), (fact.id, entry))

    def judge(self, now_ms: float) -> Judgement:
        return self._office.judge(now_ms, self._judge_all)

    def _judge_all(self, now_ms: float) -> Judgement:
        findings: list[Finding] = []
        wakes: list[float] = []
        for order in self._office.orders.values():
            found, wake_ms = self._judge(order, now_ms)
            findings += found
            wakes += [] if wake_ms is None else [wake_ms]
        for key, (said, entry) in self._placed.items():
            since_ms = self._office.orders_since_ms
            if key in self._office.known_orders or since_ms is None or entry.t <= since_ms:
                continue
            ripe_ms = entry.t + UNHEARD_MS
            if ripe_ms <= now_ms:
                findings.append(self._unheard(key, said, entry, ripe_ms))
            else:
                wakes.append(ripe_ms)
        return Judgement(findings=tuple(findings), wake_ms=min(wakes, default=None))

    def _judge(self, order: Order, now_ms: float) -> tuple[list[Finding], float | None]:
        found = list(conflicts(order))
        shown = self._shown(order.key)
        waiting = [one.ripe_ms for one in found if isinstance(one, Conflict) and one.ripe_ms > now_ms]
        wake_ms = min(waiting, default=None)
        fails = [
            _fail(order, one, shown) for one in found if isinstance(one, Conflict) and one.ripe_ms <= now_ms
        ]
        unknown = [one for one in found if isinstance(one, Unknown)]
        rested_ms = order.heard_ms + REST_MS
        if fails or waiting:
            return fails, wake_ms
        systems = list(dict.fromkeys(one.system for one in order.events))
        if not unknown and len(systems) < 2:
            return [], None
        if rested_ms > now_ms:
            return [], rested_ms
        if unknown:
            said = f"Whether systems agree about order {order.said} cannot be told: {unknown[0].why}."
            return [cannot_tell(RULE, VERSION, order.said, said, shown, rested_ms)], None
        said = f"What {', '.join(systems[:-1])} and {systems[-1]} say of order {order.said} agrees."
        return [_finding(order.said, "agree", "pass", said, shown, rested_ms)], None

    def _shown(self, key: str) -> tuple[Evidence, ...]:
        placed = self._placed.get(key)
        return (evidence("order", placed[1].load, placed[1].t),) if placed else ()

    def _unheard(self, key: str, said: str, entry: Entry, ripe_ms: float) -> Finding:
        sentence = (
            f"The page said on {moment(entry.t)} that order {said} was placed; none of the shop's systems "
            "has said so."
        )
        return _finding(said, "unheard", "fail", sentence, self._shown(key), ripe_ms)


def _fail(order: Order, one: Conflict, shown: tuple[Evidence, ...]) -> Finding:
    second = one.second.system if one.second else ""
    return Finding(
        rule=RULE,
        version=VERSION,
        subject=order.said,
        signature=f"{one.kind} | {one.first.system}>{second} | {'>'.join(one.states)}",
        outcome="fail",
        severity=one.severity,
        said=one.said,
        shown=shown,
        decided_ms=one.ripe_ms,
        minor=one.lacking.minor if one.lacking else None,
        currency=one.lacking.currency if one.lacking else None,
    )


def _finding(
    subject: str, signature: str, outcome: Outcome, said: str, shown: tuple[Evidence, ...], at: float
) -> Finding:
    return Finding(
        rule=RULE,
        version=VERSION,
        subject=subject,
        signature=signature,
        outcome=outcome,
        severity="high" if outcome == "fail" else "info",
        said=said,
        shown=shown,
        decided_ms=at,
    )
