"""Random operations on two implementations: whatever happens, they answer the same.

The in-memory store is the definition; here SQLite's has to agree with it on every outcome and on everything
that can be read, through visits of many hours, numbers in any order, and identifiers that repeat.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from replay.model.identity import Reading
from replay.ports import EndSession, IdentifierKind, Judged, Operation, RotateToken, Store
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from storage.sealer import Sealer
from storage.sqlite import open_store
from tests.contract.given import NOW_MS, batch, clock, gap, identifier, open_load, open_session

T = TypeVar("T")

SESSIONS = st.sampled_from(["a", "b", "c"])
LOADS = st.sampled_from(["x", "y"])
TRACKS = st.sampled_from([0, 1])
NUMBERS = st.integers(1, 9)
TIMES_MS = st.integers(0, 90).map(lambda minutes: NOW_MS + minutes * 60_000)
JUDGING_MS = st.none() | st.integers(NOW_MS, NOW_MS + 3)
KINDS: st.SearchStrategy[IdentifierKind] = st.sampled_from(["email", "product", "message"])
WORDS = st.sampled_from(["a", "ab", "abc", "b", "lamp", "lampe", "lapm", "damp"])
VALUES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
IDENTIFIERS = st.builds(
    identifier, KINDS, VALUES, shown=st.sampled_from(["One", "Two"]), at_ms=TIMES_MS, verified=st.booleans()
)

OPENING: st.SearchStrategy[Operation] = st.one_of(
    st.builds(open_session, SESSIONS, started_ms=TIMES_MS, code=st.sampled_from([None, "AAAAAA"])),
    st.builds(open_load, LOADS, session=SESSIONS, opened_ms=TIMES_MS),
)
CHANGING: st.SearchStrategy[Operation] = st.one_of(
    st.builds(
        clock, st.integers(-9, 9), st.integers(1, 3), session=SESSIONS, load=LOADS, judge_ms=JUDGING_MS
    ),
    st.builds(
        RotateToken,
        session=SESSIONS,
        token_hash=st.sampled_from([b"1", b"2"]),
        rotated_ms=TIMES_MS,
        unheard=st.booleans(),
    ),
    st.builds(EndSession, session=SESSIONS, ended_ms=TIMES_MS, why=st.sampled_from(["idle", "signout"])),
    st.builds(open_load, LOADS, session=SESSIONS, opened_ms=TIMES_MS),
)
CARRYING: st.SearchStrategy[Operation] = st.builds(
    lambda number, carried, session, load, received_ms: batch(
        number, *carried, session=session, load=load, received_ms=received_ms
    ),
    st.integers(10, 99),
    st.lists(IDENTIFIERS, min_size=1, max_size=4),
    SESSIONS,
    LOADS,
    TIMES_MS,
)


def numbering(session: str, load: str) -> st.SearchStrategy[Operation]:
    """What a page load may send: numbers that repeat, run ahead, carry other bytes or are given up."""
    return st.one_of(
        st.builds(
            lambda number, track, payload, judge_ms: batch(
                number, session=session, load=load, track=track, payload=payload, judge_ms=judge_ms
            ),
            NUMBERS,
            TRACKS,
            st.sampled_from([b"", b"", b"other"]),
            JUDGING_MS,
        ),
        st.builds(
            lambda first, more, track: gap(first, first + more, session=session, load=load, track=track),
            NUMBERS,
            st.integers(0, 3),
            TRACKS,
        ),
    )


class SameAnswers(RuleBasedStateMachine):
    """Two stores, one history."""

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        self.runner = self.cleanup.enter_context(asyncio.Runner())
        folder = Path(self.cleanup.enter_context(tempfile.TemporaryDirectory()))
        self.objects = [MemoryObjects(), MemoryObjects()]
        database = open_store(folder / "replay.db", objects=self.objects[1])
        self.stores: list[Store] = [MemoryStore(self.objects[0]), self.runner.run(database)]

    @initialize()
    def begin(self) -> None:
        for session in ("a", "b"):
            self.commit([open_session(session), *(open_load(load, session=session) for load in ("x", "y"))])

    @rule(operations=st.lists(OPENING, min_size=1, max_size=3))
    def open(self, operations: list[Operation]) -> None:
        self.commit(operations)

    @rule(operations=st.lists(st.one_of(CHANGING, CARRYING), min_size=1, max_size=6))
    def change(self, operations: list[Operation]) -> None:
        self.commit(operations)

    @rule(operations=st.lists(CARRYING, min_size=6, max_size=9))
    def carry(self, operations: list[Operation]) -> None:
        self.commit(operations)

    @rule(
        operations=st.tuples(SESSIONS, LOADS).flatmap(
            lambda page: st.lists(numbering(*page), min_size=8, max_size=16)
        )
    )
    def send(self, operations: list[Operation]) -> None:
        self.commit(operations)

    def commit(self, operations: list[Operation]) -> None:
        async def outcome(store: Store) -> object:
            try:
                return await store.commit(operations)
            except ValueError:
                return "taken"

        self.same(outcome)

    @rule()
    def seal(self) -> None:
        async def all_due(store: Store) -> int:
            objects = self.objects[self.stores.index(store)]
            with Sealer(store, objects, now_ms=lambda: NOW_MS + 24 * 60 * 60_000) as sealer:
                return await sealer.seal_due()

        self.same(all_due)

    @rule(session=SESSIONS)
    def erase(self, session: str) -> None:
        self.same(lambda store: store.erase(session))

    @rule(session=SESSIONS, changes_count=st.integers(0, 3), judge_ms=JUDGING_MS)
    def judge(self, session: str, changes_count: int, judge_ms: int | None) -> None:
        judged = Judged(session=session, changes_count=changes_count, judge_ms=judge_ms, findings=None)
        self.same(lambda store: store.put_findings([judged]))

    @rule(kind=KINDS, value=VALUES, prefix=st.booleans(), near=st.booleans(), limit=st.integers(0, 4))
    def find(self, kind: IdentifierKind, value: str, prefix: bool, near: bool, limit: int) -> None:
        self.same(lambda store: store.find(kind, value, prefix=prefix, near=near, limit=limit))

    @rule(limit=st.integers(0, 4), before_ms=st.none() | TIMES_MS)
    def newest(self, limit: int, before_ms: int | None) -> None:
        self.same(lambda store: store.sessions(limit=limit, before_ms=before_ms))

    @rule(session=SESSIONS, track=TRACKS, load=st.none() | LOADS, after=NUMBERS)
    def batches(self, session: str, track: int, load: str | None, after: int) -> None:
        self.same(lambda store: store.batches(session, track, load=load, after=after))

    @invariant()
    def all_sessions_read_the_same(self) -> None:
        for session in ("a", "b", "c"):
            self.same(partial(_everything, session=session))

    @invariant()
    def the_same_are_due(self) -> None:
        self.same(lambda store: store.due_sessions(NOW_MS + 2, 9))
        self.same(lambda store: store.session_facts({"a": {"x": 5}, "b": {}, "c": {}}))

    @invariant()
    def all_searches_find_the_same(self) -> None:
        self.same(_searches)

    def same(self, ask: Callable[[Store], Awaitable[T]]) -> None:
        async def both() -> list[T]:
            return [await ask(store) for store in self.stores]

        reference, other = self.runner.run(both())
        assert other == reference

    def teardown(self) -> None:
        self.runner.run(self.close())
        self.cleanup.close()

    async def close(self) -> None:
        for store in self.stores:
            await store.close()


async def _everything(store: Store, session: str) -> list[object]:
    return [
        await store.session(session),
        await store.loads(session),
        await store.load(session, "x"),
        await store.batches(session, 0),
        await store.batches(session, 1),
        await store.outline(session, 1),
        await store.gaps(session),
        await store.identifiers(session),
    ]


async def _searches(store: Store) -> list[object]:
    kinds: list[IdentifierKind] = ["email", "product"]
    found: list[object] = []
    for value, prefixes, near in (
        ("a", [False], False),
        ("b a", [True], False),
        ("lamp ab", [False, True], True),
    ):
        ways = [Reading(kind, value, prefix) for kind in kinds for prefix in prefixes]
        found.append(await store.find_any(ways, near=near, limit=2))
    return found


SameAnswers.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
test_the_same_answers = SameAnswers.TestCase
