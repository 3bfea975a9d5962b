"""A cart among the dearest of its shop weighs one level more, if carts enough are known."""

from __future__ import annotations

import pytest

from replay.collector.verdict import Verdict
from replay.collector.weighing import CARTS_MIN_COUNT, is_dear, weighed_findings
from replay.detect.fold import Shop
from replay.model.events import Mark
from replay.model.finding import Evidence, Finding, Judgement, Severity
from replay.model.problem import CONSEQUENCE_RULE
from replay.model.shown_price import ShownPrice
from replay.model.timeline import Entry
from replay.ports import Judged
from storage.memory import MemoryStore
from tests.collector.test_judging import Time, facts, judge_of
from tests.contract.given import NOW_MS, opened


def left(minor: int | None = 499_00, severity: Severity = "medium", **fields: object) -> Finding:
    return Finding(
        **{  # type: ignore[arg-type]
            "rule": CONSEQUENCE_RULE,
            "version": 1,
            "subject": "HP-15",
            "signature": "price_mismatch | x",
            "outcome": "fail",
            "severity": severity,
            "said": "Left.",
            "shown": (Evidence(role="summary", load="load", t=NOW_MS + 0.5, node=None, raw="$499.00"),),
            "decided_ms": NOW_MS,
            "minor": minor,
            "currency": "USD" if minor is not None else None,
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("minor", "totals", "expected"),
    [
        (91, range(1, 101), True),
        (90, range(1, 101), False),
        (1_000, range(1, CARTS_MIN_COUNT), False),
        (7, [7] * 200, False),
        (8, [7] * 200, True),
        (5, [], False),
    ],
)
def test_the_dearest_tenth(minor: int, totals: list[int], expected: bool) -> None:
    assert is_dear(minor, list(totals)) is expected


async def with_carts() -> MemoryStore:
    """A store of as many carts as are needed, of $100.00 each."""
    store = MemoryStore()
    total = ShownPrice(
        sku="", place="total", raw="$", minor=100_00, currency="USD", why=None, shown_ms=NOW_MS
    )
    for number in range(CARTS_MIN_COUNT):
        id_ = f"s{number}"
        await store.commit(opened(f"load {number}", session=id_))
        judged = Judged(session=id_, changes_count=0, judge_ms=None, findings=None, shown=(total,))
        await store.put_findings([judged])
    return store


class Left:
    """A rule that says that a cart was left."""

    READS = frozenset({Mark})

    def __init__(self, shop: Shop) -> None:
        pass

    def observe(self, entry: Entry) -> None:
        """Nothing counts."""

    def judge(self, now_ms: float) -> Judgement:
        return Judgement(findings=(left(),))


async def test_only_what_was_left_with_much_in_it_weighs_more() -> None:
    store = await with_carts()
    await store.commit(opened())
    others = (
        left(99_00, subject="cheap"),
        left(None, subject="unknown"),
        left(subject="not yet", outcome="cannot_tell"),
        left(subject="of another rule", rule="page_error"),
    )
    verdict = Verdict(session="visit", changes_count=1, judge_ms=None, before=(), after=(left(), *others))
    (weighed,) = await weighed_findings(store, [verdict])
    first, *rest = weighed.after
    assert (first.subject, first.severity) == ("HP-15", "high")
    assert first.said == "Left. The cart was among the dearest tenth of this shop's."
    assert set(rest) == set(others)
    # Said again, it is the same.
    assert await weighed_findings(store, [weighed]) == [weighed]
    mild = Verdict(session="visit", changes_count=1, judge_ms=None, before=(), after=(left(severity="low"),))
    assert await weighed_findings(store, [mild]) == [mild]


async def test_it_is_kept_as_it_weighs() -> None:
    store = await with_carts()
    await store.commit([*opened(), facts(1, (1.0, Mark(name="m")))])
    assert await judge_of(store, Time(), Left).judge_due() == 1
    assert [one.severity for one in await store.findings("visit")] == ["high"]
