"""What problems are counted from, what is kept of them, and what the desk asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from replay.model.finding import Finding
from replay.model.problem import (
    CLOSE_MS,
    CONSEQUENCE_RULE,
    CartsLeft,
    Exposure,
    Family,
    Hit,
    Problem,
    consequence_of,
)
from replay.model.problem_order import place_of, read_place
from replay.ports import Counted, Notice, ProblemCounts, SameFinding, Store
from storage.memory import MemoryStore
from storage.sqlite import open_store
from tests.contract.given import NOW_MS, all_problems, batch, identifier, opened
from tests.contract.test_findings import FOUND, RIGHT, judge

FAMILY = Family("shop", "cart_price", "dearer in the cart")
SEEN_MS = NOW_MS + 60_000
OTHER = replace(FOUND, subject="HP-16", severity="low", minor=None, currency=None)
PROBLEM = Problem(
    family=FAMILY,
    subject="HP-15",
    subjects_count=1,
    severity="high",
    sessions_count=2,
    customers_count=1,
    anonymous_count=1,
    first_ms=NOW_MS,
    last_ms=NOW_MS + 5,
    is_burst=False,
    money=(("EUR", -5), ("USD", 24_000)),
    exposed_count=9,
    exposed_ms=NOW_MS + 6,
    opened_ms=NOW_MS + 7,
)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store = MemoryStore()
    if request.param == "sqlite":
        opened = await open_store(tmp_path / "replay.db")
    yield opened
    await opened.close()


async def visit(store: Store, session: str, *findings: Finding, email: str | None = None) -> None:
    """A session that was seen for a minute, and what was found in it."""
    who = [identifier("email", email, verified=True)] if email else []
    claimed = identifier("phone", "1", verified=False)
    await store.commit(
        [*opened(session=session), batch(1, claimed, *who, session=session, received_ms=SEEN_MS)]
    )
    await judge(store, *findings, session=session)


async def counted(store: Store, *problems: Problem, family: Family = FAMILY) -> None:
    changes = (await store.changed_families(9)).get(family, 0)
    await store.put_counted(Counted(family=family, changes_count=changes, problems=problems))


async def test_a_family_is_changed_by_what_failed_until_it_is_counted(store: Store) -> None:
    await visit(store, "a", RIGHT)
    assert await store.changed_families(9) == {}
    await visit(store, "b", FOUND, OTHER, RIGHT)
    assert list(await store.changed_families(9)) == [FAMILY]
    await counted(store)
    assert await store.changed_families(9) == {}
    await judge(store, FOUND, OTHER, RIGHT, session="b")
    assert await store.changed_families(9) == {}
    for findings in ((FOUND, OTHER), (replace(FOUND, said="…"), OTHER), (replace(FOUND, said="…"),)):
        before = await store.changed_families(9)
        await judge(store, *findings, session="b")
        if findings != (FOUND, OTHER):
            assert (await store.changed_families(9))[FAMILY] > before.get(FAMILY, 0)
    two = replace(FOUND, signature="cheaper")
    await judge(store, two, session="b")
    assert set(await store.changed_families(9)) == {FAMILY, Family("shop", "cart_price", "cheaper")}
    assert len(await store.changed_families(1)) == 1
    await store.put_counted(Counted(family=FAMILY, changes_count=1, problems=()))
    assert FAMILY in await store.changed_families(9)


async def test_hits_are_what_failed_and_whom_it_met(store: Store) -> None:
    await visit(store, "a", FOUND, OTHER, email="ana@shop.example")
    await visit(store, "b", replace(FOUND, decided_ms=NOW_MS + 9e9), email="ana@shop.example")
    await visit(store, "c", replace(FOUND, decided_ms=0.0), RIGHT)
    hits = {(hit.session, hit.subject): hit for hit in await store.hits(FAMILY)}
    (ana,) = hits["a", "HP-15"].identities
    first = Hit(
        session="a",
        subject="HP-15",
        severity="high",
        at_ms=NOW_MS + 2_000,
        identities=(ana,),
        minor=12_000,
        currency="USD",
    )
    assert hits == {
        ("a", "HP-15"): first,
        ("a", "HP-16"): replace(first, subject="HP-16", severity="low", minor=None, currency=None),
        ("b", "HP-15"): replace(first, session="b", at_ms=SEEN_MS),
        ("c", "HP-15"): replace(first, session="c", at_ms=NOW_MS, identities=()),
    }
    assert await store.hits(FAMILY._replace(site="other")) == []


async def test_what_is_found_of_an_order_counts_when_it_was_found(store: Store) -> None:
    late = replace(FOUND, rule="order_state_conflict", decided_ms=SEEN_MS + 9e7)
    await visit(store, "a", late)
    (hit,) = await store.hits(FAMILY._replace(rule="order_state_conflict"))
    assert hit.at_ms == late.decided_ms


async def test_exposed_is_who_was_judged_on_it_whatever_came_of_it(store: Store) -> None:
    passed = replace(FOUND, outcome="pass", signature="agreed", severity="info")
    unsure = replace(passed, outcome="cannot_tell", signature="cannot tell", decided_ms=NOW_MS + 3_000.5)
    await visit(store, "a", FOUND, replace(FOUND, signature="other"))
    await visit(store, "b", passed, replace(passed, subject="HP-16"))
    await visit(store, "c", unsure)
    await visit(store, "d", replace(passed, rule="other"), replace(passed, subject="HP-17"))
    assert await store.exposure(FAMILY, "HP-15", NOW_MS) == Exposure(sessions_count=3, last_ms=NOW_MS + 3_000)
    assert await store.exposure(FAMILY, None, NOW_MS) == Exposure(sessions_count=3, last_ms=NOW_MS + 3_000)
    assert await store.exposure(FAMILY, "HP-15", NOW_MS + 2_001) == Exposure(
        sessions_count=1, last_ms=NOW_MS + 3_000
    )
    assert await store.exposure(FAMILY, "HP-15", SEEN_MS) is None
    assert await store.exposure(FAMILY._replace(site="other"), "HP-15", 0) is None


async def test_problems_are_kept_as_they_were_counted(store: Store) -> None:
    single = replace(PROBLEM, subject=None, opened_ms=None, exposed_count=None, exposed_ms=None)
    closed = replace(PROBLEM, subject="", closed_ms=NOW_MS + 8, money=())
    await counted(store, PROBLEM, single, closed)
    elsewhere = replace(PROBLEM, family=FAMILY._replace(site="other"))
    await counted(store, elsewhere, family=elsewhere.family)
    assert len({PROBLEM.id, single.id, closed.id, elsewhere.id}) == 4
    ongoing = await store.problems(over=False, now_ms=NOW_MS, limit=9)
    assert {one.id: one for one in ongoing} == {one.id: one for one in (PROBLEM, elsewhere)}
    assert await store.problems(over=True, now_ms=NOW_MS, limit=9) == [closed]
    assert await store.problem_counts() == ProblemCounts(ongoing=2, over=1)
    assert await store.problem(single.id) == single
    assert await store.problem("unknown") is None
    assert len(await store.family_problems(FAMILY)) == 3
    await counted(store, single)
    assert await store.family_problems(FAMILY) == [single]
    assert await all_problems(store) == [elsewhere]


async def test_problems_are_read_the_worst_first_and_on_from_a_place(store: Store) -> None:
    """Whatever is counted meanwhile, and however late it is: who reads on meets each once."""
    later_ms = NOW_MS + CLOSE_MS
    worst = replace(PROBLEM, subject="worst", customers_count=9)
    newer = replace(PROBLEM, subject="newer", last_ms=NOW_MS + 9)
    two = [replace(PROBLEM, subject=subject, severity="low") for subject in ("one", "two")]
    quiet = replace(worst, subject="quiet", last_ms=NOW_MS)
    order = [worst, newer, *sorted(two, key=lambda one: one.id), quiet]
    over = [replace(one, subject=f"over {one.subject}", closed_ms=NOW_MS) for one in (worst, two[0])]
    await counted(store, *reversed(order), *over, replace(PROBLEM, subject="single", opened_ms=None))
    assert await store.problems(over=False, now_ms=later_ms, limit=9) == order
    for first in range(1, len(order)):
        begun = await store.problems(over=False, now_ms=later_ms, limit=first)
        assert begun == order[:first]
        place = place_of(begun[-1], later_ms)
        assert read_place(place.written) == place
        rest = await store.problems(over=False, now_ms=later_ms + CLOSE_MS, limit=9, after=place)
        assert rest == order[first:]
    place = place_of(over[0], later_ms)
    assert await store.problems(over=True, now_ms=later_ms, limit=9) == over
    assert await store.problems(over=True, now_ms=later_ms, limit=9, after=place) == over[1:]
    assert read_place("page two") is None


async def test_families_of_which_a_problem_goes_on(store: Store) -> None:
    families = [FAMILY._replace(signature=signature) for signature in ("b", "a", "c", "d")]
    for family in families:
        goes_on = [replace(PROBLEM, family=family, subject=subject) for subject in ("x", "y")]
        over = replace(PROBLEM, family=family, closed_ms=NOW_MS)
        single = replace(PROBLEM, family=family, subject="z", opened_ms=None)
        await counted(store, over, single, *(goes_on if family.signature != "d" else ()), family=family)
    first = await store.ongoing_families(2)
    assert [one.signature for one in first] == ["a", "b"]
    assert [one.signature for one in await store.ongoing_families(2, first[-1])] == ["c"]


async def test_what_came_of_a_problem_is_added_up(store: Store) -> None:
    left = replace(
        FOUND, rule=CONSEQUENCE_RULE, signature=consequence_of(FAMILY.rule, FAMILY.signature), minor=100
    )
    await visit(store, "a", left)
    await visit(store, "b", left, replace(left, subject="HP-16", currency="EUR"))
    await visit(store, "c", replace(left, minor=None, currency=None), replace(left, signature="other"))
    await visit(store, "d", replace(left, outcome="pass"))
    assert await store.carts_left(PROBLEM) == CartsLeft(sessions_count=3, money=(("USD", 200),))
    assert await store.carts_left(replace(PROBLEM, subject=None)) == CartsLeft(
        sessions_count=3, money=(("EUR", 100), ("USD", 200))
    )
    elsewhere = replace(PROBLEM, family=FAMILY._replace(site="other"))
    assert await store.carts_left(elsewhere) == CartsLeft(sessions_count=0, money=())


async def test_cases_are_the_sessions_of_a_problem_the_latest_first(store: Store) -> None:
    await visit(store, "a", OTHER, FOUND)
    await visit(store, "b", OTHER, replace(FOUND, rule="other"))
    await visit(store, "c", FOUND)
    every = replace(PROBLEM, subject=None)
    assert [(one.id, finding) for one, finding in await store.cases(every, 9)] == [
        ("c", FOUND),
        ("b", OTHER),
        ("a", FOUND),
    ]
    assert [one.id for one, _ in await store.cases(PROBLEM, 9)] == ["c", "a"]
    assert [one.id for one, _ in await store.cases(every, 2)] == ["c", "b"]
    elsewhere = replace(PROBLEM, family=FAMILY._replace(site="other"))
    assert await store.cases(elsewhere, 9) == []
    newest = await store.newest_cases([PROBLEM, every, elsewhere])
    assert {problem: session.id for problem, session in newest.items()} == {PROBLEM.id: "c", every.id: "c"}
    assert await store.newest_cases([]) == {}


async def test_a_session_says_with_how_many_others_it_shares_what(store: Store) -> None:
    await visit(store, "a", FOUND, OTHER, RIGHT)
    assert await store.same_findings("a") == []
    alone = replace(PROBLEM, subject="HP-16", sessions_count=1)
    await counted(store, PROBLEM, alone)
    said = SameFinding(
        rule=FOUND.rule,
        subject=FOUND.subject,
        signature=FOUND.signature,
        problem=PROBLEM.id,
        others_count=1,
    )
    assert await store.same_findings("a") == [said]
    every = replace(PROBLEM, subject=None, sessions_count=8)
    await counted(store, every)
    both = replace(said, problem=every.id, others_count=7)
    assert await store.same_findings("a") == [both, replace(both, subject="HP-16")]
    assert await store.same_findings("unknown") == []


async def test_the_worst_finding_of_each_session_is_one_that_failed(store: Store) -> None:
    await visit(store, "a", OTHER, FOUND, RIGHT)
    await visit(store, "b", RIGHT)
    assert await store.worst_findings(["a", "b", "unknown"]) == {"a": FOUND}
    assert await store.worst_findings([]) == {}


async def test_with_a_session_goes_what_only_it_was_a_case_of(store: Store) -> None:
    await visit(store, "a", FOUND, OTHER)
    single = replace(PROBLEM, subject="HP-16", sessions_count=1, opened_ms=None)
    await counted(store, PROBLEM, single)
    await store.erase("a")
    assert list(await store.changed_families(9)) == [FAMILY]
    assert await store.family_problems(FAMILY) == [PROBLEM]
    assert await store.hits(FAMILY) == []


async def test_with_the_last_of_its_sessions_goes_what_was_counted_of_several(store: Store) -> None:
    """A receipt is finished before anybody counts again."""
    for session in ("a", "b"):
        await visit(store, session, FOUND, OTHER)
    await visit(store, "c", OTHER)
    single = replace(PROBLEM, opened_ms=None)
    shared, every = replace(single, subject="HP-16"), replace(single, subject=None)
    await counted(store, single, shared, every)
    await store.erase("a")
    assert {one.subject for one in await store.family_problems(FAMILY)} == {"HP-15", "HP-16", None}
    await store.erase("b")
    assert {one.subject for one in await store.family_problems(FAMILY)} == {"HP-16", None}
    await store.erase("c")
    assert await store.family_problems(FAMILY) == []


async def test_of_each_site_the_oldest_notice_is_due_first(store: Store) -> None:
    def notice(id: str, site: str = "shop", due_ms: int = NOW_MS) -> Notice:
        return Notice(id=id, site=site, body="{}", created_ms=NOW_MS, due_ms=due_ms)

    first, second, other = notice("z"), notice("a"), notice("b", "other", NOW_MS + 1)
    for notices in ((first, second), (other,)):
        await store.put_counted(Counted(family=FAMILY, changes_count=0, problems=(), notices=notices))
    assert await store.due_notices(NOW_MS) == [first]
    later = replace(first, due_ms=NOW_MS + 2, attempts_count=1, failure="It answered with 500.")
    await store.put_notice(later)
    assert await store.due_notices(NOW_MS + 1) == [other]
    assert await store.notices("shop", 9) == [later, second]
    assert await store.notices("shop", 1) == [later]
    assert [await store.notices_count(site) for site in ("shop", "none")] == [2, 0]
    await store.drop_notice("z")
    await store.put_notice(later)
    assert await store.due_notices(NOW_MS) == [second]
