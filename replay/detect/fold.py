"""All rules over one session."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeGuard

from replay.detect.abandoned_with_problem import AbandonedWithProblem
from replay.detect.cart_changed_without_customer_action import CartChanged
from replay.detect.checkout_error import CheckoutError
from replay.detect.duplicate_order import DuplicateOrder
from replay.detect.order_state_conflict import OrderStateConflict
from replay.detect.out_of_stock_after_add import OutOfStockAfterAdd
from replay.detect.page_error import PageError
from replay.detect.price_mismatch import PriceMismatch
from replay.detect.promise_not_kept import PromiseNotKept
from replay.detect.promo_not_applied import PromoNotApplied
from replay.detect.promo_rejected import PromoRejected
from replay.detect.seen import Seen
from replay.detect.shop import Shop
from replay.detect.silent_failure import SilentFailure
from replay.detect.stale_price import StalePrice
from replay.detect.store_price import StorePrice
from replay.detect.totals_dont_add_up import TotalsDontAddUp
from replay.model.events import Fact
from replay.model.finding import FINDINGS_MAX_COUNT, Finding, Judgement, in_order
from replay.model.server_event import Concerning
from replay.model.shown_price import ShownPrice
from replay.model.timeline import Entry

__all__ = ["JUDGED", "REST_MS", "RULES", "Detector", "Failure", "Fold", "Rule", "Shop"]

JUDGED = frozenset(
    {"cart", "cart_gone", "price", "promo", "order", "click", "outcome", "request", "error", "lost"}
    | {"page", "view", "tab", "left", "identify", "signout"}
)
"""Kinds of facts that rules read: with one of them a session is to be judged again."""

REST_MS = 2_000
"""How long after such facts a session that is watched is judged: more of them follow, and no rule decides
sooner."""


class Detector(Protocol):
    """One rule over one session. One that names the classes of facts that it wants as its ``READS`` is handed
    no others."""

    def observe(self, entry: Entry) -> None:
        """Take the next fact in the order of the timeline, which the ``Seen`` of the rule took before."""
        ...

    def judge(self, now_ms: float) -> Judgement:
        """What can be said at ``now_ms`` (milliseconds since 1970), which is not before any fact. Changes
        nothing: asked again at a later time it answers as if it had been asked only then."""
        ...


class Conclusion(Protocol):
    """A rule that looks at what the others found."""

    def observe(self, entry: Entry) -> None:
        """Take the next fact, as a ``Detector`` does."""
        ...

    def conclude(self, now_ms: float, findings: Sequence[Finding]) -> Judgement:
        """What can be said at ``now_ms``, at which the others say this; otherwise like ``Detector.judge``."""
        ...


Rule = Callable[[Seen], Detector | Conclusion]
"""A rule that wants to know of nothing but the site takes a ``Shop``."""

RULES: tuple[Rule, ...] = (
    PriceMismatch,
    StalePrice,
    PromiseNotKept,
    PromoNotApplied,
    PromoRejected,
    TotalsDontAddUp,
    CartChanged,
    OutOfStockAfterAdd,
    CheckoutError,
    PageError,
    SilentFailure,
    OrderStateConflict,
    DuplicateOrder,
    StorePrice,
    AbandonedWithProblem,
)
"""Every rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A rule could not cope with a session. What ``error`` says can be something of the customer's."""

    rule: str
    error: Exception


class Fold:
    """Every rule over one session. One that raises says nothing of the session any more; the others do."""

    def __init__(self, shop: Shop, rules: Sequence[Rule] = RULES) -> None:
        self._seen = Seen.nothing_of(shop)
        every = [rule(self._seen) for rule in rules]
        self._detectors = [one for one in every if _judges(one)]
        self._conclusions = [one for one in every if _concludes(one)]
        """Those that look at what others found, and so are asked last."""
        self._readers: dict[type[Fact], tuple[Detector | Conclusion, ...]] = {}
        """Who is handed the facts of a class."""
        self.failures: list[Failure] = []

    def observe(self, entries: Iterable[Entry]) -> None:
        """Take the next facts."""
        for entry in entries:
            self._seen.observe(entry)
            kind = type(entry.event.fact)
            for detector in self._readers.get(kind) or self._who_reads(kind):
                try:
                    detector.observe(entry)
                except Exception as error:  # noqa: BLE001 (whatever it is)
                    self._give_up(detector, error)

    def hear(
        self, told: Sequence[Concerning], orders_since_ms: int | None, until_ms: int | None = None
    ) -> None:
        """This is all that the shop's own systems say now, in whatever order it came; or said by
        ``until_ms``."""
        self._seen.office.hear(told, orders_since_ms, until_ms)

    def judge(self, now_ms: float) -> Judgement:
        """What all rules say now: the foremost ``FINDINGS_MAX_COUNT`` of it."""
        found: dict[tuple[str, str, str], Finding] = {}
        wakes: list[float] = []

        def take(one: Detector | Conclusion, ask: Callable[[], Judgement]) -> None:
            try:
                judgement = ask()
            except Exception as error:  # noqa: BLE001 (whatever it is)
                self._give_up(one, error)
                return
            for finding in judgement.findings:
                found.setdefault((finding.rule, finding.subject, finding.signature), finding)
            if judgement.wake_ms is not None:
                wakes.append(judgement.wake_ms)

        for detector in tuple(self._detectors):
            take(detector, partial(detector.judge, now_ms))
        for conclusion in tuple(self._conclusions):
            take(conclusion, partial(conclusion.conclude, now_ms, tuple(found.values())))
        findings = in_order(found.values())[:FINDINGS_MAX_COUNT]
        return Judgement(findings=tuple(findings), wake_ms=min(wakes, default=None))

    def shown_prices(self) -> tuple[ShownPrice, ...]:
        """The prices that were shown up to now."""
        return self._seen.shown.rows()

    def _who_reads(self, kind: type[Fact]) -> tuple[Detector | Conclusion, ...]:
        every: tuple[Detector | Conclusion, ...] = (*self._detectors, *self._conclusions)
        found = tuple(one for one in every if kind in getattr(one, "READS", (kind,)))
        self._readers[kind] = found
        return found

    def _give_up(self, detector: Detector | Conclusion, error: Exception) -> None:
        self._detectors = [one for one in self._detectors if one is not detector]
        self._conclusions = [one for one in self._conclusions if one is not detector]
        self._readers.clear()
        rule = type(detector).__module__.rpartition(".")[2]
        self.failures.append(Failure(rule=rule, error=error))


# To ask whether an object has all of a protocol takes as long as to judge.
def _judges(one: Detector | Conclusion) -> TypeGuard[Detector]:
    return hasattr(one, "judge")


def _concludes(one: Detector | Conclusion) -> TypeGuard[Conclusion]:
    return hasattr(one, "conclude")
