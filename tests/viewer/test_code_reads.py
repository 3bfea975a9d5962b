"""How often the store is asked what may be told of codes: once for however many sessions and problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from replay.collector.counting import ProblemCounter
from replay.collector.judging import Judge
from replay.collector.metrics import Metrics
from replay.model.identity import Identifier, IdentifierKind
from replay.model.problem import Problem
from replay.ports import Brought, Session
from storage.bus import LocalBus
from storage.memory import MemoryStore
from tests.contract.given import all_problems
from tests.viewer.conftest import Clock
from tests.viewer.test_personal_codes import put
from viewer.codes import codes_of_all, codes_of_problems


class Asked(MemoryStore):
    """Counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    async def carried(
        self, sessions: Sequence[str], kinds: Collection[IdentifierKind]
    ) -> Mapping[str, Sequence[Identifier]]:
        self.asked["carried"] += 1
        return await super().carried(sessions, kinds)

    async def brought(self, sessions: Collection[str]) -> Mapping[str, Brought]:
        self.asked["brought"] += 1
        return await super().brought(sessions)

    async def newest_cases(self, problems: Collection[Problem]) -> Mapping[str, Session]:
        self.asked["newest_cases"] += 1
        return await super().newest_cases(problems)


async def test_many_are_asked_about_at_once(clock: Clock) -> None:
    store = Asked()
    for number in range(1, 5):
        await put(store, number)
    sessions = await store.sessions(limit=9)
    judge = Judge(store, LocalBus(), Metrics(), now_ms=clock)
    store.asked.clear()
    verdicts = await judge.judge([session.id for session in sessions])
    assert [bool(verdict.after) for verdict in verdicts] == [True] * 4
    assert store.asked == {"carried": 1}
    store.asked.clear()
    codes = await codes_of_all(store, sessions)
    assert [one.is_open for one in codes.values()] == [False] * 4
    assert store.asked == {"carried": 1, "brought": 1}
    await ProblemCounter(store, Metrics(), now_ms=clock).count_changed()
    problems = await all_problems(store)
    about_codes = [one for one in problems if one.family.rule == "promo_rejected"]
    assert about_codes
    store.asked.clear()
    by_problem = await codes_of_problems(store, [*problems, *problems])
    assert by_problem.keys() == {one.id for one in problems}
    assert not any(by_problem[one.id].is_open for one in about_codes)
    assert store.asked == {"newest_cases": 1, "carried": 1, "brought": 1}
