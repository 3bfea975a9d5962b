"""All rules over one session: each by itself, and together no more than a session may hold."""

from __future__ import annotations

from dataclasses import replace

from replay.detect.fold import Fold, Shop
from replay.model.events import Event, Mark
from replay.model.finding import FINDINGS_MAX_COUNT, Judgement
from replay.model.timeline import Entry
from tests.detect.rules import REST_MS, Careless, Everything, finding


def marks(*names: str) -> list[Entry]:
    return [
        Entry("load", "tab", number, 0, float(number), Event(float(number), Mark(name=name)))
        for number, name in enumerate(names, start=1)
    ]


def test_a_rule_that_raises_is_silent_and_holds_up_nobody() -> None:
    fold = Fold(Shop(), [Careless, Everything])
    fold.observe(marks("a"))
    assert len(fold.judge(REST_MS + 9.0).findings) == 2
    fold.observe(marks("b", "", "c"))
    assert [one.said for one in fold.judge(REST_MS + 9.0).findings] == [
        "load/1/mark@1.0 load/1/mark@1.0 load/2/mark@2.0 load/3/mark@3.0"
    ]
    [failure] = fold.failures
    assert (failure.rule, type(failure.error)) == ("rules", ValueError)


def test_a_rule_that_cannot_judge_is_silent_too() -> None:
    class Unable(Careless):
        def judge(self, now_ms: float) -> Judgement:
            return Judgement(findings=(self._found[9],))

    fold = Fold(Shop(), [Unable, Everything])
    fold.observe(marks("a"))
    assert [one.subject for one in fold.judge(REST_MS + 9.0).findings] == ["all"]
    assert [type(one.error) for one in fold.failures] == [IndexError]


def test_the_earliest_wish_to_be_asked_again_counts() -> None:
    fold = Fold(Shop(), [Everything, Careless])
    assert fold.judge(0.0) == Judgement()
    fold.observe(marks("a", "b"))
    assert fold.judge(2.0).wake_ms == REST_MS + 1.0


def test_what_stands_first_is_kept_where_there_is_too_much() -> None:
    class Severe(Careless):
        def judge(self, now_ms: float) -> Judgement:
            severe = replace(finding("last"), subject="last", severity="high")
            return Judgement(findings=(*self._found, *self._found, severe))

    fold = Fold(Shop(), [Severe])
    fold.observe(marks(*"x" * (FINDINGS_MAX_COUNT + 5)))
    found = fold.judge(0.0).findings
    assert len(found) == FINDINGS_MAX_COUNT
    assert found[0].said == "last"
    assert len({one.subject for one in found}) == FINDINGS_MAX_COUNT
